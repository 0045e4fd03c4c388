/** Company, deals and tickets of the contact who is on the phone. Nobody waits for them: they come when they come. */

import { useEffect, useState } from "preact/hooks";
import { Link } from "../../shared/parts/controls";
import type { Call, Contact, NeighbourKind, Shelf } from "../../shared/values";
import { useSurface } from "../context";
import { chosenContact } from "./who";

const TITLES: Record<NeighbourKind, string> = { companies: "Company", deals: "Deals", tickets: "Tickets" };
/** More than these are behind a click. */
const AT_ONCE = 3;

export const Around = ({ call }: { call: Call }) => {
  const contact = chosenContact(call);
  return contact && <Shelves key={contact.id} contact={contact} />;
};

const Shelves = ({ contact }: { contact: Contact }) => {
  const { host } = useSurface();
  const [shelves, setShelves] = useState<Shelf[]>([]);
  useEffect(() => {
    let here = true;
    host.ask("around", { contact_id: contact.id }).then((found) => here && setShelves(found), () => undefined);
    return () => { here = false; };
  }, [contact.id]);
  const worth = shelves.filter(({ records, reason }) => records.length > 0 || reason);
  if (worth.length === 0) return null;
  return <div class="around">{worth.map((shelf) => <OneKind key={shelf.kind} shelf={shelf} />)}</div>;
};

const OneKind = ({ shelf: { kind, records, reason } }: { shelf: Shelf }) => (
  <section aria-label={TITLES[kind]}>
    <h4>{TITLES[kind]}</h4>
    {reason && <p class="muted">{reason.says}</p>}
    <List records={records.slice(0, AT_ONCE)} />
    {records.length > AT_ONCE && (
      <details><summary>{records.length - AT_ONCE} more</summary><List records={records.slice(AT_ONCE)} /></details>
    )}
  </section>
);

const List = ({ records }: { records: Shelf["records"] }) => (
  <ul>
    {records.map(({ id, name, detail, url, open }) => (
      <li key={id} class={open === false ? "muted" : ""}>
        {url ? <Link to={url}>{name}</Link> : name}{detail && <small>{` ${detail}`}</small>}
      </li>
    ))}
  </ul>
);
