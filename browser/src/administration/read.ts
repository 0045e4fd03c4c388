/** From whatever arrived to the values we rely on; as in shared/read.ts, nothing here throws. */

import * as read from "../shared/read";
import type { Reason } from "../shared/values";
import type { Choice, Deed, Deeds, Directory, Elevation, ElevationKind, Lent, NumbersOn, People, Person, PersonState, PhoneSystemLines, Policy, PolicyView, Pop, Role, Visibility } from "./values";

const { fields, list, maybe, oneOf, orNull, text, texts, yes } = read;
type Fields = Record<string, unknown>;

const kind = (value: unknown): ElevationKind => oneOf(value, ["super-admin", "permission-set"], "rights" as ElevationKind);
const reason = (value: unknown): Reason | null => orNull(value, read.reason);

const lent = (f: Fields): Lent => ({
  id: text(f["id"]), kind: kind(f["kind"]), rights: texts(f["rights"]), since: text(f["since"]), due_at: maybe(f["due_at"]),
  overdue: yes(f["overdue"]), by: maybe(f["by"]),
});

export const person = (f: Fields): Person => ({
  hubspot_user_id: maybe(f["hubspot_user_id"]), email: text(f["email"]),
  name: text(f["name"]).trim() || text(f["email"]) || "Somebody",
  state: oneOf(f["state"], ["connected", "off", "broken", "asked"], "not-connected" as PersonState),
  reason: reason(f["reason"]), since: maybe(f["since"]),
  capabilities: read.list(f["capabilities"], read.capability), missing: read.list(f["missing"], read.missingRight),
  asked_at: maybe(f["asked_at"]),
  message: orNull(f["message"], (m) => ({ subject: text(m["subject"]), text: text(m["text"]) })),
  super_admin: typeof f["super_admin"] === "boolean" ? f["super_admin"] : null,
  role: named(f["role"]), phone_system: named(f["phone_system"]), line: named(f["line"]),
  elevation: orNull(f["elevation"], lent), may_need_relogin: yes(f["may_need_relogin"]), claimed: yes(f["claimed"]),
  task_url: read.link(f["task_url"]) || null,
});

/** A word, or something with a name or number. */
const named = (value: unknown): string | null =>
  maybe(value) ?? orNull(value, (f) => maybe(f["title"]) ?? maybe(f["name"]) ?? maybe(f["number"]));

export const people = (value: unknown): People => {
  const f = fields(value);
  return {
    people: list(f["people"], person), as_of: maybe(f["as_of"]), problem: reason(f["problem"]),
    account_grant: yes(f["account_grant"]), admins: texts(f["admins"]),
  };
};

const count = (value: unknown): number | null => (typeof value === "number" && Number.isFinite(value) ? value : null);

export const directory = (value: unknown): Directory => {
  const f = fields(value);
  return {
    state: oneOf(f["state"], ["off", "not-connected", "paused", "listing"], "known" as Directory["state"]),
    known: count(f["known"]) ?? 0, listed: count(f["listed"]) ?? 0, total: count(f["total"]),
    looked_at: maybe(f["looked_at"]), reason: reason(f["reason"]),
  };
};

export const roles = (value: unknown): { roles: Role[]; problem: Reason | null } => {
  const f = fields(value);
  return {
    roles: list(f["roles"], (role) => ({ id: text(role["id"]), name: text(role["name"]) || text(role["id"]), billable: yes(role["billable"]) })),
    problem: reason(f["problem"]),
  };
};

const elevation = (f: Fields): Elevation => ({
  id: text(f["id"]), agent: text(f["agent"]) || text(f["email"]), email: text(f["email"]), kind: kind(f["kind"]), rights: texts(f["rights"]),
  asked_at: maybe(f["asked_at"]), granted_at: text(f["granted_at"]), due_at: maybe(f["due_at"]), overdue: yes(f["overdue"]),
  ended_at: maybe(f["ended_at"]), ended_by: maybe(f["ended_by"]), checked: yes(f["checked"]), by: maybe(f["by"]), why: maybe(f["why"]),
});

export const elevations = (value: unknown): Elevation[] => list(fields(value)["elevations"], elevation);

const choice = <T>(value: unknown, each: (value: unknown) => T): Choice<T> => {
  const f = fields(value);
  return { value: each(f["value"]), locked: yes(f["locked"]) };
};

const policy = (f: Fields): Policy => ({
  without: texts(f["without"]), visibility: oneOf(f["visibility"], ["own", "team"], "everyone" as Visibility),
  account_logs: f["account_logs"] !== false, sync_contacts: f["sync_contacts"] !== false, auto_log: choice(f["auto_log"], (value) => value !== false),
  pop: choice(f["pop"], (value) => oneOf(value, ["answered", "never"], "ringing" as Pop)),
  numbers: choice(f["numbers"], (value) => oneOf(value, ["off", "sites"], "hubspot" as NumbersOn)),
  confirm_dial: choice(f["confirm_dial"], (value) => value === true),
});

export const policyView = (value: unknown): PolicyView => {
  const f = fields(value);
  const pairs = Array.isArray(f["capabilities"]) ? f["capabilities"].filter(Array.isArray) : [];
  return {
    policy: policy(fields(f["policy"])),
    capabilities: pairs.map((pair: unknown[]) => ({ key: text(pair[0]), title: text(pair[1]) || text(pair[0]) })),
  };
};

export const phoneSystems = (value: unknown): PhoneSystemLines[] =>
  list(fields(value)["phone_systems"], (f) => ({
    key: text(f["key"]), title: text(f["title"]) || text(f["key"]), says: text(f["says"]), can: texts(f["can"]),
    lines: list(f["lines"], (line) => ({ ...read.line(line), agent: maybe(line["agent"]) })),
  }));

const deed = (f: Fields): Deed => ({
  id: text(f["id"]), at: text(f["at"]), who: text(f["who"]), deed: text(f["deed"]), detail: text(f["detail"]),
});

export const deeds = (value: unknown): Deeds => {
  const f = fields(value);
  return { deeds: list(f["deeds"], deed), more: yes(f["more"]) };
};
