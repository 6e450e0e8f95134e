/**
 * The note the shell keeps for itself in the LMS's suspend data: which registration and revision the LMS has taken,
 * what was written for it, and a newer list of endpoints when there is one. The course's own suspend data lives on our server.
 */
import type { Endpoints } from "./config";
import type { Values } from "./elements";

export interface Marker {
  cw: 1;
  /** registration */
  r: string;
  /** revision */
  v: number;
  /** guarded elements as written for that revision */
  w: Values;
  e?: Endpoints;
}

/** Read a marker; anything else, or nothing, is null. */
export function readMarker(text: string): Marker | null {
  try {
    const value = JSON.parse(text) as Marker | null;
    return value && value.cw === 1 && typeof value.r === "string" && typeof value.v === "number"
      ? value
      : null;
  } catch {
    return null;
  }
}

export function renderMarker(marker: Marker): string {
  return JSON.stringify(marker);
}
