/** One line: is the phone there, on which line, and does the agent take calls. Her phone system's own status, where it has
    one; else whether the phone in this browser rings; and nothing to switch where a switch would change nothing. */

import { useId } from "preact/hooks";
import type { Line, PhoneSystem, Status as OwnStatus } from "../../shared/values";
import { useAsking, usePanel, useSurface, useView } from "../context";
import { isTrouble, PHONE_WORDS } from "../phone-words";
import { systemOf } from "../state";
import { Refusal } from "../../shared/parts/controls";

export const Status = () => {
  const { host } = useSurface();
  const { reach, phone } = useView();
  const panel = usePanel();
  const { busy, refused, ask } = useAsking();
  const { status, agent: { available } } = panel;
  const system = systemOf(panel);
  const rings = status ? status.takes_calls : available || !system?.softphone;
  const words = PHONE_WORDS[phone.state] ?? (status ? (status.choices.length ? "" : status.says) : rings ? "Ready" : "Away");
  return (
    <>
      <div class="status">
        <p class="status-words" role="status">
          <span class={`dot ${reach === "offline" || isTrouble(phone) ? "broken" : rings && phone.state !== "starting" ? "active" : "off"}`} />
          {reach === "offline" ? "No connection. Trying again…" : [where(panel.line, system), words].filter(Boolean).join(" · ")}
        </p>
        {status && status.choices.length > 0 && <Choose status={status} busy={busy} choose={(key) => void ask(() => host.ask("set-status", { status: key }))} />}
        {!status && system?.softphone && <Available available={available} busy={busy} toggle={() => void ask(() => host.ask("set-available", { available: !available }))} />}
      </div>
      {status?.why && <p class="hint status-why">{status.why}</p>}
      <Refusal reason={refused} />
    </>
  );
};

/** What she does and can do. It shows what is so, and another status only when the phone system has taken it. */
const Choose = ({ status, busy, choose }: { status: OwnStatus; busy: boolean; choose(key: string): void }) => {
  const chosen = ({ currentTarget: select }: { currentTarget: HTMLSelectElement }) => {
    const key = select.value;
    select.value = status.chosen;
    choose(key);
  };
  return (
    <select class="status-choice" aria-label="Status" value={status.chosen} disabled={busy} onChange={chosen}>
      {!status.chosen && <option value="" disabled>{status.says}</option>}
      {status.choices.map(({ key, title }) => <option key={key} value={key}>{title}</option>)}
    </select>
  );
};

const Available = ({ available, busy, toggle }: { available: boolean; busy: boolean; toggle(): void }) => {
  const id = useId();
  return (
    <>
      <label for={id}>Available</label>
      <input id={id} class="switch" type="checkbox" role="switch" checked={available} disabled={busy} onChange={toggle} />
    </>
  );
};

/** A number is a line; what only a machine can read (8x8's Internal Id) goes by the name of its agent. */
const where = (line: Line | null, system: PhoneSystem | null): string =>
  !line ? (system?.title ?? "") : /^[\d*#+]+$/.test(line.number) || line.name === line.number ? `Line ${line.number}` : line.name;
