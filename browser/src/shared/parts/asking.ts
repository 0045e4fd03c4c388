/** The one way to ask for something and show that it was refused; and a clock that ticks on the screen. */

import { useEffect, useRef, useState } from "preact/hooks";
import { refusalOf } from "../refused";
import type { Refusal } from "../values";

export interface Asking {
  busy: boolean;
  refused: Refusal | null;
  ask<T>(what: () => Promise<T>): Promise<T | undefined>;
  clear(): void;
}

/** Asks once; nothing is retried behind anybody's back. */
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
