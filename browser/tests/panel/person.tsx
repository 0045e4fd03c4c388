/** The panel on a page of its own, and a person at it. Whoever imports this has them afresh in each test. */

import { render } from "preact";
import { act } from "preact/test-utils";
import { afterEach, beforeEach, vi } from "vitest";
import type { DeskView } from "../../src/messages";
import { App } from "../../src/panel/app";
import { Boundary } from "../../src/panel/screens/broken";
import { beginning, type State } from "../../src/panel/state";
import { Refused } from "../../src/shared/refused";
import type { Refusal } from "../../src/shared/values";
import { type Answers, MockHost } from "../mock-host";
import { reason } from "../fixtures";

export let where: HTMLElement;
export let host: MockHost;

export const show = async (shown: DeskView | null, from: Partial<State> = {}, answers: Answers = {}, on = new MockHost(shown, answers)): Promise<void> => {
  render(null, where);
  host = on;
  await act(() => render(<Boundary><App host={host} from={{ ...beginning, ...from }} /></Boundary>, where));
};
export const MockHostFor = (shown: DeskView, framed: boolean): MockHost => Object.assign(new MockHost(shown, {}), { framed });
export const text = (): string => where.textContent ?? "";
export const all = <E extends HTMLElement>(selector: string): E[] => [...where.querySelectorAll<E>(selector)];
export const button = (name: string): HTMLButtonElement => {
  const found = all<HTMLButtonElement>("button").find((one) => (one.getAttribute("aria-label") ?? one.textContent?.trim()) === name);
  if (!found) throw new Error(`no button “${name}” among: ${all("button").map((one) => one.getAttribute("aria-label") ?? one.textContent).join(" | ")}`);
  return found;
};
export const has = (name: string): boolean => all("button").some((one) => (one.getAttribute("aria-label") ?? one.textContent?.trim()) === name);
export const labelled = <E extends HTMLElement>(label: string): E => {
  const id = all<HTMLLabelElement>("label").find((one) => one.textContent === label)?.htmlFor;
  const found = id ? document.getElementById(id) : where.querySelector(`[aria-label="${label}"]`);
  if (!found) throw new Error(`no field “${label}”`);
  return found as E;
};
export const press = (name: string) => act(async () => (button(name).click(), await settled()));
export const type = (label: string, value: string) => act(async () => {
  const field = labelled<HTMLInputElement>(label);
  field.value = value;
  field.dispatchEvent(new Event("input", { bubbles: true }));
  field.dispatchEvent(new Event("change", { bubbles: true }));
  await settled();
});
export const unfold = (words: string) => act(async () => {
  const summary = all("summary").find((one) => one.textContent === words);
  const details = summary?.parentElement as HTMLDetailsElement;
  details.open = true;
  details.dispatchEvent(new Event("toggle"));
  await settled();
});
export const settled = async (): Promise<void> => { for (let i = 0; i < 5; i++) await Promise.resolve(); };
export const pass = (ms: number) => act(async () => void (await vi.advanceTimersByTimeAsync(ms)));
export const refuse = (change: Partial<Refusal>) => () => { throw new Refused({ ...reason(), status: 409, contacts: [], ...change }); };

beforeEach(() => {
  vi.useFakeTimers();
  where = document.body.appendChild(document.createElement("div"));
});
afterEach(() => {
  render(null, where);
  where.remove();
  vi.useRealTimers();
});
