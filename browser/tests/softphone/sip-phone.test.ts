import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Refused } from "../../src/shared/refused";
import { whyNot } from "../../src/softphone/microphone";
import { FakeSession, message, stream } from "./fake-agent";
import { only, setUp, soon, talking } from "./set-up";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe("a call that comes in", () => {
  it("rings, is answered with the microphone, and is heard", async () => {
    const { phone, agent, sounds } = setUp();
    const session = agent.rings("a", "+41446681800", { "X-Offhook-Call": "x1" });
    expect(only(phone)).toMatchObject({ state: "ringing", external_id: "x1", number: "+41446681800", direction: "inbound" });
    expect(sounds.now.ringing).toBe(true);
    await phone.send({ do: "answer", leg: "a" });
    expect(session.did).toEqual(["answer"]);
    expect(only(phone)).toMatchObject({ state: "talking" });
    expect(sounds.now.ringing).toBe(false);
    session.fake.dispatchEvent(Object.assign(new Event("track"), { streams: [stream()], track: {} }));
    expect(sounds.playing.has("a")).toBe(true);
    session.ends();
    expect(phone.view.legs).toEqual([]);
    expect(sounds.playing.size).toBe(0);
  });

  it("goes on ringing when the microphone is refused, and says why", async () => {
    const { phone, agent, openMicrophone } = setUp();
    const session = agent.rings("a");
    openMicrophone.mockRejectedValueOnce(whyNot("refused"));
    await expect(phone.send({ do: "answer", leg: "a" })).rejects.toThrow(Refused);
    expect(session.did).toEqual([]);
    expect(only(phone).state).toBe("ringing");
  });

  it("is declined with 603", async () => {
    const { phone, agent } = setUp();
    const session = agent.rings("a");
    await phone.send({ do: "decline", leg: "a" });
    expect(session.did).toEqual(["terminate 603"]);
    expect(phone.view.legs).toEqual([]);
  });

  it("does not ring while the agent takes no calls", () => {
    const { phone, agent, sounds } = setUp();
    phone.setAvailable(false);
    const session = agent.rings("a");
    expect(session.did).toEqual(["terminate 480"]);
    expect(phone.view.legs).toEqual([]);
    expect(sounds.now.ringing).toBe(false);
  });

  it("is answered by itself after a second, if the agent wants that and is in no other call", async () => {
    const { phone, agent } = setUp();
    phone.choose({ ...phone.view.choices, auto_answer: true });
    agent.rings("a");
    await vi.advanceTimersByTimeAsync(999);
    expect(only(phone).state).toBe("ringing");
    await vi.advanceTimersByTimeAsync(2);
    expect(only(phone).state).toBe("talking");
    const second = agent.rings("b");
    await vi.advanceTimersByTimeAsync(5_000);
    expect(second.did).toEqual([]);
  });

  it("only beeps when somebody is being talked to, and holds the first when the second is answered", async () => {
    const { phone, agent, sounds } = setUp();
    const first = agent.rings("a");
    await phone.send({ do: "answer", leg: "a" });
    agent.rings("b");
    expect(sounds.now).toMatchObject({ ringing: false, beeps: 1 });
    await soon(phone.send({ do: "answer", leg: "b" }));
    expect(first.did).toEqual(["answer", "hold"]);
    expect(phone.view.legs.map(({ id, state }) => [id, state])).toEqual([["a", "held"], ["b", "talking"]]);
    await soon(phone.send({ do: "resume", leg: "a" }));
    expect(phone.view.legs.map(({ state }) => state)).toEqual(["talking", "held"]);
  });
});

it("holds a call that was answered just now as soon as it can be held, and answers only then", async () => {
  const { phone, agent } = setUp();
  const first = agent.rings("a");
  await phone.send({ do: "answer", leg: "a" });
  first.readyToOffer = false;
  const second = agent.rings("b");
  const answered = phone.send({ do: "answer", leg: "b" });
  await vi.advanceTimersByTimeAsync(200);
  expect([first.did, second.did]).toEqual([["answer"], []]);
  first.readyToOffer = true;
  await vi.advanceTimersByTimeAsync(300);
  await answered;
  expect([first.did, second.did]).toEqual([["answer", "hold"], ["answer"]]);
});

it("keeps no caller waiting for a hold that the other side does not take", async () => {
  const { phone, agent } = setUp();
  const first = agent.rings("a");
  await phone.send({ do: "answer", leg: "a" });
  first.holdsAfter = 60_000;
  const second = agent.rings("b");
  const answered = phone.send({ do: "answer", leg: "b" });
  await vi.advanceTimersByTimeAsync(1_600);
  await answered;
  expect(second.did).toEqual(["answer"]);
});

