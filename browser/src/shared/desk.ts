/** What stands between the panel and the service, the same in the extension's background and in the page:
    who is signed in, the live stream, the truth about calls, notes not yet confirmed. It shows itself as one DeskView. */

import { Drafts } from "./drafts";
import { newer, withCall, withNotes } from "./follow";
import { type Frame, Live, type LiveTools, ordinaryTools, type Reach } from "./live";
import { refusalOf, unreachable } from "./refused";
import { type NewContact, Service, type WrapUp } from "./service";
import { type Attempt, type Memory, SignIn } from "./sign-in";
import type { Action, Call, Panel, Preferences, Reason, SignInAsk, Stopped } from "./values";

/** What an attempt shows of itself: no secret, of none. */
export type ShownAttempt = Omit<Attempt, "secret" | "earlier">;

export interface DeskState {
  address: string;
  reach: Reach;
  why_offline: Reason | null;
  signed_in: boolean;
  signed_out_because: Reason | null;
  attempt: ShownAttempt | null;
  panel: Panel | null;
  drafts: Readonly<Record<string, string>>;
  /** Other HubSpot accounts in which the agent is signed in, too; one at a time is shown. */
  others: readonly OtherAccount[];
  notice: Reason | null;
  /** A number that was clicked and waits for the agent's word. */
  to_dial: string | null;
}

export interface OtherAccount {
  account_id: string;
  account_name: string;
  as: string;
}

interface KeptAccount extends OtherAccount {
  token: string;
}

export interface Surroundings {
  lasting: Memory;
  passing: Memory;
  changed(state: DeskState): void;
  popRecord(url: string, state: DeskState): void;
  fetch?: typeof globalThis.fetch;
  live?: LiveTools;
}

const PROBE_MS = 4_000;
const POPS_REMEMBERED = 100;

export class Desk {
  state: DeskState;
  private token: string | null = null;
  private others: KeptAccount[] = [];
  private live: Live | null = null;
  private service: Service;
  private readonly signIn: SignIn;
  private readonly drafts: Drafts;
  private probe: ReturnType<typeof setTimeout> | undefined;
  private popped: string[] = [];
  private cursor: string | null = null;
  /** Grows with each frame: an answer asked for before a frame is older than that frame. */
  private heard = 0;

  constructor(private readonly around: Surroundings) {
    this.state = {
      address: "", reach: "starting", why_offline: null, signed_in: false, signed_out_because: null,
      attempt: null, panel: null, drafts: {}, others: [], notice: null, to_dial: null,
    };
    this.service = this.serviceAt("");
    this.signIn = new SignIn(() => this.service, around.lasting, around.passing, {
      changed: (attempt) => this.become({ attempt: attempt && shown(attempt) }),
      granted: (token, elsewhere) => this.signedIn(token, elsewhere),
    });
    this.drafts = new Drafts(around.passing, {
      put: (id, notes) => this.service.saveNotes(id, notes),
      changed: (drafts) => this.become({ drafts }),
      confirmed: (id, notes) => this.state.panel && this.become({ panel: withNotes(this.state.panel, id, notes) }),
    });
  }

  async start(address: string): Promise<void> {
    this.service = this.serviceAt(address);
    this.become({ address, reach: "starting", why_offline: null });
    const { lasting, passing } = this.around;
    const kept = (await lasting.read("sign-in")) as { address?: string; token?: string } | null | undefined;
    await this.keepOthers(((await lasting.read("others")) as KeptAccount[] | null | undefined) ?? []);
    this.popped = ((await passing.read("popped")) as string[] | null | undefined) ?? [];
    await this.drafts.resume();
    await this.signIn.resume();
    if (kept?.token && kept.address === this.state.address) await this.resume(kept.token);
    else this.lookForService();
  }

  /** Another service: nothing of the old one counts there. */
  async moveTo(address: string): Promise<void> {
    if (address === this.state.address) return;
    await this.keepOthers([]);
    await this.leave(null);
    await this.start(address);
  }

  // ── signing in and out ──

  /** `elsewhere`: another HubSpot account, beside this one. */
  connect = async (ask: SignInAsk, returnTo: string | null, elsewhere = false): Promise<string> => {
    this.become({ signed_out_because: null });
    return this.signIn.begin(ask, returnTo, elsewhere);
  };

  /** Show another account in which the agent is signed in; this one stays signed in. */
  switchTo = async (accountId: string): Promise<void> => {
    const next = this.others.find(({ account_id }) => account_id === accountId);
    if (next) await this.signedIn(next.token, true);
  };
  stuck = (stopped: Stopped): Promise<void> => this.signIn.stuck(stopped);
  giveUp = (): Promise<void> => this.signIn.drop();

