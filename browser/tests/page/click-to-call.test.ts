// @vitest-environment happy-dom
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { ClickToCall } from "../../src/page/click-to-call";

let dialled: string[];
let clickToCall: ClickToCall;

const links = (): string[] => [...document.querySelectorAll(".offhook-number")].map((link) => link.textContent ?? "");
const soon = () => new Promise((resolve) => setTimeout(resolve, 200));

beforeEach(() => {
  dialled = [];
  document.body.replaceChildren();
  clickToCall = new ClickToCall((number) => dialled.push(number));
});
afterEach(() => clickToCall.set(false));

const put = (markup: [tag: string, text: string][]): void => {
  for (const [tag, text] of markup) document.body.appendChild(document.createElement(tag)).textContent = text;
};

it("makes numbers links, and plain text again without a trace", () => {
  put([["p", "Ring +41 44 668 18 00 or 415-555-0100."], ["p", "Nothing here"]]);
  const before = document.body.innerHTML;
  clickToCall.set(true);
  expect(links()).toEqual(["+41 44 668 18 00", "415-555-0100"]);
  expect(document.body.textContent).toBe("Ring +41 44 668 18 00 or 415-555-0100.Nothing here");
  clickToCall.set(false);
  expect(document.body.innerHTML).toBe(before);
});

it("dials on click and on Enter, and the page does not hear of it", () => {
  const page = vi.fn();
  put([["p", "+41 44 668 18 00"]]);
  document.body.addEventListener("click", page);
  clickToCall.set(true);
  const link = document.querySelector<HTMLElement>(".offhook-number");
  expect([link?.title, link?.getAttribute("role"), link?.tabIndex]).toEqual(["Call +41 44 668 18 00 with Offhook", "link", 0]);
  link?.click();
  link?.dispatchEvent(new KeyboardEvent("keydown", { key: "Enter", bubbles: true }));
  expect([dialled, page.mock.calls.length]).toEqual([["+41 44 668 18 00", "+41 44 668 18 00"], 0]);
});

it("leaves fields, code, editors and links alone, but catches tel: links", () => {
  for (const tag of ["a", "textarea", "code", "pre", "button", "script", "style"]) put([[tag, "+41 44 668 18 00"]]);
  const editor = document.body.appendChild(document.createElement("div"));
  editor.setAttribute("contenteditable", "true");
  editor.textContent = "+41 44 668 18 00";
  const tel = document.body.appendChild(document.createElement("a"));
  tel.setAttribute("href", "tel:+1-415-555-0199");
  tel.textContent = "call us";
  clickToCall.set(true);
  expect(links()).toEqual([]);
  tel.click();
  expect(dialled).toEqual(["+1-415-555-0199"]);
  clickToCall.set(false);
  tel.addEventListener("click", (event) => event.preventDefault());
  tel.click();
  expect(dialled).toHaveLength(1);
});

it("follows a page that changes: new rows, rewritten texts, removed nodes", async () => {
  put([["p", "Old +41 44 668 18 00"]]);
  clickToCall.set(true);
  const paragraph = document.body.firstElementChild as HTMLElement;
  const node = paragraph.firstChild as Text;
  put([["p", "New 0161 496 0000"]]);
  await soon();
  expect(links()).toEqual(["+41 44 668 18 00", "0161 496 0000"]);
  node.data = "Now (415) 555-0100"; // as React does: the very node it made
  await soon();
  expect(links()).toEqual(["(415) 555-0100", "0161 496 0000"]);
  expect(paragraph.textContent).toBe("Now (415) 555-0100");
  node.remove();
  await soon();
  expect([links(), paragraph.textContent]).toEqual([["0161 496 0000"], ""]);
});

it("believes the page when it says that a field is a phone number", () => {
  const cell = document.body.appendChild(document.createElement("td"));
  cell.dataset["testId"] = "cell-phone";
  cell.textContent = "22 33 44 55";
  put([["p", "22 33 44 55"]]);
  clickToCall.set(true);
  expect(links()).toEqual(["22 33 44 55"]);
});
