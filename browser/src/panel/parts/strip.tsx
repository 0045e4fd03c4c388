/** The calls that are not in front: always in sight, one press away. */

import type { Call } from "../../shared/values";
import { useAsking, useSurface } from "../context";
import { elsewhere } from "../state";
import { Button, Refusal } from "../../shared/parts/controls";
import { Icon } from "../../shared/parts/icon";
import { nameOf } from "./who";

const STATES = { ringing: "Ringing", dialing: "Calling…", connected: "Talking", held: "On hold", ended: "To wrap up" };
const wordsOf = (call: Call): string => (call.leg?.merged ? "In the same conversation" : STATES[call.state]);

export const Strip = () => {
  const { state } = useSurface();
  const calls = elsewhere(state);
  if (calls.length === 0) return null;
  return (
    <div class="strip" role="group" aria-label="Calls">
      {calls.map((call) => <Elsewhere key={call.id} call={call} />)}
    </div>
  );
};

const Elsewhere = ({ call }: { call: Call }) => {
  const { host, happen } = useSurface();
  const { busy, refused, ask } = useAsking();
  const act = (action: "answer" | "decline" | "resume") => void ask(async () => {
    await host.ask("act", { call_id: call.id, action });
    if (action !== "decline") happen({ is: "look-at", call: call.id });
  });
  return (
    <div class={`elsewhere ${call.state}`}>
      <button type="button" class="row-button" onClick={() => happen({ is: "look-at", call: call.id })}>
        <Icon is={call.direction} size={16} />
        <span class="row-words"><b>{nameOf(call)}</b><small>{wordsOf(call)}</small></span>
      </button>
      {call.leg?.state === "held" && <Button icon="swap" busy={busy} onClick={() => act("resume")}>Swap</Button>}
      {call.state === "ringing" && call.can.includes("decline") && <Button kind="bad" busy={busy} onClick={() => act("decline")}>Decline</Button>}
      {call.state === "ringing" && call.can.includes("answer") && <Button kind="good" busy={busy} onClick={() => act("answer")}>Answer</Button>}
      <Refusal reason={refused} />
    </div>
  );
};

/** For ears: what changed about calls, wherever the eyes are. */
export const Announcer = () => {
  const { view } = useSurface().state;
  const calls = view?.panel?.calls ?? [];
  const ringing = calls.filter(({ state }) => state === "ringing");
  const others = calls.filter(({ state }) => state !== "ringing");
  return (
    <>
      <p class="unseen" role="alert">{ringing.map((call) => `Incoming call from ${nameOf(call)}`).join(". ")}</p>
      <p class="unseen" role="status">{others.map((call) => `${wordsOf(call)}: ${nameOf(call)}`).join(". ")}</p>
    </>
  );
};
