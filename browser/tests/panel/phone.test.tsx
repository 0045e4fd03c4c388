// @vitest-environment happy-dom
import { describe, expect, it } from "vitest";
import type { PhoneLeg } from "../../src/shared/phone";
import type { Call } from "../../src/shared/values";
import { CALL_LOST } from "../../src/softphone/endings";
import { call, connected, contact, leg, onCall, phone, talking, view, who } from "../fixtures";
import { all, has, host, labelled, MockHostFor, pass, press, refuse, show, text, type } from "./person";

const spoken = (change: Partial<PhoneLeg> = {}) => ({ ...onCall(connected({ leg: talking(change) })), phone: phone() });

describe("the phone’s state", () => {
  it.each([
    [{}, "Line 201 · Ready"],
    [{ state: "starting" }, "Line 201 · Phone is starting…"],
    [{ state: "unreachable" }, "Line 201 · Phone not reached"],
    [{ state: "refused" }, "Line 201 · Phone refused"],
    [{ state: "mute", microphone: "missing" }, "Line 201 · No microphone"],
  ] as const)("%j reads %s", async (change, words) => {
    await show(view({ phone: phone(change) }));
    expect(text()).toContain(words);
  });

  it.each([
    ["ask", "Offhook may not use the microphone yet.", "Allow the microphone"],
    ["refused", "The browser keeps the microphone from Offhook.", "Show how to allow it"],
    ["missing", "This computer has no microphone that the browser can see.", "Sound and microphone"],
    ["busy", "Another program holds the microphone.", "Sound and microphone"],
  ] as const)("says plainly that the microphone is %s, and where to go", async (microphone, words, name) => {
    await show(view({ phone: phone({ microphone }) }));
    expect(text()).toContain(words);
    await press(name);
    expect(host.asked).toEqual([["open-sound", null]]);
  });

  it("says nothing of a microphone where the phone is another", async () => {
    await show(view());
    expect(text()).not.toContain("microphone");
  });

  it("says that a call was lost, until it is dismissed", async () => {
    await show(view({ phone: phone({ reason: CALL_LOST }) }));
    expect(text()).toContain("for half a minute nothing came from the other side");
    await press("Dismiss");
    expect(host.asked).toEqual([["dismiss-notice", null]]);
  });
});

describe("a call that is spoken here", () => {
  it("says how it sounds", async () => {
    await show(spoken());
    expect(text()).toContain("Good sound");
    await show(spoken({ quality: { level: "bad", says: "Bad: your network loses 8 of 100 packets", loss: 0.08, jitter_ms: 3, round_trip_ms: 9 } }));
    expect(all(".sounds.bad")[0]?.textContent).toBe("Bad: your network loses 8 of 100 packets");
  });

  it("says what speaks against it that the other side hears the agent", async () => {
    await show(spoken({ outward: { level: "choppy", says: "They may not hear you: for a while nothing has confirmed that your sound arrives." } }));
    expect(all(".sounds.choppy")[0]?.textContent).toContain("They may not hear you");
    expect(text()).toContain("Good sound"); // what comes from there is another matter
  });

  it("says that the connection broke, or that the other side holds", async () => {
    await show(spoken({ mending: true }));
    expect(text()).toContain("The connection broke. Looking for a new way");
    await show(spoken({ held_there: true }));
    expect(text()).toContain("The other side has put you on hold.");
  });

  it("has a keypad, and shows what was pressed", async () => {
    await show(spoken());
    await press("Keypad");
    await press("5");
    await press("#");
    expect(host.asked).toEqual([["tone", { call_id: "c1", tone: "5" }], ["tone", { call_id: "c1", tone: "#" }]]);
    expect(all("[aria-label='Pressed 5 #']")).toHaveLength(1);
  });

  it("has none where the phone is another", async () => {
    await show(onCall(connected()));
    expect(has("Keypad")).toBe(false);
    await press("Transfer");
    expect(has("Speak first")).toBe(false);
  });

  it("is handed on after asking there first", async () => {
    await show(spoken(), {}, { dial: () => call({ id: "c2", state: "dialing" }) });
    await press("Transfer");
    await type("Transfer to", "202");
    await press("Speak first");
    expect(host.asked).toEqual([["dial", { number: "202", contact_id: null }]]);
  });

  it("can be made one with the call that waits", async () => {
    const other = connected({ id: "c2", state: "held", leg: talking({ id: "l2", state: "held" }), who: who({ contacts: [contact({ id: "9", name: "Aiko Yamamoto" })] }), contact_id: "9" });
    const shown = { ...onCall(connected({ leg: talking() }), other), phone: phone() };
    await show(shown, { focus: "c1" });
    expect(text()).toContain("Aiko Yamamoto waits on hold.");
    await press("Merge");
    await press("Connect both and leave");
    await press("Swap");
    expect(host.asked).toEqual([["merge", { call_id: "c1", other: "c2" }], ["connect-both", { call_id: "c2", other: "c1" }], ["act", { call_id: "c2", action: "resume" }]]);
  });

  it("says that three talk, who they are, and what hanging up does; what is of one call alone is not there", async () => {
    const other = connected({ id: "c2", leg: talking({ id: "l2", merged: true, quality: { level: "bad", says: "Bad: your network loses 8 of 100 packets", loss: 0.08, jitter_ms: 3, round_trip_ms: 9 } }), who: who({ answer: "no-number", contacts: [] }), contact_id: null, number: null, number_shown: "202" });
    await show({ ...onCall(connected({ leg: talking({ merged: true }), can: ["hang-up", "mute"] }), other), phone: phone() }, { focus: "c1" });
    expect(text()).toContain("You, Maria Keller and 202 hear each other. Hanging up ends both calls.");
    expect(text()).toContain("202: Bad: your network loses 8 of 100 packets");
    expect(text()).toContain("In the same conversation");
    expect(["Merge", "Hold", "Transfer", "Swap", "New call"].filter(has)).toEqual([]);
    await press("Talk to Maria Keller alone");
    await press("Hang up both");
    expect(host.asked).toEqual([["split", { call_id: "c1" }], ["act", { call_id: "c1", action: "hang-up" }]]);
  });

  it("offers nothing to merge with a call on another phone", async () => {
    await show({ ...onCall(connected({ leg: talking() }), connected({ id: "c2" })), phone: phone() }, { focus: "c1" });
    expect(has("Merge")).toBe(false);
  });

  it("asks for the microphone before it is needed", async () => {
    await show({ ...onCall(call({ leg: leg() })), phone: phone({ microphone: "ask" }) });
    expect(text()).toContain("Offhook may not use the microphone yet.");
    expect(has("Answer")).toBe(true);
  });

  it("has no notes while only the phone knows it", async () => {
    await show({ ...onCall(connected({ id: "phone:l1", leg: talking() })), phone: phone() });
    expect(all("textarea")).toEqual([]);
    expect(has("Hang up")).toBe(true);
  });
});

