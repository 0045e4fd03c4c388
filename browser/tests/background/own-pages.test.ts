import { beforeEach, expect, it, vi } from "vitest";
import { OwnPages } from "../../src/background/own-pages";
import type { FromOwnPage, ToOwnPage } from "../../src/messages";
import { noPhone, type PhoneCommand, type PhoneLine, type PhoneView } from "../../src/shared/phone";
import { Refused } from "../../src/shared/refused";
import { proofOf } from "../../src/shared/same-line";
import { memory } from "../shared/fake-service";
import { line } from "../softphone/fake-agent";

const SERVICE = "https://offhook.example.com";
const BENS = line({ purpose: "ben's line", password: "the line's password" });
const ready = (purpose: string): PhoneView => ({ ...noPhone, purpose, state: "ready" });

let serves: string | null | undefined;
let known: () => Promise<PhoneLine | null>;
let address: string;
let phone: { view: PhoneView; sent: PhoneCommand[]; send(command: PhoneCommand): Promise<string> };
let pages: OwnPages;
let opened: number;

beforeEach(() => {
  [serves, known, address, opened] = [BENS.purpose, async () => BENS, SERVICE, 0];
  phone = { view: ready(BENS.purpose), sent: [], send: async (command) => (phone.sent.push(command), "l1") };
  pages = new OwnPages({
    phone: phone as never, address: () => address, serves: () => serves, line: () => known(), openSound: () => void (opened += 1),
  }, memory());
});

const come = (origin = SERVICE) => {
  const told: ToOwnPage[] = [];
  const ears: ((says: FromOwnPage) => Promise<void>)[] = [];
  pages.came({
    sender: { origin, tab: { id: 7 } }, postMessage: (message: ToOwnPage) => told.push(message),
    onMessage: { addListener: (ear: never) => ears.push(ear) }, onDisconnect: { addListener: () => undefined },
  } as unknown as chrome.runtime.Port);
  const say = async (says: FromOwnPage) => void (await Promise.all(ears.map((ear) => ear(says))));
  const asks = (says: FromOwnPage) => void say(says); // its answer waits
  const last = () => told.at(-1);
  const nonce = () => (told.findLast(({ is }) => is === "challenge") as { nonce: string }).nonce;
  const proves = async (with_: PhoneLine) => say({ is: "proof", proof: await proofOf(with_, nonce()) });
  return { told, say, asks, last, nonce, proves };
};
const settled = async () => { for (let i = 0; i < 20; i++) await Promise.resolve(); };
const mute = { is: "do", id: "d1", command: { do: "mute", leg: "l1" } } as const;

it("shows its phone to the page of the same agent at the same line, and does what is asked there", async () => {
  const page = come();
  await page.say({ is: "hello" });
  expect(page.told.map(({ is }) => is)).toEqual(["challenge"]);
  await page.proves(BENS);
  expect(page.last()).toEqual({ is: "view", view: phone.view });
  await page.say(mute);
  expect([phone.sent, page.last()]).toEqual([[mute.command], { is: "done", id: "d1", leg: "l1" }]);
  phone.send = async () => { throw new Refused({ code: "not-now", says: "Not now.", remedy: null, retryable: true, status: 0, contacts: [] }); };
  await page.say(mute);
  expect(page.last()).toMatchObject({ is: "refusal", id: "d1", refusal: { code: "not-now" } });
  await page.say({ is: "open-sound" });
  expect(opened).toBe(1);
});

it.each([
  ["is signed in as somebody else", SERVICE, line({ purpose: "carla's line", password: "hers" })],
  ["only says that it is the same agent", SERVICE, line({ purpose: BENS.purpose, password: "guessed" })],
])("shows nothing to a page that %s", async (_, origin, shown) => {
  const page = come(origin);
  await page.say({ is: "hello" });
  await page.proves(shown);
  await page.say(mute);
  await page.say({ is: "open-sound" });
  pages.show();
  expect(page.told.slice(1)).toMatchObject([{ is: "none" }, { is: "refusal", refusal: { code: "phone-away" } }]);
  expect([phone.sent, opened]).toEqual([[], 0]);
});

