/** The softphone with everything real: JsSIP, this browser's microphone and speakers. Big: load it only where it is used. */

import type { Phone, PhoneEars } from "./phone";
import { newJsSipAgent } from "./jssip-agent";
import { openMicrophone, watch } from "./microphone";
import { mix } from "./mixer";
import { SilentPhone } from "./silent-phone";
import { SipPhone } from "./sip-phone";
import { BrowserSounds } from "./sounds";

const INSTANCE = "offhook:phone-instance";

/** The same in this browser as long as it remembers, so that a registration replaces the last one. */
const instance = (): string => {
  try {
    const kept = localStorage.getItem(INSTANCE) ?? crypto.randomUUID();
    localStorage.setItem(INSTANCE, kept);
    return kept;
  } catch {
    return crypto.randomUUID();
  }
};

export const browserPhone = (ears: PhoneEars): Phone => {
  if (!("RTCPeerConnection" in globalThis)) return new SilentPhone(ears);
  const phone = new SipPhone(ears, {
    newAgent: newJsSipAgent, sounds: new BrowserSounds(), openMicrophone, watchMicrophone: watch, mix, now: Date.now, instance: instance(),
    hasNoNetwork: () => !navigator.onLine,
  });
  addEventListener("online", () => phone.networkChanged());
  addEventListener("offline", () => phone.networkLost());
  return phone;
};
