/**
 * Unacknowledged commits, kept in the browser under their registration until the server has them.
 * No token is kept. Other courses of this origin could read what lies here; they cannot send it.
 */
import type { Commit } from "../protocol";

export interface Leftover {
  registration: string;
  launch: string;
  commits: Commit[];
}

export interface LeftoverStore {
  load(registration: string): Promise<Leftover | null>;
  save(leftover: Leftover): Promise<void>;
  remove(registration: string): Promise<void>;
}

const DATABASE = "courseway-player";
const STORE = "leftovers";

/** Open the store; a browser that allows none gets one that keeps nothing. */
export function createLeftoverStore(factory: IDBFactory | undefined = indexedDbOrNothing()): LeftoverStore {
  let opening: Promise<IDBDatabase | null> | null = null;
  const database = () => {
    opening ??= open(factory);
    return opening;
  };
  return {
    async load(registration) {
      const found = await run(await database(), "readonly", (store) => store.get(registration));
      return isLeftover(found) ? found : null;
    },
    async save(leftover) {
      await run(await database(), "readwrite", (store) => store.put(leftover));
    },
    async remove(registration) {
      await run(await database(), "readwrite", (store) => store.delete(registration));
    },
  };
}

/** Which kept commits the server may still take: those of the same launch that follow its last one without a gap. */
export function planReplay(leftover: Leftover | null, launch: string, nextSeq: number): Commit[] {
  if (!leftover || leftover.launch !== launch) return [];
  const newer = leftover.commits.filter((commit) => commit.seq >= nextSeq).sort((a, b) => a.seq - b.seq);
  return newer.filter((commit, index) => commit.seq === nextSeq + index);
}

function indexedDbOrNothing(): IDBFactory | undefined {
  try {
    return globalThis.indexedDB;
  } catch {
    return undefined;
  }
}

function open(factory: IDBFactory | undefined): Promise<IDBDatabase | null> {
  return new Promise((resolve) => {
    try {
      const request = factory?.open(DATABASE, 1);
      if (!request) return resolve(null);
      request.onupgradeneeded = () => request.result.createObjectStore(STORE, { keyPath: "registration" });
      request.onsuccess = () => resolve(request.result);
      request.onerror = () => resolve(null);
      request.onblocked = () => resolve(null);
    } catch {
      resolve(null);
    }
  });
}

function run(
  database: IDBDatabase | null,
  mode: IDBTransactionMode,
  act: (store: IDBObjectStore) => IDBRequest,
): Promise<unknown> {
  return new Promise((resolve) => {
    if (!database) return resolve(undefined);
    try {
      const transaction = database.transaction(STORE, mode);
      const request = act(transaction.objectStore(STORE));
      transaction.oncomplete = () => resolve(request.result);
      transaction.onabort = () => resolve(undefined);
      transaction.onerror = () => resolve(undefined);
    } catch {
      resolve(undefined);
    }
  });
}

function isLeftover(value: unknown): value is Leftover {
  const leftover = value as Leftover | undefined;
  return typeof leftover?.launch === "string" && Array.isArray(leftover.commits);
}
