/** Panels, calls and people for the tests and the gallery. Every maker takes what is to be different. */

import { noPhone, type PhoneLeg, type PhoneView } from "../src/shared/phone";
import type { DeskView } from "../src/messages";
import type { Call, Check, Contact, Grant, Heading, Panel, Reason, Reminder, Report, Status, Who, Wording } from "../src/shared/values";

export const NOW = Date.parse("2026-11-23T18:30:00.000Z");
export const ago = (seconds: number, now = NOW): string => new Date(now - seconds * 1000).toISOString();

export const reason = (change: Partial<Reason> = {}): Reason => ({
  code: "hubspot-busy", says: "HubSpot is busy.", remedy: "It is asked again by itself.", retryable: true, ...change,
});

export const contact = (change: Partial<Contact> = {}): Contact => ({
  id: "51", name: "Maria Keller", email: "maria@keller.example", company: "Keller Optik AG", owner: "Ben Ortiz",
  url: "https://app.hubspot.com/contacts/42/record/0-1/51",
  numbers: [{ label: "Phone", number: "+41446681800", shown: "+41 44 668 18 00" }, { label: "Mobile", number: "+41795550123", shown: "+41 79 555 01 23" }],
  ...change,
});

export const who = (change: Partial<Who> = {}): Who => ({ answer: "one", contacts: [contact()], reason: null, ...change });
export const nobody = who({ answer: "none", contacts: [] });

export const call = (change: Partial<Call> = {}): Call => ({
  id: "c1", external_id: "x1", phone_system: "exchange", leg: null, direction: "inbound", state: "ringing", muted: false, number: "+41446681800", number_shown: "+41 44 668 18 00",
  line: "201", started_at: ago(8), answered_at: null, ended_at: null, duration_ms: null, ended_how: null, who: who(),
  contact_id: "51", notes: "", outcome: null, codes: [], wrapped_up: false,
  log: { state: "not-yet", reason: null, url: null, next_try_at: null, by: null }, can: ["answer", "decline"], ...change,
});

export const connected = (change: Partial<Call> = {}): Call =>
  call({ state: "connected", answered_at: ago(125), can: ["hang-up", "hold", "mute", "transfer"], ...change });

export const ended = (change: Partial<Call> = {}): Call =>
  call({ state: "ended", answered_at: ago(400), ended_at: ago(20), duration_ms: 380_000, ended_how: "completed", can: [], ...change });

const done = (id: string, secondsAgo: number, change: Partial<Call>): Call =>
  ended({ id, started_at: ago(secondsAgo), wrapped_up: true, log: { state: "logged", reason: null, url: "https://app.hubspot.com/c", next_try_at: null, by: null }, ...change });

export const recent: Call[] = [
  done("r1", 900, {}),
  done("r2", 4_000, { direction: "inbound", ended_how: "missed", duration_ms: null, answered_at: null, who: nobody, contact_id: null, number_shown: "+1 415 555 0100", number: "+14155550100", log: { state: "waiting", reason: reason(), url: null, next_try_at: ago(-120), by: null } }),
  done("r3", 9_000, { direction: "outbound", duration_ms: 65_000, who: who({ contacts: [contact({ id: "52", name: "Tomás Ferreira da Silva" })] }), contact_id: "52", number_shown: "+351 21 555 01 23", log: { state: "failed", reason: reason({ code: "missing-right", says: "You may not log calls in HubSpot.", remedy: "Ask for Contacts › Edit.", retryable: false }), url: null, next_try_at: null, by: null } }),
  done("r4", 90_000, { direction: "outbound", ended_how: "no-answer", duration_ms: null, who: who({ contacts: [contact({ id: "53", name: "Aiko Yamamoto" })] }), contact_id: "53", number_shown: "+81 3-5550-1234" }),
  done("r5", 200_000, { who: who({ answer: "no-number", contacts: [] }), contact_id: null, number: null, number_shown: "Anonymous", log: { state: "off", reason: null, url: null, next_try_at: null, by: null } }),
];

