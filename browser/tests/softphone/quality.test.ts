import { expect, it } from "vitest";
import { verdict } from "../../src/softphone/alive";
import { qualityBetween, type Sample, sampleOf } from "../../src/softphone/quality";
import { plain, preferring } from "../../src/softphone/sdp";

const sample = (change: Partial<Sample> = {}): Sample => ({ at: 0, received: 0, lost: 0, jitter_ms: 2, round_trip_ms: 40, ...change });
const later = (change: Partial<Sample>): Sample => sample({ at: 4_000, ...change });

it.each([
  [{ received: 200 }, "good", "Good sound"],
  [{ received: 200, lost: 1 }, "good", "Good sound"],
  [{ received: 192, lost: 8 }, "choppy", "A little choppy: your network loses 4 of 100 packets"],
  [{ received: 184, lost: 16 }, "bad", "Bad: your network loses 8 of 100 packets"],
  [{ received: 200, jitter_ms: 45 }, "choppy", "A little choppy: sound comes unevenly, up to 45 ms apart"],
  [{ received: 200, jitter_ms: 120 }, "bad", "Bad: sound comes unevenly, up to 120 ms apart"],
  [{ received: 200, round_trip_ms: 620 }, "choppy", "Slow: words need 0.6 s there and back"],
  [{ received: 200, round_trip_ms: null }, "good", "Good sound"],
  [{}, "silent", "Nothing is heard from the other side."],
] as const)("says %j as %s", (change, level, says) => expect(qualityBetween(sample(), later(change))).toMatchObject({ level, says }));

it("says nothing of too few packets, or of no time", () => {
  expect(qualityBetween(sample(), later({ received: 5 }))).toBeNull();
  expect(qualityBetween(sample(), sample({ received: 500 }))).toBeNull();
});

it("takes packets that came twice for no loss", () =>
  expect(sampleOf([{ type: "inbound-rtp", kind: "audio", packetsReceived: 10, packetsLost: -3, jitter: 0.01 }], 7)).toEqual(sample({ at: 7, received: 10, jitter_ms: 10, round_trip_ms: null })));

it("reads the way there and back from the pair that is used", () => expect(sampleOf([
  { type: "candidate-pair", nominated: false, currentRoundTripTime: 9 }, { type: "candidate-pair", nominated: true, currentRoundTripTime: 0.08 },
  { type: "inbound-rtp", kind: "video", packetsReceived: 99 },
], 0)).toMatchObject({ round_trip_ms: 80, received: 0 }));

it.each([
  ["well while sound comes", { packet_at: 0, signal_at: 0, asked_at: 0 }, 5_000, false, "well"],
  ["asks when none comes", { packet_at: 0, signal_at: 0, asked_at: 0 }, 9_000, false, "ask"],
  ["asks not too often", { packet_at: 0, signal_at: 0, asked_at: 8_500 }, 9_000, false, "well"],
  ["is dead after half a minute of neither", { packet_at: 0, signal_at: 0, asked_at: 28_000 }, 30_001, false, "dead"],
  ["lives while the phone system answers", { packet_at: 0, signal_at: 60_000, asked_at: 60_000 }, 65_000, false, "well"],
  ["expects no sound on hold", { packet_at: 0, signal_at: 20_000, asked_at: 0 }, 45_000, true, "well"],
] as const)("%s", (_, pulse, now, quiet, found) => expect(verdict(pulse, now, quiet)).toBe(found));

const SDP = ["m=audio 9 UDP/TLS/RTP/SAVPF 111 0 8 126", "a=rtpmap:111 opus/48000/2", "a=rtpmap:0 PCMU/8000", "a=rtpmap:8 PCMA/8000", "a=rtpmap:126 telephone-event/8000", ""].join("\r\n");

it.each([
  [["pcma", "opus"], "8 111 0 126"],
  [["opus", "pcmu"], "111 0 8 126"],
  [[], "111 0 8 126"],
  [["g729"], "111 0 8 126"],
])("offers %j first and loses none", (codecs, payloads) => {
  const [first, ...rest] = preferring(SDP, codecs).split("\r\n");
  expect(first).toBe(`m=audio 9 UDP/TLS/RTP/SAVPF ${payloads}`);
  expect(rest.join("\r\n")).toBe(SDP.split("\r\n").slice(1).join("\r\n"));
});

it("offers no extensions of RTP headers", () => {
  const extended = SDP.replace("a=rtpmap:0", "a=extmap-allow-mixed\r\na=extmap:1 urn:ietf:params:rtp-hdrext:ssrc-audio-level\r\na=extmap:2/sendonly urn:x\r\na=rtpmap:0");
  expect(plain(extended)).toBe(SDP);
});
