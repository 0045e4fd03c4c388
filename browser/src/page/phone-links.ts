/** Finds phone numbers in text. Pure, and careful in this order: what is certainly something else is left alone (dates,
    prices, addresses of computers, ids, measures); of the rest, what is written as people write phone numbers counts.
    The judge of what can be dialled stays in the service. How well it does: benchmarks/numbers. */

import { dialsZero, isNorthAmerica, isOfRegion } from "./phone-regions";
import { AMOUNT, EXTENSION, LABEL, NOT_A_PHONE } from "./phone-words";

export interface Found {
  start: number;
  end: number;
  text: string;
}

export interface Where {
  /** Does the page say that this text is a phone number? Then any grouping will do. Asked only when it matters. */
  field?: () => boolean;
  /** What stands before the text on the page, such as the heading of its column; asked only when it matters. */
  label?: () => string;
  /** Country of numbers without a country code, as the service reads them: others could not be dialled. Unknown: any form. */
  region?: string;
}

const GAP = "[\\s.\\-\\u2010-\\u2013/()]";
/** At least seven digits with short gaps between, perhaps behind a plus. One digit a step: it cannot run away. */
const CANDIDATE = new RegExp(`(?:\\+[\\s(]?)?\\(?\\d(?:${GAP}{0,3}\\d){6,24}`, "gu");
const VANITY = /(?<![\w@/+.-])(?:\+?1[\s.-]?)?(?:\(8(?:00|33|44|55|66|77|88)\)|8(?:00|33|44|55|66|77|88))[\s.-](?=[A-Z0-9-]*[A-Z]{3})[A-Z0-9](?:-?[A-Z0-9]){6,9}(?![\w@])/g;
const BEFORE = 32;
const AFTER = 24;

/** A text can hold a number only if it passes here; most do not. */
export const mayHoldNumber = (text: string): boolean => text.length > 6 && /\d\D{0,3}\d\D{0,3}\d/.test(text);

export const findNumbers = (text: string, where: Where = {}): Found[] => {
  if (!mayHoldNumber(text)) return [];
  const found = [...text.matchAll(CANDIDATE)].flatMap(pieces).flatMap((piece) => judge(text, piece, where));
  if (/8[0-8]\d.*[A-Z]{3}/.test(text)) found.push(...vanity(text));
  if (found.length < 2) return found;
  return found.toSorted((a, b) => a.start - b.start).filter((one, at, all) => at === 0 || one.start >= (all[at - 1]?.end ?? 0));
};

const vanity = (text: string): Found[] =>
  [...text.matchAll(VANITY)].map((match) => ({ start: match.index, end: match.index + match[0].length, text: match[0] }));

interface Piece {
  at: number;
  is: string;
}

/** "0161 496 0000 / 0161 496 0001" is two; "030 / 901820" is one. */
const pieces = ({ 0: whole, index }: RegExpExecArray): Piece[] => {
  const cut = whole.search(/\s[/–-]\s/u);
  if (cut < 0 || Math.min(digits(whole.slice(0, cut)).length, digits(whole.slice(cut)).length) < 7) return [{ at: index, is: whole }];
  return [{ at: index, is: whole.slice(0, cut) }, { at: index + cut + 3, is: whole.slice(cut + 3) }];
};

const judge = (text: string, { at, is }: Piece, where: Where): Found[] => {
  const number = withoutLooseBrackets(is);
  const start = at + is.indexOf(number);
  const before = text.slice(Math.max(0, start - BEFORE), start);
  const after = text.slice(start + number.length, start + number.length + AFTER);
  if (!standsAlone(before, after) || isOther(number, before, after)) return [];
  if (!isWrittenLikeOne(number, () => what(before, where), where.region)) return [];
  const end = start + number.length + (EXTENSION.exec(after)?.[0].length ?? 0);
  return [{ start, end, text: text.slice(start, end) }];
};

type Said = "phone" | "other" | "nothing";

/** What the words before it say. Those beside the text on the page count only where the text itself says nothing. */
const what = (before: string, { field, label }: Where): Said => {
  const said = before.trim() || label?.() || "";
  if (LABEL.test(said) || field?.()) return "phone";
  return NOT_A_PHONE.test(said) ? "other" : "nothing";
};

