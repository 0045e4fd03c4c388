// @vitest-environment happy-dom
import { render } from "preact";
import { act } from "preact/test-utils";
import { describe, expect, it, vi } from "vitest";
import { Boundary } from "../../src/panel/screens/broken";
import { attempt, call, connected, contact, ended, grant, lent, nobody, onCall, panel, reason, report, signedOut, view, who, wordings } from "../fixtures";
import { where, host, show, text, all, button, has, labelled, press, type, unfold, settled, pass, refuse } from "./person";

describe("never blank", () => {
  it("says that it loads, and after a while offers to load again", async () => {
    await show(null);
    expect(text()).toContain("Loading Offhook…");
    await pass(8_000);
    expect(has("Load again")).toBe(true);
  });

  it("shows a screen when a screen breaks", async () => {
    const quiet = vi.spyOn(console, "error").mockImplementation(() => undefined);
    const Broken = (): never => { throw new Error("no such field"); };
    await act(() => render(<Boundary close={() => undefined}><Broken /></Boundary>, where));
    expect(text()).toContain("The panel broke");
    expect(text()).toContain("no such field");
    expect([has("Load again"), has("Close panel")]).toEqual([true, true]);
    quiet.mockRestore();
  });

  it("says which address does not answer, and what to do", async () => {
    await show(signedOut({ reach: "offline", why_offline: reason({ says: "No answer.", remedy: "Start it." }) }));
    expect(text()).toContain("http://localhost:8600");
    expect(text()).toContain("Start it.");
    await press("Try again");
    expect(host.asked).toEqual([["try-now", null]]);
    await press("Change address");
    expect(labelled<HTMLInputElement>("Service address").value).toBe("http://localhost:8600");
  });

  it("keeps a call on the screen when the service goes away in the middle", async () => {
    await show({ ...onCall(connected()), reach: "offline" });
    expect(text()).toContain("No connection. Trying again…");
    expect(has("Hang up")).toBe(true);
  });
});

