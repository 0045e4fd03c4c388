/** What the phone makes heard: the other side, ringing (made here, no file), the tone of a call that goes out, a beep. */

export interface Sounds {
  /** Where to: device ids; null is the computer's own. */
  to(speaker: string | null, ringer: string | null): void;
  ring(on: boolean): void;
  /** What a caller hears while it rings there and the phone system sends no sound of its own. */
  ringBack(on: boolean): void;
  beep(): void;
  play(leg: string, sound: MediaStream): void;
  silence(leg: string): void;
}

type Tone = { hertz: [number, number]; on: number; every: number; loudness: number };

const RING: Tone = { hertz: [523, 659], on: 1.2, every: 3, loudness: 0.25 };
/** As in most of Europe: one second of 425 Hz, four of silence. */
const RING_BACK: Tone = { hertz: [425, 425], on: 1, every: 5, loudness: 0.08 };
const BEEP: Tone = { hertz: [880, 880], on: 0.15, every: 0, loudness: 0.12 };

type Sink = { setSinkId?(id: string): Promise<void> };
const send = (sink: Sink, device: string | null): void => void sink.setSinkId?.(device ?? "").catch(() => undefined); // gone: the computer's own

export class BrowserSounds implements Sounds {
  private readonly players = new Map<string, HTMLAudioElement>();
  private contexts: { ringer: AudioContext; speaker: AudioContext } | null = null;
  private ringing: (() => void) | null = null;
  private ringingBack: (() => void) | null = null;
  private speaker: string | null = null;
  private ringer: string | null = null;

  to(speaker: string | null, ringer: string | null): void {
    this.speaker = speaker;
    this.ringer = ringer;
    for (const player of this.players.values()) send(player, speaker);
    if (this.contexts) this.direct(this.contexts);
  }

  ring(on: boolean): void {
    if (on === Boolean(this.ringing)) return;
    this.ringing?.();
    this.ringing = on ? repeat(this.context("ringer"), RING) : null;
  }

  ringBack(on: boolean): void {
    if (on === Boolean(this.ringingBack)) return;
    this.ringingBack?.();
    this.ringingBack = on ? repeat(this.context("speaker"), RING_BACK) : null;
  }

  beep(): void {
    sound(this.context("speaker"), BEEP);
  }

  play(leg: string, sound: MediaStream): void {
    const player = this.players.get(leg) ?? new Audio();
    this.players.set(leg, player);
    player.autoplay = true;
    player.srcObject = sound;
    send(player as Sink, this.speaker);
    void player.play().catch(() => undefined); // a page that nobody has touched: the next click lets it play
  }

  silence(leg: string): void {
    const player = this.players.get(leg);
    if (player) player.srcObject = null;
    this.players.delete(leg);
  }

  private context(which: "ringer" | "speaker"): AudioContext {
    this.contexts ??= { ringer: new AudioContext(), speaker: new AudioContext() };
    this.direct(this.contexts);
    const context = this.contexts[which];
    void context.resume();
    return context;
  }

  private direct({ ringer, speaker }: { ringer: AudioContext; speaker: AudioContext }): void {
    send(ringer as Sink, this.ringer);
    send(speaker as Sink, this.speaker);
  }
}

const repeat = (context: AudioContext, tone: Tone): (() => void) => {
  let stop = sound(context, tone);
  const again = setInterval(() => (stop = sound(context, tone)), tone.every * 1_000);
  return () => (clearInterval(again), stop());
};

/** Two tones that come and go softly, so that nothing clicks. */
const sound = (context: AudioContext, { hertz, on, loudness }: Tone): (() => void) => {
  const gain = context.createGain();
  const begin = context.currentTime;
  gain.gain.setValueAtTime(0, begin);
  gain.gain.linearRampToValueAtTime(loudness, begin + 0.02);
  gain.gain.setValueAtTime(loudness, begin + on - 0.05);
  gain.gain.linearRampToValueAtTime(0, begin + on);
  gain.connect(context.destination);
  const tones = hertz.map((frequency) => new OscillatorNode(context, { frequency }));
  for (const tone of tones) {
    tone.connect(gain);
    tone.start(begin);
    tone.stop(begin + on);
  }
  return () => {
    gain.gain.cancelScheduledValues(context.currentTime);
    gain.gain.linearRampToValueAtTime(0, context.currentTime + 0.03);
  };
};