  signOut = async (): Promise<void> => {
    await this.service.signOut().catch(() => undefined); // out here in any case
    await this.leave(null);
    await this.goOnElsewhere();
  };

  forgetGrant = async (): Promise<void> => {
    await this.asked(() => this.service.forgetGrant());
    await this.leave(null);
    await this.goOnElsewhere();
  };

  tryNow = async (): Promise<void> => {
    if (this.live) return this.live.tryNow();
    clearTimeout(this.probe);
    await this.look();
  };

  // ── asking ──

  /** Anything of the service, as whoever is signed in here. */
  ask = (method: string, where: string, body?: unknown) => this.asked(() => this.service.ask(method, where, body));

  contacts = (query: string) => this.asked(() => this.service.contacts(query));
  callsBefore = (before: string) => this.asked(() => this.service.calls(before));
  aroundContact = (contactId: string) => this.asked(() => this.service.around(contactId));
  diagnose = () => this.asked(() => this.service.diagnosis());
  askForHelp = (email: string | null) => this.asked(() => this.signIn.askForHelp(email));
  rights = (email: string) => this.asked(() => this.signIn.rights(email));
  wordings = () => this.service.wordings();

  choosePhoneSystem = (key: string) => this.panelAfter(() => this.service.choosePhoneSystem(key));
  logIn = (line: string, secret: string | null) => this.panelAfter(() => this.service.logIn(line, secret));
  logOut = () => this.panelAfter(() => this.service.logOut());
  setStatus = (status: string) => this.panelAfter(() => this.service.setStatus(status));
  setAvailable = (available: boolean) => this.panelAfter(() => this.service.setAvailable(available));
  choosePreferences = (preferences: Preferences) => this.panelAfter(() => this.service.choosePreferences(preferences));
  disableGrant = () => this.panelAfter(() => this.service.disableGrant());
  enableGrant = () => this.panelAfter(() => this.service.enableGrant());
  rightsTakenBack = (id: string) => this.panelAfter(() => this.service.rightsTakenBack(id));

  lines = () => this.service.lines();
  dial = (number: string, contactId: string | null) => this.callAfter(() => this.service.dial(number, contactId));
  act = (id: string, action: Action, to?: string) => this.callAfter(() => this.service.act(id, action, to));
  chooseContact = (id: string, contactId: string) => this.callAfter(() => this.service.chooseContact(id, contactId));
  logAgain = (id: string) => this.callAfter(() => this.service.logAgain(id));
  createContact = (contact: NewContact) => this.asked(() => this.service.createContact(contact));

  note = (id: string, notes: string): void => this.drafts.note(id, notes);

  wrapUp = async (id: string, wrapUp: WrapUp): Promise<Call> => {
    const call = await this.callAfter(() => this.service.wrapUp(id, wrapUp));
    this.drafts.forget(id);
    return call;
  };

  toDial(number: string | null): void {
    this.become({ to_dial: number });
  }

  notice(notice: Reason | null): void {
    this.become({ notice });
  }

  // ── inside ──

  private serviceAt = (address: string): Service => new Service(address, () => this.token, this.around.fetch);

  private become(change: Partial<DeskState>): void {
    this.state = { ...this.state, ...change };
    this.around.changed(this.state);
  }

  private async signedIn(token: string, elsewhere: boolean): Promise<void> {
    const here = elsewhere ? this.thisAccount() : null;
    await this.keepOthers([...this.others.filter((each) => each.token !== token), ...(here ? [here] : [])]);
    await this.around.lasting.write("sign-in", { address: this.state.address, token });
    await this.around.passing.write("live", null);
    clearTimeout(this.probe);
    await this.resume(token);
  }

  private thisAccount(): KeptAccount | null {
    const { panel } = this.state;
    if (!this.token || !panel) return null;
    return { token: this.token, account_id: panel.grant.account_id, account_name: panel.grant.account_name, as: panel.grant.as };
  }

  private async keepOthers(others: KeptAccount[]): Promise<void> {
    this.others = others;
    this.become({ others: others.map(({ token: _, ...each }) => each) });
    await this.around.lasting.write("others", others.length ? others : null);
  }

  /** Out of one account: the next one is shown, if there is one. */
  private async goOnElsewhere(): Promise<void> {
    const [next] = this.others;
    if (next) await this.signedIn(next.token, false);
    else this.lookForService();
  }

