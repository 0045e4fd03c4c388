// @vitest-environment happy-dom
import { act } from "preact/test-utils";
import { describe, expect, it } from "vitest";
import { connected, ended, grant, lent, onCall, panel, reason, view } from "../fixtures";
import { host, show, text, all, has, labelled, press, type, settled } from "./person";

describe("setup", () => {
  it("goes gear, Integrations, HubSpot, and says what is on and why not", async () => {
    await show(view());
    await press("Setup");
    await press("Integrations");
    await press("HubSpot");
    expect(text()).toContain("Connected");
    expect(text()).toContain("Acme Vision (42)");
    expect(text()).toContain("Show companies: off – HubSpot did not grant Companies › View");
    await press("Disconnect");
    expect(host.asked).toEqual([["disable-grant", null]]);
    await act(() => host.show(view({ panel: panel({ grant: grant({ state: "off" }) }) })));
    await press("Connect");
    expect(host.asked.at(-1)).toEqual(["enable-grant", null]);
  });

  it("forgets only after asking", async () => {
    await show(view(), { place: "hubspot" });
    await press("Forget");
    expect(text()).toContain("Forget this connection?");
    expect(host.asked).toEqual([]);
    await press("Yes, forget");
    expect(host.asked).toEqual([["forget-grant", null]]);
  });

  it("shows administration to administrators only", async () => {
    await show(view(), { place: "setup" });
    expect(has("Administration")).toBe(false);
    const reminder = lent({ says: "Ben is Super Admin.", kind: "super-admin", checked: true });
    await show(view({ panel: panel({ agent: { ...panel().agent, administrator: true }, reminders: [reminder] }) }), { place: "administration" });
    expect(all<HTMLAnchorElement>("a").map(({ href }) => href)).toContain("http://localhost:8600/administration/");
    await press("They are taken back");
    expect(host.asked).toEqual([["rights-taken-back", { reminder_id: "m1" }]]);
  });

  it("logs out of the line, signs out, and changes the service only with the browser's leave", async () => {
    await show(view(), { place: "advanced" });
    await type("Service address", "https://offhook.example.com");
    await press("Use this address");
    expect(host.permit).toHaveBeenCalledWith("https://offhook.example.com");
    expect(host.asked).toEqual([["use-address", { address: "https://offhook.example.com" }]]);
    await show(view(), { place: "advanced" });
    await press("Log out of line");
    expect(host.asked).toEqual([["log-out", null]]);
    await show(view({ address_fixed: true }), { place: "advanced" });
    expect(labelled<HTMLInputElement>("Service address").disabled).toBe(true);
    await press("Sign out");
    expect(host.asked).toEqual([["sign-out", null]]);
  });

  it("switches between HubSpot accounts, and connects another", async () => {
    await show(view({ others: [{ account_id: "7", account_name: "Birch", as: "Ben" }] }), { place: "integrations" });
    await press("Switch to Birch");
    expect(host.asked).toEqual([["switch-account", { account_id: "7" }]]);
    await show(view(), { place: "integrations" });
    await press("Connect another account");
    expect(host.asked).toEqual([["connect", { ask: "everything", elsewhere: true }]]);
  });

  it("asks HubSpot for what is missing and for nothing that is there", async () => {
    await show(view(), { place: "hubspot" });
    await press("Add it");
    expect(host.asked).toEqual([["connect", { ask: "add:companies" }]]);
    const two = [...grant().capabilities, { key: "tickets", title: "Show tickets", on: false, why: "Your administrator has switched this off.", can_be_added: false }];
    await show(view({ panel: panel({ grant: grant({ capabilities: two }) }) }), { place: "hubspot" });
    await press("Add it");
    expect(host.asked).toEqual([["connect", { ask: "add:companies" }]]);
  });

  it("lets her decide how her calls are treated, but not what an administrator has locked", async () => {
    const habits = { auto_log: true, pop: "ringing" as const, numbers: "sites" as const, confirm_dial: false, locked: ["auto_log", "numbers"] };
    await show(view({ panel: panel({ habits }) }), { place: "advanced" });
    expect(all<HTMLInputElement>(".tick input").map(({ disabled }) => disabled)).toEqual([true, false]);
    await type("Open the caller’s record", "answered");
    expect(host.asked).toEqual([["choose-preferences", { auto_log: null, pop: "answered", numbers: null, confirm_dial: false }]]);
  });

  it("logs a call by hand where she asked to decide for each", async () => {
    const byHand = ended({ log: { state: "off", reason: reason({ code: "by-hand", says: "Only when you ask." }), url: null, next_try_at: null, by: null } });
    await show(view({ panel: panel({ recent: [byHand] }) }), { tab: "recent" });
    await press("Log it");
    expect(host.asked).toEqual([["log-again", { call_id: byHand.id }]]);
  });

  it("shows what stands around the contact, and why a part of it is missing", async () => {
    const deal = { id: "2", name: "Frames", detail: "1,200.00 USD", url: "https://app.hubspot.com/2", open: true };
    const around = () => [
      { kind: "deals" as const, records: [deal, { ...deal, id: "3" }, { ...deal, id: "4" }, { ...deal, id: "5", name: "The fourth", url: "javascript:alert(1)" }], reason: null },
      { kind: "tickets" as const, records: [], reason: reason({ says: "HubSpot did not grant tickets." }) },
      { kind: "companies" as const, records: [], reason: null },
    ];
    await show(onCall(connected()), {}, { around });
    await act(settled);
    expect(host.asked).toEqual([["around", { contact_id: connected().contact_id }]]);
    expect(text()).toContain("Frames 1,200.00 USD");
    expect(text()).toContain("1 more");
    expect(text()).toContain("HubSpot did not grant tickets.");
    expect(text()).not.toContain("Company");
    expect(all<HTMLAnchorElement>(".around a").every(({ href }) => href.startsWith("https://"))).toBe(true);
  });

  it("closes by the red cross", async () => {
    await show(view());
    await press("Close panel");
    expect(host.asked).toEqual([["close-panel", null]]);
  });
});
