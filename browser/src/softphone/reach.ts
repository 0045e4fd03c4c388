/** The way to the phone system: one agent, registered for the line. That it is gone is noticed within seconds, whatever
    the WebSocket believes: what is quiet too long, or doubted, is asked whether it is there. */

import type { PhoneLine, PhoneState } from "../shared/phone";
import type { Reason } from "../shared/values";
import type { Agent, Message, NewAgent, Session } from "./agent";
import { NO_NETWORK, refusalOfRegistration, UNREACHABLE } from "./registration";

export interface ReachEars {
  became(state: PhoneState, reason: Reason | null): void;
  registered(): void;
  /** Nothing comes from the phone system any more. */
  gone(): void;
  /** It does not take this password. */
  refused(): void;
  called(session: Session, invite: Message): void;
}

export interface ReachTools {
  newAgent: NewAgent;
  now(): number;
  /** Whether the computer itself says that it has no network; what it says of a network that it has means nothing. */
  hasNoNetwork(): boolean;
  instance: string;
}

const LOOK_MS = 1_000;
const QUIET_MS = 5_000;
/** A phone system that knows no keep-alive is asked with a request, so less often. */
const QUIET_WITHOUT_PONGS_MS = 15_000;
const ANSWERS_WITHIN_MS = 3_000;
const AWAY_AGAIN_MS = 5_000;
/** A new connection on a bad network needs its time. */
const CONNECT_ANEW_MS = 8_000;
const REFUSED_AGAIN_MS = 60_000;

export class Reach {
  agent: Agent | null = null;
  private state: PhoneState = "off";
  private looking: ReturnType<typeof setInterval> | undefined;
  private again: ReturnType<typeof setTimeout> | undefined;
  private heard_at = 0;
  /** Since when an answer is awaited; null: nothing was asked. */
  private asked_at: number | null = null;
  /** Does this connection answer keep-alives (RFC 5626 4.4.1)? null: not known yet. */
  private pongs: boolean | null = null;

  constructor(private readonly ears: ReachEars, private readonly tools: ReachTools) {}

  begin(line: PhoneLine): void {
    this.pongs = this.asked_at = null;
    this.became("starting", null);
    // What one says that was left is not of this line.
    const of = <T extends unknown[]>(hear: (...told: T) => void) => (...told: T): void => void (this.agent === agent && hear(...told));
    const agent: Agent = this.tools.newAgent(line, this.tools.instance, {
      connected: of(() => (this.pongs = null, this.heard(false))),
      disconnected: of(() => this.away()),
      registered: of(() => this.registered()),
      notRegistered: of((status, says) => this.notRegistered(status, says)),
      called: of((session, invite) => this.ears.called(session, invite)),
      heard: of((pong) => this.heard(pong)),
    });
    this.agent = agent;
    agent.start();
    this.looking = setInterval(() => this.look(), LOOK_MS);
  }

  stop(): void {
    clearInterval(this.looking);
    clearTimeout(this.again);
    this.agent?.stop();
    this.agent = null;
    this.state = "off";
  }

  isConnected = (): boolean => this.agent?.isConnected() ?? false;

  connectAnew(): void {
    this.asked_at = null;
    this.agent?.connectAnew();
  }

  /** Something else says that it may be gone: ask, rather than wait. */
  doubt(): void {
    if (this.state === "ready" && this.asked_at === null) this.ask();
  }

  // ── is it there? ──

  private heard(pong: boolean): void {
    if (pong) this.pongs = true;
    this.heard_at = this.tools.now();
    this.asked_at = null;
  }

  private look(): void {
    if (this.state !== "ready") return;
    const now = this.tools.now();
    if (this.asked_at !== null) {
      if (now - this.asked_at >= ANSWERS_WITHIN_MS) this.notAnswered();
    } else if (now - this.heard_at >= (this.pongs === false ? QUIET_WITHOUT_PONGS_MS : QUIET_MS)) this.ask();
  }

  private ask(): void {
    this.asked_at = this.tools.now();
    if (this.pongs === false) this.agent?.askIfThere();
    else this.agent?.ping();
  }

  /** A keep-alive that was never answered yet may only not be known there: then a request decides. */
  private notAnswered(): void {
    if (this.pongs !== null) return this.lost();
    this.pongs = false;
    this.ask();
  }

  private lost(): void {
    this.away();
    this.connectAnew();
  }

  private away(): void {
    this.asked_at = null;
    this.became("unreachable", this.tools.hasNoNetwork() ? NO_NETWORK : UNREACHABLE);
    this.ears.gone();
    this.later(CONNECT_ANEW_MS);
  }

  // ── registered? ──

  private registered(): void {
    clearTimeout(this.again);
    this.heard(false);
    this.became("ready", null);
    if (this.pongs === null) this.ask(); // so that it is known before it is needed
    this.ears.registered();
  }

  private notRegistered(status: number, says: string): void {
    if (status === 0) this.away();
    else this.became(status >= 500 ? "unreachable" : "refused", refusalOfRegistration(status, says));
    if (status === 401 || status === 403 || status === 407) this.ears.refused();
    else this.later(status === 0 || status >= 500 ? AWAY_AGAIN_MS : REFUSED_AGAIN_MS);
  }

  /** JsSIP does not ask again by itself, and an answer that did not come may mean a connection that only seems to stand. */
  private later(ms: number): void {
    clearTimeout(this.again);
    this.again = setTimeout(() => {
      if (this.state === "ready" || !this.agent) return;
      this.later(ms);
      this.connectAnew();
    }, ms);
  }

  private became(state: PhoneState, reason: Reason | null): void {
    this.state = state;
    this.ears.became(state, reason);
  }
}
