/** What the agent sees, as a value. Pure: `next` folds what happens into the state, `screenOf` says which screen that is.

      starting ─▶ offline │ connect ─▶ waiting ─▶ refused │ failed          before there is a sign-in
                          │ product ─▶ line-login ─▶ home ⇄ call            after
      setup, integrations, hubspot, advanced, administration, diagnosis, sound, help     wherever the agent went */

import type { DeskView } from "../messages";
import { isLive } from "../shared/follow";
import type { Call, Panel, PhoneSystem } from "../shared/values";

export type Place =
  | "desk" | "setup" | "integrations" | "hubspot" | "advanced" | "administration" | "diagnosis" | "help" | "create-contact" | "sound";
export type Tab = "phone" | "recent" | "contacts";

export interface State {
  view: DeskView | null;
  place: Place;
  tab: Tab;
  /** The call the agent looks at; "keypad" when calls are there but a number is wanted. */
  focus: string | null;
  number: string;
  /** What became of the last number that the vendor's own app was given. */
  told: string;
  query: string;
  creating: { number: string; call_id: string | null };
  /** The call just wrapped up: its log state is still interesting. */
  saved: string | null;
}

export type Happening =
  | { is: "view"; view: DeskView }
  | { is: "go"; to: Place }
  | { is: "tab"; tab: Tab }
  | { is: "look-at"; call: string | null }
  | { is: "number"; number: string }
  | { is: "told"; says: string }
  | { is: "query"; query: string }
  | { is: "create-contact"; number: string; call_id: string | null }
  | { is: "saved"; call: string | null };

export type Screen =
  | { is: "loading" } | { is: "offline" } | { is: "connect" } | { is: "waiting" } | { is: "refused" } | { is: "failed" }
  | { is: "product" } | { is: "line-login"; system: PhoneSystem } | { is: "home" } | { is: "call"; call: Call }
  | { is: Exclude<Place, "desk"> };

export const KEYPAD = "keypad";

export const beginning: State = {
  view: null, place: "desk", tab: "phone", focus: null, number: "", told: "", query: "",
  creating: { number: "", call_id: null }, saved: null,
};

export const next = (state: State, happening: Happening): State => {
  switch (happening.is) {
    case "view": return seen(state, happening.view);
    case "go": return { ...state, place: happening.to };
    case "tab": return { ...state, place: "desk", tab: happening.tab, saved: null };
    case "look-at": return { ...state, place: "desk", tab: "phone", focus: happening.call, saved: null };
    case "number": return { ...state, number: happening.number, told: happening.number ? "" : state.told };
    case "told": return { ...state, told: happening.says };
    case "query": return { ...state, query: happening.query };
    case "create-contact":
      return { ...state, place: "create-contact", creating: { number: happening.number, call_id: happening.call_id } };
    case "saved": return { ...state, saved: happening.call, focus: null };
  }
};

export const screenOf = (state: State): Screen => {
  const { view, place } = state;
  if (!view) return { is: "loading" };
  if (place === "setup" || place === "advanced" || place === "help") return { is: place };
  if (!view.signed_in) return signedOut(view);
  if (!view.panel) return view.reach === "offline" ? { is: "offline" } : { is: "loading" };
  if (view.attempt && place === "desk" && !view.panel.calls.some(isLive)) return attempted(view.attempt.state);
  if (place !== "desk") return { is: place };
  return atDesk(state, view.panel);
};

const signedOut = (view: DeskView): Screen => {
  if (view.reach === "offline") return { is: "offline" };
  if (view.attempt) return attempted(view.attempt.state);
  return view.reach === "starting" ? { is: "loading" } : { is: "connect" };
};

const attempted = (state: "waiting" | "stuck" | "failed" | "expired"): Screen =>
  state === "waiting" ? { is: "waiting" } : state === "stuck" ? { is: "refused" } : { is: "failed" };

const atDesk = (state: State, panel: Panel): Screen => {
  const call = state.tab === "phone" ? lookedAt(state) : null;
  if (call) return { is: "call", call };
  const system = systemOf(panel);
  if (!system) return { is: "product" };
  if (!panel.line && system.line_login !== "none") return { is: "line-login", system };
  return { is: "home" };
};

export const systemOf = (panel: Panel): PhoneSystem | null =>
  panel.phone_systems.find(({ key }) => key === panel.phone_system) ?? null;

/** The call in front: the one looked at, else the one that needs the agent most. */
export const lookedAt = ({ view, focus }: State): Call | null => {
  const calls = view?.panel?.calls ?? [];
  if (focus === KEYPAD) return null;
  return calls.find(({ id }) => id === focus) ?? calls.toSorted((a, b) => URGENCY[a.state] - URGENCY[b.state])[0] ?? null;
};

/** The others, for the strip above whatever is shown. */
export const elsewhere = (state: State): Call[] => {
  const screen = screenOf(state);
  return (state.view?.panel?.calls ?? []).filter((call) => screen.is !== "call" || call.id !== screen.call.id);
};

export const notesOf = (view: DeskView, call: Call): string => view.drafts[call.id] ?? call.notes;

export const isReady = ({ view }: State): boolean => {
  const panel = view?.panel;
  return Boolean(view?.signed_in && panel && (panel.line || systemOf(panel)?.line_login === "none"));
};

const URGENCY = { ringing: 0, connected: 1, dialing: 2, held: 3, ended: 4 };

/** A call the agent makes comes to the front. One that rings does so only when nothing else is in front: neither a
    conversation nor notes being written nor a form are taken away; the strip rings instead. */
const seen = (state: State, view: DeskView): State => {
  const known = new Set(state.view?.panel?.calls.map(({ id }) => id));
  const arrived = (view.panel?.calls ?? []).filter((call) => !known.has(call.id) && isLive(call));
  const inFront = lookedAt(state);
  const free = !inFront || !occupies(inFront, view);
  const chosen = arrived.find((call) => call.state === "dialing") ?? (free ? arrived[0] : undefined);
  if (!chosen) return { ...state, view, focus: stillThere(state.focus ?? inFront?.id ?? null, view) };
  const place = state.place === "create-contact" ? state.place : "desk";
  return { ...state, view, place, tab: "phone", focus: chosen.id, saved: null };
};

/** A missed call that nobody writes about may step back for the next one. */
const occupies = (call: Call, view: DeskView): boolean =>
  isLive(call) || call.answered_at !== null || notesOf(view, call) !== "";

const stillThere = (focus: string | null, view: DeskView): string | null => {
  const calls = view.panel?.calls ?? [];
  const there = focus === KEYPAD ? calls.length > 0 : calls.some(({ id }) => id === focus);
  return there ? focus : null;
};
