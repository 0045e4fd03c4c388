/** 8x8's softphone in a frame: what it says becomes what POST /api/relay wants, and a number can be handed to it to call.

    Messages: https://developer.8x8.com/tech-partner/docs/partner-sdk-maestro-sdk-overview. They carry no id of the call, so
    each gets one of ours: number, direction and start are the same in all that is said of one call [unverified]. 8x8 says
    `offered` on a manual search, too; what nothing follows is taken back. */

import type { Overheard } from "../shared/phone";

const SAID = /^mashell-voice-phone-(offered|accepted|terminated)-uc-event-v1$/u;
const LOST = "offhook-call-lost";
/** Nobody lets a phone ring for longer (ms). */
const RINGS_MS = 120_000;

interface VendorEvent {
  eventType: string;
  status: string;
  data: Record<string, unknown>;
}

interface OpenCall {
  id: string;
  seq: number;
  last: VendorEvent;
  answered: boolean;
  patience: ReturnType<typeof setTimeout> | undefined;
}

export interface FrameTools {
  /** The frame's window, as long as it is there. */
  window(): Pick<Window, "postMessage"> | null;
  /** Keeps it until the service has it. */
  overheard(said: Overheard[]): void;
  now(): number;
  newId(): string;
}

export class EmbeddedPhone {
  readonly origin: string;
  private open = new Map<string, OpenCall>();

  constructor(frame: string, private readonly tools: FrameTools) {
    this.origin = new URL(frame).origin;
  }

  /** Anybody may post messages to a page: only the frame itself, from its own origin, is heard. */
  heard = (message: Pick<MessageEvent, "origin" | "source" | "data">): void => {
    if (message.origin !== this.origin || message.source === null || message.source !== this.tools.window()) return;
    const event = vendorEvent(message.data);
    const what = event && SAID.exec(event.eventType)?.[1];
    if (event && what && event.status === "success") this.happened(what, event);
  };

  /** Whether the frame was there to be asked. `number`: E.164. */
  startCall(number: string): boolean {
    const frame = this.tools.window();
    // `schemaVersion` is in 8x8's table of required properties and not in its sample; `bus` is in its demo only.
    const content = { eventName: "startCall", method: "mapDirective", phoneNumber: number };
    frame?.postMessage({ eventName: "maEvent", family: "external", bus: "global", schemaVersion: "1.0.0", content }, { targetOrigin: this.origin });
    return frame !== null;
  }

  /** The frame is gone, and its calls with it. */
  close(): void {
    for (const key of this.open.keys()) this.lose(key);
  }

  private happened(what: string, event: VendorEvent): void {
    const key = keyOf(event.data);
    if (!key) return;
    const call = this.open.get(key) ?? { id: this.tools.newId(), seq: 0, last: event, answered: false, patience: undefined };
    clearTimeout(call.patience);
    call.last = event;
    call.answered ||= what === "accepted";
    this.open.set(key, call);
    this.say(call, event);
    if (what === "terminated") this.open.delete(key);
    else if (!call.answered) call.patience = setTimeout(() => this.lose(key), RINGS_MS);
  }

  private lose(key: string): void {
    const call = this.open.get(key);
    if (!call) return;
    clearTimeout(call.patience);
    this.open.delete(key);
    this.say(call, { ...call.last, eventType: LOST });
  }

  private say(call: OpenCall, event: VendorEvent): void {
    call.seq += 1;
    this.tools.overheard([{ call: call.id, seq: call.seq, heard: this.tools.now(), event }]);
  }
}

const keyOf = ({ direction, searchContext, startTime }: Record<string, unknown>): string | null =>
  [direction, searchContext, startTime].every((part) => typeof part === "string") ? [direction, searchContext, startTime].join(" ") : null;

const vendorEvent = (data: unknown): VendorEvent | null => {
  const { eventType, status, data: inner } = (typeof data === "object" && data ? data : {}) as Partial<VendorEvent>;
  return typeof eventType === "string" && typeof status === "string" && typeof inner === "object" && inner ? { eventType, status, data: inner } : null;
};

/** The address that makes the vendor's app on this computer dial. Only a number with its country code can be called as another. */
export const linkFor = (app: { link: string; link_as: string }, number: string, callerId: string | null): string => {
  const bare = number.trim().replace(/(?!^\+)[^\d*#]/gu, "");
  const template = callerId && app.link_as && bare.startsWith("+") ? app.link_as : app.link;
  return template.replace("{number}", encodeURIComponent(bare).replaceAll("%2B", "+")).replace("{caller_id}", callerId ?? "");
};
