import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { BEAT_MS, type Frame, Live } from "../../src/shared/live";
import type { Reason } from "../../src/shared/values";
import { call, panel } from "../fixtures";
import { FakeSockets } from "./fake-socket";

let sockets: FakeSockets;
let frames: Frame[];
let reaches: string[];
let out: Reason[];

const live = (after: string | null = null): Live => {
  const stream = new Live("ws://x/api/live", "tok", after, {
    frame: (frame) => frames.push(frame), reach: (reach) => reaches.push(reach), signedOut: (reason) => out.push(reason),
  }, sockets);
  stream.start();
  return stream;
};

beforeEach(() => {
  vi.useFakeTimers();
  [sockets, frames, reaches, out] = [new FakeSockets(), [], [], []];
});
afterEach(() => vi.useRealTimers());

it("says who it is and where it stopped, then hears frames", () => {
  live("7");
  sockets.last.opens().says({ cursor: "8", type: "call", call: call() }).says({ cursor: "9", type: "panel", panel: panel() });
  expect(sockets.last.sent).toEqual([{ token: "tok", after: "7" }]);
  expect(frames.map(({ type, cursor }) => [type, cursor])).toEqual([["call", "8"], ["panel", "9"]]);
  expect(reaches.at(-1)).toBe("online");
});

it("comes back with the last cursor", () => {
  live();
  sockets.last.opens().says({ cursor: "3", type: "beat" }).closes();
  expect(reaches.at(-1)).toBe("offline");
  vi.advanceTimersByTime(500);
  expect(sockets.all).toHaveLength(2);
  expect(sockets.last.opens().sent).toEqual([{ token: "tok", after: "3" }]);
});

it("waits 0.5 s, 1 s, 2 s … and never more than 10 s, then starts over once it works", () => {
  live();
  const pauses: number[] = [];
  for (let i = 0; i < 7; i++) {
    sockets.last.closes();
    const [before, count] = [Date.now(), sockets.all.length];
    while (sockets.all.length === count) vi.advanceTimersByTime(100);
    pauses.push(Date.now() - before);
  }
  expect(pauses).toEqual([500, 1_000, 2_000, 4_000, 8_000, 10_000, 10_000]);
  sockets.last.opens().says({ cursor: "1", type: "beat" }).closes();
  vi.advanceTimersByTime(500);
  expect(sockets.all).toHaveLength(9);
});

it("jitters between half the pause and all of it", () => {
  sockets.random = () => 0;
  live();
  sockets.last.closes();
  vi.advanceTimersByTime(249);
  expect(sockets.all).toHaveLength(1);
  vi.advanceTimersByTime(1);
  expect(sockets.all).toHaveLength(2);
});

it("calls three missed beats offline, closes, and tries again", () => {
  live();
  sockets.last.opens().says({ cursor: "1", type: "beat" });
  const first = sockets.last;
  vi.advanceTimersByTime(3 * BEAT_MS - 1);
  expect(reaches.at(-1)).toBe("online");
  vi.advanceTimersByTime(1);
  expect([reaches.at(-1), first.closed]).toEqual(["offline", true]);
  vi.advanceTimersByTime(500);
  expect(sockets.all).toHaveLength(2);
});

it("gives up a connection that never opens", () => {
  live();
  vi.advanceTimersByTime(BEAT_MS);
  expect(reaches).toEqual(["offline"]);
});

it("stops when it is signed out, by frame or by code", () => {
  live();
  sockets.last.opens().says({ cursor: "1", type: "sign-out", reason: { code: "forgotten", says: "Ada forgot this grant." } });
  live();
  sockets.last.closes(4401);
  vi.advanceTimersByTime(60_000);
  expect(out.map(({ code }) => code)).toEqual(["forgotten", "signed-out"]);
  expect(sockets.all).toHaveLength(2);
});

it("forgets a cursor the service finds malformed, and goes slowly where it is not wanted", () => {
  live("nonsense");
  sockets.last.closes(4400);
  vi.advanceTimersByTime(500);
  expect(sockets.last.opens().sent).toEqual([{ token: "tok", after: null }]);
  sockets.last.closes(4403);
  vi.advanceTimersByTime(9_999);
  expect(sockets.all).toHaveLength(2);
  vi.advanceTimersByTime(1);
  expect(sockets.all).toHaveLength(3);
});

it("tries at once when asked to, once", () => {
  const stream = live();
  sockets.last.closes();
  stream.tryNow();
  stream.tryNow();
  expect(sockets.all).toHaveLength(2);
  vi.advanceTimersByTime(500);
  expect(sockets.all).toHaveLength(2);
});

it("is not upset by nonsense, unknown types or an address that is none", () => {
  live();
  sockets.last.opens().says("not json").says("null").says({ cursor: "5", type: "tomorrow" }).says({ cursor: "6", type: "call" });
  expect(frames).toHaveLength(1);
  const [real, broken] = [sockets.open, () => { throw new SyntaxError("bad address"); }];
  sockets.open = broken as unknown as typeof real;
  live();
  expect(reaches.at(-1)).toBe("offline");
});
