/**
 * Requests to the server: JSON as text/plain (no preflight, fit for beacons), answers as values, failures as two classes.
 * When to retry is decided by the callers.
 */
import type { Problem } from "../protocol";

/** The server was not reached, did not answer in time, or could not work just now: worth trying again. */
export class Unreachable extends Error {
  /** The id of the server's own fault, to quote to support; empty when it said nothing. */
  readonly reference: string;

  constructor(message: string, reference = "") {
    super(message);
    this.reference = reference;
  }
}

/** The server answered with a refusal: trying the same again will not help. */
export class Refusal extends Error {
  readonly problem: Problem;

  constructor(problem: Problem) {
    super(problem.detail);
    this.problem = problem;
  }
}

export interface Transport {
  post<Answer>(path: string, body: object, timeoutMs?: number): Promise<Answer>;
  /** Hand a body to the browser to be sent even if this page goes; false when it does not take it. */
  beacon(path: string, body: object): boolean;
}

const TEMPORARY = new Set([408, 425, 429, 500, 502, 503, 504]);
const TIMEOUT_MS = 15_000;

/** Make a transport for the server that this page came from. */
export function createTransport(): Transport {
  return { post: postJson, beacon: sendBeacon };
}

async function postJson<Answer>(path: string, body: object, timeoutMs = TIMEOUT_MS): Promise<Answer> {
  const abort = new AbortController();
  const timer = setTimeout(() => abort.abort(), timeoutMs);
  try {
    const response = await fetch(path, {
      method: "POST",
      body: JSON.stringify(body),
      headers: { "Content-Type": "text/plain;charset=UTF-8", Accept: "application/json" },
      credentials: "omit",
      cache: "no-store",
      referrerPolicy: "no-referrer",
      signal: abort.signal,
    });
    const text = await response.text();
    if (response.ok) return parse(text) as Answer;
    const problem = readProblem(response.status, text);
    if (TEMPORARY.has(response.status)) throw new Unreachable(`status ${response.status}`, problem.id);
    throw new Refusal(problem);
  } catch (error) {
    if (error instanceof Refusal || error instanceof Unreachable) throw error;
    throw new Unreachable(error instanceof Error ? error.message : String(error));
  } finally {
    clearTimeout(timer);
  }
}

function sendBeacon(path: string, body: object): boolean {
  try {
    return navigator.sendBeacon(path, new Blob([JSON.stringify(body)], { type: "text/plain;charset=UTF-8" }));
  } catch {
    return false;
  }
}

/** A captive portal answers 200 with a page of its own: that is "not reached", not an answer. */
function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new Unreachable("the answer is not ours");
  }
}

/** What to tell a learner about a failure that no retry helps; one of our own faults says so in the console. */
export function problemOf(error: unknown): Problem {
  if (error instanceof Refusal) return error.problem;
  console.error(error);
  return { status: 0, code: "player.failed", title: "", detail: "", id: "", expected: null };
}

/** Read a problem leniently: whatever stood in between may have answered instead of the server. */
export function readProblem(status: number, text: string): Problem {
  let fields: Record<string, unknown> = {};
  try {
    const value: unknown = JSON.parse(text);
    if (value && typeof value === "object") fields = value as Record<string, unknown>;
  } catch {
    // Not JSON: the status alone has to do.
  }
  const word = (name: string) => (typeof fields[name] === "string" ? (fields[name] as string) : "");
  return {
    status,
    code: word("code") || `http.${status}`,
    title: word("title"),
    detail: word("detail"),
    id: word("id"),
    expected: typeof fields.expected === "number" ? fields.expected : null,
  };
}
