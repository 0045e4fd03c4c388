/** A made-up account, and a service that knows it: for the tests and the gallery of the administration page. */

import { Host } from "../../src/administration/host";
import type { Person, Policy } from "../../src/administration/values";
import { fields } from "../../src/shared/read";
import type { Panel } from "../../src/shared/values";
import { grant, NOW, panel, reason, report } from "../fixtures";
import { FakeService, memory, Problem, type Route } from "../shared/fake-service";
import { FakeSockets } from "../shared/fake-socket";

export const ADDRESS = "http://localhost:8600";
const ROOT = "/api/administration";
const at = (minutes: number, now: number): string => new Date(now + minutes * 60_000).toISOString();

export const person = (change: Partial<Record<keyof Person, unknown>> = {}): Record<string, unknown> => ({
  hubspot_user_id: 7, email: "ben@acme.example", name: "Ben Ortiz", agent_id: null, state: "not-connected", reason: null, since: null,
  capabilities: [], missing: [], asked_at: null, request_id: null, message: null, super_admin: false, role: "Sales", phone_system: null, line: null,
  elevation: null, may_need_relogin: false, claimed: false, ...change,
});

export const ada = (change: Partial<Panel["agent"]> = {}): Panel =>
  panel({ agent: { id: "a2", name: "Ada Admin", email: "ada@acme.example", administrator: true, available: true, ...change }, grant: grant({ as: "ada@acme.example" }) });

export const capabilities: [string, string][] = [
  ["find-contacts", "Find contacts"], ["log-calls", "Log calls on the timeline"], ["create-contacts", "Create contacts"],
  ["company-and-deals", "Show company and deals"], ["tickets", "Show tickets"], ["owner-names", "Show owners by name"],
  ["check-rights", "Check the rights of others"], ["recordings", "Put recordings on the timeline"],
];

const on = (...off: string[]) => capabilities.map(([key, title]) => ({ key, title, on: !off.includes(key), why: off.includes(key) ? "HubSpot did not grant it" : null, can_be_added: off.includes(key) }));

export const everybody = (now = NOW): Record<string, unknown>[] => [
  person({ hubspot_user_id: 1, name: "Ada Admin", email: "ada@acme.example", state: "connected", since: at(-40_000, now), capabilities: on(), super_admin: true, role: null, phone_system: "Offhook Exchange", line: "200" }),
  person({ state: "asked", asked_at: at(-25, now), reason: reason({ code: "missing-right", says: "HubSpot stopped him: his user may not connect apps.", remedy: "A Super Admin switches it on." }), missing: report().missing, message: { subject: report().message.subject, text: report().message.text } }),
  person({ hubspot_user_id: 8, name: "Cleo Park", email: "cleo@acme.example", state: "connected", since: at(-9_000, now), capabilities: on("tickets", "owner-names"), phone_system: "Offhook Exchange", line: "202", elevation: { id: "e1", kind: "super-admin", rights: ["Super Admin"], since: at(-9_060, now), due_at: at(-7_000, now), overdue: true, by: null } }),
  person({ hubspot_user_id: 9, name: "Tomás Ferreira da Silva", email: "tomas.ferreira-da-silva@acme.example", state: "broken", since: at(-3_000, now), reason: reason({ code: "grant-revoked", says: "HubSpot no longer accepts this connection.", remedy: "Tomás presses Reconnect." }), capabilities: on(), phone_system: "8x8 Work" }),
  person({ hubspot_user_id: 10, name: "Mei Lin", email: "mei@acme.example", role: "Support", elevation: { id: "e2", kind: "permission-set", rights: ["Offhook set-up"], since: at(-12, now), due_at: at(18, now), overdue: false, by: "ada@acme.example" }, may_need_relogin: true }),
  person({ hubspot_user_id: 11, name: "Jonas Weber", email: "jonas@acme.example", state: "off", since: at(-90_000, now), capabilities: on("recordings"), phone_system: "Any phone system (webhook)" }),
  person({ hubspot_user_id: null, name: "", email: "new.colleague@acme.example", state: "asked", claimed: true, asked_at: at(-3_000, now), super_admin: null, role: null, message: { subject: "Help me connect", text: "Hello,\n\nI would like to connect Offhook." } }),
];

const elevation = (change: Record<string, unknown>): Record<string, unknown> => ({
  id: "e1", agent: "Cleo Park", email: "cleo@acme.example", hubspot_user_id: 8, kind: "super-admin", rights: ["Super Admin"], asked_at: null, granted_at: at(-9_060, NOW),
  due_at: null, overdue: false, ended_at: null, ended_by: null, checked: true, by: null, why: null, ...change,
});

export const policy: Policy = { without: [], visibility: "everyone", account_logs: true, sync_contacts: true, auto_log: { value: true, locked: false }, pop: { value: "ringing", locked: false }, numbers: { value: "hubspot", locked: false }, confirm_dial: { value: false, locked: false } };

export interface World {
  service: FakeService;
  sockets: FakeSockets;
  host: Host;
}

