// @vitest-environment happy-dom
import { render } from "preact";
import { act } from "preact/test-utils";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { App } from "../../src/administration/app";
import { QUIET_MS } from "../../src/administration/context";
import { reason, report } from "../fixtures";
import { Problem, type Route } from "../shared/fake-service";
import { ada, person, policy, world, type World } from "./account";

const ROOT = "/api/administration";
let where: HTMLElement;
let here: World;

const text = (): string => where.textContent ?? "";
const all = <E extends HTMLElement>(selector: string): E[] => [...where.querySelectorAll<E>(selector)];
const nameOf = (one: HTMLElement): string => one.getAttribute("aria-label") ?? one.textContent?.trim() ?? "";
const button = (name: string): HTMLButtonElement => {
  const found = all<HTMLButtonElement>("button").find((one) => nameOf(one) === name);
  if (!found) throw new Error(`no button “${name}” among: ${all("button").map(nameOf).join(" | ")}`);
  return found;
};
const has = (name: string): boolean => all("button").some((one) => nameOf(one) === name);
const labelled = <E extends HTMLElement>(label: string): E => {
  const found = all<HTMLLabelElement>("label").find((one) => one.textContent?.startsWith(label));
  const field = found?.htmlFor ? document.getElementById(found.htmlFor) : found?.querySelector("input");
  if (!field) throw new Error(`no field “${label}”`);
  return field as unknown as E;
};
/** The real one: bodies of answers come in turns of the event loop, and secrets are hashed elsewhere. */
const turn = globalThis.setImmediate;
const later = globalThis.setTimeout;
const until = async (holds: () => unknown): Promise<void> => { for (let i = 0; i < 1_000 && !holds(); i++) await act(() => new Promise((done) => void later(done, 5))); };
const settled = async (): Promise<void> => { for (let i = 0; i < 5; i++) await new Promise<void>((done) => void turn(done)); };
/** What an effect asks for when an act is over is answered, too. */
const calm = async (): Promise<void> => { for (let i = 0; i < 3; i++) await act(async () => (await vi.advanceTimersByTimeAsync(1), await settled())); };
const pass = async (ms: number): Promise<void> => (await act(async () => void (await vi.advanceTimersByTimeAsync(ms))), await calm());
const press = async (name: string): Promise<void> => (await act(async () => button(name).click()), await calm());
const change = async (label: string, value: string | boolean): Promise<void> => {
  const field = labelled<HTMLInputElement>(label);
  if (typeof value === "boolean") field.checked = value;
  else field.value = value;
  await act(async () => void field.dispatchEvent(new Event("input", { bubbles: true })));
  await act(async () => void field.dispatchEvent(new Event("change", { bubbles: true })));
  await calm();
};
const submit = async (): Promise<void> => {
  await act(async () => void where.querySelector("form")?.dispatchEvent(new Event("submit", { bubbles: true, cancelable: true })));
  await calm();
};
const rows = (): string[] => all("tbody > tr:not(.about)").map((row) => row.textContent ?? "");
const row = (name: string): string => rows().find((one) => one.includes(name)) ?? "";
const bodies = (method: string, path: string) => here.service.asked.filter((ask) => ask.method === method && ask.path === path).map(({ body }) => body);

const show = async (section = "people", routes: Record<string, Route> = {}, more: Parameters<typeof world>[0] = {}): Promise<void> => {
  render(null, where);
  location.hash = section;
  here = world({ routes, ...more });
  await act(async () => {
    render(<App host={here.host} />, where);
    void here.host.start();
    await settled();
  });
  await pass(QUIET_MS + 50);
};

beforeEach(() => {
  vi.useFakeTimers();
  where = document.body.appendChild(document.createElement("div"));
});
afterEach(() => {
  render(null, where);
  where.remove();
  vi.useRealTimers();
});

