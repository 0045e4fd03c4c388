/** Who is signed in on this page, and the way to the service: the panel's own desk, without its phone. What one page of this
    origin knows of a sign-in, the others know. */

import { Desk, type DeskState, type Surroundings } from "../shared/desk";
import type { SignInAsk } from "../shared/values";
import { Administration } from "./service";

type Tools = Pick<Surroundings, "lasting" | "passing" | "fetch" | "live">;

export class Host {
  readonly desk: Desk;
  readonly administration: Administration;
  private see: (state: DeskState) => void = () => undefined;

  constructor(private readonly address: string, tools: Tools) {
    this.desk = new Desk({
      ...tools, changed: (state) => this.see(state),
      popRecord: () => undefined, // who is calling is the panel's business
    });
    this.administration = new Administration(this.desk.ask);
  }

  watch(see: (state: DeskState) => void): () => void {
    this.see = see;
    see(this.desk.state);
    return () => void (this.see = () => undefined);
  }

  start = (): Promise<void> => this.desk.start(this.address);

  /** Somebody signed in on another page of this origin. */
  signedInElsewhere = (): void => {
    if (!this.desk.state.signed_in) void this.start();
  };

  /** The window is opened within the click, or the browser would block it; when it is blocked all the same, there is a link. */
  connect = async (ask: SignInAsk): Promise<void> => {
    const tab = window.open("about:blank", "offhook-consent");
    try {
      const url = await this.desk.connect(ask, null);
      if (tab) tab.location.href = url;
    } catch (error) {
      tab?.close();
      throw error;
    }
  };
}
