import type { DeskView } from "../src/messages";
import type { State } from "../src/panel/state";
import type { PhoneLeg } from "../src/shared/phone";
import type { Ask } from "../src/shared/asks";
import type { Call } from "../src/shared/values";
import { CALL_LOST } from "../src/softphone/endings";
import { refusalOfRegistration, UNREACHABLE } from "../src/softphone/registration";
import * as fixtures from "../tests/fixtures";

const { atCenter, attempt, call, connected, contact, ended, grant, leg, lent, nobody, onCall, panel, phone, reason, report, signedOut, talking, view, who, wordings } = fixtures;

interface Scene {
  view: DeskView | null;
  from?: Partial<State>;
  kind?: "extension" | "page";
  framed?: boolean;
  broken?: boolean;
  answers?: Partial<Record<Ask, unknown>>;
}

/** Fixture times are of a fixed evening; here they are moved to now. */
const shift = Date.now() - fixtures.NOW;
const moved = (text: string): string => text.replace(/2026-11-2[0-3]T[\d:.]+Z/g, (iso) => new Date(Date.parse(iso) + shift).toISOString());
const today = <T,>(value: T): T => JSON.parse(moved(JSON.stringify(value))) as T;

const two = [contact(), contact({ id: "52", name: "Jonas Keller", email: "jonas@keller.example" }), contact({ id: "53", name: "Empfang Keller Optik", company: null })];
const administrator = { id: "a2", name: "Ada Admin", email: "ada@acme.example", administrator: true, available: true };
const reminder = lent({ agent: "Ben Ortiz", says: "Ben has been Super Admin since he connected.", kind: "super-admin", checked: true });
const loan = lent({ id: "m2", kind: "permission-set", rights: ["Connectors"], due_at: fixtures.ago(-1_500), mine: true, says: "The permission set Connectors is lent to you for a while, and put back by itself. Log out of HubSpot and in again, so that it counts." });
const late = lent({ id: "m3", agent: "Cleo Costa", kind: "permission-set", rights: ["Connectors"], due_at: fixtures.ago(600), overdue: true, checked: true, says: "Overdue: Cleo Costa has the permission set Connectors, lent by ada@acme.example: To connect. Offhook goes on trying to put the old one back." });
const helped = {
  asked: true, told: ["If an administrator of your HubSpot account uses Offhook, it is on her administration page now.", "Send her the message as well, in case she does not look there."],
  message: { ...report().message, mailto: "mailto:?subject=Please&body=Hello" },
};
const stray = { id: "x1", received_at: "2026-11-23T17:00:00.000Z", phone_system: "Any phone system (webhook)", says: "A call on line 999, which nobody has." };
const hostile = "<img src=x onerror=alert(1)> Wolfeschlegelsteinhausenbergerdorff-Donaudampfschifffahrtsgesellschaft Ärztinnenverband der Republik";

const hostileCall = (change: Partial<Call>) => call({ ...change, who: who({ contacts: [contact({ name: hostile, company: hostile })] }), number_shown: "+999 99999999999999999999999999" });

const spokenHere = (change: Partial<PhoneLeg>) => ({ ...onCall(connected({ leg: talking(change), notes: "Wants two more frames." })), phone: phone() });

export const answers: Partial<Record<Ask, unknown>> = {
  around: [
    { kind: "companies", records: [{ id: "1", name: "Keller Optik", detail: "keller.example", url: "https://app.hubspot.com/x", open: null }], reason: null },
    { kind: "deals", reason: null, records: [
      { id: "2", name: "Frames, spring", detail: "1,200.00 USD, closes 2026-12-01", url: "https://app.hubspot.com/x", open: true },
      { id: "3", name: "Lenses", detail: "800.00 USD, won", url: "https://app.hubspot.com/x", open: false },
    ] },
    { kind: "tickets", records: [], reason: reason({ says: "HubSpot did not grant the scope tickets." }) },
  ],
  "find-contacts": { answer: "several", contacts: two, reason: null }, diagnose: report(), wordings: wordings(), dial: call({ state: "dialing" }),
};

