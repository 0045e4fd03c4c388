/** What only the panel can look at, put into the service's report. Pure. */

import { isTrouble } from "../shared/report";
import type { Check, CheckPart, Report } from "../shared/values";

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
  if (leave === null || devices === null) return check(name, "microphone", "could-not-ask", "Here the browser does not say whether the microphone may be used.");
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

/** The service’s report with the panel’s own checks in the place of those of the same name. */
export const withOwn = (report: Report, own: Check[]): Report => {
  const checks = report.checks.map((each) => own.find(({ name }) => name === each.name) ?? each);
  const worst = report.checks.some(isTrouble) ? undefined : own.find(isTrouble);
  return worst ? { ...report, checks, title: `${worst.name}: needs attention`, says: worst.says } : { ...report, checks };
};
