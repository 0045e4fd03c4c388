import { useState } from "preact/hooks";
import { useAsking, useSurface, useView } from "../context";
import type { Habits, Pop, Preferences } from "../../shared/values";
import { Button, Choice, Field, Page, Refusal } from "../../shared/parts/controls";
import { NumbersOnPages } from "./numbers";
import { ProductChoice } from "./product";

export const Advanced = () => {
  const { host, happen } = useSurface();
  const { panel, signed_in } = useView();
  return (
    <Page title="Advanced" back={() => happen({ is: "go", to: "setup" })}>
      {panel && <div class="card"><ProductChoice key={panel.phone_system} /></div>}
      {panel && <CallHabits habits={panel.habits} />}
      {host.kind === "extension" && <Address />}
      {signed_in && <Leaving />}
      <p class="hint">Offhook {host.version}{panel?.version && ` · service ${panel.version}`}</p>
    </Page>
  );
};

const POPS = [
  { value: "ringing", says: "When the phone rings" },
  { value: "answered", says: "When I answer" },
  { value: "never", says: "Never by itself" },
] as const;

/** What an administrator has locked is shown and cannot be changed. */
const CallHabits = ({ habits }: { habits: Habits }) => {
  const { host } = useSurface();
  const { busy, refused, ask } = useAsking();
  const own = (name: keyof Preferences) => !habits.locked.includes(name);
  const mine = <N extends keyof Preferences>(name: N) => (own(name) ? habits[name] : null);
  const choose = (change: Partial<Preferences>) => ask(() => host.ask("choose-preferences", {
    auto_log: mine("auto_log"), pop: mine("pop"), numbers: mine("numbers"), confirm_dial: mine("confirm_dial"), ...change,
  }));
  return (<>
    <div class="card form">
      <h3>My calls</h3>
      <label class="tick">
        <input
          type="checkbox" checked={habits.auto_log} disabled={busy || !own("auto_log")}
          onChange={(event) => void choose({ auto_log: event.currentTarget.checked })}
        />
        <span>Log every call on the HubSpot timeline</span>
      </label>
      <Choice
        label="Open the caller’s record" value={habits.pop} disabled={busy || !own("pop")} options={[...POPS]}
        onChoose={(pop) => void choose({ pop: pop as Pop })}
      />
      {habits.locked.length > 0 && <p class="hint">What is grey was decided by your administrator.</p>}
      <Refusal reason={refused} />
    </div>
    <NumbersOnPages own={(name) => !busy && own(name)} choose={choose} />
  </>);
};

const Address = () => {
  const { host, happen } = useSurface();
  const { address, address_fixed } = useView();
  const { busy, refused, ask } = useAsking();
  const [typed, setTyped] = useState(address);
  const use = (event: Event) => {
    event.preventDefault();
    void ask(async () => {
      if (await host.permit(typed)) await host.ask("use-address", { address: typed });
      happen({ is: "go", to: "desk" });
    });
  };
  return (
    <form class="card form" onSubmit={use}>
      <Field
        label="Service address" type="url" required value={typed} disabled={address_fixed}
        hint={address_fixed ? "Set by your administrator." : "Where Offhook’s service runs. Another address signs you out of this one."}
        onInput={(event) => setTyped(event.currentTarget.value)}
      />
      {!address_fixed && <Button type="submit" busy={busy} disabled={typed === address}>Use this address</Button>}
      <Refusal reason={refused} />
    </form>
  );
};

const Leaving = () => {
  const { host, happen } = useSurface();
  const { panel } = useView();
  const { busy, refused, ask } = useAsking();
  const leave = (what: "log-out" | "sign-out") => void ask(async () => {
    await host.ask(what, null);
    happen({ is: "go", to: "desk" });
  });
  return (
    <div class="card">
      {panel && <p>Signed in as <b>{panel.agent.name}</b>{panel.line && <> on line <b>{panel.line.number}</b></>}</p>}
      <div class="buttons">
        {panel?.line && <Button busy={busy} onClick={() => leave("log-out")}>Log out of line</Button>}
        <Button busy={busy} onClick={() => leave("sign-out")}>Sign out</Button>
      </div>
      <Refusal reason={refused} />
    </div>
  );
};
