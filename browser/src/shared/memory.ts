/** What a page of the service remembers: in the storage of its own origin, which all its pages share. */

import type { Memory } from "./sign-in";

/** In a frame on somebody's page, a browser that blocks third-party cookies refuses even to name its storage. */
export const memory = (storage: () => Storage): Memory => ({
  async read(key) {
    try {
      return JSON.parse(storage().getItem(`offhook:${key}`) ?? "null");
    } catch {
      return null;
    }
  },
  async write(key, value) {
    try {
      if (value === null || value === undefined) storage().removeItem(`offhook:${key}`);
      else storage().setItem(`offhook:${key}`, JSON.stringify(value));
    } catch {
      /* full, or forbidden: then only this page remembers */
    }
  },
});
