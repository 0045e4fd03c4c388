/** The panel inside the extension: everything goes through a port to the background, which may die and come back. */

import { type BackgroundToPanel, type DeskView, PANEL_PORT, type PanelToBackground } from "../../messages";
import type { Ask, Asks } from "../../shared/asks";
import { Refused } from "../../shared/refused";
import { hostPattern } from "../../shared/site";
import type { Refusal } from "../../shared/values";
import type { Host } from "./host";

interface Pending {
  resolve(answer: unknown): void;
  reject(refused: Refused): void;
}

const LOST: Refusal = {
  code: "extension-reloaded", says: "The extension was updated.", remedy: "Load this page again.",
  retryable: false, status: 0, contacts: [],
};
const AGAIN_MS = 200;

export class ExtensionHost implements Host {
  readonly kind = "extension";
  readonly framed = window.top !== window;
  readonly version = chrome.runtime.getManifest().version;
  private port: chrome.runtime.Port | null = null;
  private watchers = new Set<(view: DeskView) => void>();
  private latest: DeskView | null = null;
  private pending = new Map<number, Pending>();
  private asked = 0;

  watch(see: (view: DeskView) => void): () => void {
    this.watchers.add(see);
    if (this.latest) see(this.latest);
    this.connect();
    return () => void this.watchers.delete(see);
  }

  ask<A extends Ask>(ask: A, given: Asks[A]["with"]): Promise<Asks[A]["answer"]> {
    return new Promise((resolve, reject) => {
      const id = ++this.asked;
      this.pending.set(id, { resolve: resolve as Pending["resolve"], reject });
      const message: PanelToBackground = { id, ask, with: given };
      try {
        this.connect().postMessage(message);
      } catch {
        this.pending.delete(id);
        reject(new Refused(LOST));
      }
    });
  }

  permitted = (address: string): Promise<boolean> =>
    chrome.permissions.contains({ origins: [hostPattern(address)] }).catch(() => true);

  permit = (address: string): Promise<boolean> =>
    chrome.permissions.request({ origins: [hostPattern(address)] }).catch(() => this.permitted(address));

  private connect(): chrome.runtime.Port {
    if (this.port) return this.port;
    const port = chrome.runtime.connect({ name: PANEL_PORT });
    port.onMessage.addListener((message: BackgroundToPanel) => this.heard(message));
    port.onDisconnect.addListener(() => this.lost());
    this.port = port;
    return port;
  }

  private heard(message: BackgroundToPanel): void {
    if (message.is === "view") {
      this.latest = message.view;
      for (const see of this.watchers) see(message.view);
      return;
    }
    const pending = this.pending.get(message.id);
    this.pending.delete(message.id);
    if (message.is === "answer") pending?.resolve(message.answer);
    else pending?.reject(new Refused(message.refusal));
  }

  /** The worker slept or was updated. What was asked is not asked again; the agent sees that it was cut off. */
  private lost(): void {
    this.port = null;
    for (const { reject } of this.pending.values()) reject(new Refused({ ...LOST, says: "That was cut off.", remedy: "Try again.", retryable: true }));
    this.pending.clear();
    setTimeout(() => {
      try {
        this.connect();
      } catch {
        /* the extension is gone; the page that holds this frame removes it */
      }
    }, AGAIN_MS);
  }
}
