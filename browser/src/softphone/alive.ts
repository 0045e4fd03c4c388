/** Is there still somebody? A call of which nothing is heard, neither sound nor the phone system, ends by itself. Pure. */

/** When the last packet of sound and the last answer of the phone system came, and when it was last asked (ms). */
export interface Pulse {
  packet_at: number;
  signal_at: number;
  asked_at: number;
}

export type Verdict = "well" | "ask" | "dead";

interface Patience {
  ask_after: number;
  ask_again: number;
  dead_after: number;
}

const TALKING: Patience = { ask_after: 8_000, ask_again: 6_000, dead_after: 30_000 };
/** One side holds: no sound is to be expected, so only the phone system can say. */
const QUIET: Patience = { ask_after: 30_000, ask_again: 20_000, dead_after: 100_000 };

export const verdict = ({ packet_at, signal_at, asked_at }: Pulse, now: number, quiet: boolean): Verdict => {
  const patience = quiet ? QUIET : TALKING;
  const last = Math.max(packet_at, signal_at);
  if (now - last > patience.dead_after) return "dead";
  const since = quiet ? last : packet_at;
  return now - since > patience.ask_after && now - asked_at > patience.ask_again ? "ask" : "well";
};
