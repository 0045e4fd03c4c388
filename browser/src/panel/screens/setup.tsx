import { date } from "../../shared/duration";
import type { Grant } from "../../shared/values";
import { useSurface, useView } from "../context";
import { Page } from "../../shared/parts/controls";
import { Icon } from "../../shared/parts/icon";
import type { Place } from "../state";

export const GRANT_WORDS: Record<Grant["state"], string> = { active: "Connected", off: "Switched off", broken: "Broken" };

export const Setup = () => {
  const { happen } = useSurface();
  const { panel } = useView();
  return (
    <Page title="Setup" back={() => happen({ is: "go", to: "desk" })}>
      <ul class="menu">
        {panel && <Way to="integrations" words="Integrations" says="HubSpot" />}
        <Way to="advanced" words="Advanced" says={panel ? "Product, line, sign out" : "Service address, version"} />
        <Way to="help" words="When HubSpot says no" says="What its pages mean, who can help" />
        {panel?.agent.administrator && <Way to="administration" words="Administration" says={loans(panel.reminders.length)} />}
      </ul>
    </Page>
  );
};

const loans = (n: number): string => (n ? `${n} ${n === 1 ? "reminder" : "reminders"}` : "Nothing to do");

export const Integrations = () => {
  const { happen } = useSurface();
  const { panel } = useView();
  if (!panel) return null;
  return (
    <Page title="Integrations" back={() => happen({ is: "go", to: "setup" })}>
      <ul class="menu">
        <Way to="hubspot" words="HubSpot" says={`${GRANT_WORDS[panel.grant.state]}${panel.grant.since ? ` since ${date(panel.grant.since)}` : ""}`} tone={panel.grant.state} />
      </ul>
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
