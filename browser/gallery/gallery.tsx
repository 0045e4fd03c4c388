/** Every screen with made-up data: npm run gallery, then / lists them and /?<name> shows one. */

import { render } from "preact";
import { App } from "../src/panel/app";
import type { Host } from "../src/panel/hosts/host";
import "../src/shared/look.css";
import "../src/panel/panel.css";
import { Boundary } from "../src/panel/screens/broken";
import { beginning } from "../src/panel/state";
import { Refused } from "../src/shared/refused";
import { answers, SCENES } from "./scenes";

const name = decodeURIComponent(location.search.slice(1));
const scene = SCENES[name];
const where = document.getElementById("panel") as HTMLElement;

if (scene) {
  const host: Host = {
    kind: scene.kind ?? "extension", framed: scene.framed ?? true, version: "0.1.0",
    watch: (see) => {
      if (scene.view) see(scene.view);
      return () => undefined;
    },
    ask: async (ask, given) => {
      console.info("asked", ask, given);
      const answer = { ...answers, ...scene.answers }[ask];
      if (answer instanceof Refused) throw answer;
      return answer as never;
    },
    permitted: async () => true, permit: async () => true,
  };
  const Broken = () => { throw new Error("the gallery broke it on purpose"); };
  render(<Boundary close={() => undefined}>{scene.broken ? <Broken /> : <App host={host} from={{ ...beginning, ...scene.from }} />}</Boundary>, where);
} else {
  render(<ul class="page">{Object.keys(SCENES).map((key) => <li key={key}><a class="link" href={`?${key}`}>{key}</a></li>)}</ul>, where);
}
Object.assign(window, { SCENES: Object.keys(SCENES) });
