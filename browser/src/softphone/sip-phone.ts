/** The softphone over SIP: one line, some calls, one microphone. Everything it shows goes through `next`. */

import { isEstablished, noPhone, type PhoneChoices, type PhoneCommand, type PhoneLeg, type PhoneLine, type PhoneView } from "../shared/phone";
import { Refused } from "../shared/refused";
import type { Reason } from "../shared/values";
import type { Agent, Message, Session } from "./agent";
import { PHONE_AWAY } from "./endings";
import { Merge } from "./merge";
import type { Surroundings } from "./microphone";
import type { Mixer } from "./mixer";
import { next, type Phone, type PhoneEars, type PhoneHappening } from "./phone";
import { Reach, type ReachTools } from "./reach";
import { Saying } from "./saying";
import { SipLeg } from "./sip-leg";
import type { Sounds } from "./sounds";
import { CHANGED_WITHIN_MS, gone, hold, holdSoon, pause, press, refer, resume } from "./wishes";

/** `instance` names this browser to the registrar (RFC 5626); the same as long as it lives. */
export interface PhoneTools extends ReachTools {
  sounds: Sounds;
  mix: Mixer;
  /** Raises Refused when there is none to be had. */
  openMicrophone(device: string | null): Promise<MediaStream>;
  watchMicrophone(changed: (seen: Surroundings) => void): void;
}

const LOOK_MS = 2_000;
const AUTO_ANSWER_MS = 1_000;

export class SipPhone implements Phone {
  view: PhoneView = noPhone;
  private line: PhoneLine | null = null;
  private legs = new Map<string, SipLeg>();
  private merge: Merge | null = null;
  /** Legs that take the place of one in a conversation of three → who else is in it. */
  private joins = new Map<string, string>();
  private available = true;
  private seen = false;
  private moved = false;
  private looking: ReturnType<typeof setInterval> | undefined;
  private readonly saying: Saying;
  private readonly reach: Reach;

  constructor(private readonly ears: PhoneEars, private readonly tools: PhoneTools) {
    this.saying = new Saying(tools.instance, (said) => this.line?.relays && ears.said(said), () => new Date(tools.now()));
    this.reach = new Reach({
      became: (state, reason) => this.happen({ is: "reach", state, reason }),
      registered: () => this.registered(),
      gone: () => this.legs.forEach((leg) => leg.miss()),
      refused: () => ears.refused(),
      called: (session, invite) => this.called(session, invite),
    }, tools);
    tools.watchMicrophone((seen) => this.looked(seen));
  }

  use(line: PhoneLine | null): void {
    if (line && line.purpose === this.line?.purpose) return this.renew(line);
    this.leave();
    this.line = line;
    this.happen({ is: "line", purpose: line?.purpose ?? null });
    this.beginOrNot();
  }

  choose(choices: PhoneChoices): void {
    const other = choices.microphone !== this.view.choices.microphone;
    this.happen({ is: "choices", choices });
    this.tools.sounds.to(choices.speaker, choices.ringer);
    if (other) void this.speakInto(choices.microphone);
  }

  setAvailable(available: boolean): void {
    this.available = available;
  }

  /** The network is another one, or came back. */
  networkChanged(): void {
    this.moved = true; // the way for the sound is another one, too, although nothing may say so yet
    this.reach.connectAnew();
  }

  /** The computer says that it has none: that is asked for, since what is on this computer itself can still be reached. */
  networkLost = (): void => this.reach.doubt();

  async send(command: PhoneCommand): Promise<string> {
    this.happen({ is: "trouble", reason: this.view.state === "ready" ? null : this.view.reason });
    if (command.do === "dial") return this.dial(command.number);
    const leg = this.legs.get(command.leg);
    if (!leg) throw gone;
    switch (command.do) {
      case "answer": await this.answer(command.leg, leg); break;
      case "decline": leg.session.terminate({ status_code: 603 }); break;
      case "hang-up": this.hangUp(command.leg, leg); break;
      case "hold": await this.hold(leg); break;
      case "resume": await this.resume(command.leg, leg); break;
      case "mute": this.mute(command.leg, true); break;
      case "unmute": this.mute(command.leg, false); break;
      case "transfer": await this.transfer(leg, this.address(command.to)); break;
      case "connect-both": await this.connectBoth(leg, command.with); break;
      case "merge": await this.mergeWith(command.leg, command.with); break;
      case "split": await this.holdOthers(command.leg); break;
      case "tone": press(leg.session, command.tone); break;
    }
    return command.leg;
  }

