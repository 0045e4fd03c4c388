/** Puts the administration on its page of the service. Whatever happens, something is there to read. */

import { render } from "preact";
import "../shared/look.css";
import { memory } from "../shared/memory";
import { Boundary } from "../shared/parts/boundary";
import "./administration.css";
import { App, Broken } from "./app";
import { Host } from "./host";

const where = document.getElementById("administration");
if (!where) throw new Error("no place for the administration");
where.textContent = "";
const host = new Host(location.origin, { lasting: memory(() => localStorage), passing: memory(() => sessionStorage) });
addEventListener("online", () => void host.desk.tryNow());
addEventListener("storage", ({ key, newValue }) => key === "offhook:sign-in" && newValue && host.signedInElsewhere());
render(<Boundary broken={(says) => <Broken says={says} />}><App host={host} /></Boundary>, where);
void host.start();
