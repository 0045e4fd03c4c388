import { afterEach, beforeEach, expect, it, type Mock, vi } from "vitest";
import type { FromOwnPage, ScriptToOwnPage } from "../../src/messages";
import { PhoneBeside } from "../../src/panel/hosts/phone-beside";
import type { TabEars } from "../../src/panel/hosts/tab-phone";
import { noPhone, type PhoneCommand, type PhoneLine, type PhoneView } from "../../src/shared/phone";
import { proofOf } from "../../src/shared/same-line";
import { talking } from "../fixtures";
import { line } from "../softphone/fake-agent";

const ready: PhoneView = { ...noPhone, purpose: "line 201", state: "ready" };
let listeners: ((event: object) => void)[];
let said: FromOwnPage[];
let own: { view: PhoneView; used: (PhoneLine | null)[]; sent: PhoneCommand[] };
let ears: TabEars;
let around: { changed: Mock<() => void>; lost: Mock<() => void> };

beforeEach(() => {
  vi.useFakeTimers();
  [listeners, said] = [[], []];
  vi.stubGlobal("location", { origin: "https://offhook.example.com" });
  vi.stubGlobal("addEventListener", (_: string, listener: never) => listeners.push(listener));
  vi.stubGlobal("window", { postMessage: ({ offhook, says }: { offhook: string; says: FromOwnPage }) => offhook === "page" && said.push(says) });
});
afterEach(() => (vi.unstubAllGlobals(), void vi.useRealTimers()));

const begin = () => {
  own = { view: noPhone, used: [], sent: [] };
  around = { changed: vi.fn<() => void>(), lost: vi.fn<() => void>() };
  return new PhoneBeside({ ...around, refused: () => undefined, said: () => undefined }, (given) => {
    ears = given;
    return {
      get view() { return own.view; }, met: Promise.resolve(), choose: () => undefined, setAvailable: () => undefined,
      use: (to) => void own.used.push(to), send: async (command) => (own.sent.push(command), "own leg"),
    };
  });
};
const shows = (view: PhoneView) => {
  own.view = view;
  ears.changed(view);
};
const hear = async (says: ScriptToOwnPage["says"], by = 1, from: object = {}) => {
  for (const listener of listeners) listener({ source: window, origin: location.origin, data: { offhook: "extension", by, says }, ...from });
  await vi.advanceTimersByTimeAsync(0);
};
const follows = async (phone: PhoneBeside) => {
  await hear({ is: "here" });
  await hear({ is: "challenge", nonce: "n1" });
  phone.use(line());
  await hear({ is: "view", view: ready });
};

it("is the page's own at once where there is no extension", () => {
  const phone = begin();
  phone.use(line());
  expect([own.used, phone.isExtensions]).toEqual([[line()], false]);
});

it("is the extension's where that is the phone of the same line: nothing is registered, and what is asked is asked there", async () => {
  const phone = begin();
  await follows(phone);
  expect([own.used, phone.view, phone.isExtensions]).toEqual([[], ready, true]);
  const proof = await proofOf(line(), "n1");
  await vi.waitFor(() => expect(said).toContainEqual({ is: "proof", proof }));
  expect(JSON.stringify(said)).not.toContain(line().password);
  const done = phone.send({ do: "dial", number: "+1" });
  const asked = said.at(-1) as { id: string };
  expect(asked).toMatchObject({ is: "do", command: { do: "dial", number: "+1" } });
  await hear({ is: "done", id: asked.id, leg: "l9" });
  expect([await done, own.sent]).toEqual(["l9", []]);
});

it("waits a moment for an extension that is there, and no longer", async () => {
  const phone = begin();
  await hear({ is: "here" });
  phone.use(line());
  expect(own.used).toEqual([]);
  await vi.advanceTimersByTimeAsync(3_000);
  expect(own.used).toEqual([line()]);
});

it("waits no moment for one that is somebody else's", async () => {
  const phone = begin();
  await hear({ is: "here" });
  phone.use(line());
  await hear({ is: "none" });
  expect(own.used).toEqual([line()]);
  expect(phone.isExtensions).toBe(false);
});

it.each(["gone", "none"] as const)("is the page's own again when the extension says %s, with what is known of the line now", async (is) => {
  const phone = begin();
  await follows(phone);
  const asked = phone.send({ do: "dial", number: "+1" });
  const refused = expect(asked).rejects.toMatchObject({ refusal: { code: "phone-away" } });
  await hear({ is });
  await refused;
  expect([around.lost.mock.calls.length, own.used, phone.view]).toEqual([1, [], noPhone]);
  phone.use(line({ password: "new" }));
  expect(own.used).toEqual([line({ password: "new" })]);
});

it("keeps a call that is spoken here, when the extension comes, until it ends", async () => {
  const phone = begin();
  phone.use(line());
  shows({ ...ready, legs: [talking()] });
  await hear({ is: "here" });
  await hear({ is: "challenge", nonce: "n1" });
  await hear({ is: "view", view: ready });
  expect([phone.isExtensions, phone.view.legs.length]).toEqual([false, 1]);
  shows(ready);
  expect([phone.isExtensions, own.used]).toEqual([true, [line(), null]]);
});

it("is the page's own while the extension has no microphone", async () => {
  const phone = begin();
  await hear({ is: "here" });
  await hear({ is: "challenge", nonce: "n1" });
  phone.use(line());
  await hear({ is: "view", view: { ...ready, state: "mute" } });
  expect([phone.isExtensions, own.used]).toEqual([false, [line()]]);
  await hear({ is: "view", view: ready });
  expect([phone.isExtensions, own.used]).toEqual([true, [line(), null]]);
});

it("hears only its own window, and only the extension that came last", async () => {
  const phone = begin();
  await follows(phone);
  await hear({ is: "none" }, 1, { source: { other: "window" } });
  await hear({ is: "none" }, 1, { origin: "https://evil.example" });
  await hear({ is: "here" }, 2);
  await hear({ is: "gone" }, 1);
  expect(phone.isExtensions).toBe(true);
  await hear({ is: "gone" }, 2);
  expect(phone.isExtensions).toBe(false);
});
