/** One person: a row, and all about her below it. */

import { useId, useState } from "preact/hooks";
import { date, when } from "../../shared/duration";
import { Button, Link, Note, Refusal } from "../../shared/parts/controls";
import { Icon } from "../../shared/parts/icon";
import { Rights } from "../../shared/parts/rights";
import type { MissingRight } from "../../shared/values";
import { useAdministration, useAsking, usePanel, useSurface } from "../context";
import { WholeDiagnosis } from "../parts/diagnosis";
import { End } from "../parts/end";
import { Capabilities, Message, toHeading } from "../parts/shown";
import type { Lent, People, Person } from "../values";
import { DOTS, foundWords, joined, lentWords, many, STATES } from "../words";
import { LendForm } from "./lend";

interface RowGiven {
  person: Person;
  people: People;
  now: number;
  open: boolean;
  toggle: () => void;
  changed: (after: Person) => void;
  again: () => void;
}

const COLUMNS = 5;

export const Row = ({ person, people, now, open, toggle, changed, again }: RowGiven) => {
  const id = useId();
  const { announce } = useSurface();
  const administration = useAdministration();
  const { busy, refused, ask } = useAsking();
  const userId = person.hubspot_user_id;
  const check = (user: string) => void ask(async () => {
    const after = await administration.check(user);
    changed(after);
    announce(foundWords(after));
  });
  return (
    <tbody class={open ? "open" : undefined}>
      <tr>
        <th scope="row" data-title="Person"><div><Name person={person} /></div></th>
        <td data-title="State"><div><State person={person} now={now} /></div></td>
        <td data-title="What is missing"><div><Missing person={person} /></div></td>
        <td data-title="Phone"><div>{person.line ? <span class="narrow">Line {person.line}</span> : <span class="muted">{person.phone_system ?? "–"}</span>}</div></td>
        <td class="cell-actions">
          <div class="buttons">
            {userId && <Button busy={busy} label={`Check ${person.name} again`} onClick={() => check(userId)}>Check again</Button>}
            <button type="button" class="button quiet" aria-expanded={open} aria-controls={id} aria-label={`About ${person.name}`} onClick={toggle}>
              <span>{open ? "Less" : "More"}</span>
            </button>
          </div>
          <Refusal reason={refused} />
        </td>
      </tr>
      {open && <tr class="about"><td colSpan={COLUMNS} id={id}><About person={person} people={people} now={now} again={again} /></td></tr>}
    </tbody>
  );
};

const Name = ({ person: { name, email, super_admin, role } }: { person: Person }) => (
  <>
    <b>{name}</b>
    {email !== name && <span class="muted small block">{email}</span>}
    {(super_admin || role) && (
      <span class="tags">{super_admin && <span class="tag">Super Admin</span>}{role && <span class="tag">{role}</span>}</span>
    )}
  </>
);

const State = ({ person, now }: { person: Person; now: number }) => {
  const { state, since, asked_at, claimed, elevation } = person;
  return (
    <>
      <span class="state"><span class={`dot ${DOTS[state]}`} />{STATES[state]}</span>
      {state === "connected" && since && <span class="muted small block">since {date(since)}</span>}
      {state !== "connected" && asked_at && <span class="muted small block">asked {when(asked_at, now)}</span>}
      {claimed && <span class="tags"><span class="tag">Claimed address</span></span>}
      {elevation && <Badge lent={elevation} now={now} />}
    </>
  );
};

export const Badge = ({ lent, now }: { lent: Pick<Lent, "kind" | "since" | "due_at" | "overdue"> & Partial<Lent>; now: number }) => (
  <span class={`badge ${lent.overdue ? "overdue" : ""}`}>
    {lent.overdue && <Icon is="warning" size={15} />}
    {lentWords({ id: "", rights: [], by: null, ...lent }, now)}
  </span>
);

/** How many rights a row names. */
const AT_MOST = 3;
/** Power over others, which an agent does not lack. */
const NOT_FOR_AGENTS = "check-rights";

/** Those without which nobody connects, if any; else all. */
const split = (missing: MissingRight[]): { first: MissingRight[]; more: MissingRight[] } =>
  missing.some(({ blocks }) => blocks)
    ? { first: missing.filter(({ blocks }) => blocks), more: missing.filter(({ blocks }) => !blocks) }
    : { first: missing, more: [] };

