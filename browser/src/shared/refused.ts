/** A refusal, thrown; and as a value that can cross from one context to another. */

import type { Refusal } from "./values";

export class Refused extends Error {
  constructor(readonly refusal: Refusal) {
    super(refusal.says);
  }
}

export const unreachable = (address: string): Refusal => ({
  code: "service-unreachable",
  says: `Offhook’s service at ${address} does not answer.`,
  remedy: "Check that it is running and that this address is right.",
  retryable: true, status: 0, contacts: [],
});

export const refusalOf = (error: unknown): Refusal =>
  error instanceof Refused
    ? error.refusal
    : {
        code: "broken", says: "Something in the panel went wrong.", remedy: String(error).slice(0, 300),
        retryable: false, status: 0, contacts: [],
      };
