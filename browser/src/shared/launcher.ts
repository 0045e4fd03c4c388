/** The button at the bottom right and the frame above it, in a shadow root that the page's styles cannot reach.
    The same in the extension's content script and in embed.js. */

export interface LauncherLook {
  open: boolean;
  ringing: boolean;
  /** Distance from the bottom of the window, when the agent has moved the button. */
  bottom: number | null;
}

export interface LauncherTools {
  tag: string;
  panel: string;
  toggled(open: boolean): void;
  moved(bottom: number): void;
}

const LOWEST = 24;
const DRAG_PX = 5;

export class LauncherButton {
  frame: HTMLIFrameElement | null = null;
  private readonly home: HTMLElement;
  private readonly box: HTMLElement;
  private readonly button: HTMLButtonElement;
  private look: LauncherLook = { open: false, ringing: false, bottom: null };

  constructor(private readonly tools: LauncherTools) {
    this.home = document.createElement(tools.tag);
    const root = this.home.attachShadow({ mode: "open" });
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(STYLE);
    root.adoptedStyleSheets = [sheet];
    this.box = make("div", "box");
    this.button = make("button", "launcher");
    this.button.type = "button";
    this.button.append(drawing(), make("span", "badge"));
    this.button.addEventListener("pointerdown", (event) => this.grab(event));
    this.button.addEventListener("click", () => tools.toggled(!this.look.open));
    this.box.append(this.button);
    root.append(this.box);
    this.show(this.look);
  }

  /** Single-page sites may throw the element away; putting it back is cheap. */
  attach(): void {
    if (!this.home.isConnected) document.documentElement.append(this.home);
  }

  detach(): void {
    this.home.remove();
  }

  show(look: LauncherLook): void {
    this.look = look;
    const { open, ringing } = look;
    this.box.classList.toggle("open", open);
    this.box.classList.toggle("ringing", ringing);
    this.box.style.setProperty("--bottom", `${Math.min(Math.max(LOWEST, look.bottom ?? LOWEST), Math.max(LOWEST, innerHeight - 80))}px`);
    const says = `${open ? "Close" : "Open"} Offhook${ringing ? ": a call is ringing" : ""}`;
    this.button.setAttribute("aria-label", says);
    this.button.setAttribute("aria-expanded", String(open));
    this.button.title = says;
    if (open) this.load();
  }

  /** The panel is loaded when it is first wanted in a tab that somebody looks at, and then stays. */
  private load(): void {
    if (this.frame) return;
    if (document.visibilityState === "hidden") {
      document.addEventListener("visibilitychange", () => this.look.open && this.load(), { once: true });
      return;
    }
    this.frame = make("iframe", "panel");
    this.frame.title = "Offhook";
    this.frame.allow = "clipboard-write; microphone; autoplay";
    this.frame.src = this.tools.panel;
    this.box.prepend(this.frame);
  }

  private grab(down: PointerEvent): void {
    const from = innerHeight - this.button.getBoundingClientRect().bottom;
    const over = new AbortController();
    let moved = false;
    const move = (event: PointerEvent) => {
      if (!moved && Math.abs(event.clientY - down.clientY) < DRAG_PX) return;
      if (!moved) this.button.setPointerCapture(down.pointerId);
      moved = true;
      this.show({ ...this.look, bottom: from + down.clientY - event.clientY });
    };
    const drop = () => {
      over.abort();
      if (!moved) return;
      this.button.addEventListener("click", swallow, { capture: true, once: true });
      setTimeout(() => this.button.removeEventListener("click", swallow, { capture: true }), 0);
      this.tools.moved(this.look.bottom ?? LOWEST);
    };
    this.button.addEventListener("pointermove", move, { signal: over.signal });
    this.button.addEventListener("pointerup", drop, { signal: over.signal });
    this.button.addEventListener("pointercancel", drop, { signal: over.signal });
  }
}

const swallow = (event: Event): void => event.stopImmediatePropagation();

const make = <K extends keyof HTMLElementTagNameMap>(tag: K, name: string): HTMLElementTagNameMap[K] => {
  const element = document.createElement(tag);
  element.className = name;
  return element;
};

const SVG = "http://www.w3.org/2000/svg";
const PATHS: [string, string, string][] = [
  ["M5.2 11.2C6.6 5.6 17.4 5.6 18.8 11.2", "3.4", "rotate(-20 12 9)"],
  ["M4.6 10.4v1.9M19.4 10.4v1.9", "4.6", "rotate(-20 12 9)"],
  ["M7.5 19.4h9", "2.8", ""],
];

const drawing = (): SVGElement => {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("aria-hidden", "true");
  for (const [d, width, transform] of PATHS) {
    const path = document.createElementNS(SVG, "path");
    path.setAttribute("d", d);
    path.setAttribute("stroke-width", width);
    if (transform) path.setAttribute("transform", transform);
    svg.append(path);
  }
  return svg;
};

const STYLE = `
:host { all: initial; color-scheme: light dark; }
.box { position: fixed; right: 24px; bottom: var(--bottom); z-index: 2147483646; display: block; }
.launcher {
  position: relative; display: grid; place-items: center; width: 52px; height: 52px; margin: 0 0 0 auto; padding: 0; border: 0;
  border-radius: 50%; background: #c2410c; color: #fff; cursor: pointer; touch-action: none;
  box-shadow: 0 1px 3px rgb(20 30 45 / 30%), 0 6px 16px rgb(20 30 45 / 20%); transition: background 120ms;
}
.launcher:hover { background: #9f350a; }
.launcher:focus-visible { outline: 3px solid #0b6bcb; outline-offset: 3px; }
.launcher svg { width: 28px; height: 28px; fill: none; stroke: currentColor; stroke-linecap: round; stroke-linejoin: round; }
.badge { display: none; position: absolute; top: -1px; right: -1px; width: 14px; height: 14px; border: 2px solid #fff; border-radius: 50%; background: #08724a; }
.ringing .badge { display: block; }
.ringing .launcher { animation: ring 1.2s ease-in-out infinite; }
@keyframes ring { 0%, 50%, 100% { transform: none; } 10%, 30% { transform: rotate(-9deg); } 20%, 40% { transform: rotate(9deg); } }
.panel {
  display: none; position: fixed; right: 24px; bottom: min(calc(var(--bottom) + 64px), calc(100vh - min(640px, 100vh - 104px) - 12px));
  width: min(376px, calc(100vw - 32px)); height: min(640px, calc(100vh - 104px)); border: 0;
  border-radius: 14px; background: Canvas; color-scheme: light dark;
  box-shadow: 0 0 0 1px rgb(20 30 45 / 12%), 0 12px 40px rgb(20 30 45 / 28%);
}
.open .panel { display: block; }
@media (prefers-reduced-motion: reduce) { .launcher { animation: none !important; } }
@media print { .box { display: none; } }
`;