describe("who may come in", () => {
  it("shows who is an administrator to somebody who is none, and asks for nothing", async () => {
    await show("people", {}, { told: ada({ administrator: false, email: "ben@acme.example" }) });
    expect(text()).toContain("You are signed in as ben@acme.example. Administrators are the Super Admins of your HubSpot account");
    expect(all("nav, table")).toEqual([]);
    expect(here.service.paths("GET").filter((path) => path.startsWith(ROOT))).toEqual([]);
  });

  it("shows the same when HubSpot has said meanwhile that she is none any more", async () => {
    let allowed = false;
    const unless = (path: string): Record<string, Route> => {
      const usual = world().service.routes[`GET ${ROOT}${path}`];
      return { [`GET ${ROOT}${path}`]: (...asked) => (allowed ? usual?.(...asked) : new Problem(403, { code: "not-allowed", detail: "Only an administrator may see that." })) };
    };
    await show("people", { ...unless("/people"), ...unless("/policy") });
    expect(text()).toContain("This page is for administrators");
    expect(all("nav, table")).toEqual([]);
    allowed = true;
    await act(async () => here.sockets.last.says({ type: "panel", cursor: "2", panel: ada() }) as unknown as undefined);
    await pass(QUIET_MS + 50);
    expect(row("Ben Ortiz")).not.toBe("");
  });

  it("lets an administrator in again when the service tells so", async () => {
    await show("people", {}, { told: ada({ administrator: false }) });
    await act(async () => (here.sockets.last.says({ type: "panel", cursor: "2", panel: ada() }), await settled()));
    await pass(QUIET_MS + 50);
    expect(row("Ben Ortiz")).toContain("Asked for help");
  });

  it("signs in by HubSpot, in another tab, and goes on by itself", async () => {
    const tab = { location: { href: "" }, close: vi.fn() };
    vi.spyOn(window, "open").mockReturnValue(tab as unknown as Window);
    let claimed: unknown = { state: "waiting" };
    await show("people", {
      "GET /health/live": () => ({}), "POST /api/sign-ins": () => ({ id: "s1", consent_url: "https://app.hubspot.com/oauth", patience_ms: 20_000 }),
      "POST /api/sign-ins/s1/claim": () => claimed,
    }, { token: null });
    await press("Sign in with HubSpot");
    await until(() => tab.location.href);
    expect(tab.location.href).toBe("https://app.hubspot.com/oauth");
    expect(text()).toContain("HubSpot asks you in another tab.");
    claimed = { state: "granted", token: "t2" };
    await pass(1_100);
    await pass(QUIET_MS + 50);
    expect(row("Ada Admin")).toContain("Connected");
  });

  it("says what may be missing when nothing came back, and where that is explained", async () => {
    vi.spyOn(window, "open").mockReturnValue(null);
    const missing = report().missing.map((right, at) => ({ ...right, blocks: at === 0 }));
    await show("people", {
      "GET /health/live": () => ({}), "POST /api/sign-ins": () => ({ id: "s1", consent_url: "https://app.hubspot.com/oauth" }),
      "POST /api/sign-ins/s1/claim": () => ({ state: "stuck", diagnosis: report({ title: "HubSpot did not answer", missing, sure: "likely" }) }),
    }, { token: null });
    await press("Sign in with HubSpot");
    await until(() => text().includes("HubSpot asks you in another tab."));
    await pass(1_100);
    expect(where.querySelector("[role=alert]")?.textContent).toContain("HubSpot did not answer");
    expect(all("[role=alert] li").map((each) => each.textContent)).toEqual(["App Marketplace access: On"]);
    expect(all<HTMLAnchorElement>("[role=alert] a").map((each) => each.getAttribute("href"))).toContain("/panel/");
    expect(has("Try again")).toBe(true);
  });

  it("keeps what it shows while there is no connection, and says so", async () => {
    await show();
    await act(async () => (here.sockets.last.closes(), await settled()));
    expect(text()).toContain("What you see may be old.");
    expect(row("Ben Ortiz")).not.toBe("");
  });
});

