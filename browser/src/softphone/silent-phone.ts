/** No softphone: the phone system has a phone of its own, and is asked over the service. */

import { noPhone, type PhoneView } from "../shared/phone";
import { Refused } from "../shared/refused";
import type { Phone } from "./phone";

export class SilentPhone implements Phone {
  readonly view: PhoneView = noPhone;
  use = (): void => undefined;
  choose = (): void => undefined;
  setAvailable = (): void => undefined;
  send = (): Promise<string> => Promise.reject(new Refused({ code: "no-softphone", says: "This browser is no phone here.", remedy: null, retryable: false, status: 0, contacts: [] }));
}