describe("connecting", () => {
  it("connects, and shows a refusal inline", async () => {
    await show(signedOut(), {}, { connect: refuse({ says: "The service is busy." }) });
    await press("Connect HubSpot");
    expect(host.asked).toEqual([["connect", { ask: "everything" }]]);
    expect(where.querySelector(".note[role=alert]")?.textContent).toContain("The service is busy.");
  });

  it("waits, and can say that HubSpot said no", async () => {
    await show(signedOut({ attempt: attempt() }));
    expect(where.querySelector("[role=status][aria-label='Waiting for HubSpot']")).not.toBeNull();
    await press("HubSpot stopped me");
    await press("Start again");
    expect(host.asked).toEqual([["stuck", {}], ["connect", { ask: "everything" }]]);
  });

  it("names each missing right: what, where, for what and how sure", async () => {
    await show(signedOut({ attempt: attempt({ state: "stuck", diagnosis: report() }) }));
    const rights = all(".rights > li").map((right) => right.textContent ?? "");
    expect(where.querySelector("h2")?.textContent).toBe(report().title);
    expect(rights).toHaveLength(3);
    expect(all(".rights").map((list) => [list.getAttribute("aria-label"), list.children.length])).toEqual([
      ["Missing rights", 2], ["Not needed to connect; each unlocks one thing more", 1],
    ]);
    expect(rights[0]).toContain("HubSpot says so");
    expect(rights[1]).toContain("View and Edit: Everything");
    expect(rights[1]).toContain("Settings › Users & Teams › Ben Ortiz › Edit › CRM");
    expect(rights[1]).toContain("show who is calling and log calls");
    expect(rights[2]).toContain("likely");
    expect(text()).toContain("A change counts only after you log out");
    expect(labelled<HTMLTextAreaElement>("Message for your administrator").value).toContain("App Marketplace access");
    expect(all<HTMLAnchorElement>("a").map(({ textContent }) => textContent)).toEqual(expect.arrayContaining(["E-mail it", "Open Users & Teams"]));
    await press("Go on with search only");
    await press("Try again");
    expect(host.asked.map(([, given]) => given)).toEqual([{ ask: "search-only" }, { ask: "everything" }]);
  });

  it("explains what HubSpot said when it is pasted", async () => {
    await show(signedOut({ attempt: attempt({ state: "stuck", diagnosis: report({ less: null }) }) }));
    expect(has("Go on with search only")).toBe(false);
    await type("Or paste its text", "You don’t have permission");
    await press("Explain");
    expect(host.asked).toEqual([["stuck", { page_text: "You don’t have permission" }]]);
  });

  it("says who can change it and how sure the cause is", async () => {
    await show(signedOut({ attempt: attempt({ state: "stuck", diagnosis: report() }) }));
    expect(text()).toContain("A Super Admin of your HubSpot account switches on what is listed");
    expect(text()).toContain("Cause: on your side (certain)");
    await show(signedOut({ attempt: attempt({ state: "stuck", diagnosis: report({ cause: "unknown", sure: "unknown", who: "You yourself", remedy: "look." }) }) }));
    expect(text()).toContain("Cause: cannot be told from outside");
    expect(text().indexOf("What does HubSpot’s page say?")).toBeLessThan(text().indexOf("App Marketplace access"));
  });

  it("lets her choose what HubSpot says: a heading, then the sentence under it", async () => {
    await show(signedOut({ attempt: attempt({ state: "stuck", diagnosis: report() }) }), {}, { wordings: () => wordings() });
    expect(host.asked).toEqual([]);
    await unfold("What does HubSpot’s page say?");
    await pass(100);
    expect(host.asked).toEqual([["wordings", null]]);
    expect(all(".wordings .choice").map(({ textContent }) => textContent)).toEqual([
      "You don't have permission to connect this app or You don't have permission to connect this integration",
      "the provided scopes are insufficient or Insufficient scopes were provided", "doesn't have access to some HubSpot features", "HubSpot's page is gone",
    ]);
    expect(all(".wordings q").map(({ textContent }) => textContent)).not.toContain("HubSpot's page is gone");
    await press("the provided scopes are insufficient or Insufficient scopes were provided");
    expect(host.asked.at(-1)).toEqual(["stuck", { saw: "scopes-insufficient" }]);
  });

  it("can be left as it is by who is connected already", async () => {
    await show(view({ attempt: attempt({ state: "stuck", diagnosis: report() }) }));
    await press("Leave it as it is");
    expect(host.asked).toEqual([["give-up", null]]);
  });

  it("tells what HubSpot's pages mean to anybody, before any attempt", async () => {
    await show(signedOut(), {}, { wordings: () => wordings() });
    await press("When HubSpot says no");
    await pass(100);
    expect(where.querySelector("h2")?.textContent).toBe("When HubSpot says no");
    expect(text()).toContain("Offhook's app asks for too little");
    expect(text()).toContain("Whoever runs Offhook for you makes that scope optional");
    expect(text()).toContain("Cause: Offhook’s app (certain)");
    expect(text()).toContain("log out of HubSpot and in again");
    await press("Back");
    expect(has("Connect HubSpot")).toBe(true);
  });

  it("says why it cannot tell what HubSpot's pages mean", async () => {
    await show(signedOut(), { place: "help" }, { wordings: refuse({ says: "The service is away." }) });
    await pass(100);
    expect(text()).toContain("The service is away.");
    expect(has("Try again")).toBe(true);
  });

  it("says what to do about an attempt that came to nothing, also when only time helps", async () => {
    await show(signedOut({ attempt: attempt({ state: "failed", problem: reason({ says: "HubSpot is not working.", remedy: null }) }) }));
    expect(text()).toContain("HubSpot is not working.Try again in a minute.");
  });

  it("copies the message", async () => {
    const copied = vi.fn(async (_: string) => undefined);
    vi.stubGlobal("navigator", { clipboard: { writeText: copied } });
    await show(signedOut({ attempt: attempt({ state: "stuck", diagnosis: report() }) }));
    await press("Copy message");
    expect(copied).toHaveBeenCalledWith(report().message.text);
    expect(has("Copied")).toBe(true);
    vi.unstubAllGlobals();
  });
});

