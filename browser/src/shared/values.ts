/** The words of the contract with the service (docs/reference/panel-api.md), and nothing else. */

import type { PhoneLeg } from "./phone";

export type Direction = "inbound" | "outbound";
export type CallState = "ringing" | "dialing" | "connected" | "held" | "ended";
export type Action = "answer" | "decline" | "hang-up" | "hold" | "resume" | "mute" | "unmute" | "transfer";
export type Answer = "asking" | "none" | "one" | "several" | "not-allowed" | "could-not-ask" | "no-number";
export type EndedHow =
  | "completed" | "missed" | "declined" | "no-answer" | "busy" | "canceled" | "failed" | "elsewhere" | "transferred";
export type LogState = "not-yet" | "waiting" | "logged" | "failed" | "off";
export type LineLogin = "none" | "line" | "line-and-secret";
export type Sure = "proved" | "documented" | "likely" | "guess";
export type Cause = "person" | "account" | "app" | "service" | "unknown";
export type HowSure = "certain" | "likely" | "unknown";
/** `add:` asks for what was granted already, and for these capabilities. */
export type SignInAsk = "everything" | "search-only" | "account" | `add:${string}`;

export interface Reason {
  code: string;
  says: string;
  remedy: string | null;
  retryable: boolean;
}

export interface Agent {
  id: string;
  name: string;
  email: string;
  administrator: boolean;
  available: boolean;
}

export interface Capability {
  key: string;
  title: string;
  on: boolean;
  why: string | null;
  can_be_added: boolean;
}

export interface Grant {
  state: "active" | "off" | "broken";
  as: string;
  account_id: string;
  account_name: string;
  since: string;
  reason: Reason | null;
  capabilities: Capability[];
}

export type Pop = "ringing" | "answered" | "never";

/** On which pages numbers can be clicked: none, HubSpot's, or also those of sites that the agent allowed in her browser. */
export type NumbersOn = "off" | "hubspot" | "sites";

/** How the agent's calls are treated; `locked`: what an administrator has decided for everybody. */
export interface Habits {
  auto_log: boolean;
  pop: Pop;
  numbers: NumbersOn;
  /** A number clicked on a page waits for her "Call". */
  confirm_dial: boolean;
  locked: string[];
}

/** What the agent chooses for herself; null: as the account has it. */
export interface Preferences {
  auto_log: boolean | null;
  pop: Pop | null;
  numbers: NumbersOn | null;
  confirm_dial: boolean | null;
}

/** `link`: makes it dial, with {number}; `link_as`: as {caller_id}, one of `caller_ids`; `frame`: its softphone's address. */
export interface OwnApp {
  link: string;
  link_as: string;
  caller_ids: string[];
  frame: string;
}

/** A line that the agent can choose in place of typing it. */
export interface LineOffer {
  number: string;
  name: string;
}

export interface StatusChoice {
  key: string;
  title: string;
}

/** What the agent does, as her phone system has it. No choices: `why` says what stands in the way. */
export interface Status {
  says: string;
  takes_calls: boolean;
  chosen: string;
  choices: StatusChoice[];
  why: string;
}

/** What may have become of a call, in the phone system's own list. */
export interface WrapUpCode {
  id: string;
  title: string;
}

export interface PhoneSystem {
  key: string;
  title: string;
  says: string;
  line_login: LineLogin;
  can: string[];
  /** This browser can be its phone. */
  softphone: boolean;
  /** The vendor's own app dials in place of the service. */
  own_app?: OwnApp | null;
  /** To choose from in wrap-up, at most so many for a call. */
  codes?: WrapUpCode[];
  most_codes?: number;
}

export interface Line {
  number: string;
  name: string;
}

export interface ContactNumber {
  label: string;
  number: string;
  shown: string;
}

export interface Contact {
  id: string;
  name: string;
  email: string | null;
  company: string | null;
  owner: string | null;
  url: string;
  numbers: ContactNumber[];
}

export type NeighbourKind = "companies" | "deals" | "tickets";

export interface Neighbour {
  id: string;
  name: string;
  detail: string;
  url: string;
  open: boolean | null;
}

/** Company, deals or tickets of a contact; `reason` says why they could not be read. */
export interface Shelf {
  kind: NeighbourKind;
  records: Neighbour[];
  reason: Reason | null;
}

export interface Who {
  answer: Answer;
  contacts: Contact[];
  reason: Reason | null;
}

export interface Log {
  state: LogState;
  reason: Reason | null;
  url: string | null;
  next_try_at: string | null;
  /** Whose grant it was written with, when that was not the agent's own. */
  by: string | null;
}