export const grant = (change: Partial<Grant> = {}): Grant => ({
  state: "active", as: "Ben Ortiz (ben@acme.example)", account_id: "42", account_name: "Acme Vision", since: "2026-11-02T09:00:00Z", reason: null,
  capabilities: [
    { key: "find-contacts", title: "Find contacts", on: true, why: null, can_be_added: false }, { key: "log-calls", title: "Log calls", on: true, why: null, can_be_added: false },
    { key: "create-contacts", title: "Create contacts", on: true, why: null, can_be_added: false },
    { key: "companies", title: "Show companies", on: false, why: "HubSpot did not grant Companies › View", can_be_added: true },
  ],
  ...change,
});

export const panel = (change: Partial<Panel> = {}): Panel => ({
  agent: { id: "a1", name: "Ben Ortiz", email: "ben@acme.example", administrator: false, available: true },
  grant: grant(),
  phone_systems: [
    { key: "exchange", title: "Offhook Exchange", says: "The phone system built into Offhook.", line_login: "line-and-secret", can: ["dial", "answer", "decline", "hang-up", "hold", "mute", "transfer"], softphone: true, own_app: null, codes: [], most_codes: 0 },
    { key: "8x8", title: "8x8 Work", says: "Calls ring in 8x8 Work; Offhook follows them.", line_login: "line", can: ["dial"], softphone: false, own_app: null, codes: [], most_codes: 0 },
    { key: "webhook", title: "Any phone system (webhook)", says: "Your phone system tells Offhook about its calls.", line_login: "none", can: [], softphone: false, own_app: null, codes: [], most_codes: 0 },
  ],
  phone_system: "exchange", line: { number: "201", name: "Ben" }, status: null, calls: [], recent,
  outcomes: [{ id: "o1", label: "Connected" }, { id: "o2", label: "Left voicemail" }, { id: "o3", label: "Wrong number" }],
  reminders: [], strays: [],
  hubspot: { app_url: "https://app.hubspot.com", contacts_url: "https://app.hubspot.com/contacts/42", users_url: "https://app.hubspot.com/settings/42/users" },
  version: "0.1.0", habits: { auto_log: true, pop: "ringing", numbers: "hubspot", confirm_dial: false, locked: [] }, region: "US", ...change,
});

/** At 8x8 Contact Center, which has a status of each agent's and codes for wrap-up. */
export const atCenter = (change: Partial<Status> = {}): Panel => panel({
  phone_systems: [
    ...panel().phone_systems,
    {
      key: "contact_center", title: "8x8 Contact Center", says: "Calls of 8x8 Contact Center.", line_login: "line", can: ["dial", "hang-up"], softphone: false, own_app: null,
      codes: [{ id: "12|234", title: "Sold" }, { id: "12|235", title: "Call again" }, { id: "2281|7361", title: "Complaint about an invoice" }], most_codes: 2,
    },
  ],
  phone_system: "contact_center", line: { number: "ag0VYyLh0YTsymdbtYIaaaa", name: "Ben Ortiz" },
  status: {
    says: "Available", takes_calls: true, chosen: "4", why: "",
    choices: [{ key: "4", title: "Available" }, { key: "3|801|1725", title: "On break: Lunch" }, { key: "5", title: "Working offline" }], ...change,
  },
});

export const check = (name: string, part: Check["part"], says: string, change: Partial<Check> = {}): Check => ({
  name, part, says, state: "pass", remedy: null, who: null, minor: false, ...change,
});

