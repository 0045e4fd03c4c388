/** Numbers in the page's texts, shown as links, and taken away again without a trace.

    HubSpot's pages are React's: a text node it made must stay where it is. So each such node keeps its place, emptied,
    and what we show stands beside it. When the page writes into its node again, ours goes away and we look anew.

    Seen are texts of the page and of its open shadow roots. Closed ones, frames, and numbers whose digits stand in several
    elements are not. */

import { isPhoneField } from "./hubspot-page";
import { labelBeside } from "./labels";
import { findNumbers, mayHoldNumber } from "./phone-links";
import { Slices } from "./slices";

const OURS = "offhook-numbers";
const LEFT_ALONE =
  `a, button, input, textarea, select, option, summary, code, pre, kbd, samp, script, style, noscript, template, svg, math, iframe, canvas, time, ` +
  `[contenteditable]:not([contenteditable="false"]), [role="textbox"], [role="button"], [role="link"], [role="option"], [role="menuitem"], [role="tab"], ` +
  `.CodeMirror, .cm-editor, .monaco-editor, .ace_editor, ${OURS}`;
const SOON_MS = 120;
/** Longer texts are data, not words. */
const TEXT_MOST = 20_000;
const AGAIN_MOST = 3;
/** A custom element may get its shadow root after it came: it is looked at again this often. */
const LATE_MS = 500;
const LATE_MOST = 10;

interface Shown {
  ours: HTMLElement;
  text: string;
}

export class NumbersOnPage {
  private shown = new Map<Text, Shown>();
  private numbers = new WeakMap<Element, string>();
  private changed = new Set<Node>();
  private shadows = new Set<ShadowRoot>();
  private late = new Map<Element, number>();
  private removed = false;
  private soon: ReturnType<typeof setTimeout> | undefined;
  private lateTimer: ReturnType<typeof setTimeout> | undefined;
  private sheet: CSSStyleSheet | null = null;
  private model: HTMLElement | null = null;
  private on = false;
  private readonly slices = new Slices();
  private readonly observer = new MutationObserver((changes) => this.note(changes));

  /** `style`: how links look where the page's own style sheets do not reach. `region`: see phone-links. */
  constructor(private readonly root: HTMLElement, private readonly style = "", public region: string | undefined = undefined) {}

  start(): void {
    if (this.root.ownerDocument.designMode === "on") return;
    this.slices.stop();
    for (const _ of this.taking()) { /* what is still being taken away from the last time */ }
    this.on = true;
    this.watch(this.root);
    this.changed.add(this.root);
    this.look();
  }

  stop(): void {
    this.on = false;
    this.observer.disconnect();
    clearTimeout(this.soon);
    clearTimeout(this.lateTimer);
    [this.soon, this.lateTimer] = [undefined, undefined];
    this.changed.clear();
    this.late.clear();
    this.slices.start(this.taking());
  }

  private *taking(): Generator<void> {
    for (const [node, shown] of this.shown) {
      this.restore(node, shown);
      yield;
    }
    for (const root of this.shadows) this.undress(root);
  }

  get busy(): boolean {
    return this.slices.busy;
  }

  /** The number that one of our links stands for. Not read from the page, which could have written another there. */
  numberOf(link: Element): string | undefined {
    return this.numbers.get(link);
  }

  private watch(root: Node): void {
    this.observer.observe(root, { subtree: true, childList: true, characterData: true, attributeFilter: ["contenteditable"] });
  }

  // ── the page changes ──

  private note(changes: MutationRecord[]): void {
    for (const { type, target, addedNodes, removedNodes } of changes) {
      if (type === "characterData") this.written(target as Text);
      else if (type === "attributes") this.leaveWithin(target);
      for (const node of addedNodes) if ((node as Element).localName !== OURS) this.changed.add(node);
      for (const node of removedNodes) this.gone(node);
    }
    this.soon ??= setTimeout(() => this.look(), SOON_MS);
  }

  /** The page wrote into a text: what we showed for the old one is wrong now, before anybody sees both. */
  private written(node: Text): void {
    const shown = this.shown.get(node);
    if (shown) this.drop(node, shown);
    this.changed.add(node);
  }

  /** Something became an editor, or is none any more. */
  private leaveWithin(root: Node): void {
    for (const [node, shown] of this.shown) if (root.contains(node)) this.restore(node, shown);
    this.changed.add(root);
  }

  private gone(node: Node): void {
    const shown = this.shown.get(node as Text);
    if (shown && !node.isConnected) this.drop(node as Text, shown);
    else this.removed = true;
  }

  // ── looking, in slices ──

  private look(): void {
    clearTimeout(this.soon);
    this.soon = undefined;
    if (!this.slices.busy && this.on) this.slices.start(this.work());
  }

