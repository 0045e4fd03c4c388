/** Builds what benchmarks/page_numbers.py runs in a browser. Usage: node scripts/bench.mjs FOLDER */

import { fileURLToPath } from "node:url";
import { build } from "vite";

const root = fileURLToPath(new URL("..", import.meta.url));
await build({
  configFile: `${root}vite.config.ts`, logLevel: "warn", root, publicDir: false,
  build: {
    outDir: process.argv[2], emptyOutDir: true, target: "chrome120", reportCompressedSize: false,
    lib: { entry: `${root}bench/page.ts`, formats: ["iife"], name: "bench", fileName: () => "bench.js" },
  },
});
