/** Lengths of time as people read them. Pure: what time it is now is an argument. */

const two = (value: number): string => String(value).padStart(2, "0");

/** 7 s → 0:07, 12 min 5 s → 12:05, over an hour → 1:02:03. A clock that runs ahead of the service shows 0:00. */
export const clock = (ms: number): string => {
  const seconds = Number.isFinite(ms) ? Math.max(0, Math.floor(ms / 1000)) : 0;
  const [hours, minutes, rest] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
  return hours ? `${hours}:${two(minutes)}:${two(rest)}` : `${minutes}:${two(rest)}`;
};

/** For ears: "2 minutes 5 seconds". */
export const spoken = (ms: number): string => {
  const seconds = Number.isFinite(ms) ? Math.max(0, Math.round(ms / 1000)) : 0;
  const parts = [[Math.floor(seconds / 3600), "hour"], [Math.floor(seconds / 60) % 60, "minute"], [seconds % 60, "second"]] as const;
  const said = parts.filter(([n]) => n > 0).map(([n, unit]) => `${n} ${unit}${n === 1 ? "" : "s"}`);
  return said.join(" ") || "0 seconds";
};

export const since = (iso: string | null, now: number): number => {
  const then = iso ? Date.parse(iso) : Number.NaN;
  return Number.isNaN(then) ? 0 : Math.max(0, now - then);
};

/** "14:05" today, "Yesterday 14:05", else "12 Nov 14:05": the words a list of calls needs. */
export const when = (iso: string, now: number, locale?: string): string => {
  const at = new Date(iso);
  if (Number.isNaN(at.getTime())) return "";
  const time = at.toLocaleTimeString(locale, { hour: "2-digit", minute: "2-digit" });
  const days = Math.round((midnight(now) - midnight(at.getTime())) / 86_400_000);
  if (days === 0) return time;
  if (days === 1) return `Yesterday ${time}`;
  return `${at.toLocaleDateString(locale, { day: "numeric", month: "short" })} ${time}`;
};

export const date = (iso: string, locale?: string): string => {
  const at = new Date(iso);
  return Number.isNaN(at.getTime())
    ? ""
    : at.toLocaleDateString(locale, { day: "numeric", month: "long", year: "numeric" });
};

const midnight = (ms: number): number => new Date(ms).setHours(0, 0, 0, 0);
