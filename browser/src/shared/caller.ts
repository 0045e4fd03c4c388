/** Who is on the phone, in the fewest true words. Pure. */

import type { Call, Contact } from "./values";

export const chosenContact = (call: Call): Contact | null =>
  call.who.contacts.find(({ id }) => id === call.contact_id) ??
  (call.who.answer === "one" ? (call.who.contacts[0] ?? null) : null);

/** The shortest true name for a line in a list; the name that the phone system gave, when HubSpot has none. */
export const nameOf = (call: Call): string =>
  chosenContact(call)?.name ?? (call.leg?.name || call.number_shown);
