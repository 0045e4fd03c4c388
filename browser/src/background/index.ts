/** The service worker: one desk for all tabs. Chrome may end it at any moment and start it again; everything it must
    know lies in storage, and panels and pages come back through their ports by themselves. */

import { type BackgroundToPanel, type DeskView, OWN_PAGE_PORT, PAGE_PORT, type PageLook, type PageToBackground, PANEL_PORT, type PanelToBackground, PHONE_PORT, SITE_PORT, type SiteToBackground } from "../messages";
import type { Asks } from "../shared/asks";
import { Desk, type DeskState, sameOrigin } from "../shared/desk";
import { Refused, refusalOf } from "../shared/refused";
import { Telephone } from "../softphone/telephone";
import { clean, findAddress, KEY } from "./address";
import { CallSelection } from "./call-selection";
import { Launcher } from "./launcher";
import { closeToPages, lasting, passing } from "./memory";
import { OwnPages } from "./own-pages";
import { Pages } from "./pages";
import { OffscreenPhone } from "./phone";
import { Ringing } from "./ringing";
import { Sites } from "./sites";

const CONSENT_TAB = "consent-tab";
/** By then HubSpot's page has been read, if it says no. */
const READ_WITHIN_MS = 1_000;
const PANEL_SIZE = { width: 400, height: 680 };
const panels = new Set<chrome.runtime.Port>();
const pages = new Pages();
const launcher = new Launcher(lasting, () => show());
const desk = new Desk({ lasting, passing, changed: () => (telephone.deskChanged(), changed()), popRecord: (url) => pages.pop(url) });
const phone = new OffscreenPhone({
  changed: () => telephone.phoneChanged(), refused: () => telephone.passwordRefused(), said: (said) => telephone.said(said), lost: () => telephone.lost(),
});
const telephone = new Telephone({ desk, phone, lasting, met: phone.met, changed: () => changed() });
const ringing = new Ringing({
  answer: (call) => void telephone.answer("act", { call_id: call, action: "answer" }).catch((error: unknown) => desk.notice(refusalOf(error))).then(() => launcher.set(true)),
  decline: (call) => void telephone.answer("act", { call_id: call, action: "decline" }).catch(() => undefined),
  show: () => void launcher.set(true).then(() => pages.toFront()),
});
const ownPages = new OwnPages({
  phone, address: () => desk.state.address, serves: () => telephone.serves(), line: () => telephone.line(), openSound: () => void openSound(),
}, passing);
const sites = new Sites(lasting, () => show());
const callSelection = new CallSelection((number, tab) => void ready.then(() => clicked(number, pages.addressIn(tab?.id) !== null)));
let fixed = false;
let rang = new Set<string>();
let refused = false;
let begun = false;

closeToPages();
const ready = begin();

async function begin(): Promise<void> {
  const found = await findAddress();
  fixed = found.fixed;
  begun = true;
  void ownPages.serve(found.address);
  await desk.start(found.address);
}

// ── what is shown ──

const viewOf = (state: DeskState): DeskView => ({ ...state, ...telephone.shown(state), phone_of_extension: false, address_fixed: fixed, sites: sites.list });

function changed(): void {
  const { panel, attempt } = viewOf(desk.state);
  const now = new Set(panel?.calls.filter((call) => call.state === "ringing").map(({ id }) => id));
  if ([...now].some((id) => !rang.has(id))) void launcher.set(true);
  rang = now;
  ringing.show(panel);
  const stuck = attempt?.state === "stuck";
  if (stuck && !refused) void launcher.set(true);
  refused = stuck;
  show();
}

function show(): void {
  if (!begun) return;
  const view: BackgroundToPanel = { is: "view", view: viewOf(desk.state) };
  for (const port of panels) tell(port, view);
  pages.show(look());
  ownPages.show();
  const { numbers, region } = look();
  sites.show(numbers && desk.state.panel?.habits.numbers === "sites", region);
  callSelection.show(mayDial());
}

