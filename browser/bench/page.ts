/** Runs in a real Chromium (benchmarks/page_numbers.py): a page of the labelled lines, ours and the peer on it. */

import { NumbersOnPage } from "../src/page/numbers-on-page";
import { findNumbers } from "../src/page/phone-links";
import { type Line, readLines, score } from "./labelled";
import { findAsPeer } from "./peer";

/** A list: of four cells in a row, one is a labelled line. */
const build = (lines: Line[], nodes: number): HTMLElement => {
  const page = document.createElement("main");
  for (let made = 0, at = 0; made < nodes; at++) {
    const row = page.appendChild(document.createElement("div"));
    row.className = "row";
    for (const text of [`Row ${at}`, lines[at % lines.length]?.text ?? "", "Marketing qualified lead", "2026-11-25"]) {
      row.appendChild(document.createElement("span")).textContent = text;
    }
    made += 9; // the row, four elements, four texts
  }
  document.body.replaceChildren(page);
  return page;
};

const countIn = (page: Node): number => {
  const walker = document.createTreeWalker(page);
  let count = 1;
  while (walker.nextNode()) count += 1;
  return count;
};

/** Everything is laid out and painted. */
const drawn = (): Promise<void> => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => requestIdleCallback(() => done()))));

const idle = (): Promise<void> => new Promise((done) => requestIdleCallback(() => done()));

const done = async (numbers: NumbersOnPage): Promise<void> => {
  while (numbers.busy) await new Promise((turn) => setTimeout(turn, 5));
};

/** Ours as it is on a page: walking, finding, showing, in slices; from the start until nothing is left to do, and what of it
    kept the thread. */
const ours = async (page: HTMLElement): Promise<{ wall: number; busy: number; shown: number }> => {
  const numbers = new NumbersOnPage(page, "", "US");
  const began = performance.now();
  const busy = { ms: 0 };
  const scheduler = (globalThis as unknown as { scheduler: { postTask(task: () => void): Promise<unknown> } }).scheduler;
  const { postTask } = scheduler;
  let last = began;
  const timed = (task: () => void) => {
    const from = performance.now();
    task();
    last = performance.now();
    busy.ms += last - from;
  };
  scheduler.postTask = (task) => postTask.call(scheduler, () => timed(task));
  timed(() => numbers.start());
  await done(numbers);
  scheduler.postTask = postTask;
  const shown = document.querySelectorAll(".offhook-number").length;
  numbers.stop();
  await done(numbers);
  return { wall: last - began, busy: busy.ms, shown };
};

/** The peer's finding alone, on the same texts: no page is changed. */
const theirs = (page: HTMLElement): number => {
  const walker = document.createTreeWalker(page, NodeFilter.SHOW_TEXT);
  const began = performance.now();
  while (walker.nextNode()) findAsPeer((walker.currentNode as Text).data, "US");
  return performance.now() - began;
};

const finder = (page: HTMLElement): number => {
  const walker = document.createTreeWalker(page, NodeFilter.SHOW_TEXT);
  const began = performance.now();
  while (walker.nextNode()) findNumbers((walker.currentNode as Text).data, { region: "US" });
  return performance.now() - began;
};

const median = (values: number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1] ?? 0;

export const measure = async (labelled: string, nodes: number, rounds: number) => {
  const lines = readLines(labelled);
  const page = build(lines, nodes);
  await drawn();
  const [mine, peer, alone]: [{ wall: number; busy: number; shown: number }[], number[], number[]] = [[], [], []];
  for (let round = 0; round < rounds; round++) {
    await idle();
    performance.mark("ours begins"); // in the trace, from which the longest task is read
    mine.push(await ours(page));
    await drawn();
    performance.mark("ours ends");
    await idle();
    alone.push(finder(page));
    await idle();
    peer.push(theirs(page));
  }
  return {
    nodes: countIn(page), wall: median(mine.map(({ wall }) => wall)), busy: median(mine.map(({ busy }) => busy)),
    shown: mine[0]?.shown ?? 0, finder: median(alone), peer: median(peer),
  };
};

export const accuracy = (labelled: string) => {
  const lines = readLines(labelled);
  const said = ({ recall, precision, missed, wrong }: ReturnType<typeof score>) => ({ recall, precision, missed: missed.length, wrong: wrong.length });
  return { lines: lines.length, ours: said(score(lines, (text, region) => findNumbers(text, { region }))), theirs: said(score(lines, findAsPeer)) };
};
