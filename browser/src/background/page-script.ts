/** A content script that is on pages only while it is wanted there: new pages get it from the browser, also while this
    worker sleeps; those that are open already need no reload. */

export interface Files {
  js: string[];
  css?: string[];
  allFrames?: boolean;
}

export class PageScript {
  private turn: Promise<unknown> = Promise.resolve();

  constructor(private readonly id: string, private readonly files: Files, private readonly runAt: "document_start" | "document_idle") {}

  /** From now on on these pages, and on no others. */
  register(matches: readonly string[]): Promise<unknown> {
    this.turn = this.turn.then(() => this.registerNow([...matches])).catch(() => undefined);
    return this.turn;
  }

  async inject(url: string): Promise<void> {
    const { js, css, allFrames = false } = this.files;
    const tabs = await chrome.tabs.query({ url });
    await Promise.allSettled(tabs.map(async ({ id }) => {
      if (id === undefined) return;
      if (css) await chrome.scripting.insertCSS({ target: { tabId: id }, files: css });
      await chrome.scripting.executeScript({ target: { tabId: id, allFrames }, files: js });
    }));
  }

  private async registerNow(matches: string[]): Promise<void> {
    const there = await chrome.scripting.getRegisteredContentScripts({ ids: [this.id] });
    if (there.length > 0) await chrome.scripting.unregisterContentScripts({ ids: [this.id] });
    if (matches.length > 0) await chrome.scripting.registerContentScripts([{ id: this.id, matches, ...this.files, runAt: this.runAt }]);
  }
}
