/** Three talk: two calls stay two calls, and what each of the others is sent is mixed of the two other voices. */

import type { Mix, Mixer } from "./mixer";
import type { SipLeg } from "./sip-leg";
import { gone } from "./wishes";

type Two<T> = readonly [T, T];

export class Merge {
  private constructor(readonly ids: Two<string>, private readonly legs: Two<SipLeg>, private readonly mix: Mix) {}

  /** Both were answered. Raises Refused. */
  static async of(ids: Two<string>, legs: Two<SipLeg>, mixer: Mixer): Promise<Merge> {
    const [one, other] = [legs[0].voice, legs[1].voice];
    if (!one || !other) throw gone;
    const mix = await mixer(one, other);
    const merge = new Merge(ids, legs, mix);
    try {
      if (legs.some(({ session }) => session.isEnded())) throw gone;
      await Promise.all([legs[0].send(mix.one), legs[1].send(mix.other)]);
    } catch (error) {
      await merge.end();
      throw error;
    }
    return merge;
  }

  has = (id: string): boolean => this.ids.includes(id);
  partnerOf = (id: string): string | undefined => (this.has(id) ? this.ids.find((each) => each !== id) : undefined);

  /** Each hears the agent alone again. */
  async end(): Promise<void> {
    await Promise.all(this.legs.filter(({ session }) => !session.isEnded()).map((leg) => leg.send(null).catch(() => undefined)));
    this.mix.end();
  }
}
