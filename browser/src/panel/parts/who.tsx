/** Who is on the phone. None, several, not allowed and could not ask are different answers and read differently. */

import { chosenContact, nameOf } from "../../shared/caller";
import type { Call, Contact } from "../../shared/values";
import { useAsking, useSurface } from "../context";
import { Button, Note, Refusal } from "../../shared/parts/controls";
import { Icon } from "../../shared/parts/icon";

export { chosenContact, nameOf };

const initials = (name: string): string =>
  name.split(/\s+/u).filter(Boolean).slice(0, 2).map((word) => [...word][0] ?? "").join("").toUpperCase();

export const Face = ({ name }: { name: string | null }) => (
  <span class="face" aria-hidden="true">
    {name && /^\p{L}/u.test(name) ? initials(name) : <Icon is="contacts" size={22} />}
  </span>
);

export const RecordLink = ({ contact }: { contact: Contact }) => {
  const { host } = useSurface();
  if (!contact.url) return null;
  const open = (event: Event) => {
    event.preventDefault();
    void host.ask("open-record", { url: contact.url });
  };
  return (
    <a class="link" href={contact.url} target="_blank" rel="noreferrer" onClick={open}>
      <span>Open record</span><Icon is="open" size={15} />
    </a>
  );
};

export const Who = ({ call }: { call: Call }) => {
  const contact = chosenContact(call);
  if (contact) return <Known contact={contact} call={call} />;
  switch (call.who.answer) {
    case "asking": return <Meanwhile contacts={call.who.contacts} />;
    case "no-number": return <p class="who-line muted">{unknown(call.number_shown)}</p>;
    case "several": return <Several call={call} />;
    case "not-allowed": return <Unasked call={call} title="You are not allowed to see who this is." />;
    case "could-not-ask": return <Unasked call={call} title="HubSpot could not be asked who this is." />;
    default: return <Nobody call={call} />;
  }
};

/** Why nobody can be looked up. Lines are shorter than any number outside. */
const unknown = (shown: string): string => {
  if (/^\d{1,6}$/.test(shown)) return "A colleague’s line";
  return /\d/.test(shown) ? "Nobody can be looked up by this number" : "Anonymous: the caller hides the number";
};

/** Who had the number when Offhook last heard of it; HubSpot has the last word. */
const Meanwhile = ({ contacts }: { contacts: Contact[] }) =>
  contacts.length === 0 ? <p class="who-line muted">Looking…</p> : (
    <div class="who-known">
      <p class="who-name">{contacts.map(({ name }) => name).join(", ")}</p>
      <p class="muted">As last known; asking HubSpot…</p>
    </div>
  );

const Known = ({ contact, call }: { contact: Contact; call: Call }) => (
  <div class="who-known">
    <p class="who-name">{contact.name}</p>
    {contact.company && <p class="muted who-company">{contact.company}</p>}
    {contact.owner && <p class="muted">Owner: {contact.owner}</p>}
    <RecordLink contact={contact} />
    {call.who.answer === "several" && <Several call={call} chosen={contact.id} />}
  </div>
);

const Nobody = ({ call }: { call: Call }) => {
  const { happen } = useSurface();
  return (
    <div class="who-nobody">
      <p class="muted">No contact with this number</p>
      <Button icon="plus" onClick={() => happen({ is: "create-contact", number: call.number ?? call.number_shown, call_id: call.id })}>
        Create contact
      </Button>
    </div>
  );
};

const Unasked = ({ call, title }: { call: Call; title: string }) => (
  <Note tone="warning">
    <p><strong>{title}</strong></p>
    {call.who.reason && <p>{call.who.reason.says}</p>}
    {call.who.reason?.remedy && <p>{call.who.reason.remedy}</p>}
  </Note>
);

const Several = ({ call, chosen }: { call: Call; chosen?: string }) => {
  const { host } = useSurface();
  const { refused, ask } = useAsking();
  const choose = (contact_id: string) => void ask(() => host.ask("choose-contact", { call_id: call.id, contact_id }));
  const others = call.who.contacts.filter(({ id }) => id !== chosen);
  const list = (
    <ul class="several">
      {others.map((contact) => (
        <li key={contact.id}>
          <button type="button" class="row-button" onClick={() => choose(contact.id)}>
            <Face name={contact.name} />
            <span class="row-words"><b>{contact.name}</b>{(contact.company ?? contact.email) && <small>{contact.company ?? contact.email}</small>}</span>
          </button>
        </li>
      ))}
    </ul>
  );
  return (
    <div class="who-several">
      {chosen ? <details><summary>Somebody else?</summary>{list}</details> : (
        <><p class="muted">{call.who.contacts.length} contacts have this number. Who is it?</p>{list}</>
      )}
      <Refusal reason={refused} />
    </div>
  );
};
