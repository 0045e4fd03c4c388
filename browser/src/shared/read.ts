/** From whatever arrived to the values we rely on. Nothing here throws: what is missing becomes its emptiest
    honest form, so that one odd field never blanks a panel in the middle of a call. */

import type { IceServer, PhoneLine } from "./phone";
import type {
  Action, Agent, Begun, Call, CallPage, Capability, Check, Claim, Contact, ContactNumber, Grant, Habits, Heading, Helped, HowSure, Line, LineOffer, Log, MissingRight, Neighbour,
  Outcome, OwnApp, Panel, PhoneSystem, Reason, Refusal, Reminder, Report, Shelf, Status, Stray, Who, Wording,
} from "./values";

type Fields = Record<string, unknown>;

const ACTIONS: readonly Action[] = ["answer", "decline", "hang-up", "hold", "resume", "mute", "unmute", "transfer"];

const isFields = (value: unknown): value is Fields =>
  typeof value === "object" && value !== null && !Array.isArray(value);
const fields = (value: unknown): Fields => (isFields(value) ? value : {});
const text = (value: unknown, otherwise = ""): string =>
  typeof value === "string" ? value : typeof value === "number" ? String(value) : otherwise;
const maybe = (value: unknown): string | null => text(value) || null;
const yes = (value: unknown): boolean => value === true;
const list = <T>(value: unknown, each: (item: Fields) => T): T[] =>
  Array.isArray(value) ? value.filter(isFields).map(each) : [];
const texts = (value: unknown): string[] =>
  Array.isArray(value) ? value.filter((item) => typeof item === "string") : [];
const orNull = <T>(value: unknown, read: (item: Fields) => T): T | null => (isFields(value) ? read(value) : null);
const oneOf = <T extends string>(value: unknown, words: readonly T[], otherwise: T): T =>
  words.find((word) => word === value) ?? otherwise;

