import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Refused } from "../../src/shared/refused";
import { FakeSession } from "./fake-agent";
import { setUp, soon } from "./set-up";

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal("MediaStream", class { constructor(readonly tracks: unknown[]) {} });
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

/** Two answered calls, “a” on hold and “b” talking. */
const two = async () => {
  const all = setUp({ relays: true });
  const { phone, agent } = all;
  const first = agent.rings("a");
  await phone.send({ do: "answer", leg: "a" });
  const second = agent.rings("b");
  await soon(phone.send({ do: "answer", leg: "b" }));
  return { ...all, first, second, legs: () => phone.view.legs.map(({ id, state, merged, muted }) => [id, state, merged, muted]) };
};

const three = async () => {
  const all = await two();
  await soon(all.phone.send({ do: "merge", leg: "b", with: "a" }));
  return all;
};

const sent = (session: FakeSession) => (session.fake.replaced.at(-1) as { label?: string } | undefined)?.label ?? "the microphone";
const voices = ({ openMicrophone }: Awaited<ReturnType<typeof two>>) =>
  Promise.all(openMicrophone.mock.results.map(async ({ value }) => (await value)?.getAudioTracks()[0]?.enabled));

describe("three talk", () => {
  it("each of the others is sent a mixture, and who waited is back", async () => {
    const { first, second, mixer, legs, said } = await three();
    expect(first.did.at(-1)).toBe("unhold");
    expect(second.did).not.toContain("hold");
    expect([sent(second), sent(first)]).toEqual(["of one", "of the other"]);
    expect(mixer.made).toHaveLength(1);
    expect(legs()).toEqual([["a", "talking", true, false], ["b", "talking", true, false]]);
    expect(said.filter(({ call }) => call === "call-id-of-a").map(({ what }) => what)).toEqual(["ringing", "answered", "held", "resumed"]);
  });

  it("mutes the agent’s voice in both calls, and nobody else’s", async () => {
    const all = await three();
    await all.phone.send({ do: "mute", leg: "a" });
    expect(all.legs()).toEqual([["a", "talking", true, true], ["b", "talking", true, true]]);
    expect([all.first.isMuted().audio, all.second.isMuted().audio]).toEqual([false, false]); // or JsSIP would stop the mixture
    expect(await voices(all)).toEqual([false, false]);
    await all.phone.send({ do: "unmute", leg: "b" });
    expect(await voices(all)).toEqual([true, true]);
  });

  it("who was muted stays so, there and afterwards", async () => {
    const all = await two();
    await all.phone.send({ do: "mute", leg: "b" });
    await soon(all.phone.send({ do: "merge", leg: "b", with: "a" }));
    expect(all.legs().map(([, , , muted]) => muted)).toEqual([true, true]);
    all.first.ends();
    await vi.advanceTimersByTimeAsync(0);
    expect([all.second.isMuted().audio, sent(all.second)]).toEqual([true, "the microphone"]);
  });

  it("goes back to one who talks and one who waits", async () => {
    const { phone, first, second, mixer, legs } = await three();
    await soon(phone.send({ do: "split", leg: "a" }));
    expect(legs()).toEqual([["a", "talking", false, false], ["b", "held", false, false]]);
    expect([sent(first), sent(second), mixer.made[0]?.ended]).toEqual(["the microphone", "the microphone", true]);
    await soon(phone.send({ do: "merge", leg: "a", with: "b" }));
    expect(mixer.made).toHaveLength(2);
    expect(legs().map(([, , merged]) => merged)).toEqual([true, true]);
  });

  it("is a plain call again when one of the others leaves", async () => {
    const { second, first, mixer, legs } = await three();
    first.ends();
    await vi.advanceTimersByTimeAsync(0);
    expect(legs()).toEqual([["b", "talking", false, false]]);
    expect([sent(second), mixer.made[0]?.ended]).toEqual(["the microphone", true]);
  });

  it("ends for all when the agent hangs up", async () => {
    const { phone, first, second, legs, said } = await three();
    await phone.send({ do: "hang-up", leg: "a" });
    expect(legs()).toEqual([]);
    expect([first.did.at(-1), second.did.at(-1)]).toEqual(["terminate", "terminate"]);
    expect(said.filter(({ what }) => what === "ended")).toHaveLength(2);
  });

  it("puts both on hold when a third is called or answered", async () => {
    const { phone, agent, legs, mixer } = await three();
    agent.rings("c");
    await soon(phone.send({ do: "answer", leg: "c" }));
    expect(legs()).toEqual([["a", "held", false, false], ["b", "held", false, false], ["c", "talking", false, false]]);
    expect(mixer.made[0]?.ended).toBe(true);
  });

  it("takes another microphone into both mixtures, and leaves what is sent alone", async () => {
    const { phone, first, mixer, openMicrophone } = await three();
    const before = first.fake.replaced.length;
    phone.choose({ ...phone.view.choices, microphone: "m2" });
    await vi.advanceTimersByTimeAsync(0);
    expect([mixer.made[0]?.one.microphones.length, mixer.made[0]?.other.microphones.length]).toEqual([1, 1]);
    expect(first.fake.replaced).toHaveLength(before);
    expect(openMicrophone).toHaveBeenLastCalledWith("m2");
  });

  it("goes on with whoever takes the place of one of the others", async () => {
    const { first, mixer, legs } = await three();
    const successor = new FakeSession("c");
    first.say("replaces", { accept: (taken) => taken(successor) });
    await vi.advanceTimersByTimeAsync(10);
    first.ends();
    await vi.advanceTimersByTimeAsync(10);
    expect(legs()).toEqual([["b", "talking", true, false], ["c", "talking", true, false]]);
    expect(mixer.made.map(({ ended }) => ended)).toEqual([true, false]);
  });

  it("looks for a new way for both when the network changed, and goes on", async () => {
    const { phone, agent, legs } = await three();
    phone.networkChanged();
    agent.ears.registered();
    expect(agent.restarts).toEqual(["a", "b"]);
    expect(legs().map(([, , merged]) => merged)).toEqual([true, true]);
  });
});

