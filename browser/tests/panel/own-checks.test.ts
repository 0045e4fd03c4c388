import { afterEach, describe, expect, it, vi } from "vitest";
import { lookAtMicrophone } from "../../src/panel/microphone";
import { microphone, version, withOwn } from "../../src/panel/own-checks";
import { asText, firstTrouble, parts } from "../../src/shared/report";
import { check, report } from "../fixtures";

afterEach(() => vi.unstubAllGlobals());

describe("the microphone", () => {
  it.each([
    [{ leave: "granted", devices: 1 }, "pass", "may be used"],
    [{ leave: "prompt", devices: 2 }, "pass", "asks you"],
    [{ leave: "denied", devices: 1 }, "fail", "keeps the microphone"],
    [{ leave: "granted", devices: 0 }, "fail", "no microphone"],
    [{ leave: null, devices: 1 }, "could-not-ask", "does not say"],
    [{ leave: "granted", devices: null }, "could-not-ask", "does not say"],
  ] as const)("%o is %s", (seen, state, says) => {
    const found = microphone(seen);
    expect([found.state, found.says.includes(says), found.minor]).toEqual([state, true, true]);
  });

  it("is asked about, never opened", async () => {
    vi.stubGlobal("document", {});
    vi.stubGlobal("navigator", {
      permissions: { query: async () => ({ state: "prompt" }) },
      mediaDevices: { enumerateDevices: async () => [{ kind: "audioinput" }, { kind: "videoinput" }] },
    });
    expect(await lookAtMicrophone()).toEqual({ leave: "prompt", devices: 1 });
  });

  it("is not called forbidden in a frame that is given none", async () => {
    vi.stubGlobal("document", { featurePolicy: { allowsFeature: () => false } });
    vi.stubGlobal("navigator", {
      permissions: { query: async () => ({ state: "denied" }) }, mediaDevices: { enumerateDevices: async () => [{ kind: "audioinput" }] },
    });
    expect(microphone(await lookAtMicrophone()).state).toBe("could-not-ask");
  });

  it("could not be asked in a browser that does not know the questions", async () => {
    vi.stubGlobal("document", {});
    vi.stubGlobal("navigator", {});
    expect(await lookAtMicrophone()).toEqual({ leave: null, devices: null });
  });
});

describe("the panel's own checks", () => {
  const service = report({
    title: "No trouble found", says: "All is well.",
    checks: [
      check("Service address", "service", "Fine."),
      check("Microphone", "microphone", "Only the panel can look.", { state: "could-not-ask", minor: true }),
      check("Panel version", "panel", "Only the panel knows.", { state: "could-not-ask", minor: true }),
    ],
  });

  it("stand in the place of those that only the panel can make", () => {
    const whole = withOwn(service, [microphone({ leave: "granted", devices: 1 }), version("1.0", "1.0")]);
    expect(whole.checks.map(({ name, state }) => [name, state])).toEqual([["Service address", "pass"], ["Microphone", "pass"], ["Panel version", "pass"]]);
    expect(whole.title).toBe("No trouble found");
  });

  it("name a panel that is older than the service, when nothing else is wrong", () => {
    const old = version("1.0", "1.1");
    expect(withOwn(service, [old]).title).toBe("Panel version: needs attention");
    const worse = { ...service, title: "Line: needs attention", checks: [check("Line", "line", "None.", { state: "fail" }), ...service.checks] };
    expect(withOwn(worse, [old]).title).toBe("Line: needs attention");
    expect(firstTrouble(withOwn(worse, [old]).checks)?.name).toBe("Line");
    expect(version("1.0", "").state).toBe("could-not-ask");
  });

  it("never make a blocked microphone the cause", () => {
    expect(withOwn(service, [microphone({ leave: "denied", devices: 1 })]).title).toBe("No trouble found");
  });
});

describe("the parts of a report", () => {
  it("say the worst of what is in them, in the order from the ground up", () => {
    const found = parts([
      check("Line", "line", "None.", { state: "fail" }),
      check("Tickets", "grant", "Off.", { state: "fail", minor: true }), check("Scopes", "grant", "All."),
      check("Approval", "account", "HubSpot tells nobody.", { state: "could-not-ask", minor: true }),
      check("Search", "live", "HubSpot is slow.", { state: "could-not-ask" }),
    ]);
    expect(found.map(({ title, state, says }) => [title, state, says])).toEqual([
      ["The HubSpot account", "could-not-ask", "cannot be asked"], ["What was allowed", "off", "in order; 1 off"],
      ["What HubSpot answers now", "could-not-ask", "could not be asked"], ["The line", "fail", "needs attention"],
    ]);
  });

  it("are a text that says what to do and who can", () => {
    const text = asText(report({ title: "Line: needs attention", says: "None.", checks: [
      check("Line", "line", "None.", { state: "fail", remedy: "Log in.", who: "agent" }), check("Clock", "clock", "Right."),
    ] }));
    expect(text).toBe("Line: needs attention. None.\n\nThe line\n✗ Line: None.\n    → Log in. (you)\n\nThe clock\n✓ Clock: Right.");
  });
});
