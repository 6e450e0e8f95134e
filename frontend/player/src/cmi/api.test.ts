/** What the player and the content see of an API object, beyond single answers. */

import { describe, expect, it, vi } from "vitest";
import { type CallEntry, createApi, type Delivery, type Hooks, type ValidRequests } from "./index";

const valid: ValidRequests = {
  continue: true,
  previous: false,
  exit: true,
  exitAll: true,
  abandon: true,
  abandonAll: true,
  suspendAll: true,
  choice: { "a.1": true, b: false },
  jump: {},
};

function delivery(cmi: Record<string, string> = {}): Delivery {
  return {
    number: 1,
    activity: "a",
    title: "A",
    kind: "sco",
    url: "",
    cmi,
    valid,
    hide: [],
    toc: {},
    toc_visible: true,
    time_limit_seconds: null,
    time_limit_action: "",
    resources: [],
  };
}

function watched() {
  const calls: CallEntry[] = [];
  let time = 1000;
  const hooks = {
    onSet: vi.fn(),
    onCommit: vi.fn(),
    onTerminate: vi.fn(),
    onCall: (entry: CallEntry) => {
      calls.push(entry);
    },
    now: () => {
      time += 5;
      return time;
    },
  };
  return { hooks, calls };
}

type Functions = Record<string, (...args: unknown[]) => string>;
const functions = (api: object) => api as Functions;

function start2004(cmi: Record<string, string> = {}, hooks: Hooks = watched().hooks) {
  const made = createApi("scorm2004", delivery(cmi), hooks);
  const api = functions(made.api);
  api.Initialize?.("");
  return { made, api };
}

