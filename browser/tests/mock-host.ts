/** A panel without an extension or a service: what it asks is written down and answered by table. */

import { vi } from "vitest";
import type { DeskView } from "../src/messages";
import type { Ask } from "../src/shared/asks";
import type { Host } from "../src/panel/hosts/host";

export type Answers = Partial<Record<Ask, (given: never) => unknown>>;

export class MockHost implements Host {
  framed = true;
  version = "0.1.0";
  asked: [Ask, unknown][] = [];
  permitted = async (): Promise<boolean> => true;
  permit = vi.fn(async () => true);
  private see: ((view: DeskView) => void) | null = null;

  constructor(private current: DeskView | null, private readonly answers: Answers = {}, readonly kind: Host["kind"] = "extension") {}

  watch(see: (view: DeskView) => void): () => void {
    this.see = see;
    if (this.current) see(this.current);
    return () => void (this.see = null);
  }

  show(view: DeskView): void {
    this.current = view;
    this.see?.(view);
  }

  ask: Host["ask"] = async (ask, given) => {
    // A contact on the screen asks this by itself; tests that are not about it do not hear of it.
    if (ask === "around" && !this.answers.around) return [] as never;
    if (ask === "lines" && !this.answers.lines) return [] as never;
    this.asked.push([ask, given]);
    return (await this.answers[ask]?.(given as never)) as never;
  };
}
