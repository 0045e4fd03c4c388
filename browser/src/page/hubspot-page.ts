/** All that Offhook knows of HubSpot's pages: addresses, and the words of a refusal. When HubSpot changes, look here.

    Test on: https://app.hubspot.com/contacts/<hub>/objects/0-1/views/all/list
             https://app.hubspot.com/oauth/authorize?…   as a user without App Marketplace access */

import type { PageKind } from "../messages";

const PATHS: readonly [RegExp, PageKind][] = [
  [/^\/login\b/, "login"],
  [/^\/(oauth|oauth-bridge|api-connect|integrations-oauth)\b/, "consent"],
  [/^\/contacts(\/|$)/, "contacts"],
];

export const kindOf = (url: string): PageKind => {
  const path = new URL(url).pathname;
  return PATHS.find(([pattern]) => pattern.test(path))?.[1] ?? "other";
};

/** The demo's extension also runs on this computer's own pages; the service's are not HubSpot. */
export const isHubSpot = (url: string, service: string): boolean => {
  const [here, there] = [new URL(url), parsed(service)];
  if (!LOOPBACK.test(here.hostname)) return true;
  return !there || !LOOPBACK.test(there.hostname) || here.port !== there.port;
};

const LOOPBACK = /^(localhost|127(\.\d+){3}|\[::1\])$/;

const parsed = (url: string): URL | null => (URL.canParse(url) ? new URL(url) : null);

/** HubSpot's wordings of "no", past and present. Their apostrophes come in both forms. What each means knows the service;
    a test compares these with its catalogue. */
const REFUSALS: readonly RegExp[] = [
  /you don['’]t have (the right )?permissions? to (install|connect)/i,
  /couldn['’]t complete the connection/i,
  /(do not|don['’]t) have the correct role/i,
  /doesn['’]t have access to (some hubspot features|developer tools)/i,
  /you (don['’]t have access to|are not a user of) this account/i,
  /needs to be approved|must approve an app|you requested approval|your request was denied/i,
  /has limited who can install|there was a problem fetching approvers/i,
  /install link is no longer valid/i,
  /something went wrong/i,
];

const TEXT_MOST = 20_000;

/** What HubSpot's consent page says, if it says no. */
export const refusalOn = (page: Document): string | null => {
  const text = visibleText(page.querySelector<HTMLElement>("main, [role=main]") ?? page.body);
  return REFUSALS.some((refusal) => refusal.test(text)) ? text : null;
};

const visibleText = (element: HTMLElement | null): string =>
  (element?.innerText ?? element?.textContent ?? "").trim().slice(0, TEXT_MOST);

/** Where HubSpot itself says that a text is a phone number. */
const PHONE_FIELDS =
  '[data-test-id*="phone" i], [data-selenium-test*="phone" i], [data-property-name*="phone" i], [data-column-id*="phone" i], ' +
  '[data-field*="phone" i], [data-column*="phone" i], td.phone, [itemprop="telephone"]';

export const isPhoneField = (element: Element): boolean => element.closest(PHONE_FIELDS) !== null;
