import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { isValidPhoneNumber, type CountryCode } from "libphonenumber-js";
import { readLines, score } from "../../bench/labelled";
import { findAsPeer } from "../../bench/peer";
import { findNumbers } from "../../src/page/phone-links";

const lines = readLines(readFileSync(`${import.meta.dirname}/../../../benchmarks/numbers/labelled.txt`, "utf8"));
const ours = score(lines, (text, region) => findNumbers(text, { region }));
const theirs = score(lines, findAsPeer);

describe("the labelled lines", () => {
  it("are many, and mark only what the peer, too, takes for a number", () => {
    const numbers = lines.flatMap(({ text, country, numbers: marked }) => marked.map(({ start, without }) => ({ country, is: text.slice(start, without) })));
    expect([lines.length >= 300, numbers.length >= 250, lines.filter((line) => line.numbers.length === 0).length >= 250]).toEqual([true, true, true]);
    expect(numbers.filter(({ is, country }) => !isValidPhoneNumber(is, country as CountryCode))).toEqual([]);
  });

  it("are read by us as well as by libphonenumber-js", () => {
    expect(ours.recall, ours.missed.join("\n")).toBeGreaterThanOrEqual(theirs.recall);
    expect(ours.precision, ours.wrong.join("\n")).toBeGreaterThanOrEqual(theirs.precision);
  });

  it("lose little where the country is not known", () => {
    const { recall, precision } = score(lines, (text) => findNumbers(text));
    expect(recall).toBeGreaterThan(0.97);
    expect(precision).toBeGreaterThan(0.97);
  });
});
