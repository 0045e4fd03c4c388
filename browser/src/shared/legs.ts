/** The service's calls and this browser's legs, put together: a call that is spoken here shows what its leg says. Pure. */

import { isLive } from "./follow";
import { isEstablished, type PhoneLeg } from "./phone";
import type { Action, Call, CallState, Panel } from "./values";

const PROVISIONAL = "phone:";

/** The phone has it, and the service has not told of it (yet). */
export const isProvisional = (call: Call): boolean => call.id.startsWith(PROVISIONAL);

export const withLegs = (panel: Panel, legs: readonly PhoneLeg[]): Panel => {
  if (legs.length === 0) return panel;
  const free = new Set(legs);
  const take = (leg: PhoneLeg | undefined): PhoneLeg | undefined => (leg && free.delete(leg) ? leg : undefined);
  const named = panel.calls.map((call) => take(isLive(call) ? legs.find(({ external_id }) => external_id !== "" && external_id === call.external_id) : undefined));
  const calls = panel.calls.map((call, at) => {
    const leg = named[at] ?? (isLive(call) ? take([...free].find((each) => alike(call, each, panel))) : undefined);
    return leg ? spoken(call, leg) : call;
  });
  const known = new Set(panel.calls.map(({ external_id }) => external_id));
  const others = [...free].filter(({ external_id }) => !known.has(external_id)); // one whose call is over just ends
  return { ...panel, calls: [...calls, ...others.map((leg) => provisional(leg, panel))] };
};

/** A phone system whose server saw the call first has an id of its own for it, and so has a colleague's call to this line. */
const alike = (call: Call, leg: PhoneLeg, panel: Panel): boolean =>
  call.direction === leg.direction && (!call.line || call.line === panel.line?.number) && same(call.number ?? call.number_shown, leg.number);

const DIGITS_THAT_COUNT = 7;
const digits = (number: string): string => number.replace(/\D/g, "");
const same = (one: string, other: string): boolean =>
  digits(one) === digits(other) || (digits(one).length >= DIGITS_THAT_COUNT && digits(other).length >= DIGITS_THAT_COUNT && digits(one).slice(-DIGITS_THAT_COUNT) === digits(other).slice(-DIGITS_THAT_COUNT));

const spoken = (call: Call, leg: PhoneLeg): Call => ({
  ...call, leg, state: stateOf(leg), muted: leg.muted, can: actionsOf(leg),
  answered_at: call.answered_at ?? (leg.answered_at === null ? null : new Date(leg.answered_at).toISOString()),
});

const stateOf = ({ state }: PhoneLeg): CallState => (state === "talking" ? "connected" : state);

const actionsOf = (leg: PhoneLeg): Action[] => {
  if (leg.state === "ringing") return ["answer", "decline"];
  if (!isEstablished(leg)) return ["hang-up"];
  if (leg.merged) return ["hang-up", leg.muted ? "unmute" : "mute"];
  return ["hang-up", leg.state === "held" ? "resume" : "hold", leg.muted ? "unmute" : "mute", "transfer"];
};

const provisional = (leg: PhoneLeg, panel: Panel): Call => spoken({
  id: PROVISIONAL + leg.id, external_id: leg.external_id, phone_system: panel.phone_system ?? "", direction: leg.direction, state: stateOf(leg), muted: false,
  number: leg.number, number_shown: leg.number || "Anonymous", line: panel.line?.number ?? "", started_at: new Date(leg.started_at).toISOString(),
  answered_at: null, ended_at: null, duration_ms: null, ended_how: null, who: { answer: "asking", contacts: [], reason: null }, contact_id: null,
  notes: "", outcome: null, codes: [], wrapped_up: false, log: { state: "not-yet", reason: null, url: null, next_try_at: null, by: null }, can: [], leg: null,
}, leg);
