/**
 * The key by which the server knows this tab again when it is reloaded after its link has expired.
 * A duplicated tab copies the key; a lock held by the first tab tells, and the copy makes its own.
 */

const LOCK_WAIT_MS = 400;
const UNSENT = "courseway.tab.unsent";

/** Find this tab's key for a link, or make one. */
export async function claimTabKey(link: string): Promise<string> {
  const place = `courseway.tab.${hash(link)}`;
  const kept = read(UNSENT) ?? read(place);
  forget(UNSENT);
  if (kept && (await claim(kept))) {
    write(place, kept);
    return kept;
  }
  const made = randomKey();
  await claim(made);
  write(place, made);
  return made;
}

/**
 * Something was left unsent in this tab: the next start here uses the same key, whatever its link,
 * so that the server goes on with the same launch and takes what was left.
 */
export function carryTabKey(key: string): void {
  write(UNSENT, key);
}

/** True when no other tab holds this key; where the browser knows no locks the key is believed. */
async function claim(key: string): Promise<boolean> {
  if (!navigator.locks) return true;
  const until = Date.now() + LOCK_WAIT_MS;
  // The page that a reload replaces may hold its lock a moment longer.
  while (!(await tryLock(key))) {
    if (Date.now() > until) return false;
    await new Promise((go) => setTimeout(go, 50));
  }
  return true;
}

function tryLock(key: string): Promise<boolean> {
  return new Promise((resolve) => {
    navigator.locks
      .request(`courseway.tab.${key}`, { ifAvailable: true }, (lock) => {
        resolve(lock !== null);
        return lock ? new Promise<void>(() => {}) : undefined;
      })
      .catch(() => resolve(true));
  });
}

function randomKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** FNV-1a: a short name for the link, so that the link itself is not kept. */
function hash(text: string): string {
  let value = 0x811c9dc5;
  for (let at = 0; at < text.length; at += 1) value = Math.imul(value ^ text.charCodeAt(at), 0x01000193);
  return (value >>> 0).toString(36);
}

function read(place: string): string | null {
  try {
    return sessionStorage.getItem(place);
  } catch {
    return null;
  }
}

function forget(place: string): void {
  try {
    sessionStorage.removeItem(place);
  } catch {
    // Nothing could be kept there either.
  }
}

function write(place: string, key: string): void {
  try {
    sessionStorage.setItem(place, key);
  } catch {
    // Without storage a reload counts as a new tab and asks first.
  }
}
