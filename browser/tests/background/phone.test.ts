import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { OffscreenPhone } from "../../src/background/phone";
import { Ringing } from "../../src/background/ringing";
import { COME, type FromPhone, type ToPhone } from "../../src/messages";
import { asTheComputerHasIt, noPhone, type Said } from "../../src/shared/phone";
import { call, leg, panel, talking } from "../fixtures";
import { line } from "../softphone/fake-agent";

/** The browser, as far as the phone needs it: one offscreen document that may be there. */
let documents: number;
let made: number;
const come = vi.fn(async () => undefined);

const port = () => {
  const heard: ((message: FromPhone) => void)[] = [];
  const gone: (() => void)[] = [];
  const sent: ToPhone[] = [];
  return {
    sent, say: (message: FromPhone) => heard.forEach((each) => each(message)), leaves: () => gone.forEach((each) => each()),
    as: { postMessage: (message: ToPhone) => void sent.push(message), onMessage: { addListener: (each: never) => void heard.push(each) }, onDisconnect: { addListener: (each: never) => void gone.push(each) } } as unknown as chrome.runtime.Port,
  };
};
const ears = () => ({ changed: vi.fn(), refused: vi.fn(), said: vi.fn(async () => undefined), lost: vi.fn() });
const settle = () => vi.advanceTimersByTimeAsync(0);

beforeEach(() => {
  vi.useFakeTimers();
  documents = 0;
  made = 0;
  come.mockClear();
  vi.stubGlobal("chrome", {
    runtime: { getContexts: async () => Array.from({ length: documents }), sendMessage: come, getURL: (path: string) => path },
    offscreen: { createDocument: async () => { made += 1; documents = 1; } },
  });
});
afterEach(() => (vi.unstubAllGlobals(), void vi.useRealTimers()));

it("makes the document when there is a line, and tells it all that was said meanwhile, the last of each kind", async () => {
  const phone = new OffscreenPhone(ears());
  await phone.met;
  phone.choose(asTheComputerHasIt);
  phone.setAvailable(true);
  phone.setAvailable(false);
  phone.use(line());
  await settle();
  expect(made).toBe(1);
  const itself = port();
  phone.accept(itself.as);
  expect(itself.sent).toEqual([{ is: "choices", choices: asTheComputerHasIt }, { is: "available", available: false }, { is: "use", line: line() }]);
});

it("makes none where there is no line", async () => {
  const phone = new OffscreenPhone(ears());
  phone.use(null);
  await settle();
  expect(made).toBe(0);
});

it("calls one that outlived the worker, and knows its calls before anything else is decided", async () => {
  documents = 1;
  const heard = ears();
  const phone = new OffscreenPhone(heard);
  await settle();
  expect(come).toHaveBeenCalledWith(COME);
  const itself = port();
  phone.accept(itself.as);
  itself.say({ is: "view", view: { ...noPhone, purpose: "p", state: "ready", legs: [talking()] } });
  await phone.met;
  expect(phone.view.legs).toHaveLength(1);
  expect(made).toBe(0);
});

it("waits no longer than a moment for one that does not come", async () => {
  documents = 1;
  const phone = new OffscreenPhone(ears());
  const met = vi.fn();
  void phone.met.then(met);
  await vi.advanceTimersByTimeAsync(1_600);
  expect(met).toHaveBeenCalled();
});

it("brings back what came of a command, and refuses while there is no phone", async () => {
  const phone = new OffscreenPhone(ears());
  await expect(phone.send({ do: "dial", number: "1" })).rejects.toThrow("just starting");
  const itself = port();
  phone.accept(itself.as);
  const [dialled, held] = [phone.send({ do: "dial", number: "1" }), phone.send({ do: "hold", leg: "l1" })];
  const ids = itself.sent.flatMap((message) => (message.is === "do" ? [message.id] : []));
  itself.say({ is: "refusal", id: ids[1] ?? "", refusal: { code: "not-now", says: "Not now.", remedy: null, retryable: true, status: 0, contacts: [] } });
  itself.say({ is: "done", id: ids[0] ?? "", leg: "l9" });
  expect(await dialled).toBe("l9");
  await expect(held).rejects.toThrow("Not now.");
});

it("says that what was said is kept only when it is", async () => {
  const heard = ears();
  const phone = new OffscreenPhone(heard);
  const itself = port();
  phone.accept(itself.as);
  let kept: () => void = () => undefined;
  heard.said.mockImplementation(() => new Promise((done) => { kept = () => done(undefined); }));
  const said: Said[] = [{ call: "k", phone: "i", what: "ringing", at: "", direction: "inbound", number: "1", seq: 1 }];
  itself.say({ is: "said", said });
  await settle();
  expect(itself.sent).toEqual([]);
  kept();
  await settle();
  expect(itself.sent).toEqual([{ is: "kept", said }]);
});

it("begins anew when the document is gone, and not when only the port is", async () => {
  const heard = ears();
  documents = 1;
  const phone = new OffscreenPhone(heard);
  const itself = port();
  phone.accept(itself.as);
  itself.say({ is: "view", view: { ...noPhone, purpose: "p", state: "ready" } });
  itself.leaves();
  await settle();
  expect(heard.lost).not.toHaveBeenCalled();
  expect(phone.view.state).toBe("ready");
  const again = port();
  phone.accept(again.as);
  documents = 0;
  again.leaves();
  await settle();
  expect(heard.lost).toHaveBeenCalledOnce();
  expect(phone.view).toEqual(noPhone);
});

it("lets the operating system say who rings in this browser, once, by name when it comes, and no longer than it rings", async () => {
  let there: () => void = () => undefined;
  const create = vi.fn(() => new Promise<void>((done) => { there = done; }));
  const clear = vi.fn();
  vi.stubGlobal("chrome", {
    runtime: { getURL: (path: string) => path },
    notifications: { create, clear, onButtonClicked: { addListener: vi.fn() }, onClicked: { addListener: vi.fn() } },
  });
  const ringing = new Ringing({ answer: vi.fn(), decline: vi.fn(), show: vi.fn() });
  const unknown = call({ leg: leg(), who: { answer: "asking", contacts: [], reason: null }, contact_id: null });
  ringing.show(panel({ calls: [unknown] }));
  ringing.show(panel({ calls: [unknown] }));
  ringing.show(panel({ calls: [call({ leg: leg() })] }));
  expect((create.mock.calls as unknown as [string, { title: string }][]).map(([id, { title }]) => [id, title])).toEqual([["c1", "+41 44 668 18 00 is calling"], ["c1", "Maria Keller is calling"]]);
  ringing.show(panel({ calls: [call({ leg: talking(), state: "connected" })] }));
  await settle();
  expect(clear, "what is not there yet cannot be taken away").not.toHaveBeenCalled();
  there();
  await settle();
  expect(clear.mock.calls).toEqual([["c1"]]);
  ringing.show(panel({ calls: [call({ id: "c2" })] }));
  expect(create).toHaveBeenCalledTimes(2);
});
