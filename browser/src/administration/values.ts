/** The words of the contract with the service about administration (docs/reference/panel-api.md, “Administration”). */

import type { Capability, Line, MissingRight, Reason } from "../shared/values";

export type PersonState = "connected" | "off" | "broken" | "asked" | "not-connected";
export type ElevationKind = "rights" | "super-admin" | "permission-set";
export type Visibility = "everyone" | "own" | "team";
export type NumbersOn = "off" | "hubspot" | "sites";
export type Pop = "ringing" | "answered" | "never";

/** What is lent to somebody now. */
export interface Lent {
  id: string;
  kind: ElevationKind;
  rights: string[];
  since: string;
  due_at: string | null;
  overdue: boolean;
  by: string | null;
}

export interface Person {
  hubspot_user_id: string | null;
  email: string;
  name: string;
  state: PersonState;
  reason: Reason | null;
  since: string | null;
  capabilities: Capability[];
  missing: MissingRight[];
  asked_at: string | null;
  message: { subject: string; text: string } | null;
  /** null: HubSpot could not be asked. */
  super_admin: boolean | null;
  role: string | null;
  phone_system: string | null;
  line: string | null;
  elevation: Lent | null;
  may_need_relogin: boolean;
  /** Who asked was not signed in: nothing proves that the address is hers. */
  claimed: boolean;
  /** Of the task that was made of her request. */
  task_url: string | null;
}

export interface People {
  people: Person[];
  as_of: string | null;
  /** Why HubSpot could not be asked who is there. */
  problem: Reason | null;
  account_grant: boolean;
  admins: string[];
}

/** How the contacts of the account are known here. */
export interface Directory {
  state: "off" | "not-connected" | "paused" | "listing" | "known";
  known: number;
  listed: number;
  total: number | null;
  looked_at: string | null;
  reason: Reason | null;
}

/** A permission set of the account. */
export interface Role {
  id: string;
  name: string;
  billable: boolean;
}

export interface Elevation {
  id: string;
  agent: string;
  email: string;
  kind: ElevationKind;
  rights: string[];
  asked_at: string | null;
  granted_at: string;
  due_at: string | null;
  overdue: boolean;
  ended_at: string | null;
  ended_by: string | null;
  checked: boolean;
  by: string | null;
  why: string | null;
}

/** `locked`: agents cannot choose otherwise for themselves. */
export interface Choice<T> {
  value: T;
  locked: boolean;
}

export interface Policy {
  without: string[];
  visibility: Visibility;
  account_logs: boolean;
  sync_contacts: boolean;
  auto_log: Choice<boolean>;
  pop: Choice<Pop>;
  numbers: Choice<NumbersOn>;
  confirm_dial: Choice<boolean>;
}

export interface PolicyView {
  policy: Policy;
  capabilities: { key: string; title: string }[];
}

export interface PhoneSystemLines {
  key: string;
  title: string;
  says: string;
  can: string[];
  lines: (Line & { agent: string | null })[];
}

export interface Deed {
  id: string;
  at: string;
  who: string;
  deed: string;
  detail: string;
}

export interface Deeds {
  deeds: Deed[];
  more: boolean;
}
