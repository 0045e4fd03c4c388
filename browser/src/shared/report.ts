/** A report’s checks, part by part; and the report as plain text. Pure. */

import type { Check, CheckPart, CheckWho, Report } from "./values";

export const isTrouble = ({ state, minor }: Check): boolean => state !== "pass" && !minor;

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
