/** What happens on legs, told as POST /api/relay wants it: numbered within a call, each thing once. */

import type { EndReason, PhoneLeg, Said } from "../shared/phone";

export class Saying {
  private told = new Map<string, number>();

  constructor(private readonly phone: string, private readonly say: (said: Said) => void, private readonly now: () => Date) {}

  began(leg: PhoneLeg): void {
    this.tell(leg, leg.direction === "inbound" ? "ringing" : "calling");
  }

  became(before: PhoneLeg, after: PhoneLeg): void {
    if (before.answered_at === null && after.answered_at !== null) this.tell(after, "answered");
    else if (before.state !== after.state && after.state === "held") this.tell(after, "held");
    else if (before.state === "held" && after.state === "talking") this.tell(after, "resumed");
    if (before.muted !== after.muted) this.tell(after, after.muted ? "muted" : "unmuted");
  }

  ended(leg: PhoneLeg, reason: EndReason): void {
    this.tell(leg, "ended", reason);
    this.told.delete(leg.id);
  }

  private tell(leg: PhoneLeg, what: Said["what"], reason?: EndReason): void {
    const seq = (this.told.get(leg.id) ?? 0) + 1;
    this.told.set(leg.id, seq);
    this.say({
      call: leg.external_id, phone: this.phone, what, at: this.now().toISOString(), direction: leg.direction, number: leg.number, seq,
      ...(leg.name ? { name: leg.name } : {}), ...(reason ? { reason } : {}),
    });
  }
}
