/** The panel as a page of the service, alone or framed by embed.js. The desk runs right here. */

import type { DeskView, EmbedderToPanel, PanelToEmbedder } from "../../messages";
import { answer, type Ask, type Asks, type DeskAsk } from "../../shared/asks";
import { Desk, type DeskState } from "../../shared/desk";
import { memory } from "../../shared/memory";
import type { Host } from "./host";

export class PageHost implements Host {
  readonly kind = "page";
  readonly framed = window.parent !== window;
  readonly version = __VERSION__;
  private readonly watchers = new Set<(view: DeskView) => void>();
  private readonly desk: Desk;
  private embedder: { origin: string; page: string } | null = null;
  private rang = false;

  constructor(address: string = location.origin) {
    this.desk = new Desk({
      lasting: memory(() => localStorage), passing: memory(() => sessionStorage),
      changed: (state) => this.changed(state),
      popRecord: (url) => void window.open(url, "offhook-record"), // blocked: the call shows "Open record"
    });
    if (this.framed) this.meetEmbedder();
    addEventListener("online", () => void this.desk.tryNow());
    void this.desk.start(address);
  }

  watch(see: (view: DeskView) => void): () => void {
    this.watchers.add(see);
    see(viewOf(this.desk.state));
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
      case "use-address": return Promise.reject(new Error("a page belongs to its service"));
      default: return answer(this.desk, ask as DeskAsk, given as never);
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

  private changed(state: DeskState): void {
    const view = viewOf(state);
    for (const see of this.watchers) see(view);
    const ringing = state.panel?.calls.some((call) => call.state === "ringing") ?? false;
    if (ringing !== this.rang) this.tell({ offhook: "ring", ringing });
    this.rang = ringing;
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

const viewOf = (state: DeskState): DeskView => ({ ...state, address_fixed: true });
