/** The service's own pages in this browser: where the same agent is signed in, at the same line, they use this phone, and
    are none themselves. A page must be of the service that this extension is set to, and prove the rest. */

import { type FromOwnPage, type ToOwnPage } from "../messages";
import type { PhoneLine } from "../shared/phone";
import { Refused, refusalOf } from "../shared/refused";
import { proofOf } from "../shared/same-line";
import { type Memory, random } from "../shared/sign-in";
import { hostPattern } from "../shared/site";
import type { Phone } from "../softphone/phone";
import { PageScript } from "./page-script";

export interface Around {
  phone: Phone;
  /** Where the service is. */
  address(): string;
  /** For what this browser is the phone, or in a moment will be; null: for nothing; undefined: not known yet. */
  serves(): string | null | undefined;
  /** With what it is registered; null: with nothing after all. Raises Refused. */
  line(): Promise<PhoneLine | null>;
  openSound(): void;
}

interface OwnPage {
  port: chrome.runtime.Port;
  /** For what the page was last asked to show that it is the same agent's; undefined: nothing was told yet. */
  asked: string | null | undefined;
  nonce: string;
  /** null: it has not shown it yet. */
  proven: boolean | null;
  /** Asked in the meantime. */
  waiting: (() => void)[];
}

const INJECTED = "own-page-script";
const NOT_YOURS = { code: "phone-away", says: "Offhook’s phone is just starting.", remedy: "Try again in a moment.", retryable: true, status: 0, contacts: [] };

export class OwnPages {
  private readonly pages = new Map<chrome.runtime.Port, OwnPage>();
  private readonly script = new PageScript("own-page", { js: ["own-page.js"], allFrames: true }, "document_start");

  /** `passing`: forgotten when the extension is updated or switched on again, and then open pages need the script anew. */
  constructor(private readonly around: Around, private readonly passing: Memory) {}

  came(port: chrome.runtime.Port): void {
    const page: OwnPage = { port, asked: undefined, nonce: "", proven: null, waiting: [] };
    this.pages.set(port, page);
    port.onDisconnect.addListener(() => this.pages.delete(port));
    port.onMessage.addListener((says: FromOwnPage) => this.heard(page, says));
  }

  /** Something changed: the phone, or whose it is. */
  show(): void {
    for (const page of this.pages.values()) this.tell(page);
  }

  /** The script is on the pages of this service, as far as the browser lets it, and of no other. */
  async serve(address: string): Promise<void> {
    const matches = `${new URL(address).origin}/panel*`;
    const allowed = await chrome.permissions.contains({ origins: [hostPattern(address)] }).catch(() => false);
    if ((await this.passing.read(INJECTED)) === matches && allowed) return;
    await this.script.register(allowed ? [matches] : []);
    await this.passing.write(INJECTED, allowed ? matches : null);
    if (allowed) await this.script.inject(matches);
  }

  private isOurs = ({ port }: OwnPage): boolean => URL.canParse(this.around.address()) && port.sender?.origin === new URL(this.around.address()).origin;

  private tell(page: OwnPage): void {
    const known = this.around.serves();
    if (known === undefined) return;
    const serves = this.isOurs(page) ? known : null;
    if (page.asked !== serves) return this.begin(page, serves);
    const { view } = this.around.phone;
    if (page.proven && view.purpose === serves) this.say(page, { is: "view", view });
  }

  private begin(page: OwnPage, serves: string | null): void {
    const before = page.asked;
    Object.assign(page, { asked: serves, nonce: random(), proven: null });
    if (before !== undefined || serves === null) this.say(page, { is: "none" });
    if (serves !== null) this.say(page, { is: "challenge", nonce: page.nonce });
    else this.settle(page, false);
  }

  private async heard(page: OwnPage, says: FromOwnPage): Promise<void> {
    switch (says.is) {
      case "hello":
        page.asked = undefined;
        return this.tell(page);
      case "proof": return this.prove(page, says.proof);
      case "do": return this.do(page, says);
      case "open-sound": return this.mayUse(page) ? this.around.openSound() : undefined;
    }
  }

  private async prove(page: OwnPage, proof: string): Promise<void> {
    const { nonce, asked } = page;
    const line = await this.around.line().catch(() => undefined);
    if (page.nonce !== nonce) return; // asked anew meanwhile
    if (line === undefined) return void (page.asked = undefined); // the service is away: asked again when something changes
    this.settle(page, line !== null && line.purpose === asked && (await proofOf(line, nonce)) === proof);
    if (page.proven) this.tell(page);
    else this.say(page, { is: "none" });
  }

  private settle(page: OwnPage, proven: boolean): void {
    page.proven = proven;
    for (const go of page.waiting.splice(0)) go();
  }

  private async do(page: OwnPage, { id, command }: Extract<FromOwnPage, { is: "do" }>): Promise<void> {
    try {
      if (page.proven === null) await new Promise<void>((go) => page.waiting.push(go)); // this worker was just woken
      if (!this.mayUse(page)) throw new Refused(NOT_YOURS);
      this.say(page, { is: "done", id, leg: await this.around.phone.send(command) });
    } catch (error) {
      this.say(page, { is: "refusal", id, refusal: refusalOf(error) });
    }
  }

  private mayUse = (page: OwnPage): boolean => page.proven === true && this.isOurs(page) && page.asked === this.around.serves();

  private say(page: OwnPage, message: ToOwnPage): void {
    try {
      page.port.postMessage(message);
    } catch {
      this.pages.delete(page.port);
    }
  }
}