/** A page over a service that answers from here; `routes` are those that answer otherwise. `token` null: nobody is signed in. */
export const world = ({ routes = {}, told = ada(), token = "t1", now = NOW }: { routes?: Record<string, Route>; told?: Panel; token?: string | null; now?: number } = {}): World => {
  const service = new FakeService({ ...answers(now), ...routes });
  const sockets = new FakeSockets();
  const host = new Host(ADDRESS, {
    fetch: service.fetch, passing: memory(), lasting: memory(token ? { "sign-in": { address: ADDRESS, token } } : {}),
    live: { random: sockets.random, open: (address) => greeting(sockets.open(address), told) },
  });
  return { service, sockets, host };
};

const greeting = (socket: ReturnType<FakeSockets["open"]>, told: Panel): ReturnType<FakeSockets["open"]> => {
  queueMicrotask(() => socket.says({ type: "panel", cursor: "1", panel: told }));
  return socket;
};

const answers = (now: number): Record<string, Route> => {
  let kept = policy;
  let connected = true;
  const people = everybody(now);
  const one = (id: number) => people.find(({ hubspot_user_id }) => hubspot_user_id === id) ?? new Problem(404, { code: "not-found", detail: "There is nobody." });
  const deeds = [
    { id: "d2", account_id: 42, at: at(-60, now), who: "ada@acme.example", deed: "policy-changed", detail: "Show tickets: off." },
    { id: "d1", account_id: 42, at: at(-3_000, now), who: "Offhook", deed: "permission-set-put-back", detail: "Put Mei Lin’s permission set back: Support." },
  ];
  return {
    [`GET ${ROOT}/people`]: () => ({ people, as_of: at(-1, now), problem: null, account_grant: connected, admins: ["ada@acme.example"] }),
    [`GET ${ROOT}/people/7/diagnosis`]: () => report(),
    [`POST ${ROOT}/people/7/check`]: () => ({ ...fields(one(7)), state: "connected", since: at(0, now), missing: [], reason: null, capabilities: on() }),
    [`POST ${ROOT}/people/7/task`]: () => ({ task_url: "https://app.hubspot.com/tasks/42/view/all/task/9" }),
    [`POST ${ROOT}/people/7/lend`]: () => ({ ...fields(one(7)), elevation: { id: "e9", kind: "permission-set", rights: ["Offhook set-up"], since: at(0, now), due_at: at(30, now), overdue: false, by: "ada@acme.example" } }),
    [`POST ${ROOT}/elevations/e1/end`]: () => ({ ...fields(one(8)), elevation: null }),
    [`GET ${ROOT}/roles`]: () => ({ roles: [{ id: "r1", name: "Offhook set-up", billable: false }, { id: "r2", name: "Sales Pro", billable: true }], problem: null }),
    [`GET ${ROOT}/elevations`]: (_, path) => ({
      elevations: path.endsWith("true")
        ? [elevation({ granted_at: at(-9_060, now), due_at: at(-7_000, now), overdue: true }), elevation({ id: "e2", agent: "Mei Lin", email: "mei@acme.example", kind: "permission-set", rights: ["Offhook set-up"], granted_at: at(-12, now), due_at: at(18, now), by: "ada@acme.example", why: "She connects today." })]
        : [elevation({ id: "e0", agent: "Jonas Weber", email: "jonas@acme.example", kind: "rights", rights: ["App Marketplace access"], checked: false, granted_at: at(-90_000, now), ended_at: at(-88_000, now), ended_by: "ada@acme.example" })],
    }),
    [`GET ${ROOT}/account-grant`]: () => (connected ? { ...grant({ as: "ada@acme.example" }), capabilities: on("tickets") } : null),
    [`DELETE ${ROOT}/account-grant`]: () => void (connected = false),
    [`GET ${ROOT}/directory`]: () => ({ state: connected ? "listing" : "not-connected", known: connected ? 9_800 : 0, listed: connected ? 12_400 : 0, total: connected ? 31_000 : null, listed_at: null, looked_at: null, every: 300, reason: null }),
    [`GET ${ROOT}/policy`]: () => ({ policy: kept, capabilities }),
    [`PUT ${ROOT}/policy`]: (body) => ({ policy: (kept = { ...kept, ...body }), capabilities }),
    [`GET ${ROOT}/phone-systems`]: () => ({
      phone_systems: [
        { key: "exchange", title: "Offhook Exchange", says: "The phone system built into Offhook.", can: ["dial", "answer", "hang-up"], lines: [{ number: "201", name: "Front desk", agent: null }, { number: "202", name: "Cleo", agent: "Cleo Park" }] },
        { key: "webhook", title: "Any phone system (webhook)", says: "Your phone system tells Offhook about its calls.", can: [], lines: [] },
      ],
    }),
    [`GET ${ROOT}/deeds`]: (_, path) => (path.includes("before=") ? { deeds: [deeds[1], { id: "d0", account_id: 42, at: at(-80_000, now), who: "ada@acme.example", deed: "account-connected", detail: "" }], more: false } : { deeds, more: true }),
  };
};
