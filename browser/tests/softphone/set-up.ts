/** The phone of a line, with everything around it made for the test: registered, and allowed its microphone. */

import { expect, vi } from "vitest";
import type { MicrophoneState, PhoneLeg, PhoneView, Said } from "../../src/shared/phone";
import { SipPhone } from "../../src/softphone/sip-phone";
import { agents, type FakeAgent, type FakeSession, FakeMixer, FakeSounds, line, stream } from "./fake-agent";

export const setUp = (change: Parameters<typeof line>[0] = {}) => {
  const { newAgent, made } = agents();
  const sounds = new FakeSounds();
  const mixer = new FakeMixer();
  const network = { gone: false };
  const views: PhoneView[] = [];
  const said: Said[] = [];
  const refused = vi.fn();
  const openMicrophone = vi.fn(async () => stream());
  let look: (seen: { microphone: MicrophoneState; devices: PhoneView["devices"] }) => void = () => undefined;
  const phone = new SipPhone({ changed: (view) => views.push(view), refused, said: (each) => said.push(each) }, {
    newAgent, sounds, openMicrophone, watchMicrophone: (changed) => { look = changed; }, mix: mixer.mix, now: () => Date.now(), instance: "i",
    hasNoNetwork: () => network.gone,
  });
  look({ microphone: "allowed", devices: { microphones: [], speakers: [] } });
  phone.use(line(change));
  const agent = made[0] as FakeAgent;
  agent.ears.registered();
  return { phone, agent, made, sounds, mixer, network, views, said, refused, openMicrophone, look: (...seen: Parameters<typeof look>) => look(...seen) };
};

export const only = (phone: SipPhone): PhoneLeg => {
  expect(phone.view.legs).toHaveLength(1);
  return phone.view.legs[0] as PhoneLeg;
};

/** In a call that was answered. */
export const talking = async (change: Parameters<typeof line>[0] = {}) => {
  const all = setUp(change);
  const session = all.agent.rings("a");
  await all.phone.send({ do: "answer", leg: "a" });
  return { ...all, session };
};

/** So many packets of sound have come from the other side. */
export const arrives = (session: FakeSession, received: number, lost = 0): void => {
  session.fake.stats = [{ type: "inbound-rtp", kind: "audio", packetsReceived: received, packetsLost: lost, jitter: 0.002 }];
};

/** Time passes meanwhile: another call is held first. */
export const soon = async <T>(asked: Promise<T>): Promise<T> => {
  await vi.advanceTimersByTimeAsync(10);
  return asked;
};
