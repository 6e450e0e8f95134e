/**
 * A summary in the words of each standard: which elements should hold what, and which value is lower than which.
 * Pure; nothing here calls the LMS.
 */
import type { Score, Standard, Summary } from "./config";

export type Values = Record<string, string>;

interface Words {
  learnerId: string;
  learnerName: string;
  mode: string;
  entry: string;
  status: string;
  suspendData: string;
  sessionTime: string;
  exit: string;
}

export const WORDS: Record<Standard, Words> = {
  scorm12: {
    learnerId: "cmi.core.student_id",
    learnerName: "cmi.core.student_name",
    mode: "cmi.core.lesson_mode",
    entry: "cmi.core.entry",
    status: "cmi.core.lesson_status",
    suspendData: "cmi.suspend_data",
    sessionTime: "cmi.core.session_time",
    exit: "cmi.core.exit",
  },
  scorm2004: {
    learnerId: "cmi.learner_id",
    learnerName: "cmi.learner_name",
    mode: "cmi.mode",
    entry: "cmi.entry",
    status: "cmi.completion_status",
    suspendData: "cmi.suspend_data",
    sessionTime: "cmi.session_time",
    exit: "cmi.exit",
  },
};

/** Elements that say what was reached: never lowered by accident, and read back at each launch. */
export const GUARDED: Record<Standard, string[]> = {
  scorm12: ["cmi.core.lesson_status", "cmi.core.score.raw", "cmi.core.score.min", "cmi.core.score.max"],
  scorm2004: [
    "cmi.completion_status",
    "cmi.success_status",
    "cmi.score.scaled",
    "cmi.score.raw",
    "cmi.score.min",
    "cmi.score.max",
    "cmi.progress_measure",
  ],
};

/** An LMS may do without these; refusing them refuses no result. */
export function isOptional(element: string): boolean {
  return /(score\.m(in|ax)|location|exit|progress_measure)$/.test(element);
}

const RANKS: Record<string, number> = {
  "": 0,
  unknown: 0,
  "not attempted": 0,
  browsed: 1,
  incomplete: 2,
  failed: 3,
  completed: 4,
  passed: 5,
};

/** Tell whether `value` says less than `held` about what was reached. */
export function isLower(element: string, value: string, held: string): boolean {
  if (held === "") return false;
  if (/status$/.test(element)) return (RANKS[value] || 0) < (RANKS[held] || 0);
  return Number(value) < Number(held);
}

/** Say whether the LMS has nothing yet: finishing now would be recorded as completed. */
export function isUntouched(status: string): boolean {
  return (RANKS[status] || 0) === 0;
}

/** Give the elements a summary amounts to. What is not known is absent: an empty score would become a zero. */
export function elementsOf(standard: Standard, summary: Summary): Values {
  return standard === "scorm12" ? elements12(summary) : elements2004(summary);
}

function elements12(summary: Summary): Values {
  const values: Values = { "cmi.core.lesson_status": lessonStatus(summary) };
  const score = score12(summary.score);
  for (const part in score) values[`cmi.core.score.${part}`] = score[part] as string;
  if (summary.location) values["cmi.core.lesson_location"] = summary.location.slice(0, 255);
  return values;
}

function elements2004(summary: Summary): Values {
  const values: Values = {
    "cmi.completion_status": summary.completion === "completed" ? "completed" : "incomplete",
  };
  if (summary.success !== "unknown") values["cmi.success_status"] = summary.success;
  const { raw, min, max } = summary.score;
  const scaled = scaledOf(summary.score);
  if (scaled !== null) values["cmi.score.scaled"] = decimal(scaled, 7);
  if (raw !== null) values["cmi.score.raw"] = decimal(raw, 7);
  if (min !== null) values["cmi.score.min"] = decimal(min, 7);
  if (max !== null) values["cmi.score.max"] = decimal(max, 7);
  const progress = summary.progress;
  if (progress !== null && progress >= 0 && progress <= 1) {
    values["cmi.progress_measure"] = decimal(progress, 7);
  }
  if (summary.location) values["cmi.location"] = summary.location.slice(0, 1000);
  return values;
}

/** One word for two facts. A course that says "incomplete" has not failed yet; who passed has passed. */
function lessonStatus(summary: Summary): string {
  if (summary.success === "passed") return "passed";
  if (summary.success === "failed" && summary.completion !== "incomplete") return "failed";
  return summary.completion === "completed" ? "completed" : "incomplete";
}

/** SCORM 1.2 scores run from 0 to 100; others are brought into that range. */
function score12(score: Score): Values {
  const { raw, min, max } = score;
  if (raw !== null && raw >= 0 && raw <= 100 && inRange(min) && inRange(max)) {
    const values: Values = { raw: decimal(raw, 2) };
    if (min !== null) values.min = decimal(min, 2);
    if (max !== null) values.max = decimal(max, 2);
    return values;
  }
  const scaled = scaledOf(score);
  if (scaled === null) return {};
  return { raw: decimal(Math.max(0, scaled) * 100, 2), min: "0", max: "100" };
}

function inRange(value: number | null): boolean {
  return value === null || (value >= 0 && value <= 100);
}

function scaledOf(score: Score): number | null {
  const { scaled, raw, min, max } = score;
  if (scaled !== null) return Math.max(-1, Math.min(1, scaled));
  if (raw === null) return null;
  const low = min === null ? 0 : min;
  const high = max === null ? 100 : max;
  return high > low ? Math.max(-1, Math.min(1, (raw - low) / (high - low))) : null;
}

function decimal(value: number, places: number): string {
  const text = value.toFixed(places);
  return text.indexOf(".") < 0 ? text : text.replace(/0+$/, "").replace(/\.$/, "");
}

/** Give a value that differs, is legal and claims no more than the true one. */
export function unlike(element: string, value: string): string {
  if (/status$/.test(element)) {
    if (value === "passed") return element === "cmi.core.lesson_status" ? "completed" : "unknown";
    if (value === "failed") return element === "cmi.core.lesson_status" ? "incomplete" : "unknown";
    if (value === "completed") return "incomplete";
    return element === "cmi.core.lesson_status" ? "browsed" : "unknown";
  }
  if (/(score\.\w+|progress_measure)$/.test(element)) {
    const step = /(scaled|measure)$/.test(element) ? 0.0001 : 0.01;
    const number = Number(value);
    return decimal(number - step >= 0 ? number - step : number + step, 7);
  }
  if (/exit$/.test(element)) return "";
  if (/session_time$/.test(element)) return element === WORDS.scorm12.sessionTime ? "00:00:00.00" : "PT0S";
  return `${value} `;
}

/** HHHH:MM:SS.SS for SCORM 1.2, PT…H…M…S for SCORM 2004. */
export function sessionTime(standard: Standard, seconds: number): string {
  const hundredths = Math.max(0, Math.round(seconds * 100));
  const hours = Math.min(9999, Math.floor(hundredths / 360000));
  const minutes = Math.floor((hundredths % 360000) / 6000);
  const rest = (hundredths % 6000) / 100;
  if (standard === "scorm2004") return `PT${hours}H${minutes}M${decimal(rest, 2)}S`;
  const two = (text: string, length: number) => `0000${text}`.slice(-length);
  return `${two(String(hours), 4)}:${two(String(minutes), 2)}:${two(rest.toFixed(2), 5)}`;
}
