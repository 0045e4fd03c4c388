/** The content script on the service's own page: it carries between that page and the background, so that both are one
    phone. What may be said is decided there; here it is only made sure that the page itself says it, not one around it. */

import { type FromOwnPage, OWN_PAGE_PORT, type OwnPageToScript, type ScriptToOwnPage, type ToOwnPage } from "../messages";

const AGAIN_MS = 500;
const once = globalThis as { offhookOwnPage?: boolean };
const me = Math.random();
let port: chrome.runtime.Port | null = null;
let spoke = false;
let living: ReturnType<typeof setInterval> | undefined;

const tell = (says: ScriptToOwnPage["says"]): void =>
  window.postMessage({ offhook: "extension", by: me, says } satisfies ScriptToOwnPage, location.origin);

const connect = (): void => {
  if (!chrome.runtime?.id) return leave();
  const opened = chrome.runtime.connect({ name: OWN_PAGE_PORT });
  port = opened;
  opened.onMessage.addListener((says: ToOwnPage) => tell(says));
  opened.onDisconnect.addListener(() => { // the worker sleeps: calls go on, and it wakes with this
    if (port === opened) port = null;
    setTimeout(() => port ?? connect(), AGAIN_MS);
  });
  opened.postMessage({ is: "hello" } satisfies FromOwnPage);
};

const heard = ({ source, origin, data }: MessageEvent<OwnPageToScript | null>): void => {
  if (source !== window || origin !== location.origin || data?.offhook !== "page") return;
  spoke = true;
  if (data.says.is === "hello") tell({ is: "here" });
  if (!port) connect();
  else if (data.says.is === "hello") pass(data.says);
  if (data.says.is !== "hello") pass(data.says);
};

/** The worker may be just falling asleep; the background keeps what is asked until the page has shown itself anew. */
const pass = (says: FromOwnPage): void => {
  try {
    port?.postMessage(says);
  } catch {
    connect();
    port?.postMessage(says);
  }
};

/** The extension was updated, disabled or removed: the page is the phone itself from now on. */
const leave = (): void => {
  if (living === undefined) return;
  living = clearInterval(living) as undefined;
  removeEventListener("message", heard);
  tell({ is: "gone" });
};

if (!once.offhookOwnPage) {
  once.offhookOwnPage = true;
  living = setInterval(() => chrome.runtime?.id || leave(), AGAIN_MS);
  addEventListener("message", heard);
  addEventListener("pageshow", (event) => event.persisted && spoke && !port && connect());
  tell({ is: "here" }); // where the page was there first, it answers with its hello
}
