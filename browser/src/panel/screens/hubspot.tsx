import { useState } from "preact/hooks";
import { date } from "../../shared/duration";
import type { Capability, Grant, SignInAsk } from "../../shared/values";
import { useAsking, usePanel, useSurface } from "../context";
import { Button, Note, Page, Refusal } from "../../shared/parts/controls";
import { Icon } from "../../shared/parts/icon";
import { GRANT_WORDS } from "./setup";

export const HubSpot = () => {
  const { host, happen } = useSurface();
  const { grant } = usePanel();
  const { busy, refused, ask } = useAsking();
  const connect = (what: SignInAsk) => void ask(async () => {
    await host.ask("connect", { ask: what });
    happen({ is: "go", to: "desk" });
  });
  return (
    <Page title="HubSpot" back={() => happen({ is: "go", to: "integrations" })}>
      <div class="card grant">
        <p class="grant-state"><span class={`dot ${grant.state}`} /><b>{GRANT_WORDS[grant.state]}</b></p>
        {grant.reason && <Note tone="warning"><p>{grant.reason.says}</p>{grant.reason.remedy && <p>{grant.reason.remedy}</p>}</Note>}
        <Facts grant={grant} />
        <div class="buttons">
          {grant.state === "active" && <Button busy={busy} onClick={() => void ask(() => host.ask("disable-grant", null))}>Disconnect</Button>}
          {grant.state === "off" && <Button kind="primary" busy={busy} onClick={() => void ask(() => host.ask("enable-grant", null))}>Connect</Button>}
          {grant.state === "broken" && <Button kind="primary" busy={busy} onClick={() => connect("everything")}>Connect HubSpot</Button>}
        </div>
        {grant.state === "active" && <p class="hint">Disconnect only switches Offhook’s work in HubSpot off; what you allowed stays.</p>}
        {grant.state === "off" && <p class="hint">Nothing is read or logged until you connect. Calls are kept.</p>}
        <Refusal reason={refused} />
      </div>
      <Capabilities
        capabilities={grant.capabilities} busy={busy}
        why={() => happen({ is: "go", to: "diagnosis" })} add={(keys) => connect(`add:${keys.join()}`)}
      />
      <Forget />
    </Page>
  );
};

const Facts = ({ grant }: { grant: Grant }) => (
  <dl class="facts">
    <dt>As</dt><dd>{grant.as || "unknown"}</dd>
    <dt>Account</dt><dd>{grant.account_name || "unknown"}{grant.account_id && ` (${grant.account_id})`}</dd>
    {grant.since && <><dt>Since</dt><dd>{date(grant.since)}</dd></>}
  </dl>
);

interface CapabilitiesGiven {
  capabilities: Capability[];
  busy: boolean;
  why: () => void;
  add: (keys: string[]) => void;
}

/** What is on, what is off and why; and one button to add it: HubSpot is asked again, and what is on stays. */
const Capabilities = ({ capabilities, busy, why, add }: CapabilitiesGiven) => {
  if (capabilities.length === 0) return null;
  const missing = capabilities.filter((each) => each.can_be_added).map(({ key }) => key);
  return (
    <div class="card">
      <h3>What Offhook can do for you</h3>
      <ul class="checks">
        {capabilities.map(({ key, title, on, why: reason, can_be_added }) => (
          <li key={key} class={on ? "pass" : "off"}>
            <Icon is={on ? "check" : "close"} size={17} />
            <span>{title}<span class="unseen">: {on ? "on" : "off"}</span>{!on && reason && <span class="muted"> – {reason}</span>}</span>
            {can_be_added && missing.length > 1 && <Button kind="quiet" busy={busy} label={`Add: ${title}`} onClick={() => add([key])}>Add</Button>}
          </li>
        ))}
      </ul>
      {missing.length > 0 && (
        <div class="buttons">
          <Button busy={busy} onClick={() => add(missing)}>{missing.length > 1 ? "Add all of it" : "Add it"}</Button>
          <Button kind="quiet" onClick={why}>What is missing?</Button>
        </div>
      )}
      {missing.length > 0 && <p class="hint">HubSpot asks you once more. What is on stays on, whatever HubSpot answers.</p>}
    </div>
  );
};

const Forget = () => {
  const { host, happen } = useSurface();
  const { busy, refused, ask } = useAsking();
  const [sure, setSure] = useState(false);
  const forget = () => void ask(async () => {
    await host.ask("forget-grant", null);
    happen({ is: "go", to: "desk" });
  });
  if (!sure) return <Button kind="quiet" onClick={() => setSure(true)}>Forget</Button>;
  return (
    <div class="card" role="group" aria-label="Forget this connection?">
      <h3>Forget this connection?</h3>
      <p class="muted">What you allowed is taken back at HubSpot and you are signed out. Your calls stay where they are.</p>
      <div class="buttons">
        <Button kind="bad" busy={busy} onClick={forget}>Yes, forget</Button>
        <Button kind="quiet" onClick={() => setSure(false)}>Keep it</Button>
      </div>
      <Refusal reason={refused} />
    </div>
  );
};
