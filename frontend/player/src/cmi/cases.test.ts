/**
 * The same cases of calls as tests/standards/cmi plays against the server's data model, against the player's.
 */

import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { createApi, type Delivery, type Hooks, type Standard } from "./index";

type Spelled = string | { repeat: string; times: number; before: string };
interface Case {
  name: string;
  standard: Standard;
  values?: Record<string, Spelled>;
  calls: Spelled[][];
  /** What the session has to send in the end, in the order set. */
  changes?: Record<string, string>;
}

const folder =
  process.env.CMI_CASES ?? fileURLToPath(new URL("../../../../tests/standards/cmi/cases/", import.meta.url));
const silent: Hooks = { onSet() {}, onCommit() {}, onTerminate() {}, onCall() {}, now: () => 0 };

function delivery(cmi: Record<string, string>): Delivery {
  return { cmi, valid: {} } as unknown as Delivery;
}

function spelled(argument: Spelled | undefined): string {
  if (argument === undefined || typeof argument === "string") {
    return argument ?? "";
  }
  return argument.before + argument.repeat.repeat(argument.times);
}

for (const file of readdirSync(folder).filter((name) => name.endsWith(".json"))) {
  describe(file, () => {
    for (const played of JSON.parse(readFileSync(folder + file, "utf-8")) as Case[]) {
      it(played.name, () => {
        const given = Object.entries(played.values ?? {}).map(([name, value]) => [name, spelled(value)]);
        const made = createApi(played.standard, delivery(Object.fromEntries(given)), silent);
        const api = made.api as Record<string, (...args: string[]) => string>;
        const lastError = played.standard === "scorm12" ? "LMSGetLastError" : "GetLastError";
        played.calls.forEach((call, number) => {
          const words = call.map(spelled);
          const [error, wanted, method, args] = [words.pop(), words.pop(), words[0] ?? "", words.slice(1)];
          const said = [number, method, ...args.map((argument) => argument.slice(0, 80))];
          const value = api[method]?.(...args);
          expect([...said, value, api[lastError]?.()]).toEqual([...said, wanted, error]);
        });
        if (played.changes) {
          expect(Object.entries(made.changes())).toEqual(Object.entries(played.changes));
        }
      });
    }
  });
}
