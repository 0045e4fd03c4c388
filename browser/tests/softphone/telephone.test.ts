import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Desk, DeskState } from "../../src/shared/desk";
import { asTheComputerHasIt, noPhone, type PhoneCommand, type PhoneLine, type PhoneView } from "../../src/shared/phone";
import { Refused } from "../../src/shared/refused";
import type { Call } from "../../src/shared/values";
import type { Phone } from "../../src/softphone/phone";
import { Telephone } from "../../src/softphone/telephone";
import { call, leg, panel, talking, view } from "../fixtures";

const PURPOSE = "http://localhost:8600 42 a1 exchange 201";
const SETTINGS = { server: "ws://localhost:8600/sip", uri: "sip:201@offhook.invalid", username: "201", password: "p1", realm: "offhook", ice_servers: [], codecs: [], outbound_proxy: "", register_seconds: 120, relays: true };

const refused = (status: number, code = "x") => new Refused({ code, says: "No.", remedy: null, retryable: false, status, contacts: [] });
const memory = () => {
  const kept = new Map<string, unknown>();
  return { kept, read: async (key: string) => kept.get(key), write: async (key: string, value: unknown) => void kept.set(key, value) };
};

class FakePhone implements Phone {
  view: PhoneView = noPhone;
  used: (PhoneLine | null)[] = [];
  sent: PhoneCommand[] = [];
  choices = asTheComputerHasIt;
  available: boolean[] = [];
  sends: (command: PhoneCommand) => string = () => "l1";
  use(line: PhoneLine | null): void { this.used.push(line); this.view = { ...this.view, purpose: line?.purpose ?? null }; }
  choose(choices: typeof asTheComputerHasIt): void { this.choices = choices; }
  setAvailable(available: boolean): void { this.available.push(available); }
  async send(command: PhoneCommand): Promise<string> { this.sent.push(command); return this.sends(command); }
}

