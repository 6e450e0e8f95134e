/**
 * Finding the LMS's SCORM API: in this window, its parents, then its openers and theirs.
 * Windows of other origins on the way are stepped over. Nothing is called on what is found.
 */
import type { Standard } from "./config";

const MAX_HOPS = 500;

export type Api = Record<string, (...args: string[]) => unknown>;

export interface Found {
  api: Api;
  standard: Standard;
  /** The window the API lives in: starting over means loading that one again. */
  owner: Window;
}

const NAMES: Record<Standard, [string, string]> = {
  scorm12: ["API", "LMSInitialize"],
  scorm2004: ["API_1484_11", "Initialize"],
};

/** Look for the API of the package's own standard first, then for the other. */
export function findApi(start: Window, preferred: Standard): Found | null {
  const other: Standard = preferred === "scorm12" ? "scorm2004" : "scorm12";
  return search(start, preferred) || search(start, other);
}

function search(start: Window, standard: Standard): Found | null {
  const seen: Window[] = [];
  const openers: Window[] = [start];
  for (let first = openers.shift(); first && seen.length <= MAX_HOPS; first = openers.shift()) {
    let here: Window | null = first;
    while (here && seen.indexOf(here) < 0 && seen.length <= MAX_HOPS) {
      seen.push(here);
      const api = apiIn(here, standard);
      if (api) return { api, standard, owner: here };
      const opener = openerOf(here);
      if (opener) openers.push(opener);
      here = here.parent === here ? null : here.parent;
    }
  }
  return null;
}

function apiIn(win: Window, standard: Standard): Api | null {
  const [name, method] = NAMES[standard];
  try {
    const api = (win as unknown as Record<string, Api | undefined>)[name];
    return api?.[method] ? api : null;
  } catch {
    return null; // a window of another origin
  }
}

function openerOf(win: Window): Window | null {
  try {
    return win.opener as Window | null;
  } catch {
    return null;
  }
}