  // ── the line ──

  /** Without a microphone nobody is called here; with the first look at it, or when it is plugged in, the line begins. */
  private beginOrNot(): void {
    const { line, view } = this;
    if (!line || !this.seen) return;
    const mute = view.microphone === "missing" || view.microphone === "refused";
    if (mute && this.legs.size === 0) {
      this.stop();
      this.happen({ is: "reach", state: "mute", reason: null });
    } else if (!mute && !this.reach.agent) {
      this.reach.begin(line);
      this.looking = setInterval(() => this.look(), LOOK_MS);
    }
  }

  private renew(line: PhoneLine): void {
    this.line = line;
    this.reach.agent?.renew(line.password);
  }

  private stop(): void {
    clearInterval(this.looking);
    this.reach.stop();
  }

  private leave(): void {
    this.stop();
    void this.merge?.end();
    this.merge = null;
    for (const [id, leg] of this.legs) {
      leg.letGo();
      this.tools.sounds.silence(id);
    }
    this.legs.clear();
    this.ringRight();
  }

  private registered(): void {
    for (const [id, leg] of this.legs) if (this.moved || this.legOf(id)?.mending) void leg.mend();
    this.moved = false;
  }

  // ── calls ──

  private called(session: Session, invite: Message): void {
    if (this.legs.has(session.id)) return; // it takes another's place, and is answered already
    if (!this.available) return session.terminate({ status_code: 480, reason_phrase: "Do not disturb" });
    this.take(session, { direction: "inbound", state: "ringing", external_id: invite.getHeader("X-Offhook-Call") ?? invite.call_id });
    const { choices, microphone } = this.view;
    const alone = this.legs.size === 1;
    if (choices.auto_answer && alone && microphone === "allowed") {
      setTimeout(() => this.legOf(session.id)?.state === "ringing" && void this.send({ do: "answer", leg: session.id }).catch(() => undefined), AUTO_ANSWER_MS);
    }
    if (!alone) this.tools.sounds.beep();
  }

  private async dial(number: string): Promise<string> {
    const { line, reach: { agent } } = this;
    if (!agent || !line || !agent.isConnected()) throw new Refused({ ...PHONE_AWAY, remedy: "Try again when the connection is back.", status: 0, contacts: [] });
    const microphone = await this.microphone();
    await this.holdOthers();
    const session = agent.call(this.address(number), this.media(microphone));
    const id = agent.callIdOf(session);
    this.take(session, { direction: "outbound", state: "dialing", external_id: line.relays ? id : "", number }, microphone).connect();
    return session.id;
  }

  private async answer(id: string, leg: SipLeg): Promise<void> {
    leg.microphone ??= await this.microphone();
    await this.holdOthers(id);
    if (leg.session.isEnded()) throw gone;
    leg.session.answer(this.media(leg.microphone));
    leg.connect();
  }

