import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { arrives, only, soon, talking } from "./set-up";

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

describe("what the other side hears", () => {
  const seconds = (many: number) => vi.advanceTimersByTimeAsync(many * 1_000);

  /** Every two seconds a hundred packets come and go; `more` is what else getStats tells. */
  const goesOn = async ({ session }: Awaited<ReturnType<typeof talking>>, many: number, more: (second: number) => Record<string, unknown>[]) => {
    for (let second = 2; second <= many; second += 2) {
      const received = (session.fake.stats.find(({ type }) => type === "inbound-rtp")?.["packetsReceived"] as number | undefined) ?? 0;
      arrives(session, received + 100);
      session.fake.stats.push({ type: "outbound-rtp", kind: "audio", packetsSent: received + 100 }, ...more(second));
      await seconds(2);
    }
  };
  const says = (all: Awaited<ReturnType<typeof talking>>) => only(all.phone).outward?.says;
  const sound = (energy: number) => ({ type: "media-source", kind: "audio", totalAudioEnergy: energy });
  const report = (stamp: number, lost = 0) => ({ type: "remote-inbound-rtp", kind: "audio", timestamp: stamp, fractionLost: lost });

  it("is not spoken of while reports come and the microphone gives sound", async () => {
    const all = await talking();
    await goesOn(all, 60, (second) => [sound(second), report(second)]);
    expect(only(all.phone)).toMatchObject({ outward: null, quality: { level: "good" } });
  });

  it("is perhaps nothing, when the microphone gives none for ten seconds; not when she muted herself", async () => {
    const all = await talking();
    await goesOn(all, 10, () => [sound(1)]);
    expect(says(all)).toBeUndefined();
    await goesOn(all, 4, () => [sound(1)]);
    expect(says(all)).toContain("Your microphone gives no sound. If you are speaking, they may not hear you");
    await all.phone.send({ do: "mute", leg: "a" });
    await goesOn(all, 30, () => [sound(1)]);
    expect(says(all)).toBeUndefined();
    await all.phone.send({ do: "unmute", leg: "a" });
    await goesOn(all, 8, () => [sound(1)]);
    expect(says(all)).toBeUndefined(); // counted anew
  });

  it("is nothing, when the headset or the computer keeps the microphone silent", async () => {
    const all = await talking();
    const opened = (await all.openMicrophone.mock.results[0]?.value) as MediaStream;
    Object.assign(opened.getAudioTracks()[0] ?? {}, { muted: true });
    await goesOn(all, 2, (second) => [sound(second)]);
    expect(says(all)).toContain("your microphone is switched off outside Offhook");
    Object.assign(opened.getAudioTracks()[0] ?? {}, { muted: false });
    await goesOn(all, 2, (second) => [sound(second + 9)]);
    expect(says(all)).toBeUndefined();
  });

  it("is perhaps nothing, when no report of what arrives comes any more", async () => {
    const all = await talking();
    await goesOn(all, 10, (second) => [sound(second), report(second)]);
    await goesOn(all, 18, (second) => [sound(100 + second), report(10)]);
    expect(says(all)).toBeUndefined();
    await goesOn(all, 6, (second) => [sound(200 + second), report(10)]);
    expect(says(all)).toBe("They may not hear you: for a while nothing has confirmed that your sound arrives.");
    await goesOn(all, 2, (second) => [sound(300 + second), report(11)]);
    expect(says(all)).toBeUndefined();
  });

  it("is perhaps nothing, when the reports say the same to the last digit, as those of baresip do when nothing comes", async () => {
    const all = await talking();
    const jitters = [0.001125, 0.004125, 0.004125, 0.004125, 0.004125, 0.004125, 0.004125]; // measured, five seconds apart
    await goesOn(all, 34, (second) => [sound(second), { ...report(Math.floor(second / 5)), jitter: jitters[Math.floor(second / 5)] }]);
    expect(says(all)).toContain("nothing has confirmed that your sound arrives");
    const even = await talking();
    await goesOn(even, 60, (second) => [sound(second), { ...report(Math.floor(second / 5)), jitter: 0.00025 }]); // a network without fault
    expect(says(even)).toBeUndefined();
  });

  it("is not spoken of where reports never came", async () => {
    const all = await talking();
    await goesOn(all, 90, (second) => [sound(second)]);
    expect(says(all)).toBeUndefined();
  });

  it("is measured there, when a report says what was lost", async () => {
    const all = await talking();
    await goesOn(all, 4, (second) => [sound(second), report(second, 0.08)]);
    expect(says(all)).toBe("They hear you badly: 8 of 100 of your packets get lost");
    await goesOn(all, 4, (second) => [sound(50 + second), report(50 + second, 1)]);
    expect(says(all)).toBe("They may not hear you: almost nothing of your sound arrives.");
  });

  it("is not judged by the microphone while three talk", async () => {
    const all = await talking();
    vi.stubGlobal("MediaStream", class { constructor(readonly tracks: unknown[]) {} });
    all.agent.rings("b");
    await soon(all.phone.send({ do: "answer", leg: "b" }));
    await soon(all.phone.send({ do: "merge", leg: "b", with: "a" }));
    vi.unstubAllGlobals();
    await goesOn(all, 20, () => [sound(1)]);
    expect(all.phone.view.legs.map(({ merged, outward }) => [merged, outward])).toEqual([[true, null], [true, null]]);
  });
});
