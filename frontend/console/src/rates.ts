/** Speed and time left of a transfer, from what was sent when. Pure. */

export interface Sample {
  readonly at: number;
  readonly sent: number;
}

/** Bytes a second over the samples of the last five seconds; null until there is something to say. */
export function speed(samples: readonly Sample[], now: number): number | null {
  const recent = samples.filter((sample) => now - sample.at <= 5_000);
  const first = recent[0];
  const last = recent.at(-1);
  if (first === undefined || last === undefined || last.at - first.at < 400) return null;
  return ((last.sent - first.sent) * 1000) / (last.at - first.at);
}

export function sayBytes(bytes: number): string {
  if (bytes < 1024) return `${bytes} B`;
  const units = ["kB", "MB", "GB"];
  let value = bytes / 1024;
  let unit = 0;
  while (value >= 1000 && unit < units.length - 1) {
    value /= 1024;
    unit += 1;
  }
  return `${value < 10 ? value.toFixed(1) : Math.round(value)} ${units[unit]}`;
}

export function sayTimeLeft(seconds: number): string {
  if (seconds < 2) return "a second left";
  if (seconds < 90) return `${Math.round(seconds)} seconds left`;
  return `${Math.round(seconds / 60)} minutes left`;
}