  /** `microphone`: null until the call is answered. */
  private take(session: Session, more: Partial<PhoneLeg>, microphone: MediaStream | null = null): SipLeg {
    const { id } = session;
    const { uri, display_name } = session.remote_identity;
    const leg = new SipLeg(session, this.reach.agent as Agent, {
      became: (change) => this.became(id, change),
      heard: (sound) => this.tools.sounds.play(id, sound),
      gone: (reason, says) => {
        const ended = this.legOf(id);
        this.forget(id, says);
        if (ended) this.saying.ended(ended, reason);
      },
      replacedBy: (taken) => void this.goOnWith(taken, "inbound", id),
      sentOn: (taken) => void this.goOnWith(taken, "outbound", id),
      doubt: () => this.reach.doubt(),
    }, this.tools.now, () => this.legOf(id), this.line?.codecs ?? []);
    leg.microphone = microphone;
    this.legs.set(id, leg);
    const begun: PhoneLeg = {
      id, external_id: "", direction: "inbound", state: "ringing", early: false, number: uri.user ?? "", name: display_name ?? "",
      started_at: this.tools.now(), answered_at: null, muted: false, merged: false, held_there: false, mending: false, quality: null, outward: null, ...more,
    };
    this.happen({ is: "leg", leg: begun });
    this.saying.began(begun);
    return leg;
  }

  /** A call that takes another's place is answered, or made, without asking: the agent is talking already. */
  private async goOnWith(session: Session, direction: PhoneLeg["direction"], before: string): Promise<void> {
    const partner = this.merge?.partnerOf(before);
    if (partner) this.joins.set(session.id, partner);
    const leg = this.take(session, { direction, state: direction === "inbound" ? "ringing" : "dialing", external_id: this.reach.agent?.callIdOf(session) ?? "" });
    if (direction === "outbound") return leg.connect();
    leg.microphone = await this.microphone().catch(() => null);
    if (!leg.microphone || session.isEnded()) return;
    session.answer(this.media(leg.microphone));
    leg.connect();
  }

  private forget(id: string, says: Reason | null): void {
    if (this.merge?.has(id)) void this.unmerge();
    this.legs.get(id)?.letGo();
    this.legs.delete(id);
    this.joins.delete(id);
    this.tools.sounds.silence(id);
    this.happen({ is: "leg-gone", leg: id });
    if (says) this.happen({ is: "trouble", reason: says });
    this.beginOrNot();
  }

  /** In a conversation of three, the agent hanging up ends both: nobody is left in a call that nobody carries. */
  private hangUp(id: string, leg: SipLeg): void {
    const partner = this.legs.get(this.merge?.partnerOf(id) ?? "");
    for (const each of [leg, partner]) if (each && !each.session.isEnded()) each.session.terminate();
  }

  private mute(id: string, muted: boolean): void {
    for (const each of this.merge?.has(id) ? this.merge.ids : [id]) {
      this.legs.get(each)?.mute(muted);
      this.became(each, { muted });
    }
  }

  private async hold({ session }: SipLeg): Promise<void> {
    this.needAgent();
    await this.unmerge();
    await hold(session);
  }

  private async resume(id: string, leg: SipLeg): Promise<void> {
    this.needAgent();
    await this.holdOthers(id);
    await resume(leg.session);
  }

  /** Who was held is back before the two hear each other, so that nothing of it is lost. */
  private async mergeWith(id: string, other: string): Promise<void> {
    const ids = [id, other] as const;
    const legs = [this.legs.get(id), this.legs.get(other)] as const;
    const seen = ids.map(this.legOf);
    if (!legs[0] || !legs[1] || id === other || !seen.every((leg) => leg && isEstablished(leg))) throw gone;
    this.needAgent();
    await this.holdOthers(...ids);
    const muted = (seen.find((leg) => leg?.state === "talking") ?? seen[0])?.muted ?? false;
    this.merge = await Merge.of(ids, [legs[0], legs[1]], this.tools.mix);
    try {
      await Promise.all([resume(legs[0].session), resume(legs[1].session)]);
      if (!ids.every((each) => this.legs.has(each))) throw gone;
    } catch (error) {
      await this.unmerge();
      throw error;
    }
    for (const each of ids) this.became(each, { merged: true });
    this.mute(id, muted);
  }

  private async unmerge(): Promise<void> {
    const { merge } = this;
    this.merge = null;
    for (const id of merge?.ids ?? []) this.became(id, { merged: false });
    await merge?.end();
  }

