import { expect, it } from "vitest";
import * as read from "../../src/shared/read";
import { call, panel, report } from "../fixtures";

it("leaves what is right as it is", () => {
  expect(read.panel(JSON.parse(JSON.stringify(panel({ calls: [call()] }))))).toEqual(panel({ calls: [call()] }));
  expect(read.report(report())).toEqual(report());
});

it.each([null, undefined, 7, "text", [], {}, { calls: "no", recent: [null, 3], agent: [], grant: { capabilities: {} }, hubspot: null }])("makes a whole panel of %j", (odd) => {
  const made = read.panel(odd);
  expect([made.calls, made.recent.length, made.grant.state, made.phone_systems]).toEqual([[], 0, "broken", []]);
});

it("has a word for words it does not know", () => {
  const odd = read.call({ id: 5, state: "parked", who: { answer: "perhaps" }, can: ["answer", "explode", 3], log: 1 });
  expect([odd.id, odd.state, odd.who.answer, odd.can, odd.log.state]).toEqual(["5", "connected", "could-not-ask", ["answer"], "not-yet"]);
});

it("never turns a record's link into script", () => {
  expect(read.contact({ url: "javascript:alert(1)" }).url).toBe("");
  expect(read.link("data:text/html,x")).toBe("");
  expect(read.link("https://app.hubspot.com/x")).toBe("https://app.hubspot.com/x");
});

it("reads problems and reasons alike", () => {
  expect(read.refusal({ detail: "No.", code: "x", retryable: true }, 409)).toMatchObject({ says: "No.", code: "x", status: 409, retryable: true, contacts: [] });
  expect(read.refusal("<html>", 502)).toMatchObject({ says: "The service answered 502.", code: "http-502" });
});

it("where the browser is the telephone it dials, whatever the service can", () => {
  const systems = (more: object) => read.panel({ phone_systems: [{ key: "sip", can: [], ...more }] }).phone_systems.map(({ can }) => can);
  expect([systems({ softphone: true }), systems({ softphone: false })]).toEqual([[["dial"]], [[]]]);
});
