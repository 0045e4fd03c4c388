/** A permission set, lent for some minutes: the better way than making somebody Super Admin for a while. */

import { useId, useState } from "preact/hooks";
import { Button, Field, Note, Refusal } from "../../shared/parts/controls";
import { useAdministration, useAsking, useLoaded, useSurface } from "../context";
import { Opened, toHeading } from "../parts/shown";
import type { Person, Role } from "../values";
import { many } from "../words";

const [LEAST, USUAL, MOST] = [5, 30, 240];

export const LendForm = ({ person, userId, again }: { person: Person; userId: string; again: () => void }) => {
  const [wanted, setWanted] = useState(false);
  if (!wanted) return <div class="buttons"><Button onClick={() => setWanted(true)}>Lend a permission set…</Button></div>;
  return <Lend person={person} userId={userId} again={again} leave={() => (setWanted(false), toHeading())} />;
};

const Lend = ({ person, userId, again, leave }: { person: Person; userId: string; again: () => void; leave: () => void }) => {
  const { announce } = useSurface();
  const administration = useAdministration();
  const loaded = useLoaded(administration.roles);
  const { busy, refused, ask } = useAsking();
  const [role, setRole] = useState("");
  const [minutes, setMinutes] = useState(String(USUAL));
  const [why, setWhy] = useState("");
  const [over, setOver] = useState(false);
  const roles = loaded.value?.roles ?? [];
  const problem = loaded.value?.problem ?? loaded.refused;
  const lend = () => void ask(async () => {
    await administration.lend(userId, { role_id: role, minutes: Number(minutes), why: why.trim(), ...(over ? { over_single_rights: true } : {}) });
    again();
    toHeading();
    announce(`Lent to ${person.name} for ${many(Number(minutes), "minute")}.`);
  });
  return (
    <form class="card form" aria-label={`Lend ${person.name} a permission set`} onSubmit={(event) => (event.preventDefault(), lend())}>
      <Opened>Lend a permission set</Opened>
      <p class="hint">
        {person.role ? `For a while, ${person.name} has this set instead of “${person.role}”, which is put back by itself.` : `For a while, ${person.name} has this set; it is taken away again by itself.`}
        {" "}{person.name} logs out of HubSpot and in again, and connects.
      </p>
      {problem && <Note tone="warning"><p>{problem.says}</p>{problem.remedy && <p>{problem.remedy}</p>}</Note>}
      {loaded.value === null && !problem && <p role="status" class="muted">Asking HubSpot for its permission sets…</p>}
      {roles.length > 0 && <RoleChoice roles={roles} chosen={role} onChoose={setRole} />}
      <Field label="For how many minutes" type="number" required min={LEAST} max={MOST} value={minutes} hint={`${LEAST} to ${MOST}`} onInput={(event) => setMinutes(event.currentTarget.value)} />
      <Field label="Why" required maxLength={500} value={why} hint="It goes into the audit log." onInput={(event) => setWhy(event.currentTarget.value)} />
      <Refusal reason={refused} />
      {(over || (refused?.code === "would-be-lost" && !person.role)) && (
        <label class="tick"><input type="checkbox" checked={over} onChange={(event) => setOver(event.currentTarget.checked)} /><span>Lend it all the same. Single rights of {person.name} are noted down, or there are none.</span></label>
      )}
      <div class="buttons">
        <Button kind="primary" type="submit" busy={busy} disabled={roles.length === 0}>Lend it</Button>
        <Button kind="quiet" onClick={leave}>Cancel</Button>
      </div>
    </form>
  );
};

const RoleChoice = ({ roles, chosen, onChoose }: { roles: Role[]; chosen: string; onChoose: (role: string) => void }) => {
  const id = useId();
  return (
    <div class="field">
      <label for={id}>Permission set</label>
      <select id={id} required value={chosen} onChange={(event) => onChoose(event.currentTarget.value)}>
        <option value="">Choose…</option>
        {roles.map(({ id: key, name, billable }) => <option key={key} value={key}>{name}{billable && " (may take a paid seat)"}</option>)}
      </select>
    </div>
  );
};
