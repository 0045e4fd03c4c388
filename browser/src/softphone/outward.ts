/** Whether the other side hears the agent, as far as it can be known here, in words. Pure. Nobody tells it outright: there
    are reports of what arrives (RTCP, RFC 3550 6.4), which not every phone system sends, and the microphone itself. */

import type { Outward } from "../shared/phone";
import { type Entry, number } from "./quality";

export interface Report {
  stamp: number;
  lost: number;
  /** How unevenly they came, in seconds. */
  jitter: number;
}

/** Of one moment, from getStats. */
export interface Sending {
  at: number;
  sent: number;
  /** The time on the newest report, and which share of the packets before it never arrived; null: no report ever came. */
  report: Report | null;
  /** All the sound that the microphone ever gave; null: not told. */
  energy: number | null;
}

/** What was seen up to now: when the last of each came, by the computer's clock (ms). */
export interface Way {
  last: Sending;
  report_at: number | null;
  sound_at: number;
}

const SILENT_MS = 10_000;
const UNREPORTED_MS = 20_000;
/** Some (baresip, for one: measured) go on reporting of what comes no more, word for word. An unevenness that is more than a
    tick or two of the clock never stays the same to the last digit while packets come. */
const MOVES_S = 0.002;
/** As in quality.ts: above this share words are lost. */
const MUCH_LOSS = 0.06;
const ALL_BUT_ALL = 0.9;

/** `speaks`: the agent is not muted, and nobody holds. Otherwise nothing is to be expected, and counting begins anew. */
export const seen = (way: Way | null, now: Sending, speaks: boolean): Way => {
  if (!way || !speaks) return { last: now, report_at: null, sound_at: now.at };
  const sounds = now.energy === null || way.last.energy === null || now.energy > way.last.energy;
  const reported = now.report !== null && isNews(way.last.report, now.report);
  const sends = now.sent > way.last.sent; // what is not sent is not reported
  return { last: now, sound_at: sounds ? now.at : way.sound_at, report_at: reported ? now.at : sends || way.report_at === null ? way.report_at : now.at };
};

const isNews = (before: Report | null, now: Report): boolean =>
  before === null || (now.stamp > before.stamp && (now.jitter !== before.jitter || now.jitter < MOVES_S));

/** Null: nothing speaks against it. `off`: the computer, or the headset, keeps the microphone silent. */
export const heardThere = ({ last, report_at, sound_at }: Way, off: boolean): Outward | null => {
  if (off) return { level: "bad", says: "They may not hear you: your microphone is switched off outside Offhook, on the headset or by the computer." };
  if (last.at - sound_at >= SILENT_MS) return { level: "choppy", says: "Your microphone gives no sound. If you are speaking, they may not hear you: look for a switch on the headset." };
  if (report_at === null) return null;
  if (last.at - report_at >= UNREPORTED_MS) return { level: "choppy", says: "They may not hear you: for a while nothing has confirmed that your sound arrives." };
  const lost = last.report?.lost ?? 0;
  if (lost >= ALL_BUT_ALL) return { level: "bad", says: "They may not hear you: almost nothing of your sound arrives." };
  if (lost > MUCH_LOSS) return { level: "bad", says: `They hear you badly: ${Math.round(lost * 100)} of 100 of your packets get lost` };
  return null;
};

/** From the entries of an RTCStatsReport. */
export const sendingOf = (entries: Iterable<Entry>, at: number): Sending => {
  const sending: Sending = { at, sent: 0, report: null, energy: null };
  for (const entry of entries) {
    if (entry["kind"] !== "audio") continue;
    if (entry["type"] === "outbound-rtp") sending.sent += number(entry["packetsSent"]);
    if (entry["type"] === "media-source" && typeof entry["totalAudioEnergy"] === "number") sending.energy = entry["totalAudioEnergy"];
    if (entry["type"] === "remote-inbound-rtp") sending.report = { stamp: number(entry["timestamp"]), lost: number(entry["fractionLost"]), jitter: number(entry["jitter"]) };
  }
  return sending;
};
