// @vitest-environment happy-dom
import { expect, it } from "vitest";
import { isHubSpot, kindOf, refusalOn } from "../../src/page/hubspot-page";

it.each([
  ["https://app.hubspot.com/contacts/42/objects/0-1/views/all/list", "contacts"], ["https://app-eu1.hubspot.com/contacts/42/record/0-1/51", "contacts"],
  ["https://app.hubspot.com/oauth/authorize?client_id=x", "consent"], ["https://app.hubspot.com/oauth/42/authorize", "consent"],
  ["https://app.hubspot.com/login?next=/contacts/", "login"], ["https://app.hubspot.com/settings/42/users", "other"], ["https://app.hubspot.com/contactsheet", "other"],
])("%s is %s", (url, kind) => expect(kindOf(url)).toBe(kind));

it("takes the service's own pages for no HubSpot", () => {
  expect(isHubSpot("http://127.0.0.1:8700/contacts/42", "http://localhost:8600")).toBe(true);
  expect(isHubSpot("http://127.0.0.1:8600/panel/", "http://localhost:8600")).toBe(false);
  expect(isHubSpot("https://app.hubspot.com/x", "http://localhost:8600")).toBe(true);
  expect(isHubSpot("http://localhost:8700/", "https://offhook.example.com")).toBe(true);
});

const page = (text: string): Document => {
  const made = document.implementation.createHTMLDocument();
  made.body.append(Object.assign(made.createElement("main"), { textContent: text }));
  return made;
};

it.each([
  "You don't have the right permissions to install Offhook 1. App Marketplace access", "You don’t have permission to connect this app",
  "You don't have permission to connect this integration.", "Couldn’t complete the connection", "You do not have the correct role to grant these permissions.",
])("reads a refusal: %s", (text) => expect(refusalOn(page(text))).toBe(text));

it.each(["Connect Offhook to HubSpot? Grant access", "Choose an account", ""])("reads no refusal where there is none: %s", (text) => expect(refusalOn(page(text))).toBeNull());

it("reads no more than it may send", () => expect(refusalOn(page(`Couldn't complete the connection ${"x".repeat(30_000)}`))).toHaveLength(20_000));
