/** The frame around every section: who is signed in, where one is, and who may be here at all. */

import { useEffect, useRef, useState } from "preact/hooks";
import type { DeskState } from "../shared/desk";
import { Button, Note, Plain } from "../shared/parts/controls";
import { Icon } from "../shared/parts/icon";
import type { Panel, Refusal } from "../shared/values";
import { SurfaceProvider, useChanges, useSurface } from "./context";
import type { Host } from "./host";
import { SignIn } from "./parts/sign-in";
import { AccountConnection } from "./sections/account";
import { AuditLog } from "./sections/audit";
import { Elevations } from "./sections/elevations";
import { PeopleSection } from "./sections/people";
import { PhoneSystems } from "./sections/phones";
import { Policies } from "./sections/policies";

const SECTIONS = [
  { key: "people", title: "People", Shown: PeopleSection },
  { key: "account", title: "Account connection", Shown: AccountConnection },
  { key: "elevations", title: "Elevations", Shown: Elevations },
  { key: "policies", title: "Policies", Shown: Policies },
  { key: "phones", title: "Phone systems and lines", Shown: PhoneSystems },
  { key: "audit", title: "Audit log", Shown: AuditLog },
] as const;

export const App = ({ host }: { host: Host }) => {
  const [state, setState] = useState<DeskState>(host.desk.state);
  useEffect(() => host.watch(setState), [host]);
  const changes = useChanges(state.panel);
  const [shut, shutOut] = useState<Refusal | null>(null);
  const [said, announce] = useState("");
  const surface = { host, state, changes, announce, shutOut };
  return (
    <SurfaceProvider surface={surface}>
      <Header />
      <p class="unseen" role="status">{said}</p>
      <Door shut={shut} letIn={() => shutOut(null)} />
    </SurfaceProvider>
  );
};

/** Nobody comes in who is not known as an administrator. */
const Door = ({ shut, letIn }: { shut: Refusal | null; letIn: () => void }) => {
  const { host, state } = useSurface();
  if (!state.signed_in) return state.reach === "starting" ? <Loading /> : state.reach === "offline" ? <Offline /> : <SignIn />;
  if (!state.panel) return state.reach === "offline" ? <Offline /> : <Loading />;
  if (!state.panel.agent.administrator) return <NotForYou panel={state.panel} />;
  if (shut) return <><AskAgain letIn={letIn} /><NotForYou panel={state.panel} /></>;
  return (
    <>
      {state.reach === "offline" && (
        <Note tone="warning"><p><strong>No connection.</strong> What you see may be old. It is tried again by itself.</p>
          <Button onClick={() => void host.desk.tryNow()}>Try now</Button>
        </Note>
      )}
      <Inside key={`${state.panel.grant.account_id} ${state.panel.agent.id}`} />
    </>
  );
};

const Inside = () => {
  const section = useSection();
  return (
    <div class="inside">
      <nav class="sections" aria-label="Sections">
        <ul>
          {SECTIONS.map(({ key, title }) => (
            <li key={key}><a href={`#${key}`} aria-current={key === section.key ? "page" : undefined}>{title}</a></li>
          ))}
        </ul>
      </nav>
      <main class="section" id="section"><section.Shown key={section.key} /></main>
    </div>
  );
};

/** The section of the address, so that it can be linked to and gone back to. */
const useSection = (): (typeof SECTIONS)[number] => {
  const [hash, setHash] = useState(() => location.hash);
  useEffect(() => {
    const moved = () => setHash(location.hash);
    addEventListener("hashchange", moved);
    return () => removeEventListener("hashchange", moved);
  }, []);
  const section = SECTIONS.find(({ key }) => hash === `#${key}`) ?? SECTIONS[0];
  const first = useRef(true);
  useEffect(() => {
    document.title = `${section.title} · Offhook administration`;
    document.querySelector("nav a[aria-current]")?.scrollIntoView({ block: "nearest", inline: "nearest" });
    if (!first.current) scrollTo({ top: 0 });
    first.current = false;
  }, [section.key]);
  return section;
};

const Header = () => {
  const { host, state: { panel, others } } = useSurface();
  return (
    <header class="top">
      <span class="brand"><Icon is="offhook" size={22} /><h1>Offhook <span class="muted">administration</span></h1></span>
      {panel && (
        <>
          <p class="signed-in"><b>{panel.agent.name}</b><span class="muted">{panel.grant.account_name}{panel.grant.account_id && ` (${panel.grant.account_id})`}</span></p>
          {others.map(({ account_id, account_name }) => (
            <Button key={account_id} kind="quiet" onClick={() => void host.desk.switchTo(account_id)}>To {account_name || account_id}</Button>
          ))}
          <a class="link" href="/panel/">Phone panel</a>
          <Button kind="quiet" onClick={() => void host.desk.signOut()}>Sign out</Button>
        </>
      )}
    </header>
  );
};

const Loading = () => <main class="whole"><Plain icon="offhook" title="Loading…" live /></main>;

const Offline = () => {
  const { host, state } = useSurface();
  return (
    <main class="whole">
      <Plain icon="warning" title="Offhook’s service cannot be reached">
        <p>{state.why_offline?.says ?? "It does not answer."} {state.why_offline?.remedy}</p>
        <Button kind="primary" onClick={() => void host.desk.tryNow()}>Try again</Button>
      </Plain>
    </main>
  );
};

/** The panel takes her for an administrator and HubSpot did not: whenever something changes, it is asked whether it still does not. */
const AskAgain = ({ letIn }: { letIn: () => void }) => {
  const { host, changes } = useSurface();
  const refusedAt = useRef(changes);
  useEffect(() => {
    if (changes !== refusedAt.current) host.administration.policy().then(letIn, () => undefined);
  }, [changes]);
  return null;
};

const NotForYou = ({ panel }: { panel: Panel }) => (
  <main class="whole">
    <Plain icon="contacts" title="This page is for administrators">
      <p>
        You are signed in as {panel.agent.email || panel.agent.name}. Administrators are the Super Admins of
        your HubSpot account{panel.grant.account_name && `, ${panel.grant.account_name}`}, and those whom whoever runs Offhook has named.
      </p>
    </Plain>
  </main>
);

export const Broken = ({ says }: { says: string }) => (
  <main class="whole">
    <Plain icon="warning" title="This page broke">
      <p>Nothing that you saved is lost.</p>
      <Button kind="primary" onClick={() => location.reload()}>Load again</Button>
      <details><summary>For whoever runs Offhook</summary><code>{says}</code></details>
    </Plain>
  </main>
);


