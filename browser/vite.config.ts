/** Shared by the builds (scripts/build.ts), the tests and the gallery. */
import { defineConfig } from "vite";
import packageJson from "./package.json" with { type: "json" };

export default defineConfig({
  root: import.meta.dirname,
  define: { __VERSION__: JSON.stringify(packageJson.version) },
});
