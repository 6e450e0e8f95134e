import { describe, expect, it } from "vitest";
import type { Summary } from "../src/protocol";
import { SCREENS } from "../src/view/messages";

const summary = (success: Summary["success"], scaled: number | null): Summary => ({
  completion: "completed",
  success,
  score: { scaled, raw: null, min: null, max: null },
  total_time_seconds: 60,
  progress: 1,
  location: "",
});

describe("the screen at the end of a course", () => {
  it("congratulates who passed, with the score", () => {
    const { sign, title } = SCREENS.ended("exit", summary("passed", 0.875));
    expect([sign, title]).toEqual(["check", "You passed with 88 %"]);
  });

  it("tells who did not pass without a tick", () => {
    const { sign, title } = SCREENS.ended("exit", summary("failed", 0.1666666));
    expect([sign, title]).toEqual(["leave", "You reached 17 %: not a pass this time"]);
    expect(SCREENS.ended("exit", summary("failed", null)).title).toBe("You did not pass this time");
  });
});
