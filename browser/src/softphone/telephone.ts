/** Between the desk and this browser's phone: registers it for the agent's line, sends to it what is spoken here and the
    rest to the service, and shows both as one. */

import { answer, type Ask, type Asks, type DeskAsk, type ShellAsk } from "../shared/asks";
import type { Desk, DeskState } from "../shared/desk";
import { isProvisional, withLegs } from "../shared/legs";
import { asTheComputerHasIt, type PhoneChoices, type PhoneCommand, type PhoneLine, type PhoneView, type Overheard, type Said } from "../shared/phone";
import { phoneLine } from "../shared/read";
import { Refused, refusalOf } from "../shared/refused";
import type { Memory } from "../shared/sign-in";
import type { Action, Call, Panel, PhoneSystem, Reason, Refusal } from "../shared/values";
import type { Phone } from "./phone";
import { Relay } from "./relay";

export interface Around {
  desk: Desk;
  phone: Phone;
  lasting: Memory;
  /** Over when the phone has shown itself once, so that one which survived us is not begun anew. */
  met: Promise<unknown>;
  changed(): void;
}

/** Clocks of computers are often wrong: the service is told how long ago it was. */
const aged = (said: Said | Overheard): unknown => {
  if (!("heard" in said)) return said;
  const { heard, ...rest } = said;
  return { ...rest, age_ms: Math.max(0, Date.now() - heard) };
};

const CHOICES = "phone-choices";
/** How long (ms) a call may take to appear from the service before the phone's own picture of it will do. */
const APPEARS_MS = 4_000;
/** A press on Answer may be faster than the phone system's invitation to this browser. */
const INVITED_MS = 1_500;
/** Pauses (ms) before the password is asked for again. */
const PAUSES = [500, 5_000, 30_000, 300_000];

const UNREADABLE: Refusal = {
  code: "softphone-unreadable", says: "The service names no phone system that this browser can reach.", remedy: "Whoever runs Offhook looks at the phone system’s address in the settings.",
  retryable: true, status: 500, contacts: [],
};

export class Telephone {
  /** What GET /api/softphone was last asked for. */
  private asked: string | null = null;
  private refusals = 0;
  /** The purpose for which there is no softphone, although the phone system is one that has them. */
  private none: string | null = null;
  private again: ReturnType<typeof setTimeout> | undefined;
  private available: boolean | null = null;
  private choices: PhoneChoices = asTheComputerHasIt;
  private refused: Reason | null = null;
  private dismissed: Reason | null = null;
  private waiting = new Set<() => void>();
  private readonly relay: Relay;
  /** Of what the vendor's own softphone says in its frame. */
  private readonly overheard: Relay;
  private met = false;

  constructor(private readonly around: Around) {
    this.relay = new Relay(around.lasting, (said) => around.desk.ask("POST", "/api/relay", { said }), () => this.purpose());
    this.overheard = new Relay(around.lasting, (said) => around.desk.ask("POST", "/api/relay", { said: said.map(aged) }), () => this.purpose((system) => Boolean(system.own_app)), "overheard");
    void Promise.all([around.met, this.resume()]).then(() => {
      this.met = true;
      around.phone.choose(this.choices);
      this.asked = around.phone.view.purpose;
      this.deskChanged();
    });
  }

  /** What the panel is shown: the desk's calls with the legs that are spoken here. */
  shown(state: DeskState): { panel: Panel | null; phone: PhoneView } {
    const { view } = this.around.phone;
    const reason = view.reason ?? this.refused;
    const phone: PhoneView = { ...view, state: this.comes() ? "starting" : view.state, choices: this.choices, reason: reason === this.dismissed ? null : reason };
    return { panel: state.panel && withLegs(state.panel, this.mine() ? view.legs : []), phone };
  }

  deskChanged(): void {
    for (const look of this.waiting) look();
    if (!this.met) return;
    const { state } = this.around.desk;
    const available = state.panel?.agent.available ?? null;
    if (available !== null && available !== this.available) this.around.phone.setAvailable(available);
    this.available = available ?? this.available;
    if (!this.known()) return; // nobody is thrown off the line by a worker that was just woken
    const purpose = this.purpose();
    if (purpose !== this.asked) void this.register(purpose);
    if (state.reach === "online") void Promise.all([this.relay.send(), this.overheard.send()]);
  }

