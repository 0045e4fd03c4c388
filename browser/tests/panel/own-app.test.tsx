// @vitest-environment happy-dom

/** A phone system whose own app dials: by a link, or in its softphone's frame; and lines to choose from. */

import { act } from "preact/test-utils";
import { afterEach, describe, expect, it, vi } from "vitest";
import type { OwnApp } from "../../src/shared/values";
import { panel, view } from "../fixtures";
import { all, button, has, host, labelled, pass, press, settled, show, text, type, where } from "./person";

const FRAME = "https://cloud8.8x8.com/mashell/public/index.html?env=embeddable&nextgen=true";
const APP: OwnApp = { link: "tel:{number}", link_as: "votel://{number}/{caller_id}", caller_ids: ["+14155550199"], frame: "" };

const at8x8 = (app: Partial<OwnApp> = {}, line: { number: string; name: string } | null = { number: "1001", name: "Extension 1001" }) => view({
  panel: panel({
    phone_systems: [{ key: "eight_by_eight", title: "8x8 Work", says: "Calls on 8x8 Work.", line_login: "line", can: ["dial"], softphone: false, own_app: { ...APP, ...app } }],
    phone_system: "eight_by_eight", line,
  }),
});

const followed: string[] = [];
const follow = vi.spyOn(HTMLAnchorElement.prototype, "click").mockImplementation(function (this: HTMLAnchorElement) { followed.push(this.getAttribute("href") ?? ""); });

afterEach(() => {
  followed.length = 0;
  follow.mockClear();
  localStorage.clear();
});

describe("dialling", () => {
  it("opens the link of the app on this computer, asks the service for nothing, and says so", async () => {
    await show(at8x8());
    await type("Number to call", "+1 415 555 0100");
    await press("Call");
    expect(followed).toEqual(["tel:+14155550100"]);
    expect(host.asked.map(([ask]) => ask)).not.toContain("dial");
    expect(text()).toContain("8x8 Work on this computer dials +1 415 555 0100");
  });

  it("calls as the number that the agent chose, from then on", async () => {
    await show(at8x8());
    await type("Customers see", "+14155550199");
    await show(at8x8());
    expect(labelled<HTMLSelectElement>("Customers see").value).toBe("+14155550199");
    await type("Number to call", "+14155550100");
    await press("Call");
    expect(followed).toEqual(["votel://+14155550100/+14155550199"]);
    await show(at8x8({ caller_ids: ["+14155550177"] }));
    await type("Number to call", "+14155550100");
    await press("Call");
    expect(followed.at(-1)).toBe("tel:+14155550100");
  });

  it("of a number clicked on a page waits for the agent's press, and then opens the link", async () => {
    await show({ ...at8x8(), to_dial: "+14155550100" });
    expect(followed).toEqual([]);
    await act(async () => (all<HTMLButtonElement>(".to-dial button")[0]?.click(), await settled()));
    expect(followed).toEqual(["tel:+14155550100"]);
  });
});

describe("8x8's softphone in the panel", () => {
  it("is not there where 8x8 has not allowed it", async () => {
    await show(at8x8());
    expect(has("Open 8x8 Work’s softphone here")).toBe(false);
    await show(at8x8({ frame: FRAME }, null));
    expect(has("Open 8x8 Work’s softphone here")).toBe(false);
  });

  it("opens when the agent wants it, with microphone and loudspeaker, and stays while screens change", async () => {
    await show(at8x8({ frame: FRAME }));
    await press("Open 8x8 Work’s softphone here");
    const frame = where.querySelector("iframe");
    expect(frame?.getAttribute("src")).toBe(FRAME);
    expect(frame?.getAttribute("allow")).toContain("microphone *; speaker-selection *");
    await press("Setup");
    expect(where.querySelector("iframe")).toBe(frame);
  });

  it("is relayed, and takes numbers to call", async () => {
    await show(at8x8({ frame: FRAME }));
    await press("Open 8x8 Work’s softphone here");
    const frame = { postMessage: vi.fn() };
    Object.defineProperty(where.querySelector("iframe"), "contentWindow", { value: frame });
    const data = { eventType: "mashell-voice-phone-offered-uc-event-v1", status: "success", data: { direction: "inbound", searchContext: "+14155550100", startTime: "1751445666638" } };
    await act(async () => {
      for (const origin of ["https://evil.example", "https://cloud8.8x8.com"]) dispatchEvent(new MessageEvent("message", { data, origin, source: frame as never }));
      await settled();
    });
    const heard = host.asked.filter(([ask]) => ask === "overheard");
    expect(heard).toHaveLength(1);
    expect(heard[0]?.[1]).toMatchObject({ said: [{ seq: 1, event: data }] });
    await type("Number to call", "+14155550100");
    await press("Call");
    expect(followed).toEqual([]);
    expect(frame.postMessage.mock.calls[0]?.[0]).toMatchObject({ content: { eventName: "startCall", phoneNumber: "+14155550100" } });
  });
});

describe("lines", () => {
  it("of one person are offered to choose from", async () => {
    await show(at8x8({}, null), {}, { lines: () => [{ number: "1001", name: "Ben Ortiz" }, { number: "1003", name: "Ben Ortiz" }] });
    await pass(1);
    expect(text()).toContain("These lines are yours. Which one do you use now?");
    await press("1003 · Ben Ortiz");
    expect(host.asked).toContainEqual(["log-in", { line: "1003", secret: null }]);
  });

  it("are typed where nobody knows whose they are", async () => {
    await show(at8x8({}, null));
    expect(text()).not.toContain("yours");
    await type("Line", "1001");
    expect(button("Log in").disabled).toBe(false);
  });
});
