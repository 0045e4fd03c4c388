import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { answer } from "../../src/shared/asks";
import { Desk } from "../../src/shared/desk";
import { call, connected, contact, ended, panel } from "../fixtures";
import { FakeService, memory, Problem, type Route } from "./fake-service";
import { FakeSockets } from "./fake-socket";

let sockets: FakeSockets;
let service: FakeService;
let lasting: ReturnType<typeof memory>;
let passing: ReturnType<typeof memory>;
let popped: string[];

const desk = (): Desk => new Desk({ lasting, passing, changed: () => undefined, popRecord: (url) => popped.push(url), fetch: service.fetch, live: sockets });
const signedIn = async (...calls: Parameters<typeof panel>): Promise<Desk> => {
  lasting.kept["sign-in"] = { address: "http://x", token: "tok" };
  const one = desk();
  await one.start("http://x");
  sockets.last.opens().says({ cursor: "1", type: "panel", panel: panel(...calls) });
  return one;
};
const routes = (more: Record<string, Route> = {}): void => void Object.assign(service.routes, more);

beforeEach(() => {
  vi.useFakeTimers();
  [sockets, lasting, passing, popped] = [new FakeSockets(), memory(), memory(), []];
  service = new FakeService({ "GET /health/live": () => ({}) });
});
afterEach(() => vi.useRealTimers());

it("is signed out at first, and says when the service is away and back", async () => {
  const one = desk();
  service.down = true;
  await one.start("http://x");
  await vi.advanceTimersByTimeAsync(10);
  expect([one.state.signed_in, one.state.reach, one.state.why_offline?.code]).toEqual([false, "offline", "service-unreachable"]);
  service.down = false;
  await vi.advanceTimersByTimeAsync(4_000);
  expect([one.state.reach, one.state.why_offline]).toEqual(["online", null]);
});

it("connects: consent, token, live stream, panel", async () => {
  routes({
    "POST /api/sign-ins": () => ({ id: "s1", consent_url: "https://app.hubspot.com/oauth" }),
    "POST /api/sign-ins/s1/claim": () => ({ state: "granted", token: "tok" }),
  });
  const one = desk();
  await one.start("http://x");
  expect(await one.connect("everything", null)).toBe("https://app.hubspot.com/oauth");
  expect(one.state.attempt).not.toHaveProperty("secret");
  expect(one.state.attempt).not.toHaveProperty("earlier");
  await vi.advanceTimersByTimeAsync(1_100);
  sockets.last.opens().says({ cursor: "1", type: "panel", panel: panel() });
  expect([one.state.signed_in, one.state.attempt, one.state.panel?.agent.name]).toEqual([true, null, "Ben Ortiz"]);
  expect(lasting.kept["sign-in"]).toEqual({ address: "http://x", token: "tok" });
});

it("is in several accounts, one at a time, and in the next one when it leaves this one", async () => {
  routes({
    "POST /api/sign-ins": () => ({ id: "s1", consent_url: "https://app.hubspot.com/oauth" }),
    "POST /api/sign-ins/s1/claim": () => ({ state: "granted", token: "birch" }),
    "DELETE /api/sign-in": () => undefined,
  });
  const one = await signedIn();
  await one.connect("everything", null, true);
  expect(service.asked.at(-1)).toMatchObject({ path: "/api/sign-ins", token: null }); // or nobody else's consent would do
  expect(one.state.signed_in).toBe(true); // all the while
  await vi.advanceTimersByTimeAsync(1_100);
  const birch = { ...panel().grant, account_id: "7", account_name: "Birch" };
  sockets.last.opens().says({ cursor: "1", type: "panel", panel: panel({ grant: birch }) });
  expect(one.state.panel?.grant.account_name).toBe("Birch");
  expect(one.state.others).toEqual([{ account_id: "42", account_name: "Acme Vision", as: panel().grant.as }]);
  expect(JSON.stringify(one.state)).not.toContain("tok");

  await one.switchTo("42");
  sockets.last.opens().says({ cursor: "1", type: "panel", panel: panel() });
  expect(sockets.last.sent[0]).toMatchObject({ token: "tok" });
  expect(one.state.others.map(({ account_name }) => account_name)).toEqual(["Birch"]);
  const again = desk();
  await again.start("http://x");
  expect(again.state.others.map(({ account_name }) => account_name)).toEqual(["Birch"]);

  await one.signOut();
  expect([one.state.signed_in, one.state.others]).toEqual([true, []]);
  expect(lasting.kept["sign-in"]).toEqual({ address: "http://x", token: "birch" });
});

it("has an account once, however often it is connected", async () => {
  routes({
    "POST /api/sign-ins": () => ({ id: "s1", consent_url: "https://app.hubspot.com/oauth" }),
    "POST /api/sign-ins/s1/claim": () => ({ state: "granted", token: "second" }),
  });
  const one = await signedIn();
  await one.connect("everything", null, true);
  await vi.advanceTimersByTimeAsync(1_100);
  sockets.last.opens().says({ cursor: "1", type: "panel", panel: panel() });
  await vi.advanceTimersByTimeAsync(0);
  expect(one.state.others).toEqual([]);
});

it("goes on where it was when the worker was ended: panel at once, cursor kept", async () => {
  await signedIn({ calls: [connected()] });
  const again = desk();
  await again.start("http://x");
  expect(again.state.panel?.calls[0]?.id).toBe("c1");
  expect(sockets.last.opens().sent).toEqual([{ token: "tok", after: "1" }]);
});

