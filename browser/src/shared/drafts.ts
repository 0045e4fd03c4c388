/** Notes while they are being typed. Kept here until the service has confirmed them: a closed panel, a reload or an
    outage loses nothing. */

import type { Memory } from "./sign-in";

const CALM_MS = 600;

export interface DraftTools {
  put(id: string, notes: string): Promise<void>;
  changed(drafts: Readonly<Record<string, string>>): void;
  confirmed(id: string, notes: string): void;
}

export class Drafts {
  private drafts: Record<string, string> = {};
  private pauses = new Map<string, ReturnType<typeof setTimeout>>();

  constructor(private readonly memory: Memory, private readonly tools: DraftTools) {}

  async resume(): Promise<void> {
    const kept = await this.memory.read("drafts");
    if (typeof kept !== "object" || kept === null) return;
    this.become({ ...(kept as Record<string, string>), ...this.drafts });
  }

  note(id: string, notes: string): void {
    this.become({ ...this.drafts, [id]: notes });
    clearTimeout(this.pauses.get(id));
    this.pauses.set(id, setTimeout(() => void this.put(id), CALM_MS));
  }

  /** The way to the service is free again. */
  putAll(): void {
    for (const id of Object.keys(this.drafts)) void this.put(id);
  }

  forget(id: string): void {
    clearTimeout(this.pauses.get(id));
    const { [id]: _, ...rest } = this.drafts;
    this.become(rest);
  }

  private async put(id: string): Promise<void> {
    const notes = this.drafts[id];
    if (notes === undefined) return;
    try {
      await this.tools.put(id, notes);
    } catch {
      return; // still kept; the next connection, or wrapping up, brings it over
    }
    if (this.drafts[id] !== notes) return;
    this.tools.confirmed(id, notes);
    this.forget(id);
  }

  private become(drafts: Record<string, string>): void {
    this.drafts = drafts;
    this.tools.changed(drafts);
    void this.memory.write("drafts", drafts);
  }
}