describe("getting ready", () => {
  it("saves the product", async () => {
    await show(view({ panel: panel({ phone_system: null, line: null }) }));
    await type("Product", "8x8");
    await press("Save");
    expect(host.asked).toEqual([["choose-phone-system", { key: "8x8" }]]);
  });

  it("logs in to the line, asking for a PIN only where there is one", async () => {
    await show(view({ panel: panel({ line: null }) }), {}, { "log-in": refuse({ code: "wrong-line-login", says: "That line and PIN do not go together." }) });
    await type("Line", " 201 ");
    await type("PIN or password", "1234");
    await press("Log in");
    expect(host.asked).toEqual([["log-in", { line: "201", secret: "1234" }]]);
    expect(text()).toContain("do not go together");
    await show(view({ panel: panel({ line: null, phone_system: "8x8" }) }));
    expect(() => labelled("PIN or password")).toThrow();
  });
});

describe("home", () => {
  it("dials from the keypad, and says why not", async () => {
    await show(view(), {}, { dial: refuse({ code: "invalid-number", says: "That is not a phone number." }) });
    expect(button("Call").disabled).toBe(true);
    for (const key of ["1", "*", "#", "0"]) await press(key);
    expect(labelled<HTMLInputElement>("Number to call").value).toBe("1*#0");
    await press("Call");
    expect(host.asked).toEqual([["dial", { number: "1*#0", contact_id: null }]]);
    expect(text()).toContain("That is not a phone number.");
  });

  it("does not offer to dial where the phone system cannot", async () => {
    await show(view({ panel: panel({ phone_system: "webhook", line: null }) }));
    expect(has("Call")).toBe(false);
    expect(text()).toContain("Dial on your phone");
  });

  it("lists recent calls, each with whether it is logged or why not", async () => {
    await show(view(), { tab: "recent" });
    const items = all(".item").map((item) => item.textContent ?? "");
    expect(items[0]).toContain("Logged");
    expect(items[1]).toMatch(/Missed.*Waiting to be logged: HubSpot is busy\./);
    expect(items[2]).toMatch(/Not logged: You may not log calls in HubSpot\. Ask for Contacts › Edit\./);
    expect(items[4]).toContain("logging is switched off");
    await press("Try again");
    expect(host.asked).toEqual([["log-again", { call_id: "r2" }]]);
    await press("Call +351 21 555 01 23");
    expect(host.asked.at(-1)).toEqual(["dial", { number: "+41446681800", contact_id: "52" }]);
  });

  it.each([
    ["none", "No contact matches “kel”."], ["not-allowed", "You are not allowed to search contacts."], ["could-not-ask", "HubSpot could not be asked."],
  ] as const)("answers a search with %s in its own words", async (answer, says) => {
    await show(view(), { tab: "contacts" }, { "find-contacts": () => who({ answer, contacts: [], reason: reason() }) });
    await type("Search contacts", "kel");
    await pass(300);
    expect(text()).toContain(says);
  });

  it("dials from a contact, and shows the answer to the last question only", async () => {
    const waiting: ((found: unknown) => void)[] = [];
    await show(view(), { tab: "contacts" }, { "find-contacts": () => new Promise((resolve) => waiting.push(resolve)) });
    await type("Search contacts", "ma");
    await pass(300);
    await type("Search contacts", "maria");
    await pass(300);
    await act(async () => (waiting[1]?.(who()), await settled()));
    await act(async () => (waiting[0]?.(who({ contacts: [contact({ id: "x", name: "Older answer" })] })), await settled()));
    expect(text()).toContain("Maria Keller");
    expect(text()).not.toContain("Older answer");
    await press("Call +41 79 555 01 23");
    expect(host.asked.at(-1)).toEqual(["dial", { number: "+41795550123", contact_id: "51" }]);
  });

  it("toggles availability, warns of a grant that is off and of lent rights", async () => {
    const reminder = lent({ says: "s" });
    await show(view({ panel: panel({ agent: { ...panel().agent, administrator: true }, reminders: [reminder], grant: grant({ state: "off" }) }) }));
    expect(text()).toContain("HubSpot is switched off.");
    expect(text()).toContain("Ben still holds rights");
    await act(async () => (labelled<HTMLInputElement>("Available").click(), await settled()));
    expect(host.asked).toEqual([["set-available", { available: false }]]);
  });
});

