/** One attempt to connect, from the button to the token.

      begin ──▶ waiting ──▶ granted                     (the token is handed over, the attempt is forgotten)
                   │  └───▶ failed · expired            (says why; begin again)
                   └──────▶ stuck ──▶ granted           (diagnosed, and still asked: HubSpot may yet say yes)

    Begun again while an earlier tab is open, the earlier attempt is still asked: whichever tab she finishes counts.

    It lives in memory that survives the service worker, and goes on from there when the worker wakes. */

import { Refused, refusalOf } from "./refused";
import type { Service } from "./service";
import type { Claim, Helped, Reason, Refusal, Report, SignInAsk, Stopped } from "./values";

export interface Memory {
  read(key: string): Promise<unknown>;
  write(key: string, value: unknown): Promise<void>;
}

interface Earlier {
  id: string;
  secret: string;
  /** For another account, beside the one that is signed in. */
  elsewhere?: boolean;
}

export interface Attempt extends Earlier {
  ask: SignInAsk;
  consent_url: string;
  began_at: number;
  state: "waiting" | "stuck" | "failed" | "expired";
  diagnosis: Report | null;
  problem: Reason | null;
  /** The administrators were asked: what came of it, and when. */
  helped?: (Helped & { at: number }) | null;
  /** Those that were begun before, whose tabs may still be open; the newest first. */
  earlier: Earlier[];
}

export interface SignInEars {
  changed(attempt: Attempt | null): void;
  granted(token: string, elsewhere: boolean): Promise<void>;
}

const QUICK_MS = 1_000;
const CALM_MS = 2_000;
const QUICK_FOR_MS = 30_000;
const MOST_EARLIER = 3;
const PAGE_MOST = 20_000;
const LASTS = { waiting: true, stuck: true, failed: false, expired: false };

