/** Why the line is not registered, in words. Pure. */

import type { Reason } from "../shared/values";

const reason = (code: string, says: string, remedy: string | null): Reason => ({ code, says, remedy, retryable: true });

export const UNREACHABLE = reason("phone-unreachable", "The phone system cannot be reached from this browser. Offhook goes on trying.", "If it stays, check your network, or ask whoever runs the phone system.");

export const NO_NETWORK = reason("no-network", "This computer has no network just now.", "Offhook comes back by itself as soon as it has one.");

export const refusalOfRegistration = (status: number, says: string): Reason => {
  if (status === 401 || status === 403 || status === 407) {
    return reason("phone-refused", "The phone system does not accept this line’s password.", "Log out of the line under Setup › Advanced, and in again. If it stays, ask whoever runs the phone system.");
  }
  if (status === 404) return reason("phone-no-line", "The phone system does not know this line.", "Ask whoever runs the phone system which line is yours.");
  return reason(`phone-${status}`, `The phone system refused this line: ${status}${says ? ` ${says}` : ""}.`, "Ask whoever runs the phone system.");
};
