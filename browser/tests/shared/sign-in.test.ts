import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Service } from "../../src/shared/service";
import { type Attempt, hash, SignIn } from "../../src/shared/sign-in";
import { report } from "../fixtures";
import { FakeService, memory, Problem } from "./fake-service";

let answer: unknown;
let service: FakeService;
let lasting: ReturnType<typeof memory>;
let passing: ReturnType<typeof memory>;
let seen: (Attempt | null)[];
let tokens: string[];

const signIn = (): SignIn =>
  new SignIn(() => new Service("http://x", () => null, service.fetch), lasting, passing, {
    changed: (attempt) => void seen.push(attempt), granted: async (token) => void tokens.push(token),
  });

beforeEach(() => {
  vi.useFakeTimers();
  [answer, lasting, passing, seen, tokens] = [{ state: "waiting" }, memory(), memory(), [], []];
  service = new FakeService({
    "POST /api/sign-ins": () => ({ id: "s1", consent_url: "https://app.hubspot.com/oauth", expires_at: "x", patience_ms: 5 }),
    "POST /api/sign-ins/s1/claim": () => answer,
    "POST /api/sign-ins/s1/stuck": () => ({ state: "stuck", diagnosis: report() }),
  });
});
afterEach(() => vi.useRealTimers());

const claims = (): number => service.paths("POST").filter((path) => path.endsWith("/claim")).length;

it("keeps the secret and sends only its hash; the device stays the same", async () => {
  const one = signIn();
  expect(await one.begin("everything", "https://app.hubspot.com/contacts/1")).toBe("https://app.hubspot.com/oauth");
  await one.begin("search-only", null);
  const [first, second] = service.asked.map(({ body }) => body);
  const { secret } = passing.kept["attempt"] as Attempt;
  expect(secret.length).toBeGreaterThanOrEqual(43);
  expect(second).toEqual({ secret_hash: await hash(secret), device_hash: first?.["device_hash"], ask: "search-only" });
  expect(first?.["return_to"]).toBe("https://app.hubspot.com/contacts/1");
  expect(first?.["secret_hash"]).not.toBe(second?.["secret_hash"]);
  expect(JSON.stringify(first)).not.toContain(secret);
});

it("hashes as the service does", async () => expect(await hash("abc")).toBe("ungWv48Bz-pBQUDeXa4iI7ADYaOWF3qctBD_YfIAFa0"));

it("asks every second, later every two, until it is granted; then forgets the attempt", async () => {
  await signIn().begin("everything", null);
  await vi.advanceTimersByTimeAsync(30_500);
  expect(claims()).toBe(30);
  await vi.advanceTimersByTimeAsync(10_000);
  expect(claims()).toBe(35);
  answer = { state: "granted", token: "tok" };
  await vi.advanceTimersByTimeAsync(2_000);
  expect([tokens, passing.kept["attempt"], seen.at(-1)]).toEqual([["tok"], null, null]);
  await vi.advanceTimersByTimeAsync(10_000);
  expect(claims()).toBe(36);
});

it("is diagnosed when HubSpot stopped it, and may still be granted", async () => {
  const one = signIn();
  await one.begin("everything", null);
  await one.stuck({ page_text: "You don’t have permission", page_address: "https://app.hubspot.com/oauth/42/authorize" });
  expect(service.asked.at(-1)?.body).toEqual({
    secret: one.attempt?.secret, page_text: "You don’t have permission", page_address: "https://app.hubspot.com/oauth/42/authorize",
  });
  expect([one.attempt?.state, one.attempt?.diagnosis?.title]).toEqual(["stuck", report().title]);
  answer = { state: "stuck" };
  await vi.advanceTimersByTimeAsync(1_000);
  expect(one.attempt?.diagnosis?.title).toBe(report().title);
  answer = { state: "granted", token: "tok" };
  await vi.advanceTimersByTimeAsync(1_000);
  expect(tokens).toEqual(["tok"]);
});

it("never sends more of a page than the service takes", async () => {
  const one = signIn();
  await one.begin("everything", null);
  await one.stuck({ page_text: "x".repeat(30_000) });
  expect(String(service.asked.at(-1)?.body["page_text"])).toHaveLength(20_000);
});

it.each([["failed", { state: "failed", problem: { code: "another-account", says: "Another account." } }, "Another account."], ["expired", { state: "expired" }, "That attempt took too long."]])(
  "stops when it has %s", async (state, told, says) => {
    answer = told;
    const one = signIn();
    await one.begin("everything", null);
    await vi.advanceTimersByTimeAsync(5_000);
    expect([one.attempt?.state, one.attempt?.problem?.says, claims()]).toEqual([state, says, 1]);
  });

it("goes on asking a service that is away, and believes one that knows no such attempt", async () => {
  const one = signIn();
  await one.begin("everything", null);
  service.down = true;
  await vi.advanceTimersByTimeAsync(5_000);
  expect(one.attempt?.state).toBe("waiting");
  service.down = false;
  answer = new Problem(404, { code: "unknown-consent", detail: "There is no such attempt." });
  await vi.advanceTimersByTimeAsync(5_000);
  expect([one.attempt?.state, one.attempt?.problem?.says]).toEqual(["failed", "There is no such attempt."]);
});

