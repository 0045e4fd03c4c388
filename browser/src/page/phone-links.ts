/** Finds phone numbers in text. Pure, and careful in this order: what is certainly something else is left alone (dates,
    prices, addresses of computers, ids, measures); of the rest, what is written as people write phone numbers counts.
    The judge of what can be dialled stays in the service. */

export interface Found {
  start: number;
  end: number;
  text: string;
}

export interface Where {
  /** The page says that this text is a phone number, so any grouping will do. */
  field?: boolean;
}

const GAP = "[\\s\\u00a0\\u202f\\u2009.\\-\\u2010-\\u2013/]";
/** Digits in groups, perhaps behind a plus, perhaps with one pair of brackets: "+41 (0)44 668 18 00". */
const CANDIDATE = new RegExp(`(?:\\+${GAP}?)?\\(?\\d(?:${GAP}{0,2}\\(?${GAP}?\\d+\\)?|\\d|\\)${GAP}?){5,24}`, "gu");
const EXTENSION = /^(?:\s*,?\s*(?:ext\.?|extn\.?|extension|x|#|Durchwahl|DW|poste)\s*\.?:?\s*\d{1,6}\b|;ext=\d{1,6}\b)/iu;
const VANITY = /(?<![\w@/+.-])(?:\+?1[\s.-]?)?(?:\(8(?:00|33|44|55|66|77|88)\)|8(?:00|33|44|55|66|77|88))[\s.-](?=[A-Z0-9-]*[A-Z]{3})[A-Z0-9](?:-?[A-Z0-9]){6,9}(?![\w@])/g;

/** Words right before a number that say what it is. */
const LABEL = /(?:^|[^\p{L}])(?:tel|telephone|phone|ph|fon|mobile?|mob|cell|fax|call|ring|dial|text|sms|whats?app|direct|office|handy|telefon|téléphone|portable|móvil|movil|teléfono|rufnummer|natel|[tmpf])\s*(?:\(\w+\)|no|number|nr)?\s*[.:#\-–]?\s*$|[☎☏📞📱✆]\s*$/iu;
const NOT_A_PHONE = /(?:\b(?:ids?|no|nr|num|number|ref|reference|order|invoice|ticket|case|account|acct|a\/c|iban|bic|vat|ust|siret|isbn|issn|sku|serial|version|ver|v|build|rev|po|zip|plz|card|visa|imei|ssn|tracking|page|pp|deal|sum|total|amount|budget|price|population|revenue|usd|eur|gbp|chf|jpy)\s*(?:id|no|nr|number|code)?\s*[.:#=-]?\s*|[#№§$€£¥₹]\s*|=\s*)$/iu;
const MONEY_OR_MEASURE = /^\s?(?:[$€£¥₹%°]|(?:usd|eur|gbp|chf|jpy|dollars?|euros?|kg|g|mg|km|cm|mm|m²|sqm|mb|gb|tb|kb|ms|mhz|ghz|rows?|records?|contacts?|users?|people|pcs|units?|hours?|days?)\b)/iu;

export const findNumbers = (text: string, where: Where = {}): Found[] => {
  if (!/\d/.test(text)) return [];
  const found = [...vanity(text), ...[...text.matchAll(CANDIDATE)].flatMap((match) => judge(text, match, where))];
  return found.toSorted((a, b) => a.start - b.start).filter((one, at, all) => at === 0 || one.start >= (all[at - 1]?.end ?? 0));
};

const vanity = (text: string): Found[] =>
  [...text.matchAll(VANITY)].map((match) => ({ start: match.index, end: match.index + match[0].length, text: match[0] }));

const judge = (text: string, match: RegExpExecArray, where: Where): Found[] => {
  const trimmed = match[0].replace(/[\s\u00a0\u202f\u2009.\-\u2010-\u2013/(]+$/u, "");
  const number = withoutLooseBrackets(trimmed);
  const start = match.index + trimmed.indexOf(number);
  const before = text.slice(Math.max(0, start - 40), start);
  const after = text.slice(start + number.length, start + number.length + 24);
  if (!standsAlone(before, after) || isOther(number, before, after)) return [];
  const labelled = where.field === true || LABEL.test(before);
  if (!labelled && NOT_A_PHONE.test(before)) return [];
  if (!isWrittenLikeOne(number, labelled)) return [];
  const end = start + number.length + (EXTENSION.exec(after)?.[0].length ?? 0);
  return [{ start, end, text: text.slice(start, end) }];
};

/** A bracket that has lost its other half, or a pair around the whole, belongs to the sentence. */
const withoutLooseBrackets = (text: string): string => {
  if (/^\([^()]*\)$/u.test(text)) return text.slice(1, -1);
  const [opens, closes] = [text.split("(").length, text.split(")").length];
  if (opens > closes) return text.replace(/^\(/u, "");
  return closes > opens ? text.replace(/\)$/u, "") : text;
};

const standsAlone = (before: string, after: string): boolean =>
  !/(?:[\w@/\\+*&~%]|\w[-–]|\d\s?[.,:])$/u.test(before) &&
  !/^(?:[\p{L}\d_@%*=&+]|[.,:/\\\-–]\d|:\/\/|\.\p{Ll})/u.test(extensionOff(after));

const extensionOff = (after: string): string => after.replace(EXTENSION, "");

const digits = (text: string): string => text.replace(/\D/gu, "");

// ── what is certainly something else ──

const DATE = /^(?:(?:19|20)\d\d[.\-/\s](?:0?[1-9]|1[0-2])[.\-/\s](?:0?[1-9]|[12]\d|3[01])|(?:0?[1-9]|[12]\d|3[01])[.\-/](?:0?[1-9]|[12]\d|3[01])[.\-/](?:19|20)?\d\d)(?:\s\d{1,2})?$/u;
const YEARS = /^(?:19|20)\d\d\s?[-–/]\s?(?:19|20)\d\d$/u;
const IP = /^(?:\d{1,3}\.){3}\d{1,3}$/u;
const DECIMAL = /^\d+\.\d{1,2}$/u;
const THOUSANDS = /^[1-9]\d{0,2}(?:[\s\u00a0\u202f.]\d{3})+$/u;
const SAME = /^(\d)\1+$/u;

const isOther = (number: string, before: string, after: string): boolean =>
  DATE.test(number) || YEARS.test(number) || IP.test(number) || DECIMAL.test(number) || SAME.test(digits(number)) ||
  MONEY_OR_MEASURE.test(after) || /[$€£¥₹]\s?$/u.test(before) || /^\s?:\d\d\b/u.test(after);

// ── how people write phone numbers ──

const isWrittenLikeOne = (number: string, labelled: boolean): boolean => {
  const all = digits(number);
  if (number.startsWith("+")) return all.length >= 7 && all.length <= 16 && /^[1-9]/u.test(all);
  if (/^\(?00[1-9]/u.test(number)) return all.length >= 9 && all.length <= 17;
  if (labelled) return all.length >= 7 && all.length <= 15;
  if (isNorthAmerican(number, all)) return true;
  if (/^\(?0[1-9]/u.test(number)) return hasTrunkZero(number, all);
  if (/^1[358]00?\s\d{3}\s\d{3}$/u.test(number)) return true; // Australian 1300 and 1800 numbers
  return !THOUSANDS.test(number) && /^[2-9]\d{2}-\d{4}$/u.test(number);
};

const isNorthAmerican = (number: string, all: string): boolean => {
  const ten = all.length === 11 && all.startsWith("1") ? all.slice(1) : all;
  if (!/^[2-9]\d{2}[2-9]\d{6}$/u.test(ten)) return false;
  if (/^\d+$/u.test(number)) return all.length === 10;
  return /^(?:1[\s\u00a0.-]?)?\(?\d{3}\)?[\s\u00a0.\-–/]{0,2}\d{3}[\s\u00a0.\-–]\d{4}$/u.test(number);
};

/** 0161 496 0000, 01 23 45 67 89, 030/901820; written in one piece it needs the length of one. */
const hasTrunkZero = (number: string, all: string): boolean =>
  all.length >= 8 && all.length <= 12 && (/^\d+$/u.test(number) ? all.length >= 9 && all.length <= 12 : true);
