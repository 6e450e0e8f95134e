import { expect, test } from "vitest";
import { sayRelative } from "./relative";

const now = new Date("2026-11-23T12:00:00Z");
test.each([
  ["2026-11-23T11:59:40Z", "just now"],
  ["2026-11-23T11:57:00Z", "3 minutes ago"],
  ["2026-11-22T11:00:00Z", "yesterday"],
  ["2026-11-25T13:00:00Z", "in 2 days"],
  ["2025-11-01T00:00:00Z", "last year"],
])("a moment %s is said as %s", (text, said) => {
  expect(sayRelative(new Date(text), now)).toBe(said);
});