const setUp = async (state: Partial<DeskState> = {}, phone = new FakePhone(), lasting = memory()) => {
  const desk = {
    state: { ...view(), ...state } as DeskState,
    ask: vi.fn(async (_method: string, _where: string, _body?: unknown): Promise<unknown> => SETTINGS),
    dial: vi.fn(async () => call()), act: vi.fn(async () => call()), chooseContact: vi.fn(async () => call()), notice: vi.fn(),
  };
  const changed = vi.fn();
  const telephone = new Telephone({ desk: desk as unknown as Desk, phone, lasting, met: Promise.resolve(), changed });
  await vi.advanceTimersByTimeAsync(0);
  const show = (change: Partial<PhoneView>) => {
    phone.view = { ...phone.view, ...change };
    telephone.phoneChanged();
  };
  const calls = (...those: Call[]) => {
    desk.state = { ...desk.state, panel: panel({ calls: those }) };
    telephone.deskChanged();
  };
  return { desk, phone, telephone, lasting, changed, show, calls };
};

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe("the line", () => {
  it("is asked for once, and used for exactly this agent, account, phone system and line", async () => {
    const { desk, phone, telephone } = await setUp();
    telephone.deskChanged();
    telephone.deskChanged();
    expect(desk.ask.mock.calls).toEqual([["GET", "/api/softphone"]]);
    expect(phone.used).toMatchObject([{ purpose: PURPOSE, server: "ws://localhost:8600/sip", password: "p1" }]);
    expect(phone.available).toEqual([true]);
  });

  it("is not asked for where the phone system has no softphone, nor before the agent is at a line", async () => {
    const { desk } = await setUp({ panel: panel({ phone_system: "8x8" }) });
    expect(desk.ask).not.toHaveBeenCalled();
    const { desk: other } = await setUp({ panel: panel({ line: null }) });
    expect(other.ask).not.toHaveBeenCalled();
  });

  it("is left when the agent logs out, and not when the panel is just not known yet", async () => {
    const { desk, phone, telephone } = await setUp();
    desk.state = { ...desk.state, panel: null };
    telephone.deskChanged();
    expect(phone.used).toHaveLength(1);
    desk.state = { ...desk.state, panel: panel({ line: null }) };
    telephone.deskChanged();
    await vi.advanceTimersByTimeAsync(0);
    expect(phone.used.at(-1)).toBeNull();
  });

  it("is not begun anew by a worker that was just woken, while the phone has it", async () => {
    const phone = new FakePhone();
    phone.view = { ...noPhone, purpose: PURPOSE, state: "ready", legs: [talking()] };
    const { desk } = await setUp({}, phone);
    expect(desk.ask).not.toHaveBeenCalled();
    expect(phone.used).toEqual([]);
  });

  it("is not left by a worker that has not yet looked who is signed in", async () => {
    const phone = new FakePhone();
    phone.view = { ...noPhone, purpose: PURPOSE, state: "ready", legs: [talking()] };
    const { desk, telephone } = await setUp({ signed_in: false, reach: "starting", panel: null }, phone);
    expect(phone.used).toEqual([]);
    desk.state = { ...desk.state, reach: "online" };
    telephone.deskChanged();
    expect(phone.used).toEqual([null]);
  });

  it("is asked for again when its password is refused, ever more slowly, and again when the phone is gone", async () => {
    const { desk, telephone } = await setUp();
    telephone.passwordRefused();
    await vi.advanceTimersByTimeAsync(600);
    expect(desk.ask).toHaveBeenCalledTimes(2);
    telephone.passwordRefused();
    await vi.advanceTimersByTimeAsync(4_000);
    expect(desk.ask).toHaveBeenCalledTimes(2);
    await vi.advanceTimersByTimeAsync(2_000);
    expect(desk.ask).toHaveBeenCalledTimes(3);
    telephone.lost();
    await vi.advanceTimersByTimeAsync(0);
    expect(desk.ask).toHaveBeenCalledTimes(4);
  });

  it("says why the service gives none", async () => {
    const { desk, telephone } = await setUp({ panel: null });
    desk.ask.mockRejectedValue(refused(409, "wrong-state"));
    desk.state = { ...desk.state, panel: panel() };
    telephone.deskChanged();
    await vi.advanceTimersByTimeAsync(0);
    expect(telephone.shown(desk.state).phone.reason?.code).toBe("wrong-state");
  });

  it("is not waited for when there is none after all, or when nobody could reach it", async () => {
    const { desk, telephone } = await setUp({ panel: null });
    desk.ask.mockRejectedValueOnce(refused(404));
    desk.state = { ...desk.state, panel: panel() };
    telephone.deskChanged();
    expect(telephone.shown(desk.state).phone.state).toBe("starting");
    await vi.advanceTimersByTimeAsync(0);
    expect(telephone.shown(desk.state).phone.state).toBe("off");
    const other = await setUp({ panel: null });
    other.desk.ask.mockResolvedValue({ ...SETTINGS, server: "javascript:alert(1)" });
    other.desk.state = { ...other.desk.state, panel: panel() };
    other.telephone.deskChanged();
    await vi.advanceTimersByTimeAsync(0);
    expect(other.phone.used).toEqual([]);
    expect(other.telephone.shown(other.desk.state).phone.reason?.code).toBe("softphone-unreadable");
  });

  it("keeps what the agent chose, and gives it to the phone of the next time", async () => {
    const lasting = memory();
    const { telephone } = await setUp({}, new FakePhone(), lasting);
    await telephone.answer("choose-phone", { microphone: "m2" });
    await telephone.answer("choose-phone", { auto_answer: true });
    const phone = new FakePhone();
    await setUp({}, phone, lasting);
    expect(phone.choices).toEqual({ ...asTheComputerHasIt, microphone: "m2", auto_answer: true });
  });
});