describe("people", () => {
  it("shows who needs something first, and what is missing", async () => {
    await show();
    expect(rows()[0]).toContain("Cleo Park");
    expect(row("Ben Ortiz")).toContain("App Marketplace access: On");
    expect(row("Jonas Weber")).toContain("Switched off by the agent");
    expect(row("Tomás")).toContain("HubSpot no longer accepts this connection.");
    expect(where.querySelector(".badge.overdue")?.textContent).toContain("Overdue: Super Admin");
  });

  it("filters by state and finds by name or address", async () => {
    await show();
    await press("Connected2");
    expect(rows()).toHaveLength(2);
    await press("All7");
    await change("Find a person", "FERREIRA acme");
    expect(rows()).toHaveLength(1);
    await change("Find a person", "nobody");
    expect(text()).toContain("Nobody fits.");
  });

  it("checks again with one press, and shows and says what was found", async () => {
    await show();
    await press("Check Ben Ortiz again");
    expect(row("Ben Ortiz")).toContain("Connected");
    expect(where.querySelector("[role=status]")?.textContent).toBe("Ben Ortiz is connected.");
  });

  it("shows a refusal beside the person, once", async () => {
    await show("people", { [`POST ${ROOT}/people/7/check`]: () => new Problem(502, { code: "hubspot-unreachable", detail: "HubSpot does not answer.", remedy: "Try later." }) });
    await press("Check Ben Ortiz again");
    expect(where.querySelector("[role=alert]")?.textContent).toContain("HubSpot does not answer.Try later.");
    expect(here.service.paths("POST")).toEqual([`${ROOT}/people/7/check`]);
  });

  it("makes a HubSpot task of a request, once", async () => {
    await show();
    await press("About Ben Ortiz");
    await press("Make a HubSpot task of it");
    expect(where.querySelector<HTMLAnchorElement>(".done a")?.href).toBe("https://app.hubspot.com/tasks/42/view/all/task/9");
    expect(has("Make a HubSpot task of it")).toBe(false);
  });

  it("copies the message", async () => {
    const written = vi.fn(async () => undefined);
    vi.stubGlobal("navigator", { ...navigator, clipboard: { writeText: written } });
    await show();
    await press("About Ben Ortiz");
    await press("Copy message");
    expect(written).toHaveBeenCalledWith(expect.stringContaining("App Marketplace access: On"));
    expect(has("Copied")).toBe(true);
    vi.unstubAllGlobals();
  });

  it("shows the same diagnosis as the person's own panel, when asked", async () => {
    await show();
    await press("About Ben Ortiz");
    expect(here.service.paths("GET")).not.toContain(`${ROOT}/people/7/diagnosis`);
    await press("Look at everything");
    const shown = where.querySelector("[aria-label='Diagnosis of Ben Ortiz']")?.textContent;
    expect(shown).toContain(report().title);
    expect(shown).toContain(report().checks[0]?.says);
    expect(has("Look again")).toBe(true);
  });

  it("lends a permission set for some minutes with a reason, and asks who has what then", async () => {
    await show();
    await press("About Ben Ortiz");
    await press("Lend a permission set…");
    await change("Permission set", "r1");
    await change("For how many minutes", "45");
    await change("Why", " He connects today. ");
    await submit();
    expect(bodies("POST", `${ROOT}/people/7/lend`)).toEqual([{ role_id: "r1", minutes: 45, why: "He connects today." }]);
    expect(here.service.paths("GET").filter((path) => path === `${ROOT}/people`).length).toBeGreaterThan(1);
  });

  it("lends over single rights only when told so", async () => {
    const lost = new Problem(409, { code: "would-be-lost", detail: "Ben Ortiz has no permission set.", remedy: "Note hers down." });
    await show("people", {
      [`GET ${ROOT}/people`]: () => ({ people: [person({ role: null })], account_grant: true }),
      [`POST ${ROOT}/people/7/lend`]: (body) => (body["over_single_rights"] ? {} : lost),
    });
    await press("About Ben Ortiz");
    await press("Lend a permission set…");
    await change("Permission set", "r1");
    await change("Why", "He connects today.");
    expect(all(".tick")).toEqual([]);
    await submit();
    expect(where.querySelector("[role=alert]")?.textContent).toContain("Ben Ortiz has no permission set.");
    await change("Lend it all the same.", true);
    await submit();
    expect(bodies("POST", `${ROOT}/people/7/lend`).at(-1)).toMatchObject({ over_single_rights: true });
    expect(where.querySelector("[role=alert]")).toBeNull();
  });

  it("marks an address that nobody has proved to be hers", async () => {
    await show();
    expect(row("new.colleague@acme.example")).toContain("Claimed address");
    expect(row("Ben Ortiz")).not.toContain("Claimed address");
    await press("About new.colleague@acme.example");
    expect(text()).toContain("was not signed in and gave new.colleague@acme.example as the address");
  });

  it("says why nobody else is listed when HubSpot could not be asked", async () => {
    await show("people", {
      [`GET ${ROOT}/people`]: () => ({ people: [person({ hubspot_user_id: null })], problem: reason({ says: "HubSpot is down." }), account_grant: false, admins: [] }),
    });
    expect(text()).toContain("HubSpot could not be asked who is in the account");
    expect(text()).toContain("HubSpot is down.");
    expect(where.querySelector<HTMLAnchorElement>(".note a")?.getAttribute("href")).toBe("#account");
    expect(has("Check Ben Ortiz again")).toBe(false);
  });

  it("asks again when the service tells that something changed, and not for calls", async () => {
    await show();
    const asked = () => here.service.paths("GET").filter((path) => path === `${ROOT}/people`).length;
    const before = asked();
    await act(async () => (here.sockets.last.says({ type: "call", cursor: "2", call: { id: "c1", state: "ringing" } }), await settled()));
    await pass(QUIET_MS * 3);
    expect(asked()).toBe(before);
    await act(async () => {
      for (const cursor of ["3", "4", "5"]) here.sockets.last.says({ type: "panel", cursor, panel: ada() });
      await settled();
    });
    await pass(QUIET_MS + 50);
    expect(asked()).toBe(before + 1);
  });

  it("never shows one account's people under another's name", async () => {
    let asked = 0;
    const forever = new Promise(() => undefined);
    await show("people", { [`GET ${ROOT}/people`]: () => (asked++ === 0 ? { people: [person()] } : forever) });
    expect(row("Ben Ortiz")).not.toBe("");
    const other = ada();
    await act(async () => (here.sockets.last.says({ type: "panel", cursor: "9", panel: { ...other, grant: { ...other.grant, account_id: "43", account_name: "Birch" } } }), await settled()));
    await pass(QUIET_MS + 50);
    expect(text()).toContain("Birch (43)");
    expect(rows()).toEqual([]);
  });

  it("shows what came, however odd", async () => {
    await show("people", { [`GET ${ROOT}/people`]: () => ({ people: [{ name: "<b>Odd</b>", state: 7, missing: "no", capabilities: null, elevation: {} }, null, 3] }) });
    expect(rows()).toHaveLength(1);
    expect(row("<b>Odd</b>")).toContain("Not connected");
  });
});

