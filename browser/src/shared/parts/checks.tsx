/** What was looked at, part by part; a part with trouble is open, the others open with a press. */

import type { Check } from "../values";
import { type Drawing, Icon } from "./icon";
import { markOf, type Part, parts, WHO } from "../report";

const ICONS: Record<Part["state"], Drawing> = { pass: "check", fail: "close", off: "minus", "could-not-ask": "question" };

/** `agent`: how whoever it is about is called. */
export const Checks = ({ checks, agent = WHO.agent }: { checks: Check[]; agent?: string }) => (
  <div class="parts" role="group" aria-label="What was checked">
    {parts(checks).map((part) => (
      <details key={part.title} class="part" open={part.checks.some(({ state, minor }) => state !== "pass" && !minor)}>
        <summary class={part.state}><Icon is={ICONS[part.state]} size={17} /><b>{part.title}</b><span>{part.says}</span></summary>
        <ul class="checks">{part.checks.map((check) => <One key={check.name} check={check} agent={agent} />)}</ul>
      </details>
    ))}
  </div>
);

const One = ({ check, agent }: { check: Check; agent: string }) => {
  const mark = markOf(check);
  return (
    <li class={mark}>
      <Icon is={ICONS[mark]} size={17} />
      <span>
        <b>{check.name}:</b> {check.says}
        {check.state !== "pass" && check.remedy && <span class="muted"> {check.remedy}</span>}
        {check.state !== "pass" && check.who && <small class="who-can">Can change it: {check.who === "agent" ? agent : WHO[check.who]}</small>}
      </span>
    </li>
  );
};
