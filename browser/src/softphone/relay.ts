/** What the phone said, until the service has it on disk: kept in storage, sent in order, dropped only when it was taken
    or can never be. Bound to the line it was said on: what one account's calls did is never told to another. */

import type { Overheard, Said } from "../shared/phone";
import { refusalOf } from "../shared/refused";
import type { Memory } from "../shared/sign-in";

type Told = Said | Overheard;

interface Kept {
  purpose: string;
  said: Told;
}

const KEY = "relay";
const AT_ONCE = 20;
const AGAIN_MS = 5_000;
const MOST = 500;

export class Relay {
  private queue: Kept[] = [];
  private readonly ready: Promise<void>;
  private again: ReturnType<typeof setTimeout> | undefined;
  private sending = false;

  /** `post` raises Refused. `purpose`: of the line that the agent is logged in to now; null: none. */
  constructor(
    private readonly memory: Memory, private readonly post: (said: Told[]) => Promise<unknown>,
    private readonly purpose: () => string | null, private readonly key = KEY,
  ) {
    this.ready = this.resume();
  }

  /** Over when it is kept. */
  async add(said: Told[]): Promise<void> {
    const purpose = this.purpose();
    if (purpose === null) return;
    await this.ready;
    const known = new Set(this.queue.map(({ said: { call, seq } }) => `${call} ${seq}`));
    const fresh = said.filter(({ call, seq }) => !known.has(`${call} ${seq}`));
    this.queue = [...this.queue, ...fresh.map((each) => ({ purpose, said: each }))].slice(-MOST);
    await this.memory.write(this.key, this.queue);
    void this.send();
  }

  /** The way to the service is free, or somebody signed in. */
  async send(): Promise<void> {
    await this.ready;
    clearTimeout(this.again);
    if (this.sending) return;
    this.sending = true;
    try {
      while (await this.sendSome()) await this.memory.write(this.key, this.queue.length ? this.queue : null);
    } finally {
      this.sending = false;
    }
  }

  /** Whether to go on at once. */
  private async sendSome(): Promise<boolean> {
    const purpose = this.purpose();
    const some = this.queue.filter((kept) => kept.purpose === purpose).slice(0, AT_ONCE);
    if (some.length === 0) return false;
    const done = await this.taken(some);
    if (done === 0) this.again = setTimeout(() => void this.send(), AGAIN_MS);
    const over = new Set(some.slice(0, done));
    this.queue = this.queue.filter((kept) => !over.has(kept));
    return done > 0;
  }

  /** How many of these need not be sent again. One that is not understood never will be, and must not hold up the others. */
  private async taken(some: Kept[]): Promise<number> {
    try {
      await this.post(some.map(({ said }) => said));
      return some.length;
    } catch (error) {
      const { status } = refusalOf(error);
      if (status !== 400 && status !== 413) return 0;
      return some.length === 1 ? 1 : this.taken(some.slice(0, 1));
    }
  }

  private async resume(): Promise<void> {
    const kept = await this.memory.read(this.key);
    this.queue = Array.isArray(kept) ? (kept as Kept[]) : [];
  }
}