  phoneChanged(): void {
    if (this.around.phone.view.state === "ready") this.refusals = 0;
    for (const look of this.waiting) look();
    this.around.changed();
  }

  /** The phone is gone, or another tab's is ours now. */
  lost(): void {
    this.asked = null;
    this.available = null;
    if (!this.met) return;
    this.around.phone.choose(this.choices);
    this.deskChanged();
  }

  /** Its password is not good any more. */
  passwordRefused(): void {
    this.later(() => void this.register(this.purpose()));
  }

  said = (said: Said[]): Promise<void> => this.relay.add(said);

  async answer<A extends Exclude<Ask, ShellAsk>>(ask: A, given: Asks[A]["with"]): Promise<unknown> {
    switch (ask) {
      case "dial": return this.dial(given as Asks["dial"]["with"]);
      case "act": return this.act(given as Asks["act"]["with"]);
      case "tone": return this.tone(given as Asks["tone"]["with"]);
      case "overheard": return this.overheard.add((given as Asks["overheard"]["with"]).said);
      case "connect-both": return this.both("connect-both", given as Asks["connect-both"]["with"]);
      case "merge": return this.both("merge", given as Asks["merge"]["with"]);
      case "split": return this.around.phone.send({ do: "split", leg: this.legOf((given as Asks["split"]["with"]).call_id) ?? "" });
      case "choose-phone": return this.choose(given as Asks["choose-phone"]["with"]);
      case "dismiss-notice": this.dismissed = this.around.phone.view.reason ?? this.refused; break;
      case "try-now": this.refusals = 0; this.asked = this.around.phone.view.purpose; this.deskChanged(); break;
    }
    return answer(this.around.desk, ask as DeskAsk, given as never);
  }

  // ── the line ──

  /** For what this browser is the phone, or in a moment will be; null: for nothing; undefined: that is not known yet. */
  serves = (): string | null | undefined => (this.met && this.known() ? this.purpose() : undefined);

  /** With what it is registered for that; null: for nothing. Raises Refused. */
  async line(purpose = this.purpose()): Promise<PhoneLine | null> {
    if (purpose === null) return null;
    const line = phoneLine(await this.around.desk.ask("GET", "/api/softphone"), purpose);
    if (!line) throw new Refused(UNREADABLE);
    return line;
  }

  private known(): boolean {
    const { state } = this.around.desk;
    return state.signed_in ? state.panel !== null : state.reach !== "starting";
  }

  /** What this browser should be a phone for: a change of any of it is another registration. */
  private purpose(has = (system: PhoneSystem): boolean => system.softphone): string | null {
    const { panel, signed_in, address } = this.around.desk.state;
    const system = panel?.phone_systems.find(({ key }) => key === panel.phone_system);
    if (!signed_in || !panel?.line || !system || !has(system)) return null;
    return [address, panel.grant.account_id, panel.agent.id, system.key, panel.line.number].join(" ");
  }

  private mine = (): boolean => this.around.phone.view.purpose !== null && this.around.phone.view.purpose === this.purpose();

  /** This browser will be the phone in a moment, and is not yet. */
  private comes(): boolean {
    const purpose = this.purpose();
    return purpose !== null && purpose !== this.none && !this.refused && this.around.phone.view.purpose !== purpose;
  }

  private async register(purpose: string | null): Promise<void> {
    this.asked = purpose;
    this.none = null;
    clearTimeout(this.again);
    this.refused = null;
    if (purpose === null) return this.around.phone.use(null);
    try {
      const line = await this.line(purpose);
      if (this.asked === purpose && purpose === this.purpose()) this.around.phone.use(line);
    } catch (error) {
      this.notAsked(error);
    }
  }