describe("rights that were lent", () => {
  it("tells the agent herself what she was lent, without a button of her own", async () => {
    const mine = lent({ id: "m2", mine: true, kind: "permission-set", says: "The permission set Connectors is lent to you for a while." });
    await show(view({ panel: panel({ reminders: [mine] }) }));
    expect(text()).toContain("The permission set Connectors is lent to you");
    expect(text()).not.toContain("still holds rights");
    const ada = { ...panel().agent, administrator: true };
    await show(view({ panel: panel({ agent: ada, reminders: [mine] }) }), { place: "administration" });
    expect(has("Put it back now")).toBe(false);
    await show(view({ panel: panel({ agent: ada, reminders: [lent({ kind: "permission-set" })] }) }), { place: "administration" });
    await press("Put it back now");
    expect(host.asked).toEqual([["rights-taken-back", { reminder_id: "m1" }]]);
  });
});

describe("calls", () => {
  it.each([
    ["asking", who({ answer: "asking", contacts: [] }), "Looking…"],
    ["asking, seen before", who({ answer: "asking", contacts: who().contacts.slice(0, 1) }), "As last known; asking HubSpot…"], ["none", nobody, "No contact with this number"],
    ["not-allowed", who({ answer: "not-allowed", contacts: [], reason: reason({ says: "Because." }) }), "You are not allowed to see who this is."],
    ["could-not-ask", who({ answer: "could-not-ask", contacts: [], reason: reason() }), "HubSpot could not be asked who this is."],
    ["no-number", who({ answer: "no-number", contacts: [] }), "Nobody can be looked up by this number"], ["one", who(), "Keller Optik AG"],
  ] as const)("rings and says who: %s", async (_, whoever, says) => {
    await show(onCall(call({ who: whoever, contact_id: null })));
    expect(text()).toContain("+41 44 668 18 00");
    expect(text()).toContain(says);
    expect(where.querySelector("p[role=alert]")?.textContent).toContain("Incoming call");
  });

  it.each([["202", "A colleague’s line"], ["Anonymous", "the caller hides the number"]])("says why nobody can be looked up: %s", async (number_shown, says) => {
    await show(onCall(call({ who: who({ answer: "no-number", contacts: [] }), contact_id: null, number: null, number_shown })));
    expect(text()).toContain(says);
  });

  it("asks which of several it is", async () => {
    await show(onCall(call({ who: who({ answer: "several", contacts: [contact(), contact({ id: "52", name: "Jonas" })] }), contact_id: null })));
    await act(async () => (all(".several button")[1]?.click(), await settled()));
    expect(host.asked).toEqual([["choose-contact", { call_id: "c1", contact_id: "52" }]]);
  });

  it("answers and declines, and takes no focus when it starts ringing", async () => {
    await show(view());
    labelled<HTMLInputElement>("Number to call").focus();
    await act(() => host.show(onCall(call())));
    expect(document.activeElement?.tagName).not.toBe("BUTTON");
    await press("Answer");
    await press("Decline");
    expect(host.asked.map(([, given]) => given)).toEqual([{ call_id: "c1", action: "answer" }, { call_id: "c1", action: "decline" }]);
  });

  it("shows only what can be done now", async () => {
    await show(onCall(connected({ can: ["hang-up"] })));
    expect(["Hold", "Mute", "Transfer", "Resume", "Unmute"].filter(has)).toEqual([]);
    await act(() => host.show(onCall(connected({ state: "held", muted: true, can: ["resume", "unmute", "hang-up"] }))));
    expect(["Resume", "Unmute", "Hang up"].every(has)).toBe(true);
  });

  it("transfers", async () => {
    await show(onCall(connected()));
    await press("Transfer");
    await type("Transfer to", "202");
    await press("Transfer now");
    expect(host.asked).toEqual([["act", { call_id: "c1", action: "transfer", to: "202" }]]);
  });

  it("counts the time and says when it is on hold", async () => {
    vi.setSystemTime(Date.parse("2026-11-23T18:30:00Z"));
    await show(onCall(connected()));
    expect(where.querySelector("[role=timer]")?.textContent).toBe("2:05");
    await pass(2_000);
    expect(where.querySelector("[role=timer]")?.textContent).toBe("2:07");
  });

  it("hands notes on while they are typed, and at once when the page goes", async () => {
    await show(onCall(connected()));
    await type("Notes", "Call");
    await type("Notes", "Call back");
    await pass(150);
    expect(host.asked).toEqual([["note", { call_id: "c1", notes: "Call back" }]]);
    await type("Notes", "Call back Thursday");
    dispatchEvent(new Event("pagehide"));
    expect(host.asked.at(-1)).toEqual(["note", { call_id: "c1", notes: "Call back Thursday" }]);
  });

  it("wraps up with outcome and notes, and keeps both when it is refused", async () => {
    await show(onCall(ended()), {}, { "wrap-up": refuse({ says: "Not now." }) });
    await type("Outcome", "o2");
    await type("Notes", "Left a message");
    await press("Save");
    expect(host.asked.at(-1)).toEqual(["wrap-up", { call_id: "c1", outcome: "o2", notes: "Left a message", contact_id: "51" }]);
    expect(text()).toContain("Not now.");
    expect(labelled<HTMLTextAreaElement>("Notes").value).toBe("Left a message");
  });

  it("wraps up without an outcome", async () => {
    await show(onCall(ended()));
    await press("Save");
    expect(host.asked.at(-1)?.[1]).toMatchObject({ outcome: null });
  });

  it("offers what is there instead of a duplicate", async () => {
    await show(onCall(connected({ who: nobody, contact_id: null })), {}, { "create-contact": refuse({ code: "contact-exists", contacts: [contact()] }) });
    await press("Create contact");
    expect(labelled<HTMLInputElement>("Phone number").value).toBe("+41446681800");
    await type("Last name", "Keller");
    await press("Create contact");
    expect(text()).toContain("This contact is there already.");
    await act(async () => (all(".several button")[0]?.click(), await settled()));
    expect(host.asked.at(-1)).toEqual(["choose-contact", { call_id: "c1", contact_id: "51" }]);
  });

  it("switches between several calls", async () => {
    await show(onCall(connected(), connected({ id: "c2", state: "held", number_shown: "+1 212 555 0123", who: nobody, contact_id: null })), { focus: "c1" });
    await act(async () => (all(".elsewhere .row-button")[0]?.click(), await settled()));
    expect(text()).toContain("On hold");
    expect(where.querySelector(".call-number")?.textContent).toBe("+1 212 555 0123");
  });
});

