/** Sound and microphone: why it is needed, whether it works, which devices. Where the browser can ask, it asks here. */

import type { Device } from "../../shared/phone";
import { Button, Choice, Note, Page, Refusal } from "../../shared/parts/controls";
import { useAsking, useSurface, useView } from "../context";
import { MicrophoneTest } from "../parts/microphone-test";

export const Sound = () => {
  const { happen } = useSurface();
  const { phone, phone_of_extension } = useView();
  const back = () => happen({ is: "go", to: "setup" });
  if (phone_of_extension) return <Page title="Sound and microphone" says="Your calls are spoken in this browser." back={back}><OfExtension /></Page>;
  return (
    <Page title="Sound and microphone" says="Your calls are spoken in this browser." back={back}>
      <Microphone />
      {phone.devices.microphones.length + phone.devices.speakers.length > 0 && <Devices />}
      <Habits />
    </Page>
  );
};

/** Browsers give leave for a microphone, and names to devices, to each of the two alone. */
const OfExtension = () => {
  const { host } = useSurface();
  const { busy, refused, ask } = useAsking();
  return (
    <div class="card form">
      <h3>Offhook’s extension is the phone here</h3>
      <p>This page and the extension are one phone in this browser. Microphone, devices and ringing are those of the extension.</p>
      <Button icon="open" busy={busy} onClick={() => void ask(() => host.ask("open-sound", null))}>Open its sound and microphone</Button>
      <Refusal reason={refused} />
    </div>
  );
};

const Microphone = () => {
  const { host } = useSurface();
  const { phone } = useView();
  if (phone.microphone === "refused") return <HowToAllow />;
  return (
    <div class="card form">
      <h3>Microphone</h3>
      {phone.microphone === "missing" && <Note tone="bad"><p><strong>This computer has no microphone that the browser can see.</strong> Plug in a headset: Offhook notices by itself.</p></Note>}
      {phone.microphone === "ask" && <p>Offhook opens it only while you are in a call, or try it here. Nothing is recorded.</p>}
      {host.framed ? <InATab /> : <MicrophoneTest device={phone.choices.microphone} microphone={phone.microphone} />}
    </div>
  );
};

/** In a frame on somebody's page browsers do not ask, or ask in the page's name. */
const InATab = () => {
  const { host } = useSurface();
  const { phone } = useView();
  const { busy, refused, ask } = useAsking();
  return (
    <>
      <Button kind={phone.microphone === "ask" ? "primary" : "plain"} icon="open" busy={busy} onClick={() => void ask(() => host.ask("open-sound", null))}>
        {phone.microphone === "ask" ? "Allow the microphone" : "Try it with a test call"}
      </Button>
      <p class="hint">Opens a tab of its own, where the browser can ask you.</p>
      <Refusal reason={refused} />
    </>
  );
};

const HowToAllow = () => {
  const { host } = useSurface();
  return (
    <div class="card form" role="alert">
      <h3>The browser keeps the microphone from Offhook</h3>
      <p>Somebody once chose “Block”. Nobody can hear you until it is allowed:</p>
      <ol class="steps">
        {host.framed && <li>Open this page in a tab of its own, with the button below.</li>}
        <li>Click the sign left of the page’s address (sliders or a lock).</li>
        <li>Set <b>Microphone</b> to <b>Allow</b>.</li>
        <li>Load the page again. Offhook notices by itself.</li>
      </ol>
      <p class="hint">No such switch, or it is grey: your computer’s own settings, or your company, decide it. On Windows: Settings › Privacy › Microphone. On a Mac: System Settings › Privacy &amp; Security › Microphone.</p>
      {host.framed && <InATab />}
    </div>
  );
};

const options = (devices: Device[]): { value: string; says: string }[] =>
  [{ value: "", says: "As the computer has it" }, ...devices.map(({ id, label }) => ({ value: id, says: label }))];

const Devices = () => {
  const { host } = useSurface();
  const { devices, choices } = useView().phone;
  const { refused, ask } = useAsking();
  const choose = (what: "microphone" | "speaker" | "ringer") => (id: string) => void ask(() => host.ask("choose-phone", { [what]: id || null }));
  return (
    <div class="card form">
      <h3>Devices</h3>
      <Choice label="Microphone" value={choices.microphone ?? ""} options={options(devices.microphones)} onChoose={choose("microphone")} />
      {devices.speakers.length > 0 && <Choice label="Speaker for calls" value={choices.speaker ?? ""} options={options(devices.speakers)} onChoose={choose("speaker")} />}
      {devices.speakers.length > 0 && <Choice label="Ringing" value={choices.ringer ?? ""} options={options(devices.speakers)} onChoose={choose("ringer")} />}
      <p class="hint">A call that is on changes over at once.</p>
      <Refusal reason={refused} />
    </div>
  );
};

const Habits = () => {
  const { host } = useSurface();
  const { choices } = useView().phone;
  const { busy, refused, ask } = useAsking();
  return (
    <div class="card form">
      <h3>Ringing</h3>
      <label class="tick">
        <input
          type="checkbox" checked={choices.auto_answer} disabled={busy}
          onChange={(event) => { const auto_answer = event.currentTarget.checked; void ask(() => host.ask("choose-phone", { auto_answer })); }}
        />
        <span>Answer by itself after a second, when I am in no other call</span>
      </label>
      {host.kind === "page" && <Notifications />}
      <p class="hint">While you are not available the phone does not ring at all.</p>
      <Refusal reason={refused} />
    </div>
  );
};

const Notifications = () => {
  const { ask } = useAsking();
  if (!("Notification" in window) || Notification.permission !== "default") return null;
  return <Button onClick={() => void ask(() => Notification.requestPermission())}>Show who rings when this page is not in front</Button>;
};
