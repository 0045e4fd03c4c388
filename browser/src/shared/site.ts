/** A site as people type it, as an origin, and as browsers write it in permissions. */

const HERE = /^(?:localhost|127(?:\.\d+){3}|.+\.localhost)$/;

/** "crm.example.com/deals" is https://crm.example.com; null for what is no site that a browser lets us ask for. */
export const siteOf = (typed: string): string | null => {
  const text = typed.trim();
  const full = /^https?:\/\//i.test(text) ? text : `https://${text}`;
  if (text === "" || !URL.canParse(full)) return null;
  const { protocol, hostname, origin } = new URL(full);
  if (!HERE.test(hostname) && (protocol !== "https:" || !hostname.includes("."))) return null;
  return origin;
};

/** The pattern knows no port: a permission is for all of them. */
export const hostPattern = (address: string): string => {
  const { protocol, hostname } = new URL(address);
  return `${protocol}//${hostname}/*`;
};
