/**
 * What the platform wrote into this package, and what the server answers: the shapes only.
 * Reading the page, talking to anyone and deciding anything is elsewhere.
 */

export type Standard = "scorm12" | "scorm2004";

/** Where the service can be reached, signed by the platform so that the list can be replaced later. */
export interface Endpoints {
  serial: number;
  urls: string[];
  signature: string;
}

export interface Config {
  v: 1;
  dispatch: string;
  /** Grants nothing but launching this dispatch. */
  key: string;
  format: "scorm12" | "scorm2004-3" | "scorm2004-4";
  version: string;
  title: string;
  window: "frame" | "popup";
  endpoints: Endpoints;
  /** The platform's public key: P-256, SubjectPublicKeyInfo, base64. */
  verify: string;
  /** Present when learner ids must not leave this browser as they are: the HMAC key, base64. */
  hash_key?: string;
  messages?: { welcome?: string; support?: string };
}

export interface Score {
  scaled: number | null;
  raw: number | null;
  min: number | null;
  max: number | null;
}

export interface Summary {
  completion: "completed" | "incomplete" | "not attempted" | "unknown";
  success: "passed" | "failed" | "unknown";
  score: Score;
  total_time_seconds: number;
  progress: number | null;
  location: string;
}

/** One state of the registration as our server knows it; a higher revision is newer. */
export interface Reached {
  revision: number;
  summary: Summary;
}

export interface Launched extends Reached {
  player_url: string;
  token: string;
  registration_id: string;
  mode: "normal" | "review";
  endpoints: Endpoints;
}

/**
 * Read the configuration that stands in the page as a data block. A package for a whole destination has several; the
 * LMS says by the item's parameters which one is meant. Null when it does not.
 */
export function readConfig(doc: Document, search: string): Config | null {
  const block = doc.getElementById("courseway-config");
  const config = JSON.parse(block?.textContent || "null") as Config & { dispatches?: Config[] };
  if (!config.dispatches) return config;
  const wanted = /[?&]d=([\w-]+)/.exec(search);
  return config.dispatches.filter((one) => wanted && one.dispatch === wanted[1])[0] || null;
}
