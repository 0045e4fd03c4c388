/** The phone of the page: the extension's, where that is in this browser and is the phone of the same agent's line; else
    the page's own. So one browser is one phone, whichever of the two the agent has in front of her.

      own ──the extension's phone shows itself, and no call is spoken here──▶ the extension's
      own ◀──it is gone, is somebody else's, or has no microphone─────────── the extension's */

import type { FromOwnPage, OwnPageToScript, ScriptToOwnPage } from "../../messages";
import { noPhone, type PhoneChoices, type PhoneCommand, type PhoneLine, type PhoneView } from "../../shared/phone";
import { proofOf } from "../../shared/same-line";
import { Unanswered } from "../../shared/unanswered";
import type { Refusal } from "../../shared/values";
import type { Phone } from "../../softphone/phone";
import type { TabEars } from "./tab-phone";

/** How long (ms) the page waits for the extension's word before it registers itself. */
const DECIDES_MS = 2_500;
const PATIENCE_MS = 20_000;
const GONE: Refusal = { code: "phone-away", says: "Offhook’s extension, which is the phone in this browser, does not answer.", remedy: "Try again.", retryable: true, status: 0, contacts: [] };

/** The page's own, in one of its tabs. */
export interface OwnPhone extends Phone {
  readonly met: Promise<void>;
}

export class PhoneBeside implements Phone {
  readonly met: Promise<void>;
  private readonly own: OwnPhone;
  private line: PhoneLine | null = null;
  private given: PhoneLine | null = null;
  private theirs: PhoneView | null = null;
  private follows = false;
  /** Which content script speaks; null: there is no extension. */
  private script: number | null = null;
  private nonce: string | null = null;
  /** It has not yet said whether its phone is ours. */
  private undecided = false;
  private patience: ReturnType<typeof setTimeout> | undefined;
  private readonly unanswered = new Unanswered();

  constructor(private readonly ears: TabEars, own: (ears: TabEars) => OwnPhone) {
    this.own = own({ ...ears, changed: () => this.ownChanged() });
    this.met = this.own.met;
    addEventListener("message", ({ source, origin, data }: MessageEvent<ScriptToOwnPage | null>) => {
      if (source === window && origin === location.origin && data?.offhook === "extension") this.heard(data);
    });
    this.say({ is: "hello" });
  }

  get view(): PhoneView {
    return (this.follows && this.theirs) || this.own?.view || noPhone;
  }

  /** The extension's phone is this page's, too. */
  get isExtensions(): boolean {
    return this.follows;
  }

  use(line: PhoneLine | null): void {
    this.line = line;
    if (line && this.undecided) this.wait();
    void this.prove();
    this.decide();
  }

  choose = (choices: PhoneChoices): void => this.own.choose(choices);
  setAvailable = (available: boolean): void => this.own.setAvailable(available);

  async send(command: PhoneCommand): Promise<string> {
    if (!this.follows) return this.own.send(command);
    return this.unanswered.ask((id) => this.say({ is: "do", id, command }), PATIENCE_MS, GONE);
  }

  /** Where the microphone and the devices of the extension's phone are chosen. */
  openSound = (): void => this.say({ is: "open-sound" });

  private say = (says: FromOwnPage): void => window.postMessage({ offhook: "page", says } satisfies OwnPageToScript, location.origin);

  private heard({ by, says }: ScriptToOwnPage): void {
    if (says.is === "here" && by !== this.script) return this.meet(by);
    if (by !== this.script) return; // an older extension's
    switch (says.is) {
      case "challenge":
        this.nonce = says.nonce;
        return void this.prove();
      case "view": return this.decided(says.view);
      case "none": return this.decided(null);
      case "gone":
        this.script = this.nonce = null;
        return this.decided(null);
      case "done": return this.unanswered.done(says.id, says.leg);
      case "refusal": return this.unanswered.refuse(says.id, says.refusal);
    }
  }

  private meet(script: number): void {
    this.script = script;
    this.nonce = null;
    this.undecided = true;
    this.say({ is: "hello" });
  }

  private wait(): void {
    clearTimeout(this.patience);
    this.patience = setTimeout(() => this.decided(this.theirs), DECIDES_MS);
  }

  private async prove(): Promise<void> {
    const { line, nonce } = this;
    if (!line || nonce === null) return;
    const proof = await proofOf(line, nonce);
    if (nonce === this.nonce) this.say({ is: "proof", proof });
  }

  private decided(theirs: PhoneView | null): void {
    clearTimeout(this.patience);
    this.undecided = false;
    this.theirs = theirs;
    this.decide();
  }

  private ownChanged(): void {
    if (!this.own) return; // just being made
    this.decide();
    if (!this.follows) this.ears.changed(this.view);
  }

  /** Whose phone it is now. A call that is spoken here stays here until it ends. */
  private decide(): void {
    const before = this.follows;
    this.follows = this.line !== null && this.theirs !== null && canCall(this.theirs) && this.own.view.legs.length === 0;
    if (before && !this.follows) return this.lost();
    if (this.follows || !this.undecided) this.give(this.follows ? null : this.line);
    if (this.follows) this.ears.changed(this.view);
  }

  private give(line: PhoneLine | null): void {
    if (line === this.given) return;
    this.given = line;
    this.own.use(line);
  }

  /** What is known of the line may be old by now: it is asked for anew. */
  private lost(): void {
    this.unanswered.refuseAll(GONE);
    this.ears.changed(this.view);
    if (this.line === null) return;
    this.line = null;
    this.ears.lost();
  }
}

/** Without a microphone the extension's phone is not registered, and the page may have one. */
const canCall = ({ state, legs }: PhoneView): boolean => legs.length > 0 || (state !== "off" && state !== "mute");
