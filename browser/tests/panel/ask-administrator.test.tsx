// @vitest-environment happy-dom
import { render } from "preact";
import { act } from "preact/test-utils";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { DeskView } from "../../src/messages";
import { App } from "../../src/panel/app";
import { beginning, type State } from "../../src/panel/state";
import { Refused } from "../../src/shared/refused";
import type { Helped } from "../../src/shared/values";
import { attempt, reason, report, signedOut, view } from "../fixtures";
import { type Answers, MockHost } from "../mock-host";

const HELPED: Helped = {
  asked: true, told: ["Ada sees it on her page."],
  message: { subject: "Please", text: "Hello, it is me", mailto: "mailto:ada@acme.example?subject=Please&body=Hello" },
};

let where: HTMLElement;
let host: MockHost;

const show = async (shown: DeskView, answers: Answers = {}, from: Partial<State> = {}): Promise<void> => {
  host = new MockHost(shown, answers);
  await act(() => render(<App host={host} from={{ ...beginning, ...from }} />, where));
  await act(settled);
};
const settled = async (): Promise<void> => { for (let i = 0; i < 5; i++) await Promise.resolve(); };
const text = (): string => where.textContent ?? "";
const named = (name: string): HTMLButtonElement | undefined => [...where.querySelectorAll("button")].find((one) => one.textContent === name);
const press = (name: string) => act(async () => (named(name)?.click(), await settled()));
const link = (words: string): string | null | undefined => [...where.querySelectorAll("a")].find((one) => one.textContent === words)?.getAttribute("href");
const give = (address: string) => act(async () => {
  const field = where.querySelector<HTMLInputElement>("input[type=email]");
  if (!field) throw new Error("nobody asks for an address");
  field.value = address;
  field.dispatchEvent(new Event("input", { bubbles: true }));
});

const refused = (change: Parameters<typeof report>[0] = {}, more: Parameters<typeof attempt>[0] = {}): DeskView =>
  signedOut({ attempt: attempt({ state: "stuck", diagnosis: report(change), ...more }) });

beforeEach(() => void (where = document.body.appendChild(document.createElement("div"))));
afterEach(() => {
  render(null, where);
  where.remove();
});

describe("asking the administrator", () => {
  it("is one press, with the address if she gives it, and says what became of it", async () => {
    await show(refused(), { "ask-administrator": () => HELPED });
    await give(" ben@acme.example ");
    await press("Ask the administrator");
    expect(host.asked.at(-1)).toEqual(["ask-administrator", { email: "ben@acme.example" }]);
    expect(text()).toMatch(/Asked at .*Ada sees it on her page\./);
    expect(where.querySelector("textarea")?.value).toBe("Hello, it is me");
    expect(link("E-mail it")).toBe(HELPED.message.mailto);
    expect(named("Ask again")).toBeTruthy();
  });

  it("still knows that it was asked when the panel opens again", async () => {
    await show(refused({}, { helped: { ...HELPED, at: Date.now() } }));
    expect(text()).toContain("Asked at ");
    expect(named("Ask the administrator")).toBeUndefined();
  });

  it("does not claim to have asked when it could not be kept", async () => {
    await show(refused(), { "ask-administrator": () => ({ ...HELPED, asked: false, told: ["Send it yourself."] }) });
    await press("Ask the administrator");
    expect(host.asked.at(-1)).toEqual(["ask-administrator", { email: null }]);
    expect(text()).toContain("Send it yourself.");
    expect(text()).not.toContain("Asked at");
  });

  it("says why it was refused", async () => {
    await show(refused(), { "ask-administrator": () => { throw new Refused({ ...reason({ says: "You have asked often." }), status: 429, contacts: [] }); } });
    await press("Ask the administrator");
    expect(text()).toContain("You have asked often.");
  });

  it("is not offered for what no administrator can change", async () => {
    await show(refused({ cause: "app" }));
    expect(named("Ask the administrator")).toBeUndefined();
    expect(named("Copy message")).toBeTruthy();
  });

  it("asks nobody who is signed in for her address", async () => {
    await show(view(), { diagnose: () => report(), "ask-administrator": () => HELPED }, { place: "diagnosis" });
    expect(where.querySelector("input[type=email]")).toBeNull();
    expect(named("Check my own rights")).toBeUndefined();
    await press("Ask the administrator");
    expect(text()).toContain("Asked at ");
  });

  it("drafts an e-mail that is never cut within a character", async () => {
    await show(refused({ message: { subject: "S", text: "ü€😀 ".repeat(400) } }));
    const draft = link("E-mail it") ?? "";
    expect(draft.length).toBeLessThan(1_900);
    expect(() => decodeURIComponent(draft)).not.toThrow();
  });
});

describe("her own rights", () => {
  it("are looked up by her address, and the answer says where it is", async () => {
    await show(refused(), { "check-my-rights": () => report({ title: "The answer waits for you in HubSpot", says: "On your list." }) });
    expect(named("Check my own rights")?.disabled).toBe(true);
    await give("ben@acme.example");
    await press("Check my own rights");
    expect(host.asked.at(-1)).toEqual(["check-my-rights", { email: "ben@acme.example" }]);
    expect(text()).toContain("The answer waits for you in HubSpot. On your list.");
  });
});

it("tells a screen reader what became of the request, and nothing before", async () => {
  const told = () => [...where.querySelectorAll("[role=status]")].map((each) => each.textContent).join("");
  await show(refused());
  expect(told()).toBe("");
  await act(async () => (host.show(refused({ title: "Somebody has looked", says: "Try again.", remember: "Log in anew." })), await settled()));
  expect(told()).toBe("Somebody has looked. Try again. Log in anew.");
});
