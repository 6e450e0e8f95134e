// Talks to a SCORM 1.2 LMS: finds its API, keeps time, saves when the page is hidden, never throws at the course.
"use strict";

const Lms = (() => {
  let api = null;
  let open = false;
  let started = Date.now();
  let leave = "suspend";
  let listeners = [];

  // [SCORM 1.2 RTE 3.3.1] The API is in a parent of this window, or in a parent of the window that opened it. A window
  // of another site must not be touched: reading it throws, and the search ends there.
  function search(from) {
    let here = from;
    for (let steps = 0; here && steps < 500; steps++) {
      try {
        if (here.API) return here.API;
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
      return method === "LMSGetValue" ? "" : "false";
    }
  }

  function explain(what) {
    const code = call("LMSGetLastError");
    const words = code === "0" ? "no reason given" : call("LMSGetErrorString", code);
    tell(`${what}: error ${code}, ${words}`);
  }

  function start() {
    api = find();
    started = Date.now();
    if (!api) return false;
    open = call("LMSInitialize", "") === "true";
    if (!open && call("LMSGetLastError") === "101") open = call("LMSGetValue", "cmi.core.lesson_status") !== "";
    if (!open) explain("the LMS did not let the course start");
    return open;
  }

  function get(element) {
    return open ? call("LMSGetValue", element) : "";
  }

  function set(element, value) {
    if (!open) return false;
    const done = call("LMSSetValue", element, String(value)) === "true";
    if (!done) explain(`${element} was not accepted`);
    return done;
  }

  function span() {
    const all = Math.max(0, Date.now() - started) / 1000;
    const two = (number) => String(Math.floor(number)).padStart(2, "0");
    return `${String(Math.floor(all / 3600)).padStart(4, "0")}:${two((all / 60) % 60)}:${two(all % 60)}`;
  }

  function commit() {
    if (!open) return false;
    const done = call("LMSCommit", "") === "true";
    if (!done) explain("saving failed");
    return done;
  }

  function finish() {
    if (!open) return;
    set("cmi.core.session_time", span());
    set("cmi.core.exit", leave);
    commit();
    if (call("LMSFinish", "") !== "true") explain("the LMS did not close the session");
    open = false;
  }

  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "hidden" && open) {
      set("cmi.core.session_time", span());
      set("cmi.core.exit", leave);
      commit();
    }
  });
  window.addEventListener("pagehide", finish);
  window.addEventListener("pageshow", (event) => {
    if (event.persisted) window.location.reload();
  });

  return {
    start, get, set, commit, finish,
    get connected() { return open; },
    set exit(value) { leave = value; },
    onProblem(listener) { listeners.push(listener); },
  };
})();
