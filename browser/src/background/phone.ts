/** The phone as the background has it: it lives in the offscreen document, and outlives this worker. */

import { COME, type FromPhone, type ToPhone } from "../messages";
import { noPhone, type PhoneChoices, type PhoneCommand, type PhoneLine, type PhoneView, type Said } from "../shared/phone";
import { Refused } from "../shared/refused";
import { Unanswered } from "../shared/unanswered";
import type { Refusal } from "../shared/values";
import type { Phone } from "../softphone/phone";

export interface RemoteEars {
  changed(view: PhoneView): void;
  refused(): void;
  said(said: Said[]): Promise<void>;
  /** The document is gone, and its registration with it. */
  lost(): void;
}

const DOCUMENT = "offscreen.html";
const COMES_WITHIN_MS = 1_500;
const GONE: Refusal = { code: "phone-away", says: "Offhook’s phone is just starting.", remedy: "Try again in a moment.", retryable: true, status: 0, contacts: [] };

export class OffscreenPhone implements Phone {
  view: PhoneView = noPhone;
  /** Over when a phone from before has shown itself, or there is none. */
  readonly met: Promise<void>;
  private port: chrome.runtime.Port | null = null;
  private unsent: ToPhone[] = [];
  private readonly unanswered = new Unanswered();
  private came: (() => void) | null = null;
  private making: Promise<void> | null = null;

  constructor(private readonly ears: RemoteEars) {
    this.met = this.meet();
  }

  use(line: PhoneLine | null): void {
    if (line || this.port) this.tell({ is: "use", line });
    if (line) void this.make();
  }

  choose = (choices: PhoneChoices): void => this.tell({ is: "choices", choices });
  setAvailable = (available: boolean): void => this.tell({ is: "available", available });

  async send(command: PhoneCommand): Promise<string> {
    if (!this.port) throw new Refused(GONE);
    return this.unanswered.ask((id) => this.tell({ is: "do", id, command }), null, GONE);
  }

  accept(port: chrome.runtime.Port): void {
    this.port = port;
    port.onMessage.addListener((message: FromPhone) => this.heard(message));
    port.onDisconnect.addListener(() => void this.left(port));
    for (const message of this.unsent.splice(0)) port.postMessage(message);
  }

  private tell(message: ToPhone): void {
    try {
      if (this.port) return this.port.postMessage(message);
    } catch {
      this.port = null;
    }
    // Before it has come, only the last of each kind counts.
    this.unsent = [...this.unsent.filter(({ is }) => is !== message.is), message];
  }

  private heard(message: FromPhone): void {
    switch (message.is) {
      case "view":
        this.view = message.view;
        this.came?.();
        return this.ears.changed(message.view);
      case "refused": return this.ears.refused();
      case "said": return void this.ears.said(message.said).then(() => this.tell({ is: "kept", said: message.said }));
      case "done": return this.unanswered.done(message.id, message.leg);
      case "refusal": return this.unanswered.refuse(message.id, message.refusal);
    }
  }

  private async left(port: chrome.runtime.Port): Promise<void> {
    if (this.port === port) this.port = null;
    this.unanswered.refuseAll(GONE);
    if (await isThere()) return;
    this.view = { ...noPhone };
    this.ears.changed(this.view);
    this.ears.lost();
  }

  private async meet(): Promise<void> {
    if (!(await isThere())) return;
    const here = new Promise<void>((done) => { this.came = done; });
    await chrome.runtime.sendMessage(COME).catch(() => undefined); // nobody else answers
    await Promise.race([here, new Promise((enough) => { setTimeout(enough, COMES_WITHIN_MS); })]);
  }

  /** Made once; it comes by its port. */
  private make(): Promise<void> {
    this.making ??= this.makeDocument().finally(() => { this.making = null; });
    return this.making;
  }

  private async makeDocument(): Promise<void> {
    if (await isThere()) return void (this.port ?? (await chrome.runtime.sendMessage(COME).catch(() => undefined)));
    await chrome.offscreen.createDocument({
      url: DOCUMENT, reasons: ["USER_MEDIA" as chrome.offscreen.Reason, "WEB_RTC" as chrome.offscreen.Reason],
      justification: "The telephone: its calls must outlive the pages on which the panel stands.",
    }).catch(() => undefined); // another wake-up was faster
  }
}

const isThere = async (): Promise<boolean> =>
  (await chrome.runtime.getContexts({ contextTypes: ["OFFSCREEN_DOCUMENT" as chrome.runtime.ContextType] })).length > 0;
