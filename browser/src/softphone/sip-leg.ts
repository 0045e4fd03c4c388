/** One leg of a call over SIP: what the library tells becomes changes of the leg's value, and its sound is looked after. */

import { type EndReason, isEstablished, type PhoneLeg } from "../shared/phone";
import type { Reason } from "../shared/values";
import { type Pulse, verdict } from "./alive";
import type { Agent, Ended, Message, Session } from "./agent";
import { CALL_LOST, endingOf } from "./endings";
import type { Mixture, Voice } from "./mixer";
import { heardThere, seen, sendingOf, type Way } from "./outward";
import { qualityBetween, type Sample, sampleOf } from "./quality";
import { plain, preferring } from "./sdp";

export interface LegEars {
  became(change: Partial<Omit<PhoneLeg, "id">>): void;
  heard(sound: MediaStream): void;
  gone(reason: EndReason, says: Reason | null): void;
  /** Another call takes this one's place (an attended transfer that somebody else made). */
  replacedBy(session: Session): void;
  /** The other side asks us to call somebody in its place. */
  sentOn(session: Session): void;
  /** Nothing comes although somebody talks: is the phone system still there? */
  doubt(): void;
}

/** Candidates that come later than this (a STUN server that does not answer) do not keep a call waiting. */
const GATHER_MS = 1_000;
const MEND_AFTER_MS = 1_500;
const WINDOW = 3;
const DOUBT_AFTER_MS = 3_000;

export class SipLeg {
  microphone: MediaStream | null = null;
  transferred = false;
  /** What is sent instead of the microphone alone. */
  private mixture: Mixture | null = null;
  private samples: Sample[] = [];
  private way: Way | null = null;
  private pulse: Pulse;
  private gathering: ReturnType<typeof setTimeout> | undefined;
  private mending: ReturnType<typeof setTimeout> | undefined;
  private over: Reason | null = null;

  constructor(
    readonly session: Session, private readonly agent: Agent, private readonly ears: LegEars, private readonly now: () => number,
    private readonly leg: () => PhoneLeg | undefined, private readonly codecs: readonly string[],
  ) {
    this.pulse = { packet_at: now(), signal_at: now(), asked_at: now() };
    this.listen();
  }

  /** The connection is there as soon as the call goes out or is answered. */
  connect(): void {
    const { connection } = this.session;
    connection.addEventListener("track", ({ streams, track }) => this.ears.heard(streams[0] ?? new MediaStream([track])));
    // Before JsSIP hears it, and ends the call.
    connection.addEventListener("iceconnectionstatechange", (event) => this.iceBecame(connection.iceConnectionState, event), { capture: true });
  }

  /** Null before the call is answered. */
  get voice(): Voice | null {
    const heard = this.session.connection?.getReceivers().find(({ track }) => track.kind === "audio")?.track;
    return this.microphone && heard ? { microphone: this.microphone, heard: new MediaStream([heard]) } : null;
  }

  /** A mixture is sent from now on, or (null) the microphone alone. */
  async send(mixture: Mixture | null): Promise<void> {
    this.mixture = mixture;
    await this.transmit(mixture?.track ?? this.microphone?.getAudioTracks()[0] ?? null);
    this.mute(this.leg()?.muted ?? false);
  }

  /** Another microphone from now on, and nobody hears a break. */
  async speakInto(microphone: MediaStream): Promise<void> {
    const before = this.microphone;
    this.microphone = microphone;
    if (this.mixture) this.mixture.speakInto(microphone);
    else await this.transmit(microphone.getAudioTracks()[0] ?? null);
    this.mute(this.leg()?.muted ?? false);
    for (const old of before?.getTracks() ?? []) old.stop();
  }

  /** Only the agent's own voice: in a mixture is somebody else's, too. JsSIP takes away the whole of what is sent. */
  mute(muted: boolean): void {
    const speaks = !muted && this.leg()?.state !== "held"; // a call on hold is still sent something: silence
    for (const track of this.microphone?.getAudioTracks() ?? []) track.enabled = speaks;
    if (muted && !this.mixture) this.session.mute({ audio: true });
    else this.session.unmute({ audio: true });
  }

  /** The way to the phone system is gone; is the way for the sound? */
  miss(): void {
    const leg = this.leg();
    if (leg?.state === "talking" && !leg.held_there && this.now() - this.pulse.packet_at >= DOUBT_AFTER_MS) this.ears.became({ mending: true });
  }

  async ask(): Promise<void> {
    this.pulse.asked_at = this.now();
    if (await this.agent.isThere(this.session)) this.pulse.signal_at = this.now();
  }

  /** Looks for a way for the sound again; told the phone system can be reached, or the network changed. */
  async mend(): Promise<void> {
    clearTimeout(this.mending);
    const leg = this.leg();
    if (!leg || !isEstablished(leg)) return;
    if (await this.agent.restartIce(this.session)) this.pulse.signal_at = this.now();
  }

