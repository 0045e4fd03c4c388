import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { message } from "./fake-agent";
import { setUp, soon } from "./set-up";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe("what it tells the service", () => {
  it("is nothing where the service sees the calls itself", () => {
    const { agent, said } = setUp();
    agent.rings("a").ends();
    expect(said).toEqual([]);
  });

  it("is each thing once, numbered within the call", async () => {
    const { phone, agent, said } = setUp({ relays: true });
    const session = agent.rings("a");
    await phone.send({ do: "answer", leg: "a" });
    await phone.send({ do: "hold", leg: "a" });
    await soon(phone.send({ do: "resume", leg: "a" }));
    await phone.send({ do: "mute", leg: "a" });
    await phone.send({ do: "mute", leg: "a" });
    session.ends();
    expect(said.map(({ what, seq }) => [what, seq])).toEqual([["ringing", 1], ["answered", 2], ["held", 3], ["resumed", 4], ["muted", 5], ["ended", 6]]);
    expect(said.at(-1)).toMatchObject({ call: "call-id-of-a", direction: "inbound", number: "+41446681800", reason: "hung-up" });
  });

  it.each([
    ["another phone of the line answered", { message: message({ headers: { Reason: 'SIP;cause=200;text="Call completed elsewhere"' } }), cause: "Canceled" }, "elsewhere"],
    ["the caller gave up", { message: message(), cause: "Canceled" }, "canceled"],
    ["nobody came", { originator: "system" as const, cause: "No Answer" }, "no-answer"],
  ])("names why an unanswered call ended: %s", (_, ended, reason) => {
    const { agent, said } = setUp({ relays: true });
    agent.rings("a").ends(ended);
    expect(said.at(-1)?.reason).toBe(reason);
  });
});