it("goes on after the service worker was ended", async () => {
  const before = signIn();
  await before.begin("everything", null);
  vi.clearAllTimers();
  const after = signIn();
  await after.resume();
  answer = { state: "granted", token: "tok" };
  await vi.advanceTimersByTimeAsync(1_000);
  expect(tokens).toEqual(["tok"]);
});

it("does not let an old attempt's answer touch a new one", async () => {
  const one = signIn();
  await one.begin("everything", null);
  await one.drop();
  await vi.advanceTimersByTimeAsync(5_000);
  expect([claims(), one.attempt]).toEqual([0, null]);
});

describe("two tabs", () => {
  let older: unknown;
  let number: number;

  beforeEach(() => {
    [older, number] = [{ state: "waiting" }, 0];
    service.routes["POST /api/sign-ins"] = () => ({ id: `s${++number}`, consent_url: "https://app.hubspot.com/oauth", expires_at: "x", patience_ms: 5 });
    service.routes["POST /api/sign-ins/s1/claim"] = () => older;
    for (const id of ["s2", "s3", "s4", "s5"]) service.routes[`POST /api/sign-ins/${id}/claim`] = () => answer;
  });

  it("counts whichever tab she finishes", async () => {
    const one = signIn();
    await one.begin("everything", null);
    const first = one.attempt?.secret;
    await one.begin("everything", null);
    await vi.advanceTimersByTimeAsync(1_000);
    expect(service.asked.filter(({ path }) => path === "/api/sign-ins/s1/claim").map(({ body }) => body)).toEqual([{ secret: first }]);
    older = { state: "granted", token: "from the first tab" };
    await vi.advanceTimersByTimeAsync(1_000);
    expect([tokens, one.attempt, passing.kept["attempt"]]).toEqual([["from the first tab"], null, null]);
  });

  it("counts the new one, too, and then forgets the old", async () => {
    const one = signIn();
    await one.begin("everything", null);
    await one.begin("everything", null);
    answer = { state: "granted", token: "from the second tab" };
    await vi.advanceTimersByTimeAsync(5_000);
    expect([tokens, one.attempt]).toEqual([["from the second tab"], null]);
  });

  it.each([[{ state: "expired" }], [{ state: "failed", problem: { says: "No." } }], [new Problem(404, { code: "not-found" })]])("forgets an old one that is over: %j", async (over) => {
    const one = signIn();
    await one.begin("everything", null);
    await one.begin("everything", null);
    older = over;
    await vi.advanceTimersByTimeAsync(5_000);
    expect([one.attempt?.state, one.attempt?.earlier]).toEqual(["waiting", []]);
    expect(service.paths("POST").filter((path) => path === "/api/sign-ins/s1/claim")).toHaveLength(1);
  });

  it("goes on asking an old one while the service is away, and remembers only the last few", async () => {
    const one = signIn();
    for (let tab = 0; tab < 6; tab++) await one.begin("everything", null);
    expect(one.attempt?.earlier.map(({ id }) => id)).toEqual(["s5", "s4", "s3"]);
    service.down = true;
    await vi.advanceTimersByTimeAsync(3_000);
    expect(one.attempt?.earlier).toHaveLength(3);
  });

  it("begins clean after one that came to nothing", async () => {
    const one = signIn();
    older = { state: "expired" };
    await one.begin("everything", null);
    await vi.advanceTimersByTimeAsync(1_000);
    await one.begin("everything", null);
    expect(one.attempt?.earlier).toEqual([]);
  });
});

describe("asking for help", () => {
  const HELP = { asked: true, told: ["Told."], message: { subject: "S", text: "T", mailto: "javascript:alert(1)" } };

  it("proves that it began the attempt, and remembers that it asked", async () => {
    service.routes["POST /api/help"] = () => HELP;
    const one = signIn();
    await one.begin("everything", null);
    await one.stuck({});
    const helped = await one.askForHelp("ben@acme.example");
    const { secret } = passing.kept["attempt"] as Attempt;
    expect(service.asked.at(-1)?.body).toEqual({ attempt_id: "s1", secret, email: "ben@acme.example" });
    expect(helped.message.mailto).toBe("");
    expect(one.attempt?.helped).toMatchObject({ asked: true, told: ["Told."], at: Date.now() });
    answer = { state: "stuck", diagnosis: report({ title: "Something was done" }) };
    await vi.advanceTimersByTimeAsync(3_000);
    expect(one.attempt?.diagnosis?.title).toBe("Something was done");
    expect(one.attempt?.helped?.asked).toBe(true);
  });

  it("of somebody who is signed in proves nothing else", async () => {
    service.routes["POST /api/help"] = () => HELP;
    await signIn().askForHelp(null);
    expect(service.asked.at(-1)?.body).toEqual({});
  });

  it("looks up rights only for an attempt", async () => {
    service.routes["POST /api/rights"] = () => ({ report: report() });
    const one = signIn();
    expect(await one.rights("ben@acme.example")).toBeNull();
    await one.begin("everything", null);
    expect((await one.rights("ben@acme.example"))?.title).toBe(report().title);
  });
});
