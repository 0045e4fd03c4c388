import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { TabPhone } from "../../src/panel/hosts/tab-phone";
import { asTheComputerHasIt, noPhone, type PhoneLine, type PhoneView } from "../../src/shared/phone";
import { Refused } from "../../src/shared/refused";
import type { Phone, PhoneEars } from "../../src/softphone/phone";
import { talking } from "../fixtures";
import { line } from "../softphone/fake-agent";

/** What all tabs of a browser share: one lock, one channel. */
class Browser {
  channels: { onmessage: (data: unknown) => void; of: object }[] = [];
  private queue: (() => void)[] = [];
  private held = false;

  locks = {
    query: async () => ({ held: this.held ? [{ name: "offhook-phone" }] : [] }),
    request: async (_: string, hold: () => Promise<unknown>) => {
      if (this.held) await new Promise<void>((turn) => this.queue.push(turn));
      this.held = true;
      await hold();
    },
  };

  leaderCloses(): void {
    this.held = false;
    this.queue.shift()?.();
  }
}

let browser: Browser;
const made: { phone: FakePhone; ears: PhoneEars }[] = [];

class FakePhone implements Phone {
  view: PhoneView = noPhone;
  used: (PhoneLine | null)[] = [];
  sent: unknown[] = [];
  choices = asTheComputerHasIt;
  constructor(private readonly ears: PhoneEars) {}
  use(to: PhoneLine | null): void { this.used.push(to); }
  choose(choices: typeof asTheComputerHasIt): void { this.choices = choices; }
  setAvailable = (): void => undefined;
  async send(command: unknown): Promise<string> {
    this.sent.push(command);
    if ((command as { do: string }).do === "hold") throw new Refused({ code: "not-now", says: "Not now.", remedy: null, retryable: true, status: 0, contacts: [] });
    return "l1";
  }
  show(view: PhoneView): void { this.view = view; this.ears.changed(view); }
}

const tab = () => {
  const lost = vi.fn();
  const load = vi.fn(async (ears: PhoneEars): Promise<Phone> => (made.push({ ears, phone: new FakePhone(ears) }), (made.at(-1) as { phone: FakePhone }).phone));
  const phone = new TabPhone({ changed: () => undefined, refused: () => undefined, said: () => undefined, lost }, load);
  return { phone, lost, load };
};
const settle = () => vi.advanceTimersByTimeAsync(0);

beforeEach(() => {
  vi.useFakeTimers();
  browser = new Browser();
  made.length = 0;
  vi.stubGlobal("navigator", { locks: browser.locks });
  vi.stubGlobal("addEventListener", vi.fn());
  vi.stubGlobal("BroadcastChannel", class {
    addEventListener(_: string, heard: (event: { data: unknown }) => void): void { browser.channels.push({ of: this, onmessage: (data) => heard({ data }) }); }
    postMessage(data: unknown): void { for (const each of browser.channels) if (each.of !== this) each.onmessage(structuredClone(data)); }
  });
});
afterEach(() => void vi.unstubAllGlobals());

it("makes one phone for all tabs, and every tab shows it", async () => {
  const first = tab();
  await settle();
  const second = tab();
  await settle();
  first.phone.use(line());
  second.phone.use(line());
  await settle();
  expect(made).toHaveLength(1);
  expect(second.load).not.toHaveBeenCalled();
  made[0]?.phone.show({ ...noPhone, purpose: "line 201", state: "ready", legs: [talking()] });
  expect(second.phone.view).toMatchObject({ state: "ready", legs: [{ id: "l1" }] });
});

it("hands on what another tab is asked, and brings back what came of it", async () => {
  const first = tab();
  await settle();
  const second = tab();
  await settle();
  first.phone.use(line());
  await settle();
  expect(await second.phone.send({ do: "mute", leg: "l1" })).toBe("l1");
  expect(made[0]?.phone.sent).toEqual([{ do: "mute", leg: "l1" }]);
  await expect(second.phone.send({ do: "hold", leg: "l1" })).rejects.toThrow("Not now.");
  second.phone.choose({ ...asTheComputerHasIt, ringer: "s2" });
  expect(made[0]?.phone.choices.ringer).toBe("s2");
});

it("shows a tab that comes later what is there", async () => {
  const first = tab();
  await settle();
  first.phone.use(line());
  await settle();
  made[0]?.phone.show({ ...noPhone, purpose: "line 201", state: "ready" });
  const second = tab();
  await settle();
  expect(second.phone.view.state).toBe("ready");
});

it("takes over when the tab that was the phone closes", async () => {
  tab();
  await settle();
  const second = tab();
  await settle();
  expect(second.lost).not.toHaveBeenCalled();
  browser.leaderCloses();
  await settle();
  expect(second.lost).toHaveBeenCalledOnce();
  second.phone.use(line());
  await settle();
  expect(second.load).toHaveBeenCalledOnce();
});

it("loads the phone again when that failed", async () => {
  const first = tab();
  first.load.mockRejectedValueOnce(new TypeError("no network"));
  await settle();
  first.phone.use(line());
  await settle();
  expect(made).toHaveLength(0);
  await vi.advanceTimersByTimeAsync(5_000);
  expect(made[0]?.phone.used).toHaveLength(1);
});

it("says that the tab with the phone does not answer", async () => {
  tab();
  await settle();
  const second = tab();
  await settle();
  browser.channels.shift();
  const asked = second.phone.send({ do: "mute", leg: "l1" });
  const refused = expect(asked).rejects.toThrow("does not answer");
  await vi.advanceTimersByTimeAsync(20_000);
  await refused;
});
