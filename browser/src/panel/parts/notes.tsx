/** Notes save themselves. What is typed goes to the desk at once, which keeps it until the service has it. */

import { useEffect, useId, useRef, useState } from "preact/hooks";
import type { Call } from "../../shared/values";
import { useSurface, useView } from "../context";
import { notesOf } from "../state";

const CALM_MS = 150;

export const Notes = ({ call, onText, rows = 4 }: { call: Call; onText?: (text: string) => void; rows?: number }) => {
  const id = useId();
  const { host } = useSurface();
  const view = useView();
  const [typed, setTyped] = useState<string | null>(null);
  const unsent = useRef<{ call_id: string; notes: string } | null>(null);
  const send = () => {
    const { current } = unsent;
    unsent.current = null;
    if (current) void host.ask("note", current).catch(() => undefined);
  };
  useEffect(() => {
    addEventListener("pagehide", send);
    return () => (removeEventListener("pagehide", send), send());
  }, [call.id]);
  useEffect(() => {
    const calm = setTimeout(send, CALM_MS);
    return () => clearTimeout(calm);
  }, [typed]);
  const type = (notes: string) => {
    unsent.current = { call_id: call.id, notes };
    setTyped(notes);
    onText?.(notes);
  };
  const leave = () => (send(), setTyped(null));
  return (
    <div class="field notes">
      <label for={id}>Notes</label>
      <textarea
        id={id} rows={rows} value={typed ?? notesOf(view, call)} placeholder="Saved while you type" aria-describedby={`${id}-state`}
        onInput={(event) => type(event.currentTarget.value)} onBlur={leave}
      />
      <p class="hint" id={`${id}-state`}>{saying(view.drafts[call.id] !== undefined, view.reach === "online", notesOf(view, call))}</p>
    </div>
  );
};

const saying = (pending: boolean, online: boolean, notes: string): string =>
  pending ? (online ? "Saving…" : "Kept on this computer until the connection is back") : notes ? "Saved" : "";
