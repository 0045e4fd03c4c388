/** Other sites on which numbers can be clicked. The agent allows each, and the browser asks her at that moment; so the list
    is of this browser, like its permissions, and not of her. On a site, only its numbers are looked at: no panel stands there. */

import type { BackgroundToSite } from "../messages";
import { Refused } from "../shared/refused";
import type { Memory } from "../shared/sign-in";
import { hostPattern } from "../shared/site";
import { PageScript } from "./page-script";

const KEY = "sites";

export class Sites {
  list: readonly string[] = [];
  readonly ready: Promise<void>;
  private readonly ports = new Set<chrome.runtime.Port>();
  private told: BackgroundToSite = { is: "numbers", on: false, region: "" };
  private readonly script = new PageScript("sites", { js: ["site.js"], css: ["page.css"] }, "document_idle");
  private registered = "";

  constructor(private readonly memory: Memory, private readonly changed: () => void) {
    this.ready = this.resume();
  }

  /** `site`: an origin for which the browser has just given its leave. */
  async allow(site: string): Promise<void> {
    if (!(await chrome.permissions.contains({ origins: [hostPattern(site)] }))) throw new Refused(NOT_ALLOWED);
    await this.become([...new Set([...this.list, site])].toSorted());
    await this.script.inject(hostPattern(site));
  }

  async forbid(site: string): Promise<void> {
    await this.become(this.list.filter((each) => each !== site));
    await chrome.permissions.remove({ origins: [hostPattern(site)] }).catch(() => false); // the service's, say, is needed anyway
  }

  /** The browser's own settings took it back. */
  async lost(origins: readonly string[]): Promise<void> {
    await this.become(this.list.filter((each) => !origins.includes(hostPattern(each))));
  }

  show(on: boolean, region: string): void {
    this.told = { is: "numbers", on, region };
    for (const port of this.ports) this.tell(port);
    void this.register();
  }

  came(port: chrome.runtime.Port): void {
    this.ports.add(port);
    port.onDisconnect.addListener(() => this.ports.delete(port));
    void this.ready.then(() => this.tell(port));
  }

  /** Only a page of a site that is allowed now may ask for something. */
  allows(port: chrome.runtime.Port): boolean {
    const { origin = "" } = port.sender ?? {};
    return this.list.includes(origin);
  }

  private tell(port: chrome.runtime.Port): void {
    try {
      port.postMessage({ ...this.told, on: this.told.on && this.allows(port) });
    } catch {
      this.ports.delete(port);
    }
  }

  private async resume(): Promise<void> {
    this.list = ((await this.memory.read(KEY)) as string[] | undefined) ?? [];
    this.changed();
  }

  private async become(list: readonly string[]): Promise<void> {
    await this.ready;
    this.list = list;
    await this.memory.write(KEY, list);
    this.changed();
    await this.register();
  }

  private async register(): Promise<void> {
    await this.ready;
    const matches = this.told.on ? [...new Set(this.list.map(hostPattern))] : [];
    if (this.registered === matches.join()) return;
    this.registered = matches.join();
    await this.script.register(matches);
  }
}

const NOT_ALLOWED = {
  code: "site-not-allowed", says: "Your browser did not allow that site.", remedy: "Press Allow when the browser asks.",
  retryable: false, status: 0, contacts: [],
};
