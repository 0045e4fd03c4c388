/** The administration page with a made-up account: /administration.html#people, and so on; ?signed-out, ?agent. */

import { render } from "preact";
import "../src/shared/look.css";
import "../src/administration/administration.css";
import { App } from "../src/administration/app";
import { ada, world } from "../tests/administration/account";

const scene = location.search.slice(1);
const { host } = world({ now: Date.now(), token: scene === "signed-out" ? null : "t1", told: ada({ administrator: scene !== "agent" }) });
render(<App host={host} />, document.getElementById("administration") as HTMLElement);
void host.start();
