/**
 * Requests to our service from a page of the customer's LMS: no cookies, text/plain bodies (no preflight, and beacons
 * to another origin arrive), every endpoint of the list tried. Retrying again later is the session's.
 */
import type { Launched, Reached } from "./config";
import type { Receipt } from "./ledger";

const TIMEOUT_MS = 12000;

/** The service said no, with a sentence for the learner. */
export class Refused extends Error {
  constructor(
    readonly code: string,
    readonly detail: string,
    readonly id: string,
  ) {
    super(detail);
  }
}

/** No endpoint answered. */
export class Unreachable extends Error {}

export class Server {
  /** The endpoint that answered last is asked first. */
  constructor(public urls: string[]) {}

  launch(dispatch: string, body: unknown): Promise<Launched> {
    return this.ask<Launched>(`/dispatch/${dispatch}/launch`, body);
  }

  /** Ask for the newest state of a launch; with `ended` when the player has left. */
  state(token: string): Promise<Reached & { ended: boolean }> {
    return this.ask("/dispatch/state", { token });
  }

  receipts(token: string, receipts: Receipt[]): Promise<unknown> {
    return this.ask("/dispatch/receipts", { token, receipts });
  }

  /** Send what must arrive while the page goes away. */
  beacon(token: string, receipts: Receipt[]): void {
    const url = `${this.urls[0]}/dispatch/receipts`;
    const body = new Blob([JSON.stringify({ token, receipts })], { type: "text/plain" });
    if (!navigator.sendBeacon?.(url, body)) {
      fetch(url, { method: "POST", body, keepalive: true, credentials: "omit" }).catch(() => undefined);
    }
  }

  async ask<T>(path: string, body: unknown): Promise<T> {
    for (const url of this.urls.slice()) {
      const answer = await post(url + path, body);
      if (answer === null || answer.status >= 500 || answer.status === 429) continue;
      this.urls = [url, ...this.urls.filter((other) => other !== url)];
      const json = await answer.json().catch(() => ({}));
      if (answer.ok) return json as T;
      throw new Refused(json.code || `http.${answer.status}`, json.detail || json.title || "", json.id || "");
    }
    throw new Unreachable("no endpoint answered");
  }
}

async function post(url: string, body: unknown): Promise<Response | null> {
  const abort = new AbortController();
  const timer = setTimeout(() => abort.abort(), TIMEOUT_MS);
  try {
    return await fetch(url, {
      method: "POST",
      body: JSON.stringify(body),
      headers: { "Content-Type": "text/plain" },
      credentials: "omit",
      keepalive: true, // a receipt on its way survives the page
      referrerPolicy: "no-referrer",
      signal: abort.signal,
    });
  } catch {
    return null;
  } finally {
    clearTimeout(timer);
  }
}
