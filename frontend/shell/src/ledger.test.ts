import { describe, expect, it } from "vitest";
import type { Reached, Standard, Summary } from "./config";
import { FakeLms } from "./fake-lms";
import { Ledger } from "./ledger";
import { Lms } from "./lms";
import { readMarker } from "./marker";

const NOTHING: Summary = {
  completion: "not attempted",
  success: "unknown",
  score: { scaled: null, raw: null, min: null, max: null },
  total_time_seconds: 0,
  progress: null,
  location: "",
};

function reached(revision: number, change: Partial<Summary> = {}): Reached {
  return { revision, summary: { ...NOTHING, ...change } };
}

const PASSED: Partial<Summary> = {
  completion: "completed",
  success: "passed",
  score: { scaled: 0.87, raw: 87, min: 0, max: 100 },
};

function open(standard: Standard, values: Record<string, string> = {}, silent = false) {
  const fake = new FakeLms(standard, values);
  const lms = new Lms(fake.api(), standard);
  lms.initialise();
  const ledger = new Ledger(lms, silent);
  ledger.begin();
  return { fake, lms, ledger };
}

describe("the ledger towards the LMS", () => {
  it("sets incomplete at once, so that leaving is never recorded as completed", () => {
    const { fake } = open("scorm12", { "cmi.core.lesson_status": "not attempted" });
    expect(fake.stored["cmi.core.lesson_status"]).toBe("incomplete");
    expect(fake.stored["cmi.core.exit"]).toBe("suspend");
    const modern = open("scorm2004", { "cmi.completion_status": "unknown" });
    expect(modern.fake.stored["cmi.completion_status"]).toBe("incomplete");
  });

  it("leaves a status that the LMS holds already as it is", () => {
    const { fake } = open("scorm12", { "cmi.core.lesson_status": "passed" });
    expect(fake.stored["cmi.core.lesson_status"]).toBe("passed");
  });

  it("writes nothing at all in review and browse mode", () => {
    const { fake, ledger } = open("scorm12", { "cmi.core.lesson_status": "completed" }, true);
    ledger.adopt("r1", reached(1), null);
    ledger.hold(reached(9, PASSED));
    expect(ledger.save(12)).toBeNull();
    expect(ledger.pending).toBe(false);
    expect(fake.calls.filter((call) => call[0] !== "initialise")).toEqual([]);
  });

  it("writes completion, success, score and time in the words of SCORM 2004", () => {
    const { fake, ledger } = open("scorm2004");
    ledger.adopt("r1", reached(1), null);
    ledger.hold(reached(4, { ...PASSED, progress: 1, location: "page 9" }));
    expect(ledger.save(75.5)?.ok).toBe(true);
    expect(fake.stored).toMatchObject({
      "cmi.completion_status": "completed",
      "cmi.success_status": "passed",
      "cmi.score.scaled": "0.87",
      "cmi.score.raw": "87",
      "cmi.progress_measure": "1",
      "cmi.location": "page 9",
      "cmi.session_time": "PT0H1M15.5S",
      "cmi.exit": "suspend",
    });
    expect(ledger.taken).toBe(4);
  });

  it("writes one status, the score and the time in the words of SCORM 1.2", () => {
    const { fake, ledger } = open("scorm12");
    ledger.adopt("r1", reached(1), null);
    ledger.hold(reached(2, PASSED));
    ledger.save(3725.25);
    expect(fake.stored).toMatchObject({
      "cmi.core.lesson_status": "passed",
      "cmi.core.score.raw": "87",
      "cmi.core.score.min": "0",
      "cmi.core.score.max": "100",
      "cmi.core.session_time": "0001:02:05.25",
    });
  });

  it("never sets an empty score", () => {
    const { fake, ledger } = open("scorm12");
    ledger.adopt("r1", reached(1, { completion: "incomplete" }), null);
    ledger.save(1);
    expect(fake.calls.some((call) => (call[1] || "").includes("score"))).toBe(false);
  });

  it("keeps the better result of the LMS when the course has not said otherwise", () => {
    const held = { "cmi.core.lesson_status": "completed", "cmi.core.score.raw": "87" };
    const { fake, ledger } = open("scorm12", held);
    ledger.adopt(
      "r1",
      reached(3, { completion: "incomplete", score: { scaled: 0.12, raw: 12, min: 0, max: 100 } }),
      null,
    );
    ledger.save();
    ledger.hold(
      reached(4, {
        completion: "incomplete",
        score: { scaled: 0.12, raw: 12, min: 0, max: 100 },
        location: "2",
      }),
    );
    ledger.save();
    expect(fake.stored).toMatchObject(held);
    expect(fake.stored["cmi.core.lesson_location"]).toBe("2");
  });

  it("lowers the LMS's result when the course really did", () => {
    const { fake, ledger } = open("scorm12", {
      "cmi.core.lesson_status": "passed",
      "cmi.core.score.raw": "87",
    });
    ledger.adopt("r1", reached(3, PASSED), null);
    ledger.hold(
      reached(4, {
        completion: "completed",
        success: "failed",
        score: { scaled: 0.4, raw: 40, min: 0, max: 100 },
      }),
    );
    ledger.save();
    expect(fake.stored["cmi.core.lesson_status"]).toBe("failed");
    expect(fake.stored["cmi.core.score.raw"]).toBe("40");
    ledger.hold(reached(5, { completion: "incomplete", success: "unknown" }));
    ledger.save();
    expect(fake.stored["cmi.core.lesson_status"]).toBe("incomplete");
  });

  it("keeps a grade that a teacher raised while our result stayed the same", () => {
    const first = open("scorm2004");
    first.ledger.adopt("r1", reached(1), null);
    first.ledger.hold(reached(2, { ...PASSED, success: "failed" }));
    first.ledger.save();
    const raised = { ...first.fake.stored, "cmi.success_status": "passed", "cmi.score.scaled": "0.95" };
    const { fake, ledger } = open("scorm2004", raised);
    ledger.adopt("r1", reached(3, { ...PASSED, success: "failed", location: "x" }), null);
    ledger.save();
    expect(fake.stored).toMatchObject({
      "cmi.success_status": "passed",
      "cmi.score.scaled": "0.95",
      "cmi.score.raw": "87",
    });
  });

  it("catches up at the next launch with what a kill kept from the LMS, lower values too", () => {
    const first = open("scorm12");
    first.ledger.adopt("r1", reached(1), null);
    first.ledger.hold(reached(2, PASSED));
    first.ledger.save();
    const { fake, ledger } = open("scorm12", first.fake.stored);
    ledger.adopt(
      "r1",
      reached(7, {
        completion: "completed",
        success: "failed",
        score: { scaled: 0.3, raw: 30, min: 0, max: 100 },
      }),
      null,
    );
    expect(ledger.pending).toBe(true);
    expect(ledger.save()?.ok).toBe(true);
    expect(fake.stored["cmi.core.lesson_status"]).toBe("failed");
    expect(readMarker(fake.stored["cmi.suspend_data"] || "")).toMatchObject({ r: "r1", v: 7 });
  });

  it("writes again at the next launch what an LMS only pretended to take", () => {
    const first = open("scorm12", { "cmi.core.lesson_status": "incomplete" });
    first.ledger.adopt("r1", reached(1, { completion: "incomplete" }), null);
    first.fake.lying = true;
    first.ledger.hold(reached(2, PASSED));
    expect(first.ledger.save()?.ok).toBe(true);
    const { fake, ledger } = open("scorm12", first.fake.stored);
    ledger.adopt("r1", reached(2, PASSED), null);
    ledger.save();
    expect(fake.stored["cmi.core.lesson_status"]).toBe("passed");
  });

  it("reports what it read back when the LMS holds everything already", () => {
    const first = open("scorm12");
    first.ledger.adopt("r1", reached(1), null);
    expect(first.ledger.readBack()).toBeNull();
    first.ledger.hold(reached(2, PASSED));
    first.ledger.save();
    const { ledger } = open("scorm12", first.fake.stored);
    ledger.adopt("r1", reached(2, PASSED), null);
    expect(ledger.save()).toBeNull();
    expect(ledger.readBack()).toMatchObject({ revision: 2, ok: true, diagnostic: "read back" });
    expect(ledger.readBack()?.values).toMatchObject({ "cmi.core.lesson_status": "passed" });
  });

  it("commits a different value before the right one after a commit failed", () => {
    const { fake, ledger } = open("scorm12");
    ledger.adopt("r1", reached(1), null);
    ledger.save();
    fake.refusing = true;
    ledger.hold(reached(2, PASSED));
    const refused = ledger.save();
    expect(refused).toMatchObject({ ok: false, revision: 2 });
    expect(refused?.error).toContain("391");
    expect(ledger.pending).toBe(true);
    fake.refusing = false;
    expect(ledger.save()?.ok).toBe(true);
    expect(fake.stored["cmi.core.lesson_status"]).toBe("passed");
    expect(fake.stored["cmi.core.score.raw"]).toBe("87");
    expect(ledger.pending).toBe(false);
  });

  it("gets through when the LMS refuses several saves in a row and the result changes meanwhile", () => {
    const { fake, ledger } = open("scorm2004");
    ledger.adopt("r1", reached(1), null);
    ledger.save();
    fake.refusing = true;
    ledger.hold(reached(2, { ...PASSED, success: "failed" }));
    ledger.save();
    ledger.save();
    ledger.hold(reached(3, { completion: "incomplete" }));
    ledger.save(20);
    fake.refusing = false;
    ledger.save(21);
    expect(fake.stored["cmi.completion_status"]).toBe("incomplete");
    expect(fake.stored["cmi.session_time"]).toBe("PT0H0M21S");
    ledger.hold(reached(4, PASSED));
    ledger.save(22);
    expect(fake.stored).toMatchObject({ "cmi.success_status": "passed", "cmi.session_time": "PT0H0M22S" });
  });

  it("leaves with one request that finishes, and sets nothing after it", () => {
    const { fake, ledger } = open("scorm12");
    ledger.adopt("r1", reached(1), null);
    ledger.save();
    ledger.hold(reached(2, PASSED));
    fake.calls.length = 0;
    expect(ledger.leave(61)?.ok).toBe(true);
    expect(fake.calls.filter((call) => call[0] !== "set")).toEqual([["finish"]]);
    expect(fake.calls[fake.calls.length - 1]).toEqual(["finish"]);
    expect(fake.stored).toMatchObject({
      "cmi.core.lesson_status": "passed",
      "cmi.core.session_time": "0000:01:01.00",
    });
    expect(ledger.leave(62)).toBeNull();
    expect(fake.calls.filter((call) => call[0] === "finish")).toHaveLength(1);
  });

  it("tells of a refusal while leaving only when more than the time was refused", () => {
    const { lms, ledger } = open("scorm12");
    ledger.adopt("r1", reached(1), null);
    ledger.save();
    lms.finish();
    expect(ledger.leave(61)).toBeNull();
    ledger.hold(reached(2, PASSED));
    expect(ledger.leave(62)?.ok).toBe(false);
  });

  it("lets no optional element that the LMS lacks stand in the way of a result", () => {
    const { fake, ledger } = open("scorm12");
    fake.unsupported = ["cmi.core.score.min", "cmi.core.score.max"];
    ledger.adopt("r1", reached(1), null);
    ledger.hold(reached(2, PASSED));
    expect(ledger.save()?.ok).toBe(true);
    expect(ledger.pending).toBe(false);
    const sets = () => fake.calls.filter((call) => call[1] === "cmi.core.score.min").length;
    const before = sets();
    ledger.hold(reached(3, { ...PASSED, location: "end" }));
    ledger.save();
    expect(sets()).toBe(before);
  });

  it("ignores a state that is older than the newest one", () => {
    const { fake, ledger } = open("scorm12");
    ledger.adopt("r1", reached(1), null);
    ledger.hold(reached(5, PASSED));
    ledger.hold(reached(4, { completion: "incomplete" }));
    ledger.save();
    expect(fake.stored["cmi.core.lesson_status"]).toBe("passed");
  });
});
