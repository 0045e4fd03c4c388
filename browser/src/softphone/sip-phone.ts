/** The softphone over SIP: one registration, some calls, one microphone. Everything it shows goes through `next`. */

import { isEstablished, noPhone, type PhoneChoices, type PhoneCommand, type PhoneLeg, type PhoneLine, type PhoneView } from "../shared/phone";
import { Refused } from "../shared/refused";
import type { Reason } from "../shared/values";
import type { Agent, Message, NewAgent, Session } from "./agent";
import { PHONE_AWAY } from "./endings";
import type { Surroundings } from "./microphone";
import { next, type Phone, type PhoneEars, type PhoneHappening } from "./phone";
import { refusalOfRegistration, UNREACHABLE } from "./registration";
import { Saying } from "./saying";
import { SipLeg } from "./sip-leg";
import type { Sounds } from "./sounds";

export interface PhoneTools {
  newAgent: NewAgent;
  sounds: Sounds;
  /** Raises Refused when there is none to be had. */
  openMicrophone(device: string | null): Promise<MediaStream>;
  watchMicrophone(changed: (seen: Surroundings) => void): void;
  now(): number;
  /** Names this browser to the registrar (RFC 5626); the same as long as it lives. */
  instance: string;
}

const LOOK_MS = 2_000;
const AUTO_ANSWER_MS = 1_000;
const HOLD_AGAIN_MS = 250;
const AWAY_AGAIN_MS = 5_000;
const REFUSED_AGAIN_MS = 60_000;
const HELD_WITHIN_MS = 1_500;

export class SipPhone implements Phone {
  view: PhoneView = noPhone;
  private line: PhoneLine | null = null;
  private agent: Agent | null = null;
  private legs = new Map<string, SipLeg>();
  private available = true;
  private seen = false;
  private moved = false;
  private looking: ReturnType<typeof setInterval> | undefined;
  private registering: ReturnType<typeof setTimeout> | undefined;
  private readonly saying: Saying;

  constructor(private readonly ears: PhoneEars, private readonly tools: PhoneTools) {
    this.saying = new Saying(tools.instance, (said) => this.line?.relays && ears.said(said), () => new Date(tools.now()));
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
    this.agent?.connectAnew();
  }

  async send(command: PhoneCommand): Promise<string> {
    this.happen({ is: "trouble", reason: this.view.state === "ready" ? null : this.view.reason });
    if (command.do === "dial") return this.dial(command.number);
    const leg = this.legs.get(command.leg);
    if (!leg) throw gone;
    switch (command.do) {
      case "answer": await this.answer(command.leg, leg); break;
      case "decline": leg.session.terminate({ status_code: 603 }); break;
      case "hang-up": leg.session.terminate(); break;
      case "hold": await this.hold(leg); break;
      case "resume": await this.resume(command.leg, leg); break;
      case "mute": leg.session.mute({ audio: true }); this.became(command.leg, { muted: true }); break;
      case "unmute": leg.session.unmute({ audio: true }); this.became(command.leg, { muted: false }); break;
      case "transfer": await this.refer(leg, this.address(command.to)); break;
      case "connect-both": await this.connectBoth(leg, command.with); break;
      case "tone": tone(leg.session, command.tone); break;
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
      this.reach("mute", null);
    } else if (!mute && !this.agent) {
      this.reach("starting", null);
      this.begin(line);
    }
  }

  private begin(line: PhoneLine): void {
    const { tools } = this;
    this.agent = tools.newAgent(line, tools.instance, {
      connected: () => undefined,
      disconnected: () => this.reach("unreachable", UNREACHABLE),
      registered: () => this.registered(),
      notRegistered: (status, says) => this.notRegistered(status, says),
      called: (session, invite) => this.called(session, invite),
    });
    this.agent.start();
    this.looking = setInterval(() => this.look(), LOOK_MS);
  }

  private renew(line: PhoneLine): void {
    this.line = line;
    this.agent?.renew(line.password);
  }

  private stop(): void {
    clearInterval(this.looking);
    clearTimeout(this.registering);
    this.agent?.stop();
    this.agent = null;
  }

