import { useState } from "preact/hooks";
import { useAsking, useSurface, useView } from "../context";
import { Button, Field, Page, Refusal } from "../parts/controls";
import { ProductChoice } from "./product";

export const Advanced = () => {
  const { host, happen } = useSurface();
  const { panel, signed_in } = useView();
  return (
    <Page title="Advanced" back={() => happen({ is: "go", to: "setup" })}>
      {panel && <div class="card"><ProductChoice key={panel.phone_system} /></div>}
      {host.kind === "extension" && <Address />}
      {signed_in && <Leaving />}
      <p class="hint">Offhook {host.version}{panel?.version && ` · service ${panel.version}`}</p>
    </Page>
  );
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
