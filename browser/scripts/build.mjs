/** Makes dist/: extension, extension-demo (the same, also on this computer's pages), panel (the page and embed.js),
    administration-page. */

import { cp, mkdir, rename, rm, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { build } from "vite";
import packageJson from "../package.json" with { type: "json" };
import { manifest } from "./manifest.mjs";

const root = fileURLToPath(new URL("..", import.meta.url));
const dist = `${root}dist`;
const { version } = packageJson;

const common = { configFile: `${root}vite.config.ts`, logLevel: "warn", base: "./", publicDir: false };
const target = "chrome120";

/** One page with its script and style, named without hashes: the service caches by its own version. */
const page = (room, html, to, base = "./") =>
  build({
    ...common, base, root: `${root}src/${room}`,
    build: {
      outDir: to, emptyOutDir: false, target, modulePreload: false, assetsInlineLimit: 0, reportCompressedSize: false,
      rolldownOptions: {
        input: `${root}src/${room}/${html}`,
        output: { entryFileNames: `${room}.js`, chunkFileNames: `${room}-[name].js`, assetFileNames: "[name][extname]" },
      },
    },
  });

const script = (entry, to, name, format) =>
  build({
    ...common, root,
    build: {
      outDir: to, emptyOutDir: false, target, reportCompressedSize: false,
      lib: { entry: `${root}src/${entry}`, formats: [format], name: "offhook", fileName: () => name },
    },
  });

await rm(dist, { recursive: true, force: true });
await mkdir(`${dist}/extension`, { recursive: true });
await page("panel", "index.html", `${dist}/panel`);
await page("administration", "index.html", `${dist}/administration-page`, "/administration/"); // typed without the last slash, too
await script("embed/embed.ts", `${dist}/panel`, "embed.js", "iife");
await page("panel", "panel.html", `${dist}/extension`);
await page("offscreen", "index.html", `${dist}/extension`);
await rename(`${dist}/extension/index.html`, `${dist}/extension/offscreen.html`);
await script("background/index.ts", `${dist}/extension`, "background.js", "es");
await script("page/index.ts", `${dist}/extension`, "page.js", "iife");
await script("page/site.ts", `${dist}/extension`, "site.js", "iife");
await script("page/own-page.ts", `${dist}/extension`, "own-page.js", "iife");
await cp(`${root}extension`, `${dist}/extension`, { recursive: true });
await cp(`${dist}/extension`, `${dist}/extension-demo`, { recursive: true });
for (const demo of [false, true]) {
  const folder = `${dist}/extension${demo ? "-demo" : ""}`;
  await writeFile(`${folder}/manifest.json`, `${JSON.stringify(manifest({ version, demo }), null, 2)}\n`);
}
