/** Three in one conversation: what each of two others is sent is the agent's voice and the voice of the other one. It is
    mixed here, by WebAudio, so that it works with every phone system. Nothing of it is played, so nothing echoes: each
    caller is played as before, and taken out of the microphone by the browser. */

import { Refused } from "../shared/refused";

export interface Voice {
  microphone: MediaStream;
  /** What is heard of the other side. */
  heard: MediaStream;
}

/** What one of the two is sent. */
export interface Mixture {
  readonly track: MediaStreamTrack;
  /** Another microphone; nobody hears a break. */
  speakInto(microphone: MediaStream): void;
}

export interface Mix {
  readonly one: Mixture;
  readonly other: Mixture;
  end(): void;
}

export type Mixer = (one: Voice, other: Voice) => Promise<Mix>;

const BEGINS_WITHIN_MS = 2_000;
const silent = new Refused({
  code: "merge-silent", says: "The browser keeps this tab from mixing sound.", remedy: "Click once into the tab that is the phone, and merge again.",
  retryable: true, status: 0, contacts: [],
});

/** Raises Refused. */
export const mix: Mixer = async (one, other) => {
  const context = new AudioContext({ latencyHint: "interactive" });
  await Promise.race([context.resume(), new Promise((enough) => { setTimeout(enough, BEGINS_WITHIN_MS); })]);
  if (context.state !== "running") {
    void context.close();
    throw silent;
  }
  const [toOne, toOther] = [mixture(context, one.microphone, other.heard), mixture(context, other.microphone, one.heard)];
  return { one: toOne, other: toOther, end: () => (toOne.end(), toOther.end(), void context.close()) };
};

const mixture = (context: AudioContext, microphone: MediaStream, heard: MediaStream): Mixture & { end(): void } => {
  const sent = context.createMediaStreamDestination();
  const drawn = drawing(heard);
  context.createMediaStreamSource(heard).connect(sent);
  let voice = context.createMediaStreamSource(microphone);
  voice.connect(sent);
  return {
    track: sent.stream.getAudioTracks()[0] as MediaStreamTrack,
    speakInto(other) {
      const before = voice;
      voice = context.createMediaStreamSource(other);
      voice.connect(sent);
      before.disconnect();
    },
    end: () => (drawn(), sent.stream.getTracks().forEach((track) => track.stop())),
  };
};

/** Chromium brings no sound from the network into WebAudio unless an element draws it, be it a muted one. */
const drawing = (heard: MediaStream): (() => void) => {
  const element = new Audio();
  element.muted = true;
  element.srcObject = heard;
  void element.play().catch(() => undefined);
  return () => (element.pause(), void (element.srcObject = null));
};