describe("the API object", () => {
  it("has the names both standards give it", () => {
    const { hooks } = watched();
    const twelve = createApi("scorm12", delivery(), hooks);
    const later = createApi("scorm2004", delivery(), hooks);
    expect(twelve.name).toBe("API");
    expect(later.name).toBe("API_1484_11");
    expect(Object.keys(twelve.api).sort()).toEqual([
      "LMSCommit",
      "LMSFinish",
      "LMSGetDiagnostic",
      "LMSGetErrorString",
      "LMSGetLastError",
      "LMSGetValue",
      "LMSInitialize",
      "LMSSetValue",
    ]);
    expect((later.api as { version: string }).version).toBe("1.0");
  });

  it("works when its functions are taken off it", () => {
    const { api } = start2004();
    const { SetValue, GetValue } = api;
    expect(SetValue?.("cmi.location", "p1")).toBe("true");
    expect(GetValue?.("cmi.location")).toBe("p1");
  });

  it("takes whatever content passes and never throws", () => {
    const { api } = start2004();
    expect(api.SetValue?.("cmi.score.raw", 85.5)).toBe("true");
    expect(api.GetValue?.("cmi.score.raw")).toBe("85.5");
    expect(api.SetValue?.("cmi.suspend_data", undefined)).toBe("true");
    expect(api.SetValue?.(undefined, undefined)).toBe("false");
    expect(api.GetValue?.()).toBe("");
    const hostile = {
      toString() {
        throw new Error("no");
      },
    };
    expect(api.SetValue?.("cmi.location", hostile)).toBe("true");
    expect(api.GetValue?.(Symbol("x"))).toBe("");
    expect(api.Commit?.()).toBe("true");
    expect(api.Terminate?.(null)).toBe("true");
  });

  it("reads no argument, undefined and null as the empty string", () => {
    const later = functions(createApi("scorm2004", delivery(), watched().hooks).api);
    expect([later.Initialize?.(), later.GetLastError?.()]).toEqual(["true", "0"]);
    expect([later.Commit?.(undefined), later.GetLastError?.()]).toEqual(["true", "0"]);
    expect([later.GetValue?.(), later.GetLastError?.()]).toEqual(["", "301"]);
    expect([later.GetValue?.(null), later.GetLastError?.()]).toEqual(["", "301"]);
    expect([later.SetValue?.(), later.GetLastError?.()]).toEqual(["false", "351"]);
    expect([later.SetValue?.("cmi.location"), later.GetLastError?.()]).toEqual(["true", "0"]);
    expect([later.GetErrorString?.(), later.GetErrorString?.(null)]).toEqual(["", ""]);
    expect([later.Terminate?.(), later.GetLastError?.()]).toEqual(["true", "0"]);
    const twelve = functions(createApi("scorm12", delivery(), watched().hooks).api);
    expect([twelve.LMSInitialize?.(null), twelve.LMSGetLastError?.()]).toEqual(["true", "0"]);
    expect([twelve.LMSGetValue?.(), twelve.LMSGetLastError?.()]).toEqual(["", "201"]);
    expect([twelve.LMSSetValue?.(), twelve.LMSGetLastError?.()]).toEqual(["false", "201"]);
    expect([twelve.LMSSetValue?.("cmi.core.exit"), twelve.LMSGetLastError?.()]).toEqual(["true", "0"]);
  });

  it("turns other arguments into text, and looks at no more of them than it takes", () => {
    const { api } = start2004();
    const outcome = (method: string, ...args: unknown[]) => [api[method]?.(...args), api.GetLastError?.()];
    expect(outcome("Commit", 0)).toEqual(["false", "201"]);
    expect(outcome("Commit", false)).toEqual(["false", "201"]);
    expect(outcome("Commit", {})).toEqual(["false", "201"]);
    expect(outcome("Commit", "", "more")).toEqual(["true", "0"]);
    expect(outcome("SetValue", "cmi.score.scaled", 0.5)).toEqual(["true", "0"]);
    expect(outcome("SetValue", "cmi.score.scaled", 1e-7)).toEqual(["false", "406"]);
    expect(outcome("SetValue", "cmi.score.scaled", Number.NaN)).toEqual(["false", "406"]);
    expect(outcome("SetValue", "cmi.score.scaled", true)).toEqual(["false", "406"]);
    expect(outcome("SetValue", "cmi.location", { a: 1 })).toEqual(["true", "0"]);
    expect(outcome("GetValue", "cmi.location")).toEqual(["[object Object]", "0"]);
    expect(outcome("SetValue", ["cmi.location"], ["x"])).toEqual(["true", "0"]);
    expect(outcome("GetValue", new String("cmi.location"), "more")).toEqual(["x", "0"]);
    expect(outcome("SetValue", Object.create(null), "x")).toEqual(["false", "351"]);
    expect(outcome("GetErrorString", 406)).toEqual(["Data Model Element Type Mismatch", "351"]);
    expect(outcome("GetErrorString", 4.06)).toEqual(["", "351"]);
    expect(outcome("GetDiagnostic", Symbol("406"))).toEqual(["", "351"]);
  });

  it("answers with strings only, counts and errors among them", () => {
    const { api } = start2004({ "cmi.objectives.0.id": "a" });
    const answers = [
      api.GetValue?.("cmi.objectives._count"),
      api.GetValue?.("cmi.mode"),
      api.GetValue?.("nothing"),
      api.SetValue?.("cmi.location", 5),
      api.Commit?.(""),
      api.GetLastError?.(),
      api.GetErrorString?.(0),
      api.GetDiagnostic?.(0),
      api.Terminate?.(""),
    ];
    expect(answers.map((answer) => typeof answer)).toEqual(answers.map(() => "string"));
    expect(answers[0]).toBe("1");
  });

  it("lets content that answers its own questions ask others meanwhile", () => {
    const { api } = start2004();
    const nested = {
      toString() {
        api.SetValue?.("cmi.location", "inner");
        return "outer";
      },
    };
    expect(api.SetValue?.("cmi.location", nested)).toBe("true");
    expect(api.GetValue?.("cmi.location")).toBe("outer");
  });

  it("keeps names of objects' own parts out of what it sends", () => {
    const { made, api } = start2004();
    expect(api.SetValue?.("__proto__", "x")).toBe("false");
    expect(api.SetValue?.("cmi.objectives.0.id", "__proto__")).toBe("true");
    expect(api.SetValue?.("cmi.objectives.1.id", "constructor")).toBe("true");
    expect(made.takeChanges()).toEqual({
      "cmi.objectives.0.id": "__proto__",
      "cmi.objectives.1.id": "constructor",
    });
    expect(({} as Record<string, unknown>).x).toBeUndefined();
  });

  it("takes ten thousand interactions, each as fast as the first, and then says no", () => {
    const { api } = start2004({ "cmi.interactions._count": "0" });
    const started = performance.now();
    for (let index = 0; index < 10000; index += 1) {
      api.SetValue?.(`cmi.interactions.${index}.id`, "q");
      api.SetValue?.(`cmi.interactions.${index}.type`, "other");
      api.SetValue?.(`cmi.interactions.${index}.learner_response`, "x");
    }
    expect(performance.now() - started).toBeLessThan(3000);
    expect(api.SetValue?.("cmi.interactions.10000.id", "q")).toBe("false");
    expect(api.GetLastError?.()).toBe("351");
    expect(api.GetDiagnostic?.("")).toContain("no more than 10000");
  });

  it("goes on when a hook of the player fails", () => {
    const said = vi.spyOn(console, "error").mockImplementation(() => {});
    const broken = () => {
      throw new Error("player bug");
    };
    const hooks: Hooks = {
      onSet: broken,
      onCommit: broken,
      onTerminate: broken,
      onCall: broken,
      now: () => 0,
    };
    const { api } = start2004({}, hooks);
    expect(api.SetValue?.("cmi.location", "x")).toBe("true");
    expect(api.Commit?.("")).toBe("true");
    expect(api.Terminate?.("")).toBe("true");
    expect(api.GetLastError?.()).toBe("0");
    said.mockRestore();
  });
});