/** Only addresses a browser may be sent to: a record's link never becomes script. */
export const link = (value: unknown): string => (/^https?:\/\//i.test(text(value)) ? text(value) : "");

export const reason = (f: Fields): Reason => ({
  code: text(f["code"], "unknown"),
  says: text(f["says"], "No reason was given."),
  remedy: maybe(f["remedy"]),
  retryable: yes(f["retryable"]),
});

const capability = (f: Fields): Capability => ({
  key: text(f["key"]), title: text(f["title"]), on: yes(f["on"]), why: maybe(f["why"]),
  can_be_added: yes(f["can_be_added"]),
});

const agent = (f: Fields): Agent => ({
  id: text(f["id"]), name: text(f["name"], "You"), email: text(f["email"]),
  administrator: yes(f["administrator"]), available: yes(f["available"]),
});

const grant = (f: Fields): Grant => ({
  state: oneOf(f["state"], ["active", "off", "broken"], "broken"),
  as: text(f["as"]), account_id: text(f["account_id"]), account_name: text(f["account_name"]), since: text(f["since"]),
  reason: orNull(f["reason"], reason),
  capabilities: list(f["capabilities"], capability),
});

const habits = (f: Fields): Habits => ({
  auto_log: f["auto_log"] !== false, pop: oneOf(f["pop"], ["answered", "never"], "ringing" as Habits["pop"]), locked: texts(f["locked"]),
  numbers: oneOf(f["numbers"], ["off", "sites"], "hubspot" as Habits["numbers"]), confirm_dial: yes(f["confirm_dial"]),
});

const phoneSystem = (f: Fields): PhoneSystem => ({
  key: text(f["key"]), title: text(f["title"]) || text(f["key"]), says: text(f["says"]),
  line_login: oneOf(f["line_login"], ["none", "line", "line-and-secret"], "line-and-secret"),
  can: [...new Set([...texts(f["can"]), ...(yes(f["softphone"]) || ownApp(f["own_app"]) ? ["dial"] : [])])], // the browser's phone or the vendor's app dials, whatever the service can
  softphone: yes(f["softphone"]), own_app: ownApp(f["own_app"]),
  codes: list(f["codes"], (code) => ({ id: text(code["id"]), title: text(code["title"]) || text(code["id"]) })), most_codes: Number(f["most_codes"]) || 0,
});

/** Only addresses that make a telephone dial, and a frame that is secure: nothing else is ever opened. */
const ownApp = (given: unknown): OwnApp | null => {
  const f = fields(given);
  const [dials, linkAs, frame] = [text(f["link"]), text(f["link_as"]), text(f["frame"])];
  if (!DIALS.test(dials)) return null;
  return { link: dials, link_as: DIALS.test(linkAs) ? linkAs : "", caller_ids: texts(f["caller_ids"]), frame: SECURE.test(frame) ? frame : "" };
};

const DIALS = /^(?:tel|callto|votel):[^\s]*\{number\}/u;
const SECURE = /^(?:https:\/\/|http:\/\/(?:localhost|127\.0\.0\.1)[:/])/u;

export const lines = (answer: unknown): LineOffer[] =>
  list(fields(answer)["lines"], (f) => ({ number: text(f["number"]), name: text(f["name"]) })).filter(({ number }) => number !== "");

const ownStatus = (f: Fields): Status => ({
  says: text(f["says"], "Status not known"), takes_calls: yes(f["takes_calls"]), chosen: text(f["chosen"]), why: text(f["why"]),
  choices: list(f["choices"], (choice) => ({ key: text(choice["key"]), title: text(choice["title"]) || text(choice["key"]) })),
});

const line = (f: Fields): Line => ({ number: text(f["number"]), name: text(f["name"]) });

const contactNumber = (f: Fields): ContactNumber => ({
  label: text(f["label"]), number: text(f["number"]), shown: text(f["shown"]) || text(f["number"]),
});

export const contact = (f: Fields): Contact => ({
  id: text(f["id"]), name: text(f["name"]).trim() || text(f["email"]) || "No name",
  email: maybe(f["email"]), company: maybe(f["company"]), owner: maybe(f["owner"]),
  url: link(f["url"]), numbers: list(f["numbers"], contactNumber),
});

const neighbour = (f: Fields): Neighbour => ({
  id: text(f["id"]), name: text(f["name"]).trim() || "No name", detail: text(f["detail"]), url: link(f["url"]),
  open: typeof f["open"] === "boolean" ? f["open"] : null,
});

const shelf = (f: Fields): Shelf => ({
  kind: oneOf(f["kind"], ["deals", "tickets"], "companies" as Shelf["kind"]),
  records: list(f["records"], neighbour), reason: orNull(f["reason"], reason),
});

export const shelves = (value: unknown): Shelf[] => list(fields(value)["shelves"], shelf);

export const who = (value: unknown): Who => {
  const f = fields(value);
  return {
    answer: oneOf(f["answer"], ["asking", "none", "one", "several", "not-allowed", "no-number"], "could-not-ask"),
    contacts: list(f["contacts"], contact),
    reason: orNull(f["reason"], reason),
  };
};

const log = (value: unknown): Log => {
  const f = fields(value);
  return {
    state: oneOf(f["state"], ["waiting", "logged", "failed", "off"], "not-yet"),
    reason: orNull(f["reason"], reason), url: link(f["url"]) || null, next_try_at: maybe(f["next_try_at"]),
    by: maybe(f["by"]),
  };
};

export const call = (f: Fields): Call => ({
  id: text(f["id"]), external_id: text(f["external_id"]), phone_system: text(f["phone_system"]), leg: null,
  direction: oneOf(f["direction"], ["outbound"], "inbound" as "inbound" | "outbound"),
  state: oneOf(f["state"], ["ringing", "dialing", "held", "ended"], "connected" as Call["state"]),
  muted: yes(f["muted"]),
  number: maybe(f["number"]), number_shown: text(f["number_shown"]) || text(f["number"], "Anonymous"), line: text(f["line"]),
  started_at: text(f["started_at"]), answered_at: maybe(f["answered_at"]), ended_at: maybe(f["ended_at"]),
  duration_ms: typeof f["duration_ms"] === "number" ? f["duration_ms"] : null,
  ended_how: maybe(f["ended_how"]) as Call["ended_how"],
  who: who(f["who"]), contact_id: maybe(f["contact_id"]), notes: text(f["notes"]), outcome: maybe(f["outcome"]),
  codes: texts(f["codes"]), wrapped_up: yes(f["wrapped_up"]), log: log(f["log"]),
  can: ACTIONS.filter((action) => texts(f["can"]).includes(action)),
});

export const calls = (value: unknown): CallPage => {
  const f = fields(value);
  return { calls: list(f["calls"], call), more: yes(f["more"]) };
};

const server = (f: Fields): IceServer => ({
  urls: texts(f["urls"]), ...(text(f["username"]) ? { username: text(f["username"]), credential: text(f["credential"]) } : {}),
});

/** Null when it names no server that a browser can reach. */
export const phoneLine = (value: unknown, purpose: string): PhoneLine | null => {
  const f = fields(value);
  if (!/^wss?:\/\//i.test(text(f["server"])) || !/^sips?:/i.test(text(f["uri"]))) return null;
  return {
    purpose, server: text(f["server"]), uri: text(f["uri"]), username: text(f["username"]), password: text(f["password"]), realm: text(f["realm"]),
    ice_servers: list(f["ice_servers"], server), codecs: texts(f["codecs"]), outbound_proxy: text(f["outbound_proxy"]),
    register_seconds: typeof f["register_seconds"] === "number" ? f["register_seconds"] : 120, relays: yes(f["relays"]),
  };
};

const outcome = (f: Fields): Outcome => ({ id: text(f["id"]), label: text(f["label"]) || text(f["id"]) });

const reminder = (f: Fields): Reminder => ({
  id: text(f["id"]), agent: text(f["agent"]), says: text(f["says"]), rights: texts(f["rights"]), since: text(f["since"]),
  users_url: link(f["users_url"]), checked: yes(f["checked"]), due_at: maybe(f["due_at"]),
  kind: oneOf(f["kind"], ["super-admin", "permission-set"], "rights" as Reminder["kind"]),
  overdue: yes(f["overdue"]), mine: yes(f["mine"]),
});

const stray = (f: Fields): Stray => ({
  id: text(f["id"]), received_at: text(f["received_at"]), phone_system: text(f["phone_system"]), says: text(f["says"]),
});

export const panel = (value: unknown): Panel => {
  const f = fields(value);
  const hubspot = fields(f["hubspot"]);
  return {
    agent: agent(fields(f["agent"])), grant: grant(fields(f["grant"])),
    phone_systems: list(f["phone_systems"], phoneSystem), phone_system: maybe(f["phone_system"]), line: orNull(f["line"], line), status: orNull(f["status"], ownStatus),
    calls: list(f["calls"], call), recent: list(f["recent"], call), outcomes: list(f["outcomes"], outcome),
    reminders: list(f["reminders"], reminder), strays: list(f["strays"], stray),
    hubspot: {
      app_url: link(hubspot["app_url"]), contacts_url: link(hubspot["contacts_url"]), users_url: link(hubspot["users_url"]),
    },
    version: text(f["version"]),
    habits: habits(fields(f["habits"])), region: text(f["region"]),
  };
};

const missingRight = (f: Fields): MissingRight => ({
  right: text(f["right"]), value: text(f["value"]), where: text(f["where"]), needed_for: texts(f["needed_for"]),
  sure: oneOf(f["sure"], ["proved", "documented", "likely"], "guess" as MissingRight["sure"]), source: text(f["source"]), blocks: yes(f["blocks"]),
});

const check = (f: Fields): Check => ({
  name: text(f["name"]), state: oneOf(f["state"], ["pass", "fail"], "could-not-ask" as Check["state"]),
  says: text(f["says"]), remedy: maybe(f["remedy"]), who: WHO.find((word) => word === f["who"]) ?? null,
  part: oneOf(f["part"], PARTS, "service"), minor: yes(f["minor"]),
});

const WHO = ["agent", "administrator", "operator", "hubspot", "nobody"] as const;
const PARTS = ["service", "app", "account", "person", "grant", "live", "line", "microphone", "deliveries", "clock", "panel"] as const;

export const report = (value: unknown): Report => {
  const f = fields(value);
  const message = fields(f["message"]);
  return {
    cause: oneOf(f["cause"], ["person", "account", "app", "service"], "unknown" as Report["cause"]),
    title: text(f["title"], "HubSpot did not answer"), says: text(f["says"]), missing: list(f["missing"], missingRight),
    remember: maybe(f["remember"]), message: { subject: text(message["subject"]), text: text(message["text"]) },
    less: orNull(f["less"], (less) => ({
      ask: oneOf(less["ask"], ["everything"], "search-only" as "everything" | "search-only"), says: text(less["says"]),
    })),
    users_url: link(f["users_url"]), checks: list(f["checks"], check),
    sure: howSure(f["sure"]), who: text(f["who"]), remedy: text(f["remedy"]),
  };
};

const howSure = (value: unknown): HowSure => oneOf(value, ["certain", "likely"], "unknown" as HowSure);

const wording = (f: Fields): Wording => ({
  key: text(f["key"]), shown: text(f["shown"]),
  cause: oneOf(f["cause"], ["person", "account", "app", "service"], "unknown" as Wording["cause"]), sure: howSure(f["sure"]),
  title: text(f["title"]), says: text(f["says"]), who: text(f["who"]), remedy: text(f["remedy"]),
  seen: oneOf(f["seen"], ["documented", "reported", "described"], "assumed" as Wording["seen"]),
});

export const headings = (value: unknown): Heading[] =>
  list(fields(value)["headings"], (f) => ({ heading: text(f["heading"]), entries: list(f["entries"], wording) }));

/** Only the draft of an e-mail may be opened from it. */
export const helped = (value: unknown): Helped => {
  const f = fields(value);
  const message = fields(f["message"]);
  const mailto = text(message["mailto"]);
  return {
    asked: yes(f["asked"]), told: texts(f["told"]),
    message: { subject: text(message["subject"]), text: text(message["text"]), mailto: /^mailto:/i.test(mailto) ? mailto : "" },
  };
};

export const begun = (value: unknown): Begun => {
  const f = fields(value);
  return {
    id: text(f["id"]), consent_url: link(f["consent_url"]), expires_at: text(f["expires_at"]),
    patience_ms: typeof f["patience_ms"] === "number" ? f["patience_ms"] : 60_000,
  };
};

export const claim = (value: unknown): Claim => {
  const f = fields(value);
  return {
    state: oneOf(f["state"], ["granted", "failed", "stuck", "expired"], "waiting" as Claim["state"]),
    token: maybe(f["token"]),
    problem: orNull(f["problem"], (p) => refusal(p, 0)),
    diagnosis: isFields(f["diagnosis"]) ? report(f["diagnosis"]) : null,
  };
};

/** A problem of RFC 9457, or a Reason: both say what is wrong and what to do. */
export const refusal = (value: unknown, status: number): Refusal => {
  const f = fields(value);
  return {
    code: text(f["code"], status ? `http-${status}` : "unknown"),
    says: text(f["says"]) || text(f["detail"]) || text(f["title"]) || `The service answered ${status}.`,
    remedy: maybe(f["remedy"]), retryable: yes(f["retryable"]), status, contacts: list(f["contacts"], contact),
  };
};

export { capability, fields, grant, line, list, maybe, missingRight, oneOf, orNull, text, texts, yes };