it.each(["https://evil.example", "http://offhook.example.com", "https://offhook.example.com:8443", "null"])("does not even ask a page of %s", async (origin) => {
  const page = come(origin);
  await page.say({ is: "hello" });
  await page.say({ is: "proof", proof: await proofOf(BENS, "") });
  await page.say(mute);
  expect(page.told.filter(({ is }) => is !== "none" && is !== "refusal")).toEqual([]);
  expect(phone.sent).toEqual([]);
});

it("takes an old proof for nothing: each page, and each connection, is asked anew", async () => {
  const [one, other] = [come(), come()];
  await one.say({ is: "hello" });
  await other.say({ is: "hello" });
  await other.say({ is: "proof", proof: await proofOf(BENS, one.nonce()) });
  expect(other.last()).toEqual({ is: "none" });
});

it("takes the phone away when the extension's agent signs out, another comes, or the service is another one", async () => {
  const page = come();
  await page.say({ is: "hello" });
  await page.proves(BENS);
  serves = "carla's line";
  pages.show();
  page.asks(mute);
  expect(page.told.slice(2).map(({ is }) => is)).toEqual(["none", "challenge"]);
  await page.proves(BENS);
  await settled();
  expect(page.told.slice(4).map(({ is }) => is)).toEqual(["none", "refusal"]); // what waited is refused with it
  serves = BENS.purpose;
  pages.show();
  await page.proves(BENS);
  expect(page.last()).toMatchObject({ is: "view" });
  address = "https://another.example";
  pages.show();
  expect(page.last()).toEqual({ is: "none" });
  await page.say(mute);
  expect(phone.sent).toEqual([]);
});

it("says nothing while it does not know, or the service is away: nobody registers beside a phone that is just waking", async () => {
  serves = undefined;
  const page = come();
  await page.say({ is: "hello" });
  expect(page.told).toEqual([]);
  serves = BENS.purpose;
  pages.show();
  page.asks(mute); // pressed while the worker woke
  known = async () => { throw new Error("away"); };
  await page.proves(BENS);
  expect([page.told.map(({ is }) => is), phone.sent]).toEqual([["challenge"], []]);
  known = async () => BENS;
  pages.show();
  await page.proves(BENS);
  await settled();
  expect(page.told.map(({ is }) => is)).toEqual(["challenge", "challenge", "view", "done"]);
});

it("waits with its phone until that is registered for this line", async () => {
  phone.view = noPhone;
  const page = come();
  await page.say({ is: "hello" });
  await page.proves(BENS);
  expect(page.told.map(({ is }) => is)).toEqual(["challenge"]);
  phone.view = ready(BENS.purpose);
  pages.show();
  expect(page.last()).toMatchObject({ is: "view" });
});

it("puts its script on the pages of its service and no other, where the browser lets it", async () => {
  const registered: string[][] = [];
  const injected: object[] = [];
  let allowed = false;
  vi.stubGlobal("chrome", {
    permissions: { contains: async () => allowed },
    scripting: {
      getRegisteredContentScripts: async () => registered, unregisterContentScripts: async () => void registered.splice(0),
      registerContentScripts: async (scripts: { matches: string[] }[]) => void registered.push(...scripts.map(({ matches }) => matches)),
      executeScript: async ({ target }: { target: object }) => void injected.push(target),
    },
    tabs: { query: async () => [{ id: 7 }] },
  });
  await pages.serve(SERVICE);
  expect([registered, injected]).toEqual([[], []]);
  allowed = true;
  await pages.serve(`${SERVICE}/`);
  await pages.serve(SERVICE); // a worker that wakes
  expect([registered, injected]).toEqual([[[`${SERVICE}/panel*`]], [{ tabId: 7, allFrames: true }]]);
  await pages.serve("http://localhost:8600");
  expect(registered).toEqual([["http://localhost:8600/panel*"]]);
  vi.unstubAllGlobals();
});