describe("a call that goes out", () => {
  it("is sent to the line's own host, rings there, and is answered", async () => {
    const { phone, agent, sounds } = setUp();
    await phone.send({ do: "dial", number: "+41 (44) 668-18.00" });
    expect(agent.calls[0]?.target).toBe("sip:+41446681800@pbx.test");
    expect(sounds.now.ringingBack).toBe(true);
    const { session } = agent.calls[0] as { session: FakeSession };
    session.say("progress", { originator: "remote", response: message({ headers: { "X-Offhook-Call": "x7" }, body: "v=0" }) });
    expect(only(phone)).toMatchObject({ state: "dialing", early: true, external_id: "x7" });
    expect(sounds.now.ringingBack).toBe(false); // the phone system sends its own sound
    session.accepted();
    expect(only(phone)).toMatchObject({ state: "talking", early: false });
  });

  it("says in words why nobody came", async () => {
    const { phone, agent } = setUp();
    await phone.send({ do: "dial", number: "202" });
    agent.calls[0]?.session.ends({ message: message({ status_code: 486 }), cause: "Busy" });
    expect(phone.view.legs).toEqual([]);
    expect(phone.view.reason?.says).toBe("The line is busy.");
    await phone.send({ do: "dial", number: "203" });
    expect(phone.view.reason).toBeNull();
    agent.calls[1]?.session.ends({ message: message({ status_code: 488, headers: { Warning: '399 offhook "No audio here: install offhook[audio]."' } }) });
    expect(phone.view.reason?.remedy).toBe("No audio here: install offhook[audio].");
  });

  it("is not begun while the phone system is away", async () => {
    const { phone, agent, openMicrophone } = setUp();
    agent.connected = false;
    await expect(phone.send({ do: "dial", number: "202" })).rejects.toThrow("The phone system cannot be reached.");
    expect(openMicrophone).not.toHaveBeenCalled();
  });
});

describe("in a call", () => {
  it("mutes and unmutes", async () => {
    const { phone, session } = await talking();
    await phone.send({ do: "mute", leg: "a" });
    expect([only(phone).muted, session.isMuted().audio]).toEqual([true, true]);
    await phone.send({ do: "unmute", leg: "a" });
    expect(only(phone).muted).toBe(false);
  });

  it("sends keys as RTP events, and as INFO where those are not taken", async () => {
    const { phone, session } = await talking();
    await phone.send({ do: "tone", leg: "a", tone: "5" });
    session.fake.tones = false;
    await phone.send({ do: "tone", leg: "a", tone: "#" });
    expect(session.did.slice(1)).toEqual(["tone 5 RFC2833", "tone # INFO"]);
  });

  it("shows when the other side holds", async () => {
    const { phone, session } = await talking();
    session.say("hold", { originator: "remote" });
    expect(only(phone)).toMatchObject({ state: "talking", held_there: true });
    session.say("unhold", { originator: "remote" });
    expect(only(phone).held_there).toBe(false);
  });

  it("is held and resumed at once, although the other side answers one thing after the other", async () => {
    const { phone, session } = await talking();
    session.readyToOffer = false;
    const held = phone.send({ do: "hold", leg: "a" });
    await vi.advanceTimersByTimeAsync(400);
    session.readyToOffer = true;
    await vi.advanceTimersByTimeAsync(400);
    await held;
    expect(only(phone).state).toBe("held");
  });

  it("says that it cannot be held just now", async () => {
    const { phone, session } = await talking();
    session.readyToOffer = false;
    const refused = expect(phone.send({ do: "hold", leg: "a" })).rejects.toThrow("just being changed");
    await vi.advanceTimersByTimeAsync(5_000);
    await refused;
  });

  it("is transferred when the other side takes it, and stays when not", async () => {
    const { phone, session } = await talking();
    const refused = phone.send({ do: "transfer", leg: "a", to: "202" });
    session.refers[0]?.events.failed({});
    await expect(refused).rejects.toThrow("The transfer was not taken.");
    expect(only(phone).state).toBe("talking");
    const taken = phone.send({ do: "transfer", leg: "a", to: "203" });
    expect(session.refers[1]?.target).toBe("sip:203@pbx.test");
    session.refers[1]?.events.accepted();
    await taken;
    expect(phone.view.legs).toEqual([]);
    expect(phone.view.reason).toBeNull();
  });

  it("connects the two others by naming the one call to the other", async () => {
    const { phone, agent, session } = await talking();
    await soon(phone.send({ do: "dial", number: "202" }));
    const second = agent.calls[0]?.session;
    second?.accepted();
    const both = phone.send({ do: "connect-both", leg: "a", with: "out-1" });
    expect(session.refers[0]).toMatchObject({ target: "sip:202@pbx.test", replaces: second });
    session.refers[0]?.events.accepted();
    await both;
    expect(phone.view.legs).toEqual([]);
  });

  it("takes the call that takes its place", async () => {
    const { phone, session, agent } = await talking();
    const other = new FakeSession("b");
    session.say("replaces", { accept: (taken) => taken(other) });
    await vi.advanceTimersByTimeAsync(0);
    expect(other.did).toEqual(["answer"]);
    expect(agent.stopped).toBe(false);
    expect(phone.view.legs.map(({ id }) => id)).toContain("b");
  });

  it("changes the microphone without a break, and keeps it muted", async () => {
    const { phone, session, openMicrophone } = await talking();
    await phone.send({ do: "mute", leg: "a" });
    phone.choose({ ...phone.view.choices, microphone: "m2" });
    await vi.advanceTimersByTimeAsync(0);
    expect(openMicrophone).toHaveBeenLastCalledWith("m2");
    expect(session.fake.replaced).toEqual([expect.objectContaining({ enabled: false })]);
  });

  it("takes the computer's own microphone when the chosen one is pulled out", async () => {
    const { session, openMicrophone, look } = await talking();
    const opened = await openMicrophone.mock.results[0]?.value as MediaStream;
    opened.getTracks()[0]?.stop();
    look({ microphone: "allowed", devices: { microphones: [], speakers: [] } });
    await vi.advanceTimersByTimeAsync(0);
    expect(session.fake.replaced).toHaveLength(1);
  });
});