describe("the account's connection", () => {
  it("says how far the contacts are known, goes on looking while they are listed, and when it is paused", async () => {
    let told: Record<string, unknown> = { state: "listing", known: 9_800, listed: 12_400, total: 31_000, looked_at: null };
    await show("account", { [`GET ${ROOT}/directory`]: () => told });
    expect(text()).toContain("12,400 of about 31,000 looked through.");
    told = { ...told, state: "known", known: 24_000, looked_at: new Date(Date.now() - 120_000).toISOString() };
    await pass(3_100);
    expect(text()).toContain("24,000 contacts with a number are known.");
    expect(text()).toContain("What changed was last looked at 2 minutes ago.");
    const asked = here.service.paths("GET").filter((path) => path === `${ROOT}/directory`).length;
    await pass(10_000);
    expect(here.service.paths("GET").filter((path) => path === `${ROOT}/directory`)).toHaveLength(asked);
    told = { ...told, state: "paused", reason: reason({ remedy: "Connect HubSpot again." }) };
    await act(async () => (here.sockets.last.says({ type: "panel", cursor: "5", panel: ada() }), await settled()));
    await pass(QUIET_MS + 50);
    expect(text()).toContain("Paused: the account’s connection does not work. Connect HubSpot again.");
  });

  it("says by whom and what it allows, and forgets it only after a question", async () => {
    await show("account");
    expect(text()).toContain("ada@acme.example");
    expect(text()).toContain("Show tickets: off – HubSpot did not grant it");
    await press("Forget");
    expect(here.service.paths("DELETE")).toEqual([]);
    await press("Yes, forget");
    expect(here.service.paths("DELETE")).toEqual([`${ROOT}/account-grant`]);
    expect(has("Connect the account")).toBe(true);
  });

  it("asks HubSpot for the account", async () => {
    vi.spyOn(window, "open").mockReturnValue(null);
    await show("account", { [`GET ${ROOT}/account-grant`]: () => null, "POST /api/sign-ins": () => ({ id: "s1", consent_url: "https://app.hubspot.com/oauth" }) });
    await press("Connect the account");
    await until(() => bodies("POST", "/api/sign-ins").length);
    expect(bodies("POST", "/api/sign-ins")[0]).toMatchObject({ ask: "account" });
    expect(here.service.asked.find(({ path }) => path === "/api/sign-ins")?.token).toBe("Bearer t1");
  });
});

