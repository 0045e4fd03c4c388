// @vitest-environment happy-dom
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { NumbersOnPage } from "../../src/page/numbers-on-page";

const NUMBER = "+41 44 668 18 00";
let numbers: NumbersOnPage;

beforeEach(() => {
  vi.spyOn(performance, "now").mockReturnValue(0); // one slice does it all, however busy this machine is
  document.body.replaceChildren();
  numbers = new NumbersOnPage(document.body);
});
afterEach(() => {
  numbers.stop();
  vi.restoreAllMocks();
});

const links = (root: ParentNode = document): string[] => [...root.querySelectorAll(".offhook-number")].map((link) => link.textContent ?? "");
const soon = () => new Promise((resolve) => setTimeout(resolve, 200));
const put = (markup: string): HTMLElement => {
  document.body.insertAdjacentHTML("beforeend", markup);
  return document.body.lastElementChild as HTMLElement;
};
const shadow = (host: Element, markup: string): ShadowRoot => {
  const root = host.shadowRoot ?? host.attachShadow({ mode: "open" });
  root.innerHTML = markup;
  return root;
};

it("makes numbers links, and plain text again without a trace", () => {
  put("<p>Ring +41 44 668 18 00 or 415-555-0100.</p>");
  put("<p>Nothing here</p>");
  const before = document.body.innerHTML;
  numbers.start();
  expect(links()).toEqual([NUMBER, "415-555-0100"]);
  expect(document.body.textContent).toBe("Ring +41 44 668 18 00 or 415-555-0100.Nothing here");
  numbers.stop();
  expect(document.body.innerHTML).toBe(before);
});

it("takes many away in slices, and may be switched on again meanwhile", async () => {
  for (let row = 0; row < 200; row++) put(`<p>Row ${row}: ${NUMBER}</p>`);
  const before = document.body.innerHTML;
  numbers.start();
  let ms = 0;
  vi.mocked(performance.now).mockImplementation(() => (ms += 1));
  numbers.stop();
  expect([numbers.busy, links().length > 0]).toEqual([true, true]);
  numbers.start();
  while (numbers.busy) await soon();
  expect(links()).toHaveLength(200);
  numbers.stop();
  while (numbers.busy) await soon();
  expect(document.body.innerHTML).toBe(before);
});

it.each(["a", "textarea", "code", "pre", "button", "script", "style", "summary", "time"])("leaves %s alone", (tag) => {
  put(`<${tag}>${NUMBER}</${tag}>`);
  numbers.start();
  expect(links()).toEqual([]);
});

it.each(['contenteditable="true"', 'contenteditable=""', 'role="textbox"', 'role="button"', 'class="cm-editor"'])("leaves what is %s alone", (attribute) => {
  put(`<div ${attribute}><p>${NUMBER}</p></div>`);
  numbers.start();
  expect(links()).toEqual([]);
});

it("leaves a text at once that becomes an editor, and comes back when it is none any more", async () => {
  const note = put(`<div><p>${NUMBER}</p></div>`);
  numbers.start();
  note.setAttribute("contenteditable", "true");
  await Promise.resolve();
  expect(note.innerHTML).toBe(`<p>${NUMBER}</p>`);
  await soon();
  expect(links()).toEqual([]);
  note.removeAttribute("contenteditable");
  await soon();
  expect(links()).toEqual([NUMBER]);
});

it("follows a page that changes: new rows, rewritten texts, removed nodes", async () => {
  const paragraph = put(`<p>Old ${NUMBER}</p>`);
  numbers.start();
  const node = paragraph.firstChild as Text;
  put("<p>New 0161 496 0000</p>");
  await soon();
  expect(links()).toEqual([NUMBER, "0161 496 0000"]);
  node.data = "Now (415) 555-0100"; // as React does: the very node it made
  await Promise.resolve();
  expect(paragraph.textContent).toBe("Now (415) 555-0100");
  await soon();
  expect(links()).toEqual(["(415) 555-0100", "0161 496 0000"]);
  node.remove();
  await Promise.resolve();
  expect([links(), paragraph.textContent]).toEqual([["0161 496 0000"], ""]);
});

it("goes on looking at a page that never rests", async () => {
  const clock = put("<p>0</p>").firstChild as Text;
  numbers.start();
  put(`<p>${NUMBER}</p>`);
  let ticks = 0;
  const ticking = setInterval(() => (clock.data = String(++ticks)), 20);
  await soon();
  clearInterval(ticking);
  expect(links()).toEqual([NUMBER]);
});

it("goes along when the page moves a text elsewhere", async () => {
  const [from, to] = [put(`<p>${NUMBER}</p>`), put("<div></div>")];
  numbers.start();
  to.append(from.firstChild as Text);
  await soon();
  expect([from.textContent, to.textContent, links(to)]).toEqual(["", NUMBER, [NUMBER]]);
  numbers.stop();
  expect(to.innerHTML).toBe(NUMBER);
});

it("sees into open shadow roots, and into roots within", () => {
  const outer = shadow(put("<x-list></x-list>"), `<p>${NUMBER}</p><x-row></x-row>`);
  const inner = shadow(outer.querySelector("x-row") as Element, "0161 496 0000");
  const before = outer.innerHTML;
  numbers.start();
  expect([links(outer), links(inner)]).toEqual([[NUMBER], ["0161 496 0000"]]);
  numbers.stop();
  expect([outer.innerHTML, inner.innerHTML, outer.adoptedStyleSheets.length]).toEqual([before, "0161 496 0000", 0]);
});

it("follows changes within a shadow root, and sees one that comes late", async () => {
  const [early, late] = [put("<x-early></x-early>"), put("<x-late></x-late>")];
  const root = shadow(early, "<p>nothing</p>");
  numbers.start();
  root.querySelector("p")?.append(` ${NUMBER}`);
  const lateRoot = shadow(late, `<p>0161 496 0000</p>`);
  await new Promise((resolve) => setTimeout(resolve, 800));
  expect([links(root), links(lateRoot)]).toEqual([[NUMBER], ["0161 496 0000"]]);
});

it("leaves a shadow root alone whose host stands in a link", () => {
  const linked = shadow(put('<a href="/x"><x-name></x-name></a>').firstElementChild as Element, NUMBER);
  numbers.start();
  expect(links(linked)).toEqual([]);
});

it("believes the page when it says that a text is a phone number, or something else", () => {
  put('<p data-test-id="cell-phone">22 33 44 55</p>');
  put("<table><thead><tr><th>Mobile number</th><th>Order</th></tr></thead><tbody><tr><td>91 22 33 44</td><td>4155550100</td></tr></tbody></table>");
  put("<dl><dt>Ticket number</dt><dd>4155550101</dd><dt>Phone</dt><dd>66 77 88 99</dd></dl>");
  put("<p>22 33 44 66</p>");
  numbers.start();
  expect(links()).toEqual(["22 33 44 55", "91 22 33 44", "66 77 88 99"]);
});