  private leave(): void {
    this.stop();
    for (const [id, leg] of this.legs) {
      leg.letGo();
      this.tools.sounds.silence(id);
    }
    this.legs.clear();
    this.ringRight();
  }

  private registered(): void {
    clearTimeout(this.registering);
    this.reach("ready", null);
    for (const [id, leg] of this.legs) if (this.moved || this.legOf(id)?.mending) void leg.mend();
    this.moved = false;
  }

  private notRegistered(status: number, says: string): void {
    this.reach(status === 0 || status >= 500 ? "unreachable" : "refused", status === 0 ? UNREACHABLE : refusalOfRegistration(status, says));
    if (status === 401 || status === 403 || status === 407) this.ears.refused();
    else this.registerLater(status === 0 || status >= 500 ? AWAY_AGAIN_MS : REFUSED_AGAIN_MS);
  }

  /** JsSIP does not ask again by itself, and an answer that did not come may mean a connection that only seems to stand. */
  private registerLater(ms: number): void {
    clearTimeout(this.registering);
    this.registering = setTimeout(() => this.view.state !== "ready" && this.agent?.connectAnew(), ms);
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
    const { agent, line } = this;
    if (!agent || !line || !agent.isConnected()) throw new Refused({ ...PHONE_AWAY, remedy: "Try again when the connection is back.", status: 0, contacts: [] });
    const microphone = await this.microphone();
    await this.holdOthers(null);
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
    const leg = new SipLeg(session, this.agent as Agent, {
      became: (change) => this.became(id, change),
      heard: (sound) => this.tools.sounds.play(id, sound),
      gone: (reason, says) => {
        const ended = this.legOf(id);
        this.forget(id, says);
        if (ended) this.saying.ended(ended, reason);
      },
      replacedBy: (taken) => void this.goOnWith(taken, "inbound"),
      sentOn: (taken) => void this.goOnWith(taken, "outbound"),
    }, this.tools.now, () => this.legOf(id), this.line?.codecs ?? []);
    leg.microphone = microphone;
    this.legs.set(id, leg);
    const begun: PhoneLeg = {
      id, external_id: "", direction: "inbound", state: "ringing", early: false, number: uri.user ?? "", name: display_name ?? "",
      started_at: this.tools.now(), answered_at: null, muted: false, held_there: false, mending: false, quality: null, ...more,
    };
    this.happen({ is: "leg", leg: begun });
    this.saying.began(begun);
    return leg;
  }

  /** A call that takes another's place is answered, or made, without asking: the agent is talking already. */
  private async goOnWith(session: Session, direction: PhoneLeg["direction"]): Promise<void> {
    const leg = this.take(session, { direction, state: direction === "inbound" ? "ringing" : "dialing", external_id: this.agent?.callIdOf(session) ?? "" });
    if (direction === "outbound") return leg.connect();
    leg.microphone = await this.microphone().catch(() => null);
    if (!leg.microphone || session.isEnded()) return;
    session.answer(this.media(leg.microphone));
    leg.connect();
  }

  private forget(id: string, says: Reason | null): void {
    this.legs.get(id)?.letGo();
    this.legs.delete(id);
    this.tools.sounds.silence(id);
    this.happen({ is: "leg-gone", leg: id });
    if (says) this.happen({ is: "trouble", reason: says });
    this.beginOrNot();
  }

  private async hold({ session }: SipLeg): Promise<void> {
    this.needAgent();
    await asSoonAsItCan(session, () => session.hold({}, () => undefined));
  }

  private async resume(id: string, leg: SipLeg): Promise<void> {
    this.needAgent();
    await this.holdOthers(id);
    await asSoonAsItCan(leg.session, () => leg.session.unhold());
  }

  /** Over when they are held: a phone system in which a line talks to one caller would else hold them at the same time. */
  private async holdOthers(but: string | null): Promise<void> {
    const held = [...this.legs].filter(([id]) => id !== but).map(([id, other]) => this.holdSoon(id, other));
    if (held.length) await Promise.race([Promise.all(held), pause(HELD_WITHIN_MS)]);
  }

