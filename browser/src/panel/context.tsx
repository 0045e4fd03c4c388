/** What every screen has at hand, and the one way to ask for something and show that it was refused. */

import { type ComponentChildren, createContext } from "preact";
import { useContext, useEffect, useRef, useState } from "preact/hooks";
import type { DeskView } from "../messages";
import { refusalOf } from "../shared/refused";
import type { Panel, Refusal } from "../shared/values";
import type { Host } from "./hosts/host";
import type { Happening, State } from "./state";

export interface Surface {
  host: Host;
  state: State;
  happen(happening: Happening): void;
}

const SurfaceContext = createContext<Surface | null>(null);

export const SurfaceProvider = ({ surface, children }: { surface: Surface; children: ComponentChildren }) => (
  <SurfaceContext.Provider value={surface}>{children}</SurfaceContext.Provider>
);

export const useSurface = (): Surface => {
  const surface = useContext(SurfaceContext);
  if (!surface) throw new Error("a screen outside the panel");
  return surface;
};

/** For screens that are only shown when these are there. */
export const useView = (): DeskView => {
  const { view } = useSurface().state;
  if (!view) throw new Error("a screen before the first view");
  return view;
};

export const usePanel = (): Panel => {
  const { panel } = useView();
  if (!panel) throw new Error("a screen before the panel is known");
  return panel;
};

export interface Asking {
  busy: boolean;
  refused: Refusal | null;
  ask<T>(what: () => Promise<T>): Promise<T | undefined>;
  clear(): void;
}

/** Asks once; nothing is retried behind the agent's back. */
export const useAsking = (): Asking => {
  const [busy, setBusy] = useState(false);
  const [refused, setRefused] = useState<Refusal | null>(null);
  const here = useRef(true);
  useEffect(() => () => void (here.current = false), []);
  const ask = async <T,>(what: () => Promise<T>): Promise<T | undefined> => {
    setBusy(true);
    setRefused(null);
    try {
      return await what();
    } catch (error) {
      if (here.current) setRefused(refusalOf(error));
      return undefined;
    } finally {
      if (here.current) setBusy(false);
    }
  };
  return { busy, refused, ask, clear: () => setRefused(null) };
};

export const useNow = (everyMs: number): number => {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    const ticking = setInterval(() => setNow(Date.now()), everyMs);
    return () => clearInterval(ticking);
  }, [everyMs]);
  return now;
};

