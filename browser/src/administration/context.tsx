/** What every section has at hand, and the one way to load what it shows and to load it again when something changed. */

import { type ComponentChildren, createContext } from "preact";
import { useContext, useEffect, useRef, useState } from "preact/hooks";
import type { DeskState } from "../shared/desk";
import { useAsking } from "../shared/parts/asking";
import { refusalOf } from "../shared/refused";
import type { Panel, Refusal } from "../shared/values";
import type { Host } from "./host";
import type { Administration } from "./service";

export interface Surface {
  host: Host;
  state: DeskState;
  /** Grows whenever the service tells that something in the account changed. */
  changes: number;
  /** The service says that she is no administrator. */
  shutOut(because: Refusal): void;
  /** Said to whoever listens instead of looking. */
  announce(what: string): void;
}

const SurfaceContext = createContext<Surface | null>(null);

export const SurfaceProvider = ({ surface, children }: { surface: Surface; children: ComponentChildren }) => (
  <SurfaceContext.Provider value={surface}>{children}</SurfaceContext.Provider>
);

export const useSurface = (): Surface => {
  const surface = useContext(SurfaceContext);
  if (!surface) throw new Error("a section outside the page");
  return surface;
};

export const useAdministration = (): Administration => useSurface().host.administration;

export const usePanel = (): Panel => {
  const { panel } = useSurface().state;
  if (!panel) throw new Error("a section before the panel is known");
  return panel;
};

/** How long the service must be quiet before everything is asked for again: changes come in groups. */
export const QUIET_MS = 300;

/** Counts what the service told; a call is no change here, as it leaves the rest of the panel alone. */
export const useChanges = (panel: Panel | null): number => {
  const [changes, setChanges] = useState(0);
  const grant = panel?.grant;
  const first = useRef(grant);
  useEffect(() => {
    if (!first.current || first.current === grant) return void (first.current = grant); // what is shown first is new enough
    const soon = setTimeout(() => setChanges((count) => count + 1), QUIET_MS);
    return () => clearTimeout(soon);
  }, [grant]);
  return changes;
};

export interface Loaded<T> {
  value: T | null;
  refused: Refusal | null;
  /** Shows what an answer has just told. */
  put(change: (value: T) => T): void;
  again(): void;
}

/** Asked for when shown, and again when something changed; until a new answer is there, the old one stays. */
export const useLoaded = <T,>(load: () => Promise<T>): Loaded<T> => {
  const { changes, shutOut } = useSurface();
  const [value, setValue] = useState<T | null>(null);
  const [refused, setRefused] = useState<Refusal | null>(null);
  const [asked, setAsked] = useState(0);
  const newest = useRef(0);
  useEffect(() => {
    const mine = ++newest.current;
    const told = (then: () => void): void => void (mine === newest.current && then());
    load().then(
      (answer) => told(() => (setValue(() => answer), setRefused(null))),
      (error: unknown) => told(() => {
        const refusal = refusalOf(error);
        if (refusal.code === "not-allowed") shutOut(refusal);
        setRefused(refusal);
      }),
    );
    return () => void (newest.current += 1);
  }, [changes, asked]);
  return {
    value, refused, again: () => setAsked((count) => count + 1),
    put: (change) => {
      newest.current += 1; // an answer that is still under way is older
      setValue((before) => (before === null ? before : change(before)));
    },
  };
};

export { useAsking };