describe("calls", () => {
  const ready = async () => {
    const all = await setUp();
    all.show({ state: "ready" });
    return all;
  };

  it("are dialled by the phone, and given as the service tells of them", async () => {
    const { desk, phone, telephone, show, calls } = await ready();
    phone.sends = () => (show({ legs: [leg({ direction: "outbound", state: "dialing", external_id: "", number: "202" })] }), "l1");
    const dialling = telephone.answer("dial", { number: "202", contact_id: "51" });
    await vi.advanceTimersByTimeAsync(0);
    show({ legs: [leg({ direction: "outbound", state: "dialing", external_id: "x9", number: "202" })] });
    calls(call({ id: "c9", external_id: "x9", direction: "outbound", state: "dialing", contact_id: null }));
    expect(await dialling).toMatchObject({ id: "c9" });
    expect(phone.sent).toEqual([{ do: "dial", number: "202" }]);
    expect(desk.dial).not.toHaveBeenCalled();
    expect(desk.chooseContact).toHaveBeenCalledWith("c9", "51");
  });

  it("are dialled by the service while the phone is not ready", async () => {
    const { desk, phone, telephone, show } = await ready();
    show({ state: "unreachable" });
    await telephone.answer("dial", { number: "202", contact_id: null });
    expect(desk.dial).toHaveBeenCalledWith("202", null);
    expect(phone.sent).toEqual([]);
  });

  it("that the service does not tell of are shown by the phone alone", async () => {
    const { phone, telephone, show } = await ready();
    phone.sends = () => (show({ legs: [leg({ direction: "outbound", state: "dialing", external_id: "", number: "202" })] }), "l1");
    const dialling = telephone.answer("dial", { number: "202", contact_id: null });
    await vi.advanceTimersByTimeAsync(5_000);
    expect(await dialling).toMatchObject({ id: "phone:l1", state: "dialing", can: ["hang-up"] });
  });

  it("that fail at once say why", async () => {
    const { telephone, show } = await ready();
    const dialling = telephone.answer("dial", { number: "202", contact_id: null });
    show({ legs: [], reason: { code: "sip-486", says: "The line is busy.", remedy: null, retryable: true } });
    await expect(dialling).rejects.toThrow("The line is busy.");
  });

  it("are answered here when the phone was asked to ring, even if the click is faster than the invitation", async () => {
    const { desk, phone, telephone, show, calls } = await ready();
    calls(call({ id: "c1", external_id: "x1" }));
    const answering = telephone.answer("act", { call_id: "c1", action: "answer" });
    await vi.advanceTimersByTimeAsync(100);
    expect(phone.sent).toEqual([]);
    show({ legs: [leg()] });
    await answering;
    expect(phone.sent).toEqual([{ do: "answer", leg: "l1" }]);
    expect(desk.act).not.toHaveBeenCalled();
  });

  it("are answered here when the phone begins to ring while the service is being asked", async () => {
    const { desk, phone, telephone, show, calls } = await setUp();
    phone.view = noPhone;
    expect(telephone.shown(desk.state).phone.state).toBe("starting");
    calls(call({ id: "c1", external_id: "x1" }));
    desk.act.mockImplementation(async () => {
      show({ purpose: PURPOSE, state: "ready", legs: [leg()] });
      throw refused(409, "wrong-state");
    });
    const answering = telephone.answer("act", { call_id: "c1", action: "answer" });
    await vi.advanceTimersByTimeAsync(1_600);
    await answering;
    expect(phone.sent).toEqual([{ do: "answer", leg: "l1" }]);
  });

  it("that the service refuses to answer say so", async () => {
    const { desk, telephone, calls } = await ready();
    calls(call({ id: "c1", external_id: "x1" }));
    desk.act.mockRejectedValue(refused(409, "wrong-state"));
    const answering = expect(telephone.answer("act", { call_id: "c1", action: "answer" })).rejects.toThrow("No.");
    await vi.advanceTimersByTimeAsync(1_600);
    await answering;
  });

  it("that are spoken elsewhere are the service's", async () => {
    const { desk, telephone, calls } = await ready();
    calls(call({ id: "c1", state: "connected" }));
    await telephone.answer("act", { call_id: "c1", action: "transfer", to: "202" });
    expect(desk.act).toHaveBeenCalledWith("c1", "transfer", "202");
  });

  it("are transferred and pressed into by the phone", async () => {
    const { phone, telephone, show, calls } = await ready();
    calls(call({ id: "c1", external_id: "x1" }), call({ id: "c2", external_id: "x2", number: "1" }));
    show({ legs: [talking(), talking({ id: "l2", external_id: "x2", state: "held" })] });
    await telephone.answer("act", { call_id: "c1", action: "transfer", to: "202" });
    await telephone.answer("tone", { call_id: "c1", tone: "7" });
    await telephone.answer("connect-both", { call_id: "c2", other: "c1" });
    expect(phone.sent).toEqual([{ do: "transfer", leg: "l1", to: "202" }, { do: "tone", leg: "l1", tone: "7" }, { do: "connect-both", leg: "l2", with: "l1" }]);
  });

  it("of another account are not shown in this one", async () => {
    const { desk, telephone, show } = await ready();
    show({ legs: [talking()] });
    desk.state = { ...desk.state, panel: panel({ line: { number: "999", name: "" } }) };
    expect(telephone.shown(desk.state).panel?.calls).toEqual([]);
  });
});

