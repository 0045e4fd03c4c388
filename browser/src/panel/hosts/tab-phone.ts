/** One phone for all tabs of the page: the tab that holds the lock is it, the others show what it shows and hand on what
    is asked. When that tab closes, the next one takes over (a call in it ends: the browser warns before). */

import type { FromPhone, ToPhone } from "../../messages";
import { noPhone, type PhoneChoices, type PhoneCommand, type PhoneLine, type PhoneView } from "../../shared/phone";
import { refusalOf } from "../../shared/refused";
import { Unanswered } from "../../shared/unanswered";
import type { Refusal } from "../../shared/values";
import type { Phone, PhoneEars } from "../../softphone/phone";

const NAME = "offhook-phone";
const PATIENCE_MS = 20_000;
const LOAD_AGAIN_MS = 5_000;
const NO_ANSWER: Refusal = { code: "phone-away", says: "The tab with Offhook’s phone does not answer.", remedy: "Look for another Offhook tab, or load this one again.", retryable: true, status: 0, contacts: [] };

export interface TabEars extends PhoneEars {
  /** This tab is the phone now. */
  lost(): void;
}

export class TabPhone implements Phone {
  view: PhoneView = noPhone;
  readonly met: Promise<void>;
  private own: Phone | null = null;
  private leads = false;
  private line: PhoneLine | null = null;
  private making: Promise<Phone> | null = null;
  private choices: PhoneChoices | null = null;
  private available = true;
  private readonly others = "BroadcastChannel" in globalThis ? new BroadcastChannel(NAME) : null;
  private readonly unanswered = new Unanswered();

  constructor(private readonly ears: TabEars, private readonly load: (ears: PhoneEars) => Promise<Phone>) {
    this.others?.addEventListener("message", ({ data }: MessageEvent<ToPhone | FromPhone>) => this.heard(data));
    this.met = this.wantToLead();
    addEventListener("beforeunload", (event) => this.view.legs.length > 0 && this.leads && event.preventDefault());
  }

  use(line: PhoneLine | null): void {
    this.line = line;
    if (!this.leads) return;
    if (line || this.own) void this.phone().then((phone) => phone.use(this.line), () => this.tryLater());
  }

  choose(choices: PhoneChoices): void {
    this.choices = choices;
    if (this.leads) this.own?.choose(choices);
    else this.hand({ is: "choices", choices });
  }

  setAvailable(available: boolean): void {
    this.available = available;
    if (this.leads) this.own?.setAvailable(available);
  }

  async send(command: PhoneCommand): Promise<string> {
    if (this.leads) return (await this.phone()).send(command);
    return this.unanswered.ask((id) => this.hand({ is: "do", id, command }), PATIENCE_MS, NO_ANSWER);
  }

  private hand = (message: ToPhone | FromPhone): void => this.others?.postMessage(message);

  /** Over when this tab leads, or when it knows that another does. */
  private wantToLead(): Promise<void> {
    const { locks } = navigator as { locks?: LockManager };
    if (!locks) return Promise.resolve(this.lead());
    return new Promise((decided) => {
      const waiting = locks.query().then(({ held }) => held?.some(({ name }) => name === NAME), () => false);
      void waiting.then((other) => other && (this.hand({ is: "who-is-it" }), decided()));
      locks.request(NAME, () => (this.lead(), decided(), new Promise(() => undefined)))
        .catch(() => (this.lead(), decided())); // a browser that keeps third parties from its locks: each frame for itself
    });
  }

  private lead(): void {
    this.leads = true;
    this.see(noPhone);
    this.ears.lost();
  }

  private phone(): Promise<Phone> {
    this.making ??= this.load({ ...this.ears, changed: (view) => this.see(view) }).then((phone) => {
      this.own = phone;
      if (this.choices) phone.choose(this.choices);
      phone.setAvailable(this.available);
      return phone;
    });
    this.making.catch(() => { this.making = null; });
    return this.making;
  }

  /** Its part of the panel could not be loaded: the network, or the service is just being replaced. */
  private tryLater(): void {
    setTimeout(() => this.line && !this.own && this.use(this.line), LOAD_AGAIN_MS);
  }

  private see(view: PhoneView): void {
    this.view = view;
    if (this.leads) this.hand({ is: "view", view });
    this.ears.changed(view);
  }

  private heard(message: ToPhone | FromPhone): void {
    if (this.leads) return this.asked(message);
    if (message.is === "view") this.see(message.view);
    if (message.is === "done") this.unanswered.done(message.id, message.leg);
    if (message.is === "refusal") this.unanswered.refuse(message.id, message.refusal);
  }

  private asked(message: ToPhone | FromPhone): void {
    if (message.is === "who-is-it") this.hand({ is: "view", view: this.view });
    if (message.is === "choices") this.choose(message.choices);
    if (message.is !== "do") return;
    const { id } = message;
    this.send(message.command).then((leg) => this.hand({ is: "done", id, leg }), (error: unknown) => this.hand({ is: "refusal", id, refusal: refusalOf(error) }));
  }
}
