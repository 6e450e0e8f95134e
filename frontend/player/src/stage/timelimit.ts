/** The time allowed for one delivery: a word a minute before, and what the course wants done when it is over. */
import type { Delivery } from "../cmi";

const WARN_MS = 60_000;
/** Longer waits overflow the browser's timers and would fire at once. */
const LONGEST_MS = 2 ** 31 - 1;

export interface TimeLimitHooks {
  onOneMinuteLeft(): void;
  onTimeUp(exit: boolean, message: boolean): void;
}

/** Watch a delivery's limit; the answer stops the watch. */
export function watchTimeLimit(delivery: Delivery, hooks: TimeLimitHooks): () => void {
  const seconds = delivery.time_limit_seconds;
  if (seconds === null || seconds * 1000 > LONGEST_MS) return () => {};
  const { exit, message } = readTimeLimitAction(delivery.time_limit_action);
  const left = Math.max(0, seconds * 1000);
  const warn =
    message && left > WARN_MS ? setTimeout(() => hooks.onOneMinuteLeft(), left - WARN_MS) : undefined;
  const up = setTimeout(() => hooks.onTimeUp(exit, message), left);
  return () => {
    clearTimeout(warn);
    clearTimeout(up);
  };
}

/** Read "exit,message" and its three siblings; the default is "continue,no message". [RTE 4.2.23] */
export function readTimeLimitAction(action: string): { exit: boolean; message: boolean } {
  const words = action.split(",").map((word) => word.trim());
  return { exit: words[0] === "exit", message: words[1] === "message" };
}
