/** Builds the console's script and style: hashed files under /static/ and a manifest.json by which templates find them. */
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { PurgeCSS } from "purgecss";
import { defineConfig, type Plugin } from "vite";
import { ICONS } from "./console/icons";

const outline = (name: string): URL =>
  new URL(`./node_modules/@tabler/icons/icons/outline/${name}.svg`, import.meta.url);

/** One sprite of the icons the templates use, so that a page names an icon and carries none. */
function iconSprite(): Plugin {
  return {
    name: "courseway-icons",
    generateBundle(): void {
      const symbols = ICONS.map((name) => {
        const drawing = readFileSync(outline(name), "utf8")
          .replace(/^[\s\S]*?<svg[^>]*>/, "")
          .replace("</svg>", "");
        return `<symbol id="${name}" viewBox="0 0 24 24">${drawing.replace(/\s+/g, " ").trim()}</symbol>`;
      });
      this.emitFile({
        type: "asset",
        name: "logo.svg",
        originalFileName: "logo.svg",
        source: readFileSync(new URL("./console/logo.svg", import.meta.url)),
      });
      this.emitFile({
        type: "asset",
        name: "icons.svg",
        originalFileName: "icons.svg",
        source: `<svg xmlns="http://www.w3.org/2000/svg">${symbols.join("")}</svg>`,
      });
    },
  };
}

const TABLER = "virtual:tabler.css";

/** Of Tabler only what the templates and the script name, in a layer beneath the console's own style. */
function tabler(): Plugin {
  const folder = fileURLToPath(new URL("../src/courseway/console", import.meta.url));
  const sheet = fileURLToPath(
    new URL("./node_modules/@tabler/core/dist/css/tabler.min.css", import.meta.url),
  );
  return {
    name: "courseway-tabler",
    resolveId: (id) => (id === TABLER ? `\0${TABLER}` : null),
    async load(id) {
      if (id !== `\0${TABLER}`) return null;
      const [purged] = await new PurgeCSS().purge({
        content: [
          `${folder}/templates/**/*.html`,
          fileURLToPath(new URL("./console/src/*.ts", import.meta.url)),
        ],
        css: [sheet],
        variables: true,
        keyframes: true,
        safelist: { standard: ["html", "body"] },
      });
      return `@layer tabler{${(purged?.css ?? "").replace(/@charset "[^"]*";/, "")}}`;
    },
  };
}

export default defineConfig({
  root: fileURLToPath(new URL("./console", import.meta.url)),
  base: "/static/",
  publicDir: false,
  plugins: [tabler(), iconSprite()],
  build: {
    outDir: fileURLToPath(new URL("../src/courseway/_frontend/console", import.meta.url)),
    emptyOutDir: true,
    manifest: "manifest.json",
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0,
    rolldownOptions: {
      input: {
        main: fileURLToPath(new URL("./console/main.ts", import.meta.url)),
      },
    },
  },
});