describe("when it cannot be", () => {
  it("leaves everything as it was where the browser does not mix, and says why", async () => {
    const { phone, mixer, legs, first } = await two();
    mixer.refuses = new Refused({ code: "merge-silent", says: "The browser keeps this tab from mixing sound.", remedy: null, retryable: true, status: 0, contacts: [] });
    await expect(phone.send({ do: "merge", leg: "b", with: "a" })).rejects.toThrow("mixing sound");
    expect(legs()).toEqual([["a", "held", false, false], ["b", "talking", false, false]]);
    expect(first.did.at(-1)).toBe("hold");
  });

  it("ends the mixture when who waits cannot be taken back just now", async () => {
    const { phone, first, second, mixer, legs } = await two();
    first.readyToOffer = false;
    const refused = expect(phone.send({ do: "merge", leg: "b", with: "a" })).rejects.toThrow("just being changed");
    await vi.advanceTimersByTimeAsync(5_000);
    await refused;
    expect(legs()).toEqual([["a", "held", false, false], ["b", "talking", false, false]]);
    expect([mixer.made[0]?.ended, sent(second)]).toEqual([true, "the microphone"]);
  });

  it.each(["x", "b"])("refuses to merge with %s, which is no other call", async (other) => {
    const { phone } = await two();
    await expect(phone.send({ do: "merge", leg: "b", with: other })).rejects.toThrow("That call is over.");
  });

  it("does not merge with a call that only rings", async () => {
    const { phone, agent } = await two();
    agent.rings("c");
    await expect(phone.send({ do: "merge", leg: "b", with: "c" })).rejects.toThrow(Refused);
  });
});
