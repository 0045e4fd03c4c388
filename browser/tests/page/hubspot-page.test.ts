// @vitest-environment happy-dom
import { readFileSync } from "node:fs";
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

/** The service's catalogue, as its documents show it: what HubSpot says under which heading. */
const catalogue = (): [string, string][] => {
  const text = readFileSync("../docs/how-to/cannot-connect.md", "utf8");
  const lines = text.slice(text.indexOf("the catalogue begins"), text.indexOf("## Cause")).split("\n");
  let heading = "";
  return lines.flatMap((line): [string, string][] => {
    if (line.startsWith("### ")) heading = line.slice(4);
    return /^#{3,4} /.test(line) ? [[heading, line.replace(/^#+ /, "")]] : [];
  });
};
const ASKS_ONLY = ["Request for Integration Permissions", "Log in", "HubSpot's page is gone: I closed it, or it closed by itself"];

it("reads every refusal of the catalogue, and nothing that only asks", () => {
  const all = catalogue();
  expect(all.length).toBeGreaterThan(35);
  const silent = all.filter(([heading, shown]) => !ASKS_ONLY.includes(heading) && !refusalOn(page(`${heading}\n${shown}`)));
  expect(silent).toEqual([]);
  for (const asks of ["Grant access", "Connect app", "Choose an account", "This app is not verified."]) {
    expect(all.map(([, shown]) => shown)).toContain(asks);
    expect(refusalOn(page(asks))).toBeNull();
  }
});