/** A bracket that has lost its other half belongs to the sentence. */
const withoutLooseBrackets = (text: string): string =>
  text.split("(").length > text.split(")").length ? text.replace(/^\(/u, "") : text;

const standsAlone = (before: string, after: string): boolean =>
  !/(?:[\w@/\\+*&~%]|\w[-–]|\d\s?[.,:])$/u.test(before) &&
  !/^(?:[\p{Script=Latin}\p{Script=Cyrillic}\p{Script=Greek}\d_@%*=&+]|[.,:/\\\-–]\d|[-–]\p{Lu}|:\/\/|\.\p{Ll})/u.test(extensionOff(after));

const extensionOff = (after: string): string => after.replace(EXTENSION, "");

const digits = (text: string): string => text.replace(/\D/gu, "");

// ── what is certainly something else ──

const DATE = /^(?:(?:19|20)\d\d[.\-/\s](?:0?[1-9]|1[0-2])[.\-/\s](?:0?[1-9]|[12]\d|3[01])|(?:0?[1-9]|[12]\d|3[01])[.\-/](?:0?[1-9]|[12]\d|3[01])[.\-/](?:19|20)?\d\d)(?:\s[-–]?\s?\d{1,2}.*)?$/u;
const YEARS = /^(?:19|20)\d\d\s?[-–/]\s?(?:19|20)\d\d$/u;
const IP = /^(?:\d{1,3}\.){3}\d{1,3}(?:\/\d{1,2})?$/u;
const DECIMAL = /^\d+\.\d{1,2}$/u;
const SAME = /^(\d)\1+$/u;
/** "…/26", "…/2026": a file's number of that year; and paths. */
const OF_A_YEAR = /\/\s?(?:\d\d|(?:19|20)\d\d)$|\/.*\//u;
const SINGLES = /^\d(?:[^\d]+\d){6,}$/u;

const isOther = (number: string, before: string, after: string): boolean =>
  DATE.test(number) || YEARS.test(number) || IP.test(number) || DECIMAL.test(number) || OF_A_YEAR.test(number) || SINGLES.test(number) ||
  SAME.test(digits(number)) || AMOUNT.test(after) || /[$€£¥₹]\s?$/u.test(before) || /^\s?:\d\d(?!\d)/u.test(after);

// ── how people write phone numbers ──

const isWrittenLikeOne = (number: string, ask: () => Said, region?: string): boolean => {
  const all = digits(number);
  if (number.startsWith("+")) return all.length >= 7 && all.length <= 16 && /^[1-9]/u.test(all);
  const said = ask();
  if (said === "other") return false;
  if (/^\(?00[1-9]/u.test(number)) return all.length >= 11 && all.length <= 17;
  if (said === "phone") return all.length >= 7 && all.length <= 15;
  if (TO_A_FILE.test(number)) return false;
  if (/^(?:0|\(0\s?)[1-9]/u.test(number)) return (!region || dialsZero(region)) && hasTrunkZero(number, all);
  if (region && !isNorthAmerica(region)) return isOfRegion(number, all, region);
  return isNorthAmerican(number, all) || GROUPED.some((form) => form.test(number));
};

/** One long piece with a short tail counts something. */
const TO_A_FILE = /^\d{7,}-\d{1,2}$/u;

/** 3-3-4, five-five, an area in brackets, Australia's 1300 and 1800: nobody writes an amount like this. */
const GROUPED: readonly RegExp[] = [
  /^\(\d{2,4}\)\s?\d{3,5}[\s.-]?\d{4}$/u,
  /^[2-9]\d{2}([\s.-])\d{3}\1\d{4}$/u,
  /^[6-9]\d{4}[\s-]\d{5}$/u,
  /^1[38]00?\s\d{3}\s\d{3}$/u,
];

const isNorthAmerican = (number: string, all: string): boolean => {
  const ten = all.length === 11 && all.startsWith("1") ? all.slice(1) : all;
  if (!/^[2-9]\d{2}[2-9]\d{6}$/u.test(ten)) return false;
  if (/^\d+$/u.test(number)) return all.length === 10;
  return /^(?:1[\s.-]?)?(?:\(\d{3}\)[\s.\-–/]{0,2}|\d{3}[\s.\-–/]{1,3})\d{3}[\s.\-–]\d{4}$/u.test(number);
};

/** 0161 496 0000, 01 23 45 67 89, 030/901820, the exchange of an office 0551 39-0; in one piece it needs the length of one. */
const hasTrunkZero = (number: string, all: string): boolean =>
  (all.length >= (number.startsWith("(") ? 8 : 9) && all.length <= (/^\d+$/u.test(number) ? 11 : 12)) || /^0\d{2,4}[\s/]{1,3}[\d\s]{2,7}-\d{1,3}$/u.test(number);
