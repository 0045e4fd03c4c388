import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { arrives, only, talking } from "./set-up";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe("the sound of a call", () => {
  it("says how it sounds", async () => {
    const { phone, session } = await talking();
    arrives(session, 0);
    await vi.advanceTimersByTimeAsync(2_000);
    arrives(session, 100);
    await vi.advanceTimersByTimeAsync(2_000);
    expect(only(phone).quality).toMatchObject({ level: "good", says: "Good sound" });
    arrives(session, 284, 16);
    await vi.advanceTimersByTimeAsync(6_000);
    expect(only(phone).quality?.says).toBe("Bad: your network loses 8 of 100 packets");
  });

  it("looks for a new way when the old one breaks, and JsSIP never hears that it failed", async () => {
    const { phone, session, agent } = await talking();
    const heard = vi.fn();
    session.connection.addEventListener("iceconnectionstatechange", heard);
    session.fake.become("disconnected");
    expect(only(phone).mending).toBe(true);
    await vi.advanceTimersByTimeAsync(1_600);
    expect(agent.restarts).toEqual(["a"]);
    heard.mockClear();
    session.fake.become("failed");
    expect(heard).not.toHaveBeenCalled();
    session.fake.become("connected");
    expect(only(phone).mending).toBe(false);
  });

  it("looks again as soon as the phone system is back", async () => {
    const { session, agent } = await talking();
    session.fake.become("failed");
    agent.ears.disconnected();
    agent.ears.registered();
    await vi.advanceTimersByTimeAsync(0);
    expect(agent.restarts).toEqual(["a"]);
  });

  it("ends by itself when for half a minute neither sound nor the phone system is heard", async () => {
    const { phone, session, agent } = await talking();
    arrives(session, 100);
    agent.there = false;
    await vi.advanceTimersByTimeAsync(29_000);
    expect(agent.asked.length).toBeGreaterThan(1);
    expect(phone.view.legs).toHaveLength(1);
    await vi.advanceTimersByTimeAsync(6_000);
    expect(phone.view.legs).toEqual([]);
    expect(phone.view.reason?.code).toBe("call-lost");
    expect(session.did).toContain("terminate");
  });

  it("goes on without sound while the phone system knows it, and says that nothing is heard", async () => {
    const { phone, session } = await talking();
    arrives(session, 100);
    await vi.advanceTimersByTimeAsync(90_000);
    expect(only(phone).quality?.level).toBe("silent");
  });

  it("waits longer for a call on hold", async () => {
    const { phone, session, agent } = await talking();
    arrives(session, 100);
    await phone.send({ do: "hold", leg: "a" });
    await vi.advanceTimersByTimeAsync(90_000);
    agent.there = false;
    expect(only(phone).state).toBe("held");
    await vi.advanceTimersByTimeAsync(120_000);
    expect(phone.view.legs).toEqual([]);
  });
});
