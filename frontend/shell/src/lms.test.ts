import { describe, expect, it } from "vitest";
import { FakeLms } from "./fake-lms";
import { findApi } from "./find";
import { Lms } from "./lms";

/** A window as far as the search looks at one. */
function fakeWindow(parts: Record<string, unknown> = {}): Window {
  const win = { opener: null, ...parts } as Record<string, unknown>;
  if (!win.parent) win.parent = win;
  return win as unknown as Window;
}

function foreign(parent: Window | null): Window {
  const win: Record<string, unknown> = {};
  const closed = () => {
    throw new DOMException("Blocked a frame", "SecurityError");
  };
  Object.defineProperty(win, "API", { get: closed });
  Object.defineProperty(win, "API_1484_11", { get: closed });
  Object.defineProperty(win, "opener", { get: closed });
  win.parent = parent || win;
  return win as unknown as Window;
}

describe("finding the LMS", () => {
  const api = new FakeLms("scorm12").api();

  it("climbs the parents, over windows of other origins", () => {
    const top = fakeWindow({ API: api });
    const found = findApi(fakeWindow({ parent: foreign(fakeWindow({ parent: top })) }), "scorm12");
    expect(found?.api).toBe(api);
    expect(found?.owner).toBe(top);
  });

  it("goes to the opener and its parents when there is none above", () => {
    const opener = fakeWindow({ parent: fakeWindow({ API: api }) });
    expect(findApi(fakeWindow({ opener }), "scorm12")?.api).toBe(api);
    const inFrameOfPopup = fakeWindow({ parent: fakeWindow({ opener }) });
    expect(findApi(inFrameOfPopup, "scorm12")?.api).toBe(api);
  });

  it("takes the other standard when the LMS has only that", () => {
    const modern = new FakeLms("scorm2004").api();
    expect(findApi(fakeWindow({ API_1484_11: modern }), "scorm12")?.standard).toBe("scorm2004");
    expect(findApi(fakeWindow({ API: api, API_1484_11: modern }), "scorm12")?.standard).toBe("scorm12");
  });

  it("does not take an element called API for one, and gives up on endless chains", () => {
    expect(findApi(fakeWindow({ API: { tagName: "DIV" } }), "scorm12")).toBeNull();
    const endless: { parent?: Window } = {};
    let hops = 0;
    Object.defineProperty(endless, "parent", {
      get: () => {
        hops++;
        return fakeWindow({ parent: hops < 100000 ? Object.create(endless) : null });
      },
    });
    expect(findApi(endless as unknown as Window, "scorm12")).toBeNull();
    expect(hops).toBeLessThan(2000);
  });
});

describe("calling the LMS", () => {
  it("tolerates an API that is open already", () => {
    for (const standard of ["scorm12", "scorm2004"] as const) {
      const fake = new FakeLms(standard);
      fake.initialised = true;
      expect(new Lms(fake.api(), standard).initialise()).toBe(true);
    }
  });

  it("finishes exactly once and sets nothing afterwards", () => {
    const fake = new FakeLms("scorm12");
    const lms = new Lms(fake.api(), "scorm12");
    lms.initialise();
    expect(lms.finish()).toBe(true);
    expect(lms.finish()).toBe(false);
    expect(lms.set("cmi.core.lesson_status", "passed")).toBe(false);
    expect(lms.commit()).toBe(false);
    expect(fake.calls.map((call) => call[0])).toEqual(["initialise", "finish"]);
  });

  it("survives an API that throws", () => {
    const broken = {
      LMSInitialize: () => {
        throw new Error("no network");
      },
    };
    const lms = new Lms(broken, "scorm12");
    expect(lms.initialise()).toBe(false);
  });
});
