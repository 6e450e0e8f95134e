import { describe, expect, it, vi } from "vitest";
import { readProblem } from "../src/link/transport";
import { parseNavigationRequest, planAfterTerminate } from "../src/stage/requests";
import { readTimeLimitAction, watchTimeLimit } from "../src/stage/timelimit";

describe("what the content asks for when it ends", () => {
  it.each([
    ["continue", { kind: "continue" }],
    ["suspendAll", { kind: "suspendAll" }],
    ["{target=activity_1}choice", { kind: "choice", target: "activity_1" }],
    ["{target=activity_1}jump", { kind: "jump", target: "activity_1" }],
    ["{target=a}b}choice", { kind: "choice", target: "a}b" }],
    ["_none_", null],
    ["", null],
    [null, null],
    ["forward", null],
    ["{target=}choice", null],
  ])("%s", (raw, expected) => {
    expect(parseNavigationRequest(raw)).toEqual(expected);
  });

  it("SCORM 1.2 asks for nothing: the learner goes on by the player's controls", () => {
    expect(planAfterTerminate("scorm12", "continue", "logout")).toBeNull();
  });

  it("a time-out or log-out of SCORM 2004 ends the session, unless the content asked for something else", () => {
    expect(planAfterTerminate("scorm2004", null, "time-out")).toEqual({ kind: "exitAll" });
    expect(planAfterTerminate("scorm2004", "_none_", "logout")).toEqual({ kind: "exitAll" });
    expect(planAfterTerminate("scorm2004", "continue", "logout")).toEqual({ kind: "continue" });
    expect(planAfterTerminate("scorm2004", null, "suspend")).toBeNull();
  });
});

describe("the time allowed", () => {
  it.each([
    ["exit,message", { exit: true, message: true }],
    ["exit, no message", { exit: true, message: false }],
    ["continue,message", { exit: false, message: true }],
    ["", { exit: false, message: false }],
  ])("%s", (action, expected) => {
    expect(readTimeLimitAction(action)).toEqual(expected);
  });

  it("a minute before the end the learner is told, and at the end the course is asked to exit", () => {
    vi.useFakeTimers();
    const told: string[] = [];
    const limited = { time_limit_seconds: 90, time_limit_action: "exit,message" } as Parameters<
      typeof watchTimeLimit
    >[0];
    watchTimeLimit(limited, {
      onOneMinuteLeft: () => told.push("minute"),
      onTimeUp: (exit, message) => told.push(`up ${exit} ${message}`),
    });
    vi.advanceTimersByTime(30_000);
    expect(told).toEqual(["minute"]);
    vi.advanceTimersByTime(60_000);
    expect(told).toEqual(["minute", "up true true"]);
    vi.useRealTimers();
  });

  it("a limit of weeks does not fire at once", () => {
    vi.useFakeTimers();
    const onTimeUp = vi.fn();
    const limited = { time_limit_seconds: 9e7, time_limit_action: "exit,message" } as Parameters<
      typeof watchTimeLimit
    >[0];
    watchTimeLimit(limited, { onOneMinuteLeft: () => {}, onTimeUp });
    vi.advanceTimersByTime(10_000);
    expect(onTimeUp).not.toHaveBeenCalled();
    vi.useRealTimers();
  });
});

it("a refusal from something in between is read as far as it goes", () => {
  expect(readProblem(403, "<html>blocked</html>")).toMatchObject({
    status: 403,
    code: "http.403",
    detail: "",
    id: "",
  });
  expect(readProblem(409, '{"code":"learning.gap","expected":4,"id":"x"}')).toMatchObject({
    expected: 4,
    id: "x",
  });
});
