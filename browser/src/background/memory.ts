/** What survives the service worker: `session` until the browser closes, `local` for good. */

import type { Memory } from "../shared/sign-in";

const over = (area: chrome.storage.StorageArea): Memory => ({
  async read(key) {
    return (await area.get(key))[key];
  },
  async write(key, value) {
    if (value === null || value === undefined) await area.remove(key);
    else await area.set({ [key]: value }).catch(() => undefined); // over quota: this browser session alone remembers
  },
});

export const lasting = over(chrome.storage.local);
export const passing = over(chrome.storage.session);

/** Content scripts live in HubSpot's pages: the token is none of their business. */
export const closeToPages = (): void => void chrome.storage.local.setAccessLevel({ accessLevel: "TRUSTED_CONTEXTS" });
