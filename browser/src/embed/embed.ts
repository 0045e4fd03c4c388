/** For pages where no extension is: <script src="https://offhook.example/panel/embed.js"></script>.
    Launcher and panel, the panel from the service this script came from. */

import type { EmbedderToPanel, PanelToEmbedder } from "../messages";
import { LauncherButton } from "../shared/launcher";

const source = document.currentScript instanceof HTMLScriptElement ? document.currentScript.src : "";
const KEPT = "offhook:launcher";

const begin = (): void => {
  const panel = new URL("./", source);
  const look = { open: kept() ?? true, ringing: false, bottom: null as number | null };
  const set = (change: Partial<typeof look>) => launcher.show(Object.assign(look, change));
  const toggle = (open: boolean) => (keep(open), set({ open }));
  const launcher = new LauncherButton({ tag: "offhook-embed", panel: panel.href, toggled: toggle, moved: () => undefined });
  addEventListener("message", ({ source: from, origin, data }: MessageEvent<PanelToEmbedder | null>) => {
    if (!from || from !== launcher.frame?.contentWindow || origin !== panel.origin) return;
    if (data?.offhook === "ready") hello(launcher.frame.contentWindow, panel.origin);
    if (data?.offhook === "close") toggle(false);
    if (data?.offhook === "ring") set({ ringing: data.ringing, open: look.open || data.ringing });
  });
  giveWayToExtension(launcher);
  launcher.show(look);
};

const hello = (panel: Window, origin: string): void =>
  panel.postMessage({ offhook: "hello", page: location.href } satisfies EmbedderToPanel, origin);

/** Where the extension is, one panel is enough. */
const giveWayToExtension = (launcher: LauncherButton): void => {
  const look = () => (document.querySelector("offhook-extension") ? launcher.detach() : launcher.attach());
  new MutationObserver(look).observe(document.documentElement, { childList: true });
  look();
};

const kept = (): boolean | null => {
  try {
    return JSON.parse(localStorage.getItem(KEPT) ?? "null") as boolean | null;
  } catch {
    return null;
  }
};

const keep = (open: boolean): void => {
  try {
    localStorage.setItem(KEPT, String(open));
  } catch {
    /* then it is forgotten */
  }
};

if (!document.querySelector("offhook-embed")) begin();