  /** Over when they are held: a phone system in which a line talks to one caller would else hold them at the same time. */
  private async holdOthers(...but: string[]): Promise<void> {
    await this.unmerge();
    const others = [...this.legs].filter(([id]) => !but.includes(id));
    const held = others.map(([id, { session }]) => holdSoon(session, () => this.legOf(id)?.state === "talking"));
    if (held.length) await Promise.race([Promise.all(held), pause(CHANGED_WITHIN_MS)]);
  }

  private async transfer(leg: SipLeg, to: string, replaces?: Session): Promise<void> {
    this.needAgent();
    await refer(leg.session, to, replaces);
    leave(leg);
  }

  private async connectBoth(leg: SipLeg, other: string): Promise<void> {
    const second = this.legs.get(other);
    if (!second) throw gone;
    await this.transfer(leg, second.session.remote_identity.uri.toString(), second.session);
    leave(second);
  }

  // ── the microphone ──

  private async microphone(): Promise<MediaStream> {
    const microphone = await this.tools.openMicrophone(this.view.choices.microphone);
    if (this.view.microphone !== "allowed") this.happen({ is: "microphone", microphone: "allowed" });
    return microphone;
  }

  private media = (mediaStream: MediaStream) => ({ mediaStream, pcConfig: { iceServers: this.line?.ice_servers ?? [] } });

  private looked({ microphone, devices }: Surroundings): void {
    if (microphone !== this.view.microphone) this.happen({ is: "microphone", microphone });
    if (JSON.stringify(devices) !== JSON.stringify(this.view.devices)) this.happen({ is: "devices", devices });
    this.seen = true;
    this.beginOrNot();
    if ([...this.legs.values()].some((leg) => leg.microphone?.getAudioTracks().some(({ readyState }) => readyState === "ended"))) {
      void this.speakInto(this.view.choices.microphone); // it was pulled out in the middle of a call
    }
  }

  /** Calls that are on get another microphone, and nobody hears a break. */
  private async speakInto(device: string | null): Promise<void> {
    for (const leg of this.legs.values()) {
      if (!leg.microphone) continue;
      const stream = await this.tools.openMicrophone(device).catch(() => null);
      if (!stream) return;
      await leg.speakInto(stream);
    }
  }

  // ── inside ──

  private address(number: string): string {
    const host = this.line?.uri.split("@")[1] ?? "";
    return /^sips?:/i.test(number) ? number : `sip:${encodeURIComponent(number.replace(/[\s()/]|(?<=\d)[-.](?=\d)/g, ""))}@${host}`.replace("%2B", "+");
  }

  private needAgent(): void {
    if (!this.reach.isConnected()) throw new Refused({ ...PHONE_AWAY, status: 0, contacts: [] });
  }

  private legOf = (id: string): PhoneLeg | undefined => this.view.legs.find((leg) => leg.id === id);

  private became(id: string, change: Partial<PhoneLeg>): void {
    const before = this.legOf(id);
    this.happen({ is: "leg-became", leg: id, change });
    const after = this.legOf(id);
    if (before && after) this.saying.became(before, after);
    const partner = this.joins.get(id);
    if (!partner || after?.state !== "talking") return;
    this.joins.delete(id);
    void this.mergeWith(id, partner).catch(() => undefined); // then they are two calls again
  }

  private happen(happening: PhoneHappening): void {
    this.view = next(this.view, happening);
    this.ringRight();
    this.ears.changed(this.view);
  }

  /** It rings while somebody waits and nobody is being talked to; a second caller only beeps once. */
  private ringRight(): void {
    const { legs } = this.view;
    const busy = legs.some(isEstablished);
    this.tools.sounds.ring(!busy && legs.some(({ state }) => state === "ringing"));
    this.tools.sounds.ringBack(legs.some(({ state, early }) => state === "dialing" && !early));
  }

  private look(): void {
    for (const leg of this.legs.values()) void leg.look().catch(() => undefined);
  }
}

/** The phone system hangs up, or we do. */
const leave = (leg: SipLeg): void => {
  leg.transferred = true;
  if (!leg.session.isEnded()) leg.session.terminate();
};
