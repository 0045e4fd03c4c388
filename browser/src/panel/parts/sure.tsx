/** How sure a cause is, in words and as a mark; never by colour alone. */

import type { Cause, HowSure } from "../../shared/values";

const CAUSES: Record<Cause, string> = {
  person: "on your side", account: "the HubSpot account", app: "Offhook’s app", service: "HubSpot’s service", unknown: "not known",
};
const WORDS: Record<HowSure, string> = { certain: "certain", likely: "most likely", unknown: "cannot be told from outside" };
const MARKS: Record<HowSure, string> = { certain: "proved", likely: "likely", unknown: "guess" };

export const SureOf = ({ cause, sure }: { cause: Cause; sure: HowSure }) => (
  <p class={`sure ${MARKS[sure]}`}>{cause === "unknown" ? `Cause: ${WORDS.unknown}` : `Cause: ${CAUSES[cause]} (${WORDS[sure]})`}</p>
);
