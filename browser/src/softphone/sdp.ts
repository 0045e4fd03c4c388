/** What is offered, and in which order. Pure. */

/** Without extensions of RTP headers: one sound alone needs none, and a phone system that connects us with somebody else in
    the middle of a call numbers them otherwise, which Chromium refuses (measured: “RTP extension ID reassignment”). */
export const plain = (sdp: string): string => sdp.replace(/^a=extmap(?:-allow-mixed|:.*)\r?\n/gm, "");

/** Puts the payloads of these codecs first, in this order; the others stay behind them, so that a call is never lost to taste. */
export const preferring = (sdp: string, codecs: readonly string[]): string => {
  const names = new Map([...sdp.matchAll(/^a=rtpmap:(\d+) ([^/\s]+)/gm)].map((found) => [found[1] ?? "", (found[2] ?? "").toLowerCase()]));
  const place = (payload: string): number => {
    const at = codecs.findIndex((codec) => codec.toLowerCase() === names.get(payload));
    return at < 0 ? codecs.length : at;
  };
  return sdp.replace(/^(m=audio \d+ \S+) ([\d ]+)$/m, (_, head: string, payloads: string) =>
    `${head} ${payloads.trim().split(" ").toSorted((a, b) => place(a) - place(b)).join(" ")}`);
};
