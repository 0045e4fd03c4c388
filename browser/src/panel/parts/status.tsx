/** One line: is the phone there, on which line, and does the agent take calls. */

import { useId } from "preact/hooks";
import { useAsking, usePanel, useSurface, useView } from "../context";
import { isTrouble, PHONE_WORDS } from "../phone-words";
import { systemOf } from "../state";
import { Refusal } from "../../shared/parts/controls";

export const Status = () => {
  const id = useId();
  const { host } = useSurface();
  const { reach, phone } = useView();
  const panel = usePanel();
  const { busy, refused, ask } = useAsking();
  const { available } = panel.agent;
  const toggle = () => void ask(() => host.ask("set-available", { available: !available }));
  const where = panel.line ? `Line ${panel.line.number}` : (systemOf(panel)?.title ?? "");
  return (
    <>
      <div class="status">
        <p class="status-words" role="status">
          <span class={`dot ${reach === "offline" || isTrouble(phone) ? "broken" : available && phone.state !== "starting" ? "active" : "off"}`} />
          {reach === "offline" ? "No connection. Trying again…" : `${where} · ${PHONE_WORDS[phone.state] ?? (available ? "Ready" : "Away")}`}
        </p>
        <label for={id}>Available</label>
        <input id={id} class="switch" type="checkbox" role="switch" checked={available} disabled={busy} onChange={toggle} />
      </div>
      <Refusal reason={refused} />
    </>
  );
};