describe("elevations", () => {
  it("shows what is lent, and what was", async () => {
    await show("elevations");
    expect(row("Cleo Park")).toContain("Overdue since");
    expect(row("Mei Lin")).toContain("She connects today.by ada@acme.example");
    await press("Taken back");
    expect(rows()).toHaveLength(1);
    expect(row("Jonas Weber")).toContain("by ada@acme.example");
  });

  it("takes one back; or lets a Super Admin stay one", async () => {
    await show("elevations");
    await press("It is taken back: Cleo Park");
    expect(rows()).toHaveLength(1);
    await show("elevations");
    await press("Stays Super Admin: Cleo Park");
    expect(bodies("POST", `${ROOT}/elevations/e1/end`)).toEqual([{ stays: true }]);
  });
});

describe("policies", () => {
  it("saves only what was changed, and only when told", async () => {
    await show("policies");
    await change("Show tickets", false);
    expect(here.service.paths("PUT")).toEqual([]);
    expect(text()).toContain("1 change not saved yet.");
    await change("Open it", "never");
    await submit();
    expect(bodies("PUT", `${ROOT}/policy`)).toEqual([{ without: ["tickets"], pop: { value: "never", locked: false } }]);
    expect(text()).toContain("Nothing is changed.");
    expect(where.ownerDocument.querySelector("[role=status]")?.textContent).toContain("Saved.");
  });

  it("forgets what was changed back", async () => {
    await show("policies");
    await change("Show tickets", false);
    await change("Show tickets", true);
    expect(text()).toContain("Nothing is changed.");
    expect(button("Save").disabled).toBe(true);
  });

  it("keeps what is not saved when another administrator saves something", async () => {
    let kept = policy;
    await show("policies", { [`GET ${ROOT}/policy`]: () => ({ policy: kept, capabilities: [["tickets", "Show tickets"]] }) });
    await change("Show tickets", false);
    kept = { ...policy, visibility: "own" };
    await act(async () => (here.sockets.last.says({ type: "panel", cursor: "9", panel: ada() }), await settled()));
    await pass(QUIET_MS + 50);
    expect(labelled<HTMLInputElement>("Their own and unassigned ones").checked).toBe(true);
    expect(labelled<HTMLInputElement>("Show tickets").checked).toBe(false);
  });

  it("says that HubSpot's tokens see everything", async () => {
    await show("policies");
    expect(text()).toContain("sees every contact of the account");
  });
});

it("shows phone systems with their lines and who is there", async () => {
  await show("phones");
  expect(row("202")).toBe("202CleoCleo Park");
  expect(row("201")).toContain("Nobody is logged in");
  expect(text()).toContain("No line is known here yet.");
});

it("shows the audit log, and older lines when asked, each once", async () => {
  await show("audit");
  expect(rows()).toHaveLength(2);
  await press("Show older ones");
  expect(rows()).toHaveLength(3);
  expect(row("account connected")).not.toBe("");
  expect(has("Show older ones")).toBe(false);
});

