/** What stands beside a text on the page and may say what it is. */

const MOST = 48;
const LEVELS = 3;

/** The heading of its column or row, else what stands before it, else nothing. */
export const labelBeside = (node: Text): string => {
  const cell = node.parentElement?.closest("td");
  return (cell && headingOf(cell)) || textBefore(node);
};

const headingOf = (cell: Element): string => {
  const row = cell.parentElement;
  const first = row?.firstElementChild;
  if (first?.localName === "th") return said(first);
  const head = cell.closest("table")?.querySelector("thead tr");
  const over = row && head?.children[[...row.children].indexOf(cell)];
  return over ? said(over) : "";
};

const textBefore = (node: Node): string => {
  let at: Node | null = node;
  for (let level = 0; at && level < LEVELS; level++, at = at.parentNode) {
    for (let before: Node | null = at.previousSibling; before; before = before.previousSibling) {
      const text = said(before);
      if (text || (before instanceof Element && before.childElementCount > 3)) return text;
    }
  }
  return "";
};

/** Only small things are labels. */
const said = (node: Node): string =>
  node instanceof Element && node.childElementCount > 3 ? "" : (node.textContent ?? "").trim().slice(-MOST);
