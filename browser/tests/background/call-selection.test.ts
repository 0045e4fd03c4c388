import { expect, it, vi } from "vitest";
import { CallSelection } from "../../src/background/call-selection";

it("is made once, is offered to who can dial, and dials what was selected", () => {
  const made: { visible?: boolean }[] = [];
  const updated: boolean[] = [];
  let [installed, clicked]: [() => void, (info: unknown, tab?: unknown) => void] = [() => undefined, () => undefined];
  vi.stubGlobal("chrome", {
    runtime: { onInstalled: { addListener: (listener: () => void) => (installed = listener) } },
    contextMenus: {
      onClicked: { addListener: (listener: typeof clicked) => (clicked = listener) },
      removeAll: (then: () => void) => then(), create: (menu: object) => made.push(menu), update: (_: string, { visible }: { visible: boolean }) => updated.push(visible),
    },
  });
  const dialled: string[] = [];
  const selection = new CallSelection((number) => dialled.push(number));
  installed();
  selection.show(true);
  selection.show(true);
  clicked({ menuItemId: "call-selection", selectionText: "Tel. +41 44 668 18 00, Zürich" });
  clicked({ menuItemId: "another", selectionText: "+41 44 668 18 01" });
  expect([made.length, made[0]?.visible, updated, dialled]).toEqual([1, false, [true], ["+41 44 668 18 00"]]);
  vi.unstubAllGlobals();
});
