/** How well one hears each other, in words. Pure: samples of getStats come in, words go out. */

import type { Quality } from "../shared/phone";

/** Of one moment; the counts grow from the beginning of the call. */
export interface Sample {
  at: number;
  received: number;
  lost: number;
  jitter_ms: number;
  round_trip_ms: number | null;
}

/** Below these shares speech is whole to the ear; above, words are lost. Rules of thumb for Opus and G.711 with concealment. */
const LITTLE_LOSS = 0.02;
const MUCH_LOSS = 0.06;
const UNEVEN_MS = 30;
const VERY_UNEVEN_MS = 80;
const SLOW_MS = 400;
const FEW_PACKETS = 20;

/** Of the time between two samples; null when too little came to say anything. */
export const qualityBetween = (before: Sample, now: Sample): Quality | null => {
  const received = Math.max(0, now.received - before.received);
  const lost = Math.max(0, now.lost - before.lost);
  if (now.at - before.at <= 0) return null;
  const numbers = { jitter_ms: Math.round(now.jitter_ms), round_trip_ms: now.round_trip_ms === null ? null : Math.round(now.round_trip_ms) };
  if (received + lost === 0) return { level: "silent", says: "Nothing is heard from the other side.", loss: 0, ...numbers };
  if (received + lost < FEW_PACKETS) return null;
  const loss = lost / (received + lost);
  return { ...judged(loss, now), loss, ...numbers };
};

const judged = (loss: number, { jitter_ms, round_trip_ms }: Sample): Pick<Quality, "level" | "says"> => {
  if (loss > MUCH_LOSS) return { level: "bad", says: `Bad: your network loses ${inHundred(loss)} of 100 packets` };
  if (jitter_ms > VERY_UNEVEN_MS) return { level: "bad", says: `Bad: sound comes unevenly, up to ${Math.round(jitter_ms)} ms apart` };
  if (loss > LITTLE_LOSS) return { level: "choppy", says: `A little choppy: your network loses ${inHundred(loss)} of 100 packets` };
  if (jitter_ms > UNEVEN_MS) return { level: "choppy", says: `A little choppy: sound comes unevenly, up to ${Math.round(jitter_ms)} ms apart` };
  if (round_trip_ms !== null && round_trip_ms > SLOW_MS) return { level: "choppy", says: `Slow: words need ${seconds(round_trip_ms)} s there and back` };
  return { level: "good", says: "Good sound" };
};

const inHundred = (loss: number): number => Math.max(1, Math.round(loss * 100));
const seconds = (ms: number): string => (ms / 1_000).toFixed(1);

export type Entry = Record<string, unknown>;
export const number = (value: unknown): number => (typeof value === "number" && Number.isFinite(value) ? value : 0);

/** From the entries of an RTCStatsReport. */
export const sampleOf = (entries: Iterable<Entry>, at: number): Sample => {
  const sample: Sample = { at, received: 0, lost: 0, jitter_ms: 0, round_trip_ms: null };
  for (const entry of entries) {
    if (entry["type"] === "inbound-rtp" && entry["kind"] === "audio") {
      sample.received += number(entry["packetsReceived"]);
      sample.lost += Math.max(0, number(entry["packetsLost"])); // may be below nothing when packets come twice
      sample.jitter_ms = Math.max(sample.jitter_ms, number(entry["jitter"]) * 1_000);
    }
    if (entry["type"] === "candidate-pair" && entry["nominated"] === true && typeof entry["currentRoundTripTime"] === "number") {
      sample.round_trip_ms = entry["currentRoundTripTime"] * 1_000;
    }
  }
  return sample;
};
