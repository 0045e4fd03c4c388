/** What a phone elsewhere was asked to do and has not answered yet. */

import { Refused } from "./refused";
import type { Refusal } from "./values";

interface Waiting {
  done(leg: string): void;
  failed(refused: Refused): void;
}

export class Unanswered {
  private readonly waiting = new Map<string, Waiting>();

  /** `ask` sends it off under this id. After `patience` (ms) without an answer it is refused with `why`; null: never. */
  ask(ask: (id: string) => void, patience: number | null, why: Refusal): Promise<string> {
    return new Promise((done, failed) => {
      const id = crypto.randomUUID();
      const enough = patience === null ? undefined : setTimeout(() => this.refuse(id, why), patience);
      this.waiting.set(id, { done: (leg) => (clearTimeout(enough), done(leg)), failed: (refused) => (clearTimeout(enough), failed(refused)) });
      ask(id);
    });
  }

  done = (id: string, leg: string): void => this.settle(id)?.done(leg);
  refuse = (id: string, refusal: Refusal): void => this.settle(id)?.failed(new Refused(refusal));

  refuseAll(refusal: Refusal): void {
    for (const id of this.waiting.keys()) this.refuse(id, refusal);
  }

  private settle(id: string): Waiting | undefined {
    const waiting = this.waiting.get(id);
    this.waiting.delete(id);
    return waiting;
  }
}