export interface Call {
  id: string;
  /** The phone system's own id of it: a softphone finds its leg by it. */
  external_id: string;
  phone_system: string;
  direction: Direction;
  state: CallState;
  muted: boolean;
  number: string | null;
  number_shown: string;
  line: string;
  started_at: string;
  answered_at: string | null;
  ended_at: string | null;
  duration_ms: number | null;
  ended_how: EndedHow | null;
  who: Who;
  contact_id: string | null;
  notes: string;
  outcome: string | null;
  /** What became of it in the phone system's own list, in words; also what was chosen elsewhere. */
  codes: string[];
  wrapped_up: boolean;
  log: Log;
  can: Action[];
  /** Of this browser's phone, when the call is spoken here. The service knows nothing of it. */
  leg: PhoneLeg | null;
}

export interface CallPage {
  calls: Call[];
  more: boolean;
}

export interface Outcome {
  id: string;
  label: string;
}

export interface Reminder {
  id: string;
  agent: string;
  says: string;
  rights: string[];
  since: string;
  users_url: string;
  checked: boolean;
  kind: "rights" | "super-admin" | "permission-set";
  due_at: string | null;
  overdue: boolean;
  /** It was lent to the agent herself; an administrator ends it. */
  mine: boolean;
}

export interface Stray {
  id: string;
  received_at: string;
  phone_system: string;
  says: string;
}

export interface Panel {
  agent: Agent;
  grant: Grant;
  phone_systems: PhoneSystem[];
  phone_system: string | null;
  line: Line | null;
  /** Null: the phone system has none, or has not told it yet. */
  status: Status | null;
  calls: Call[];
  recent: Call[];
  outcomes: Outcome[];
  reminders: Reminder[];
  strays: Stray[];
  hubspot: { app_url: string; contacts_url: string; users_url: string };
  version: string;
  habits: Habits;
  /** Country of numbers without a country code; empty: an older service. */
  region: string;
}

export interface MissingRight {
  right: string;
  value: string;
  where: string;
  needed_for: string[];
  sure: Sure;
  source: string;
  /** Without it no connection at all; the others unlock one thing each. */
  blocks: boolean;
}

export type CheckWho = "agent" | "administrator" | "operator" | "hubspot" | "nobody";
/** What a check is about, from the ground up. */
export type CheckPart =
  | "service" | "app" | "account" | "person" | "grant" | "live" | "line" | "microphone" | "deliveries" | "clock" | "panel";

export interface Check {
  name: string;
  state: "pass" | "fail" | "could-not-ask";
  says: string;
  remedy: string | null;
  who: CheckWho | null;
  part: CheckPart;
  /** One can work without it, or nobody can ever ask it; it is never the cause. */
  minor: boolean;
}

export interface Report {
  cause: Cause;
  title: string;
  says: string;
  missing: MissingRight[];
  remember: string | null;
  message: { subject: string; text: string };
  less: { ask: SignInAsk; says: string } | null;
  users_url: string;
  checks: Check[];
  /** Of the cause. */
  sure: HowSure;
  /** Who can change it, and how: a sentence in two parts; empty when the checks say it one by one. */
  who: string;
  remedy: string;
}

/** One thing that HubSpot shows, and what it means. */
export interface Wording {
  key: string;
  shown: string;
  cause: Cause;
  sure: HowSure;
  title: string;
  says: string;
  who: string;
  remedy: string;
  /** Where the text is known from; `described` is no text of HubSpot's, `assumed` is not known to be its. */
  seen: "documented" | "reported" | "assumed" | "described";
}

/** A heading of HubSpot's pages, and what may stand under it. */
export interface Heading {
  heading: string;
  entries: Wording[];
}

/** What is known of a page that stopped the agent: its text, read or pasted; or what she saw, by its key. */
export interface Stopped {
  page_text?: string;
  page_address?: string;
  saw?: string;
}

/** A refusal of the service, or of the way to it. `contacts` comes with `contact-exists`. */
export interface Refusal extends Reason {
  status: number;
  contacts: Contact[];
}

/** What came of asking the administrators: the message to send by hand as well, and what became of it here. */
export interface Helped {
  asked: boolean;
  message: { subject: string; text: string; mailto: string };
  told: string[];
}

export interface Claim {
  state: "waiting" | "granted" | "failed" | "stuck" | "expired";
  token: string | null;
  problem: Reason | null;
  diagnosis: Report | null;
}

export interface Begun {
  id: string;
  consent_url: string;
  expires_at: string;
  patience_ms: number;
}
