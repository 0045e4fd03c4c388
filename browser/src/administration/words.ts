/** What is shown, in words. Pure: the time is an argument. */

import { when } from "../shared/duration";
import type { Directory, Elevation, ElevationKind, Lent, Person, PersonState } from "./values";

export const STATES: Record<PersonState, string> = {
  connected: "Connected", off: "Switched off", broken: "No longer connected", asked: "Asked for help", "not-connected": "Not connected",
};

export const DOTS: Record<PersonState, string> = { connected: "active", off: "off", broken: "broken", asked: "asked", "not-connected": "off" };

export const KINDS: Record<ElevationKind, string> = {
  "super-admin": "Super Admin", "permission-set": "Permission set", rights: "Rights for connecting",
};

const MINUTE = 60_000;

/** “in 12 minutes”, “2 hours ago”; days are given as dates elsewhere. */
export const fromNow = (iso: string, now: number): string => {
  const ms = Date.parse(iso) - now;
  if (Number.isNaN(ms)) return "";
  const minutes = Math.round(Math.abs(ms) / MINUTE);
  if (minutes === 0) return "now";
  const long = minutes < 90 ? many(minutes, "minute") : minutes < 36 * 60 ? many(Math.round(minutes / 60), "hour") : many(Math.round(minutes / 1440), "day");
  return ms > 0 ? `in ${long}` : `${long} ago`;
};

export const many = (count: number, what: string): string => `${count} ${what}${count === 1 ? "" : "s"}`;

const number = (count: number): string => count.toLocaleString("en");

/** How many contacts are known; of those that are looked through, some have no number. */
export const contactsKnown = ({ state, known, listed, total }: Pick<Directory, "state" | "known" | "listed" | "total">): string => {
  const so = `${number(known)} contact${known === 1 ? "" : "s"} with a number ${known === 1 ? "is" : "are"} known`;
  if (state === "known" || listed === 0) return `${so}.`;
  return `${so}; ${number(listed)}${total === null ? "" : ` of about ${number(Math.max(total, listed))}`} looked through.`;
};

export const joined = (words: string[]): string =>
  words.length < 2 ? (words[0] ?? "") : `${words.slice(0, -1).join(", ")} and ${words.at(-1)}`;

/** What a badge says of rights that are lent now. */
export const lentWords = ({ kind, since: from, due_at, overdue }: Lent, now: number): string => {
  const what = kind === "rights" ? "Rights" : KINDS[kind];
  if (overdue) return due_at ? `Overdue: ${what}, due back ${when(due_at, now)}` : `Overdue: ${what}, lent ${when(from, now)}`;
  return due_at ? `${what}, lent until ${when(due_at, now)}` : `${what}, lent ${when(from, now)}`;
};

export const dueWords = ({ due_at, overdue, ended_at }: Elevation, now: number): string => {
  if (ended_at) return when(ended_at, now);
  if (overdue) return due_at ? `Overdue since ${when(due_at, now)}` : "Overdue";
  return due_at ? `${when(due_at, now)} (${fromNow(due_at, now)})` : "When an administrator takes it back";
};

// ── which people are shown ──

export type Filter = "all" | "connected" | "attention" | "not-connected" | "lent";

export const FILTERS: { key: Filter; says: string }[] = [
  { key: "all", says: "All" }, { key: "attention", says: "Need help" }, { key: "not-connected", says: "Not connected" },
  { key: "connected", says: "Connected" }, { key: "lent", says: "Rights lent" },
];

const PASSES: Record<Filter, (person: Person) => boolean> = {
  all: () => true,
  connected: ({ state }) => state === "connected",
  attention: ({ state, elevation }) => state === "asked" || state === "broken" || Boolean(elevation?.overdue),
  "not-connected": ({ state }) => state !== "connected",
  lent: ({ elevation }) => elevation !== null,
};

export const passing = (people: Person[], filter: Filter): Person[] => people.filter(PASSES[filter]);

/** By name or e-mail address, every word somewhere. */
export const found = (people: Person[], query: string): Person[] => {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean);
  return people.filter(({ name, email }) => words.every((word) => `${name} ${email}`.toLowerCase().includes(word)));
};

const RANK: Record<PersonState, number> = { asked: 0, broken: 1, "not-connected": 2, off: 3, connected: 4 };

/** Who needs something comes first; then by name. */
export const sorted = (people: Person[]): Person[] =>
  people.toSorted((a, b) => rank(a) - rank(b) || a.name.localeCompare(b.name));

const rank = ({ state, elevation }: Person): number => (elevation?.overdue ? -1 : RANK[state]);

export const keyOf = ({ hubspot_user_id, email }: Person): string => hubspot_user_id ?? email;

/** What a check found, for ears as well. */
export const foundWords = (person: Person): string => {
  const missing = person.missing.length;
  if (person.state === "connected") return `${person.name} is connected.`;
  return missing > 0 ? `${person.name}: ${STATES[person.state].toLowerCase()}, ${many(missing, "right")} missing.` : `${person.name}: ${STATES[person.state].toLowerCase()}.`;
};