/** In a row: the first few, and how many more. */
const Missing = ({ person: { missing, state, reason, capabilities, may_need_relogin } }: { person: Person }) => {
  const off = capabilities.filter(({ key, on }) => !on && key !== NOT_FOR_AGENTS);
  const { first, more } = split(missing);
  return (
    <>
      {reason && state !== "connected" && <p>{reason.says}</p>}
      {first.length > 0 && (
        <ul class="plain-list">
          {first.slice(0, AT_MOST).map(({ right, value }) => <li key={right}>{right}{value && <span class="muted">: {value}</span>}</li>)}
          {first.length > AT_MOST && <li class="muted">and {first.length - AT_MOST} more</li>}
          {more.length > 0 && <li class="muted">and {many(more.length, "right")} that each unlock one thing more</li>}
        </ul>
      )}
      {may_need_relogin && <p class="small">May have to log out of HubSpot and in again.</p>}
      {missing.length === 0 && state === "off" && <span class="muted">Switched off by the agent</span>}
      {missing.length === 0 && state === "connected" && <span class="muted">{off.length === 0 ? "Nothing" : `Off: ${joined(off.map(({ title }) => title.toLowerCase()))}`}</span>}
      {missing.length === 0 && state !== "connected" && !reason && state !== "off" && <span class="muted">{state === "asked" ? "Not known" : "Not known: has not tried yet"}</span>}
    </>
  );
};

const About = ({ person, people, now, again }: Omit<RowGiven, "open" | "toggle" | "changed">) => {
  const { hubspot } = usePanel();
  const userId = person.hubspot_user_id;
  return (
    <div class="columns">
      <div class="column">
        {person.reason && <Note tone="warning"><p>{person.reason.says}</p>{person.reason.remedy && <p>{person.reason.remedy}</p>}</Note>}
        {person.claimed && <Note><p>Whoever asked was not signed in and gave {person.email} as the address. Make sure that it was really {person.name === person.email ? "this person" : person.name} before you switch anything on.</p></Note>}
        {person.missing.length > 0 && <h3>To be switched on</h3>}
        <Rights label={`Missing rights of ${person.name}`} rights={split(person.missing).first} />
        <Rights label="Not needed to connect; each unlocks one thing more" shown rights={split(person.missing).more} />
        {person.may_need_relogin && <Note><p>Rights were changed. They count only after {person.name} logs out of HubSpot and in again.</p></Note>}
        {person.capabilities.length > 0 && <><h3>What Offhook may do for {person.name}</h3><Capabilities capabilities={person.capabilities} /></>}
        {person.missing.length + person.capabilities.length === 0 && <p class="muted">Nothing is known to be missing. HubSpot tells nobody’s single rights; they show when {person.name} tries to connect.</p>}
        <div class="buttons">
          <Link to={hubspot.users_url} icon>Open Users &amp; Teams</Link>
        </div>
      </div>
      <div class="column">
        {person.elevation && <TakeBack lent={person.elevation} name={person.name} now={now} again={again} />}
        {person.message?.text && (
          <>
            <h3>Ask a Super Admin</h3>
            <Message label="Message" message={person.message} to={people.admins.join(",")} />
            {userId && people.account_grant && <MakeTask userId={userId} known={person.task_url} />}
          </>
        )}
        {userId && people.account_grant && !person.elevation && !person.super_admin && <LendForm person={person} userId={userId} again={again} />}
        {userId && <WholeDiagnosis userId={userId} name={person.name} />}
        {!userId && <p class="muted">Offhook knows only this e-mail address; HubSpot’s list of users does not have it, or could not be asked.</p>}
      </div>
    </div>
  );
};

const MakeTask = ({ userId, known }: { userId: string; known: string | null }) => {
  const administration = useAdministration();
  const { announce } = useSurface();
  const { busy, refused, ask } = useAsking();
  const [made, setMade] = useState<string | null>(known);
  const make = () => void ask(async () => {
    setMade(await administration.makeTask(userId));
    announce("The task is in HubSpot.");
  });
  return (
    <>
      <div class="buttons">
        {made === null ? <Button busy={busy} onClick={make}>Make a HubSpot task of it</Button> : <p class="done"><Icon is="check" size={17} /> The task is in HubSpot. <Link to={made} icon>Open the task</Link></p>}
      </div>
      <Refusal reason={refused} />
    </>
  );
};

const TakeBack = ({ lent, name, now, again }: { lent: Lent; name: string; now: number; again: () => void }) => {
  return (
    <div class="card">
      <h3>Lent to {name}</h3>
      <Badge lent={lent} now={now} />
      {lent.rights.length > 0 && <ul class="tags">{lent.rights.map((right) => <li key={right} class="tag">{right}</li>)}</ul>}
      {lent.by && <p class="muted small">by {lent.by}</p>}
      <EndWords kind={lent.kind} />
      <End id={lent.id} kind={lent.kind} name={name} ended={() => (again(), toHeading())} />
    </div>
  );
};

const EndWords = ({ kind }: { kind: Lent["kind"] }) => (
  <p class="hint">
    {kind === "permission-set" ? "The permission set from before is put back by itself when the time is over." : "Take it back in HubSpot, under Users & Teams; then say so here. The connection goes on working."}
  </p>
);
