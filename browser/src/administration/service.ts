/** What administrators ask of the service; one method per line of docs/reference/panel-api.md, “Administration”. */

import { fields, grant, link, report, text } from "../shared/read";
import type { Grant, Report } from "../shared/values";
import * as read from "./read";
import type { Deeds, Directory, Elevation, People, Person, PhoneSystemLines, Policy, PolicyView } from "./values";

export type Ask = (method: string, where: string, body?: unknown) => Promise<unknown>;

/** `over_single_rights`: what is switched on for her one by one may be lost. */
export interface Loan {
  role_id: string;
  minutes: number;
  why: string;
  over_single_rights?: boolean;
}

const ROOT = "/api/administration";
const path = (id: string): string => encodeURIComponent(id);

export class Administration {
  constructor(private readonly ask: Ask) {}

  people = async (): Promise<People> => read.people(await this.ask("GET", `${ROOT}/people`));
  /** Everything that is looked at, as on her own panel; HubSpot is asked now. */
  diagnosis = async (userId: string): Promise<Report> =>
    report(await this.ask("GET", `${ROOT}/people/${path(userId)}/diagnosis`));
  check = async (userId: string): Promise<Person> =>
    read.person(fields(await this.ask("POST", `${ROOT}/people/${path(userId)}/check`)));
  /** A HubSpot task for a Super Admin; gives its address. */
  makeTask = async (userId: string): Promise<string> =>
    link(fields(await this.ask("POST", `${ROOT}/people/${path(userId)}/task`))["task_url"]);
  lend = async (userId: string, lent: Loan): Promise<void> =>
    void (await this.ask("POST", `${ROOT}/people/${path(userId)}/lend`, lent));
  roles = async () => read.roles(await this.ask("GET", `${ROOT}/roles`));

  elevations = async (open: boolean): Promise<Elevation[]> =>
    read.elevations(await this.ask("GET", `${ROOT}/elevations?open=${open}`));
  /** Put back now; or said to be taken back, or to stay for good. */
  end = async (elevationId: string, stays = false): Promise<void> =>
    void (await this.ask("POST", `${ROOT}/elevations/${path(elevationId)}/end`, stays ? { stays } : undefined));

  accountGrant = async (): Promise<Grant | null> => {
    const found = fields(await this.ask("GET", `${ROOT}/account-grant`));
    return text(found["state"]) ? grant(found) : null;
  };
  forgetAccountGrant = async (): Promise<void> => void (await this.ask("DELETE", `${ROOT}/account-grant`));

  directory = async (): Promise<Directory> => read.directory(await this.ask("GET", `${ROOT}/directory`));

  policy = async (): Promise<PolicyView> => read.policyView(await this.ask("GET", `${ROOT}/policy`));
  changePolicy = async (changes: Partial<Policy>): Promise<PolicyView> =>
    read.policyView(await this.ask("PUT", `${ROOT}/policy`, changes));

  phoneSystems = async (): Promise<PhoneSystemLines[]> => read.phoneSystems(await this.ask("GET", `${ROOT}/phone-systems`));
  deeds = async (before: string | null): Promise<Deeds> =>
    read.deeds(await this.ask("GET", `${ROOT}/deeds?${new URLSearchParams({ limit: "50", ...(before ? { before } : {}) })}`));
}
