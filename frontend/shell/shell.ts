/** The package's launch page: find the LMS, open its session, offer the course. */
import "./src/shell.css";
import { type Config, readConfig, type Standard } from "./src/config";
import { WORDS } from "./src/elements";
import { type Found, findApi } from "./src/find";
import { Lms } from "./src/lms";
import { Page } from "./src/page";
import { Session } from "./src/session";
import { TEXT } from "./src/text";

const LOOK_AGAIN_MS = 250;
const LOOKS = 20; // some LMSs put their API in place after the package has loaded

function look(config: Config, page: Page, left: number): void {
  const standard: Standard = config.format === "scorm12" ? "scorm12" : "scorm2004";
  const found = findApi(window, standard);
  if (found) connect(config, page, found);
  else if (left) window.setTimeout(() => look(config, page, left - 1), LOOK_AGAIN_MS);
  else fail(page, TEXT.noApi, "LMS-API", window);
}

function connect(config: Config, page: Page, found: Found): void {
  const lms = new Lms(found.api, found.standard);
  if (!lms.initialise()) fail(page, TEXT.noSession, `LMS-INIT-${lms.error.code || "0"}`, found.owner);
  else if (!lms.get(WORDS[lms.standard].learnerId)) fail(page, TEXT.noLearner, "LMS-LEARNER", found.owner);
  else new Session(config, lms, page).open();
}

/** Say what is wrong; starting over means loading the window again that has the API. */
function fail(page: Page, text: string, id: string, owner: Window): void {
  const reload = () => {
    try {
      owner.location.reload();
    } catch {
      window.location.reload();
    }
  };
  page.show({
    text,
    note: TEXT.id(id),
    tone: "bad",
    actions: [{ label: TEXT.start }, { label: TEXT.again, act: reload }],
  });
}

function main(): void {
  const config = readConfig(document, location.search);
  const messages = config?.messages || {};
  const root = document.getElementById("courseway") as HTMLElement;
  const page = new Page(
    root,
    config?.title || document.title,
    messages.welcome || "",
    messages.support || "",
  );
  if (!config) return fail(page, TEXT.noItem, "LMS-ITEM", window);
  page.show({ text: TEXT.looking, actions: [{ label: TEXT.start }] });
  look(config, page, LOOKS);
}

main();
