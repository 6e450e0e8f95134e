/** What the content's own end asks of the player. Pure: values in, decision out. */
import type { NavigationKind, NavigationRequest, Standard } from "../protocol";

const PLAIN: readonly NavigationKind[] = [
  "continue",
  "previous",
  "exit",
  "exitAll",
  "abandon",
  "abandonAll",
  "suspendAll",
];

/** Read adl.nav.request: a word, `{target=ID}choice` or `{target=ID}jump`; null when it asks for nothing. */
export function parseNavigationRequest(raw: string | null): NavigationRequest | null {
  if (raw === null || raw === "" || raw === "_none_") return null;
  const plain = PLAIN.find((kind) => kind === raw);
  if (plain) return { kind: plain };
  const targeted = /^\{target=(.+)\}(choice|jump)$/.exec(raw);
  const target = targeted?.[1];
  return target ? { kind: targeted?.[2] === "jump" ? "jump" : "choice", target } : null;
}

/**
 * Decide what follows when the content has ended its session while the learner did nothing.
 *
 * Without a request only the communication ends and the learner goes on by the player's controls,
 * except that a time-out or log-out of SCORM 2004 ends the whole session. [RTE 4.2.8; SN TB.2.3]
 */
export function planAfterTerminate(
  standard: Standard,
  navRequest: string | null,
  exit: string | undefined,
): NavigationRequest | null {
  if (standard === "scorm12") return null;
  const asked = parseNavigationRequest(navRequest);
  if (asked) return asked;
  return exit === "time-out" || exit === "logout" ? { kind: "exitAll" } : null;
}
