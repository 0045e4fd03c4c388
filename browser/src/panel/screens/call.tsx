/** A call that lives: ringing, or talked on. What can be done is what the phone system says can be done now. */

import { useEffect, useRef, useState } from "preact/hooks";
import { clock, since } from "../../shared/duration";
import { isProvisional } from "../../shared/legs";
import type { Action, Call } from "../../shared/values";
import { useAsking, useNow, useSurface } from "../context";
import { Button, Field, Refusal } from "../../shared/parts/controls";
import { type Drawing, Icon } from "../../shared/parts/icon";
import { Around } from "../parts/around";
import { Notes } from "../parts/notes";
import { chosenContact, Face, Who } from "../parts/who";
import { Keys } from "../parts/keys";
import { HowItSounds, HowYouSound, NeedsMicrophone, TwoCalls, WhichPhone } from "../parts/phone";
import { KEYPAD } from "../state";
import { useCanDial, useDial } from "./keypad";

const useAct = (call: Call) => {
  const { host } = useSurface();
  const asking = useAsking();
  const act = (action: Action, to?: string) =>
    asking.ask(() => host.ask("act", { call_id: call.id, action, ...(to === undefined ? {} : { to }) }).then(() => true));
  return { ...asking, act };
};

export const LiveCall = ({ call }: { call: Call }) => (call.state === "ringing" ? <Ringing call={call} /> : <InCall call={call} />);

const Ringing = ({ call }: { call: Call }) => {
  const { busy, refused, act } = useAct(call);
  return (
    <section class="ring-page" aria-label="Incoming call">
      <p class="overline">Incoming call{call.line && ` on line ${call.line}`}</p>
      <div class="ring-face"><Face name={chosenContact(call)?.name ?? null} /></div>
      <p class="big-number">{call.number_shown}</p>
      <div class="ring-who"><Who call={call} /></div>
      <NeedsMicrophone />
      <Refusal reason={refused} />
      <div class="ring-buttons foot">
        {call.can.includes("decline") && <Button kind="bad" icon="hang-up" busy={busy} onClick={() => void act("decline")}>Decline</Button>}
        {call.can.includes("answer") && <Button kind="good" icon="handset" busy={busy} onClick={() => void act("answer")}>Answer</Button>}
      </div>
      {!call.can.includes("answer") && <p class="hint centre">Answer it on your phone.</p>}
    </section>
  );
};

const InCall = ({ call }: { call: Call }) => {
  const { busy, refused, act } = useAct(call);
  const [transferring, setTransferring] = useState(false);
  const [keys, setKeys] = useState(false);
  const { happen } = useSurface();
  const merged = call.leg?.merged ?? false;
  const another = useCanDial() && call.state !== "dialing" && !merged;
  const can = (action: Action) => call.can.includes(action);
  const button = (action: Action, words: string, icon: Drawing) =>
    can(action) && <ActionButton icon={icon} words={words} busy={busy} onClick={() => void act(action)} on={action === "unmute" || action === "resume"} />;
  return (
    <section class="in-call" aria-label="Call">
      <Head call={call} />
      {call.leg && <HowItSounds leg={call.leg} />}
      {call.leg && <HowYouSound leg={call.leg} />}
      <WhichPhone call={call} />
      <Refusal reason={refused} />
      {!merged && <TwoCalls call={call} />}
      {transferring && can("transfer") ? (
        <Transfer call={call} busy={busy} cancel={() => setTransferring(false)} go={(to) => void act("transfer", to).then((done) => done && setTransferring(false))} />
      ) : (
        <div class="actions" role="group" aria-label="Call controls">
          {call.muted ? button("unmute", "Unmute", "mute") : button("mute", "Mute", "unmute")}
          {call.state === "held" ? button("resume", "Resume", "resume") : button("hold", "Hold", "hold")}
          {can("transfer") && <ActionButton icon="transfer" words="Transfer" busy={busy} onClick={() => setTransferring(true)} />}
          {call.leg?.state === "talking" && <ActionButton icon="keypad" words="Keypad" busy={false} on={keys} onClick={() => setKeys(!keys)} />}
          {another && <ActionButton icon="plus" words="New call" busy={false} onClick={() => happen({ is: "look-at", call: KEYPAD })} />}
        </div>
      )}
      {merged && <TwoCalls call={call} />}
      {keys && call.leg?.state === "talking" && <Tones call={call} />}
      {!isProvisional(call) && <Notes call={call} />}
      <Around call={call} />
      {can("hang-up") && <div class="foot"><Button kind="bad" wide icon="hang-up" busy={busy} onClick={() => void act("hang-up")}>{merged ? "Hang up both" : "Hang up"}</Button></div>}
    </section>
  );
};