export const report = (change: Partial<Report> = {}): Report => ({
  cause: "person", title: "Your HubSpot user lacks three rights", says: "HubSpot stopped you before it asked. An administrator can switch these on in a minute.",
  missing: [
    { right: "App Marketplace access", value: "On", where: "Settings › Users & Teams › Ben Ortiz › Edit › Account", needed_for: ["connect any app that is new to the account"], sure: "proved", source: "HubSpot’s page", blocks: true },
    { right: "Contacts", value: "View and Edit: Everything", where: "Settings › Users & Teams › Ben Ortiz › Edit › CRM", needed_for: ["show who is calling", "log calls"], sure: "documented", source: "HubSpot’s help", blocks: true },
    { right: "Service", value: "Tickets: View", where: "Settings › Users & Teams › Ben Ortiz › Edit › Service", needed_for: ["link calls to tickets"], sure: "likely", source: "reports", blocks: false },
  ],
  remember: "A change counts only after you log out of HubSpot and in again.",
  message: { subject: "Please switch on three HubSpot rights for me", text: "Hello,\n\nI would like to connect Offhook to HubSpot, and HubSpot says I lack these rights:\n\n1. App Marketplace access: On\n2. Contacts: View and Edit: Everything\n3. Service: Tickets: View\n\nThey are under Settings › Users & Teams › Ben Ortiz › Actions › Edit.\n\nThank you" },
  less: { ask: "search-only", says: "Searching contacts needs only the first two. Calls are then not logged." },
  users_url: "https://app.hubspot.com/settings/42/users",
  checks: [
    check("Service address", "service", "The service reaches HubSpot."),
    check("HubSpot app", "app", "The app asks for nothing it is not set up for."),
    check("Rights", "person", "HubSpot’s page lists missing rights.", { state: "fail" }),
  ],
  sure: "certain", who: "A Super Admin of your HubSpot account", remedy: "switches on what is listed, and saves. Then log out of HubSpot and in again.",
  ...change,
});

/** The report of an agent who is signed in: everything from the ground up. */
export const examined = (...changed: Check[]): Report => {
  const unasked = { state: "could-not-ask", minor: true } as const;
  const checks = [
    check("Service address", "service", "Browsers reach Offhook at https://phones.acme.example."),
    check("Service reached", "service", "Offhook answers at https://phones.acme.example."),
    check("HubSpot's API", "service", "HubSpot's API answers at https://api.hubapi.com."),
    check("HubSpot app", "app", "Client id 0c1d2e3f-aaaa-4bbb-8ccc-0123456789ab and its secret are set."),
    check("App's settings", "app", "HubSpot tells nobody which redirect addresses and scopes an app lists.", { ...unasked, remedy: "Whoever runs Offhook compares them: offhook hubspot-app check.", who: "operator" }),
    check("App in the account", "account", "Installed. ada@acme.example connected the account on 2026-11-20."),
    check("Subscription", "account", "HubSpot does not say which subscription an account has; what it lacks shows in what is not granted.", unasked),
    check("Super Admin", "person", "Not Super Admin; nobody needs to be, to work with Offhook."),
    check("Rights", "person", "HubSpot tells nobody a person's single rights. For what is off, these may be missing: Tickets > Edit (likely).", unasked),
    check("HubSpot connection", "grant", "Connected to Acme Vision (42) as ben@acme.example since 2026-11-21 09:00 UTC."),
    check("Log calls on the timeline", "grant", "On."),
    check("Show tickets", "grant", "Off: HubSpot did not grant tickets.", { state: "fail", minor: true, remedy: "Add it under Setup > Integrations > HubSpot. If HubSpot does not grant it then, an administrator switches on Tickets > Edit first.", who: "agent" }),
    check("Find a contact", "live", "HubSpot searches contacts."),
    check("Log a call", "live", "HubSpot would take a call entry. It was asked without making one."),
    check("Line", "line", "Logged in to line 201 of Offhook exchange; nobody else is."),
    check("Microphone", "microphone", "Only the agent's own panel can look at the microphone.", unasked),
    check("Deliveries", "deliveries", "The last of Offhook exchange arrived at 2026-11-23 18:12 UTC; none waits."),
    check("Clock", "clock", "This machine's clock agrees with HubSpot's to the minute."),
    check("Panel version", "panel", "Only the agent's own panel knows its version.", unasked),
  ].map((each) => changed.find(({ name }) => name === each.name) ?? each);
  const first = checks.find(({ state, minor }) => state === "fail" && !minor);
  return report({
    checks, who: "", remedy: "", less: null,
    title: first ? `${first.name}: needs attention` : "No trouble found",
    says: first?.says ?? "Everything that is needed is in order. Off: Show tickets.",
    missing: report().missing.slice(2).map((each) => ({ ...each, right: "Tickets > Edit", value: "All tickets" })),
    message: first ? report().message : { subject: "", text: "" },
  });
};

