/**
 * The self-test page: what a course needs of this browser, this LMS and this network, checked one by one, with a
 * short id to quote to support. It calls nothing on the LMS's API but looks whether it is there.
 */
import { type Config, readConfig } from "./src/config";
import { isGenuine } from "./src/endpoints";
import { findApi } from "./src/find";
import { element } from "./src/page";
import { Server } from "./src/server";

type State = "ok" | "bad" | "wait";

interface Result {
  name: string;
  state: State;
  detail: string;
}

const FRAME_MS = 6000;
const LARGEST_SKEW_SECONDS = 120;

class Report {
  readonly results: Record<string, Result> = {};
  private readonly lines: Record<string, HTMLLIElement> = {};

  constructor(private readonly list: HTMLElement) {}

  set(key: string, name: string, state: State, detail: string): void {
    this.results[key] = { name, state, detail };
    let line = this.lines[key];
    if (!line) {
      line = element("li");
      this.lines[key] = line;
      this.list.appendChild(line);
    }
    line.setAttribute("data-state", state);
    line.setAttribute("data-check", key);
    line.textContent = "";
    line.appendChild(element("b", { "aria-hidden": "true" }, { ok: "✓", bad: "✕", wait: "…" }[state]));
    line.appendChild(element("span", {}, `${name}: ${detail}`));
  }
}

function checkApi(config: Config, report: Report): void {
  const found = findApi(window, config.format === "scorm12" ? "scorm12" : "scorm2004");
  const name = "Learning platform";
  if (found)
    report.set("api", name, "ok", `found (${found.standard === "scorm12" ? "SCORM 1.2" : "SCORM 2004"})`);
  else report.set("api", name, "bad", "not found. Open this check from the course page inside the platform");
}

function checkBrowser(report: Report): void {
  try {
    localStorage.setItem("courseway.check", "1");
    localStorage.removeItem("courseway.check");
    report.set("storage", "Storage", "ok", "available");
  } catch {
    report.set("storage", "Storage", "bad", "closed to this page; courses work, but keep less while offline");
  }
  const secure = Boolean(window.crypto?.subtle);
  const plain = "this page is not on https; the course works, but a moved service is not found again";
  report.set("secure", "Secure page", secure ? "ok" : "bad", secure ? "yes" : plain);
}

async function checkEndpoints(config: Config, report: Report): Promise<void> {
  const genuine = await isGenuine(config, config.endpoints);
  report.set(
    "signature",
    "Package",
    genuine ? "ok" : "bad",
    genuine ? "genuine" : "its signature could not be checked",
  );
  for (const url of config.endpoints.urls) {
    const key = `endpoint ${url}`;
    report.set(key, url, "wait", "asking …");
    const before = Date.now();
    try {
      const answer = await new Server([url]).ask<{ now: string }>("/dispatch/ping", {});
      report.set(key, url, "ok", `answers in ${Date.now() - before} ms`);
      const skew = Math.round((Date.now() - Date.parse(answer.now)) / 1000);
      const fine = Math.abs(skew) <= LARGEST_SKEW_SECONDS;
      report.set(
        "clock",
        "Clock",
        fine ? "ok" : "bad",
        fine ? "right" : `${skew} s off; set this device's clock`,
      );
    } catch {
      report.set(key, url, "bad", "does not answer. A network filter may block it");
    }
  }
}

/** Load our test page in a frame and wait for its word. */
function checkFrame(config: Config, report: Report): Promise<void> {
  const url = `${config.endpoints.urls[0]}/dispatch/frame-test`;
  report.set("frame", "Course inside the page", "wait", "trying …");
  const frame = element("iframe", { src: url, hidden: "", title: "test" });
  return hears(url, FRAME_MS, () => document.body.appendChild(frame)).then((heard) => {
    document.body.removeChild(frame);
    const no = "not allowed here; the course will open in a window of its own";
    report.set("frame", "Course inside the page", heard ? "ok" : "bad", heard ? "allowed" : no);
  });
}

async function checkPopup(config: Config, report: Report): Promise<void> {
  const url = `${config.endpoints.urls[0]}/dispatch/frame-test`;
  let popup: Window | null = null;
  const heard = await hears(url, FRAME_MS, () => {
    popup = window.open(url, "courseway-test", "width=420,height=320");
    return popup;
  });
  const detail = heard
    ? "allowed"
    : popup
      ? "opens, but the platform keeps it apart"
      : "blocked by the browser";
  report.set("popup", "Course in its own window", popup ? "ok" : "bad", detail);
  if (popup) (popup as Window).close();
}

function hears(url: string, wait: number, begin: () => unknown): Promise<boolean> {
  return new Promise((resolve) => {
    const listen = (event: MessageEvent) => {
      if (event.origin === new URL(url).origin && event.data?.type === "frame-test") end(true);
    };
    const end = (heard: boolean) => {
      window.removeEventListener("message", listen);
      window.clearTimeout(timer);
      resolve(heard);
    };
    const timer = window.setTimeout(() => end(false), wait);
    window.addEventListener("message", listen);
    if (!begin()) end(false);
  });
}

async function send(config: Config, report: Report, id: HTMLElement): Promise<void> {
  try {
    const body = { dispatch_id: config.dispatch, key: config.key, results: report.results };
    const answer = await new Server(config.endpoints.urls).ask<{ id: string }>("/dispatch/selftest", body);
    id.textContent = "If you ask for help, quote ";
    id.appendChild(element("code", {}, answer.id));
  } catch {
    id.textContent = "The result could not be sent. If you ask for help, send a picture of this page.";
  }
}

async function main(): Promise<void> {
  const config = readConfig(document, location.search);
  if (!config) return;
  const root = document.getElementById("courseway") as HTMLElement;
  root.textContent = "";
  const card = element("section", { class: "card" });
  const list = element("ul", { "aria-live": "polite" });
  const id = element("p", { class: "soft", role: "status" }, "Checking …");
  const popup = element("button", { type: "button", class: "main" }, "Check a new window");
  const buttons = element("div", { class: "buttons" });
  buttons.appendChild(popup);
  for (const part of [
    element("h1", {}, "Connection check"),
    element("p", {}, config.title),
    list,
    buttons,
    id,
  ]) {
    card.appendChild(part);
  }
  root.appendChild(card);
  const report = new Report(list);
  checkApi(config, report);
  checkBrowser(report);
  await Promise.all([checkEndpoints(config, report), checkFrame(config, report)]);
  await send(config, report, id);
  popup.onclick = async () => {
    await checkPopup(config, report);
    await send(config, report, id);
  };
}

main();
