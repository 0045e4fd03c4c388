import { expect, it } from "vitest";
import { hostPattern, siteOf } from "../../src/shared/site";

it.each([
  ["crm.example.com", "https://crm.example.com"], [" https://CRM.example.com/deals?x=1 ", "https://crm.example.com"],
  ["https://crm.example.com:8443/", "https://crm.example.com:8443"], ["http://localhost:8080/x", "http://localhost:8080"], ["shop.localhost:99", "https://shop.localhost:99"],
])("%s is the site %s", (typed, site) => expect(siteOf(typed)).toBe(site));

it.each(["", "  ", "http://crm.example.com", "javascript:alert(1)", "ftp://x.example", "*", "https://*", "nothing", "chrome://settings"])("%s is none", (typed) =>
  expect(siteOf(typed)).toBeNull());

it("asks for the whole host, as browsers want it", () =>
  expect(hostPattern("https://crm.example.com:8443/deals")).toBe("https://crm.example.com/*"));
