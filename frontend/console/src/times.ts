/** Moments in the reader's own zone: relative where they are recent, the exact time on hover. */
import { onContent } from "./fragments";

const STEPS: [Intl.RelativeTimeFormatUnit, number][] = [
  ["year", 31_536_000],
  ["month", 2_592_000],
  ["week", 604_800],
  ["day", 86_400],
  ["hour", 3_600],
  ["minute", 60],
];
const relative = new Intl.RelativeTimeFormat("en", { numeric: "auto", style: "long" });
const exact = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "medium" });
const exactZone = new Intl.DateTimeFormat(undefined, { dateStyle: "full", timeStyle: "long" });
const day = new Intl.DateTimeFormat(undefined, { dateStyle: "medium" });

/** Says how far a moment is from now, in the largest unit that fits: "3 minutes ago", "in 2 days". */
export function sayRelative(moment: Date, now: Date): string {
  const seconds = (moment.getTime() - now.getTime()) / 1000;
  for (const [unit, size] of STEPS) {
    if (Math.abs(seconds) >= size) return relative.format(Math.trunc(seconds / size), unit);
  }
  return seconds > 0 ? "in a moment" : "just now";
}

function show(root: ParentNode): void {
  const now = new Date();
  for (const element of root.querySelectorAll<HTMLTimeElement>("time[datetime]")) {
    const moment = new Date(element.dateTime);
    if (Number.isNaN(moment.getTime())) continue;
    element.title = exactZone.format(moment);
    if (element.dataset.when === "exact") element.textContent = exact.format(moment);
    else if (element.dataset.when === "day") element.textContent = day.format(moment);
    else element.textContent = sayRelative(moment, now);
  }
}

export function startTimes(): void {
  onContent(show);
  setInterval(() => show(document), 30_000);
}
