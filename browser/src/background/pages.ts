/** The HubSpot pages that are open, and which of them a record opens in. */

import type { BackgroundToPage, PageKind, PageLook, PageToBackground } from "../messages";
import { sameOrigin } from "../shared/desk";

interface OpenPage {
  port: chrome.runtime.Port;
  tab: number;
  url: string;
  kind: PageKind;
  visible: boolean;
  seen: number;
}

export type Here = Extract<PageToBackground, { is: "here" }>;

const PATIENCE_MS = 2_000;

export class Pages {
  private pages = new Map<chrome.runtime.Port, OpenPage>();
  /** Since when a tab shows a page on which HubSpot asks: whoever closes it at once has closed one that nobody could read. */
  private asking = new Map<number, { url: string; since: number }>();
  private waiting: { url: string; until: number } | null = null;

  constructor(private readonly now: () => number = Date.now) {}

  get none(): boolean {
    return this.pages.size === 0;
  }

  came(port: chrome.runtime.Port): void {
    const tab = port.sender?.tab?.id ?? -1;
    this.pages.set(port, { port, tab, url: port.sender?.url ?? "", kind: "other", visible: false, seen: 0 });
  }

  left(port: chrome.runtime.Port): void {
    this.pages.delete(port);
  }

  here(port: chrome.runtime.Port, { url, kind, visible }: Here): void {
    const page = this.pages.get(port);
    if (!page) return;
    Object.assign(page, { url, kind, visible, seen: visible ? this.now() : page.seen });
    this.note(page);
    if (this.waiting && this.now() < this.waiting.until && sameOrigin(this.waiting.url, url)) this.go(this.waiting.url);
  }

  /** For how long (ms) a tab that is gone had shown what it showed last, if HubSpot asked something there; else 0. */
  askedFor(tab: number): number {
    const asked = this.asking.get(tab);
    this.asking.delete(tab);
    return asked ? this.now() - asked.since : 0;
  }

  private note({ tab, url, kind }: OpenPage): void {
    if (kind !== "consent" && kind !== "login") this.asking.delete(tab);
    else if (this.asking.get(tab)?.url !== url) this.asking.set(tab, { url, since: this.now() });
  }

  show(look: PageLook): void {
    for (const page of this.pages.values()) post(page, { is: "look", look });
  }

  /** The address of the page that stands in this tab: where an agent comes back to after the consent. */
  addressIn(tab: number | undefined): string | null {
    const page = [...this.pages.values()].find((open) => open.tab === tab && (open.kind === "contacts" || open.kind === "other"));
    return page?.url ?? null;
  }

  lastContacts(): string | null {
    return latest([...this.pages.values()].filter(({ kind }) => kind === "contacts"))?.url ?? null;
  }

  /** A page that is just being loaded gets a moment to appear; then a new tab it is. */
  pop(url: string): void {
    if (this.go(url)) return;
    this.waiting = { url, until: this.now() + PATIENCE_MS };
    setTimeout(() => {
      if (this.waiting?.url !== url) return;
      this.waiting = null;
      void chrome.tabs.create({ url });
    }, PATIENCE_MS);
  }

  goIn(tab: number | undefined, url: string): boolean {
    const page = [...this.pages.values()].find((open) => open.tab === tab && sameOrigin(url, open.url));
    if (page) post(page, { is: "go", url });
    return Boolean(page);
  }

  /** The window of the page that was seen last, for an agent who is elsewhere. */
  toFront(): void {
    const page = latest([...this.pages.values()]);
    if (!page) return void chrome.tabs.create({ url: chrome.runtime.getURL("panel.html") });
    void chrome.tabs.update(page.tab, { active: true }).then((tab) => tab && chrome.windows.update(tab.windowId, { focused: true }));
  }

  private go(url: string): boolean {
    const page = latest([...this.pages.values()].filter((open) => sameOrigin(url, open.url) && (open.kind === "contacts" || open.kind === "other")));
    if (!page) return false;
    this.waiting = null;
    post(page, { is: "go", url });
    return true;
  }
}

const latest = (pages: OpenPage[]): OpenPage | undefined =>
  pages.toSorted((a, b) => Number(b.visible) - Number(a.visible) || b.seen - a.seen)[0];

const post = (page: OpenPage, message: BackgroundToPage): void => {
  try {
    page.port.postMessage(message);
  } catch {
    /* it is just leaving */
  }
};