describe("hostile data", () => {
  const hostile = "<img src=x onerror=\"globalThis.hit=1\"><script>globalThis.hit=1</script>";
  const stranger = contact({ name: hostile, company: hostile, email: hostile, url: "", numbers: [{ label: hostile, number: hostile, shown: hostile }] });

  it.each([
    ["ringing", call({ who: who({ contacts: [stranger] }), number_shown: hostile })],
    ["talking", connected({ who: who({ contacts: [stranger] }), notes: hostile })],
    ["wrap-up", ended({ who: who({ answer: "several", contacts: [stranger, stranger] }), contact_id: null })],
  ])("is shown as text: %s", async (_, odd) => {
    await show(onCall(odd));
    expect(where.querySelectorAll("img, script")).toHaveLength(0);
    expect(text()).toContain("<img src=x");
    expect((globalThis as { hit?: number }).hit).toBeUndefined();
  });

  it("carries a 100,000-character note", async () => {
    const long = "word ".repeat(20_000);
    await show(onCall(connected({ notes: long })));
    expect(labelled<HTMLTextAreaElement>("Notes").value).toHaveLength(100_000);
  });

  it("makes no link of an address that is none", async () => {
    await show(signedOut({ attempt: attempt({ state: "stuck", diagnosis: report({ users_url: "javascript:alert(1)" }) }) }));
    expect(all<HTMLAnchorElement>("a").every(({ href }) => /^(https?|mailto):/.test(href))).toBe(true);
  });
});
