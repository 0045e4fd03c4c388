/** The content script: what Offhook is on a page of HubSpot. Looks are told by the background; here they are put on. */

import { type BackgroundToPage, PAGE_PORT, type PageLook, type PageToBackground } from "../messages";
import { LauncherButton } from "../shared/launcher";
import { ClickToCall } from "./click-to-call";
import { SHADOW_STYLE } from "./look";
import { isHubSpot, kindOf, refusalOn } from "./hubspot-page";

const CALM_MS = 500;
const AGAIN_MS = 500;

const launcher = new LauncherButton({
  tag: "offhook-extension", panel: chrome.runtime.getURL("panel.html"),
  toggled: (open) => tell({ is: "launcher", open }),
  moved: (bottom) => tell({ is: "launcher-moved", bottom }),
});
const clickToCall = new ClickToCall((number) => tell({ is: "dial", number }), { style: SHADOW_STYLE });
let port: chrome.runtime.Port | null = null;
let look: PageLook | null = null;
let told = "";
let watch: ReturnType<typeof setInterval> | undefined;

const tell = (message: PageToBackground): void => {
  try {
    port?.postMessage(message);
  } catch {
    port = null;
  }
};

const here = (): void => {
  const visible = document.visibilityState === "visible";
  const now = `${location.href} ${visible}`;
  if (now === told) return;
  told = now;
  tell({ is: "here", url: location.href, kind: kindOf(location.href), visible });
  if (look) put(look);
};

const put = (next: PageLook): void => {
  look = next;
  const kind = kindOf(location.href);
  const ours = isHubSpot(location.href, next.service);
  const belongs = ours && (kind === "contacts" || kind === "other" || (kind === "consent" && next.refused));
  if (belongs) launcher.attach();
  else launcher.detach();
  if (belongs) launcher.show(next);
  clickToCall.set(belongs && next.numbers, next.region || undefined);
  watchForRefusal(ours && kind === "consent" && next.watching);
};

/** HubSpot's page is read only while an attempt to connect is pending, and only where HubSpot asks for consent. */
const watchForRefusal = (on: boolean): void => {
  if (!on) {
    clearInterval(watch);
    watch = undefined;
    return;
  }
  const read = () => {
    const text = refusalOn(document);
    if (!text) return;
    watchForRefusal(false);
    // The account stands in the path; what comes after it is none of the service's business.
    tell({ is: "hubspot-refused", text, address: location.origin + location.pathname });
  };
  watch ??= (queueMicrotask(read), setInterval(read, CALM_MS));
};

const connect = (): void => {
  if (!chrome.runtime?.id) return leave();
  const opened = chrome.runtime.connect({ name: PAGE_PORT });
  port = opened;
  opened.onMessage.addListener((message: BackgroundToPage) => {
    if (message.is === "look") put(message.look);
    else go(message.url);
  });
  opened.onDisconnect.addListener(() => {
    port = null;
    setTimeout(connect, AGAIN_MS);
  });
  told = "";
  here();
};

const go = (url: string): void => {
  if (new URL(url).origin === location.origin && url !== location.href) location.assign(url);
};

/** The extension was updated or removed: its page must not stay half alive. */
const leave = (): void => {
  clearInterval(watch);
  clearInterval(moving);
  clickToCall.set(false);
  launcher.detach();
};

/** Single-page navigation makes no event that an isolated world could hear, so it is looked for. */
const moving = setInterval(() => {
  if (!chrome.runtime?.id) return leave();
  here();
  if (look) put(look);
}, CALM_MS);
document.addEventListener("visibilitychange", here);
addEventListener("focus", here);
addEventListener("pageshow", (event) => event.persisted && !port && connect());

connect();
