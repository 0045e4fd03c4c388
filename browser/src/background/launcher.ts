/** Open or closed, and where: remembered per browser, the same in all tabs. */

import type { Memory } from "../shared/sign-in";

interface Kept {
  open: boolean | null;
  bottom: number | null;
}

export class Launcher {
  private kept: Kept = { open: null, bottom: null };
  readonly ready: Promise<void>;

  constructor(private readonly memory: Memory, private readonly changed: () => void) {
    this.ready = this.resume();
  }

  get open(): boolean {
    return this.kept.open ?? false;
  }

  get bottom(): number | null {
    return this.kept.bottom;
  }

  /** The first time on Contacts the panel pops up by itself; afterwards it is as the agent left it. */
  async onContacts(): Promise<void> {
    await this.ready;
    if (this.kept.open === null) this.become({ open: true });
  }

  async set(open: boolean): Promise<void> {
    await this.ready;
    if (this.kept.open !== open) this.become({ open });
  }

  async move(bottom: number): Promise<void> {
    await this.ready;
    this.become({ bottom });
  }

  private async resume(): Promise<void> {
    this.kept = { ...this.kept, ...((await this.memory.read("launcher")) as Kept | undefined) };
    this.changed();
  }

  private become(change: Partial<Kept>): void {
    this.kept = { ...this.kept, ...change };
    this.changed();
    void this.memory.write("launcher", this.kept);
  }
}
