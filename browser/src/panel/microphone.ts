/** Asks the browser about the microphone without opening it: nobody is prompted, nothing is heard. */

import type { MicrophoneSeen } from "./own-checks";

export const lookAtMicrophone = async (): Promise<MicrophoneSeen> =>
  ({ leave: inItsOwnRight() ? await leave() : null, devices: await devices() });

/** A frame that HubSpot's page gives no microphone is told *denied*, whatever the person allowed (measured in Chromium); the
    phone is not in that frame. Only Chromium can be asked for it: https://developer.mozilla.org/docs/Web/API/FeaturePolicy */
const inItsOwnRight = (): boolean => {
  const policy = (document as { featurePolicy?: { allowsFeature(name: string): boolean } }).featurePolicy;
  return policy?.allowsFeature("microphone") ?? true;
};

const leave = async (): Promise<MicrophoneSeen["leave"]> => {
  try {
    return (await navigator.permissions.query({ name: "microphone" as PermissionName })).state;
  } catch {
    return null; // a browser that does not know the question
  }
};

/** How many there are; their names stay hidden until one may be used, and are not needed. */
const devices = async (): Promise<number | null> => {
  try {
    return (await navigator.mediaDevices.enumerateDevices()).filter(({ kind }) => kind === "audioinput").length;
  } catch {
    return null; // not a secure page, or no such interface
  }
};
