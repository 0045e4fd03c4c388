/** Where the phone system's own app dials: on the agent's computer by a link, or in a frame of the vendor's softphone. */

import "../own-app.css";
import { useEffect, useRef, useState } from "preact/hooks";
import { Button, Choice } from "../../shared/parts/controls";
import type { OwnApp } from "../../shared/values";
import { EmbeddedPhone, linkFor } from "../../softphone/embedded-phone";
import { usePanel, useSurface } from "../context";
import { systemOf } from "../state";

const CALLER_ID = "offhook-caller-id";
const LOCK = "offhook-vendor-phone";

/** The vendor's softphone in this panel, once it is open. */
let embedded: EmbeddedPhone | null = null;

export const useOwnApp = (): OwnApp | null => systemOf(usePanel())?.own_app ?? null;

/** In the vendor's softphone if it is open here, else in the app on this computer. Gives what the agent is told. */
export const dialInOwnApp = (app: OwnApp, title: string, number: string): string => {
  if (number.startsWith("+") && embedded?.startCall(number)) return `${title} is calling ${number} in its own softphone, below.`;
  const link = document.createElement("a");
  link.href = linkFor(app, number, chosenCallerId(app));
  link.click();
  return `${title} on this computer dials ${number}. The call shows up here as soon as ${title} tells of it.`;
};

const chosenCallerId = (app: OwnApp): string | null => {
  try {
    const chosen = localStorage.getItem(CALLER_ID);
    return chosen && app.caller_ids.includes(chosen) ? chosen : null;
  } catch {
    return null; // a browser that keeps nothing for us
  }
};

/** With which of the numbers that the administrator named customers are called. */
export const CallAs = () => {
  const app = useOwnApp();
  const [chosen, choose] = useState(app ? chosenCallerId(app) : null);
  if (!app || app.caller_ids.length === 0 || !app.link_as) return null;
  const options = [{ value: "", says: "My usual number" }, ...app.caller_ids.map((value) => ({ value, says: value }))];
  return (
    <Choice
      label="Customers see" value={chosen ?? ""} options={options}
      onChoose={(value) => {
        try {
          localStorage.setItem(CALLER_ID, value);
        } catch { /* then it holds for this call only */ }
        choose(value);
      }}
    />
  );
};

/** The frame. It is there from when the agent opens it until the panel is closed, whatever screen is shown; one per browser. */
export const VendorPhone = () => {
  const { view } = useSurface().state;
  const system = view?.panel ? systemOf(view.panel) : null;
  const shown = useRef({ address: "", title: "" });
  const [is, become] = useState<"closed" | "open" | "elsewhere">("closed");
  const release = useRef<(() => void) | null>(null);
  // While the service is away nothing is known of the panel, and a call in the frame goes on.
  const loggedIn = view?.panel ? Boolean(view.panel.line && system?.own_app?.frame) : Boolean(view?.signed_in);
  if (loggedIn && system?.own_app) shown.current = { address: system.own_app.frame, title: system.title };
  useEffect(() => {
    if (loggedIn) return;
    release.current?.();
    become("closed");
  }, [loggedIn]);
  const { address, title } = shown.current;
  if (!loggedIn || !address) return null;
  if (is === "open") return <Frame address={address} title={title} />;
  const open = (): void => void alone((ours) => {
    release.current = ours;
    become(ours ? "open" : "elsewhere");
  });
  return (
    <section class="vendor-phone" aria-label={`${title}'s softphone`}>
      {is === "elsewhere" && <p class="hint" role="status">{title}’s softphone is open in another tab or window; calls ring there.</p>}
      <Button kind="quiet" icon="handset" onClick={open}>Open {title}’s softphone here</Button>
    </section>
  );
};

/** Two of its softphones in one browser would ring twice and tell of every call twice. Held until it is released. */
const alone = async (become: (release: (() => void) | null) => void): Promise<void> => {
  const locks = navigator.locks as LockManager | null; // only where the page is secure
  if (!locks) return become(() => undefined);
  await locks.request(LOCK, { ifAvailable: true }, (lock) => {
    if (!lock) return become(null);
    return new Promise<void>((release) => become(release));
  });
};

const Frame = ({ address, title }: { address: string; title: string }) => {
  const { host } = useSurface();
  const frame = useRef<HTMLIFrameElement>(null);
  useEffect(() => {
    const phone = new EmbeddedPhone(address, {
      window: () => frame.current?.contentWindow ?? null,
      overheard: (said) => void host.ask("overheard", { said }).catch(() => undefined),
      now: () => Date.now(),
      newId: () => crypto.randomUUID(),
    });
    const close = (): void => phone.close();
    embedded = phone;
    addEventListener("message", phone.heard);
    addEventListener("pagehide", close);
    return () => {
      embedded = null;
      removeEventListener("message", phone.heard);
      removeEventListener("pagehide", close);
      phone.close();
    };
  }, [address, host]);
  // 8x8: a frame without these two has neither microphone nor choice of the loudspeaker.
  return <iframe ref={frame} class="vendor-phone" title={`${title}'s softphone`} src={address} allow="microphone *; speaker-selection *; autoplay *" />;
};
