/** The peer: libphonenumber-js with what it says is best for texts, told the country. */

import { type CountryCode, findPhoneNumbersInText } from "libphonenumber-js";
import type { Span } from "./labelled";

export const findAsPeer = (text: string, country: string): Span[] =>
  findPhoneNumbersInText(text, { defaultCountry: country as CountryCode }).map(({ startsAt, endsAt }) => ({ start: startsAt, end: endsAt }));
