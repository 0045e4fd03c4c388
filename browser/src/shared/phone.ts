/** The softphone as a value: what the panel is shown of it, what it may be asked, what it needs to begin. */

import type { Reason } from "./values";

/** `mute`: there is no microphone to be had, so it is not registered: a phone without one must not take calls. */
export type PhoneState = "off" | "starting" | "ready" | "refused" | "unreachable" | "mute";
/** `ask`: the browser has not been told yet; `busy`: another program has it. */
export type MicrophoneState = "unknown" | "allowed" | "ask" | "refused" | "missing" | "busy";
export type LegState = "ringing" | "dialing" | "talking" | "held";
export type QualityLevel = "good" | "choppy" | "bad" | "silent";

export interface Quality {
  level: QualityLevel;
  says: string;
  /** Share of packets that did not arrive (0 to 1), variation of their coming (ms), there and back (ms; null: not known). */
  loss: number;
  jitter_ms: number;
  round_trip_ms: number | null;
}

/** What speaks against it that the other side hears the agent. */
export interface Outward {
  level: "choppy" | "bad";
  says: string;
}

/** The softphone's own leg of a call. */
export interface PhoneLeg {
  id: string;
  /** The phone system's id of the call, as the panel's `Call.external_id`; empty until it is told. */
  external_id: string;
  direction: "inbound" | "outbound";
  state: LegState;
  /** Nobody has answered, but there is something to hear. */
  early: boolean;
  number: string;
  name: string;
  started_at: number;
  answered_at: number | null;
  muted: boolean;
  /** Three talk: the other sides of two calls and the agent. */
  merged: boolean;
  /** The other side has put this call on hold. */
  held_there: boolean;
  /** The way to the other side broke, and is being looked for again. */
  mending: boolean;
  quality: Quality | null;
  outward: Outward | null;
}

export interface Device {
  id: string;
  label: string;
}

export interface PhoneDevices {
  microphones: Device[];
  speakers: Device[];
}

/** What the agent chose, per browser; null: as the computer has it. */
export interface PhoneChoices {
  microphone: string | null;
  speaker: string | null;
  ringer: string | null;
  auto_answer: boolean;
}

export interface PhoneView {
  /** What it is registered for; null: for nothing. */
  purpose: string | null;
  state: PhoneState;
  /** Why it cannot be called, or why a call could not be made or ended by itself. */
  reason: Reason | null;
  microphone: MicrophoneState;
  devices: PhoneDevices;
  choices: PhoneChoices;
  legs: PhoneLeg[];
}

export const asTheComputerHasIt: PhoneChoices = { microphone: null, speaker: null, ringer: null, auto_answer: false };

export const noPhone: PhoneView = {
  purpose: null, state: "off", reason: null, microphone: "unknown", devices: { microphones: [], speakers: [] },
  choices: asTheComputerHasIt, legs: [],
};

/** From GET /api/softphone, and what it is for: another purpose is another registration. */
export interface PhoneLine {
  purpose: string;
  server: string;
  uri: string;
  username: string;
  password: string;
  realm: string;
  ice_servers: IceServer[];
  codecs: string[];
  outbound_proxy: string;
  register_seconds: number;
  /** The service does not see the calls by itself: it is told what happens. */
  relays: boolean;
}

export interface IceServer {
  urls: string[];
  username?: string;
  credential?: string;
}

export type PhoneCommand =
  | { do: "dial"; number: string }
  | { do: "answer" | "decline" | "hang-up" | "hold" | "resume" | "mute" | "unmute"; leg: string }
  | { do: "transfer"; leg: string; to: string }
  /** The two others are connected with each other, and the agent is out: an attended transfer. */
  | { do: "connect-both"; leg: string; with: string }
  /** Three talk: both others hear each other and the agent. */
  | { do: "merge"; leg: string; with: string }
  /** The agent talks with this one alone, and the other waits on hold. */
  | { do: "split"; leg: string }
  | { do: "tone"; leg: string; tone: string };

export const isEstablished = ({ state }: PhoneLeg): boolean => state === "talking" || state === "held";

/** What happened on a leg, for a service that does not see it (POST /api/relay). */
export interface Said {
  call: string;
  /** This browser, among several on one line. */
  phone: string;
  what: "calling" | "ringing" | "answered" | "held" | "resumed" | "muted" | "unmuted" | "ended";
  at: string;
  direction: "inbound" | "outbound";
  number: string;
  name?: string;
  reason?: EndReason;
  seq: number;
}

/** What the vendor's softphone said in its frame, as it said it; `heard`: when, by this computer's clock (ms). */
export interface Overheard {
  call: string;
  seq: number;
  heard: number;
  event: unknown;
}

export type EndReason = "hung-up" | "canceled" | "declined" | "busy" | "no-answer" | "failed" | "transferred" | "elsewhere";