  /** A call that was answered just now cannot be held for a moment. */
  private async holdSoon(id: string, { session }: SipLeg): Promise<void> {
    for (let tries = 10; tries > 0 && this.legOf(id)?.state === "talking"; tries -= 1) {
      if (await new Promise<boolean>((done) => { if (!session.hold({}, () => done(true))) done(false); })) return;
      await pause(HOLD_AGAIN_MS);
    }
  }

  /** Over when the other side has taken it: then it hangs up, or we do. */
  private refer(leg: SipLeg, to: string, replaces?: Session): Promise<void> {
    this.needAgent();
    return new Promise((done, failed) => {
      const refuse = () => failed(notTransferred);
      leg.session.refer(to, {
        ...(replaces ? { replaces } : {}),
        eventHandlers: {
          requestFailed: refuse, failed: refuse,
          accepted: () => {
            leg.transferred = true;
            if (!leg.session.isEnded()) leg.session.terminate();
            done();
          },
        },
      });
    });
  }

  private async connectBoth(leg: SipLeg, other: string): Promise<void> {
    const second = this.legs.get(other);
    if (!second) throw gone;
    await this.refer(leg, second.session.remote_identity.uri.toString(), second.session);
    second.transferred = true;
    if (!second.session.isEnded()) second.session.terminate();
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
    for (const [id, leg] of this.legs) {
      if (!leg.microphone) continue;
      const stream = await this.tools.openMicrophone(device).catch(() => null);
      const [track] = stream?.getAudioTracks() ?? [];
      if (!stream || !track) return;
      track.enabled = !this.legOf(id)?.muted;
      const sender = leg.session.connection.getSenders().find((each) => each.track?.kind === "audio");
      await sender?.replaceTrack(track);
      for (const old of leg.microphone.getTracks()) old.stop();
      leg.microphone = stream;
    }
  }

  // ── inside ──

  private address(number: string): string {
    const host = this.line?.uri.split("@")[1] ?? "";
    return /^sips?:/i.test(number) ? number : `sip:${encodeURIComponent(number.replace(/[\s()/]|(?<=\d)[-.](?=\d)/g, ""))}@${host}`.replace("%2B", "+");
  }

  private needAgent(): void {
    if (!this.agent?.isConnected()) throw new Refused({ ...PHONE_AWAY, status: 0, contacts: [] });
  }

  private legOf = (id: string): PhoneLeg | undefined => this.view.legs.find((leg) => leg.id === id);

  private became(id: string, change: Partial<PhoneLeg>): void {
    const before = this.legOf(id);
    this.happen({ is: "leg-became", leg: id, change });
    const after = this.legOf(id);
    if (before && after) this.saying.became(before, after);
  }

  private reach(state: PhoneView["state"], reason: Reason | null): void {
    this.happen({ is: "reach", state, reason });
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

const pause = (ms: number): Promise<void> => new Promise((over) => { setTimeout(over, ms); });

/** The other side may still be answering what was asked of it before: who presses Hold and Resume at once means both. */
const asSoonAsItCan = async (session: Session, asks: () => boolean): Promise<void> => {
  for (let tries = 12; !asks(); tries -= 1) {
    if (session.isEnded()) throw gone;
    if (tries === 0) throw notNow;
    await pause(HOLD_AGAIN_MS);
  }
};

/** As RTP events where the other side takes them (RFC 4733), else as INFO. */
const tone = (session: Session, digit: string): void => {
  const sender = session.connection.getSenders().find(({ dtmf }) => dtmf)?.dtmf;
  session.sendDTMF(digit, { transportType: sender?.canInsertDTMF ? "RFC2833" : "INFO", duration: 120, interToneGap: 70 });
};

const refusal = (code: string, says: string, remedy: string | null = null) => new Refused({ code, says, remedy, retryable: true, status: 0, contacts: [] });
const gone = refusal("call-over", "That call is over.");
const notNow = refusal("not-now", "The call is just being changed.", "Try again in a moment.");
const notTransferred = refusal("not-transferred", "The transfer was not taken.", "The call is still yours. Try another number.");
