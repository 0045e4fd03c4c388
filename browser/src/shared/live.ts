/** The live stream: one WebSocket that comes back by itself and misses nothing.

      connecting ──first frame──▶ online ──closed, or three beats missed──▶ offline ──pause──▶ connecting …
      any ──4401 or a sign-out frame──▶ stopped          4403 ──▶ offline, and asked again only slowly

    The cursor of the last frame travels with every reconnect; the service then replays what was missed. */

import * as read from "./read";
import type { Call, Panel, Reason } from "./values";

export type Frame =
  | { type: "panel"; cursor: string; panel: Panel }
  | { type: "call"; cursor: string; call: Call }
  | { type: "screen-pop"; cursor: string; call_id: string; url: string };

export type Reach = "starting" | "online" | "offline";

export interface LiveEars {
  frame(frame: Frame): void;
  reach(reach: Reach, why: Reason | null): void;
  signedOut(reason: Reason): void;
}

export interface LiveSocket {
  onopen: (() => void) | null;
  onmessage: ((message: { data: unknown }) => void) | null;
  onclose: ((closed: { code: number }) => void) | null;
  send(text: string): void;
  close(): void;
}

export interface LiveTools {
  open(address: string): LiveSocket;
  random(): number;
}

export const BEAT_MS = 15_000;
const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 10_000;

export const ordinaryTools: LiveTools = {
  open: (address) => new WebSocket(address) as unknown as LiveSocket,
  random: () => Math.random(),
};

export class Live {
  private socket: LiveSocket | null = null;
  private cursor: string | null;
  private failures = 0;
  private pause: ReturnType<typeof setTimeout> | undefined;
  private watch: ReturnType<typeof setTimeout> | undefined;
  private stopped = false;

  constructor(
    private readonly address: string,
    private readonly token: string,
    after: string | null,
    private readonly ears: LiveEars,
    private readonly tools: LiveTools = ordinaryTools,
  ) {
    this.cursor = after;
  }

  start(): void {
    this.connect();
  }

  /** The agent, or the browser coming back online, wants it now. */
  tryNow(): void {
    if (this.stopped || this.socket) return;
    clearTimeout(this.pause);
    this.connect();
  }

  stop(): void {
    this.stopped = true;
    clearTimeout(this.pause);
    this.letGo();
  }

  private connect(): void {
    let socket: LiveSocket;
    try {
      socket = this.tools.open(this.address);
    } catch {
      return this.lost(1006);
    }
    this.socket = socket;
    this.listenFor(BEAT_MS);
    socket.onopen = () => socket.send(JSON.stringify({ token: this.token, after: this.cursor }));
    socket.onmessage = ({ data }) => this.arrived(data);
    socket.onclose = ({ code }) => this.lost(code);
  }

  private arrived(data: unknown): void {
    const frame = parse(data);
    if (!frame) return;
    this.failures = 0;
    this.listenFor(3 * BEAT_MS);
    this.ears.reach("online", null);
    if (typeof frame["cursor"] === "string") this.cursor = frame["cursor"];
    this.heard(frame, this.cursor ?? "");
  }

  private heard(frame: Record<string, unknown>, cursor: string): void {
    const { ears } = this;
    if (frame["type"] === "panel") ears.frame({ type: "panel", cursor, panel: read.panel(frame["panel"]) });
    if (frame["type"] === "call") ears.frame({ type: "call", cursor, call: read.call(read.fields(frame["call"])) });
    if (frame["type"] === "screen-pop") {
      ears.frame({ type: "screen-pop", cursor, call_id: String(frame["call_id"]), url: read.link(frame["url"]) });
    }
    if (frame["type"] === "sign-out") this.signedOut(read.reason(read.fields(frame["reason"])));
  }

  private lost(code: number): void {
    this.letGo();
    if (this.stopped) return;
    if (code === 4401) return this.signedOut(SIGNED_OUT);
    if (code === 4400) this.cursor = null;
    this.ears.reach("offline", code === 4403 ? ORIGIN_REFUSED : null);
    this.pause = setTimeout(() => this.connect(), code === 4403 ? LONGEST_PAUSE_MS : this.nextPause());
  }

  private nextPause(): number {
    const longest = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** this.failures++);
    return longest / 2 + (longest / 2) * this.tools.random();
  }

  private signedOut(why: Reason): void {
    this.stop();
    this.ears.signedOut(why);
  }

  private listenFor(ms: number): void {
    clearTimeout(this.watch);
    this.watch = setTimeout(() => this.lost(1006), ms);
  }

  private letGo(): void {
    clearTimeout(this.watch);
    const socket = this.socket;
    this.socket = null;
    if (!socket) return;
    socket.onopen = socket.onmessage = socket.onclose = null;
    try {
      socket.close();
    } catch {
      /* it was never open */
    }
  }
}

const parse = (data: unknown): Record<string, unknown> | null => {
  try {
    const frame: unknown = JSON.parse(String(data));
    return typeof frame === "object" && frame !== null ? (frame as Record<string, unknown>) : null;
  } catch {
    return null;
  }
};

const SIGNED_OUT: Reason = {
  code: "signed-out", says: "You were signed out.", remedy: "Connect HubSpot again.", retryable: false,
};

const ORIGIN_REFUSED: Reason = {
  code: "origin-refused", says: "The service does not accept this panel.", retryable: true,
  remedy: "Ask your administrator to allow this extension or page in the service’s settings.",
};
