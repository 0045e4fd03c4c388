/** Which room may import which, read from the sources (design.md, section 3, rule 6). */

import { posix } from "node:path";

const MAY: Record<string, string[]> = {
  shared: ["shared"],
  messages: ["messages", "shared"],
  softphone: ["softphone", "shared"],
  background: ["background", "messages", "shared", "softphone"],
  page: ["page", "messages", "shared"],
  panel: ["panel", "messages", "shared", "softphone"],
  embed: ["embed", "messages", "shared"],
  administration: ["administration", "shared"],
  offscreen: ["offscreen", "messages", "shared", "softphone"],
};
const CHROME = [/^background\//, /^page\/(?:index|site|own-page)\.ts$/, /^panel\/hosts\//, /^offscreen\//];
/** Pure: no browser, no clock, no other thing of ours that has them. */
const PURE = ["administration/read.ts", "administration/values.ts", "administration/words.ts", "panel/state.ts", "page/phone-links.ts", "page/phone-regions.ts", "page/phone-words.ts", "shared/caller.ts", "shared/follow.ts", "shared/legs.ts", "shared/phone.ts", "softphone/alive.ts", "softphone/challenges.ts", "softphone/endings.ts", "softphone/outward.ts", "softphone/phone.ts", "softphone/quality.ts", "softphone/registration.ts", "softphone/sdp.ts", "shared/duration.ts", "shared/phone-number.ts", "shared/read.ts", "shared/report.ts", "shared/site.ts", "shared/values.ts"];

export const roomOf = (path: string): string => path.split("/")[0]?.replace(/\.tsx?$/, "") ?? "";

export const wrongArrows = (sources: Record<string, string>): string[] =>
  Object.entries(sources).flatMap(([path, source]) => [...arrows(path, source), ...chromeIn(path, source), ...impure(path, source)]);

const arrows = (path: string, source: string): string[] =>
  importsOf(source)
    .map((to) => posix.normalize(posix.join(posix.dirname(path), to)))
    .filter((to) => !MAY[roomOf(path)]?.includes(roomOf(to)))
    .map((to) => `${path} imports ${to}: ${roomOf(path)} may import only ${MAY[roomOf(path)]?.join(", ")}. Meet in messages.ts, or move what both need to shared/.`);

const importsOf = (source: string): string[] =>
  [...source.matchAll(/(?:from|import)\s*\(?\s*["'](\.[^"']*)["']/g)].map((match) => match[1] ?? "");

const chromeIn = (path: string, source: string): string[] =>
  /\bchrome\s*[.?[]/.test(code(source)) && !CHROME.some((allowed) => allowed.test(path))
    ? [`${path} uses chrome.*: only background/, page/index.ts, panel/hosts/ and offscreen/ may. Hand it in as an argument.`]
    : [];

const impure = (path: string, source: string): string[] =>
  PURE.includes(path) && /\b(?:Date\.now\(|new Date\(\)|performance\.|document\.|window\.|fetch\(|localStorage|setTimeout|setInterval|Math\.random)/.test(code(source))
    ? [`${path} is pure: time, chance and the browser come in as arguments.`]
    : [];

const code = (source: string): string => source.replace(/\/\*[\s\S]*?\*\//g, "").replace(/\/\/.*$/gm, "");
