// @vitest-environment happy-dom
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { ClickToCall } from "../../src/page/click-to-call";

const NUMBER = "+41 44 668 18 00";
let dialled: string[];
let clickToCall: ClickToCall;
let person: boolean;

beforeEach(() => {
  vi.spyOn(performance, "now").mockReturnValue(0); // one slice does it all, however busy this machine is
  [dialled, person] = [[], true];
  document.body.replaceChildren();
  clickToCall = new ClickToCall((number) => dialled.push(number), { byPerson: () => person });
});
afterEach(() => {
  clickToCall.set(false);
  vi.restoreAllMocks();
});

const put = (tag: string, text: string): HTMLElement => {
  const element = document.body.appendChild(document.createElement(tag));
  element.textContent = text;
  return element;
};
const link = () => document.querySelector<HTMLElement>(".offhook-number");

it("dials on click and on Enter, and the page does not hear of it", () => {
  const page = vi.fn();
  put("p", NUMBER);
  document.body.addEventListener("click", page);
  clickToCall.set(true);
  expect([link()?.title, link()?.getAttribute("role"), link()?.tabIndex]).toEqual([`Call ${NUMBER} with Offhook`, "link", 0]);
  link()?.click();
  link()?.dispatchEvent(new KeyboardEvent("keydown", { key: "Enter", bubbles: true }));
  expect([dialled, page.mock.calls.length]).toEqual([[NUMBER, NUMBER], 0]);
});

it("makes one call of a double click, and of a key held down", () => {
  put("p", NUMBER);
  clickToCall.set(true);
  link()?.dispatchEvent(new MouseEvent("click", { bubbles: true, detail: 1 }));
  link()?.dispatchEvent(new MouseEvent("click", { bubbles: true, detail: 2 }));
  link()?.dispatchEvent(new KeyboardEvent("keydown", { key: "Enter", bubbles: true, repeat: true }));
  expect(dialled).toEqual([NUMBER]);
});

it("dials only what a person pressed: a page's script cannot", () => {
  put("p", NUMBER);
  clickToCall.set(true);
  person = false;
  link()?.click();
  expect(dialled).toEqual([]);
});

it("dials what was found, whatever the page has made of the link since", () => {
  put("p", NUMBER);
  clickToCall.set(true);
  const ours = link();
  ours?.setAttribute("href", "tel:+19005550100");
  ours?.setAttribute("data-number", "+19005550100");
  ours?.click();
  expect(dialled).toEqual([NUMBER]);
});

it("dials tel: links while it is on, and leaves them to the browser when it is off", () => {
  const tel = put("a", "call us");
  tel.setAttribute("href", "tel:+1-415-555-0199;ext=12");
  clickToCall.set(true);
  tel.click();
  expect(dialled).toEqual(["+1-415-555-0199 ext. 12"]);
  clickToCall.set(false);
  tel.addEventListener("click", (event) => event.preventDefault());
  tel.click();
  expect(dialled).toHaveLength(1);
});

it("dials from a shadow root", () => {
  const host = document.body.appendChild(document.createElement("x-card"));
  host.attachShadow({ mode: "open" }).appendChild(document.createElement("p")).textContent = NUMBER;
  clickToCall.set(true);
  host.shadowRoot?.querySelector<HTMLElement>(".offhook-number")?.dispatchEvent(new MouseEvent("click", { bubbles: true, composed: true }));
  expect(dialled).toEqual([NUMBER]);
});

it("reads numbers as the service's country writes them", () => {
  put("p", "0161 496 0000 or 415-555-0100");
  clickToCall.set(true, "GB");
  expect(link()?.textContent).toBe("0161 496 0000");
  clickToCall.set(true, "US");
  expect([...document.querySelectorAll(".offhook-number")].map((each) => each.textContent)).toEqual(["415-555-0100"]);
});