const scenes: Record<string, Scene> = {
  loading: { view: null },
  offline: { view: signedOut({ reach: "offline", why_offline: reason({ says: "Offhook’s service at http://localhost:8600 does not answer.", remedy: "Check that it is running and that this address is right." }) }) },
  connect: { view: signedOut() },
  "signed-out": { view: signedOut({ signed_out_because: reason({ says: "You were signed out.", remedy: "Connect HubSpot again." }) }) },
  waiting: { view: signedOut({ attempt: attempt() }) },
  refused: { view: signedOut({ attempt: attempt({ state: "stuck", diagnosis: report() }) }) },
  "refused-asked": { view: signedOut({ attempt: attempt({ state: "stuck", helped: { ...helped, at: Date.now() - 60_000 }, diagnosis: report({ title: "An administrator has looked at your request", says: "If a right was switched on for you, it may be enough now. HubSpot tells nobody which rights you have, so only trying again shows it.", remember: "Log out of HubSpot and in again before you try: only then changed rights count.", who: "You yourself", remedy: "log out of HubSpot, log in again, and then press Try again." }) }) }), answers: { "check-my-rights": report({ title: "The answer waits for you in HubSpot", says: "What HubSpot says of a user is told to that user only. A task with the answer is on your list there in a minute." }) } },
  "refused-closed": { view: signedOut({ attempt: attempt({ state: "stuck", diagnosis: report({ title: "HubSpot's page was closed before an answer came", says: "Nothing was granted, and nothing was changed.", missing: [], remember: null, message: { subject: "", text: "" }, less: null, checks: [], who: "You yourself", remedy: "try again, and leave the tab open until it brings you back. If HubSpot had stopped you, choose below what it said." }) }) }) },
  "refused-undiagnosed": { view: signedOut({ attempt: attempt({ state: "stuck" }) }) },
  help: { view: signedOut(), from: { place: "help" } },
  failed: { view: signedOut({ attempt: attempt({ state: "failed", problem: reason({ says: "You chose the account Beta Ltd, but Offhook belongs to Acme Vision here.", remedy: "Choose Acme Vision when HubSpot asks." }) }) }) },
  broken: { view: null, broken: true },
  product: { view: view({ panel: panel({ phone_system: null, line: null }) }) },
  "line-login": { view: view({ panel: panel({ line: null }) }) },
  keypad: { view: view(), from: { number: "+41 44 668" } },
  "keypad-empty": { view: view() },
  "keypad-admin": { view: view({ panel: panel({ agent: administrator, reminders: [reminder], grant: grant({ state: "off" }) }) }) },
  "keypad-lent": { view: view({ panel: panel({ reminders: [loan] }) }) },
  saved: { view: view(), from: { saved: "r1" } },
  "no-dialling": { view: view({ panel: panel({ phone_system: "webhook", line: null }) }) },
  recent: { view: view(), from: { tab: "recent" } },
  "recent-empty": { view: view({ panel: panel({ recent: [] }) }), from: { tab: "recent" } },
  contacts: { view: view(), from: { tab: "contacts", query: "keller" } },
  "contacts-none": { view: view(), from: { tab: "contacts", query: "zzz" }, answers: { "find-contacts": { answer: "none", contacts: [], reason: null } } },
  "contacts-could-not-ask": { view: view(), from: { tab: "contacts", query: "zzz" }, answers: { "find-contacts": { answer: "could-not-ask", contacts: [], reason: reason() } } },
  ringing: { view: onCall(call()) },
  "ringing-none": { view: onCall(call({ who: nobody, contact_id: null })) },
  "ringing-looking": { view: onCall(call({ who: who({ answer: "asking", contacts: [] }), contact_id: null })) },
  "ringing-several": { view: onCall(call({ who: who({ answer: "several", contacts: two }), contact_id: null })) },
  "ringing-could-not-ask": { view: onCall(call({ who: who({ answer: "could-not-ask", contacts: [], reason: reason() }), contact_id: null })) },
  "ringing-anonymous": { view: onCall(call({ who: who({ answer: "no-number", contacts: [] }), number: null, number_shown: "Anonymous", contact_id: null })) },
  "ringing-hostile": { view: onCall(hostileCall({})) },
  dialing: { view: onCall(call({ direction: "outbound", state: "dialing", can: ["hang-up"] })) },
  "in-call": { view: onCall(connected({ notes: "Wants two more frames in the new colour.\nCall back on Thursday." })) },
  held: { view: onCall(connected({ state: "held", muted: true, can: ["hang-up", "resume", "unmute", "transfer"] })) },
  "in-call-second": { view: onCall(connected(), call({ id: "c2", who: who({ contacts: [contact({ id: "9", name: "Aiko Yamamoto" })] }), contact_id: "9" })), from: { focus: "c1" } },
  "in-call-offline": { view: { ...onCall(connected()), reach: "offline", drafts: { c1: "typed while the line was down" } } },
  "in-call-hostile": { view: onCall(hostileCall({ state: "connected", answered_at: fixtures.ago(3_700), can: ["hang-up", "hold", "mute", "transfer"] })) },
  "phone-ask": { view: view({ phone: phone({ microphone: "ask" }) }) },
  "phone-missing": { view: view({ phone: phone({ state: "mute", microphone: "missing" }) }) },
  "phone-kept": { view: view({ phone: phone({ state: "mute", microphone: "refused" }) }) },
  "phone-refused": { view: view({ phone: phone({ state: "refused", reason: refusalOfRegistration(403, "") }) }) },
  "phone-unreachable": { view: view({ phone: phone({ state: "unreachable", reason: UNREACHABLE }) }) },
  "phone-lost": { view: view({ phone: phone({ reason: CALL_LOST }) }) },
  "phone-ringing-ask": { view: { ...onCall(call({ leg: leg() })), phone: phone({ microphone: "ask" }) } },
  "phone-ringing-mute": { view: { ...onCall(call()), phone: phone({ state: "mute", microphone: "refused" }) } },
  "phone-in-call": { view: spokenHere({}) },
  "phone-choppy": { view: spokenHere({ quality: { level: "choppy", says: "A little choppy: your network loses 4 of 100 packets", loss: 0.04, jitter_ms: 20, round_trip_ms: 90 } }) },
  "phone-bad": { view: spokenHere({ quality: { level: "bad", says: "Bad: your network loses 8 of 100 packets", loss: 0.08, jitter_ms: 20, round_trip_ms: 90 } }) },
  "phone-mending": { view: { ...spokenHere({ mending: true }), phone: phone({ state: "unreachable", reason: UNREACHABLE }) } },
  "phone-not-heard": { view: spokenHere({ outward: { level: "choppy", says: "They may not hear you: for a while nothing has confirmed that your sound arrives." } }) },
  "phone-off-outside": { view: spokenHere({ outward: { level: "bad", says: "They may not hear you: your microphone is switched off outside Offhook, on the headset or by the computer." } }) },
  "phone-another": { view: { ...onCall(connected({ can: [] })), phone: phone() } },
  "phone-two": { view: onCall(connected({ leg: talking() }), connected({ id: "c2", state: "held", leg: talking({ id: "l2", state: "held" }), who: who({ contacts: [contact({ id: "9", name: "Aiko Yamamoto" })] }), contact_id: "9" })), from: { focus: "c1" } },
  "phone-merged": { view: onCall(connected({ leg: talking({ merged: true }), can: ["hang-up", "mute"] }), connected({ id: "c2", leg: talking({ id: "l2", merged: true }), who: who({ contacts: [contact({ id: "9", name: "Aiko Yamamoto" })] }), contact_id: "9" })), from: { focus: "c1" } },
  "phone-merged-hostile": { view: onCall(connected({ can: ["hang-up", "unmute"], leg: talking({ merged: true, muted: true }), who: who({ contacts: [contact({ name: hostile })] }), muted: true }), connected({ id: "c2", leg: talking({ id: "l2", merged: true, quality: { level: "bad", says: "Bad: your network loses 8 of 100 packets", loss: 0.08, jitter_ms: 20, round_trip_ms: 90 } }), who: who({ contacts: [contact({ id: "9", name: hostile })] }), contact_id: "9" })), from: { focus: "c1" } },
  "phone-early": { view: onCall(call({ direction: "outbound", state: "dialing", can: ["hang-up"], leg: leg({ direction: "outbound", state: "dialing", early: true }) })) },
  sound: { view: view({ phone: phone() }), from: { place: "sound" } },
  "sound-ask": { view: view({ phone: phone({ microphone: "ask", devices: { microphones: [], speakers: [] } }) }), from: { place: "sound" } },
  "sound-alone": { view: view({ phone: phone({ microphone: "ask", devices: { microphones: [], speakers: [] } }) }), from: { place: "sound" }, kind: "page", framed: false },
  "sound-refused": { view: view({ phone: phone({ microphone: "refused" }) }), from: { place: "sound" }, framed: false },
  "sound-of-extension": { view: view({ phone: phone(), phone_of_extension: true }), from: { place: "sound" }, kind: "page", framed: false },
  "sound-missing": { view: view({ phone: phone({ microphone: "missing", devices: { microphones: [], speakers: [] } }) }), from: { place: "sound" }, framed: false },
  status: { view: view({ panel: atCenter() }) },
  "status-break": { view: view({ panel: atCenter({ says: "On break: Lunch", takes_calls: false, chosen: "3|801|1725" }) }) },
  "status-busy": { view: view({ panel: atCenter({ says: "Wrapping up", takes_calls: false, chosen: "", choices: [], why: "8x8 lets it be changed when this is over." }) }) },
  "status-refused": { view: view({ panel: atCenter({ says: "Status not known", takes_calls: false, chosen: "", choices: [], why: "8x8 lets Offhook neither see nor change what you do: 8x8 Support must enable the Agent Status API." }) }) },
  "agent-choice": { view: view({ panel: { ...atCenter(), line: null } }), answers: { lines: [{ number: "ag0VYyLh0YTsymdbtYIaaaa", name: "Ben Ortiz" }] } },
  "wrap-up-codes": { view: view({ panel: { ...atCenter({ says: "Wrapping up", takes_calls: false, chosen: "", choices: [], why: "8x8 lets it be changed when this is over." }), calls: [ended({ phone_system: "contact_center", codes: ["Call again", "Code 12 of list 5"] })] } }) },
  "wrap-up": { view: onCall(ended({ notes: "Wants two more frames." })) },
  "wrap-up-several": { view: onCall(ended({ who: who({ answer: "several", contacts: two }), contact_id: null, log: { state: "waiting", reason: reason(), url: null, next_try_at: fixtures.ago(-60), by: null } })) },
  "create-contact": { view: onCall(connected({ who: nobody, contact_id: null })), from: { place: "create-contact", creating: { number: "+41 44 668 18 00", call_id: "c1" } } },
  "to-dial": { view: view({ to_dial: "+41 44 668 18 00" }) },
  "to-dial-no-line": { view: view({ to_dial: "+41 44 668 18 00", panel: panel({ line: null }) }) },
  numbers: { view: view({ sites: ["https://crm.example.com", "https://a-very-long-name-of-a-site.example.com:8443"], panel: panel({ habits: { auto_log: true, pop: "ringing", numbers: "sites", confirm_dial: true, locked: [] } }) }), from: { place: "advanced" } },
  "numbers-locked": { view: view({ panel: panel({ habits: { auto_log: true, pop: "ringing", numbers: "off", confirm_dial: true, locked: ["numbers", "confirm_dial"] } }) }), from: { place: "advanced" } },
  "numbers-page": { view: view(), from: { place: "advanced" }, kind: "page", framed: false },
  setup: { view: view({ panel: panel({ agent: administrator, reminders: [reminder] }) }), from: { place: "setup" } },
  integrations: { view: view({ others: [{ account_id: "7", account_name: "Birch Studio", as: "ben@birch.example" }] }), from: { place: "integrations" } },
  hubspot: { view: view(), from: { place: "hubspot" } },
  "hubspot-off": { view: view({ panel: panel({ grant: grant({ state: "off" }) }) }), from: { place: "hubspot" } },
  "hubspot-broken": { view: view({ panel: panel({ grant: grant({ state: "broken", reason: reason({ says: "HubSpot no longer accepts what you allowed.", remedy: "Connect again." }) }) }) }), from: { place: "hubspot" } },
  diagnosis: { view: view(), from: { place: "diagnosis" }, answers: { diagnose: fixtures.examined(fixtures.check("HubSpot connection", "grant", "HubSpot no longer accepts this connection: refresh token is invalid, expired or revoked.", { state: "fail", remedy: "Connect HubSpot again and grant what is asked.", who: "agent" })) } },
  "diagnosis-well": { view: view(), from: { place: "diagnosis" }, answers: { diagnose: fixtures.examined() } },
  advanced: { view: view(), from: { place: "advanced" } },
  administration: { view: view({ panel: panel({ agent: administrator, reminders: [reminder, late], strays: [stray] }) }), from: { place: "administration" } },
  notice: { view: view({ notice: reason({ says: "12 is not a phone number that can be dialled.", remedy: "Write it with the country code." }) }) },
};

export const SCENES: Record<string, Scene> = Object.fromEntries(Object.entries(scenes).map(([name, scene]) => [name, { ...scene, ...(scene.view ? { view: today(scene.view) } : {}) }]));
