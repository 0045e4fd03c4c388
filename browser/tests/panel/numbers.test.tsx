// @vitest-environment happy-dom
import { describe, expect, it, vi } from "vitest";
import { panel, view } from "../fixtures";
import { MockHost } from "../mock-host";
import { all, has, host, labelled, press, refuse, show, text, type } from "./person";

const withNumbers = (numbers: "off" | "hubspot" | "sites", locked: string[] = []) =>
  panel({ habits: { auto_log: true, pop: "ringing", numbers, confirm_dial: false, locked } });

describe("numbers on pages", () => {
  it("are chosen with her other preferences", async () => {
    await show(view(), { place: "advanced" });
    await type("Click to call", "sites");
    expect(host.asked).toEqual([["choose-preferences", { auto_log: true, pop: "ringing", numbers: "sites", confirm_dial: false }]]);
    expect(all("form.sites")).toEqual([]);
  });

  it("are not hers to choose where an administrator has decided", async () => {
    await show(view({ panel: withNumbers("off", ["numbers", "confirm_dial"]) }), { place: "advanced" });
    expect(labelled<HTMLSelectElement>("Click to call").disabled).toBe(true);
    expect(all<HTMLInputElement>(".tick input").map(({ disabled }) => disabled)).toEqual([false, true]);
  });

  it("are found on another site when the browser allows it", async () => {
    await show(view({ panel: withNumbers("sites"), sites: ["https://old.example"] }), { place: "advanced" });
    await type("Another site", "crm.example.com/deals");
    await press("Allow");
    expect(host.permit).toHaveBeenCalledWith("https://crm.example.com");
    await press("Do not look at https://old.example any more");
    expect(host.asked).toEqual([["allow-site", { site: "https://crm.example.com" }], ["forbid-site", { site: "https://old.example" }]]);
  });

  it("say why a site cannot be allowed", async () => {
    await show(view({ panel: withNumbers("sites") }), { place: "advanced" }, { "allow-site": refuse({ says: "Your browser did not allow that site." }) });
    await type("Another site", "http://plain.example");
    await press("Allow");
    expect([host.permit.mock.calls.length, text().includes("It begins with https://")]).toEqual([0, true]);
    await type("Another site", "crm.example.com");
    await press("Allow");
    expect(text()).toContain("Your browser did not allow that site.");
  });
});

describe("phone links", () => {
  it("can be opened by the panel's own page, never by a framed one", async () => {
    const registered: string[][] = [];
    vi.stubGlobal("navigator", Object.assign(Object.create(navigator) as Navigator, { registerProtocolHandler: (...given: string[]) => registered.push(given) }));
    for (const framed of [true, false]) {
      await show(view(), { place: "advanced" }, {}, Object.assign(new MockHost(view(), {}, "page"), { framed }));
      expect(has("Open phone links here")).toBe(!framed);
    }
    await press("Open phone links here");
    expect(registered).toEqual([["tel", `${location.origin}${location.pathname}?tel=%s`]]);
    vi.unstubAllGlobals();
  });
});

describe("a number that waits for a word", () => {
  it("is called with Call, and then waits no more", async () => {
    await show(view({ to_dial: "+41 44 668 18 00" }));
    expect(text()).toContain("Call +41 44 668 18 00?");
    const call = all<HTMLButtonElement>(".to-dial button")[0];
    await press("Not now");
    call?.click();
    await Promise.resolve();
    expect(host.asked).toEqual([["to-dial", { number: null }], ["dial", { number: "+41 44 668 18 00", contact_id: null }]]);
  });

  it("waits, too, for a line", async () => {
    await show(view({ to_dial: "+41 44 668 18 00", panel: panel({ line: null }) }));
    expect([has("Not now"), all(".to-dial button").length, text().includes("Log in to your line first")]).toEqual([true, 1, true]);
  });
});