const wording = (change: Partial<Wording>): Wording => ({
  key: "may-not-connect", shown: "You don't have permission to connect this app", cause: "person", sure: "likely",
  title: "HubSpot does not let your user connect apps", says: "HubSpot's page does not say which right is missing.",
  who: "A Super Admin of your HubSpot account", remedy: "connects Offhook once.", seen: "reported", ...change,
});

export const wordings = (): Heading[] => [
  { heading: "You don't have permission to connect this app", entries: [wording({}), wording({ shown: "You don't have permission to connect this integration" })] },
  {
    heading: "Couldn't complete the connection",
    entries: [
      wording({ key: "scopes-insufficient", shown: "the provided scopes are insufficient", cause: "app", sure: "certain", title: "Offhook's app asks for too little", who: "Whoever runs Offhook for you", remedy: "makes that scope optional." }),
      wording({ key: "scopes-insufficient", shown: "Insufficient scopes were provided", cause: "app" }),
      wording({ key: "scopes-insufficient", shown: "Not known to be its words", cause: "app", seen: "assumed" }),
      wording({ key: "account-lacks-features", shown: "doesn't have access to some HubSpot features", cause: "account" }),
    ],
  },
  { heading: "HubSpot's page is gone", entries: [wording({ key: "window-closed", shown: "HubSpot's page is gone", seen: "described" })] },
];

export const attempt = (change: Partial<NonNullable<DeskView["attempt"]>> = {}): NonNullable<DeskView["attempt"]> => ({
  id: "s1", ask: "everything", consent_url: "https://app.hubspot.com/oauth/authorize?x", began_at: NOW, state: "waiting", diagnosis: null, problem: null, ...change,
});

export const view = (change: Partial<DeskView> = {}): DeskView => ({
  address: "http://localhost:8600", address_fixed: false, phone: noPhone, phone_of_extension: false, reach: "online", why_offline: null, signed_in: true, signed_out_because: null,
  attempt: null, panel: panel(), drafts: {}, others: [], notice: null, to_dial: null, sites: [], ...change,
});

export const signedOut = (change: Partial<DeskView> = {}): DeskView => view({ signed_in: false, panel: null, ...change });
export const leg = (change: Partial<PhoneLeg> = {}): PhoneLeg => ({
  id: "l1", external_id: "x1", direction: "inbound", state: "ringing", early: false, number: "+41446681800", name: "", started_at: NOW - 8_000,
  answered_at: null, muted: false, merged: false, held_there: false, mending: false, quality: null, outward: null, ...change,
});
export const talking = (change: Partial<PhoneLeg> = {}): PhoneLeg =>
  leg({ state: "talking", answered_at: NOW - 125_000, quality: { level: "good", says: "Good sound", loss: 0, jitter_ms: 2, round_trip_ms: 40 }, ...change });

/** Registered for the line of `panel`. */
export const phone = (change: Partial<PhoneView> = {}): PhoneView => ({
  ...noPhone, purpose: "line 201", state: "ready", microphone: "allowed",
  devices: {
    microphones: [{ id: "m1", label: "Headset microphone" }, { id: "m2", label: "Built-in microphone" }],
    speakers: [{ id: "s1", label: "Headset" }, { id: "s2", label: "Built-in speakers" }],
  }, ...change,
});

export const onCall = (...calls: Call[]): DeskView => view({ panel: panel({ calls }) });

export const lent = (more: Partial<Reminder> = {}): Reminder => ({
  id: "m1", agent: "Ben", says: "Ben was given rights in order to connect. They can be taken back now; the connection stays.",
  rights: ["Super Admin"], since: "2026-11-21T09:00:00Z", users_url: "https://app.hubspot.com/settings/1/users",
  checked: false, kind: "rights", due_at: null, overdue: false, mine: false, ...more,
});
