/** Who changed what, newest first. */

import { useState } from "preact/hooks";
import { when } from "../../shared/duration";
import { Button, Refusal } from "../../shared/parts/controls";
import { useAdministration, useAsking, useLoaded } from "../context";
import { type Column, Once, Section, Table } from "../parts/shown";
import type { Deed, Deeds } from "../values";

const COLUMNS: Column<Deed>[] = [
  { title: "When", cell: ({ at }) => <time dateTime={at} title={new Date(at).toLocaleString()}>{when(at, Date.now())}</time>, className: "narrow" },
  { title: "Who", cell: ({ who }) => who },
  { title: "What", cell: ({ deed, detail }) => detail || deed.replaceAll("-", " ") },
];

export const AuditLog = () => {
  const administration = useAdministration();
  const loaded = useLoaded(() => administration.deeds(null));
  return (
    <Section title="Audit log" says="What administrators decided, and what Offhook did in their name. Nobody can change it here.">
      <Once loaded={loaded}>{(first) => <Log key={first.deeds[0]?.id ?? ""} first={first} />}</Once>
    </Section>
  );
};

const Log = ({ first }: { first: Deeds }) => {
  const administration = useAdministration();
  const { busy, refused, ask } = useAsking();
  const [shown, setShown] = useState(first);
  const more = () => void ask(async () => {
    const next = await administration.deeds(shown.deeds.at(-1)?.at ?? null);
    const known = new Set(shown.deeds.map(({ id }) => id));
    setShown({ deeds: [...shown.deeds, ...next.deeds.filter(({ id }) => !known.has(id))], more: next.more });
  });
  return (
    <>
      <Table label="Audit log" columns={COLUMNS} rows={shown.deeds} keyOf={({ id }) => id} none="Nothing was changed yet." />
      {shown.more && <div class="buttons"><Button busy={busy} onClick={more}>Show older ones</Button></div>}
      <Refusal reason={refused} />
    </>
  );
};
