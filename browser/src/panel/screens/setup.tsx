import { date } from "../../shared/duration";
import type { Asks } from "../../shared/asks";
import type { Grant } from "../../shared/values";
import { useAsking, useSurface, useView } from "../context";
import { Button, Page, Refusal } from "../../shared/parts/controls";
import { Icon } from "../../shared/parts/icon";
import { MICROPHONE_WORDS } from "../phone-words";
import { type Place, systemOf } from "../state";

export const GRANT_WORDS: Record<Grant["state"], string> = { active: "Connected", off: "Switched off", broken: "Broken" };

export const Setup = () => {
  const { happen } = useSurface();
  const { panel, phone } = useView();
  return (
    <Page title="Setup" back={() => happen({ is: "go", to: "desk" })}>
      <ul class="menu">
        {panel && <Way to="integrations" words="Integrations" says="HubSpot" />}
        {panel && systemOf(panel)?.softphone && <Way to="sound" words="Sound and microphone" says={MICROPHONE_WORDS[phone.microphone]} />}
        <Way to="advanced" words="Advanced" says={panel ? "Product, line, sign out" : "Service address, version"} />
        {panel && <Way to="diagnosis" words="What is missing" says="Everything is looked at, from the ground up" />}
        <Way to="help" words="When HubSpot says no" says="What its pages mean, who can help" />
        {panel?.agent.administrator && <Way to="administration" words="Administration" says={loans(panel.reminders.length)} />}
      </ul>
    </Page>
  );
};

const loans = (n: number): string => (n ? `${n} ${n === 1 ? "reminder" : "reminders"}` : "Nothing to do");

export const Integrations = () => {
  const { host, happen } = useSurface();
  const { panel, others } = useView();
  const { busy, refused, ask } = useAsking();
  if (!panel) return null;
  const go = <A extends "switch-account" | "connect">(what: A, given: Asks[A]["with"]) => void ask(async () => {
    await host.ask(what, given);
    happen({ is: "go", to: "desk" });
  });
  return (
    <Page title="Integrations" back={() => happen({ is: "go", to: "setup" })}>
      <ul class="menu">
        <Way to="hubspot" words="HubSpot" says={`${GRANT_WORDS[panel.grant.state]}${panel.grant.since ? ` since ${date(panel.grant.since)}` : ""}`} tone={panel.grant.state} />
      </ul>
      <div class="card">
        <h3>HubSpot accounts</h3>
        <p>Here: <b>{panel.grant.account_name || "this account"}</b></p>
        {others.map(({ account_id, account_name, as }) => (
          <p key={account_id} class="other-account">
            <span>{account_name} <small class="muted">{as}</small></span>
            <Button busy={busy} label={`Switch to ${account_name}`} onClick={() => go("switch-account", { account_id })}>Switch</Button>
          </p>
        ))}
        <Button kind="quiet" busy={busy} onClick={() => go("connect", { ask: "everything", elsewhere: true })}>Connect another account</Button>
        <p class="hint">Accounts are kept strictly apart: contacts and calls of one are never shown in another. A line belongs to one of them at a time.</p>
        <Refusal reason={refused} />
      </div>
    </Page>
  );
};

const Way = ({ to, words, says, tone }: { to: Place; words: string; says: string; tone?: string }) => {
  const { happen } = useSurface();
  return (
    <li>
      <button type="button" class="row-button" aria-label={words} onClick={() => happen({ is: "go", to })}>
        <span class="row-words"><b>{words}</b><small>{tone && <span class={`dot ${tone}`} />}{says}</small></span>
        <Icon is="next" size={18} />
      </button>
    </li>
  );
};
