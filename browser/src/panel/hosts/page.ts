/** The panel as a page of the service, alone or framed by embed.js. The desk runs right here. */

import type { DeskView, EmbedderToPanel, PanelToEmbedder } from "../../messages";
import type { Ask, Asks } from "../../shared/asks";
import { nameOf } from "../../shared/caller";
import { Desk, type DeskState } from "../../shared/desk";
import { memory } from "../../shared/memory";
import { ofTelLink } from "../../shared/phone-number";
import type { Call } from "../../shared/values";
import { Telephone } from "../../softphone/telephone";
import type { Host } from "./host";
import { PhoneBeside } from "./phone-beside";
import { TabPhone } from "./tab-phone";

export class PageHost implements Host {
  readonly kind = "page";
  readonly framed = window.parent !== window;
  readonly version = __VERSION__;
  private readonly watchers = new Set<(view: DeskView) => void>();
  private readonly desk: Desk;
  private readonly telephone: Telephone;
  private readonly phone: PhoneBeside;
  private notified = new Map<string, Notification>();
  private embedder: { origin: string; page: string } | null = null;
  private rang = false;

  constructor(address: string = location.origin) {
    const lasting = memory(() => localStorage);
    this.desk = new Desk({
      lasting, passing: memory(() => sessionStorage),
      changed: () => (this.telephone.deskChanged(), this.changed()),
      popRecord: (url) => void (this.phone.isExtensions || window.open(url, "offhook-record")), // blocked: the call shows "Open record"
    });
    this.phone = new PhoneBeside({
      changed: () => this.telephone?.phoneChanged(), refused: () => this.telephone.passwordRefused(), lost: () => this.telephone?.lost(),
      said: (said) => void this.telephone.said([said]),
    }, (ears) => new TabPhone(ears, async (own) => (await import("../../softphone/browser-phone")).browserPhone(own)));
    this.telephone = new Telephone({ desk: this.desk, phone: this.phone, lasting, met: this.phone.met, changed: () => this.changed() });
    if (this.framed) this.meetEmbedder();
    else this.takeLink();
    addEventListener("online", () => void this.desk.tryNow());
    void this.desk.start(address);
  }

  watch(see: (view: DeskView) => void): () => void {
    this.watchers.add(see);
    see(this.viewOf(this.desk.state));
    return () => void this.watchers.delete(see);
  }

  async ask<A extends Ask>(ask: A, given: Asks[A]["with"]): Promise<Asks[A]["answer"]> {
    return (await this.answer(ask, given)) as Asks[A]["answer"];
  }

  permitted = async (): Promise<boolean> => true;
  permit = async (): Promise<boolean> => true;

  private answer(ask: Ask, given: Asks[Ask]["with"]): Promise<unknown> {
    switch (ask) {
      case "connect": return this.connect(given as Asks["connect"]["with"]);
      case "open-record": return Promise.resolve(window.open((given as Asks["open-record"]["with"]).url, "offhook-record"));
      case "close-panel": return Promise.resolve(this.tell({ offhook: "close" }));
      case "open-sound": return Promise.resolve(this.phone.isExtensions ? this.phone.openSound() : void window.open("#sound", "_blank"));
      case "allow-site":
      case "forbid-site": return Promise.reject(new Error("sites need the extension"));
      case "use-address": return Promise.reject(new Error("a page belongs to its service"));
      default: return this.telephone.answer(ask, given as never);
    }
  }

  /** The window is opened within the click, or the browser would block it; HubSpot's address comes a moment later.
      When it is blocked all the same, the waiting screen has a link. */
  private async connect({ ask, elsewhere }: Asks["connect"]["with"]): Promise<void> {
    const tab = window.open("about:blank", "offhook-consent");
    try {
      const url = await this.desk.connect(ask, this.embedder?.page ?? null, elsewhere);
      if (tab) tab.location.href = url;
    } catch (error) {
      tab?.close();
      throw error;
    }
  }

  private viewOf = (state: DeskState): DeskView => ({ ...state, ...this.telephone.shown(state), phone_of_extension: this.phone.isExtensions, address_fixed: true, sites: [] });

  private changed(): void {
    const view = this.viewOf(this.desk.state);
    for (const see of this.watchers) see(view);
    const calls = view.panel?.calls ?? [];
    this.notify(calls.filter(({ leg }) => leg?.state === "ringing"));
    const ringing = calls.some((call) => call.state === "ringing");
    if (ringing !== this.rang) this.tell({ offhook: "ring", ringing });
    this.rang = ringing;
  }

  /** Said by the operating system, if the agent has allowed it (Setup › Sound and microphone), and the extension does not. */
  private notify(ringing: Call[]): void {
    if (!("Notification" in window) || this.phone.isExtensions || Notification.permission !== "granted") return;
    const over = [...this.notified.keys()].filter((id) => !ringing.some((call) => call.id === id));
    for (const id of over) {
      this.notified.get(id)?.close();
      this.notified.delete(id);
    }
    for (const call of ringing.filter(({ id }) => !this.notified.has(id))) {
      const shown = new Notification(`${nameOf(call)} is calling`, { body: call.number_shown, tag: call.id, requireInteraction: true });
      shown.addEventListener("click", () => window.focus());
      this.notified.set(call.id, shown);
    }
  }

  /** A phone link that the browser handed over. Any page can send somebody here, so it always waits for her word. */
  private takeLink(): void {
    const link = new URLSearchParams(location.search).get("tel");
    if (!link) return;
    history.replaceState(null, "", location.pathname + location.hash);
    this.desk.toDial(ofTelLink(link).slice(0, 80));
  }

  private meetEmbedder(): void {
    addEventListener("message", ({ source, origin, data }: MessageEvent<Partial<EmbedderToPanel> | null>) => {
      if (source !== window.parent || data?.offhook !== "hello") return;
      this.embedder = { origin, page: String(data.page ?? "") };
      if (this.rang) this.tell({ offhook: "ring", ringing: true });
    });
    window.parent.postMessage({ offhook: "ready" } satisfies PanelToEmbedder, "*"); // says nothing but that it is there
  }

  private tell(message: PanelToEmbedder): void {
    if (this.embedder) window.parent.postMessage(message, this.embedder.origin);
  }
}
