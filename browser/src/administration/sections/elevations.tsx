/** Rights that were lent, now and before. */

import { useState } from "preact/hooks";
import { when } from "../../shared/duration";
import { useNow } from "../../shared/parts/asking";
import { Link } from "../../shared/parts/controls";
import { Icon } from "../../shared/parts/icon";
import { useAdministration, useLoaded, usePanel } from "../context";
import { End } from "../parts/end";
import { type Column, Once, Pick, Section, Table, toHeading } from "../parts/shown";
import type { Elevation } from "../values";
import { dueWords, KINDS } from "../words";

export const Elevations = () => {
  const { hubspot } = usePanel();
  const [past, setPast] = useState(false);
  return (
    <Section title="Elevations" says="Rights that somebody was lent in order to connect. What is lent is to be taken back; the connection goes on working without it.">
      <div class="above-table">
        <Pick label="Show" chosen={past ? "past" : "open"} onChoose={(key) => setPast(key === "past")} options={[{ key: "open", says: "Lent now" }, { key: "past", says: "Taken back" }]} />
        <Link to={hubspot.users_url} icon>Open Users &amp; Teams</Link>
      </div>
      {past ? <Past key="past" /> : <Open key="open" />}
    </Section>
  );
};

const keyOf = ({ id }: Elevation): string => id;

const who: Column<Elevation> = {
  title: "Person",
  cell: ({ agent, email }) => <><b>{agent}</b>{email && email !== agent && <span class="muted small block">{email}</span>}</>,
};

const what: Column<Elevation> = {
  title: "What",
  cell: ({ kind, rights, checked }) => (
    <>
      {KINDS[kind]}
      {rights.some((right) => right !== KINDS[kind]) && <span class="muted small block">{rights.join(", ")}</span>}
      {!checked && kind === "rights" && <span class="muted small block">HubSpot cannot be asked about single rights.</span>}
    </>
  ),
};

const why: Column<Elevation> = {
  title: "Why",
  cell: ({ why: reason, by }) => <>{reason ?? <span class="muted">To connect</span>}{by && <span class="muted small block">by {by}</span>}</>,
};

const Open = () => {
  const administration = useAdministration();
  const now = useNow(30_000);
  const loaded = useLoaded(async () => (await administration.elevations(true)).filter(({ ended_at }) => !ended_at));
  const columns: Column<Elevation>[] = [
    who, what, { title: "Since", cell: ({ granted_at }) => when(granted_at, now) },
    { title: "To be taken back", cell: (each) => (each.overdue ? <span class="badge overdue"><Icon is="warning" size={15} />{dueWords(each, now)}</span> : dueWords(each, now)) },
    why, { title: "Done?", className: "cell-actions", cell: (each) => <End id={each.id} kind={each.kind} name={each.agent} ended={() => (loaded.put((all) => all.filter(({ id }) => id !== each.id)), toHeading())} /> },
  ];
  return <Once loaded={loaded}>{(all) => <Table label="Lent now" columns={columns} rows={all} keyOf={keyOf} none="Nobody holds rights that were only lent." />}</Once>;
};

const Past = () => {
  const administration = useAdministration();
  const loaded = useLoaded(async () => (await administration.elevations(false)).filter(({ ended_at }) => ended_at));
  const now = Date.now();
  const columns: Column<Elevation>[] = [
    who, what, { title: "Since", cell: ({ granted_at }) => when(granted_at, now) },
    { title: "Taken back", cell: (each) => <>{dueWords(each, now)}{each.ended_by && <span class="muted small block">by {each.ended_by}</span>}</> }, why,
  ];
  return <Once loaded={loaded}>{(all) => <Table label="Taken back" columns={columns} rows={all} keyOf={keyOf} none="Nothing was lent before." />}</Once>;
};
