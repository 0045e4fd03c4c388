import { afterEach, expect, it, vi } from "vitest";
import { Slices } from "../../src/page/slices";

afterEach(() => vi.restoreAllMocks());

/** Every step takes a millisecond. */
const work = function* (steps: number, done: (step: number) => void): Generator<void> {
  for (let step = 1; step <= steps; step++) {
    vi.mocked(performance.now).mockReturnValue(step);
    done(step);
    yield;
  }
};

it("lets the page have its turn between slices, and does the first at once", async () => {
  vi.spyOn(performance, "now").mockReturnValue(0);
  let [at, turns] = [0, 0];
  const slices = new Slices();
  slices.start(work(100, (step) => (at = step)));
  expect(at).toBeLessThan(50);
  while (slices.busy) {
    await new Promise((turn) => setTimeout(turn, 0));
    turns += 1;
  }
  expect([at, turns > 2]).toEqual([100, true]);
});

it("does no more when it is stopped", async () => {
  vi.spyOn(performance, "now").mockReturnValue(0);
  let at = 0;
  const slices = new Slices();
  slices.start(work(100, (step) => (at = step)));
  const before = at;
  slices.stop();
  await new Promise((turn) => setTimeout(turn, 20));
  expect([at, slices.busy]).toEqual([before, false]);
});
