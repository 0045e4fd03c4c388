import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { line } from "./fake-agent";
import { arrives, setUp, talking } from "./set-up";

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
    agent.ears.disconnected(); // its last word comes late
    expect(phone.view.state).toBe("starting");
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

describe("a way that is gone without a word", () => {
  const seconds = (many: number) => vi.advanceTimersByTimeAsync(many * 1_000);

  it("is asked after five quiet seconds, and while it answers all is well", async () => {
    const { phone, agent } = setUp();
    const before = agent.pings;
    await seconds(60);
    expect(agent.pings - before).toBeGreaterThan(8);
    expect([agent.requests, agent.anew, phone.view.state]).toEqual([0, 0, "ready"]);
  });

  it("is told within nine seconds, and tried again and again until it answers", async () => {
    const { phone, agent } = setUp();
    agent.answers = false;
    await seconds(9);
    expect(phone.view).toMatchObject({ state: "unreachable", reason: { code: "phone-unreachable" } });
    expect(agent.anew).toBe(1);
    await seconds(16);
    expect(agent.anew).toBe(3);
    agent.ears.registered();
    await seconds(9);
    expect([agent.anew, phone.view.state]).toEqual([4, "unreachable"]);
    agent.answers = true;
    agent.ears.connected();
    agent.ears.registered();
    await seconds(60);
    expect([agent.anew, phone.view.state]).toEqual([4, "ready"]);
  });

  it("is not taken for gone because it knows no keep-alives: it is asked with requests, less often", async () => {
    const { phone, agent } = setUp();
    agent.pongs = false;
    agent.ears.connected();
    agent.ears.registered();
    await seconds(124);
    expect([phone.view.state, agent.anew]).toEqual(["ready", 0]);
    expect(agent.requests).toBeGreaterThan(5);
    expect(agent.requests).toBeLessThan(10);
    agent.answers = false;
    await seconds(20);
    expect(phone.view.state).toBe("unreachable");
  });

  it("is asked at once when the computer says that it has no network, and told in three seconds", async () => {
    const { phone, agent, network } = setUp();
    agent.answers = false;
    network.gone = true;
    phone.networkLost();
    await seconds(4);
    expect(phone.view).toMatchObject({ state: "unreachable", reason: { says: "This computer has no network just now." } });
  });

  it("is not gone because the computer says so: the phone system may be on it", async () => {
    const { phone, network } = setUp();
    network.gone = true;
    phone.networkLost();
    await seconds(30);
    expect(phone.view.state).toBe("ready");
  });

  it("in a call is asked as soon as nothing is heard, and the call says that it broke", async () => {
    const { phone, session, agent } = await talking();
    arrives(session, 0);
    await seconds(2);
    arrives(session, 100);
    await seconds(2);
    agent.answers = agent.there = false;
    session.fake.iceConnectionState = "connected";
    await seconds(9);
    expect(phone.view).toMatchObject({ state: "unreachable", legs: [{ mending: true }] });
    arrives(session, 200);
    await seconds(2);
    expect(phone.view.legs[0]?.mending).toBe(false); // the sound is back, the phone system not yet
  });

  it("does not touch a call whose sound goes on without the phone system", async () => {
    const { phone, session, agent } = await talking();
    agent.answers = false;
    for (let second = 0; second < 12; second += 2) {
      arrives(session, second * 50);
      await seconds(2);
    }
    expect(phone.view).toMatchObject({ state: "unreachable", legs: [{ mending: false }] });
  });
});
