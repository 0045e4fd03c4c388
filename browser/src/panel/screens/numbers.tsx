/** On which pages numbers can be clicked, and whether a click waits for "Call". */

import { useState } from "preact/hooks";
import { useAsking, useSurface, useView } from "../context";
import type { NumbersOn, Preferences } from "../../shared/values";
import { siteOf } from "../../shared/site";
import { Button, Choice, Field, IconButton, Refusal } from "../../shared/parts/controls";

const WHERE = [
  { value: "off", says: "Nowhere" },
  { value: "hubspot", says: "On HubSpot’s pages" },
  { value: "sites", says: "On HubSpot’s pages and sites I allow" },
] as const;

/** `own`: what the agent may choose; `choose`: her choice goes to the service, with her other ones. */
export const NumbersOnPages = ({ own, choose }: { own: (name: keyof Preferences) => boolean; choose: (change: Partial<Preferences>) => Promise<unknown> }) => {
  const { host } = useSurface();
  const { panel } = useView();
  if (!panel) return null;
  if (host.kind === "page") return <TelLinks />;
  const { numbers, confirm_dial } = panel.habits;
  return (
    <div class="card form">
      <h3>Numbers on pages</h3>
      <Choice
        label="Click to call" value={numbers} disabled={!own("numbers")} options={[...WHERE]}
        onChoose={(value) => void choose({ numbers: value as NumbersOn })}
      />
      {numbers === "sites" && <Allowed />}
      <label class="tick">
        <input
          type="checkbox" checked={confirm_dial} disabled={!own("confirm_dial")}
          onChange={(event) => void choose({ confirm_dial: event.currentTarget.checked })}
        />
        <span>Ask before a number on a page is dialled</span>
      </label>
      <p class="hint">On any page: select a number, press the right mouse button, <i>Call … with Offhook</i>.</p>
    </div>
  );
};

/** Kept in this browser, since it is this browser that must allow each. */
const Allowed = () => {
  const { host } = useSurface();
  const { sites } = useView();
  const { busy, refused, ask, clear } = useAsking();
  const [typed, setTyped] = useState("");
  const [wrong, setWrong] = useState(false);
  const allow = (event: Event) => {
    event.preventDefault();
    const site = siteOf(typed);
    setWrong(!site);
    if (!site) return;
    // The browser asks right within this press, or not at all.
    const leave = host.permit(site);
    void ask(async () => {
      await leave;
      await host.ask("allow-site", { site });
      setTyped("");
    });
  };
  return (
    <form class="sites" onSubmit={allow}>
      {sites.length > 0 && <ul aria-label="Sites">{sites.map((site) => (
        <li key={site}>
          <span>{site.replace(/^https:\/\//, "")}</span>
          <IconButton icon="close" label={`Do not look at ${site} any more`} onClick={() => void ask(() => host.ask("forbid-site", { site }))} />
        </li>
      ))}</ul>}
      <Field
        label="Another site" placeholder="crm.example.com" value={typed} onInput={(event) => (setTyped(event.currentTarget.value), setWrong(false), clear())}
        hint={wrong ? "That is no site that can be allowed. It begins with https://." : "Your browser asks whether Offhook may read it. In this browser only."}
      />
      <Button type="submit" busy={busy} disabled={typed.trim() === ""}>Allow</Button>
      <Refusal reason={refused} />
    </form>
  );
};

/** Where there is no extension, the browser itself can hand tel: links over. It asks first, and so does the panel each time. */
const TelLinks = () => {
  const { host } = useSurface();
  if (host.framed || !("registerProtocolHandler" in navigator)) return null;
  const register = () => navigator.registerProtocolHandler("tel", `${location.origin}${location.pathname}?tel=%s`);
  return (
    <div class="card">
      <h3>Phone links</h3>
      <p>Your browser can open phone links (<code>tel:</code>) of any page here. You are always asked before one is dialled.</p>
      <Button onClick={register}>Open phone links here</Button>
      <p class="hint">Clickable numbers in texts need the extension.</p>
    </div>
  );
};
