/** @vitest-environment jsdom */
import { generateKeyPairSync, sign } from "node:crypto";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Config, Endpoints } from "./config";
import { signedText } from "./endpoints";
import { FakeLms } from "./fake-lms";
import { Lms } from "./lms";
import { Page } from "./page";
import { Session } from "./session";

const pair = generateKeyPairSync("ec", { namedCurve: "prime256v1" });
const OLD = "https://old.example";
const NEW = "https://new.example";

function signed(serial: number, urls: string[], key = pair.privateKey): Endpoints {
  const list = { serial, urls, signature: "" };
  const text = Buffer.from(signedText("d1", list));
  return { ...list, signature: sign("sha256", text, { key, dsaEncoding: "ieee-p1363" }).toString("base64") };
}

const config: Config = {
  v: 1,
  dispatch: "d1",
  key: "cw1.t.m",
  format: "scorm12",
  version: "0.1.0",
  title: "Fire safety",
  window: "frame",
  endpoints: signed(10, [OLD]),
  verify: pair.publicKey.export({ type: "spki", format: "der" }).toString("base64"),
};

/** A service that answers at some addresses, and says where it is now. */
function serve(alive: string[], now: Endpoints): string[] {
  const asked: string[] = [];
  const summary = {
    completion: "completed",
    success: "passed",
    score: { scaled: 0.87, raw: 87, min: 0, max: 100 },
    total_time_seconds: 60,
    progress: null,
    location: "",
  };
  const answer = { token: "t", registration_id: "r1", revision: 7, summary, mode: "normal", endpoints: now };
  vi.stubGlobal("fetch", async (url: string) => {
    if (url.endsWith("/launch")) asked.push(url); // receipts of earlier launches may come in between
    const origin = new URL(url).origin;
    if (!alive.includes(origin)) throw new TypeError("Failed to fetch");
    return new Response(JSON.stringify({ ...answer, player_url: `${origin}/play/x` }));
  });
  return asked;
}

async function launch(values: Record<string, string> = {}): Promise<FakeLms> {
  const fake = new FakeLms("scorm12", { "cmi.core.student_id": "ann", ...values });
  const lms = new Lms(fake.api(), "scorm12");
  lms.initialise();
  document.body.innerHTML = '<main id="courseway"></main>';
  const page = new Page(document.getElementById("courseway") as HTMLElement, "Fire safety", "", "");
  new Session(config, lms, page).open();
  document.querySelector("button")?.click();
  await vi.waitFor(() => expect(document.querySelector("iframe")).not.toBeNull(), { timeout: 5000 });
  return fake;
}

const frame = () => new URL(document.querySelector("iframe")?.src || "about:blank").origin;

beforeEach(() => {
  localStorage.clear();
  Object.defineProperty(window, "crypto", { value: globalThis.crypto, configurable: true });
});
afterEach(() => vi.unstubAllGlobals());

describe("a launch", () => {
  it("brings the LMS up to date before the learner is in the course", async () => {
    serve([OLD], config.endpoints);
    const fake = await launch({ "cmi.core.lesson_status": "incomplete" });
    expect(fake.stored).toMatchObject({ "cmi.core.lesson_status": "passed", "cmi.core.score.raw": "87" });
    expect(document.querySelector("iframe")?.src).toMatch(
      /#n=[0-9a-f]{32}&o=http%3A%2F%2Flocalhost(%3A3000)?&m=frame$/,
    );
  });

  it("follows a service that has moved, also from another browser, and comes back when it moves back", async () => {
    const moved = signed(11, [NEW]);
    serve([OLD], moved);
    const fake = await launch();
    const after = serve([NEW], moved);
    await launch();
    expect(after[0]).toBe(`${NEW}/dispatch/d1/launch`);
    localStorage.clear();
    const elsewhere = serve([NEW], moved);
    await launch(fake.stored);
    expect(elsewhere[0]).toBe(`${NEW}/dispatch/d1/launch`);
    serve([OLD], signed(12, [OLD]));
    await launch(fake.stored);
    expect(frame()).toBe(OLD);
  });

  it("does not follow a list that the platform has not signed", async () => {
    const stranger = generateKeyPairSync("ec", { namedCurve: "prime256v1" }).privateKey;
    serve([OLD], signed(99, ["https://evil.example"], stranger));
    await launch();
    const asked = serve([OLD, "https://evil.example"], config.endpoints);
    await launch();
    expect(asked.every((url) => url.startsWith(OLD))).toBe(true);
  });
});
