/** Everybody in the account: connected or not, what is missing, and what helps. */

import { useState } from "preact/hooks";
import { when } from "../../shared/duration";
import { useNow } from "../../shared/parts/asking";
import { Button, Field, Note } from "../../shared/parts/controls";
import { type Loaded, useAdministration, useLoaded, usePanel } from "../context";
import { Once, Pick, Section } from "../parts/shown";
import type { People, Person } from "../values";
import { type Filter, FILTERS, found, keyOf, many, passing, sorted } from "../words";
import { Row } from "./person";

/** More rows than anybody reads at once. */
const AT_ONCE = 50;
const TITLES = ["Person", "State", "What is missing", "Phone", ""];

export const PeopleSection = () => {
  const administration = useAdministration();
  const { grant } = usePanel();
  const loaded = useLoaded(administration.people);
  return (
    <Section title="People" says={`Who in ${grant.account_name || "your account"} uses Offhook, who cannot yet, and what stands in the way.`}>
      <Once loaded={loaded}>{(people) => <Everybody people={people} loaded={loaded} />}</Once>
    </Section>
  );
};

const Everybody = ({ people, loaded }: { people: People; loaded: Loaded<People> }) => {
  const now = useNow(30_000);
  const [filter, setFilter] = useState<Filter>("all");
  const [query, setQuery] = useState("");
  const [most, setMost] = useState(AT_ONCE);
  const [open, setOpen] = useState<string | null>(null);
  const all = sorted(people.people);
  const shown = found(passing(all, filter), query);
  const changed = (key: string, person: Person) => loaded.put((before) => ({ ...before, people: before.people.map((each) => (keyOf(each) === key ? person : each)) }));
  return (
    <>
      <WhyNotAll people={people} />
      <Overdue people={people.people} see={() => setFilter("lent")} />
      <div class="above-table">
        <Pick label="Show" chosen={filter} onChoose={setFilter} options={FILTERS.map(({ key, says }) => ({ key, says, count: passing(all, key).length }))} />
        <Field label="Find a person" type="search" value={query} onInput={(event) => setQuery(event.currentTarget.value)} />
      </div>
      {shown.length === 0 ? <p class="nothing">{all.length === 0 ? "Nobody is known here yet." : "Nobody fits."}</p> : (
        <table class="table people" aria-label="People">
          <thead><tr>{TITLES.map((title) => <th key={title} scope="col">{title || <span class="unseen">Actions</span>}</th>)}</tr></thead>
          {shown.slice(0, most).map((person) => (
            <Row
              key={keyOf(person)} person={person} people={people} now={now} open={open === keyOf(person)}
              toggle={() => setOpen(open === keyOf(person) ? null : keyOf(person))} changed={(after) => changed(keyOf(person), after)} again={loaded.again}
            />
          ))}
        </table>
      )}
      {shown.length > most && <Button onClick={() => setMost(most + AT_ONCE)}>Show {Math.min(AT_ONCE, shown.length - most)} more</Button>}
      {people.as_of && <p class="hint">As HubSpot had it {when(people.as_of, now)}. <button type="button" class="link plain" onClick={loaded.again}>Ask again</button></p>}
    </>
  );
};

const WhyNotAll = ({ people: { problem, account_grant } }: { people: People }) => (
  <>
    {problem && (
      <Note tone="warning">
        <p><strong>HubSpot could not be asked who is in the account,</strong> so here is only who is known to Offhook.</p>
        <p>{problem.says} {problem.remedy}</p>
      </Note>
    )}
    {!account_grant && (
      <Note>
        <p>The account itself is not connected. Once it is, everybody in it is listed here, rights can be checked and lent, and agents connect more easily.</p>
        <a class="link" href="#account">Connect the account</a>
      </Note>
    )}
  </>
);

const Overdue = ({ people, see }: { people: Person[]; see: () => void }) => {
  const late = people.filter(({ elevation }) => elevation?.overdue);
  if (late.length === 0) return null;
  return (
    <Note tone="warning">
      <p><strong>{many(late.length, "person").replace("persons", "people")} still {late.length === 1 ? "holds" : "hold"} rights that should have been taken back:</strong> {late.map(({ name }) => name).join(", ")}.</p>
      <Button onClick={see}>Show</Button>
    </Note>
  );
};
