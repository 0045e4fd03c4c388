/** The frame around every screen: header, the calls elsewhere, where you are, the tabs. */

import { useEffect, useLayoutEffect, useReducer, useRef } from "preact/hooks";
import { needsAgent } from "../shared/follow";
import { SurfaceProvider, useSurface } from "./context";
import type { Host } from "./hosts/host";
import { Banners } from "./parts/banners";
import { IconButton } from "../shared/parts/controls";
import { type Drawing, Icon } from "../shared/parts/icon";
import { VendorPhone } from "./parts/own-app";
import { Status } from "./parts/status";
import { Announcer, Strip } from "./parts/strip";
import { Administration } from "./screens/administration";
import { Advanced } from "./screens/advanced";
import { LiveCall } from "./screens/call";
import { Connect } from "./screens/connect";
import { CreateContact } from "./screens/create-contact";
import { Help } from "./screens/help";
import { Home } from "./screens/home";
import { HubSpot } from "./screens/hubspot";
import { LineLogin } from "./screens/line-login";
import { Loading } from "./screens/loading";
import { Offline } from "./screens/offline";
import { Product } from "./screens/product";
import { DiagnosisScreen } from "./screens/diagnosis";
import { Refused } from "./screens/refused";
import { Integrations, Setup } from "./screens/setup";
import { Sound } from "./screens/sound";
import { Failed, Waiting } from "./screens/waiting";
import { WrapUp } from "./screens/wrap-up";
import { beginning, isReady, next, type Screen, screenOf, type State, type Tab } from "./state";

export const App = ({ host, from = beginning }: { host: Host; from?: State }) => {
  const [state, happen] = useReducer(next, from);
  useEffect(() => host.watch((view) => happen({ is: "view", view })), [host]);
  const screen = screenOf(state);
  const main = useRef<HTMLElement>(null);
  useKeepFocus(main, screen.is);
  return (
    <SurfaceProvider surface={{ host, state, happen }}>
      <div class={`panel ${host.framed ? "framed" : "alone"} on-${screen.is}`}>
        <Header />
        <Announcer />
        <Strip />
        {isReady(state) && <Status />}
        <VendorPhone />
        <main ref={main} class="main"><Banners screen={screen.is} /><Shown screen={screen} /></main>
        {isReady(state) && <Tabs screen={screen} />}
      </div>
    </SurfaceProvider>
  );
};

const Shown = ({ screen }: { screen: Screen }) => {
  switch (screen.is) {
    case "loading": return <Loading />;
    case "offline": return <Offline />;
    case "connect": return <Connect />;
    case "waiting": return <Waiting />;
    case "refused": return <Refused />;
    case "failed": return <Failed />;
    case "product": return <Product />;
    case "line-login": return <LineLogin system={screen.system} />;
    case "home": return <Home />;
    case "call": return screen.call.state === "ended" ? <WrapUp key={screen.call.id} call={screen.call} /> : <LiveCall key={screen.call.id} call={screen.call} />;
    case "setup": return <Setup />;
    case "integrations": return <Integrations />;
    case "hubspot": return <HubSpot />;
    case "advanced": return <Advanced />;
    case "administration": return <Administration />;
    case "diagnosis": return <DiagnosisScreen />;
    case "sound": return <Sound />;
    case "help": return <Help />;
    case "create-contact": return <CreateContact />;
  }
};

const Header = () => {
  const { host, state, happen } = useSurface();
  const inSetup = ["setup", "integrations", "hubspot", "advanced", "administration", "diagnosis", "sound"].includes(state.place);
  return (
    <header class="header">
      <span class="brand"><Icon is="offhook" size={22} /><h1>Offhook</h1></span>
      <IconButton icon="gear" label="Setup" pressed={inSetup} onClick={() => happen({ is: "go", to: inSetup ? "desk" : "setup" })} />
      {host.framed && <IconButton icon="close" label="Close panel" tone="red" onClick={() => void host.ask("close-panel", null)} />}
    </header>
  );
};

const TABS: { tab: Tab; words: string; icon: Drawing }[] = [
  { tab: "phone", words: "Phone", icon: "handset" },
  { tab: "recent", words: "Recent", icon: "recent" },
  { tab: "contacts", words: "Contacts", icon: "contacts" },
];

const Tabs = ({ screen }: { screen: Screen }) => {
  const { state, happen } = useSurface();
  const at = screen.is === "home" || screen.is === "call" ? state.tab : null;
  const calls = state.view?.panel?.calls.filter(needsAgent).length ?? 0;
  const move = (event: KeyboardEvent) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!step) return;
    const to = TABS[(TABS.findIndex(({ tab }) => tab === state.tab) + step + TABS.length) % TABS.length];
    if (!to) return;
    happen({ is: "tab", tab: to.tab });
    (event.currentTarget as HTMLElement).querySelector<HTMLElement>(`[data-tab=${to.tab}]`)?.focus();
  };
  return (
    <div class="tabs" role="tablist" aria-label="Offhook" onKeyDown={move}>
      {TABS.map(({ tab, words, icon }) => (
        <button
          key={tab} type="button" role="tab" data-tab={tab} class="tab" aria-selected={at === tab}
          tabIndex={tab === state.tab ? 0 : -1} onClick={() => happen({ is: "tab", tab })}
        >
          <Icon is={icon} size={20} /><span>{words}</span>{tab === "phone" && calls > 0 && at !== "phone" && <i class="count" aria-hidden="true">{calls}</i>}
        </button>
      ))}
    </div>
  );
};

/** When a press makes its own button vanish, the next screen's heading takes the focus, so that a keyboard or a screen
    reader goes on from there. Nothing is ever taken from where somebody is. */
const useKeepFocus = (main: { current: HTMLElement | null }, screen: Screen["is"]): void => {
  const had = useRef(false);
  useEffect(() => {
    const note = () => void (had.current = true);
    addEventListener("focusin", note);
    return () => removeEventListener("focusin", note);
  }, []);
  useLayoutEffect(() => {
    const lost = had.current && document.hasFocus() && document.activeElement === document.body;
    if (lost) main.current?.querySelector<HTMLElement>("h2[tabindex]")?.focus({ preventScroll: true });
  }, [screen]);
};