describe("what is relayed", () => {
  const said = (seq: number) => ({ call: "k", phone: "i", what: "ringing" as const, at: "2026-11-25T12:00:00.000Z", direction: "inbound" as const, number: "1", seq });
  const relay = async () => {
    const all = await setUp();
    all.desk.ask.mockClear();
    const posted = () => all.desk.ask.mock.calls.filter(([, where]) => where === "/api/relay").map(([, , body]) => (body as { said: { seq: number }[] }).said.map(({ seq }) => seq));
    return { ...all, posted };
  };

  it("goes to the service in order, once", async () => {
    const { telephone, posted } = await relay();
    await telephone.said([said(1), said(2)]);
    await telephone.said([said(3)]);
    await vi.advanceTimersByTimeAsync(0);
    expect(posted().flat()).toEqual([1, 2, 3]);
  });

  it("is kept until the service has it, also by the next worker", async () => {
    const { desk, telephone, lasting, posted } = await relay();
    desk.ask.mockRejectedValue(refused(0));
    await telephone.said([said(1)]);
    await vi.advanceTimersByTimeAsync(0);
    expect(lasting.kept.get("relay")).toHaveLength(1);
    const next = await setUp({}, new FakePhone(), lasting);
    await vi.advanceTimersByTimeAsync(0);
    expect(next.desk.ask.mock.calls.at(-1)).toEqual(["POST", "/api/relay", { said: [said(1)] }]);
    expect(posted()).toEqual([[1]]);
    expect(lasting.kept.get("relay")).toBeNull();
  });

  it("is not told twice when the phone says it again", async () => {
    const { desk, telephone, lasting } = await relay();
    desk.ask.mockRejectedValue(refused(503));
    await telephone.said([said(1)]);
    await telephone.said([said(1), said(2)]);
    expect(lasting.kept.get("relay")).toHaveLength(2);
  });

  it("is not held up by something that the service does not understand", async () => {
    const { desk, telephone, lasting, posted } = await relay();
    desk.ask.mockImplementation(async (_method, _where, body) => {
      if ((body as { said: { seq: number }[] }).said.some(({ seq }) => seq === 1)) throw refused(400);
      return {};
    });
    await telephone.said([said(1), said(2)]);
    await vi.advanceTimersByTimeAsync(0);
    expect(posted().at(-1)).toEqual([2]);
    expect(lasting.kept.get("relay")).toBeNull();
  });

  it("is never told for another line than the one it happened on", async () => {
    const { desk, telephone, posted, lasting } = await relay();
    desk.ask.mockRejectedValueOnce(refused(0));
    await telephone.said([said(1)]);
    desk.state = { ...desk.state, panel: panel({ line: { number: "999", name: "" } }) };
    telephone.deskChanged();
    await vi.advanceTimersByTimeAsync(60_000);
    expect(posted()).toEqual([[1]]);
    expect(lasting.kept.get("relay")).toHaveLength(1);
  });
});
