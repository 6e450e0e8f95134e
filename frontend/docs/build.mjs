// Puts the API page's script and style where the server serves them.
import { copyFileSync, mkdirSync } from "node:fs";
import { fileURLToPath } from "node:url";

const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const out = here("../../src/courseway/_frontend/docs");
mkdirSync(out, { recursive: true });
for (const name of ["swagger-ui-bundle.js", "swagger-ui.css"]) {
  copyFileSync(here(`../node_modules/swagger-ui-dist/${name}`), `${out}/${name}`);
}
copyFileSync(here("./init.js"), `${out}/init.js`);