describe("what the player learns", () => {
  it("is told of what was set, committed and ended, and of nothing that was refused", () => {
    const { hooks } = watched();
    const { api } = start2004({}, hooks);
    api.SetValue?.("cmi.location", "p1");
    api.SetValue?.("cmi.location", "x".repeat(1001));
    api.SetValue?.("cmi.learner_id", "me");
    api.Commit?.("");
    api.Commit?.("x");
    api.Terminate?.("x");
    expect(hooks.onTerminate).not.toHaveBeenCalled();
    api.Terminate?.("");
    api.Terminate?.("");
    expect(hooks.onSet.mock.calls).toEqual([
      ["cmi.location", "p1"],
      ["cmi.location", "x".repeat(1000)],
    ]);
    expect(hooks.onCommit).toHaveBeenCalledTimes(1);
    expect(hooks.onTerminate.mock.calls).toEqual([[null]]);
  });

  it("takes what changed once, in the order it was first set", () => {
    const { made, api } = start2004();
    api.SetValue?.("cmi.objectives.0.id", "a");
    api.SetValue?.("cmi.location", "p1");
    api.SetValue?.("cmi.objectives.0.id", "a");
    api.SetValue?.("cmi.location", "p2");
    expect(Object.entries(made.changes())).toEqual([
      ["cmi.objectives.0.id", "a"],
      ["cmi.location", "p2"],
    ]);
    expect(made.takeChanges()).toEqual({ "cmi.objectives.0.id": "a", "cmi.location": "p2" });
    expect(made.takeChanges()).toEqual({});
    api.SetValue?.("cmi.location", "p3");
    expect(made.changes()).toEqual({ "cmi.location": "p3" });
  });

  it("hears where the content wants to go", () => {
    const { hooks } = watched();
    const { api } = start2004({}, hooks);
    api.SetValue?.("adl.nav.request", "{target=b}choice");
    api.Terminate?.("");
    expect(hooks.onTerminate.mock.calls).toEqual([["{target=b}choice"]]);
    const quiet = watched();
    const second = start2004({}, quiet.hooks);
    second.api.SetValue?.("adl.nav.request", "_none_");
    second.api.Terminate?.("");
    expect(quiet.hooks.onTerminate.mock.calls).toEqual([[null]]);
  });

  it("can end a session the content left open, once", () => {
    const { hooks } = watched();
    const { made, api } = start2004({}, hooks);
    api.SetValue?.("adl.nav.request", "continue");
    expect(made.state()).toBe("running");
    made.terminateFromOutside();
    made.terminateFromOutside();
    expect(made.state()).toBe("terminated");
    expect(hooks.onTerminate.mock.calls).toEqual([["continue"]]);
    expect(api.GetValue?.("cmi.location")).toBe("");
    expect(api.GetLastError?.()).toBe("123");
    const unopened = watched();
    createApi("scorm12", delivery(), unopened.hooks).terminateFromOutside();
    expect(unopened.hooks.onTerminate).not.toHaveBeenCalled();
  });

  it("sees every call with its time, result and error", () => {
    const { hooks, calls } = watched();
    const api = functions(createApi("scorm12", delivery(), hooks).api);
    api.LMSInitialize?.("");
    api.LMSSetValue?.("cmi.core.lesson_status", "Completed");
    api.LMSGetValue?.("cmi.core.lesson_status");
    api.LMSFinish?.("");
    expect(calls.map((entry) => entry.slice(1))).toEqual([
      ["LMSInitialize", "", "", "true", "0"],
      ["LMSSetValue", "cmi.core.lesson_status", "Completed", "false", "405"],
      ["LMSGetValue", "cmi.core.lesson_status", "", "not attempted", "0"],
      ["LMSFinish", "", "", "true", "0"],
    ]);
    const times = calls.map((entry) => entry[0]);
    expect(times).toEqual([...times].sort((a, b) => a - b));
  });

  it("knows the session time the content reported", () => {
    const { made, api } = start2004();
    expect(made.sessionTimeSeconds()).toBeNull();
    api.SetValue?.("cmi.session_time", "P1DT1H1M1.5S");
    expect(made.sessionTimeSeconds()).toBe(86400 + 3600 + 60 + 1.5);
    const old = createApi("scorm12", delivery(), watched().hooks);
    const oldApi = functions(old.api);
    oldApi.LMSInitialize?.("");
    expect(old.sessionTimeSeconds()).toBeNull();
    oldApi.LMSSetValue?.("cmi.core.session_time", "0001:02:03.5");
    expect(old.sessionTimeSeconds()).toBe(3723.5);
  });

  it("lets the content ask which requests are valid", () => {
    const { api } = start2004();
    const ask = (request: string) => api.GetValue?.(`adl.nav.request_valid.${request}`);
    expect(ask("continue")).toBe("true");
    expect(ask("previous")).toBe("false");
    expect(ask("suspendAll")).toBe("true");
    expect(ask("choice.{target=a.1}")).toBe("true");
    expect(ask("choice.{target=b}")).toBe("false");
    expect(ask("jump.{target=a.1}")).toBe("false");
  });
});
