import { expect, it } from "vitest";
import { clock, date, since, spoken, when } from "../../src/shared/duration";

it.each([[0, "0:00"], [7_000, "0:07"], [65_900, "1:05"], [725_000, "12:05"], [3_723_000, "1:02:03"], [-5, "0:00"], [Number.NaN, "0:00"], [Infinity, "0:00"]])(
  "clock(%s) is %s", (ms, shown) => expect(clock(ms)).toBe(shown));

it.each([[0, "0 seconds"], [1_000, "1 second"], [125_000, "2 minutes 5 seconds"], [3_600_000, "1 hour"]])("spoken(%s)", (ms, said) => expect(spoken(ms)).toBe(said));

it("counts since, never below nothing, and from nothing when it is unknown", () => {
  const now = Date.parse("2026-11-23T18:30:10Z");
  expect(since("2026-11-23T18:30:00Z", now)).toBe(10_000);
  expect(since("2026-11-23T18:31:00Z", now)).toBe(0);
  expect(since(null, now)).toBe(0);
  expect(since("nonsense", now)).toBe(0);
});

it("says when in the words of a list", () => {
  const at = (day: number, hour: number) => new Date(2026, 10, day, hour, 5);
  const now = at(23, 18).getTime();
  expect(when(at(23, 14).toISOString(), now, "en-GB")).toBe("14:05");
  expect(when(at(22, 23).toISOString(), now, "en-GB")).toBe("Yesterday 23:05");
  expect(when(at(12, 9).toISOString(), now, "en-GB")).toBe("12 Nov 09:05");
  expect(when("nonsense", now)).toBe("");
  expect(date(at(2, 9).toISOString(), "en-GB")).toBe("2 November 2026");
  expect(date("")).toBe("");
});