  private *work(): Generator<void> {
    for (const root of this.changed) {
      this.changed.delete(root);
      if (this.removed) yield* this.sweep();
      yield* this.walk(root);
    }
    if (this.removed) yield* this.sweep();
    if (this.late.size > 0) this.lateTimer ??= setTimeout(() => this.lookLate(), LATE_MS);
  }

  private *sweep(): Generator<void> {
    this.removed = false;
    for (const [node, shown] of this.shown) {
      if (!node.isConnected) this.drop(node, shown);
      else if (shown.ours.previousSibling !== node) this.anew(node, shown); // the page moved it
      yield;
    }
    for (const root of this.shadows) if (!root.isConnected) this.undress(root);
  }

  private *walk(root: Node, again = 0): Generator<void> {
    const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT | NodeFilter.SHOW_ELEMENT);
    for (let node: Node | null = walker.currentNode; node; node = walker.nextNode()) {
      if (node instanceof Text) this.showIn(node);
      else if ((node as Element).localName === OURS) walker.currentNode = node.lastChild ?? node;
      else this.enter(node as Element);
      yield;
      if (node.isConnected) continue;
      if (root.isConnected && again < AGAIN_MOST) yield* this.walk(root, again + 1); // taken away under our feet
      return;
    }
  }

  private enter(element: Element | ShadowRoot): void {
    const root = element instanceof Element ? element.shadowRoot : element;
    if (!root) {
      if (element instanceof Element && element.localName.includes("-") && !this.late.has(element)) this.late.set(element, 0);
    } else if (!this.shadows.has(root)) {
      this.shadows.add(root);
      this.wear(root);
      this.watch(root);
      this.changed.add(root);
    }
  }

  private lookLate(): void {
    this.lateTimer = undefined;
    for (const [element, times] of this.late) {
      if (element.shadowRoot) this.changed.add(element);
      if (element.shadowRoot || !element.isConnected || times >= LATE_MOST) this.late.delete(element);
      else this.late.set(element, times + 1);
    }
    if (this.changed.size > 0 || this.late.size > 0) this.look();
  }

  /** The page's style sheets do not reach into a shadow root. */
  private wear(root: ShadowRoot): void {
    if (!this.style) return;
    this.sheet ??= sheetOf(this.style);
    root.adoptedStyleSheets = [...root.adoptedStyleSheets, this.sheet];
  }

  private undress(root: ShadowRoot): void {
    if (this.sheet) root.adoptedStyleSheets = root.adoptedStyleSheets.filter((each) => each !== this.sheet);
    this.shadows.delete(root);
  }

  // ── showing, and taking away ──

  private showIn(node: Text): void {
    const text = node.data;
    if (text.length > TEXT_MOST || !mayHoldNumber(text) || this.shown.has(node)) return;
    const field = () => node.parentElement !== null && isPhoneField(node.parentElement);
    const found = findNumbers(text, { field, label: () => labelBeside(node), ...(this.region ? { region: this.region } : {}) });
    if (found.length === 0 || isLeftAlone(node)) return;
    const ours = document.createElement(OURS);
    let at = 0;
    for (const { start, end, text: number } of found) {
      ours.append(text.slice(at, start), this.link(number));
      at = end;
    }
    ours.append(text.slice(at));
    node.after(ours);
    node.data = "";
    this.shown.set(node, { ours, text });
    this.observer.takeRecords(); // our own change is no news; the page's were told before this slice
  }

  private link(number: string): HTMLElement {
    this.model ??= modelLink();
    const element = this.model.cloneNode() as HTMLElement;
    element.title = `Call ${number} with Offhook`;
    element.textContent = number;
    this.numbers.set(element, number);
    return element;
  }

  private restore(node: Text, shown: Shown): void {
    if (node.data === "") node.data = shown.text;
    this.drop(node, shown);
  }

  private anew(node: Text, shown: Shown): void {
    this.restore(node, shown);
    this.changed.add(node);
  }

  private drop(node: Text, { ours }: Shown): void {
    ours.remove();
    this.shown.delete(node);
    this.observer.takeRecords();
  }
}

const modelLink = (): HTMLElement => {
  const element = document.createElement("a");
  element.className = "offhook-number";
  element.role = "link";
  element.tabIndex = 0;
  return element;
};

const sheetOf = (style: string): CSSStyleSheet => {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(style);
  return sheet;
};

/** Inside a field, an editor, code or a link; seen through shadow roots and slots, too. */
const isLeftAlone = (node: Element | Text): boolean => {
  const slot = node.assignedSlot;
  if (slot && isLeftAlone(slot)) return true;
  const element = node instanceof Element ? node : node.parentElement;
  if (element?.closest(LEFT_ALONE)) return true;
  if (element && element !== node && element.assignedSlot && isLeftAlone(element.assignedSlot)) return true;
  const root = node.getRootNode();
  return root instanceof ShadowRoot && isLeftAlone(root.host);
};
