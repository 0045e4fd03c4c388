import { expect, it } from "vitest";
import { digitsOf, mayBeDialled, numberIn, ofTelLink } from "../../src/shared/phone-number";

it("lets through what the service may judge", () => {
  expect(["201", "+41 44 668 18 00", "1-800-FLOWERS", "*67"].every(mayBeDialled)).toBe(true);
  expect(["", "  ", "hello", "9".repeat(81)].some(mayBeDialled)).toBe(false);
  expect(digitsOf("+41 (0)44")).toBe("41044");
});

it.each([["tel:+14155550199", "+14155550199"], ["tel:%2B1%20415%20555%200199", "+1 415 555 0199"], ["tel:+1-415-555-0199;ext=12", "+1-415-555-0199 ext. 12"],
  ["callto://+41446681800", "+41446681800"], ["tel:%E0%A4", "%E0%A4"]])("%s", (href, number) => expect(ofTelLink(href)).toBe(number));

it.each([
  ["+41 44 668 18 00", "+41 44 668 18 00"], [" call (415) 555-0100 now ", "(415) 555-0100"], ["Tel. 415-555-0100 ext. 7, Ada", "415-555-0100 ext. 7"],
  ["1-800-FLOWERS", "1-800-FLOWERS"], ["201", "201"], ["no number", "no number"],
])("of what was selected, %s, dials %s", (selected, number) => expect(numberIn(selected)).toBe(number));
