/**
 * Builds one file of the dispatch package (`--mode shell` or `--mode selftest`).
 * Both are single classic scripts with stable names: they are copied into zips and run in pages we do not control.
 */
import { fileURLToPath } from "node:url";
import { defineConfig } from "vite";

export default defineConfig(({ mode }) => ({
  root: fileURLToPath(new URL("./shell", import.meta.url)),
  publicDir: false,
  build: {
    outDir: fileURLToPath(new URL("../src/courseway/_frontend/shell", import.meta.url)),
    emptyOutDir: mode === "shell",
    target: ["chrome70", "edge79", "firefox68", "safari12"],
    lib: {
      entry: fileURLToPath(new URL(`./shell/${mode}.ts`, import.meta.url)),
      formats: ["iife" as const],
      name: `courseway_${mode}`,
      fileName: () => `${mode}.js`,
      cssFileName: mode,
    },
  },
}));
