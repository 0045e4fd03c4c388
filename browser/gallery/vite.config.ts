import { defineConfig } from "vite";

export default defineConfig({
  root: import.meta.dirname,
  define: { __VERSION__: '"gallery"' },
  server: { port: 8650, host: "127.0.0.1", fs: { allow: [".."] } },
});
