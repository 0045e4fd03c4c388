/** Why a call ended, from JsSIP's causes and the answer's number: for the service in a word, for the agent in a sentence. Pure. */

import type { EndReason } from "../shared/phone";
import type { Reason } from "../shared/values";
import type { Ended } from "./agent";

export interface Ending {
  reason: EndReason;
  /** What the agent should know; null when she knows it anyway. */
  says: Reason | null;
}

const says = (code: string, text: string, remedy: string | null = null): Reason => ({ code, says: text, remedy, retryable: true });

export const endingOf = (ended: Ended, leg: { direction: "inbound" | "outbound"; answered: boolean; transferred: boolean }): Ending => {
  if (leg.transferred) return { reason: "transferred", says: null };
  if (leg.answered) return { reason: "hung-up", says: null };
  if (leg.direction === "inbound") return { reason: unanswered(ended), says: null };
  if (ended.originator === "local") return { reason: "canceled", says: null };
  return refused(ended);
};

const unanswered = ({ originator, message, cause }: Ended): EndReason => {
  if (originator === "local") return "declined";
  if (/elsewhere/i.test(message?.getHeader("Reason") ?? "")) return "elsewhere";
  return cause === "No Answer" || cause === "Expires" ? "no-answer" : "canceled";
};

const refused = ({ message, cause }: Ended): Ending => {
  const status = message?.status_code ?? 0;
  const [reason, text, remedy] = ANSWERS[status] ?? fallback(status, cause);
  const told = message?.getHeader("Warning")?.match(/"([^"]+)"/)?.[1];
  return { reason, says: says(`sip-${status || "failed"}`, text, told ?? remedy) };
};

const ANSWERS: Record<number, [EndReason, string, string | null]> = {
  401: ["failed", "The phone system does not let this line call.", "Log out of the line under Setup › Advanced, and in again."],
  403: ["failed", "The phone system does not allow this number.", "Ask whoever runs the phone system."],
  404: ["failed", "Nobody can be reached under this number.", "Check the number; most need the country code."],
  408: ["no-answer", "Nobody answered.", null],
  480: ["no-answer", "Nobody answered.", null],
  484: ["failed", "This number is not complete.", null],
  486: ["busy", "The line is busy.", null],
  487: ["canceled", "The call was ended.", null],
  488: ["failed", "The phone system and this browser found no common way to carry sound.", "Whoever runs the phone system can allow Opus or G.711 over WebRTC."],
  503: ["failed", "The phone system cannot make this call now.", "Try again in a moment."],
  600: ["busy", "The line is busy.", null],
  603: ["declined", "The call was declined.", null],
};

const fallback = (status: number, cause: string): [EndReason, string, string | null] =>
  status === 0
    ? ["failed", "The call did not get through: the phone system did not answer.", "Check your network, and try again."]
    : ["failed", `The call did not get through: the phone system answered ${status}${cause ? ` (${cause})` : ""}.`, null];

export const CALL_LOST: Reason = says("call-lost", "The call was ended: for half a minute nothing came from the other side.", "Check your network, and call again.");
export const PHONE_AWAY: Reason = says("phone-away", "The phone system cannot be reached.", "The call goes on as far as it can. Try again when the connection is back.");
