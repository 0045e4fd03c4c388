import { when } from "../../shared/duration";
import type { Reminder, Stray } from "../../shared/values";
import { useAsking, usePanel, useSurface, useView } from "../context";
import { Button, Link, Page, Refusal } from "../../shared/parts/controls";

export const Administration = () => {
  const { happen } = useSurface();
  const { reminders, strays } = usePanel();
  const { address } = useView();
  return (
    <Page title="Administration" back={() => happen({ is: "go", to: "setup" })}>
      <div class="card">
        <p>Who is connected and who is not, policies, lent rights and the audit log are on a page of their own.</p>
        <Link to={`${address}/administration/`} icon>Open the administration page</Link>
      </div>
      <h3>Rights that were lent</h3>
      {reminders.length === 0 && <p class="muted">Nobody holds rights that were only lent for connecting.</p>}
      {reminders.map((reminder) => <Lent key={reminder.id} reminder={reminder} />)}
      <h3>Deliveries that fit no line</h3>
      {strays.length === 0 ? <p class="muted">None.</p> : <ul class="list">{strays.map((stray) => <Lost key={stray.id} stray={stray} />)}</ul>}
    </Page>
  );
};

const Lent = ({ reminder }: { reminder: Reminder }) => {
  const { host } = useSurface();
  const { busy, refused, ask } = useAsking();
  return (
    <div class="card lent">
      <p><b>{reminder.agent}</b>{reminder.since && <span class="muted"> · since {when(reminder.since, Date.now())}{reminder.due_at && `, until ${when(reminder.due_at, Date.now())}`}</span>}</p>
      <p>{reminder.says}</p>
      {reminder.rights.length > 0 && <ul class="tags">{reminder.rights.map((right) => <li key={right} class="tag">{right}</li>)}</ul>}
      {reminder.checked && !reminder.mine && <p class="hint">Checked with HubSpot: still switched on.</p>}
      <div class="buttons">
        {!reminder.mine && <Button busy={busy} onClick={() => void ask(() => host.ask("rights-taken-back", { reminder_id: reminder.id }))}>{reminder.kind === "permission-set" ? "Put it back now" : "They are taken back"}</Button>}
        <Link to={reminder.users_url} icon>Open Users &amp; Teams</Link>
      </div>
      <Refusal reason={refused} />
    </div>
  );
};

const Lost = ({ stray }: { stray: Stray }) => (
  <li class="item">
    <div class="item-words">
      <p>{stray.says}</p>
      <p class="muted small">{stray.phone_system} · {when(stray.received_at, Date.now())}</p>
    </div>
  </li>
);
