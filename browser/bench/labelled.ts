/** The labelled lines (benchmarks/numbers/labelled.txt) and how a finder does on them. */

export interface Line {
  country: string;
  text: string;
  numbers: Marked[];
}

/** Where a number stands in the text; `without`: where it ends when its extension is left out. */
export interface Marked {
  start: number;
  end: number;
  without: number;
}

export interface Span {
  start: number;
  end: number;
}

export type Finder = (text: string, country: string) => Span[];

export interface Score {
  recall: number;
  precision: number;
  missed: string[];
  wrong: string[];
}

export const readLines = (file: string): Line[] => {
  let country = "";
  return file.split("\n").flatMap((row) => {
    country = /^== ([A-Z]{2})$/.exec(row)?.[1] ?? country;
    return row === "" || row.startsWith("#") || row.startsWith("==") ? [] : [read(row, country)];
  });
};

const read = (row: string, country: string): Line => {
  const numbers: Marked[] = [];
  let text = "";
  for (const piece of row.split(/(⟦[^⟧]*⟧)/u)) {
    const [number = "", extension = ""] = piece.startsWith("⟦") ? piece.slice(1, -1).split("|") : [];
    if (number) numbers.push({ start: text.length, end: text.length + number.length + extension.length, without: text.length + number.length });
    text += number ? number + extension : piece;
  }
  return { country, text, numbers };
};

/** A number counts as found when the digits between both ends are the same; brackets and spaces at the rim do not matter. */
export const score = (lines: Line[], find: Finder): Score => {
  const [missed, wrong]: [string[], string[]] = [[], []];
  let [all, hits] = [0, 0];
  for (const { text, country, numbers } of lines) {
    const left = find(text, country);
    for (const number of numbers) {
      all += 1;
      const at = left.findIndex((span) => isIt(text, span, number));
      if (at >= 0) {
        hits += 1;
        left.splice(at, 1);
      } else missed.push(`${country} ${text.slice(number.start, number.end)}`);
    }
    wrong.push(...left.map(({ start, end }) => `${country} ${text.slice(start, end)} in: ${text}`));
  }
  return { recall: hits / all, precision: hits / (hits + wrong.length), missed, wrong };
};

const isIt = (text: string, found: Span, { start, end, without }: Marked): boolean =>
  found.start < end && start < found.end && [end, without].some((to) => digits(text, start, to) === digits(text, found.start, found.end));

const digits = (text: string, start: number, end: number): string => text.slice(start, end).replace(/\D/gu, "");
