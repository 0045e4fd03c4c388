import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { MicrophoneState, PhoneLeg, PhoneView, Said } from "../../src/shared/phone";
import { Refused } from "../../src/shared/refused";
import { whyNot } from "../../src/softphone/microphone";
import { SipPhone } from "../../src/softphone/sip-phone";
import { agents, type FakeAgent, FakeSession, FakeSounds, line, message, stream } from "./fake-agent";

const setUp = (change: Parameters<typeof line>[0] = {}) => {
  const { newAgent, made } = agents();
  const sounds = new FakeSounds();
  const views: PhoneView[] = [];
  const said: Said[] = [];
  const refused = vi.fn();
  const openMicrophone = vi.fn(async () => stream());
  let look: (seen: { microphone: MicrophoneState; devices: PhoneView["devices"] }) => void = () => undefined;
  const phone = new SipPhone({ changed: (view) => views.push(view), refused, said: (each) => said.push(each) }, {
    newAgent, sounds, openMicrophone, watchMicrophone: (changed) => { look = changed; }, now: () => Date.now(), instance: "i",
  });
  look({ microphone: "allowed", devices: { microphones: [], speakers: [] } });
  phone.use(line(change));
  const agent = made[0] as FakeAgent;
  agent.ears.registered();
  return { phone, agent, made, sounds, views, said, refused, openMicrophone, look: (...seen: Parameters<typeof look>) => look(...seen) };
};

const only = (phone: SipPhone): PhoneLeg => {
  expect(phone.view.legs).toHaveLength(1);
  return phone.view.legs[0] as PhoneLeg;
};

/** Time passes meanwhile: another call is held first. */
const soon = async <T>(asked: Promise<T>): Promise<T> => {
  await vi.advanceTimersByTimeAsync(10);
  return asked;
};

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
  const talking = async (change = {}) => {
    const all = setUp(change);
    const session = all.agent.rings("a");
    await all.phone.send({ do: "answer", leg: "a" });
    return { ...all, session };
  };

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

  const arrives = (session: { fake: { stats: Record<string, unknown>[] } }, received: number, lost = 0) => {
    session.fake.stats = [{ type: "inbound-rtp", kind: "audio", packetsReceived: received, packetsLost: lost, jitter: 0.002 }];
  };

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

describe("what it tells the service", () => {
  it("is nothing where the service sees the calls itself", () => {
    const { agent, said } = setUp();
    agent.rings("a").ends();
    expect(said).toEqual([]);
  });

  it("is each thing once, numbered within the call", async () => {
    const { phone, agent, said } = setUp({ relays: true });
    const session = agent.rings("a");
    await phone.send({ do: "answer", leg: "a" });
    await phone.send({ do: "hold", leg: "a" });
    await phone.send({ do: "resume", leg: "a" });
    await phone.send({ do: "mute", leg: "a" });
    await phone.send({ do: "mute", leg: "a" });
    session.ends();
    expect(said.map(({ what, seq }) => [what, seq])).toEqual([["ringing", 1], ["answered", 2], ["held", 3], ["resumed", 4], ["muted", 5], ["ended", 6]]);
    expect(said.at(-1)).toMatchObject({ call: "call-id-of-a", direction: "inbound", number: "+41446681800", reason: "hung-up" });
  });

  it.each([
    ["another phone of the line answered", { message: message({ headers: { Reason: 'SIP;cause=200;text="Call completed elsewhere"' } }), cause: "Canceled" }, "elsewhere"],
    ["the caller gave up", { message: message(), cause: "Canceled" }, "canceled"],
    ["nobody came", { originator: "system" as const, cause: "No Answer" }, "no-answer"],
  ])("names why an unanswered call ended: %s", (_, ended, reason) => {
    const { agent, said } = setUp({ relays: true });
    agent.rings("a").ends(ended);
    expect(said.at(-1)?.reason).toBe(reason);
  });
});
