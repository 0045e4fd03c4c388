/** A SIP library that does what the test says, and writes down what it was asked. */

import type { Agent, AgentEars, Ended, Media, Message, NewAgent, ReferEvents, Session, SessionEvents } from "../../src/softphone/agent";
import type { Mixer, Mixture } from "../../src/softphone/mixer";
import type { Sounds } from "../../src/softphone/sounds";
import type { PhoneLine } from "../../src/shared/phone";

export const message = (more: Partial<Message> & { headers?: Record<string, string> } = {}): Message => {
  const { headers = {}, ...rest } = more;
  return { call_id: "call-id", getHeader: (name) => headers[name], ...rest };
};

type Track = { readyState: string; enabled: boolean; muted: boolean; stop(): void };

export const stream = (): MediaStream => {
  const track: Track = { readyState: "live", enabled: true, muted: false, stop() { this.readyState = "ended"; } };
  return { getTracks: () => [track], getAudioTracks: () => [track] } as unknown as MediaStream;
};

export class FakeConnection extends EventTarget {
  iceConnectionState = "new";
  stats: Record<string, unknown>[] = [];
  tones = true;
  replaced: unknown[] = [];
  getStats = async () => new Map(this.stats.map((each, at) => [String(at), each]));
  getReceivers = () => [{ track: { kind: "audio" } }];
  getSenders = () => [{ dtmf: this.tones ? { canInsertDTMF: true } : null, track: { kind: "audio" }, replaceTrack: async (track: unknown) => void this.replaced.push(track) }];

  become(state: string): boolean {
    this.iceConnectionState = state;
    return this.dispatchEvent(new Event("iceconnectionstatechange", { cancelable: true }));
  }
}

export class FakeSession implements Session {
  did: string[] = [];
  fake = new FakeConnection();
  readonly connection = this.fake as unknown as RTCPeerConnection;
  readonly remote_identity;
  refers: { target: string; replaces?: Session | undefined; events: ReferEvents }[] = [];
  readyToOffer = true;
  holdsAfter = 0;
  private listeners = new Map<string, ((heard: never) => void)[]>();
  private established = false;
  private over = false;
  private muted = false;
  private onHold = false;

  constructor(readonly id: string, number = "+41446681800", name = "") {
    this.remote_identity = { uri: { user: number, toString: () => `sip:${number}@pbx.test` }, display_name: name };
  }

  on<E extends keyof SessionEvents>(event: E, listener: (heard: SessionEvents[E]) => void): void {
    this.listeners.set(event, [...(this.listeners.get(event) ?? []), listener as (heard: never) => void]);
  }

  say<E extends keyof SessionEvents>(event: E, heard: SessionEvents[E]): void {
    for (const listener of this.listeners.get(event) ?? []) listener(heard as never);
  }

  accepted(headers: Record<string, string> = {}): void {
    this.established = true;
    this.say("accepted", { originator: "remote", response: message({ headers }) });
  }

  ends(ended: Partial<Ended> = {}): void {
    const event = this.established ? "ended" : "failed";
    this.over = true;
    this.say(event, { originator: "remote", message: null, cause: "Terminated", ...ended });
  }

  isEstablished = (): boolean => this.established && !this.over;
  isEnded = (): boolean => this.over;
  isMuted = () => ({ audio: this.muted });
  isOnHold = () => ({ local: this.onHold });

  answer(_: Media): void {
    this.did.push("answer");
    this.established = true;
    this.say("accepted", { originator: "local" });
  }

  terminate(how: { status_code?: number } = {}): void {
    this.did.push(`terminate ${how.status_code ?? ""}`.trim());
    this.ends({ originator: "local" });
  }

  hold(_: object, done: () => void): boolean {
    if (!this.readyToOffer) return false;
    this.did.push("hold");
    this.onHold = true;
    this.say("hold", { originator: "local" });
    setTimeout(done, this.holdsAfter);
    return true;
  }

  unhold(_: object, done: () => void): boolean {
    if (!this.readyToOffer) return false;
    this.did.push("unhold");
    this.onHold = false;
    this.say("unhold", { originator: "local" });
    setTimeout(done, 0);
    return true;
  }

