/** Every message between contexts, grouped by direction. Contexts meet here and nowhere else.

      panel ⇄ background       a port named PANEL_PORT: asks with a number, answers with the same; views pushed
      page  ⇄ background       a port named PAGE_PORT: what the page sees; what it should look like
      site  ⇄ background       a port named SITE_PORT: a number was clicked on another site; whether they can be
      phone ⇄ background       a port named PHONE_PORT: what the softphone shows and tells; what it is asked
      tab   ⇄ tab              the same between tabs without an extension, over a channel: one of them is the phone
      own page ⇄ background    the service's page uses the extension's phone: window.postMessage to a content script, which
                               carries it on through a port named OWN_PAGE_PORT
      panel page ⇄ embedder    window.postMessage, each side checking origin and source */

import type { Ask, Asks } from "./shared/asks";
import type { DeskState } from "./shared/desk";
import type { PhoneChoices, PhoneCommand, PhoneLine, PhoneView, Said } from "./shared/phone";
import type { Refusal } from "./shared/values";

export const PANEL_PORT = "panel";
export const PAGE_PORT = "page";
export const SITE_PORT = "site";
export const PHONE_PORT = "phone";
export const OWN_PAGE_PORT = "own-page";
/** Whoever was just started calls the phone, which comes by its port. */
export const COME = "offhook-phone-come";

// ── what the panel is shown ──────────────────────────────────────────────────────────────────────────────────────

export interface DeskView extends DeskState {
  /** Set by an administrator's policy, so not to be changed here. */
  address_fixed: boolean;
  /** Sites beside HubSpot on which this browser may look for numbers. */
  sites: readonly string[];
  phone: PhoneView;
  /** This is the service's page, and the phone is that of the extension in the same browser. */
  phone_of_extension: boolean;
}

// ── panel → background (what may be asked: shared/asks.ts) ────────────────────────────────────────────────────────────────

export interface PanelToBackground {
  id: number;
  ask: Ask;
  with: Asks[Ask]["with"];
}

// ── background → panel ───────────────────────────────────────────────────────────────────────────────────────────

export type BackgroundToPanel =
  | { is: "view"; view: DeskView }
  | { is: "answer"; id: number; answer: unknown }
  | { is: "refusal"; id: number; refusal: Refusal };

// ── page → background ────────────────────────────────────────────────────────────────────────────────────────────

export type PageKind = "contacts" | "consent" | "login" | "other";

export type PageToBackground =
  | { is: "here"; url: string; kind: PageKind; visible: boolean }
  | { is: "launcher"; open: boolean }
  | { is: "launcher-moved"; bottom: number }
  | { is: "dial"; number: string }
  | { is: "hubspot-refused"; text: string; address: string };

// ── background → page ────────────────────────────────────────────────────────────────────────────────────────────

export interface PageLook {
  open: boolean;
  ringing: boolean;
  /** Make numbers on the page clickable. */
  numbers: boolean;
  /** Country of numbers without a country code. */
  region: string;
  /** An attempt to connect is pending: watch HubSpot's consent page for a refusal. Never otherwise. */
  watching: boolean;
  /** That attempt was refused, so the panel belongs even on HubSpot's consent page. */
  refused: boolean;
  bottom: number | null;
  service: string;
}

export type BackgroundToPage = { is: "look"; look: PageLook } | { is: "go"; url: string };

// ── other sites ───────────────────────────────────────────────────────────────────────────────────────────────────────────

export type SiteToBackground = { is: "dial"; number: string };
export type BackgroundToSite = { is: "numbers"; on: boolean; region: string };

// ── background → phone, and tab → the tab that is the phone ─────────────────────────────────────────────────────────────

export type ToPhone =
  | { is: "use"; line: PhoneLine | null }
  | { is: "choices"; choices: PhoneChoices }
  | { is: "available"; available: boolean }
  | { is: "do"; id: string; command: PhoneCommand }
  /** This much of what was said lies in storage now. */
  | { is: "kept"; said: Said[] }
  | { is: "who-is-it" };

// ── phone → background, and back to the tabs ─────────────────────────────────────────────────────────────────────

export type FromPhone =
  | { is: "view"; view: PhoneView }
  | { is: "done"; id: string; leg: string }
  | { is: "refusal"; id: string; refusal: Refusal }
  | { is: "refused" }
  | { is: "said"; said: Said[] };

// ── the service's own page → extension, and back ────────────────────────────────────────────────────────────────────────────

export type FromOwnPage =
  | { is: "hello" }
  /** That the same agent is at the same line there (shared/same-line.ts). */
  | { is: "proof"; proof: string }
  | { is: "do"; id: string; command: PhoneCommand }
  | { is: "open-sound" };

export type ToOwnPage =
  | { is: "challenge"; nonce: string }
  /** The extension is no phone, or not that of this page's agent. */
  | { is: "none" }
  | Extract<FromPhone, { is: "view" | "done" | "refusal" }>;

/** `by`: which content script, since one of an older extension may still be there. `here` and `gone` are its own words. */
export type OwnPageToScript = { offhook: "page"; says: FromOwnPage };
export type ScriptToOwnPage = { offhook: "extension"; by: number; says: ToOwnPage | { is: "here" } | { is: "gone" } };

// ── panel page → embedding page, and back ────────────────────────────────────────────────────────────────────────

export type PanelToEmbedder = { offhook: "ready" } | { offhook: "close" } | { offhook: "ring"; ringing: boolean };
export type EmbedderToPanel = { offhook: "hello"; page: string };
