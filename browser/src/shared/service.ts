/** The typed client of the service. One method per line of docs/reference/panel-api.md; it retries nothing:
    what an agent clicked is answered, well or badly, once. */

import * as read from "./read";
import { Refused, unreachable } from "./refused";
import type { Action, Begun, Call, CallPage, Claim, Contact, Heading, Helped, LineOffer, Panel, Preferences, Report, Shelf, SignInAsk, Stopped, Who } from "./values";

export interface NewContact {
  first_name: string;
  last_name: string;
  email: string | null;
  number: string;
  call_id: string | null;
}

export interface WrapUp {
  outcome: string | null;
  notes: string;
  contact_id: string | null;
  /** Ids of the phone system's own codes; none: it is told of none. */
  codes?: string[];
}

/** Whoever knows the secret began the attempt. */
export interface Proof {
  id: string;
  secret: string;
}

const proof = (attempt: Proof | null): object => (attempt ? { attempt_id: attempt.id, secret: attempt.secret } : {});
const PATIENCE_MS = 20_000;
const path = (id: string): string => encodeURIComponent(id);

export class Service {
  constructor(
    readonly address: string,
    private readonly token: () => string | null,
    private readonly fetch: typeof globalThis.fetch = (...request) => globalThis.fetch(...request),
  ) {}

  get liveAddress(): string {
    return `${this.address.replace(/^http/i, "ws")}/api/live`;
  }

  isThere = async (): Promise<void> => void (await this.ask("GET", "/health/live"));

  beginSignIn = async (begin: { secret_hash: string; device_hash: string; ask: SignInAsk; return_to?: string }, asNobody = false): Promise<Begun> =>
    read.begun(await this.ask("POST", "/api/sign-ins", begin, asNobody));
  claim = async (id: string, secret: string): Promise<Claim> =>
    read.claim(await this.ask("POST", `/api/sign-ins/${path(id)}/claim`, { secret }));
  stuck = async (id: string, secret: string, stopped: Stopped): Promise<Claim> =>
    read.claim(await this.ask("POST", `/api/sign-ins/${path(id)}/stuck`, { secret, ...stopped }));
  wordings = async (): Promise<Heading[]> => read.headings(await this.ask("GET", "/api/wordings"));
  /** `attempt`: a consent that is stuck; without one, an agent who is signed in asks. */
  askForHelp = async (attempt: Proof | null, email: string | null): Promise<Helped> =>
    read.helped(await this.ask("POST", "/api/help", { ...proof(attempt), ...(email ? { email } : {}) }));
  rights = async (attempt: Proof, email: string): Promise<Report> =>
    read.report(read.fields(await this.ask("POST", "/api/rights", { ...proof(attempt), email }))["report"]);
  signOut = async (): Promise<void> => void (await this.ask("DELETE", "/api/sign-in"));

  panel = async (): Promise<Panel> => read.panel(await this.ask("GET", "/api/panel"));
  calls = async (before: string, limit = 20): Promise<CallPage> =>
    read.calls(await this.ask("GET", `/api/calls?${new URLSearchParams({ before, limit: String(limit) })}`));
  contacts = async (query: string): Promise<Who> =>
    read.who(await this.ask("GET", `/api/contacts?${new URLSearchParams({ query })}`));
  around = async (contact_id: string): Promise<Shelf[]> =>
    read.shelves(await this.ask("GET", `/api/contacts/${path(contact_id)}/around`));
  diagnosis = async (): Promise<Report> => read.report(await this.ask("GET", "/api/diagnosis"));

  choosePhoneSystem = async (key: string): Promise<Panel> =>
    read.panel(await this.ask("PUT", "/api/phone-system", { phone_system: key }));
  lines = async (): Promise<LineOffer[]> => read.lines(await this.ask("GET", "/api/lines"));
  logIn = async (line: string, secret: string | null): Promise<Panel> =>
    read.panel(await this.ask("POST", "/api/line-login", { line, secret }));
  logOut = async (): Promise<Panel> => read.panel(await this.ask("DELETE", "/api/line-login"));
  setStatus = async (status: string): Promise<Panel> => read.panel(await this.ask("PUT", "/api/status", { status }));
  setAvailable = async (available: boolean): Promise<Panel> =>
    read.panel(await this.ask("PUT", "/api/availability", { available }));

  choosePreferences = async (preferences: Preferences): Promise<Panel> =>
    read.panel(await this.ask("PUT", "/api/preferences", preferences));

  dial = async (number: string, contact_id: string | null): Promise<Call> =>
    this.call("POST", "/api/calls", contact_id ? { number, contact_id } : { number });
  act = async (id: string, action: Action, to?: string): Promise<Call> =>
    this.call("POST", `/api/calls/${path(id)}/${action}`, action === "transfer" ? { to: to ?? "" } : undefined);
  saveNotes = async (id: string, notes: string): Promise<void> =>
    void (await this.ask("PUT", `/api/calls/${path(id)}/notes`, { notes }));
  chooseContact = async (id: string, contact_id: string): Promise<Call> =>
    this.call("PUT", `/api/calls/${path(id)}/contact`, { contact_id });
  wrapUp = async (id: string, { outcome, notes, contact_id, codes = [] }: WrapUp): Promise<Call> =>
    this.call("POST", `/api/calls/${path(id)}/wrap-up`, { outcome, notes, ...(contact_id ? { contact_id } : {}), ...(codes.length ? { codes } : {}) });
  logAgain = async (id: string): Promise<Call> => this.call("POST", `/api/calls/${path(id)}/log`);

  createContact = async ({ first_name, last_name, email, number, call_id }: NewContact): Promise<Contact> =>
    read.contact(read.fields(await this.ask("POST", "/api/contacts", {
      first_name, last_name, number, ...(email ? { email } : {}), ...(call_id ? { call_id } : {}),
    })));

  disableGrant = async (): Promise<Panel> => read.panel(await this.ask("POST", "/api/grant/disable"));
  enableGrant = async (): Promise<Panel> => read.panel(await this.ask("POST", "/api/grant/enable"));
  forgetGrant = async (): Promise<void> => void (await this.ask("DELETE", "/api/grant"));
  rightsTakenBack = async (id: string): Promise<Panel> =>
    read.panel(await this.ask("POST", `/api/reminders/${path(id)}/done`));

  private async call(method: string, where: string, body?: unknown): Promise<Call> {
    return read.call(read.fields(await this.ask(method, where, body)));
  }

  /** The answer as it came. Raises Refused. */
  async ask(method: string, where: string, body?: unknown, asNobody = false): Promise<unknown> {
    const response = await this.send(method, where, body, asNobody);
    const answer = await response.json().catch(() => null);
    if (!response.ok) throw new Refused(read.refusal(answer, response.status));
    return answer;
  }

  private async send(method: string, where: string, body: unknown, asNobody: boolean): Promise<Response> {
    const token = asNobody ? null : this.token();
    const headers: Record<string, string> = { accept: "application/json" };
    if (body !== undefined) headers["content-type"] = "application/json";
    if (token) headers["authorization"] = `Bearer ${token}`;
    try {
      return await this.fetch(`${this.address}${where}`, {
        method, headers, credentials: "omit", signal: AbortSignal.timeout(PATIENCE_MS),
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
    } catch {
      throw new Refused(unreachable(this.address));
    }
  }
}
