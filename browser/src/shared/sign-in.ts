/** One attempt to connect, from the button to the token.

      begin ──▶ waiting ──▶ granted                     (the token is handed over, the attempt is forgotten)
                   │  └───▶ failed · expired            (says why; begin again)
                   └──────▶ stuck ──▶ granted           (diagnosed, and still asked: HubSpot may yet say yes)

    It lives in memory that survives the service worker, and goes on from there when the worker wakes. */

import { Refused, refusalOf } from "./refused";
import type { Service } from "./service";
import type { Claim, Reason, Refusal, Report, SignInAsk } from "./values";

export interface Memory {
  read(key: string): Promise<unknown>;
  write(key: string, value: unknown): Promise<void>;
}

export interface Attempt {
  id: string;
  secret: string;
  ask: SignInAsk;
  consent_url: string;
  began_at: number;
  state: "waiting" | "stuck" | "failed" | "expired";
  diagnosis: Report | null;
  problem: Reason | null;
}

export interface SignInEars {
  changed(attempt: Attempt | null): void;
  granted(token: string): Promise<void>;
}

const QUICK_MS = 1_000;
const CALM_MS = 2_000;
const QUICK_FOR_MS = 30_000;
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
    await this.become(kept);
    this.askLater();
  }

  async begin(ask: SignInAsk, returnTo: string | null): Promise<string> {
    const secret = random();
    const begun = await this.service().beginSignIn({
      secret_hash: await hash(secret), device_hash: await hash(await this.device()), ask,
      ...(returnTo ? { return_to: returnTo } : {}),
    });
    await this.become({
      id: begun.id, secret, ask, consent_url: begun.consent_url, began_at: this.now(),
      state: "waiting", diagnosis: null, problem: null,
    });
    this.askLater();
    return begun.consent_url;
  }

  /** HubSpot said no on its own page; `pageText` is what it said, when we know. */
  async stuck(pageText: string | null): Promise<void> {
    const { attempt } = this;
    if (!attempt) return;
    const claim = await this.service().stuck(attempt.id, attempt.secret, pageText?.slice(0, 20_000) ?? null);
    if (this.attempt?.id === attempt.id) await this.become({ ...attempt, state: "stuck", diagnosis: claim.diagnosis });
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
    this.askLater();
  }

  private async learn(attempt: Attempt, claim: Claim): Promise<void> {
    if (claim.state === "granted" && claim.token) {
      await this.drop();
      return this.ears.granted(claim.token);
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
