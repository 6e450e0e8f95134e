import { describe, expect, it } from "vitest";
import type { Score, Summary } from "./config";
import { elementsOf, sessionTime, unlike } from "./elements";
import { percentOf } from "./result";

const NO_SCORE: Score = { scaled: null, raw: null, min: null, max: null };

function summary(change: Partial<Summary>): Summary {
  const nothing = { total_time_seconds: 0, progress: null, location: "", score: NO_SCORE };
  return { completion: "incomplete", success: "unknown", ...nothing, ...change };
}

describe("a result in SCORM 1.2", () => {
  const statuses: [Summary["completion"], Summary["success"], string][] = [
    ["completed", "passed", "passed"],
    ["incomplete", "passed", "passed"],
    ["unknown", "passed", "passed"],
    ["completed", "failed", "failed"],
    ["unknown", "failed", "failed"],
    ["incomplete", "failed", "incomplete"],
    ["completed", "unknown", "completed"],
    ["incomplete", "unknown", "incomplete"],
    ["not attempted", "unknown", "incomplete"],
    ["unknown", "unknown", "incomplete"],
  ];
  it.each(statuses)("says %s and %s as %s", (completion, success, status) => {
    expect(elementsOf("scorm12", summary({ completion, success }))["cmi.core.lesson_status"]).toBe(status);
  });

  const scores: [Partial<Score>, string | undefined][] = [
    [{ raw: 87 }, "87"],
    [{ raw: 87.125, min: 0, max: 100 }, "87.13"],
    [{ raw: 0 }, "0"],
    [{ raw: 450, min: 0, max: 500 }, "90"],
    [{ scaled: 0.5 }, "50"],
    [{ scaled: -0.5 }, "0"],
    [{ raw: 5, min: 0, max: 5, scaled: 1 }, "5"],
    [{ raw: 1000 }, "100"],
    [{}, undefined],
  ];
  it.each(scores)("says the score %j as %s", (score, raw) => {
    const values = elementsOf("scorm12", summary({ score: { ...NO_SCORE, ...score } }));
    expect(values["cmi.core.score.raw"]).toBe(raw);
  });
});

describe("a result in SCORM 2004", () => {
  it("has a scaled score whenever one can be worked out", () => {
    const scaled = (score: Partial<Score>) =>
      elementsOf("scorm2004", summary({ score: { ...NO_SCORE, ...score } }))["cmi.score.scaled"];
    expect(scaled({ raw: 30, min: 10, max: 50 })).toBe("0.5");
    expect(scaled({ raw: 87 })).toBe("0.87");
    expect(scaled({ raw: 3, min: 5, max: 5 })).toBeUndefined();
    expect(scaled({ scaled: 1 / 3 })).toBe("0.3333333");
  });

  it("says nothing of what is not known", () => {
    expect(Object.keys(elementsOf("scorm2004", summary({})))).toEqual(["cmi.completion_status"]);
  });
});

describe("times and different values", () => {
  it("writes times as each standard wants them", () => {
    expect(sessionTime("scorm12", 0)).toBe("0000:00:00.00");
    expect(sessionTime("scorm12", 59.999)).toBe("0000:01:00.00");
    expect(sessionTime("scorm12", 360061.5)).toBe("0100:01:01.50");
    expect(sessionTime("scorm2004", 3661.25)).toBe("PT1H1M1.25S");
  });

  it("makes a value differ without claiming more", () => {
    expect(unlike("cmi.core.lesson_status", "passed")).toBe("completed");
    expect(unlike("cmi.success_status", "passed")).toBe("unknown");
    expect(unlike("cmi.core.score.raw", "87")).toBe("86.99");
    expect(unlike("cmi.core.score.raw", "0")).toBe("0.01");
    expect(unlike("cmi.suspend_data", "x")).toBe("x ");
  });

  it("shows a score as per cent", () => {
    expect(percentOf({ ...NO_SCORE, scaled: 0.874 })).toBe("87");
    expect(percentOf({ ...NO_SCORE, raw: 30, min: 10, max: 50 })).toBe("50");
    expect(percentOf(NO_SCORE)).toBe("");
  });
});
