/** The extension's manifest. The key is public; it only keeps the id the same wherever the extension is loaded from. */

const KEY =
  "MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAq6F2esStBejOkZyUAGy5f6AaVWY7b2y506ABEJBcDovFMnt4CDoFJFkYSAx8WuLgTjOoYCgs" +
  "+AKjTBFiZP1eMVSECUypCdfmApS0tMmCKo+RR+w+ZIiiXqTGKqvXTXE7Ve+k+pgJkB6J8pGk2mDSxdXVho6qMARbQw8Dq7uf5WNqSdstRAhwRdwDGdXS" +
  "3Qdy9PzJcKp1JwB1SYvSnp9LelLuoy9q9SDVAfOI6QDdM/Xb+LHU59JAl2+UHolFTwwaeDJ6/sIq40Oa84q6Mk3/WS19yPHxhd/JQwTZsFJvASImeUlD" +
  "rjph/XLEeZu4ojr4x44U04KPoz9yG8UF+veQQQIDAQAB";

/** Chrome’s patterns cannot say “app-*”, so HubSpot’s data centres stand here one by one. */
const HUBSPOT = ["app", "app-eu1", "app-na2", "app-na3", "app-ap1", "app-ca1"].map((host) => `https://${host}.hubspot.com/*`);
/** For the demo and the tests: a HubSpot on this computer, on any port. */
const LOOPBACK = ["http://127.0.0.1/*", "http://localhost/*"];

export const manifest = ({ version, demo }) => {
  const sites = hubspot(demo);
  return {
    manifest_version: 3,
    name: demo ? "Offhook (demo)" : "Offhook",
    description: "The phone panel inside HubSpot that anyone can run themselves.",
    version,
    key: KEY,
    minimum_chrome_version: "120",
    icons: icons(16, 32, 48, 128),
    action: { default_title: "Offhook", default_icon: icons(16, 32) },
    background: { service_worker: "background.js", type: "module" },
    permissions: ["storage", "offscreen", "notifications", "scripting", "contextMenus"],
    host_permissions: ["http://localhost:8600/*", "http://127.0.0.1:8600/*", ...sites],
    optional_host_permissions: ["https://*/*", "http://localhost/*", "http://127.0.0.1/*"],
    storage: { managed_schema: "managed-schema.json" },
    content_scripts: [{ matches: sites, js: ["page.js"], css: ["page.css"], run_at: "document_idle" }],
    web_accessible_resources: [{ resources: ["panel.html"], matches: sites }],
    content_security_policy: { extension_pages: "default-src 'self'; connect-src http: https: ws: wss:; img-src 'self' data:; object-src 'none'" },
  };
};

const hubspot = (demo) => (demo ? [...HUBSPOT, ...LOOPBACK] : HUBSPOT);
const icons = (...sizes) => Object.fromEntries(sizes.map((size) => [size, `icons/offhook-${size}.png`]));
