/** Trying again until the server is reached: waits that grow, cut short when the connection returns or the learner asks. */
import { Unreachable } from "./transport";

const WAITS_SECONDS = [1, 2, 4, 8, 15, 30];

export interface Patience {
  /** Called after each failed try. */
  onFailure(tries: number): void;
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

/** Run until it does not fail for want of a connection; refusals pass through. */
export async function persistently<Answer>(
  attempt: () => Promise<Answer>,
  patience: Patience,
): Promise<Answer> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await attempt();
    } catch (error) {
      if (!(error instanceof Unreachable)) throw error;
    }
    patience.onFailure(tries);
    await wait((WAITS_SECONDS[tries - 1] ?? 30) * 1000 * (0.8 + 0.4 * Math.random()));
    if (patience.givenUp?.()) throw new GivenUp();
  }
}

function wait(milliseconds: number): Promise<void> {
  return new Promise((resolve) => {
    const wake = () => {
      clearTimeout(timer);
      wakers.delete(wake);
      resolve();
    };
    const timer = setTimeout(wake, milliseconds);
    wakers.add(wake);
  });
}
