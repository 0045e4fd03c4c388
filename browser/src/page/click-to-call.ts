/** Whoever clicks a number or a tel: link on the page dials it through us. */

import { ofTelLink } from "../shared/phone-number";
import { NumbersOnPage } from "./numbers-on-page";

const DIALS = '.offhook-number, a[href^="tel:" i], a[href^="callto:" i]';

export interface Given {
  root?: HTMLElement;
  /** How links look in shadow roots. */
  style?: string;
  /** A page's script may press what it likes: only what a person did counts. */
  byPerson?: (event: Event) => boolean;
}

export class ClickToCall {
  private on: AbortController | null = null;
  private readonly numbers: NumbersOnPage;
  private readonly byPerson: (event: Event) => boolean;

  constructor(private readonly dial: (number: string) => void, { root = document.body, style = "", byPerson = (event) => event.isTrusted }: Given = {}) {
    this.numbers = new NumbersOnPage(root, style);
    this.byPerson = byPerson;
  }

  /** `region`: country of numbers without a country code. */
  set(on: boolean, region?: string): void {
    if (this.on && (!on || region !== this.numbers.region)) this.stop();
    if (on && !this.on) this.start(region);
  }

  private start(region: string | undefined): void {
    this.on = new AbortController();
    const { signal } = this.on;
    addEventListener("click", (event) => this.pressed(event, event.detail > 1), { capture: true, signal });
    addEventListener("keydown", (event) => event.key === "Enter" && this.pressed(event, event.repeat), { capture: true, signal });
    this.numbers.region = region;
    this.numbers.start();
  }

  private stop(): void {
    this.on?.abort();
    this.on = null;
    this.numbers.stop();
  }

  /** `repeated`: the second click of a double click, or a key held down: one call is enough. */
  private pressed(event: Event, repeated: boolean): void {
    const target = event.composedPath().find((each): each is HTMLElement => each instanceof HTMLElement && each.matches(DIALS));
    const number = target && (this.numbers.numberOf(target) ?? ofTelLink(target.getAttribute("href") ?? ""));
    if (!number || !this.byPerson(event)) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    if (!repeated) this.dial(number);
  }
}
