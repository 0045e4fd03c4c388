import { readdirSync, readFileSync } from "node:fs";
import { expect, it } from "vitest";
import packageJson from "../../package.json" with { type: "json" };
import { manifest } from "../../scripts/manifest.mjs";
import { wrongArrows } from "./arrows";

const src = `${import.meta.dirname}/../../src`;
const paths = (readdirSync(src, { recursive: true }) as string[]).filter((path) => /\.tsx?$/.test(path));
const sources = Object.fromEntries(paths.map((path) => [path.replaceAll("\\", "/"), readFileSync(`${src}/${path}`, "utf8")]));

it("has only arrows that the house allows", () => {
  expect(Object.keys(sources).length).toBeGreaterThan(40);
  expect(wrongArrows(sources)).toEqual([]);
});

it.each([
  ["shared/desk.ts", 'import { next } from "../panel/state";', "panel/state"],
  ["shared/live.ts", 'import type { DeskView } from "../messages";', "messages"],
  ["messages.ts", 'import type { Pages } from "./background/pages";', "background/pages"],
  ["panel/app.tsx", 'import { Pages } from "../background/pages";', "background/pages"],
  ["page/index.ts", 'const later = import("../panel/main");', "panel/main"],
  ["softphone/sip-phone.ts", 'import type { ToPhone } from "../messages";', "messages"],
  ["background/index.ts", 'export * from "../page/hubspot-page";', "page/hubspot-page"],
])("notices when %s turns an arrow round", (path, line, to) =>
  expect(wrongArrows({ [path]: line })).toEqual([expect.stringContaining(`${path} imports ${to}`)]));

it("notices chrome.* where it does not belong, and a clock in a pure file", () => {
  expect(wrongArrows({ "panel/app.tsx": "chrome.tabs.create({})" })).toHaveLength(1);
  expect(wrongArrows({ "page/launcher.ts": "chrome?.runtime" })).toHaveLength(1);
  expect(wrongArrows({ "panel/state.ts": "const now = Date.now();" })).toHaveLength(1);
  expect(wrongArrows({ "background/index.ts": "chrome.tabs.create({})" })).toEqual([]);
});

it("never writes markup from a string", () => {
  const guilty = Object.entries(sources).filter(([, source]) => /innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(/.test(source));
  expect(guilty.map(([path]) => path)).toEqual([]);
});

it("knows HubSpot's pages in one file only", () => {
  const guilty = Object.entries(sources).filter(([path, source]) => path !== "page/hubspot-page.ts" && /data-test-id|data-selenium|\/oauth|permissions\? to/.test(source));
  expect(guilty.map(([path]) => path)).toEqual([]);
});

it("asks for the least: storage, the phone’s own document, saying who rings, allowed sites, Call selection, the service, HubSpot; loopback only in the demo", () => {
  const real = manifest({ version: packageJson.version, demo: false });
  expect(real.permissions).toEqual(["storage", "offscreen", "notifications", "scripting", "contextMenus"]);
  expect(real.content_scripts[0]?.matches.every((site: string) => /^https:\/\/app(-\w+)?\.hubspot\.com\/\*$/.test(site))).toBe(true);
  expect(real.host_permissions.filter((site: string) => !site.includes("hubspot.com"))).toEqual(["http://localhost:8600/*", "http://127.0.0.1:8600/*"]);
  expect(manifest({ version: packageJson.version, demo: true }).content_scripts[0]?.matches).toContain("http://127.0.0.1/*");
});

it("records no package registry's address", () => {
  const lock = readFileSync(`${import.meta.dirname}/../../package-lock.json`, "utf8");
  expect(lock).not.toMatch(/"resolved"|registry|\.tgz/);
});
