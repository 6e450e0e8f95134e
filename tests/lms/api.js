/**
 * The LMS's side in the browser: a synchronous API of either standard at the window the package's parents lead to.
 * Habits taken from real systems: a commit posts only what differs from the value posted last, even when that post
 * failed; finishing an attempt that is still "not attempted" completes it; an empty score becomes zero.
 */
(function () {
  "use strict";
  var lms = JSON.parse(document.getElementById("lms").textContent);
  var four = lms.standard === "scorm2004";
  var values = Object.assign({}, lms.values);
  var posted = Object.assign({}, lms.values);
  var state = "idle";
  var error = "0";

  var STATUS12 = /^(passed|completed|failed|incomplete|browsed)$/;
  var NUMBER = /^-?\d+(\.\d{1,7})?$/;
  var RULES = four
    ? {
        "cmi.completion_status": /^(completed|incomplete|not attempted|unknown)$/,
        "cmi.success_status": /^(passed|failed|unknown)$/,
        "cmi.score.scaled": /^(-?1(\.0+)?|-?0(\.\d{1,7})?)$/,
        "cmi.score.raw": NUMBER,
        "cmi.score.min": NUMBER,
        "cmi.score.max": NUMBER,
        "cmi.progress_measure": /^(1(\.0+)?|0(\.\d{1,7})?)$/,
        "cmi.location": /^[^]{0,1000}$/,
        "cmi.suspend_data": /^[^]{0,64000}$/,
        "cmi.session_time": /^PT(\d+H)?(\d+M)?(\d+(\.\d{1,2})?S)?$/,
        "cmi.exit": /^(time-out|suspend|logout|normal|)$/,
      }
    : {
        "cmi.core.lesson_status": STATUS12,
        "cmi.core.score.raw": /^(\d+(\.\d+)?)?$/,
        "cmi.core.score.min": /^(\d+(\.\d+)?)?$/,
        "cmi.core.score.max": /^(\d+(\.\d+)?)?$/,
        "cmi.core.lesson_location": /^[^]{0,255}$/,
        "cmi.suspend_data": /^[^]{0,4096}$/,
        "cmi.core.session_time": /^\d{2,4}:\d\d:\d\d(\.\d{1,2})?$/,
        "cmi.core.exit": /^(time-out|suspend|logout|)$/,
      };
  var WRITE_ONLY = { "cmi.session_time": 1, "cmi.exit": 1, "cmi.core.session_time": 1, "cmi.core.exit": 1 };

  function answer(code, value) {
    error = code;
    return value;
  }

  function send(kind, body) {
    body.kind = kind;
    body.attempt = lms.attempt;
    var text = JSON.stringify(body);
    if (lms.beacons && document.visibilityState === "hidden") {
      return navigator.sendBeacon("/lms/save", new Blob([text], { type: "text/plain" }));
    }
    try {
      var request = new XMLHttpRequest();
      request.open("POST", "/lms/save", false);
      request.send(text);
      return request.status === 200;
    } catch (problem) {
      return false; // while a page goes away, browsers do not send synchronous requests
    }
  }

  function initialize() {
    if (state === "open") return answer(four ? "103" : "101", "false");
    if (state === "over" && four) return answer("104", "false");
    state = "open";
    send("initialize", {});
    return answer("0", "true");
  }

  function get(element) {
    if (state !== "open") return answer(four ? "122" : "301", "");
    if (WRITE_ONLY[element]) return answer(four ? "405" : "404", "");
    return answer("0", element in values ? values[element] : "");
  }

  function set(element, value) {
    value = String(value);
    lms.calls.push([element, value]);
    if (state !== "open") return answer(four ? (state === "over" ? "133" : "132") : "301", "false");
    var rule = RULES[element];
    if (!rule) return answer(element in values ? (four ? "404" : "403") : "401", "false");
    if (!rule.test(value)) return answer(four ? "406" : "405", "false");
    if (value === "" && /score\./.test(element)) value = "0";
    values[element] = value;
    return answer("0", "true");
  }

  function changes() {
    var changed = {};
    for (var element in values) if (values[element] !== posted[element]) changed[element] = values[element];
    posted = Object.assign({}, values);
    return changed;
  }

  function save(kind) {
    var calls = lms.calls.splice(0);
    return send(kind, { values: changes(), calls: calls });
  }

  function commit() {
    if (state !== "open") return answer(four ? "142" : "301", "false");
    return save("commit") ? answer("0", "true") : answer(four ? "391" : "101", "false");
  }

  function finish() {
    if (state !== "open") return answer(four ? "112" : "301", "false");
    state = "over";
    if (!four && values["cmi.core.lesson_status"] === "not attempted") values["cmi.core.lesson_status"] = "completed";
    return save("finish") ? answer("0", "true") : answer(four ? "111" : "101", "false");
  }

  lms.calls = [];
  var names = four
    ? ["Initialize", "GetValue", "SetValue", "Commit", "Terminate", "GetLastError", "GetErrorString", "GetDiagnostic"]
    : ["LMSInitialize", "LMSGetValue", "LMSSetValue", "LMSCommit", "LMSFinish", "LMSGetLastError", "LMSGetErrorString", "LMSGetDiagnostic"];
  var functions = [initialize, get, set, commit, finish, function () { return error; }, function (code) { return "error " + code; }, function () { return ""; }];
  var api = {};
  names.forEach(function (name, index) { api[name] = functions[index]; });
  window[four ? "API_1484_11" : "API"] = api;

  if (lms.unload) window.addEventListener("unload", function () {});
  document.getElementById("open").onclick = function () {
    window.open(lms.launch, "package", "width=900,height=700");
  };
})();
