/** What is wished of one session. The other side may still be answering what was asked of it before: then it is asked
    again in a moment, since who presses Hold and Resume at once means both. */

import { Refused } from "../shared/refused";
import type { Session } from "./agent";

const AGAIN_MS = 250;
/** A phone system that does not answer a hold keeps nobody waiting longer than this. */
export const CHANGED_WITHIN_MS = 1_500;

const refusal = (code: string, says: string, remedy: string | null = null) => new Refused({ code, says, remedy, retryable: true, status: 0, contacts: [] });
export const gone = refusal("call-over", "That call is over.");
const notNow = refusal("not-now", "The call is just being changed.", "Try again in a moment.");
const notTransferred = refusal("not-transferred", "The transfer was not taken.", "The call is still yours. Try another number.");

export const pause = (ms: number): Promise<void> => new Promise((over) => { setTimeout(over, ms); });

const asSoonAsItCan = async (session: Session, asks: () => boolean): Promise<void> => {
  for (let tries = 12; !asks(); tries -= 1) {
    if (session.isEnded()) throw gone;
    if (tries === 0) throw notNow;
    await pause(AGAIN_MS);
  }
};

export const hold = (session: Session): Promise<void> => asSoonAsItCan(session, () => session.hold({}, () => undefined));

/** Over when the other side has taken it, or does not answer. */
export const resume = async (session: Session): Promise<void> => {
  if (!session.isOnHold().local) return;
  let taken = (): void => undefined;
  const resumed = new Promise<void>((done) => { taken = done; });
  await asSoonAsItCan(session, () => session.unhold({}, taken));
  await Promise.race([resumed, pause(CHANGED_WITHIN_MS)]);
};

/** Over when the other side has taken it. A call that was answered just now cannot be held for a moment. */
export const holdSoon = async (session: Session, talks: () => boolean): Promise<void> => {
  for (let tries = 10; tries > 0 && talks(); tries -= 1) {
    if (await new Promise<boolean>((done) => { if (!session.hold({}, () => done(true))) done(false); })) return;
    await pause(AGAIN_MS);
  }
};

/** Over when the other side has taken it: then it hangs up, or we do. */
export const refer = (session: Session, to: string, replaces?: Session): Promise<void> =>
  new Promise((done, failed) => {
    const refuse = () => failed(notTransferred);
    session.refer(to, { ...(replaces ? { replaces } : {}), eventHandlers: { requestFailed: refuse, failed: refuse, accepted: done } });
  });

/** As RTP events where the other side takes them (RFC 4733), else as INFO. */
export const press = (session: Session, digit: string): void => {
  const sender = session.connection.getSenders().find(({ dtmf }) => dtmf)?.dtmf;
  session.sendDTMF(digit, { transportType: sender?.canInsertDTMF ? "RFC2833" : "INFO", duration: 120, interToneGap: 70 });
};