const look = (): PageLook => {
  const { panel, attempt, address } = desk.state;
  return {
    open: launcher.open, ringing: rang.size > 0, bottom: launcher.bottom, service: address,
    numbers: mayDial() && panel?.habits.numbers !== "off", region: panel?.region ?? "",
    watching: attempt?.state === "waiting", refused: attempt?.state === "stuck",
  };
};

const mayDial = (): boolean => {
  const { panel, signed_in } = desk.state;
  return (signed_in && panel?.line && panel.phone_systems.find(({ key }) => key === panel.phone_system)?.can.includes("dial")) || false;
};

const tell = (port: chrome.runtime.Port, message: BackgroundToPanel): void => {
  try {
    port.postMessage(message);
  } catch {
    panels.delete(port);
  }
};

// ── who comes in ──

chrome.runtime.onConnect.addListener((port) => {
  if (port.sender?.id !== chrome.runtime.id) return port.disconnect();
  if (port.name === PANEL_PORT && port.sender.url?.startsWith(chrome.runtime.getURL(""))) return panelCame(port);
  if (port.name === PAGE_PORT && port.sender.tab) return pageCame(port);
  if (port.name === SITE_PORT && port.sender.tab) return siteCame(port);
  if (port.name === OWN_PAGE_PORT && port.sender.tab) return ownPages.came(port);
  if (port.name === PHONE_PORT && port.sender.url === chrome.runtime.getURL("offscreen.html")) return phone.accept(port);
  return port.disconnect();
});

chrome.permissions.onAdded.addListener(() => void ready.then(() => ownPages.serve(desk.state.address)));
chrome.permissions.onRemoved.addListener(({ origins = [] }) => void sites.lost(origins));
chrome.tabs.onRemoved.addListener((tab) => void tabGone(tab));

chrome.storage.onChanged.addListener((changes, area) => {
  if (KEY in changes && area !== "session") void moved();
});

/** The extension's own icon: the panel on HubSpot's pages, or in a tab of its own where there is none. */
chrome.action.onClicked.addListener(() => {
  if (pages.none) void chrome.tabs.create({ url: chrome.runtime.getURL("panel.html") });
  else void launcher.set(!launcher.open);
});

async function moved(): Promise<void> {
  await ready;
  const found = await findAddress();
  fixed = found.fixed;
  void ownPages.serve(found.address);
  await desk.moveTo(found.address);
}

function panelCame(port: chrome.runtime.Port): void {
  panels.add(port);
  port.onDisconnect.addListener(() => panels.delete(port));
  port.onMessage.addListener((message: PanelToBackground) => void answerPanel(port, message));
  void ready.then(() => tell(port, { is: "view", view: viewOf(desk.state) }));
}

async function answerPanel(port: chrome.runtime.Port, { id, ask, with: given }: PanelToBackground): Promise<void> {
  await ready;
  const done = await answerOf(port, ask, given).then((value) => ({ value }), (error: unknown) => ({ refusal: refusalOf(error) }));
  if ("refusal" in done) tell(port, { is: "refusal", id, refusal: done.refusal });
  else tell(port, { is: "answer", id, answer: done.value ?? null });
}

async function answerOf(port: chrome.runtime.Port, ask: PanelToBackground["ask"], given: PanelToBackground["with"]): Promise<unknown> {
  const tab = port.sender?.tab?.id;
  switch (ask) {
    case "connect": return connect(tab, given as Asks["connect"]["with"]);
    case "close-panel": return launcher.set(false);
    case "open-record": return openRecord(tab, (given as Asks["open-record"]["with"]).url);
    case "allow-site": return sites.allow((given as Asks["allow-site"]["with"]).site);
    case "forbid-site": return sites.forbid((given as Asks["forbid-site"]["with"]).site);
    case "use-address": return useAddress((given as Asks["use-address"]["with"]).address);
    case "open-sound": return openSound();
    default: return telephone.answer(ask, given as never);
  }
}

