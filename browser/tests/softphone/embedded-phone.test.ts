/** 8x8's frame, as its documentation has its messages. */

import { beforeEach, describe, expect, it, vi } from "vitest";
import type { Overheard } from "../../src/shared/phone";
import { EmbeddedPhone, linkFor } from "../../src/softphone/embedded-phone";

const FRAME = "https://cloud8.8x8.com/mashell/public/index.html?env=embeddable&nextgen=true";
const ORIGIN = "https://cloud8.8x8.com";

const vendor = { postMessage: vi.fn() };
let said: Overheard[];
let phone: EmbeddedPhone;

beforeEach(() => {
  vi.useFakeTimers();
  vendor.postMessage.mockClear();
  said = [];
  let id = 0;
  phone = new EmbeddedPhone(FRAME, {
    window: () => vendor, overheard: (more) => void said.push(...more), now: () => Date.now(), newId: () => `p${++id}`,
  });
});

const event = (what: string, more: object = {}, kind = "uc") => ({
  eventType: `mashell-voice-phone-${what}-${kind}-event-v1`, status: "success",
  data: { eventName: what, eventId: "eventIdString", method: "mapEvent", direction: "inbound", media: "phone", searchContext: "+14155550100", startTime: "1751445666638", ...more },
});
const hear = (data: unknown, origin = ORIGIN, source: unknown = vendor): void => phone.heard({ data, origin, source: source as Window });
const kinds = (): string[] => said.map(({ event: each }) => (each as { eventType: string }).eventType);

describe("what it says", () => {
  it("is one call with an id of ours, from ringing to its end", () => {
    for (const what of ["offered", "accepted", "terminated"]) hear(event(what, what === "terminated" ? { endTime: "1751445695892", callDuration: "00:00:22" } : {}));
    expect(said.map(({ call, seq }) => [call, seq])).toEqual([["p1", 1], ["p1", 2], ["p1", 3]]);
    expect(said[2]?.event).toMatchObject({ data: { callDuration: "00:00:22" } });
    hear(event("offered", { startTime: "1751445700000" }));
    expect(said[3]).toMatchObject({ call: "p2", seq: 1 });
  });

  it("keeps two calls at once apart", () => {
    hear(event("offered"));
    hear(event("offered", { searchContext: "+442079460018" }));
    hear(event("terminated"));
    expect(said.map(({ call }) => call)).toEqual(["p1", "p2", "p1"]);
  });

  it("is heard from the frame only, and from its own origin", () => {
    hear(event("offered"), "https://cloud8.8x8.com.evil.example");
    hear(event("offered"), ORIGIN, { postMessage: vi.fn() });
    hear(event("offered"), ORIGIN, null);
    expect(said).toEqual([]);
  });

  it.each([
    ["nothing", null], ["a text", "offered"], ["an empty object", {}], ["a failed event", { ...event("offered"), status: "failed" }],
    ["Contact Center's", event("offered", {}, "cc")], ["without a start", event("offered", { startTime: 7 })], ["a list", [event("offered")]],
  ])("is passed over when it is %s", (_, data) => {
    hear(data);
    expect(said).toEqual([]);
  });

  it("takes back what nothing follows: a search in its window looks like a call", () => {
    hear(event("offered"));
    vi.advanceTimersByTime(120_000);
    expect(kinds()).toEqual(["mashell-voice-phone-offered-uc-event-v1", "offhook-call-lost"]);
    expect(said[1]).toMatchObject({ call: "p1", seq: 2, event: { data: { searchContext: "+14155550100" } } });
  });

  it("lets a call that was answered last", () => {
    hear(event("offered"));
    hear(event("accepted"));
    vi.advanceTimersByTime(3_600_000);
    expect(said).toHaveLength(2);
    phone.close();
    expect(kinds().at(-1)).toBe("offhook-call-lost");
    phone.close();
    expect(said).toHaveLength(3);
  });
});

describe("a number to call", () => {
  it("goes to the frame, as 8x8 documents it, and to nobody else", () => {
    expect(phone.startCall("+14155550100")).toBe(true);
    const [message, options] = vendor.postMessage.mock.calls[0] ?? [];
    expect(message).toMatchObject({ eventName: "maEvent", family: "external", content: { eventName: "startCall", method: "mapDirective", phoneNumber: "+14155550100" } });
    expect(options).toEqual({ targetOrigin: ORIGIN });
  });

  it.each([
    ["+1 (415) 555-0100", null, "tel:+14155550100"],
    ["+1 415 555 0100", "+14155550199", "votel://+14155550100/+14155550199"],
    ["415-555-0100", "+14155550199", "tel:4155550100"],
    ["*72#", null, "tel:*72%23"],
    ["tel:1?x=/+2", null, "tel:12"],
  ])("%s becomes a link", (number, callerId, link) => {
    expect(linkFor({ link: "tel:{number}", link_as: "votel://{number}/{caller_id}" }, number, callerId)).toBe(link);
  });
});
