/** Who rings, said by the operating system: seen and answered from any window. */

import { nameOf } from "../shared/caller";
import type { Call, Panel } from "../shared/values";

export interface Answers {
  answer(call: string): void;
  decline(call: string): void;
  show(): void;
}

const ICON = "icons/offhook-128.png";

interface Shown {
  words: string;
  there: Promise<unknown>;
}

export class Ringing {
  private shown = new Map<string, Shown>();

  constructor(answers: Answers) {
    chrome.notifications.onButtonClicked.addListener((id, button) => (button === 0 ? answers.answer(id) : answers.decline(id)));
    chrome.notifications.onClicked.addListener(() => answers.show());
  }

  /** Only for calls that ring in this browser; a desk phone makes itself heard. */
  show(panel: Panel | null): void {
    const ringing = (panel?.calls ?? []).filter((call) => call.leg?.state === "ringing");
    for (const id of this.shown.keys()) if (!ringing.some((call) => call.id === id)) this.clear(id);
    for (const call of ringing) this.put(call);
  }

  private put(call: Call): void {
    const words = `${nameOf(call)} is calling`;
    if (this.shown.get(call.id)?.words === words) return;
    const there = chrome.notifications.create(call.id, {
      type: "basic", iconUrl: chrome.runtime.getURL(ICON), title: words, message: call.line ? `${call.number_shown}, on line ${call.line}` : call.number_shown,
      priority: 2, requireInteraction: true, buttons: [{ title: "Answer" }, { title: "Decline" }],
    });
    this.shown.set(call.id, { words, there });
  }

  /** The browser loads the picture first: what is taken away before it is there would come all the same, and stay. */
  private clear(id: string): void {
    const there = this.shown.get(id)?.there;
    this.shown.delete(id);
    void Promise.resolve(there).catch(() => undefined).then(() => this.shown.has(id) || chrome.notifications.clear(id));
  }
}