describe("a call that is spoken elsewhere", () => {
  const SAYS = "Not on this browser’s phone";
  const there = (change: Partial<Call> = {}) => ({ ...onCall(connected({ can: [], ...change })), phone: phone() });

  it("is said to be, once it is sure", async () => {
    await show(there());
    expect(text()).not.toContain(SAYS);
    await pass(2_100);
    expect(text()).toContain(SAYS);
    host.show(there({ leg: talking() }));
    await pass(0);
    expect(text()).not.toContain(SAYS);
  });

  it("is not, where this browser is no phone, or while it only rings", async () => {
    await show({ ...there(), phone: phone({ state: "mute", microphone: "missing" }) });
    await pass(2_100);
    expect(text()).not.toContain(SAYS);
    host.show(there({ state: "ringing" }));
    await pass(2_100);
    expect(text()).not.toContain(SAYS);
  });
});

describe("Sound and microphone", () => {
  it("of a page that uses the extension’s phone is the extension’s", async () => {
    await show(view({ phone: phone(), phone_of_extension: true }), { place: "sound" });
    expect(has("Devices")).toBe(false);
    await press("Open its sound and microphone");
    expect(host.asked).toEqual([["open-sound", null]]);
  });

  it("stands in Setup where the phone system has a softphone", async () => {
    await show(view({ phone: phone() }), { place: "setup" });
    await press("Sound and microphone");
    expect(all("h2")[0]?.textContent).toBe("Sound and microphone");
  });

  it("lets each device be chosen for itself", async () => {
    await show(view({ phone: phone() }), { place: "sound" });
    await type("Ringing", "s2");
    await type("Microphone", "m2");
    await type("Microphone", "");
    expect(host.asked).toEqual([["choose-phone", { ringer: "s2" }], ["choose-phone", { microphone: "m2" }], ["choose-phone", { microphone: null }]]);
  });

  it("sends a frame to a tab of its own, since browsers do not ask in frames", async () => {
    await show(view({ phone: phone({ microphone: "ask" }) }), { place: "sound" });
    await press("Allow the microphone");
    expect(host.asked).toEqual([["open-sound", null]]);
  });

  it("opens the microphone in a page, and says why it could not", async () => {
    await show(view({ phone: phone({ microphone: "ask" }) }), { place: "sound" }, {}, MockHostFor(view({ phone: phone({ microphone: "ask" }) }), false));
    await press("Allow the microphone");
    await pass(0);
    expect(text()).toContain("This computer has no microphone that the browser can see.");
  });

  it("shows step by step how to allow what was blocked", async () => {
    await show(view({ phone: phone({ microphone: "refused" }) }), { place: "sound" });
    expect(all(".steps li")).toHaveLength(4);
    expect(has("Try it with a test call")).toBe(true);
  });

  it("answers by itself when the agent wants it", async () => {
    await show(view({ phone: phone() }), { place: "sound" }, { "choose-phone": refuse({ says: "No." }) });
    await pass(0);
    all<HTMLInputElement>("input[type=checkbox]").at(-1)?.click();
    await pass(0);
    expect(host.asked).toEqual([["choose-phone", { auto_answer: true }]]);
    expect(text()).toContain("No.");
    expect(labelled("Microphone")).toBeTruthy();
  });
});
