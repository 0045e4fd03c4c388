/** Who rings, said by the operating system: seen and answered from any window. */

import { nameOf } from "../shared/caller";
import type { Call, Panel } from "../shared/values";

export interface Answers {
  answer(call: string): void;
  decline(call: string): void;
  show(): void;
}

const ICON = "icons/offhook-128.png";

export class Ringing {
  private shown = new Map<string, string>();

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
    if (this.shown.get(call.id) === words) return;
    this.shown.set(call.id, words);
    chrome.notifications.create(call.id, {
      type: "basic", iconUrl: chrome.runtime.getURL(ICON), title: words, message: call.line ? `${call.number_shown}, on line ${call.line}` : call.number_shown,
      priority: 2, requireInteraction: true, buttons: [{ title: "Answer" }, { title: "Decline" }],
    });
  }

  private clear(id: string): void {
    this.shown.delete(id);
    chrome.notifications.clear(id);
  }
}
