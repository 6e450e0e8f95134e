/** Builds the player: hashed assets under /player-assets/, its page as player/index.html. */
import { fileURLToPath } from "node:url";
import { defineConfig } from "vite";

export default defineConfig({
  root: fileURLToPath(new URL("./player", import.meta.url)),
  base: "/player-assets/",
  publicDir: false,
  build: {
    outDir: fileURLToPath(new URL("../src/courseway/_frontend/player", import.meta.url)),
    emptyOutDir: true,
    target: ["chrome87", "edge88", "firefox78", "safari14"],
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0,
  },
});