  private notAsked(error: unknown): void {
    const refusal = refusalOf(error);
    if (refusal.status === 404) this.none = this.asked; // it has none after all
    if (refusal.status === 404) return this.around.changed();
    if (refusal.status !== 0) this.refused = refusal;
    this.later(() => void this.register(this.purpose()));
    this.around.changed();
  }

  private later(what: () => void): void {
    clearTimeout(this.again);
    this.again = setTimeout(what, PAUSES[Math.min(this.refusals, PAUSES.length - 1)]);
    this.refusals += 1;
  }

  // ── what is asked ──

  private async dial({ number, contact_id }: Asks["dial"]["with"]): Promise<unknown> {
    const { desk, phone } = this.around;
    if (!this.mine() || phone.view.state !== "ready") return answer(desk, "dial", { number, contact_id });
    const leg = await phone.send({ do: "dial", number });
    const call = await this.callOf(leg);
    if (contact_id && !isProvisional(call) && call.contact_id !== contact_id) await desk.chooseContact(call.id, contact_id).catch(() => undefined);
    return call;
  }

  private async act({ call_id, action, to }: Asks["act"]["with"]): Promise<unknown> {
    const { desk, phone } = this.around;
    const rings = action === "answer" && !this.legOf(call_id) && (this.comes() || (this.mine() && /^(?:starting|ready)$/.test(phone.view.state)));
    if (rings) await this.until(() => this.legOf(call_id), INVITED_MS);
    if (!this.legOf(call_id)) {
      const asked = await answer(desk, "act", { call_id, action, ...(to === undefined ? {} : { to }) }).then((done) => ({ done }), (error: unknown) => ({ error }));
      if ("done" in asked) return asked.done;
      if (!rings || !this.legOf(call_id)) throw asked.error; // else it rang here just then
    }
    const leg = this.legOf(call_id) ?? "";
    return phone.send(commandOf(action, leg, to));
  }

  private async tone({ call_id, tone }: Asks["tone"]["with"]): Promise<unknown> {
    return this.around.phone.send({ do: "tone", leg: this.legOf(call_id) ?? "", tone });
  }

  private async both(what: "connect-both" | "merge", { call_id, other }: Asks["connect-both"]["with"]): Promise<unknown> {
    return this.around.phone.send({ do: what, leg: this.legOf(call_id) ?? "", with: this.legOf(other) ?? "" });
  }

  private async choose(choices: Partial<PhoneChoices>): Promise<void> {
    this.choices = { ...this.choices, ...choices };
    await this.around.lasting.write(CHOICES, this.choices);
    this.around.phone.choose(this.choices);
    this.around.changed();
  }

  private async resume(): Promise<void> {
    const kept = (await this.around.lasting.read(CHOICES)) as Partial<PhoneChoices> | null | undefined;
    this.choices = { ...asTheComputerHasIt, ...kept };
  }

  private calls = (): Call[] => this.shown(this.around.desk.state).panel?.calls ?? [];
  private legOf = (call: string): string | undefined => this.calls().find(({ id }) => id === call)?.leg?.id;

  /** The service's call of this leg; the phone's own picture when that takes too long. */
  private async callOf(leg: string): Promise<Call> {
    const find = () => this.calls().find((call) => call.leg?.id === leg);
    const over = () => !this.around.phone.view.legs.some(({ id }) => id === leg);
    await this.until(() => over() || (find() && !isProvisional(find() as Call)), APPEARS_MS);
    const call = find();
    if (call) return call;
    const { reason } = this.around.phone.view;
    throw new Refused({ ...(reason ?? { code: "call-over", says: "That call is over.", remedy: null, retryable: true }), status: 0, contacts: [] });
  }

  private until(there: () => unknown, patience: number): Promise<void> {
    if (there()) return Promise.resolve();
    return new Promise((done) => {
      const stop = () => (clearTimeout(enough), this.waiting.delete(look), done());
      const look = () => void (there() && stop());
      const enough = setTimeout(stop, patience);
      this.waiting.add(look);
    });
  }
}

const commandOf = (action: Action, leg: string, to: string | undefined): PhoneCommand =>
  action === "transfer" ? { do: "transfer", leg, to: to ?? "" } : { do: action, leg };
