/** What the browser needs to know of phone numbers. The judge of what a number is sits in the service. */

export const digitsOf = (text: string): string => text.replace(/\D/g, "");

/** Worth asking the service to dial: something with a digit, or a vanity number. Lines such as 201 count. */
export const mayBeDialled = (text: string): boolean => /[\d*#]/.test(text) && text.trim().length <= 80;

/** The number in a text that was selected, a little too much of it, too; without one the text, as it may be a vanity number. */
export const numberIn = (text: string): string =>
  (/[+(]{0,2}\d[\d\s().\-/\u2010-\u2013]{4,30}\d(?:\s*(?:ext\.?|x|#)\s*\d{1,6})?/i.exec(text)?.[0] ?? text.slice(0, 80)).trim();

/** What a tel: link means, without its parameters but with its extension. */
export const ofTelLink = (href: string): string => {
  const body = safeDecode(href.replace(/^(tel|callto):(\/\/)?/i, ""));
  const [number = "", ...parameters] = body.split(";");
  const ext = parameters.map((p) => /^ext=(\d+)$/i.exec(p)?.[1]).find(Boolean);
  return ext ? `${number} ext. ${ext}` : number;
};

const safeDecode = (text: string): string => {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
};
