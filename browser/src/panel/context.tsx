/** What every screen has at hand. */

import { type ComponentChildren, createContext } from "preact";
import { useContext } from "preact/hooks";
import type { DeskView } from "../messages";
import type { Panel } from "../shared/values";
import type { Host } from "./hosts/host";
import type { Happening, State } from "./state";

export { useAsking, useNow } from "../shared/parts/asking";

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
