/** All that a panel may ask, and who answers. */

import type { Desk } from "./desk";
import type { Overheard, PhoneChoices } from "./phone";
import type { NewContact, WrapUp } from "./service";
import type { Action, Call, CallPage, Contact, Heading, Helped, LineOffer, Preferences, Report, Shelf, SignInAsk, Stopped, Who } from "./values";

/** What the panel may ask: `with` goes along, `answer` comes back, or a Refusal. */
export interface Asks {
  connect: { with: { ask: SignInAsk; elsewhere?: boolean }; answer: void };
  "switch-account": { with: { account_id: string }; answer: void };
  stuck: { with: Stopped; answer: void };
  wordings: { with: null; answer: Heading[] };
  "ask-administrator": { with: { email: string | null }; answer: Helped };
  "check-my-rights": { with: { email: string }; answer: Report | null };
  "give-up": { with: null; answer: void };
  "sign-out": { with: null; answer: void };
  "try-now": { with: null; answer: void };
  "dismiss-notice": { with: null; answer: void };
  "allow-site": { with: { site: string }; answer: void };
  "forbid-site": { with: { site: string }; answer: void };
  "to-dial": { with: { number: string | null }; answer: void };
  "use-address": { with: { address: string }; answer: void };
  "close-panel": { with: null; answer: void };
  "open-record": { with: { url: string }; answer: void };
  /** The panel in a tab of its own, where the browser asks for the microphone. */
  "open-sound": { with: null; answer: void };

  "calls-before": { with: { before: string }; answer: CallPage };
  "find-contacts": { with: { query: string }; answer: Who };
  around: { with: { contact_id: string }; answer: Shelf[] };
  diagnose: { with: null; answer: Report };

  "choose-phone-system": { with: { key: string }; answer: void };
  "log-in": { with: { line: string; secret: string | null }; answer: void };
  "log-out": { with: null; answer: void };
  "set-available": { with: { available: boolean }; answer: void };
  "set-status": { with: { status: string }; answer: void };
  "choose-preferences": { with: Preferences; answer: void };

  /** Lines to choose from; none where the phone system does not know whose they are. */
  lines: { with: null; answer: LineOffer[] };
  /** What the vendor's softphone said: it is kept until the service has it. */
  overheard: { with: { said: Overheard[] }; answer: void };
  dial: { with: { number: string; contact_id: string | null }; answer: Call };
  act: { with: { call_id: string; action: Action; to?: string }; answer: void };
  tone: { with: { call_id: string; tone: string }; answer: void };
  /** The two others go on without the agent: an attended transfer. */
  "connect-both": { with: { call_id: string; other: string }; answer: void };
  /** Three talk; each call stays a call of its own. */
  merge: { with: { call_id: string; other: string }; answer: void };
  /** The agent talks with this one alone, and the other waits on hold. */
  split: { with: { call_id: string }; answer: void };
  "choose-phone": { with: Partial<PhoneChoices>; answer: void };
  note: { with: { call_id: string; notes: string }; answer: void };
  "choose-contact": { with: { call_id: string; contact_id: string }; answer: void };
  "wrap-up": { with: { call_id: string } & WrapUp; answer: void };
  "log-again": { with: { call_id: string }; answer: void };
  "create-contact": { with: NewContact; answer: Contact };

  "disable-grant": { with: null; answer: void };
  "enable-grant": { with: null; answer: void };
  "forget-grant": { with: null; answer: void };
  "rights-taken-back": { with: { reminder_id: string }; answer: void };
}

export type Ask = keyof Asks;

/** What only the surroundings can do: they know tabs, windows and frames. The rest is answered by the desk. */
export type ShellAsk = "connect" | "use-address" | "allow-site" | "forbid-site" | "close-panel" | "open-record" | "open-sound";
/** What only this browser's phone can do. */
export type PhoneAsk = "tone" | "connect-both" | "merge" | "split" | "choose-phone";
export type DeskAsk = Exclude<Ask, ShellAsk | PhoneAsk>;

type Answers = { [A in DeskAsk]: (desk: Desk, given: Asks[A]["with"]) => Promise<unknown> | void };

const ANSWERS: Answers = {
  stuck: (desk, stopped) => desk.stuck(stopped),
  wordings: (desk) => desk.wordings(),
  "ask-administrator": (desk, { email }) => desk.askForHelp(email),
  "check-my-rights": (desk, { email }) => desk.rights(email),
  "switch-account": (desk, { account_id }) => desk.switchTo(account_id),
  "give-up": (desk) => desk.giveUp(),
  "sign-out": (desk) => desk.signOut(),
  "try-now": (desk) => desk.tryNow(),
  "dismiss-notice": (desk) => desk.notice(null),
  "to-dial": (desk, { number }) => desk.toDial(number),

  "calls-before": (desk, { before }) => desk.callsBefore(before),
  "find-contacts": (desk, { query }) => desk.contacts(query),
  around: (desk, { contact_id }) => desk.aroundContact(contact_id),
  diagnose: (desk) => desk.diagnose(),

  "choose-phone-system": (desk, { key }) => desk.choosePhoneSystem(key),
  "log-in": (desk, { line, secret }) => desk.logIn(line, secret),
  "log-out": (desk) => desk.logOut(),
  "set-available": (desk, { available }) => desk.setAvailable(available),
  "set-status": (desk, { status }) => desk.setStatus(status),
  "choose-preferences": (desk, preferences) => desk.choosePreferences(preferences),

  lines: (desk) => desk.lines(),
  overheard: () => undefined, // whoever has the relay answers this
  dial: (desk, { number, contact_id }) => desk.dial(number, contact_id),
  act: (desk, { call_id, action, to }) => desk.act(call_id, action, to),
  note: (desk, { call_id, notes }) => desk.note(call_id, notes),
  "choose-contact": (desk, { call_id, contact_id }) => desk.chooseContact(call_id, contact_id),
  "wrap-up": (desk, { call_id, ...wrapUp }) => desk.wrapUp(call_id, wrapUp),
  "log-again": (desk, { call_id }) => desk.logAgain(call_id),
  "create-contact": (desk, contact) => desk.createContact(contact),

  "disable-grant": (desk) => desk.disableGrant(),
  "enable-grant": (desk) => desk.enableGrant(),
  "forget-grant": (desk) => desk.forgetGrant(),
  "rights-taken-back": (desk, { reminder_id }) => desk.rightsTakenBack(reminder_id),
};

export const answer = async <A extends DeskAsk>(desk: Desk, ask: A, given: Asks[A]["with"]): Promise<unknown> => {
  if (!Object.hasOwn(ANSWERS, ask)) throw new Error(`nobody answers ${ask}`);
  return ANSWERS[ask](desk, given);
};
