import { expect, it } from "vitest";
import * as read from "../../src/administration/read";
import { contactsKnown, found, fromNow, lentWords, passing, sorted } from "../../src/administration/words";
import { ago, NOW } from "../fixtures";
import { everybody } from "./account";

const { people } = read.people({ people: everybody() });
const lent = { id: "e", kind: "super-admin", rights: [], since: ago(86_400 * 3), due_at: null, overdue: false, by: null } as const;

it.each([
  [ago(-12 * 60), "in 12 minutes"], [ago(60), "1 minute ago"], [ago(-3 * 3600), "in 3 hours"], [ago(86_400 * 3), "3 days ago"], [ago(5), "now"], ["soon", ""],
])("says %s as %s", (iso, words) => expect(fromNow(iso, NOW)).toBe(words));

it.each([
  [{ state: "listing", known: 9_800, listed: 12_400, total: 31_000 }, "9,800 contacts with a number are known; 12,400 of about 31,000 looked through."],
  [{ state: "paused", known: 1, listed: 3, total: null }, "1 contact with a number is known; 3 looked through."],
  [{ state: "listing", known: 0, listed: 0, total: 31_000 }, "0 contacts with a number are known."],
  [{ state: "known", known: 24_000, listed: 31_002, total: 31_000 }, "24,000 contacts with a number are known."],
] as const)("says how far the contacts are known", (directory, words) => expect(contactsKnown(directory)).toBe(words));

it("says that something is overdue first, and never only by colour", () => {
  expect(lentWords({ ...lent, rights: [], overdue: true }, NOW)).toMatch(/^Overdue: Super Admin, lent /);
  expect(lentWords({ ...lent, rights: [], due_at: ago(60), overdue: true }, NOW)).toMatch(/^Overdue: Super Admin, due back /);
  expect(lentWords({ ...lent, rights: [], kind: "rights" }, NOW)).toMatch(/^Rights, lent /);
});

it("puts who waits for an administrator first", () => {
  expect(sorted(people).map(({ name }) => name)).toEqual([
    "Cleo Park", "Ben Ortiz", "new.colleague@acme.example", "Tomás Ferreira da Silva", "Mei Lin", "Jonas Weber", "Ada Admin",
  ]);
});

it("counts as needing help who asked, who broke off, and whose rights are overdue", () => {
  expect(passing(people, "attention").map(({ name }) => name)).toEqual(["Ben Ortiz", "Cleo Park", "Tomás Ferreira da Silva", "new.colleague@acme.example"]);
  expect(passing(people, "not-connected")).toHaveLength(5);
});

it("finds by every word, in any case and order", () => {
  expect(found(people, "LIN mei").map(({ name }) => name)).toEqual(["Mei Lin"]);
  expect(found(people, " ")).toHaveLength(people.length);
});

it("reads nothing as something certain", () => {
  const odd = read.person({});
  expect([odd.super_admin, odd.state, odd.elevation, odd.hubspot_user_id]).toEqual([null, "not-connected", null, null]);
  expect(read.policyView(null).policy).toMatchObject({ visibility: "everyone", account_logs: true });
});
