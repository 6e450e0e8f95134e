/** Durations of both standards in seconds. The values were checked by the data model before. */

const TIMESPAN = /^([0-9]{2,4}):([0-9]{2}):([0-9]{2}(?:\.[0-9]{1,2})?)$/;
const DURATION =
  /^P(?:([0-9]+)Y)?(?:([0-9]+)M)?(?:([0-9]+)D)?(?:T(?:([0-9]+)H)?(?:([0-9]+)M)?(?:([0-9]+(?:\.[0-9]+)?)S)?)?$/;
const UNITS = [365 * 86400, 30 * 86400, 86400, 3600, 60, 1];
const LONGEST_SECONDS = 100 * 365 * 86400;

export function timespanSeconds(value: string): number | null {
  const found = TIMESPAN.exec(value);
  return found && Number(found[1]) * 3600 + Number(found[2]) * 60 + Number(found[3]);
}

export function durationSeconds(value: string): number | null {
  const found = DURATION.exec(value);
  if (!found || /[PT]$/.test(value)) {
    return null;
  }
  const seconds = UNITS.reduce((total, unit, index) => total + Number(found[index + 1] ?? "0") * unit, 0);
  return Math.min(seconds, LONGEST_SECONDS);
}
