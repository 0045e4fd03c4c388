/** The content script on other sites that the agent allowed: their numbers, and nothing else. */

import { type BackgroundToSite, SITE_PORT, type SiteToBackground } from "../messages";
import { ClickToCall } from "./click-to-call";
import { SHADOW_STYLE } from "./look";

const AGAIN_MS = 500;
const once = globalThis as { offhookSite?: boolean };
let port: chrome.runtime.Port | null = null;

const clickToCall = new ClickToCall((number) => {
  try {
    port?.postMessage({ is: "dial", number } satisfies SiteToBackground);
  } catch {
    port = null;
  }
}, { style: SHADOW_STYLE });

const connect = (): void => {
  if (!chrome.runtime?.id) return clickToCall.set(false); // the extension was updated or removed
  const opened = chrome.runtime.connect({ name: SITE_PORT });
  port = opened;
  opened.onMessage.addListener(({ on, region }: BackgroundToSite) => clickToCall.set(on, region || undefined));
  opened.onDisconnect.addListener(() => {
    port = null;
    setTimeout(connect, AGAIN_MS);
  });
};

if (!once.offhookSite) {
  once.offhookSite = true;
  addEventListener("pageshow", (event) => event.persisted && !port && connect());
  connect();
}
