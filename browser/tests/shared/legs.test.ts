import { expect, it } from "vitest";
import { isProvisional, withLegs } from "../../src/shared/legs";
import { call, connected, ended, leg, panel, talking } from "../fixtures";

it("shows a call that is spoken here as its leg has it", () => {
  const [shown] = withLegs(panel({ calls: [call()] }), [talking({ muted: true, state: "held" })]).calls;
  expect(shown).toMatchObject({ id: "c1", state: "held", muted: true, can: ["hang-up", "resume", "unmute", "transfer"], leg: { id: "l1" } });
  expect(shown?.answered_at).not.toBeNull();
});

it.each([
  ["ringing", ["answer", "decline"]], ["dialing", ["hang-up"]], ["talking", ["hang-up", "hold", "mute", "transfer"]],
] as const)("lets the agent do what can be done while it is %s", (state, can) =>
  expect(withLegs(panel({ calls: [call()] }), [leg({ state })]).calls[0]?.can).toEqual(can));

it("leaves a call alone that is not spoken here", () =>
  expect(withLegs(panel({ calls: [connected({ external_id: "x2", number: "+15550100" })] }), [talking()]).calls[0]).toMatchObject({ id: "c1", leg: null }));

it("finds it by direction, number and line where the service saw it first under an id of its own", () => {
  const calls = [call({ external_id: "asterisk-7", number: "+41446681800" })];
  expect(withLegs(panel({ calls }), [leg({ external_id: "sip-call-id", number: "0446681800" })]).calls).toMatchObject([{ id: "c1", leg: { id: "l1" } }]);
  expect(withLegs(panel({ calls }), [leg({ external_id: "sip-call-id", number: "0446681800", direction: "outbound" })]).calls).toHaveLength(2);
});

it("gives each of two calls from the same number its own leg", () => {
  const calls = [call({ id: "c1", external_id: "x1" }), call({ id: "c2", external_id: "x2" })];
  const legs = [leg({ id: "l2", external_id: "x2" }), leg({ id: "l1", external_id: "x1" })];
  expect(withLegs(panel({ calls }), legs).calls.map(({ id, leg: its }) => [id, its?.id])).toEqual([["c1", "l1"], ["c2", "l2"]]);
});

it("shows a call of which only the phone knows, and not one more when its call has ended", () => {
  const [only] = withLegs(panel({ calls: [] }), [talking()]).calls;
  expect(only).toMatchObject({ id: "phone:l1", state: "connected", number_shown: "+41446681800", who: { answer: "asking" } });
  expect(only && isProvisional(only)).toBe(true);
  expect(withLegs(panel({ calls: [ended()] }), [talking()]).calls).toMatchObject([{ id: "c1", state: "ended", leg: null }]);
});
