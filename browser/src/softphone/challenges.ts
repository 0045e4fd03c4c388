/** JsSIP knows MD5 only, and of several challenges it keeps the last (measured, 3.13.8): the others are left out for it. Pure. */

const CHALLENGE = /^(?:WWW|Proxy)-Authenticate:.*(?:\r\n[ \t].*)*\r\n/gim;
const isMd5 = (challenge: string): boolean => /algorithm\s*=\s*"?MD5"?\s*(?:,|$)/im.test(challenge) || !/algorithm\s*=/i.test(challenge);

/** A frame with only the challenges that can be answered; all of them when none can, so that the refusal is seen. */
export const answerable = (frame: string): string => {
  const challenges = frame.match(CHALLENGE) ?? [];
  if (challenges.length < 2 || !challenges.some(isMd5)) return frame;
  const [head = "", ...rest] = frame.split("\r\n\r\n");
  return [`${head}\r\n`.replace(CHALLENGE, (each) => (isMd5(each) ? each : "")).slice(0, -2), ...rest].join("\r\n\r\n");
};