const Head = ({ call }: { call: Call }) => {
  const now = useNow(1_000);
  const contact = chosenContact(call);
  const spent = clock(since(call.answered_at ?? call.started_at, now));
  return (
    <header class="call-head">
      <Face name={contact?.name ?? null} />
      <div class="call-words">
        <Who call={call} />
        <p class="muted call-number">{call.number_shown}</p>
      </div>
      <p class={`call-state ${call.leg?.mending ? "held" : call.state}`}>
        {call.state === "dialing" ? <span>{call.leg?.early ? "Ringing…" : "Calling…"}</span> : <><span>{stateOf(call)}</span><b role="timer">{spent}</b></>}
      </p>
    </header>
  );
};

const stateOf = (call: Call): string =>
  call.leg?.mending ? "No sound" : call.state === "held" ? "On hold" : call.muted ? "Muted" : call.leg?.merged ? "Three talk" : "Talking";

const ActionButton = ({ icon, words, busy, on, onClick }: {
  icon: Drawing; words: string; busy: boolean; on?: boolean; onClick: () => void;
}) => (
  <button type="button" class={`action${on ? " on" : ""}`} disabled={busy} onClick={onClick}>
    <span class="action-disc"><Icon is={icon} size={22} /></span><span>{words}</span>
  </button>
);

/** Now: they talk at once. Speak first: the agent asks there, and then connects both or goes back. */
const Transfer = ({ call, busy, go, cancel }: { call: Call; busy: boolean; go: (to: string) => void; cancel: () => void }) => {
  const [to, setTo] = useState("");
  const { dial, refused, busy: dialling } = useDial();
  const submit = (event: Event) => {
    event.preventDefault();
    if (to.trim()) go(to.trim());
  };
  const ready = Boolean(to.trim());
  return (
    <form class="card transfer" onSubmit={submit}>
      <Field label="Transfer to" value={to} placeholder="Line or number" onInput={(event) => setTo(event.currentTarget.value)} />
      <div class="buttons">
        <Button kind="primary" type="submit" busy={busy || dialling} disabled={!ready}>Transfer now</Button>
        {call.leg && <Button busy={busy || dialling} disabled={!ready} onClick={() => dial(to)}>Speak first</Button>}
        <Button kind="quiet" onClick={cancel}>Back to the call</Button>
      </div>
      <Refusal reason={refused} />
    </form>
  );
};

/** For menus that speak: “press 1”. What was pressed stays in sight. */
const Tones = ({ call }: { call: Call }) => {
  const { host } = useSurface();
  const { refused, ask } = useAsking();
  const [pressed, setPressed] = useState("");
  const place = useRef<HTMLDivElement>(null);
  useEffect(() => place.current?.scrollIntoView?.({ block: "end" }), []);
  const press = (tone: string) => {
    setPressed(pressed + tone);
    void ask(() => host.ask("tone", { call_id: call.id, tone }));
  };
  return (
    <div ref={place} class="card tones" role="group" aria-label="Keypad">
      <p class="tones-pressed" role="status" aria-label={pressed ? `Pressed ${[...pressed].join(" ")}` : undefined}>{pressed || "Press a key"}</p>
      <Keys press={press} />
      <Refusal reason={refused} />
    </div>
  );
};