it("also keeps what an answer taught it", async () => {
  routes({ "POST /api/calls/c1/answer": () => connected() });
  const one = await signedIn({ calls: [call()] });
  await one.act("c1", "answer");
  const again = desk();
  await again.start("http://x");
  expect(again.state.panel?.calls[0]?.state).toBe("connected");
});

it("follows calls: in the list while they need the agent, in recents always", async () => {
  const one = await signedIn({ recent: [] });
  sockets.last.says({ cursor: "2", type: "call", call: call() }).says({ cursor: "3", type: "call", call: ended() });
  expect([one.state.panel?.calls.map(({ state }) => state), one.state.panel?.recent.length]).toEqual([["ended"], 1]);
  sockets.last.says({ cursor: "4", type: "call", call: ended({ wrapped_up: true }) });
  expect([one.state.panel?.calls, one.state.panel?.recent[0]?.wrapped_up]).toEqual([[], true]);
});

it("does not let a late answer bring an ended call back to life", async () => {
  let release = (_: unknown): void => undefined;
  routes({ "POST /api/calls/c1/hold": () => new Promise((resolve) => (release = resolve)) });
  const one = await signedIn({ calls: [connected()] });
  const asked = one.act("c1", "hold");
  await vi.advanceTimersByTimeAsync(1);
  sockets.last.says({ cursor: "2", type: "call", call: ended() });
  release(connected({ state: "held" }));
  await asked;
  expect(one.state.panel?.calls[0]?.state).toBe("ended");
});

it("pops each call's record once, only on HubSpot, even after the worker was ended", async () => {
  await signedIn();
  const { url } = contact();
  sockets.last.says({ cursor: "2", type: "screen-pop", call_id: "c1", url }).says({ cursor: "2", type: "screen-pop", call_id: "c1", url });
  sockets.last.says({ cursor: "3", type: "screen-pop", call_id: "c2", url: "https://evil.example/" }).says({ cursor: "4", type: "screen-pop", call_id: "c3", url: "javascript:alert(1)" });
  const again = desk();
  await again.start("http://x");
  sockets.last.opens().says({ cursor: "2", type: "screen-pop", call_id: "c1", url });
  expect(popped).toEqual([url]);
});

it("keeps notes until they are confirmed, through an outage", async () => {
  const saved: unknown[] = [];
  routes({ "PUT /api/calls/c1/notes": (body) => void saved.push(body["notes"]) });
  const one = await signedIn({ calls: [connected()] });
  service.down = true;
  one.note("c1", "first");
  one.note("c1", "first and second");
  await vi.advanceTimersByTimeAsync(700);
  expect([one.state.drafts, saved, passing.kept["drafts"]]).toEqual([{ c1: "first and second" }, [], { c1: "first and second" }]);
  sockets.last.closes();
  service.down = false;
  await vi.advanceTimersByTimeAsync(600);
  sockets.last.opens().says({ cursor: "1", type: "beat" });
  await vi.advanceTimersByTimeAsync(10);
  expect([one.state.drafts, saved, one.state.panel?.calls[0]?.notes]).toEqual([{}, ["first and second"], "first and second"]);
});

it("wraps up once, with what was typed, and does not retry what is refused", async () => {
  let fails = true;
  routes({ "POST /api/calls/c1/wrap-up": () => (fails ? new Problem(503, { code: "busy", detail: "Not now.", retryable: true }) : ended({ wrapped_up: true })) });
  const one = await signedIn({ calls: [ended()] });
  const wrapUp = { outcome: "o1", notes: "n".repeat(100_000), contact_id: null };
  await expect(one.wrapUp("c1", wrapUp)).rejects.toMatchObject({ refusal: { says: "Not now.", retryable: true } });
  await vi.advanceTimersByTimeAsync(30_000);
  expect(service.paths("POST")).toHaveLength(1);
  fails = false;
  await one.wrapUp("c1", wrapUp);
  expect(one.state.panel?.calls).toEqual([]);
});

it("signs out when the service says so, and leaves nothing of the token behind", async () => {
  routes({ "GET /api/contacts": () => new Problem(401, { code: "signed-out", detail: "You are not signed in." }) });
  const one = await signedIn();
  await expect(one.contacts("maria")).rejects.toMatchObject({ refusal: { code: "signed-out" } });
  expect([one.state.signed_in, one.state.panel, one.state.signed_out_because?.says, lasting.kept["sign-in"], sockets.last.closed])
    .toEqual([false, null, "You are not signed in.", null, true]);
});

it("stays signed in when only the line login is wrong", async () => {
  routes({ "POST /api/line-login": () => new Problem(401, { code: "wrong-line-login", detail: "No." }) });
  const one = await signedIn();
  await expect(one.logIn("201", "0")).rejects.toMatchObject({ refusal: { says: "No." } });
  expect(one.state.signed_in).toBe(true);
});

it("takes no token to another service", async () => {
  const one = await signedIn();
  await one.moveTo("http://y");
  expect([one.state.address, one.state.signed_in, lasting.kept["sign-in"]]).toEqual(["http://y", false, null]);
  lasting.kept["sign-in"] = { address: "http://x", token: "tok" };
  const other = desk();
  await other.start("http://y");
  expect(other.state.signed_in).toBe(false);
});

it("sends the token with each ask, and answers nothing that is not in the table", async () => {
  routes({ "PUT /api/availability": () => panel({ agent: { ...panel().agent, available: false } }) });
  const one = await signedIn();
  await answer(one, "set-available", { available: false });
  expect([one.state.panel?.agent.available, service.asked.at(-1)?.token]).toEqual([false, "Bearer tok"]);
  await expect(answer(one, "constructor" as never, null as never)).rejects.toThrow("nobody answers");
});
