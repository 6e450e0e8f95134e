import { expect, test } from "vitest";
import { sayBytes, sayTimeLeft, speed } from "./rates";

test("speed looks at the last five seconds only", () => {
  const samples = [
    { at: 0, sent: 0 },
    { at: 6_000, sent: 1_000 },
    { at: 8_000, sent: 5_000 },
  ];
  expect(speed(samples, 8_000)).toBe(2_000);
});

test("speed is unknown until there is half a second of it", () => {
  expect(speed([{ at: 0, sent: 10 }], 10)).toBeNull();
});

test("sizes and times are said with their units", () => {
  expect(sayBytes(900)).toBe("900 B");
  expect(sayBytes(5_347_737)).toBe("5.1 MB");
  expect(sayTimeLeft(1)).toBe("a second left");
  expect(sayTimeLeft(30)).toBe("30 seconds left");
  expect(sayTimeLeft(600)).toBe("10 minutes left");
});
