/** This browser's phone, in words. Pure. */

import type { MicrophoneState, PhoneState, PhoneView } from "../shared/phone";

/** What stands beside the line when it is not just ready or away. */
export const PHONE_WORDS: Partial<Record<PhoneState, string>> = {
  starting: "Phone is starting…", refused: "Phone refused", unreachable: "Phone not reached", mute: "No microphone",
};

export const isTrouble = ({ state }: PhoneView): boolean => state === "refused" || state === "unreachable" || state === "mute";

export const MICROPHONE_WORDS: Record<MicrophoneState, string> = {
  unknown: "Microphone, speaker, ringing", allowed: "Microphone, speaker, ringing", ask: "The microphone is not allowed yet",
  refused: "The microphone is kept from Offhook", missing: "No microphone", busy: "Another program holds the microphone",
};
