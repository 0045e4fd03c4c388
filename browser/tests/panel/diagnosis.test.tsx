// @vitest-environment happy-dom
import { render } from "preact";
import { act } from "preact/test-utils";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { App } from "../../src/panel/app";
import { beginning } from "../../src/panel/state";
import { Refused } from "../../src/shared/refused";
import type { Check } from "../../src/shared/values";
import { check, examined, reason, view } from "../fixtures";
import { type Answers, MockHost } from "../mock-host";

let where: HTMLElement;
let host: MockHost;

const settled = async (): Promise<void> => { for (let i = 0; i < 9; i++) await Promise.resolve(); };
const show = async (...changed: Check[]): Promise<void> => ask({ diagnose: () => examined(...changed) });
const ask = async (answers: Answers): Promise<void> => {
  host = new MockHost(view(), answers);
  await act(() => render(<App host={host} from={{ ...beginning, place: "diagnosis" }} />, where));
  await act(settled);
};
const press = (name: string) => act(async () => ([...where.querySelectorAll("button")].find((one) => one.textContent === name)?.click(), await settled()));
const part = (title: string): HTMLDetailsElement | undefined =>
  [...where.querySelectorAll("details")].find((one) => one.querySelector("summary b")?.textContent === title);
const heading = (): string | undefined => where.querySelector("h2")?.textContent ?? undefined;

beforeEach(() => void (where = document.body.appendChild(document.createElement("div"))));
afterEach(() => {
  render(null, where);
  where.remove();
  vi.unstubAllGlobals();
});

const BROKEN = check("HubSpot connection", "grant", "HubSpot no longer accepts it.", { state: "fail", remedy: "Connect HubSpot again.", who: "agent" });

describe("what is missing", () => {
  it("names the first that fails, what to do and who can, and opens only the part with trouble", async () => {
    await show(BROKEN);
    expect(heading()).toBe("HubSpot connection: needs attention");
    expect(where.querySelector(".who-helps")?.textContent).toBe("Connect HubSpot again.Can change it: you");
    expect(part("What was allowed")?.open).toBe(true);
    expect(part("What was allowed")?.querySelector("summary span")?.textContent).toBe("needs attention");
    expect([...where.querySelectorAll("details[open]")]).toHaveLength(1);
  });

  it("says when nothing is wrong, and asks nobody for help then", async () => {
    await show();
    expect(heading()).toBe("No trouble found");
    expect(where.querySelector(".who-helps, .message")).toBeNull();
    expect(part("What was allowed")?.querySelector("summary span")?.textContent).toBe("in order; 1 off");
    expect([...where.querySelectorAll("details[open]")]).toHaveLength(0);
  });

  it("adds what only the panel can look at", async () => {
    vi.stubGlobal("navigator", { permissions: { query: async () => ({ state: "denied" }) }, mediaDevices: { enumerateDevices: async () => [] } });
    await show();
    expect(part("The microphone")?.textContent).toContain("The browser keeps the microphone from Offhook");
    expect(part("This panel")?.textContent).toContain("Panel and service are both version 0.1.0");
    expect(heading(), "a microphone is never the cause").toBe("No trouble found");
  });

  it("is looked at again with one press, and copied as text", async () => {
    const copied = vi.fn(async (_: string) => undefined);
    vi.stubGlobal("navigator", { clipboard: { writeText: copied } });
    await show(BROKEN);
    await press("Look again");
    expect(host.asked.filter(([what]) => what === "diagnose")).toHaveLength(2);
    await press("Copy as text");
    expect(copied.mock.calls[0]?.[0]).toContain("✗ HubSpot connection: HubSpot no longer accepts it.\n    → Connect HubSpot again. (you)");
  });

  it("says why when it cannot be asked", async () => {
    await ask({ diagnose: () => { throw new Refused({ ...reason({ says: "The service does not answer." }), status: 0, contacts: [] }); } });
    expect(where.textContent).toContain("The service does not answer.");
    await press("Try again");
    expect(host.asked).toHaveLength(2);
  });
});
