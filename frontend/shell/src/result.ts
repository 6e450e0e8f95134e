/** A summary as a learner reads it. */
import type { Score, Summary } from "./config";
import { TEXT } from "./text";

/** Give a score as per cent of what could be reached, or nothing. */
export function percentOf(score: Score): string {
  const { scaled, raw, min, max } = score;
  if (scaled !== null) return String(Math.round(scaled * 100));
  if (raw === null) return "";
  const low = min === null ? 0 : min;
  const high = max === null ? 100 : max;
  return high > low ? String(Math.round(((raw - low) / (high - low)) * 100)) : "";
}

export function resultOf(summary: Summary, percent: string): string {
  const words = [TEXT.completion[summary.completion], TEXT.success[summary.success]];
  if (percent) words.push(TEXT.score(percent));
  return words.filter(Boolean).join(" · ");
}
