// Makes one script of both strangers: node bundle.mjs FOLDER, in browser/, whose packages it takes.
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
const packages = createRequire(join(process.cwd(), "package.json"));
const { build } = await import(pathToFileURL(join(process.cwd(), "node_modules/vite/dist/node/index.js")).href);

await build({
  configFile: false,
  logLevel: "error",
  root: here,
  define: { "process.env.NODE_ENV": '"production"' },
  resolve: { alias: { jssip: dirname(packages.resolve("jssip/package.json")), "sip.js": packages.resolve("sip.js") } },
  build: {
    outDir: process.argv[2],
    minify: false,
    lib: { entry: join(here, "phones.js"), name: "Strangers", formats: ["iife"], fileName: () => "strangers.js" },
  },
});
