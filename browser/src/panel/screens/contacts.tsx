import { useEffect, useRef, useState } from "preact/hooks";
import type { Contact, Who } from "../../shared/values";
import { useAsking, useSurface } from "../context";
import { Button, Note, Refusal } from "../../shared/parts/controls";
import { Icon } from "../../shared/parts/icon";
import { Face, RecordLink } from "../parts/who";
import { useCanDial, useDial } from "./keypad";

const CALM_MS = 250;

export const Contacts = () => {
  const { state, happen } = useSurface();
  const { found, refused, busy, again } = useSearch(state.query);
  const { dial, refused: notDialled } = useDial();
  return (
    <section class="list-page" aria-label="Contacts">
      <div class="search">
        <Icon is="search" size={18} />
        <input
          type="search" aria-label="Search contacts" placeholder="Name, e-mail, company or number" autocomplete="off"
          value={state.query} onInput={(event) => happen({ is: "query", query: event.currentTarget.value })}
        />
      </div>
      <p class="unseen" role="status">{busy ? "Searching" : found ? `${found.contacts.length} found` : ""}</p>
      <Refusal reason={notDialled} />
      {refused && <Refusal reason={refused}><Button onClick={again}>Try again</Button></Refusal>}
      {!refused && <Found found={found} query={state.query.trim()} busy={busy} again={again} dial={dial} />}
    </section>
  );
};

/** Asks when typing pauses; an answer to an older question is not shown. */
const useSearch = (query: string) => {
  const { host } = useSurface();
  const { refused, busy, ask, clear } = useAsking();
  const [found, setFound] = useState<Who | null>(null);
  const [round, setRound] = useState(0);
  const latest = useRef(0);
  useEffect(() => {
    const asked = ++latest.current;
    clear();
    if (!query.trim()) {
      setFound(null);
      return undefined;
    }
    const search = () => void ask(() => host.ask("find-contacts", { query: query.trim() }))
      .then((who) => who && asked === latest.current && setFound(who));
    const calm = setTimeout(search, CALM_MS);
    return () => clearTimeout(calm);
  }, [query, round]);
  return { found, refused, busy, again: () => setRound(round + 1) };
};

const Found = ({ found, query, busy, again, dial }: {
  found: Who | null; query: string; busy: boolean; again: () => void; dial: (number: string, contact: string | null) => void;
}) => {
  if (!query) return <p class="hint centre">Search everybody in HubSpot. Any way of writing a number works.</p>;
  if (!found) return <p class="hint centre">{busy ? "Searching…" : ""}</p>;
  if (found.answer === "not-allowed" || found.answer === "could-not-ask") return <Unasked found={found} again={again} />;
  if (found.contacts.length === 0) return <p class="hint centre">No contact matches “{query}”.</p>;
  return <ul class="list">{found.contacts.map((contact) => <Item key={contact.id} contact={contact} dial={dial} />)}</ul>;
};

const Unasked = ({ found, again }: { found: Who; again: () => void }) => (
  <Note tone="warning">
    <p><strong>{found.answer === "not-allowed" ? "You are not allowed to search contacts." : "HubSpot could not be asked."}</strong></p>
    {found.reason && <p>{found.reason.says}</p>}
    {found.reason?.remedy && <p>{found.reason.remedy}</p>}
    {found.answer === "could-not-ask" && <Button onClick={again}>Try again</Button>}
  </Note>
);

const Item = ({ contact, dial }: { contact: Contact; dial: (number: string, contact: string | null) => void }) => {
  const canDial = useCanDial();
  return (
    <li class="item contact">
      <Face name={contact.name} />
      <div class="item-words">
        <p class="item-name">{contact.name}</p>
        {(contact.company ?? contact.email) && <p class="muted small">{[contact.company, contact.email].filter(Boolean).join(" · ")}</p>}
        <div class="numbers">
          {contact.numbers.map(({ label, number, shown }) => canDial ? (
            <button key={number + label} type="button" class="chip" aria-label={`Call ${shown}`} title={label} onClick={() => dial(number, contact.id)}>
              <Icon is="handset" size={15} /><span>{shown}</span>
            </button>
          ) : <span key={number + label} class="chip still">{shown}</span>)}
          {contact.numbers.length === 0 && <span class="muted small">No number</span>}
        </div>
        <RecordLink contact={contact} />
      </div>
    </li>
  );
};
