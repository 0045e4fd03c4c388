/** Puts the panel on the page. Whatever happens, something is there to read. */

import { render } from "preact";
import { App } from "./app";
import type { Host } from "./hosts/host";
import "../shared/look.css";
import "./panel.css";
import { Boundary } from "./screens/broken";
import { beginning } from "./state";

export const main = (host: Host, where = document.getElementById("panel")): void => {
  if (!where) throw new Error("no place for the panel");
  where.textContent = "";
  const close = host.framed ? () => void host.ask("close-panel", null) : undefined;
  render(<Boundary close={close}><App host={host} from={{ ...beginning, place: location.hash === "#sound" ? "sound" : "desk" }} /></Boundary>, where);
};
