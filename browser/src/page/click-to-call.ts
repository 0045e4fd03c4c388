/** Numbers on the page become clickable, and become plain text again.

    HubSpot's pages are React's: a text node it made must stay where it is. So each such node keeps its place, emptied,
    and what we show stands beside it. When the page writes into its node again, ours goes away and we look anew. */

import { ofTelLink } from "../shared/phone-number";
import { isPhoneField } from "./hubspot-page";
import { findNumbers } from "./phone-links";

const OURS = "offhook-numbers";
const LEFT_ALONE =
  `a, button, input, textarea, select, option, code, pre, kbd, samp, script, style, noscript, template, svg, iframe, canvas, ` +
  `[contenteditable]:not([contenteditable="false"]), [role="textbox"], ${OURS}`;
const SOON_MS = 120;

interface Shown {
  ours: HTMLElement;
  text: string;
}

export class ClickToCall {
  private shown = new Map<Text, Shown>();
  private changed = new Set<Node>();
  private soon: ReturnType<typeof setTimeout> | undefined;
  private on: AbortController | null = null;
  private readonly observer = new MutationObserver((changes) => this.note(changes));

  constructor(private readonly dial: (number: string) => void, private readonly root: HTMLElement = document.body) {}

  set(on: boolean): void {
    if (on && !this.on) this.start();
    if (!on && this.on) this.stop();
  }

  private start(): void {
    this.on = new AbortController();
    const { signal } = this.on;
    addEventListener("click", (event) => this.pressed(event), { capture: true, signal });
    addEventListener("keydown", (event) => event.key === "Enter" && this.pressed(event), { capture: true, signal });
    this.observer.observe(this.root, { subtree: true, childList: true, characterData: true });
    this.show(this.root);
  }

  private stop(): void {
    this.on?.abort();
    this.on = null;
    this.observer.disconnect();
    clearTimeout(this.soon);
    this.changed.clear();
    for (const node of this.shown.keys()) this.restore(node);
  }

  private note(changes: MutationRecord[]): void {
    for (const { type, target, addedNodes, removedNodes } of changes) {
      if (type === "characterData") this.changed.add(target);
      for (const node of addedNodes) this.changed.add(node);
      for (const node of removedNodes) this.forgetWithin(node);
    }
    clearTimeout(this.soon);
    this.soon = setTimeout(() => this.look(), SOON_MS);
  }

  private look(): void {
    const nodes = [...this.changed];
    this.changed.clear();
    for (const node of nodes) {
      if (node instanceof Text) this.again(node);
      else if (node instanceof HTMLElement && node.localName !== OURS) this.show(node);
    }
  }

  /** The page wrote into a text: what we showed for the old one is wrong now. */
  private again(node: Text): void {
    const shown = this.shown.get(node);
    if (shown && node.data !== "") this.drop(node, shown);
    if (!this.shown.has(node)) this.showIn(node);
  }

  private show(root: HTMLElement): void {
    const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
    const nodes: Text[] = [];
    while (walker.nextNode()) nodes.push(walker.currentNode as Text);
    for (const node of nodes) this.again(node);
  }

  private showIn(node: Text): void {
    const { data: text, parentElement: parent } = node;
    if (!parent || !/\d/.test(text) || text.length > 5_000 || parent.closest(LEFT_ALONE)) return;
    const numbers = findNumbers(text, { field: isPhoneField(parent) });
    if (numbers.length === 0) return;
    const ours = document.createElement(OURS);
    let at = 0;
    for (const { start, end, text: number } of numbers) {
      ours.append(text.slice(at, start), link(number));
      at = end;
    }
    ours.append(text.slice(at));
    node.after(ours);
    node.data = "";
    this.shown.set(node, { ours, text });
    this.observer.takeRecords(); // our own change is no news
  }

  private restore(node: Text): void {
    const shown = this.shown.get(node);
    if (!shown) return;
    if (node.data === "") node.data = shown.text;
    this.drop(node, shown);
  }

  private drop(node: Text, { ours }: Shown): void {
    ours.remove();
    this.shown.delete(node);
  }

  private forgetWithin(gone: Node): void {
    for (const [node, shown] of this.shown) {
      if (node === gone || !node.isConnected) this.drop(node, shown);
    }
  }

  private pressed(event: Event): void {
    const target = event.target instanceof Element ? event.target.closest<HTMLElement>(`.offhook-number, a[href^="tel:" i], a[href^="callto:" i]`) : null;
    if (!target) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    this.dial(target.dataset["number"] ?? ofTelLink(target.getAttribute("href") ?? ""));
  }
}

const link = (number: string): HTMLElement => {
  const element = document.createElement("a");
  element.className = "offhook-number";
  element.role = "link";
  element.tabIndex = 0;
  element.title = `Call ${number} with Offhook`;
  element.dataset["number"] = number;
  element.textContent = number;
  return element;
};
