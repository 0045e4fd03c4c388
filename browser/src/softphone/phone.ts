/** What a softphone is. What it shows of itself is a value; `next` folds what happens into it. Pure.

      off ─▶ starting ─▶ ready ⇄ unreachable          the way to the phone system
           │       └───▶ refused                      it says no: the line's password, the line
           └───▶ mute                                 no microphone, or the browser keeps it
      leg: ringing │ dialing ─▶ talking ⇄ held ─▶ gone */

import {
  type MicrophoneState, noPhone, type PhoneChoices, type PhoneCommand, type PhoneDevices, type PhoneLeg, type PhoneLine, type PhoneState, type PhoneView, type Said,
} from "../shared/phone";
import type { Reason } from "../shared/values";

export interface Phone {
  readonly view: PhoneView;
  /** Be the phone of this line, or of none. The same purpose again brings a new password, and no call ends. */
  use(line: PhoneLine | null): void;
  choose(choices: PhoneChoices): void;
  /** Does the agent take calls? If not, the phone does not ring. */
  setAvailable(available: boolean): void;
  /** Gives the leg it made or worked on. Raises Refused. */
  send(command: PhoneCommand): Promise<string>;
}

export interface PhoneEars {
  changed(view: PhoneView): void;
  /** The phone system does not take this password any more: ask for a new one. */
  refused(): void;
  said(said: Said): void;
}

export type PhoneHappening =
  | { is: "line"; purpose: string | null }
  | { is: "reach"; state: PhoneState; reason: Reason | null }
  | { is: "trouble"; reason: Reason | null }
  | { is: "microphone"; microphone: MicrophoneState }
  | { is: "devices"; devices: PhoneDevices }
  | { is: "choices"; choices: PhoneChoices }
  | { is: "leg"; leg: PhoneLeg }
  | { is: "leg-became"; leg: string; change: Partial<Omit<PhoneLeg, "id">> }
  | { is: "leg-gone"; leg: string };

export const next = (view: PhoneView, happening: PhoneHappening): PhoneView => {
  switch (happening.is) {
    case "line": return { ...noPhone, ...kept(view), purpose: happening.purpose, state: happening.purpose === null ? "off" : "starting" };
    case "reach": return view.purpose === null ? view : { ...view, state: happening.state, reason: happening.reason };
    case "trouble": return { ...view, reason: happening.reason };
    case "microphone": return { ...view, microphone: happening.microphone };
    case "devices": return { ...view, devices: happening.devices };
    case "choices": return { ...view, choices: happening.choices };
    case "leg": return { ...view, legs: [...view.legs.filter(({ id }) => id !== happening.leg.id), happening.leg] };
    case "leg-became": return { ...view, legs: view.legs.map((leg) => (leg.id === happening.leg ? became(leg, happening.change) : leg)) };
    case "leg-gone": return { ...view, legs: view.legs.filter(({ id }) => id !== happening.leg) };
  }
};

/** What belongs to the browser and not to a line. */
const kept = ({ microphone, devices, choices }: PhoneView): Partial<PhoneView> => ({ microphone, devices, choices });

/** An answered leg never rings again, however late a message comes. */
const became = (leg: PhoneLeg, change: Partial<PhoneLeg>): PhoneLeg => {
  const back = leg.answered_at !== null && (change.state === "ringing" || change.state === "dialing");
  return { ...leg, ...change, ...(back ? { state: leg.state } : {}) };
};
