import { describe, expect, it } from "vitest";
import type { DeskView } from "../../src/messages";
import { beginning, elsewhere, type Happening, isReady, KEYPAD, lookedAt, next, notesOf, screenOf, type State } from "../../src/panel/state";
import { attempt, call, connected, ended, onCall, panel, report, signedOut, view } from "../fixtures";

const after = (...happenings: (Happening | DeskView)[]): State =>
  happenings.reduce<State>((state, one) => next(state, "is" in one ? one : { is: "view", view: one }), beginning);
const screen = (...happenings: (Happening | DeskView)[]) => screenOf(after(...happenings));

describe("which screen", () => {
  it.each<[string, DeskView]>([
    ["loading", signedOut({ reach: "starting" })],
    ["offline", signedOut({ reach: "offline" })],
    ["connect", signedOut()],
    ["waiting", signedOut({ attempt: attempt() })],
    ["refused", signedOut({ attempt: attempt({ state: "stuck", diagnosis: report() }) })],
    ["failed", signedOut({ attempt: attempt({ state: "failed" }) })],
    ["failed", signedOut({ attempt: attempt({ state: "expired" }) })],
    ["loading", view({ panel: null, reach: "starting" })],
    ["offline", view({ panel: null, reach: "offline" })],
    ["product", view({ panel: panel({ phone_system: null, line: null }) })],
    ["product", view({ panel: panel({ phone_system: "gone" }) })],
    ["line-login", view({ panel: panel({ line: null }) })],
    ["home", view()],
    ["home", view({ panel: panel({ phone_system: "webhook", line: null }) })],
    ["home", view({ reach: "offline" })],
    ["call", onCall(call())],
    ["waiting", view({ attempt: attempt() })],
    ["call", { ...onCall(call()), attempt: attempt() }],
  ])("%s", (is, shown) => expect(screen(shown).is).toBe(is));

  it("is loading before anything is known", () => expect(screenOf(beginning).is).toBe("loading"));

  it("reaches the setup that needs no sign-in even when offline", () => {
    expect(screen(signedOut({ reach: "offline" }), { is: "go", to: "advanced" }).is).toBe("advanced");
    expect(screen(signedOut(), { is: "go", to: "hubspot" }).is).toBe("connect");
  });

  it("shows a call to an agent who is not logged in to a line yet", () =>
    expect(screen(view({ panel: panel({ line: null, calls: [call()] }) })).is).toBe("call"));
});

describe("a call that rings", () => {
  it("comes to the front from home, from another tab and from setup", () => {
    expect(screen(view(), onCall(call()))).toMatchObject({ is: "call" });
    expect(screen(view(), { is: "tab", tab: "contacts" }, onCall(call()))).toMatchObject({ is: "call" });
    expect(screen(view(), { is: "go", to: "hubspot" }, onCall(call()))).toMatchObject({ is: "call" });
    expect(screen(onCall(ended({ id: "a", answered_at: null, ended_how: "missed" })), onCall(ended({ id: "a", answered_at: null }), call({ id: "b" })))).toMatchObject({ call: { id: "b" } });
  });

  it("takes nobody out of a conversation, notes or a form; it waits in the strip", () => {
    for (const busy of [connected({ id: "a" }), ended({ id: "a" }), ended({ id: "a", answered_at: null, notes: "voicemail says" })]) {
      const state = after(onCall(busy), onCall(busy, call({ id: "b" })));
      expect(screenOf(state)).toMatchObject({ is: "call", call: { id: "a" } });
      expect(elsewhere(state).map(({ id }) => id)).toEqual(["b"]);
    }
    const state = after(view(), { is: "create-contact", number: "+1", call_id: null }, onCall(call()));
    expect([screenOf(state).is, elsewhere(state).length]).toEqual(["create-contact", 1]);
  });

  it("stays where the agent went: what has been seen does not come up again", () => {
    const state = after(onCall(call()), { is: "tab", tab: "contacts" }, onCall(call({ who: { answer: "asking", contacts: [], reason: null } })));
    expect(screenOf(state).is).toBe("home");
  });
});

describe("calls", () => {
  it("brings a call the agent makes to the front, even beside another", () =>
    expect(screen(onCall(connected({ id: "a" })), onCall(connected({ id: "a" }), call({ id: "b", state: "dialing", direction: "outbound" })))).toMatchObject({ call: { id: "b" } }));

  it("goes from call to wrap-up to home with the same call", () => {
    expect(screen(onCall(call()), onCall(connected()), onCall(ended()))).toMatchObject({ is: "call", call: { state: "ended" } });
    const saved = after(onCall(ended()), { is: "saved", call: "c1" }, view());
    expect([screenOf(saved).is, saved.saved]).toEqual(["home", "c1"]);
  });

  it("switches between several, and offers the most urgent when one goes away", () => {
    const both = onCall(connected({ id: "a" }), connected({ id: "b", state: "held" }));
    expect(lookedAt(after(both, { is: "look-at", call: "b" }))?.id).toBe("b");
    expect(lookedAt(after(both, { is: "look-at", call: "b" }, onCall(connected({ id: "a" }))))?.id).toBe("a");
  });

  it("gives the keypad beside a call, until there is none", () => {
    const state = after(onCall(connected()), { is: "look-at", call: KEYPAD });
    expect([screenOf(state).is, elsewhere(state).length]).toEqual(["home", 1]);
    expect(screen(onCall(connected()), { is: "look-at", call: KEYPAD }, view(), onCall(call({ id: "z" })))).toMatchObject({ call: { id: "z" } });
  });

  it("shows unconfirmed notes before confirmed ones", () => {
    expect(notesOf(view({ drafts: { c1: "newer" } }), call({ notes: "older" }))).toBe("newer");
    expect(notesOf(view(), call({ notes: "older" }))).toBe("older");
  });
});

it("is ready with a line, or where none is needed", () => {
  expect(isReady(after(view()))).toBe(true);
  expect(isReady(after(view({ panel: panel({ line: null }) })))).toBe(false);
  expect(isReady(after(view({ panel: panel({ phone_system: "webhook", line: null }) })))).toBe(true);
  expect(isReady(after(signedOut()))).toBe(false);
});

it("keeps what was typed while views come and go", () => {
  const state = after(view(), { is: "number", number: "+41" }, { is: "query", query: "kel" }, view({ reach: "offline" }), view());
  expect([state.number, state.query]).toEqual(["+41", "kel"]);
});
