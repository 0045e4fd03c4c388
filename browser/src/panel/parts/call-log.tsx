/** Whether a call is on the HubSpot timeline, and if not, why not. */

import { when } from "../../shared/duration";
import type { Call } from "../../shared/values";
import { useAsking, useSurface } from "../context";
import { Button, Link } from "../../shared/parts/controls";

export const LogState = ({ call }: { call: Call }) => {
  const { log } = call;
  switch (log.state) {
    case "logged": return (
      <p class="log good">
        {log.url ? <Link to={log.url} icon>Logged</Link> : "Logged"}
        {log.by && <span class="muted"> with the account’s connection ({log.by}), because yours does not work</span>}
      </p>
    );
    case "off": return log.reason?.code === "by-hand"
      ? <ByHand call={call} />
      : <p class="log muted">{log.reason?.says ?? "Not logged: logging is switched off"}</p>;
    case "not-yet": return <p class="log muted">Not logged yet</p>;
    default: return <Unlogged call={call} />;
  }
};

const ByHand = ({ call }: { call: Call }) => {
  const { host } = useSurface();
  const { busy, refused, ask } = useAsking();
  return (
    <div class="log">
      <p class="muted">Not logged: you asked to decide for each call.</p>
      {refused && <p role="alert">{refused.says}</p>}
      <Button busy={busy} onClick={() => void ask(() => host.ask("log-again", { call_id: call.id }))}>Log it</Button>
    </div>
  );
};

const Unlogged = ({ call }: { call: Call }) => {
  const { host } = useSurface();
  const { busy, refused, ask } = useAsking();
  const { state, reason, next_try_at } = call.log;
  const next = next_try_at ? when(next_try_at, Date.now()) : "";
  return (
    <div class={`log ${state === "failed" ? "bad" : "warning"}`}>
      <p>
        {state === "failed" ? "Not logged" : "Waiting to be logged"}{reason ? `: ${reason.says}` : ""}
        {reason?.remedy ? ` ${reason.remedy}` : ""}{state === "waiting" && next ? ` Next try at ${next}.` : ""}
      </p>
      {refused && <p role="alert">{refused.says}</p>}
      <Button kind="quiet" busy={busy} onClick={() => void ask(() => host.ask("log-again", { call_id: call.id }))}>Try again</Button>
    </div>
  );
};
