/**
 * Where the service is. The package brings a signed list; a newer one, signed by the same key, replaces it, so that the
 * service can move without re-issuing packages. It is kept with the LMS (in the marker) and in this browser.
 */
import type { Config, Endpoints } from "./config";
import { fromBase64, utf8 } from "./encoding";

/** What is signed: one line for the purpose, the dispatch, the serial number, and each address. */
export function signedText(dispatch: string, list: Endpoints): string {
  return ["courseway endpoints", dispatch, String(list.serial), ...list.urls].join("\n");
}

/** Verify a list with the platform's key (P-256, SHA-256). Without WebCrypto nothing but the package's own list is believed. */
export async function isGenuine(config: Config, list: Endpoints | null | undefined): Promise<boolean> {
  const subtle = window.crypto?.subtle;
  if (!subtle || !list || !Array.isArray(list.urls) || !list.urls.length) return false;
  try {
    const kind = { name: "ECDSA", namedCurve: "P-256" };
    const key = await subtle.importKey("spki", fromBase64(config.verify), kind, false, ["verify"]);
    const how = { name: "ECDSA", hash: "SHA-256" };
    return await subtle.verify(how, key, fromBase64(list.signature), utf8(signedText(config.dispatch, list)));
  } catch {
    return false;
  }
}

/** Choose the newest genuine list among the package's own and those kept from earlier launches. */
export async function newestEndpoints(
  config: Config,
  kept: (Endpoints | null | undefined)[],
): Promise<Endpoints> {
  let best = config.endpoints;
  for (const list of kept) {
    if (list && list.serial > best.serial && (await isGenuine(config, list))) best = list;
  }
  return best;
}

const place = (config: Config) => `courseway.endpoints.${config.dispatch}`;

export function rememberedEndpoints(config: Config): Endpoints | null {
  try {
    return JSON.parse(localStorage.getItem(place(config)) || "null") as Endpoints | null;
  } catch {
    return null; // storage may be closed to us
  }
}

export function rememberEndpoints(config: Config, list: Endpoints): void {
  try {
    localStorage.setItem(place(config), JSON.stringify(list));
  } catch {
    // the marker in the LMS keeps it as well
  }
}
