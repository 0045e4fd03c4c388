/** What the panel shows of this browser's phone: how it sounds, what stands in its way, two calls that can be one. */

import type { ComponentChildren } from "preact";
import { useEffect, useState } from "preact/hooks";
import { isEstablished, type PhoneLeg } from "../../shared/phone";
import type { Call } from "../../shared/values";
import { Button, Note, Refusal } from "../../shared/parts/controls";
import { Icon } from "../../shared/parts/icon";
import { useAsking, useSurface, useView } from "../context";
import { nameOf } from "./who";

export const HowItSounds = ({ leg, of }: { leg: PhoneLeg; of?: ComponentChildren }) => {
  const [tone, words] = soundOf(leg);
  if (!words) return null;
  return <p class={`sounds ${tone}`} role="status"><span class="sounds-bars" aria-hidden="true"><i /><i /><i /></span><span>{of && <>{of}: </>}{words}</span></p>;
};

/** A line more, when something speaks against it that the other side hears the agent. */
export const HowYouSound = ({ leg, of }: { leg: PhoneLeg; of?: ComponentChildren }) =>
  leg.outward && <p class={`sounds ${leg.outward.level}`} role="status"><Icon is="unmute" size={16} /><span>{of && <>{of}: </>}{leg.outward.says}</span></p>;

const soundOf = (leg: PhoneLeg): [string, string] => {
  if (leg.mending) return ["bad", "The connection broke. Looking for a new way; please stay on the line. If nothing is heard for half a minute, the call ends."];
  if (leg.held_there) return ["calm", "The other side has put you on hold."];
  if (leg.state !== "talking" || !leg.quality) return ["calm", ""];
  return [leg.quality.level === "silent" ? "bad" : leg.quality.level, leg.quality.says];
};

/** A line may have several phones: this browser is one of them, and has not got this call. */
export const WhichPhone = ({ call }: { call: Call }) => {
  const { phone } = useView();
  const talks = call.state === "connected" || call.state === "held";
  const elsewhere = useLasting(!call.leg && talks && phone.state === "ready", SETTLES_MS);
  return elsewhere ? <p class="hint centre" role="status">Not on this browser’s phone: you have this call in another browser, or on your desk.</p> : null;
};

/** The phone knows of an end a moment before the service does. */
const SETTLES_MS = 2_000;

const useLasting = (is: boolean, ms: number): boolean => {
  const [lasts, setLasts] = useState(false);
  useEffect(() => {
    setLasts(false);
    const timer = is ? setTimeout(() => setLasts(true), ms) : undefined;
    return () => clearTimeout(timer);
  }, [is]);
  return is && lasts;
};

/** Before it is needed: without a microphone nobody can answer here. */
export const NeedsMicrophone = () => {
  const { host } = useSurface();
  const { phone } = useView();
  const { busy, refused, ask } = useAsking();
  const trouble = phone.purpose === null ? undefined : TROUBLE[phone.microphone];
  if (!trouble) return null;
  return (
    <Note tone="warning">
      <p><strong>{trouble.says}</strong> {trouble.remedy}</p>
      <Button icon="unmute" busy={busy} onClick={() => void ask(() => host.ask("open-sound", null))}>{trouble.button}</Button>
      <Refusal reason={refused} />
    </Note>
  );
};

const TROUBLE: Partial<Record<string, { says: string; remedy: string; button: string }>> = {
  ask: { says: "Offhook may not use the microphone yet.", remedy: "Without it you can neither answer nor call in this browser.", button: "Allow the microphone" },
  refused: { says: "The browser keeps the microphone from Offhook.", remedy: "Nobody could hear you.", button: "Show how to allow it" },
  missing: { says: "This computer has no microphone that the browser can see.", remedy: "Plug in a headset: Offhook notices by itself.", button: "Sound and microphone" },
  busy: { says: "Another program holds the microphone.", remedy: "Close it there, often a meeting.", button: "Sound and microphone" },
};

/** Two calls of this browser's: all three may talk, or the two others go on with each other. */
export const TwoCalls = ({ call }: { call: Call }) => {
  const other = useOther(call);
  if (!other) return null;
  return call.leg?.merged ? <Merged call={call} other={other} /> : <OneWaits call={call} other={other} />;
};

const useOther = (call: Call): Call | undefined => {
  const { panel } = useView();
  const { leg } = call;
  if (!leg || !isEstablished(leg)) return undefined;
  return panel?.calls.find((each) => each.id !== call.id && each.leg && isEstablished(each.leg) && each.leg.merged === leg.merged);
};

const OneWaits = ({ call, other }: { call: Call; other: Call }) => {
  const { host } = useSurface();
  const { busy, refused, ask } = useAsking();
  return (
    <div class="card both">
      <p><Icon is="transfer" size={18} /> <Named call={other} /> {other.state === "held" ? "waits on hold" : "is on the other line"}.</p>
      <div class="buttons">
        <Button kind="primary" icon="merge" busy={busy} onClick={() => void ask(() => host.ask("merge", { call_id: call.id, other: other.id }))}>Merge</Button>
        <Button busy={busy} onClick={() => void ask(() => host.ask("connect-both", { call_id: other.id, other: call.id }))}>Connect both and leave</Button>
      </div>
      <p class="hint"><b>Merge</b>: all three of you talk.</p>
      <Refusal reason={refused} />
    </div>
  );
};

/** Cut where it is long: names come from outside. */
const Named = ({ call }: { call: Call }) => <span class="named" title={nameOf(call)}>{nameOf(call)}</span>;

const Merged = ({ call, other }: { call: Call; other: Call }) => {
  const { host } = useSurface();
  const { busy, refused, ask } = useAsking();
  return (
    <div class="card both" role="group" aria-label="Three talk">
      <p><Icon is="merge" size={18} /> You, <Named call={call} /> and <Named call={other} /> hear each other. Hanging up ends both calls.</p>
      {other.leg && soundOf(other.leg)[0] !== "good" && <HowItSounds leg={other.leg} of={<Named call={other} />} />}
      {other.leg && <HowYouSound leg={other.leg} of={<Named call={other} />} />}
      <div class="buttons">
        <Button busy={busy} onClick={() => void ask(() => host.ask("split", { call_id: call.id }))}>Talk to <Named call={call} /> alone</Button>
        <Button busy={busy} onClick={() => void ask(() => host.ask("connect-both", { call_id: other.id, other: call.id }))}>Connect both and leave</Button>
      </div>
      <p class="hint"><b>Alone</b>: <Named call={other} /> waits on hold.</p>
      <Refusal reason={refused} />
    </div>
  );
};
