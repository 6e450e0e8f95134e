import { afterEach, describe, expect, it, vi } from "vitest";
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

  const watch = (seconds: number, action: string) => {
    vi.useFakeTimers();
    const told: string[] = [];
    const limited = { time_limit_seconds: seconds, time_limit_action: action };
    const stop = watchTimeLimit(limited, {
      onTimeLeft: (left) => told.push(`${left} left`),
      onTimeUp: (exit, message) => told.push(`up ${exit} ${message}`),
    });
    return { told, stop };
  };
  afterEach(() => void vi.useRealTimers());

  it("five minutes and a minute before the end the learner is told, and at the end the part is left", () => {
    const { told } = watch(1_000, "exit,no message");
    vi.advanceTimersByTime(699_000);
    expect(told).toEqual([]);
    vi.advanceTimersByTime(1_000);
    expect(told).toEqual(["300 left"]);
    vi.advanceTimersByTime(240_000);
    expect(told).toEqual(["300 left", "60 left"]);
    vi.advanceTimersByTime(60_000);
    expect(told).toEqual(["300 left", "60 left", "up true false"]);
  });

  it("who comes back with little time left is told at once", () => {
    const { told } = watch(42, "exit,message");
    vi.advanceTimersByTime(1);
    expect(told).toEqual(["42 left"]);
  });

  it("who may go on is told only when the time is over, and not at all when the course wants no message", () => {
    const { told } = watch(90, "continue,message");
    vi.advanceTimersByTime(90_000);
    expect(told).toEqual(["up false true"]);
    const silent = watch(90, "continue,no message");
    vi.advanceTimersByTime(200_000);
    expect(silent.told).toEqual([]);
  });

  it("time runs on while the computer sleeps and its timers stand still", () => {
    const { told } = watch(3_600, "exit,message");
    vi.advanceTimersByTime(1_000);
    vi.setSystemTime(Date.now() + 3_600_000);
    vi.advanceTimersByTime(30_000);
    expect(told).toEqual(["up true true"]);
  });

  it("once the part is left nothing is told any more", () => {
    const { told, stop } = watch(90, "exit,message");
    stop();
    vi.advanceTimersByTime(200_000);
    expect(told).toEqual([]);
  });

  it("a limit of weeks does not fire at once", () => {
    const { told } = watch(9e7, "exit,message");
    vi.advanceTimersByTime(10_000);
    expect(told).toEqual([]);
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
