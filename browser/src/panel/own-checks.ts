/** What only the panel can look at, put into the service's report; and the report as plain text. Pure. */

import type { Check, CheckPart, CheckWho, Report } from "../shared/values";

/** What the browser says of the microphone: null where it has no way to ask. */
export interface MicrophoneSeen {
  leave: "granted" | "denied" | "prompt" | null;
  devices: number | null;
}

const check = (name: string, part: CheckPart, state: Check["state"], says: string, more: Partial<Check> = {}): Check => ({
  name, part, state, says, remedy: null, who: null, minor: true, ...more,
});

/** Never the cause: it matters only where a call is spoken in this browser. */
export const microphone = ({ leave, devices }: MicrophoneSeen): Check => {
  const name = "Microphone";
  const only = "That matters only for a phone that rings in this browser.";
  if (leave === "denied") {
    const remedy = "Click the sign left of the page’s address, and allow the microphone.";
    return check(name, "microphone", "fail", `The browser keeps the microphone from Offhook. ${only}`, { remedy, who: "agent" });
  }
  if (devices === 0) {
    return check(name, "microphone", "fail", `The browser sees no microphone. ${only}`, { remedy: "Plug in a headset, and look again.", who: "agent" });
  }
  if (leave === null || devices === null) return check(name, "microphone", "could-not-ask", "This browser does not say whether the microphone may be used.");
  if (leave === "prompt") return check(name, "microphone", "pass", "There is a microphone; the browser asks you at the first call that needs it.");
  return check(name, "microphone", "pass", "There is a microphone, and it may be used.");
};

export const version = (panel: string, service: string): Check => {
  const name = "Panel version";
  if (!service) return check(name, "panel", "could-not-ask", "The service did not say its version.");
  if (panel === service) return check(name, "panel", "pass", `Panel and service are both version ${panel}.`);
  const remedy = "Load HubSpot’s page again. If it stays, whoever runs Offhook brings the older of the two up to date.";
  return check(name, "panel", "fail", `The panel is version ${panel} and the service ${service}.`, { remedy, who: "agent", minor: false });
};

const isTrouble = ({ state, minor }: Check): boolean => state !== "pass" && !minor;

/** The service’s report with the panel’s own checks in the place of those of the same name. */
export const withOwn = (report: Report, own: Check[]): Report => {
  const checks = report.checks.map((each) => own.find(({ name }) => name === each.name) ?? each);
  const worst = report.checks.some(isTrouble) ? undefined : own.find(isTrouble);
  return worst ? { ...report, checks, title: `${worst.name}: needs attention`, says: worst.says } : { ...report, checks };
};

/** The one that names the cause: the first that failed, else the first that could not be asked. */
export const firstTrouble = (checks: Check[]): Check | undefined =>
  checks.find((each) => each.state === "fail" && !each.minor) ?? checks.find(isTrouble);

export const WHO: Record<CheckWho, string> = {
  agent: "you", administrator: "an administrator of your HubSpot account", operator: "whoever runs Offhook",
  hubspot: "HubSpot", nobody: "nobody needs to",
};

const PARTS: [CheckPart, string][] = [
  ["service", "Offhook and its address"], ["app", "The app in HubSpot"], ["account", "The HubSpot account"],
  ["person", "The person in HubSpot"], ["grant", "What was allowed"], ["live", "What HubSpot answers now"], ["line", "The line"],
  ["microphone", "The microphone"], ["deliveries", "What the phone system sends"], ["clock", "The clock"], ["panel", "This panel"],
];

export interface Part {
  title: string;
  checks: Check[];
  /** The worst of it. */
  state: "pass" | "fail" | "off" | "could-not-ask";
  says: string;
}

/** Checks by what they are about, in the report’s order; empty parts are left out. */
export const parts = (checks: Check[]): Part[] =>
  PARTS.map(([part, title]) => partOf(title, checks.filter((each) => each.part === part))).filter((part) => part.checks.length > 0);

const partOf = (title: string, checks: Check[]): Part => {
  const failed = checks.filter((each) => each.state === "fail" && !each.minor).length;
  const silent = checks.filter((each) => each.state === "could-not-ask" && !each.minor).length;
  const off = checks.filter((each) => each.state === "fail" && each.minor).length;
  const passed = checks.filter(({ state }) => state === "pass").length;
  if (failed) return { title, checks, state: "fail", says: failed === 1 ? "needs attention" : `${failed} need attention` };
  if (silent) return { title, checks, state: "could-not-ask", says: "could not be asked" };
  if (off) return { title, checks, state: "off", says: passed ? `in order; ${off} off` : "something to know" };
  if (!passed) return { title, checks, state: "could-not-ask", says: "cannot be asked" };
  return { title, checks, state: "pass", says: "in order" };
};

export const markOf = ({ state, minor }: Check): Part["state"] => (state === "fail" && minor ? "off" : state);

const SIGNS: Record<Part["state"], string> = { pass: "✓", fail: "✗", off: "–", "could-not-ask": "?" };

/** For a letter or a ticket: everything, in the order of the report. */
export const asText = (report: Report): string =>
  [`${report.title}. ${report.says}`, ...parts(report.checks).map(({ title, checks }) => [title, ...checks.map(line)].join("\n"))].join("\n\n");

const line = (each: Check): string => {
  const help = each.remedy && each.state !== "pass" ? `\n    → ${each.remedy}${each.who ? ` (${WHO[each.who]})` : ""}` : "";
  return `${SIGNS[markOf(each)]} ${each.name}: ${each.says}${help}`;
};
