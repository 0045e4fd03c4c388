import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { Launcher } from "../../src/background/launcher";
import { Pages } from "../../src/background/pages";
import type { PageKind } from "../../src/messages";
import { memory } from "../shared/fake-service";

const RECORD = "https://app.hubspot.com/contacts/42/record/0-1/51";
let now: number;
let pages: Pages;
let made: string[];

const open = (tab: number, url: string, kind: PageKind = "contacts", visible = true) => {
  const told: unknown[] = [];
  const port = { sender: { tab: { id: tab }, url }, postMessage: (message: unknown) => told.push(message) } as unknown as chrome.runtime.Port;
  pages.came(port);
  pages.here(port, { is: "here", url, kind, visible });
  return { told, see: (seen: boolean) => pages.here(port, { is: "here", url, kind, visible: seen }), leave: () => pages.left(port) };
};

beforeEach(() => {
  vi.useFakeTimers();
  [now, made] = [0, []];
  vi.stubGlobal("chrome", { tabs: { create: async ({ url }: { url: string }) => void made.push(url) } });
  pages = new Pages(() => ++now);
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

it("pops in the page that is looked at, else in the one looked at last", () => {
  const [first, second] = [open(1, "https://app.hubspot.com/contacts/42/a"), open(2, "https://app.hubspot.com/contacts/42/b")];
  second.see(false);
  pages.pop(RECORD);
  expect([first.told.length, second.told.length]).toEqual([1, 0]);
  first.see(false);
  second.see(true);
  second.see(false);
  pages.pop(RECORD);
  expect(second.told).toEqual([{ is: "go", url: RECORD }]);
});

it("never pops in a consent, a login or another account's address", () => {
  const others = [open(1, "https://app.hubspot.com/oauth/authorize", "consent"), open(2, "https://app.hubspot.com/login", "login"), open(3, "https://app-eu1.hubspot.com/contacts/1")];
  pages.pop(RECORD);
  vi.advanceTimersByTime(2_000);
  expect([others.flatMap(({ told }) => told), made]).toEqual([[], [RECORD]]);
});

it("gives a page that is just loading a moment before it opens a tab", () => {
  pages.pop(RECORD);
  vi.advanceTimersByTime(500);
  const late = open(1, "https://app.hubspot.com/contacts/42/a");
  vi.advanceTimersByTime(5_000);
  expect([late.told, made]).toEqual([[{ is: "go", url: RECORD }], []]);
});

it("knows where to come back to after the consent", () => {
  const contacts = "https://app.hubspot.com/contacts/42/objects/0-1/views/all/list";
  open(1, contacts);
  open(2, "https://app.hubspot.com/oauth/authorize", "consent");
  expect([pages.addressIn(1), pages.addressIn(2), pages.lastContacts()]).toEqual([contacts, null, contacts]);
});

it("pops the panel up on the first visit to Contacts, and never against the agent's will", async () => {
  const kept = memory();
  const first = new Launcher(kept, () => undefined);
  await first.onContacts();
  expect(first.open).toBe(true);
  await first.set(false);
  const later = new Launcher(kept, () => undefined);
  await later.onContacts();
  expect(later.open).toBe(false);
});

it("knows for how long HubSpot asked in a tab that was closed", () => {
  const CONSENT = "https://app.hubspot.com/oauth/42/authorize?x";
  open(1, CONSENT, "consent");
  now += 5_000;
  open(1, CONSENT, "consent", false);
  expect(pages.askedFor(1)).toBeGreaterThanOrEqual(5_000);
  expect(pages.askedFor(1)).toBe(0);
  open(2, "https://app.hubspot.com/oauth/authorize?x", "consent");
  now += 5_000;
  open(2, CONSENT, "consent");
  expect(pages.askedFor(2)).toBeLessThan(1_000);
  open(3, CONSENT, "consent");
  now += 5_000;
  open(3, RECORD, "contacts");
  expect(pages.askedFor(3)).toBe(0);
});