const openSound = (): Promise<unknown> => chrome.tabs.create({ url: chrome.runtime.getURL("panel.html#sound") });

async function connect(tab: number | undefined, { ask, elsewhere }: Asks["connect"]["with"]): Promise<void> {
  const url = await desk.connect(ask, pages.addressIn(tab) ?? pages.lastContacts(), elsewhere);
  await passing.write(CONSENT_TAB, (await chrome.tabs.create({ url })).id ?? null);
}

/** HubSpot's page was closed while the attempt waits: nothing more will come from it, and the agent need not wait. */
async function tabGone(tab: number): Promise<void> {
  const askedFor = pages.askedFor(tab);
  await ready;
  if (tab !== (await passing.read(CONSENT_TAB)) || askedFor < READ_WITHIN_MS) return;
  await passing.write(CONSENT_TAB, null);
  if (desk.state.attempt?.state === "waiting") await desk.stuck({ saw: "window-closed" }).catch(() => undefined);
}

async function openRecord(tab: number | undefined, url: string): Promise<void> {
  const ours = sameOrigin(url, desk.state.panel?.hubspot.app_url);
  if (!ours || !pages.goIn(tab, url)) await chrome.tabs.create({ url });
}

async function useAddress(address: string): Promise<void> {
  const cleaned = clean(address);
  if (!cleaned) throw new Refused({ code: "invalid-address", says: "That is not a web address.", remedy: "It begins with https:// or http://.", retryable: false, status: 0, contacts: [] });
  await chrome.storage.local.set({ [KEY]: cleaned }); // onChanged does the rest
}

function pageCame(port: chrome.runtime.Port): void {
  pages.came(port);
  port.onDisconnect.addListener(() => pages.left(port));
  port.onMessage.addListener((message: PageToBackground) => void heardPage(port, message));
}

async function heardPage(port: chrome.runtime.Port, message: PageToBackground): Promise<void> {
  await Promise.all([ready, launcher.ready]);
  switch (message.is) {
    case "here":
      pages.here(port, message);
      if (message.kind === "contacts") await launcher.onContacts();
      return show();
    case "launcher": return launcher.set(message.open);
    case "launcher-moved": return launcher.move(message.bottom);
    case "dial": return clicked(message.number, true);
    case "hubspot-refused":
      if (desk.state.attempt?.state !== "waiting") return undefined;
      await desk.stuck({ page_text: message.text, page_address: message.address }).catch(() => undefined);
      return undefined;
  }
}

function siteCame(port: chrome.runtime.Port): void {
  sites.came(port);
  port.onMessage.addListener(({ number }: SiteToBackground) => {
    void ready.then(() => (sites.allows(port) ? clicked(number, false) : undefined));
  });
}

/** A number was clicked, or selected. `here`: a panel stands on that page; else it comes in a window of its own. */
async function clicked(number: string, here: boolean): Promise<void> {
  await (here ? launcher.set(true) : panelInFront());
  desk.notice(null);
  const { panel } = desk.state;
  const own = panel?.phone_systems.find(({ key }) => key === panel.phone_system)?.own_app; // a link needs the agent's press in the panel
  if (own || (panel?.habits.confirm_dial ?? true)) return desk.toDial(number);
  await telephone.answer("dial", { number, contact_id: null }).catch((error: unknown) => desk.notice(refusalOf(error)));
}

async function panelInFront(): Promise<void> {
  const alone = [...panels].find(({ sender }) => sender?.frameId === 0)?.sender?.tab;
  if (alone?.id === undefined) return void (await chrome.windows.create({ url: chrome.runtime.getURL("panel.html"), type: "popup", ...PANEL_SIZE }));
  await chrome.tabs.update(alone.id, { active: true });
  await chrome.windows.update(alone.windowId, { focused: true });
}