  mute = (): void => void (this.muted = true);
  unmute = (): void => void (this.muted = false);
  sendDTMF = (tone: string, { transportType }: { transportType: string }): void => void this.did.push(`tone ${tone} ${transportType}`);
  refer = (target: string, { replaces, eventHandlers }: { replaces?: Session; eventHandlers: ReferEvents }): void =>
    void this.refers.push({ target, replaces, events: eventHandlers });
}

export class FakeAgent implements Agent {
  connected = true;
  stopped = false;
  anew = 0;
  passwords: string[] = [];
  calls: { target: string; session: FakeSession }[] = [];
  restarts: string[] = [];
  asked: string[] = [];
  there = true;
  /** Whether it answers keep-alives, and requests. */
  pongs = true;
  answers = true;
  pings = 0;
  requests = 0;

  constructor(readonly line: PhoneLine, readonly ears: AgentEars) {}

  start = (): void => undefined;
  stop = (): void => void (this.stopped = true);
  isConnected = (): boolean => this.connected;
  connectAnew = (): void => void (this.anew += 1);
  renew = (password: string): void => void this.passwords.push(password);
  ping = (): void => (this.pings += 1, void (this.pongs && this.answers && this.ears.heard(true)));
  askIfThere = (): void => (this.requests += 1, void (this.answers && this.ears.heard(false)));
  callIdOf = (session: Session): string => `call-id-of-${session.id}`;
  restartIce = async (session: Session): Promise<boolean> => (this.restarts.push(session.id), true);
  isThere = async (session: Session): Promise<boolean> => (this.asked.push(session.id), this.there);

  call(target: string): Session {
    const session = new FakeSession(`out-${this.calls.length + 1}`, target.replace(/^sip:|@.*$/g, ""));
    this.calls.push({ target, session });
    return session;
  }

  rings(id: string, number?: string, headers: Record<string, string> = {}): FakeSession {
    const session = new FakeSession(id, number);
    this.ears.called(session, message({ call_id: `call-id-of-${id}`, headers }));
    return session;
  }
}

export const agents = (): { newAgent: NewAgent; made: FakeAgent[] } => {
  const made: FakeAgent[] = [];
  return { made, newAgent: (line, _, ears) => (made.push(new FakeAgent(line, ears)), made.at(-1) as FakeAgent) };
};

/** What is mixed, by name. */
export class FakeMixer {
  made: { ended: boolean; one: FakeMixture; other: FakeMixture }[] = [];
  refuses: Error | null = null;

  mix: Mixer = async () => {
    if (this.refuses) throw this.refuses;
    const made = { ended: false, one: new FakeMixture("of one"), other: new FakeMixture("of the other") };
    this.made.push(made);
    return { one: made.one, other: made.other, end: () => void (made.ended = true) };
  };
}

class FakeMixture implements Mixture {
  microphones: MediaStream[] = [];
  readonly track: MediaStreamTrack;
  constructor(name: string) { this.track = { kind: "audio", label: name } as MediaStreamTrack; }
  speakInto = (microphone: MediaStream): void => void this.microphones.push(microphone);
}

export class FakeSounds implements Sounds {
  now = { ringing: false, ringingBack: false, beeps: 0, speaker: null as string | null, ringer: null as string | null };
  playing = new Set<string>();
  to(speaker: string | null, ringer: string | null): void { Object.assign(this.now, { speaker, ringer }); }
  ring(on: boolean): void { this.now.ringing = on; }
  ringBack(on: boolean): void { this.now.ringingBack = on; }
  beep(): void { this.now.beeps += 1; }
  play(leg: string): void { this.playing.add(leg); }
  silence(leg: string): void { this.playing.delete(leg); }
}

export const line = (change: Partial<PhoneLine> = {}): PhoneLine => ({
  purpose: "line 201", server: "ws://127.0.0.1:1/sip", uri: "sip:201@pbx.test", username: "201", password: "secret", realm: "pbx", ice_servers: [],
  codecs: ["opus"], outbound_proxy: "", register_seconds: 120, relays: false, ...change,
});
