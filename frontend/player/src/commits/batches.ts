/** How commits are cut so that they fit into a beacon or a request. Pure: sizes in, lists out. */
import type { CallEntry, Commit } from "../protocol";

/** Beacons in flight share 64 KiB with everything else on the page; a body stays well below. */
export const BEACON_BYTES = 48_000;
export const REQUEST_BYTES = 400_000;

const LOG_VALUE_LENGTH = 240;

/** An element of a collection's entry, as cmi.interactions.0.id. */
const ENTRY = /\.\d+\./;

const encoder = new TextEncoder();

/** The bytes a value takes on the wire. */
export function sizeBytes(value: unknown): number {
  return encoder.encode(JSON.stringify(value)).length;
}

/** The leading commits that fit; at least one, since a request with none would never get on. */
export function fitRequest(commits: readonly Commit[], limitBytes = REQUEST_BYTES): Commit[] {
  const fitting: Commit[] = [];
  let used = 0;
  for (const commit of commits) {
    used += sizeBytes(commit) + 1;
    if (fitting.length > 0 && used > limitBytes) break;
    fitting.push(commit);
  }
  return fitting;
}

/**
 * What of these commits a beacon can carry: all with their call logs, else all without, else the leading ones without.
 *
 * The order is never broken: commits after one that does not fit would only be refused as a gap.
 */
export function fitBeacon(commits: readonly Commit[], limitBytes = BEACON_BYTES): Commit[] {
  if (sizeBytes(commits) <= limitBytes) return [...commits];
  const fitting: Commit[] = [];
  let used = 2;
  for (const commit of commits) {
    const bare = withoutCalls(commit);
    used += sizeBytes(bare) + 1;
    if (used > limitBytes) break;
    fitting.push(bare);
  }
  return fitting;
}

export function withoutCalls(commit: Commit): Commit {
  return { ...commit, calls: [] };
}

/**
 * Cut one set of changes so that large values come last and no group is larger than a beacon where that is possible.
 *
 * A status then still leaves in the beacon when the suspend data beside it is too large. Everything else keeps its order,
 * the entries of collections above all: the server takes none that skips one before it.
 */
export function splitChanges(
  changes: Record<string, string>,
  limitBytes = BEACON_BYTES / 2,
): Record<string, string>[] {
  if (sizeBytes(changes) <= limitBytes) return [changes];
  const groups: Record<string, string>[] = [];
  const large: Record<string, string>[] = [];
  let room = 0;
  for (const [element, value] of Object.entries(changes)) {
    const size = sizeBytes(element) + sizeBytes(value) + 2;
    if (size > limitBytes / 4 && !ENTRY.test(element)) {
      large.push({ [element]: value });
      continue;
    }
    if (size > room) {
      groups.push({});
      room = limitBytes;
    }
    Object.assign(groups[groups.length - 1] as object, { [element]: value });
    room -= size;
  }
  return [...groups, ...large];
}

/** Shorten long values: the log says what was called, the changes carry what was set. */
export function shortenCall(entry: CallEntry): CallEntry {
  const [at, method, element, value, result, error] = entry;
  return [Math.round(at), method, shorten(element), shorten(value), shorten(result), error];
}

function shorten(text: string): string {
  if (text.length <= LOG_VALUE_LENGTH) return text;
  // A pair of surrogates is not cut in two: half of one cannot be kept.
  const beginning = text.slice(0, LOG_VALUE_LENGTH).replace(/[\uD800-\uDBFF]$/, "");
  return `${beginning}… (${text.length} characters)`;
}
