/** The time allowed for one attempt: when the learner is to be told what is left, and when it is over. */
import type { Delivery } from "../cmi";

/** So many seconds before the content is taken away, the learner is told. */
const WARNINGS = [300, 60];
/** By the clock and in small steps: a browser's timers stop while a computer sleeps, and overflow after 24 days. */
const LONGEST_WAIT_MS = 30_000;

export interface TimeLimitHooks {
  onTimeLeft(seconds: number): void;
  onTimeUp(exit: boolean, message: boolean): void;
}

/** Watch a delivery's limit; the answer stops the watch. */
export function watchTimeLimit(
  delivery: Pick<Delivery, "time_limit_seconds" | "time_limit_action">,
  hooks: TimeLimitHooks,
): () => void {
  const { exit, message } = readTimeLimitAction(delivery.time_limit_action);
  const seconds = delivery.time_limit_seconds;
  if (seconds === null || !(exit || message)) return () => {};
  const end = Date.now() + seconds * 1000;
  const marks = exit ? WARNINGS.map((warning) => warning * 1000) : [];
  let told = 0;
  let timer: ReturnType<typeof setTimeout>;
  const look = () => {
    const left = end - Date.now();
    if (left <= 0) return hooks.onTimeUp(exit, message);
    const passed = marks.filter((mark) => left <= mark).length;
    if (passed > told) hooks.onTimeLeft(Math.ceil(left / 1000));
    told = passed;
    const next = marks.filter((mark) => mark < left).map((mark) => left - mark);
    timer = setTimeout(look, Math.min(LONGEST_WAIT_MS, left, ...next));
  };
  timer = setTimeout(look, 0);
  return () => clearTimeout(timer);
}

/** Read "exit,message" and its three siblings; the default is "continue,no message". [RTE 4.2.23] */
export function readTimeLimitAction(action: string): { exit: boolean; message: boolean } {
  const words = action.split(",").map((word) => word.trim());
  return { exit: words[0] === "exit", message: words[1] === "message" };
}