  /** Every two seconds: how does it sound, is somebody there? */
  async look(): Promise<void> {
    const leg = this.leg();
    if (!leg || !isEstablished(leg)) return;
    const stats = await this.session.connection.getStats();
    const sample = sampleOf(stats.values(), this.now());
    const last = this.samples.at(-1);
    if (!last || sample.received > last.received) this.arrives(leg, sample.at);
    const before = this.samples.at(-WINDOW) ?? this.samples[0];
    const quiet = leg.state === "held" || leg.held_there;
    this.samples = [...this.samples, sample].slice(-WINDOW);
    if (before) this.tell(leg, quiet ? null : qualityBetween(before, sample) ?? leg.quality);
    this.lookOutward(leg, stats.values(), quiet);
    if (!quiet && this.now() - this.pulse.packet_at >= DOUBT_AFTER_MS) this.ears.doubt();
    this.judge(quiet);
  }

  letGo(): void {
    clearTimeout(this.gathering);
    clearTimeout(this.mending);
    for (const track of this.microphone?.getTracks() ?? []) track.stop();
  }

  private async transmit(track: MediaStreamTrack | null): Promise<void> {
    const sender = this.session.connection.getSenders().find((each) => each.track?.kind === "audio");
    await sender?.replaceTrack(track);
  }

  private arrives(leg: PhoneLeg, at: number): void {
    this.pulse.packet_at = at;
    const well = /^(?:connected|completed)$/.test(this.session.connection.iceConnectionState);
    if (leg.mending && well) this.ears.became({ mending: false }); // it came back before the way was given up
  }

  /** In a mixture is the other one's voice, too, so that it says nothing of the microphone. */
  private lookOutward(leg: PhoneLeg, entries: Iterable<Record<string, unknown>>, quiet: boolean): void {
    const sending = sendingOf(entries, this.now());
    this.way = seen(this.way, this.mixture ? { ...sending, energy: null } : sending, !quiet && !leg.muted && !leg.mending);
    const off = this.microphone?.getAudioTracks().some((track) => track.muted) ?? false;
    const outward = quiet || leg.muted || leg.mending ? null : heardThere(this.way, off);
    if (outward?.says !== leg.outward?.says) this.ears.became({ outward });
  }

  private tell(leg: PhoneLeg, quality: PhoneLeg["quality"]): void {
    if (quality?.says !== leg.quality?.says || quality?.level !== leg.quality?.level) this.ears.became({ quality });
  }

  private judge(quiet: boolean): void {
    const found = verdict(this.pulse, this.now(), quiet);
    if (found === "ask") void this.ask();
    if (found !== "dead") return;
    this.over = CALL_LOST;
    if (!this.session.isEnded()) this.session.terminate();
  }

  private iceBecame(state: RTCIceConnectionState, event: Event): void {
    if (state === "connected" || state === "completed") {
      clearTimeout(this.mending);
      this.ears.became({ mending: false });
    }
    if (state === "failed") event.stopImmediatePropagation();
    if (state === "disconnected" || state === "failed") {
      this.ears.became({ mending: true });
      clearTimeout(this.mending);
      this.mending = setTimeout(() => void this.mend(), MEND_AFTER_MS);
    }
  }

  private listen(): void {
    const { session, ears } = this;
    session.on("progress", ({ response }) => this.progressed(response));
    session.on("accepted", ({ response }) => this.accepted(response));
    session.on("ended", (ended) => this.ended(ended));
    session.on("failed", (ended) => this.ended(ended));
    session.on("hold", ({ originator }) => originator === "local" ? ears.became({ state: "held" }) : ears.became({ held_there: true }));
    session.on("unhold", ({ originator }) => originator === "local" ? ears.became({ state: "talking" }) : ears.became({ held_there: false }));
    session.on("reinvite", () => void (this.pulse.signal_at = this.now()));
    session.on("replaces", ({ accept }) => accept((taken) => ears.replacedBy(taken)));
    session.on("refer", (refer) => this.leg()?.answered_at ? refer.accept((taken) => ears.sentOn(taken), {}) : refer.reject());
    session.on("sdp", (told) => {
      told.sdp = plain(told.sdp);
      if (told.originator === "local" && told.type === "offer" && this.codecs.length > 0) told.sdp = preferring(told.sdp, this.codecs);
    });
    session.on("icecandidate", ({ ready }) => {
      clearTimeout(this.gathering);
      this.gathering = setTimeout(ready, GATHER_MS);
    });
  }

  private progressed(response: Message | undefined): void {
    if (!response) return;
    this.ears.became({ ...named(response), early: Boolean(response.body) });
  }

  private accepted(response: Message | undefined): void {
    const now = this.now();
    this.pulse = { packet_at: now, signal_at: now, asked_at: now };
    this.ears.became({ ...(response ? named(response) : {}), state: "talking", early: false, answered_at: now });
  }

  private ended(ended: Ended): void {
    const leg = this.leg();
    if (!leg) return;
    this.letGo();
    const ending = endingOf(ended, { direction: leg.direction, answered: leg.answered_at !== null, transferred: this.transferred });
    this.ears.gone(this.over ? "failed" : ending.reason, this.over ?? ending.says);
  }
}

/** The phone system's own id of the call, when an answer brings it. */
const named = (message: Message): { external_id?: string } => {
  const id = message.getHeader("X-Offhook-Call");
  return id ? { external_id: id } : {};
};
