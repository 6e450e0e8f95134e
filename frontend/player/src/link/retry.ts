/** Trying again until the server is reached: waits that grow, cut short when the connection returns or the learner asks. */
import { Unreachable } from "./transport";

/** Shorter than the queue's: a learner sits in front of a screen that says so. */
const WAITS_SECONDS = [1, 2, 3];
const LONGEST_SECONDS = 5;
const SLOW_MS = 4_000;

export interface Patience {
  /** Called when a try has failed, or takes suspiciously long. */
  onFailure(tries: number, reference: string): void;
  /** Gives up when this says so. */
  givenUp?(): boolean;
}

/** Thrown when the learner did not want to wait any longer. */
export class GivenUp extends Error {}

const wakers = new Set<() => void>();

/** Cut every wait short: try now. */
export function tryNow(): void {
  for (const wake of [...wakers]) wake();
}

type Outcome<Answer> = { answer: Answer } | { error: unknown } | "again";

/**
 * Run until it does not fail for want of a connection; refusals pass through.
 *
 * Being told to try now abandons a try that hangs: what is asked is safe to repeat, and a late answer is not needed.
 */
export async function persistently<Answer>(
  attempt: () => Promise<Answer>,
  patience: Patience,
): Promise<Answer> {
  for (let tries = 1; ; tries += 1) {
    const outcome = await oneTry(attempt, () => patience.onFailure(tries, ""));
    if (patience.givenUp?.()) throw new GivenUp();
    if (outcome === "again") continue;
    if ("answer" in outcome) return outcome.answer;
    if (!(outcome.error instanceof Unreachable)) throw outcome.error;
    patience.onFailure(tries, outcome.error.reference);
    const seconds = WAITS_SECONDS[tries - 1] ?? LONGEST_SECONDS;
    await wokenOr(new Promise((go) => setTimeout(go, seconds * 1000 * (0.8 + 0.4 * Math.random()))));
    if (patience.givenUp?.()) throw new GivenUp();
  }
}

async function oneTry<Answer>(attempt: () => Promise<Answer>, onSlow: () => void): Promise<Outcome<Answer>> {
  const slow = setTimeout(onSlow, SLOW_MS);
  const outcome = attempt().then(
    (answer): Outcome<Answer> => ({ answer }),
    (error: unknown): Outcome<Answer> => ({ error }),
  );
  const first = await wokenOr(outcome);
  clearTimeout(slow);
  return first ?? "again";
}

/** Wait for a promise, or answer undefined as soon as somebody says to try now. */
function wokenOr<Value>(promise: Promise<Value>): Promise<Value | undefined> {
  return new Promise((resolve) => {
    const wake = () => {
      wakers.delete(wake);
      resolve(undefined);
    };
    wakers.add(wake);
    void promise.then((value) => {
      wakers.delete(wake);
      resolve(value);
    });
  });
}
