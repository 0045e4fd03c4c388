/** A browser that cannot carry sound: it says so, and calls are asked of the service. */

import { noPhone, type PhoneLine, type PhoneView } from "../shared/phone";
import { Refused } from "../shared/refused";
import type { Reason } from "../shared/values";
import type { Phone, PhoneEars } from "./phone";

const CANNOT: Reason = { code: "no-softphone", says: "This browser cannot carry calls (it has no WebRTC).", remedy: "Use Chrome, Edge or another browser of today.", retryable: false };

export class SilentPhone implements Phone {
  view: PhoneView = noPhone;

  constructor(private readonly ears: PhoneEars) {}

  use(line: PhoneLine | null): void {
    this.view = line ? { ...noPhone, purpose: line.purpose, state: "refused", reason: CANNOT } : noPhone;
    this.ears.changed(this.view);
  }

  choose = (): void => undefined;
  setAvailable = (): void => undefined;
  send = (): Promise<string> => Promise.reject(new Refused({ ...CANNOT, status: 0, contacts: [] }));
}
