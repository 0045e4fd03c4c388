/** Right-click on a selected text: "Call …". It needs no leave to read pages: the browser hands over what was selected. */

import { numberIn } from "../shared/phone-number";

const ID = "call-selection";

export class CallSelection {
  private shown: boolean | null = null;

  constructor(private readonly dial: (number: string, tab: chrome.tabs.Tab | undefined) => void) {
    chrome.runtime.onInstalled.addListener(() => this.make());
    chrome.contextMenus.onClicked.addListener((clicked, tab) => this.clicked(clicked, tab));
  }

  /** Only who can dial is offered it. */
  show(can: boolean): void {
    if (this.shown === can) return;
    this.shown = can;
    chrome.contextMenus.update(ID, { visible: can }, () => void chrome.runtime.lastError); // before it is made: made as it must be
  }

  clicked({ menuItemId, selectionText }: chrome.contextMenus.OnClickData, tab: chrome.tabs.Tab | undefined): void {
    if (menuItemId === ID && selectionText) this.dial(numberIn(selectionText), tab);
  }

  private make(): void {
    chrome.contextMenus.removeAll(() => {
      chrome.contextMenus.create({ id: ID, title: "Call “%s” with Offhook", contexts: ["selection"], visible: this.shown ?? false }, () => void chrome.runtime.lastError);
    });
  }
}
