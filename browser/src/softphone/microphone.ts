/** The microphone, and which devices there are. Opening it is the only thing here that may make the browser ask. */

import type { Device, MicrophoneState, PhoneDevices } from "../shared/phone";
import { Refused } from "../shared/refused";
import type { Refusal } from "../shared/values";

const refusal = (code: string, says: string, remedy: string): Refusal => ({ code, says, remedy, retryable: true, status: 0, contacts: [] });

const WHY: Record<Exclude<MicrophoneState, "allowed" | "unknown">, Refusal> = {
  ask: refusal("microphone-ask", "The browser has not been told yet that Offhook may use the microphone.", "Open Setup › Sound and microphone, and press Allow the microphone."),
  refused: refusal("microphone-refused", "The browser keeps the microphone from Offhook.", "Open Setup › Sound and microphone: it shows where to allow it."),
  missing: refusal("microphone-missing", "This computer has no microphone that the browser can see.", "Plug in a headset, and try again."),
  busy: refusal("microphone-busy", "Another program holds the microphone.", "Close it there (often a meeting), and try again."),
};

export const whyNot = (state: keyof typeof WHY): Refused => new Refused(WHY[state]);

/** Raises Refused with one of the words above. A chosen device that is gone is replaced by the computer's own. */
export const openMicrophone = async (device: string | null): Promise<MediaStream> => {
  try {
    return await open(device);
  } catch (error) {
    if (device && named(error) === "OverconstrainedError") return openMicrophone(null);
    throw whyNot(await stateAfter(error));
  }
};

const open = (device: string | null): Promise<MediaStream> => {
  const devices = navigator.mediaDevices as MediaDevices | undefined; // none where the page is not secure
  if (!devices) return Promise.reject(new DOMException("no devices here", "NotFoundError"));
  return devices.getUserMedia({ audio: { echoCancellation: true, noiseSuppression: true, autoGainControl: true, ...(device ? { deviceId: { exact: device } } : {}) } });
};

const named = (error: unknown): string => (error instanceof Error ? error.name : "");

const stateAfter = async (error: unknown): Promise<keyof typeof WHY> => {
  const name = named(error);
  if (name === "NotFoundError" || name === "OverconstrainedError") return "missing";
  if (name === "NotReadableError" || name === "AbortError") return "busy";
  return (await leave()) === "prompt" ? "ask" : "refused";
};

const leave = async (): Promise<PermissionState | null> => {
  try {
    return (await navigator.permissions.query({ name: "microphone" as PermissionName })).state;
  } catch {
    return null;
  }
};

export interface Surroundings {
  microphone: MicrophoneState;
  devices: PhoneDevices;
}

/** Looks without opening anything. */
export const look = async (): Promise<Surroundings> => {
  const found = await navigator.mediaDevices?.enumerateDevices().catch(() => []) ?? [];
  const devices = { microphones: of(found, "audioinput"), speakers: of(found, "audiooutput") };
  const state = await leave();
  const none = !found.some(({ kind }) => kind === "audioinput");
  const microphone = state === "denied" ? "refused" : none ? "missing" : state === "prompt" ? "ask" : state === "granted" ? "allowed" : "unknown";
  return { microphone, devices };
};

/** Without names (the browser hides them until the microphone is allowed) there is nothing to choose. */
const of = (found: MediaDeviceInfo[], kind: MediaDeviceKind): Device[] =>
  found.filter((each) => each.kind === kind && each.label && each.deviceId !== "default" && each.deviceId !== "communications")
    .map(({ deviceId, label }) => ({ id: deviceId, label }));

/** Tells whenever leave or devices change. */
export const watch = (changed: (seen: Surroundings) => void): void => {
  const again = () => void look().then(changed);
  navigator.mediaDevices?.addEventListener("devicechange", again);
  navigator.permissions?.query({ name: "microphone" as PermissionName }).then((status) => status.addEventListener("change", again), () => undefined);
  again();
};