export class SignIn {
  attempt: Attempt | null = null;
  private next: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly service: () => Service,
    private readonly lasting: Memory,
    private readonly passing: Memory,
    private readonly ears: SignInEars,
    private readonly now: () => number = Date.now,
  ) {}

  async resume(): Promise<void> {
    const kept = (await this.passing.read("attempt")) as Attempt | null | undefined;
    if (!kept?.secret) return;
    await this.become({ ...kept, earlier: kept.earlier ?? [] });
    this.askLater();
  }

  /** `elsewhere`: whoever is signed in begins as nobody, so that another account may answer. */
  async begin(ask: SignInAsk, returnTo: string | null, elsewhere = false): Promise<string> {
    const secret = random();
    const begun = await this.service().beginSignIn({
      secret_hash: await hash(secret), device_hash: await hash(await this.device()), ask,
      ...(returnTo ? { return_to: returnTo } : {}),
    }, elsewhere);
    await this.become({
      id: begun.id, secret, ask, consent_url: begun.consent_url, began_at: this.now(),
      state: "waiting", diagnosis: null, problem: null, earlier: this.before(), elsewhere,
    });
    this.askLater();
    return begun.consent_url;
  }

  /** HubSpot said no on its own page, or its page is gone; `stopped` is what is known of it. */
  async stuck(stopped: Stopped): Promise<void> {
    const { attempt } = this;
    if (!attempt) return;
    const claim = await this.service().stuck(attempt.id, attempt.secret, bounded(stopped));
    if (this.attempt?.id === attempt.id) await this.become({ ...attempt, state: "stuck", diagnosis: claim.diagnosis });
  }

  /** Ask the administrators about what stopped this attempt; of an agent without one, about her own diagnosis. */
  async askForHelp(email: string | null): Promise<Helped> {
    const attempt = this.attempt?.state === "stuck" ? this.attempt : null;
    const helped = await this.service().askForHelp(attempt, email);
    const now = this.attempt;
    if (now && now.id === attempt?.id) await this.become({ ...now, helped: { ...helped, at: this.now() } });
    return helped;
  }

  /** Have the rights of whoever has this address checked; the answer may be elsewhere, and says so. */
  async rights(email: string): Promise<Report | null> {
    return this.attempt && this.service().rights(this.attempt, email);
  }

  private before(): Earlier[] {
    const { attempt } = this;
    if (!attempt || !LASTS[attempt.state]) return [];
    return [{ id: attempt.id, secret: attempt.secret, elsewhere: attempt.elsewhere ?? false }, ...attempt.earlier].slice(0, MOST_EARLIER);
  }

  async drop(): Promise<void> {
    clearTimeout(this.next);
    await this.become(null);
  }

  private askLater(): void {
    clearTimeout(this.next);
    const { attempt } = this;
    if (!attempt || !LASTS[attempt.state]) return;
    const young = this.now() - attempt.began_at < QUICK_FOR_MS;
    this.next = setTimeout(() => void this.ask(attempt.id), young ? QUICK_MS : CALM_MS);
  }

  private async ask(id: string): Promise<void> {
    const { attempt } = this;
    if (attempt?.id !== id) return;
    try {
      const claim = await this.service().claim(id, attempt.secret);
      if (this.attempt?.id === id) await this.learn(this.attempt, claim);
    } catch (error) {
      if (this.attempt?.id === id) await this.couldNotAsk(this.attempt, error);
    }
    for (const each of attempt.earlier) if (this.attempt?.id === id) await this.askEarlier(this.attempt, each);
    this.askLater();
  }

  /** Granted in an older tab is granted; one that came to nothing is forgotten. */
  private async askEarlier(attempt: Attempt, { id, secret, elsewhere }: Earlier): Promise<void> {
    const claim = await this.service().claim(id, secret).catch(refusalOf);
    if (this.attempt?.id !== attempt.id) return undefined;
    if ("token" in claim && claim.state === "granted" && claim.token) {
      await this.drop();
      return this.ears.granted(claim.token, elsewhere ?? false);
    }
    const over = "token" in claim ? !(claim.state === "waiting" || claim.state === "stuck") : claim.status === 404;
    if (over) await this.become({ ...this.attempt, earlier: this.attempt.earlier.filter((each) => each.id !== id) });
    return undefined;
  }

  private async learn(attempt: Attempt, claim: Claim): Promise<void> {
    if (claim.state === "granted" && claim.token) {
      await this.drop();
      return this.ears.granted(claim.token, attempt.elsewhere ?? false);
    }
    if (claim.state === "failed") return this.become({ ...attempt, state: "failed", problem: claim.problem ?? NO_ANSWER });
    if (claim.state === "expired") return this.become({ ...attempt, state: "expired", problem: RAN_OUT });
    if (claim.state === "stuck") {
      return this.become({ ...attempt, state: "stuck", diagnosis: claim.diagnosis ?? attempt.diagnosis });
    }
    return this.become(attempt); // the write keeps an MV3 worker awake while it waits
  }

  /** A service that is away is asked again; one that does not know the attempt has answered. */
  private async couldNotAsk(attempt: Attempt, error: unknown): Promise<void> {
    const problem = refusalOf(error);
    if (problem.status >= 400 && problem.status < 500 && problem.status !== 429) {
      await this.become({ ...attempt, state: "failed", problem });
    }
  }

  private async become(attempt: Attempt | null): Promise<void> {
    this.attempt = attempt;
    this.ears.changed(attempt);
    await this.passing.write("attempt", attempt);
  }

  private async device(): Promise<string> {
    const known = await this.lasting.read("device");
    if (typeof known === "string" && known.length >= 43) return known;
    const made = random();
    await this.lasting.write("device", made);
    return made;
  }
}

const bounded = (stopped: Stopped): Stopped =>
  stopped.page_text ? { ...stopped, page_text: stopped.page_text.slice(0, PAGE_MOST) } : stopped;

export const random = (): string => base64url(crypto.getRandomValues(new Uint8Array(32)));

export const hash = async (text: string): Promise<string> => {
  if (!globalThis.crypto.subtle) throw new Refused(NOT_SECURE);
  return base64url(new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text))));
};

const base64url = (bytes: Uint8Array): string =>
  btoa(String.fromCharCode(...bytes)).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");

const NOT_SECURE: Refusal = {
  code: "not-secure", says: "The browser does not trust this address, so it refuses to make secrets here.",
  remedy: "Open Offhook over https, or on this computer as http://localhost.", retryable: false, status: 0, contacts: [],
};
const RAN_OUT: Reason = {
  code: "expired", says: "That attempt took too long.", remedy: "Connect again; it takes a minute.", retryable: true,
};
const NO_ANSWER: Reason = {
  code: "unknown", says: "HubSpot did not let Offhook connect.", remedy: "Try again.", retryable: true,
};
