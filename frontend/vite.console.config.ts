/** Builds the console's script and style: hashed files under /static/ and a manifest.json by which templates find them. */
import { fileURLToPath } from "node:url";
import { defineConfig } from "vite";

export default defineConfig({
  root: fileURLToPath(new URL("./console", import.meta.url)),
  base: "/static/",
  publicDir: false,
  build: {
    outDir: fileURLToPath(new URL("../src/courseway/_frontend/console", import.meta.url)),
    emptyOutDir: true,
    manifest: "manifest.json",
    modulePreload: { polyfill: false },
    rolldownOptions: { input: fileURLToPath(new URL("./console/main.ts", import.meta.url)) },
  },
});
