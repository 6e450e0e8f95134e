/** Moments in the reader's own zone: relative where they are recent, the exact time on hover. */
import { onContent } from "./fragments";
import { sayRelative } from "./relative";

const exact = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "medium" });
const exactZone = new Intl.DateTimeFormat(undefined, { dateStyle: "full", timeStyle: "long" });
const day = new Intl.DateTimeFormat(undefined, { dateStyle: "medium" });

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
