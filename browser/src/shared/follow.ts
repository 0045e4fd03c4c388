/** What a call does to the panel's lists. Pure. */

import type { Call, Panel } from "./values";

const HOW_MANY_RECENT = 20;

export const isLive = (call: Call): boolean => call.state !== "ended";
export const needsAgent = (call: Call): boolean => isLive(call) || !call.wrapped_up;

/** A call that has ended never comes back to life, however late an older answer arrives. */
export const newer = (known: Call | undefined, told: Call): Call =>
  known && !isLive(known) && isLive(told) ? known : told;

export const withCall = (panel: Panel, told: Call): Panel => {
  const known = [...panel.calls, ...panel.recent].find(({ id }) => id === told.id);
  const call = newer(known, told);
  const others = panel.calls.filter(({ id }) => id !== call.id);
  const place = panel.calls.findIndex(({ id }) => id === call.id);
  const calls = needsAgent(call) ? others.toSpliced(place < 0 ? others.length : place, 0, call) : others;
  return { ...panel, calls, recent: withRecent(panel.recent, call) };
};

const withRecent = (recent: Call[], call: Call): Call[] =>
  [call, ...recent.filter(({ id }) => id !== call.id)]
    .toSorted((a, b) => b.started_at.localeCompare(a.started_at))
    .slice(0, Math.max(HOW_MANY_RECENT, recent.length));

export const withNotes = (panel: Panel, id: string, notes: string): Panel => {
  const noted = (call: Call): Call => (call.id === id ? { ...call, notes } : call);
  return { ...panel, calls: panel.calls.map(noted), recent: panel.recent.map(noted) };
};
