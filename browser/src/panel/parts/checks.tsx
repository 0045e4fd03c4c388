/** What was looked at, part by part; a part with trouble is open, the others open with a press. */

import type { Check } from "../../shared/values";
import { type Drawing, Icon } from "../../shared/parts/icon";
import { markOf, type Part, parts, WHO } from "../own-checks";

const ICONS: Record<Part["state"], Drawing> = { pass: "check", fail: "close", off: "minus", "could-not-ask": "question" };

export const Checks = ({ checks }: { checks: Check[] }) => (
  <div class="parts" role="group" aria-label="What was checked">
    {parts(checks).map((part) => (
      <details key={part.title} class="part" open={part.checks.some(({ state, minor }) => state !== "pass" && !minor)}>
        <summary class={part.state}><Icon is={ICONS[part.state]} size={17} /><b>{part.title}</b><span>{part.says}</span></summary>
        <ul class="checks">{part.checks.map((check) => <One key={check.name} check={check} />)}</ul>
      </details>
    ))}
  </div>
);

const One = ({ check }: { check: Check }) => {
  const mark = markOf(check);
  return (
    <li class={mark}>
      <Icon is={ICONS[mark]} size={17} />
      <span>
        <b>{check.name}:</b> {check.says}
        {check.state !== "pass" && check.remedy && <span class="muted"> {check.remedy}</span>}
        {check.state !== "pass" && check.who && <small class="who-can">Can change it: {WHO[check.who]}</small>}
      </span>
    </li>
  );
};
