// Plays a lesson: its <section>s are pages, turned by Back and Next. A <fieldset data-check> is a question, its
// data-right the values that count. Reports location, progress, objectives, interactions, score, completion.
"use strict";

const parts = [...document.querySelectorAll("main section")];
const lesson = document.body.dataset;
const state = { at: 0, seen: 0, answers: {} };
const isTest = "test" in lesson;
const passMark = Number.parseFloat(lesson.pass || "0");
let quiet = false;
let askedAt = Date.now();

const id = (name) => document.getElementById(name);
const checks = [...document.querySelectorAll("fieldset[data-check]")];
const wanted = (check) => check.dataset.right.split(" ").sort().join(" ");
const chosen = (check) => [...check.querySelectorAll("input:checked")].map((input) => input.value).sort().join(" ");
const isRight = (check) => state.answers[check.dataset.check] === wanted(check);
const isAnswered = (check) => check.dataset.check in state.answers;

// --- keeping ---------------------------------------------------------------------------------------------------

function restore() {
  try {
    const kept = JSON.parse(Lms.get("cmi.suspend_data") || "{}");
    state.answers = kept.a || {};
    state.seen = kept.seen || 0;
  } catch {
    state.answers = {};
  }
  const at = Number.parseInt(Lms.get("cmi.location"), 10);
  if (at >= 0 && at < parts.length) state.at = at;
}

function save() {
  if (quiet) return;
  state.seen = Math.max(state.seen, state.at);
  const done = finished();
  Lms.set("cmi.location", state.at);
  Lms.set("cmi.suspend_data", JSON.stringify({ a: state.answers, seen: state.seen }));
  Lms.set("cmi.progress_measure", done ? "1" : (state.seen / parts.length).toFixed(4));
  Lms.set("cmi.completion_status", done ? "completed" : "incomplete");
  if (done) grade();
  Lms.commit();
}

function finished() {
  return state.seen >= parts.length - 1 && checks.every(isAnswered);
}

function share(some) {
  return some.length ? some.filter(isRight).length / some.length : 1;
}

function grade() {
  if (!checks.length) {
    Lms.set("cmi.success_status", "passed");
    return;
  }
  const part = share(checks);
  Lms.set("cmi.score.scaled", part.toFixed(4));
  Lms.set("cmi.score.raw", checks.filter(isRight).length);
  Lms.set("cmi.score.min", "0");
  Lms.set("cmi.score.max", checks.length);
  Lms.set("cmi.success_status", part >= passMark ? "passed" : "failed");
  for (const name of new Set(checks.map((check) => check.dataset.objective).filter(Boolean))) {
    const mine = checks.filter((check) => check.dataset.objective === name);
    const at = `cmi.objectives.${Lms.objective(name)}.`;
    Lms.set(`${at}score.scaled`, share(mine).toFixed(4));
    Lms.set(`${at}success_status`, share(mine) === 1 ? "passed" : "failed");
    Lms.set(`${at}completion_status`, "completed");
  }
}

function record(check, response) {
  if (quiet || !Lms.connected) return;
  const at = `cmi.interactions.${Number.parseInt(Lms.get("cmi.interactions._count") || "0", 10)}.`;
  Lms.set(`${at}id`, `${lesson.sco}-${check.dataset.check}`);
  Lms.set(`${at}type`, "choice");
  if (check.dataset.objective) Lms.set(`${at}objectives.0.id`, check.dataset.objective);
  Lms.set(`${at}timestamp`, `${new Date().toISOString().slice(0, 19)}Z`);
  Lms.set(`${at}correct_responses.0.pattern`, wanted(check).split(" ").join("[,]"));
  Lms.set(`${at}weighting`, "1");
  Lms.set(`${at}learner_response`, response.split(" ").join("[,]"));
  Lms.set(`${at}result`, response === wanted(check) ? "correct" : "incorrect");
  Lms.set(`${at}latency`, `PT${((Date.now() - askedAt) / 1000).toFixed(2)}S`);
  Lms.set(`${at}description`, check.querySelector("legend").textContent.trim().slice(0, 250));
}

// --- showing ---------------------------------------------------------------------------------------------------

