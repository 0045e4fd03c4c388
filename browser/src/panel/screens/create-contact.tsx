import { useState } from "preact/hooks";
import type { Contact } from "../../shared/values";
import { useAsking, useSurface } from "../context";
import { Button, Field, Link, Note, Page, Refusal } from "../../shared/parts/controls";
import { Face } from "../parts/who";

export const CreateContact = () => {
  const { host, state, happen } = useSurface();
  const { number: known, call_id } = state.creating;
  const { busy, refused, ask } = useAsking();
  const [first_name, setFirst] = useState("");
  const [last_name, setLast] = useState("");
  const [email, setEmail] = useState("");
  const [number, setNumber] = useState(known);
  const leave = () => happen({ is: "look-at", call: call_id });
  const create = (event: Event) => {
    event.preventDefault();
    void ask(async () => {
      const contact = await host.ask("create-contact", { first_name, last_name, email: email.trim() || null, number, call_id });
      if (call_id) await host.ask("choose-contact", { call_id, contact_id: contact.id }).catch(() => undefined);
      leave();
    });
  };
  const there = refused?.code === "contact-exists" ? refused.contacts : [];
  return (
    <Page title="New contact" back={leave}>
      {there.length > 0 && <AlreadyThere contacts={there} leave={leave} />}
      <form class="form" onSubmit={create}>
        <Field label="First name" value={first_name} onInput={(event) => setFirst(event.currentTarget.value)} />
        <Field label="Last name" value={last_name} onInput={(event) => setLast(event.currentTarget.value)} />
        <Field label="E-mail" type="email" value={email} onInput={(event) => setEmail(event.currentTarget.value)} />
        <Field label="Phone number" type="tel" required value={number} onInput={(event) => setNumber(event.currentTarget.value)} />
        {there.length === 0 && <Refusal reason={refused} />}
        <Button kind="primary" type="submit" wide busy={busy} disabled={!first_name.trim() && !last_name.trim() && !email.trim()}>Create contact</Button>
      </form>
    </Page>
  );
};

/** Never a silent duplicate: what is there already is offered instead. */
const AlreadyThere = ({ contacts, leave }: { contacts: Contact[]; leave: () => void }) => {
  const { host, state } = useSurface();
  const { refused, ask } = useAsking();
  const { call_id } = state.creating;
  const use = (contact_id: string) => void ask(async () => {
    if (call_id) await host.ask("choose-contact", { call_id, contact_id });
    leave();
  });
  return (
    <Note tone="warning" alert>
      <p><strong>{contacts.length === 1 ? "This contact is there already." : "These contacts are there already."}</strong></p>
      <ul class="several">
        {contacts.map((contact) => (
          <li key={contact.id}>
            <button type="button" class="row-button" onClick={() => use(contact.id)}>
              <Face name={contact.name} />
              <span class="row-words"><b>{contact.name}</b><small>{[contact.company, contact.email].filter(Boolean).join(" · ")}</small></span>
            </button>
            <Link to={contact.url} icon>Open record</Link>
          </li>
        ))}
      </ul>
      <Refusal reason={refused} />
    </Note>
  );
};
