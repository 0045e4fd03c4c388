/** Where the service is: what the administrator's policy says, else what the agent chose, else this computer. */

export const DEFAULT_ADDRESS = "http://localhost:8600";
export const KEY = "serviceAddress";

export interface Address {
  address: string;
  fixed: boolean;
}

export const findAddress = async (): Promise<Address> => {
  const managed = clean((await chrome.storage.managed.get(KEY).catch(() => ({})) as Record<string, unknown>)[KEY]);
  if (managed) return { address: managed, fixed: true };
  return { address: clean((await chrome.storage.local.get(KEY))[KEY]) ?? DEFAULT_ADDRESS, fixed: false };
};

export const clean = (address: unknown): string | null => {
  try {
    const url = new URL(String(address));
    return /^https?:$/.test(url.protocol) ? `${url.origin}${url.pathname.replace(/\/+$/, "")}` : null;
  } catch {
    return null;
  }
};