  private async resume(token: string): Promise<void> {
    this.live?.stop();
    this.token = token;
    const kept = (await this.around.passing.read("live")) as { cursor: string; panel: Panel } | null | undefined;
    this.cursor = kept?.cursor ?? null;
    this.become({ signed_in: true, signed_out_because: null, reach: "starting", panel: kept?.panel ?? null });
    this.live = new Live(this.service.liveAddress, token, kept?.cursor ?? null, {
      frame: (frame) => this.frame(frame),
      reach: (reach, why) => this.reached(reach, why),
      signedOut: (reason) => void this.leave(reason).then(() => this.lookForService()),
    }, this.around.live ?? ordinaryTools);
    this.live.start();
  }

  private async leave(because: Reason | null): Promise<void> {
    this.live?.stop();
    this.live = null;
    this.token = null;
    this.cursor = null;
    clearTimeout(this.probe);
    if (!because) await this.signIn.drop(); // thrown out by the service, an attempt to come back still counts
    this.become({ signed_in: false, panel: null, signed_out_because: because, notice: null });
    await this.around.lasting.write("sign-in", null);
    await this.around.passing.write("live", null);
  }

  private reached(reach: Reach, why: Reason | null): void {
    if (reach === this.state.reach && why === this.state.why_offline) return;
    this.become({ reach, why_offline: reach === "offline" ? (why ?? unreachable(this.state.address)) : null });
    if (reach === "online") this.drafts.putAll();
  }

  private frame(frame: Frame): void {
    this.heard += 1;
    if (frame.type === "panel") this.become({ panel: this.settled(frame.panel) });
    if (frame.type === "panel") void this.forgetDoubles(frame.panel);
    if (frame.type === "call" && this.state.panel) this.become({ panel: withCall(this.state.panel, frame.call) });
    if (frame.type === "screen-pop") this.pop(frame.call_id, frame.url);
    this.cursor = frame.cursor;
    this.keep();
  }

  /** Somebody who connects the same account once more has it once. */
  private async forgetDoubles({ grant }: Panel): Promise<void> {
    const others = this.others.filter((each) => each.account_id !== grant.account_id || each.as !== grant.as);
    if (others.length < this.others.length) await this.keepOthers(others);
  }

  /** What a woken worker shows at once, and from where it asks for the rest. */
  private keep(): void {
    const { panel } = this.state;
    if (panel && this.cursor !== null) void this.around.passing.write("live", { cursor: this.cursor, panel });
  }

  private pop(callId: string, url: string): void {
    if (this.popped.includes(callId) || !sameOrigin(url, this.state.panel?.hubspot.app_url)) return;
    this.popped = [...this.popped, callId].slice(-POPS_REMEMBERED);
    void this.around.passing.write("popped", this.popped);
    this.around.popRecord(url, this.state);
  }

  private settled(told: Panel): Panel {
    const known = this.state.panel?.calls ?? [];
    return { ...told, calls: told.calls.map((call) => newer(known.find(({ id }) => id === call.id), call)) };
  }

  private async panelAfter(ask: () => Promise<Panel>): Promise<void> {
    const before = this.heard;
    const panel = await this.asked(ask);
    if (before === this.heard || this.state.reach !== "online") this.become({ panel: this.settled(panel) });
    this.keep();
  }

  private async callAfter(ask: () => Promise<Call>): Promise<Call> {
    const before = this.heard;
    const call = await this.asked(ask);
    const fresh = before === this.heard || !this.knows(call.id);
    if (fresh && this.state.panel) this.become({ panel: withCall(this.state.panel, call) });
    this.keep();
    return call;
  }

  private knows = (id: string): boolean => this.state.panel?.calls.some((call) => call.id === id) ?? false;

  private async asked<T>(ask: () => Promise<T>): Promise<T> {
    try {
      return await ask();
    } catch (error) {
      const refusal = refusalOf(error);
      if (refusal.status === 401 && refusal.code === "signed-out") {
        await this.leave(refusal);
        this.lookForService();
      }
      throw error;
    }
  }

  /** Nobody is signed in, so no stream tells whether the service is there: ask now and then. */
  private lookForService(): void {
    clearTimeout(this.probe);
    void this.look();
  }

  private async look(): Promise<void> {
    const { service } = this;
    const why = await service.isThere().then(() => null, refusalOf);
    if (service !== this.service || this.live) return;
    this.reached(why ? "offline" : "online", why);
    if (why) this.probe = setTimeout(() => void this.look(), PROBE_MS);
  }
}

const shown = ({ secret: _, earlier: __, ...attempt }: Attempt): ShownAttempt => attempt;

export const sameOrigin = (url: string, other: string | undefined): boolean => {
  try {
    return Boolean(other) && new URL(url).origin === new URL(other ?? "").origin;
  } catch {
    return false;
  }
};
