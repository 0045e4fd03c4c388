/** Where the panel stands: in the extension, or as a page of the service. The screens know only this. */

import type { DeskView } from "../../messages";
import type { Ask, Asks } from "../../shared/asks";

export interface Host {
  kind: "extension" | "page";
  /** In a frame, so that it can be closed. */
  framed: boolean;
  version: string;
  watch(see: (view: DeskView) => void): () => void;
  /** Rejects with Refused. */
  ask<A extends Ask>(ask: A, given: Asks[A]["with"]): Promise<Asks[A]["answer"]>;
  /** The browser's own leave to talk to this address; true where none is needed. */
  permit(address: string): Promise<boolean>;
  permitted(address: string): Promise<boolean>;
}