function show() {
  for (const [index, part] of parts.entries()) part.hidden = index !== state.at;
  const part = parts[state.at];
  document.body.dataset.part = part.id;
  const check = part.querySelector("fieldset[data-check]");
  const open = check && !isAnswered(check);
  const last = state.at === parts.length - 1;
  if (check) mark(check);
  if (part.id === "result") showResult();
  id("back").hidden = state.at === 0;
  id("check").hidden = !open;
  id("next").hidden = Boolean(open) || last;
  id("finish").hidden = !last || Boolean(open);
  id("position").textContent = `${state.at + 1} / ${parts.length}`;
  const percent = Math.round((100 * (state.at + 1)) / parts.length);
  id("bar").setAttribute("aria-valuenow", percent);
  id("bar").firstElementChild.style.width = `${percent}%`;
  askedAt = Date.now();
  window.scrollTo(0, 0);
}

function mark(check) {
  const done = isAnswered(check);
  const given = done ? state.answers[check.dataset.check].split(" ") : [];
  const right = wanted(check).split(" ");
  for (const input of check.querySelectorAll("input")) {
    const option = input.closest(".option");
    input.disabled = done;
    if (done) input.checked = given.includes(input.value);
    option.dataset.mark = !done ? "" : right.includes(input.value) ? "right" : given.includes(input.value) ? "wrong" : "";
  }
  const box = check.parentElement.querySelector(".feedback");
  box.hidden = !done;
  box.className = `feedback ${done ? (isRight(check) ? "right" : "wrong") : ""}`;
  if (done) box.innerHTML = `<p><strong>${isRight(check) ? "That is right." : "Not quite."}</strong> ${check.dataset.because}</p>`;
}

function showResult() {
  const part = share(checks);
  const passed = part >= passMark;
  const dial = id("dial");
  dial.style.setProperty("--value", Math.round(part * 100));
  dial.classList.toggle("failed", !passed);
  id("result-score").textContent = `${Math.round(part * 100)}%`;
  id("result-status").dataset.status = passed ? "passed" : "failed";
  id("result-status").textContent = passed ? "Passed" : "Not passed";
  id("result-passed").hidden = !passed;
  id("result-failed").hidden = passed;
  if (id("retry")) id("retry").hidden = passed || quiet;
}

function turn(step) {
  state.at += step;
  save();
  show();
  document.querySelector("main").focus({ preventScroll: true });
}

function answer() {
  const check = parts[state.at].querySelector("fieldset[data-check]");
  const response = chosen(check);
  if (!response) {
    const box = check.parentElement.querySelector(".feedback");
    box.hidden = false;
    box.textContent = "Please choose an answer first.";
    return;
  }
  record(check, response);
  state.answers[check.dataset.check] = response;
  save();
  show();
  (id("next").hidden ? id("finish") : id("next")).focus();
}

function retry() {
  state.answers = {};
  state.at = 0;
  state.seen = 0;
  for (const input of document.querySelectorAll("input")) input.checked = false;
  save();
  show();
}

function leave() {
  save();
  const next = lesson.next === "exitAll" ? "exitAll" : "continue";
  const valid = next === "exitAll" || Lms.get("adl.nav.request_valid.continue") !== "false";
  const had = Lms.connected;
  Lms.finish(valid ? next : undefined);
  for (const part of parts) part.hidden = true;
  id("goodbye").hidden = false;
  id("goodbye-words").textContent = had ? "This part is saved." : "That was this part.";
  for (const name of ["back", "check", "next", "finish"]) id(name).hidden = true;
}

function notice(words, calm) {
  const box = id("notice");
  box.textContent = words;
  box.classList.toggle("calm", Boolean(calm));
  box.hidden = false;
}

// --- start -----------------------------------------------------------------------------------------------------

id("back").addEventListener("click", () => turn(-1));
id("next").addEventListener("click", () => turn(1));
id("check").addEventListener("click", answer);
id("finish").addEventListener("click", leave);
if (id("retry")) id("retry").addEventListener("click", retry);
document.querySelector("form").addEventListener("submit", (event) => {
  event.preventDefault();
  if (!id("check").hidden) answer();
});

Lms.onProblem(() => notice("Something could not be saved. Please tell your administrator if this goes on."));
if (Lms.start()) {
  quiet = ["review", "browse"].includes(Lms.get("cmi.mode"));
  restore();
  const name = Lms.get("cmi.learner_name").split(",");
  const first = (name[1] || name[0] || "").trim();
  for (const place of document.querySelectorAll("[data-name]")) place.textContent = first ? `, ${first}` : "";
  save();
} else {
  notice("No learning system was found, so nothing will be recorded.", true);
}
show();
