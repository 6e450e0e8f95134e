// Talks to a SCORM 2004 LMS: finds its API, keeps time, saves when the page is hidden, never throws at the course.
"use strict";

const Lms = (() => {
  let api = null;
  let open = false;
  let started = Date.now();
  let leave = "suspend";
  let listeners = [];

  // [SCORM 2004 RTE 3.3.6] The API is in a parent of this window, or in a parent of the window that opened it. A
  // window of another site must not be touched: reading it throws, and the search ends there.
  function search(from) {
    let here = from;
    for (let steps = 0; here && steps < 500; steps++) {
      try {
        if (here.API_1484_11) return here.API_1484_11;
        if (here.parent === here) return null;
        here = here.parent;
      } catch {
        return null;
      }
    }
    return null;
  }

  function find() {
    let found = search(window);
    if (!found) {
      try {
        let opener = window.opener || window.top.opener;
        if (opener) found = search(opener);
      } catch {
        found = null;
      }
    }
    return found;
  }

  function tell(problem) {
    console.warn("SCORM:", problem);
    for (const listener of listeners) listener(problem);
  }

  function call(method, ...values) {
    try {
      return String(api[method](...values));
    } catch (error) {
      tell(`${method} failed: ${error}`);
      return method === "GetValue" ? "" : "false";
    }
  }

  function explain(what) {
    const code = call("GetLastError");
    tell(`${what}: error ${code}, ${code === "0" ? "no reason given" : call("GetErrorString", code)}`);
  }

  function start() {
    api = find();
    started = Date.now();
    if (!api) return false;
    open = call("Initialize", "") === "true" || call("GetLastError") === "103";
    if (!open) explain("the LMS did not let the course start");
    return open;
  }

  function get(element) {
    return open ? call("GetValue", element) : "";
  }

  function set(element, value) {
    if (!open) return false;
    const done = call("SetValue", element, String(value)) === "true";
    if (!done) explain(`${element} was not accepted`);
    return done;
  }

  // The index of the objective with this identifier; a new one at the end if the LMS made none from the manifest.
  function objective(id) {
    const count = Number.parseInt(get("cmi.objectives._count") || "0", 10);
    for (let index = 0; index < count; index++) {
      if (get(`cmi.objectives.${index}.id`) === id) return index;
    }
    set(`cmi.objectives.${count}.id`, id);
    return count;
  }

  function commit() {
    if (!open) return false;
    const done = call("Commit", "") === "true";
    if (!done) explain("saving failed");
    return done;
  }

  function span() {
    return `PT${(Math.max(0, Date.now() - started) / 1000).toFixed(2)}S`;
  }

  function finish(request) {
    if (!open) return;
    set("cmi.session_time", span());
    set("cmi.exit", leave);
    if (request) set("adl.nav.request", request);
    commit();
    if (call("Terminate", "") !== "true") explain("the LMS did not close the session");
    open = false;
  }

  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "hidden" && open) {
      set("cmi.session_time", span());
      set("cmi.exit", leave);
      commit();
    }
  });
  window.addEventListener("pagehide", () => finish());
  window.addEventListener("pageshow", (event) => {
    if (event.persisted) window.location.reload();
  });

  return {
    start, get, set, objective, commit, finish,
    get connected() { return open; },
    set exit(value) { leave = value; },
    onProblem(listener) { listeners.push(listener); },
  };
})();
