import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { line } from "./fake-agent";
import { setUp } from "./set-up";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe("the line", () => {
  it("is ready when it is registered, and says when it is not reached", () => {
    const { phone, agent } = setUp();
    expect(phone.view).toMatchObject({ state: "ready", purpose: "line 201", reason: null });
    agent.ears.disconnected();
    expect(phone.view.state).toBe("unreachable");
    expect(phone.view.reason?.says).toContain("cannot be reached");
    agent.ears.registered();
    expect(phone.view).toMatchObject({ state: "ready", reason: null });
  });

  it("asks for a new password when the old one is refused, and takes it without ending a call", () => {
    const { phone, agent, made, refused } = setUp();
    agent.rings("a").accepted();
    agent.ears.notRegistered(403, "Forbidden");
    expect(phone.view.state).toBe("refused");
    expect(refused).toHaveBeenCalledOnce();
    phone.use(line({ password: "another" }));
    expect(agent.passwords).toEqual(["another"]);
    expect(made).toHaveLength(1);
    expect(phone.view.legs).toHaveLength(1);
  });

  it("leaves one line before it begins on another", () => {
    const { phone, agent, made } = setUp();
    phone.use(line({ purpose: "line 202" }));
    expect(agent.stopped).toBe(true);
    expect(made).toHaveLength(2);
    phone.use(null);
    expect(made[1]?.stopped).toBe(true);
    expect(phone.view).toMatchObject({ state: "off", purpose: null });
  });

  it("is not begun without a microphone, begins when one is plugged in, and is left when the last one goes", () => {
    const { phone, made, look } = setUp();
    const devices = { microphones: [], speakers: [] };
    phone.use(null);
    look({ microphone: "missing", devices });
    phone.use(line({ purpose: "line 203" }));
    expect(phone.view).toMatchObject({ state: "mute", purpose: "line 203" });
    expect(made).toHaveLength(1);
    look({ microphone: "allowed", devices });
    made[1]?.ears.registered();
    expect(phone.view.state).toBe("ready");
    look({ microphone: "refused", devices });
    expect(made[1]?.stopped).toBe(true);
    expect(phone.view.state).toBe("mute");
  });

  it("keeps a call that is on when the microphone is pulled out", () => {
    const { phone, agent, look } = setUp();
    agent.rings("a").accepted();
    look({ microphone: "missing", devices: { microphones: [], speakers: [] } });
    expect(agent.stopped).toBe(false);
    expect(phone.view.legs).toHaveLength(1);
  });

  it("asks again when no answer came, soon, and when it was refused for another reason than the password, later", async () => {
    const { phone, agent, refused } = setUp();
    agent.ears.notRegistered(0, "Request Timeout");
    expect(phone.view.state).toBe("unreachable");
    await vi.advanceTimersByTimeAsync(5_000);
    expect(agent.anew).toBe(1);
    agent.ears.notRegistered(404, "Not Found");
    expect(phone.view.reason?.says).toBe("The phone system does not know this line.");
    await vi.advanceTimersByTimeAsync(59_000);
    expect(agent.anew).toBe(1);
    await vi.advanceTimersByTimeAsync(1_000);
    expect(agent.anew).toBe(2);
    agent.ears.notRegistered(503, "");
    agent.ears.registered();
    await vi.advanceTimersByTimeAsync(60_000);
    expect([agent.anew, refused.mock.calls.length]).toEqual([2, 0]);
  });

  it("connects anew when the network is another, and looks for a new way for every call", () => {
    const { phone, agent } = setUp();
    agent.rings("a").accepted();
    phone.networkChanged();
    expect([agent.anew, agent.restarts]).toEqual([1, []]);
    agent.ears.registered();
    agent.ears.registered();
    expect(agent.restarts).toEqual(["a"]);
  });
});
