import { beforeEach, expect, it, vi } from "vitest";
import { Sites } from "../../src/background/sites";
import { memory } from "../shared/fake-service";

const SITE = "https://crm.example.com";
let granted: Set<string>;
let registered: { id: string; matches: string[] }[];
let injected: number[];
let kept: ReturnType<typeof memory>;
let sites: Sites;

beforeEach(() => {
  [granted, registered, injected, kept] = [new Set(["https://crm.example.com/*"]), [], [], memory()];
  vi.stubGlobal("chrome", {
    permissions: { contains: async ({ origins }: { origins: string[] }) => origins.every((each) => granted.has(each)), remove: async ({ origins }: { origins: string[] }) => origins.every((each) => granted.delete(each)) },
    scripting: {
      getRegisteredContentScripts: async () => registered,
      unregisterContentScripts: async () => void (registered = []),
      registerContentScripts: async (scripts: typeof registered) => void (registered = scripts),
      insertCSS: async () => undefined,
      executeScript: async ({ target }: { target: { tabId: number } }) => void injected.push(target.tabId),
    },
    tabs: { query: async () => [{ id: 7 }] },
  });
  sites = new Sites(kept, () => undefined);
});

const settled = async () => { for (let i = 0; i < 20; i++) await Promise.resolve(); };
const pageOf = (origin: string) => {
  const told: unknown[] = [];
  const port = { sender: { origin, tab: { id: 7 } }, postMessage: (message: unknown) => told.push(message), onDisconnect: { addListener: () => undefined } } as unknown as chrome.runtime.Port;
  sites.came(port);
  return { port, told };
};

it("looks at a site only with the browser's leave, and remembers it", async () => {
  await expect(sites.allow("https://other.example")).rejects.toMatchObject({ refusal: { code: "site-not-allowed" } });
  sites.show(true, "US");
  await sites.allow(SITE);
  expect([sites.list, kept.kept["sites"], registered.map(({ matches }) => matches), injected]).toEqual([[SITE], [SITE], [["https://crm.example.com/*"]], [7]]);
  const later = new Sites(kept, () => undefined);
  await later.ready;
  expect(later.list).toEqual([SITE]);
});

it("gives leave and script back when the site is forbidden, or the browser's settings take it away", async () => {
  sites.show(true, "US");
  await sites.allow(SITE);
  await sites.forbid(SITE);
  expect([sites.list, registered, granted.size]).toEqual([[], [], 0]);
  granted.add("https://crm.example.com/*");
  await sites.allow(SITE);
  await sites.lost(["https://crm.example.com/*"]);
  expect([sites.list, registered]).toEqual([[], []]);
});

it("registers nothing while numbers are off, and keeps the list", async () => {
  await sites.allow(SITE);
  expect([registered, sites.list]).toEqual([[], [SITE]]);
  sites.show(true, "US");
  await settled();
  expect(registered).toHaveLength(1);
  sites.show(false, "US");
  await settled();
  expect([registered, sites.list]).toEqual([[], [SITE]]);
});

it("tells pages of allowed sites only, and listens to no other", async () => {
  await sites.allow(SITE);
  const [here, elsewhere] = [pageOf(SITE), pageOf("https://evil.example")];
  await settled();
  sites.show(true, "GB");
  expect(here.told.at(-1)).toEqual({ is: "numbers", on: true, region: "GB" });
  expect(elsewhere.told.at(-1)).toEqual({ is: "numbers", on: false, region: "GB" });
  expect([sites.allows(here.port), sites.allows(elsewhere.port)]).toEqual([true, false]);
  await sites.forbid(SITE);
  expect(here.told.at(-1)).toEqual({ is: "numbers", on: true, region: "GB" });
  sites.show(true, "GB"); // as the background does, told that the list changed
  expect(here.told.at(-1)).toEqual({ is: "numbers", on: false, region: "GB" });
});
