// The quiz: one question a page, told right or wrong at once, the result at the end. Survives being left at any time.
"use strict";

const page = document.getElementById("page");
const state = { at: -1, answers: {}, score: null };
let shownAt = Date.now();
let reviewing = false;
let mastery = 80;

const esc = (text) => String(text).replace(/[&<>"]/g, (sign) => ({ "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" })[sign]);
const answered = (question) => Object.hasOwn(state.answers, question.id);
const isRight = (question) => same(question, state.answers[question.id] || []);

function same(question, given) {
  if (question.type === "fill-in") return given.join("").trim().toLowerCase() === question.right[0];
  if (question.type === "numeric") return Number.parseFloat(given[0]) === Number.parseFloat(question.right[0]);
  if (question.type === "sequencing") return given.join() === question.right.join();
  return [...given].sort().join() === [...question.right].sort().join();
}

// --- keeping ---------------------------------------------------------------------------------------------------

function save() {
  if (reviewing) return;
  Lms.set("cmi.core.lesson_location", state.at);
  Lms.set("cmi.suspend_data", JSON.stringify({ a: state.answers, s: state.score }));
  Lms.commit();
}

function restore() {
  const at = Number.parseInt(Lms.get("cmi.core.lesson_location"), 10);
  try {
    const kept = JSON.parse(Lms.get("cmi.suspend_data") || "{}");
    state.answers = kept.a || {};
    state.score = typeof kept.s === "number" ? kept.s : null;
  } catch {
    state.answers = {};
  }
  if (at >= 0 && at <= QUESTIONS.length) state.at = at;
}

function clock(milliseconds) {
  const all = Math.floor(milliseconds / 1000);
  const two = (number) => String(number).padStart(2, "0");
  return `${two(Math.floor(all / 3600) % 24)}:${two(Math.floor(all / 60) % 60)}:${two(all % 60)}`;
}

function record(question, given) {
  if (reviewing || !Lms.connected) return;
  const index = Number.parseInt(Lms.get("cmi.interactions._count") || "0", 10) || 0;
  const now = new Date();
  const entry = `cmi.interactions.${index}.`;
  Lms.set(`${entry}id`, question.id);
  Lms.set(`${entry}type`, question.type);
  Lms.set(`${entry}time`, clock((now.getHours() * 3600 + now.getMinutes() * 60 + now.getSeconds()) * 1000));
  Lms.set(`${entry}weighting`, "1");
  Lms.set(`${entry}correct_responses.0.pattern`, question.right.join());
  Lms.set(`${entry}student_response`, given.join());
  Lms.set(`${entry}result`, same(question, given) ? "correct" : "wrong");
  Lms.set(`${entry}latency`, `00${clock(Date.now() - shownAt)}`);
}

function finish() {
  const right = QUESTIONS.filter(isRight).length;
  state.score = Math.round((100 * right) / QUESTIONS.length);
  state.at = QUESTIONS.length;
  if (!reviewing) {
    Lms.set("cmi.core.score.min", "0");
    Lms.set("cmi.core.score.max", "100");
    Lms.set("cmi.core.score.raw", state.score);
    Lms.set("cmi.core.lesson_status", state.score >= mastery ? "passed" : "failed");
    Lms.exit = "";
  }
  save();
  show();
}

function retry() {
  state.at = 0;
  state.answers = {};
  state.score = null;
  if (!reviewing) {
    Lms.set("cmi.core.lesson_status", "incomplete");
    Lms.exit = "suspend";
  }
  save();
  show();
}

// --- pages -----------------------------------------------------------------------------------------------------

function intro() {
  return `<div class="card">
    <img class="picture" src="harbour.svg" alt="A harbour at dawn: a container ship beside a crane" width="920" height="300">
    <p class="eyebrow">For everyone on the quay</p>
    <h1>Come home in one piece</h1>
    <p class="lead">A terminal is loud, fast and full of things heavier than you. Eight short questions show whether you know the rules that keep people alive here.</p>
    <ul class="facts"><li><b>${QUESTIONS.length}</b>questions</li><li><b>5&thinsp;min</b>or so</li><li><b>${mastery}&thinsp;%</b>to pass</li></ul>
    <p class="small">You can stop whenever you like and go on later where you left off.</p>
    <div class="actions"><button class="main" id="start" type="button">Start the quiz</button></div></div>`;
}

function field(question, given, done) {
  const lock = done ? "disabled" : "";
  if (question.type === "numeric" || question.type === "fill-in") {
    const mode = question.type === "numeric" ? 'inputmode="numeric"' : 'autocapitalize="off" spellcheck="false"';
    return `<p><label>Your answer <br><input class="answer" id="${question.id}-answer" autocomplete="off" ${mode} ${lock} value="${esc(given[0] || "")}"></label> ${question.unit || ""}</p>`;
  }
  if (question.type === "sequencing") {
    const order = given.length ? given : question.start;
    const names = Object.fromEntries(question.options);
    return `<ol class="order" id="${question.id}-order">${order.map((key, place) => `<li data-key="${key}"><span>${esc(names[key])}</span><span class="moves">
      <button type="button" data-move="-1" aria-label="Move up: ${esc(names[key])}" ${lock || (place === 0 ? "disabled" : "")}>↑</button>
      <button type="button" data-move="1" aria-label="Move down: ${esc(names[key])}" ${lock || (place === order.length - 1 ? "disabled" : "")}>↓</button></span></li>`).join("")}</ol>`;
  }
  return `<div class="options">${question.options.map(([key, words]) => {
    const chosen = given.includes(key);
    const right = question.right.includes(key);
    const mark = done && right ? "right" : done && chosen ? "wrong" : "";
    return `<label class="option" data-mark="${mark}"><input type="${question.many ? "checkbox" : "radio"}" name="${question.id}" id="${question.id}-${key}" value="${key}" ${chosen ? "checked" : ""} ${lock}>
      <span>${esc(words)}</span>${mark ? `<span class="tag">${right ? "Correct" : "Your answer"}</span>` : ""}</label>`;
  }).join("")}</div>`;
}

function ask(question, number) {
  const done = answered(question);
  const given = state.answers[question.id] || [];
  const hint = question.hint || (question.type === "sequencing" ? "Use the arrows to move a step." : "");
  const verdict = !done ? "" : `<p><strong>${isRight(question) ? "That is right." : "Not quite."}</strong> ${esc(question.because)}</p>`;
  return `<form class="card" id="question" data-question="${question.id}" novalidate>
    <p class="eyebrow">Question ${number + 1} of ${QUESTIONS.length}</p>
    <fieldset><legend><h2>${esc(question.title)}</h2></legend>${hint ? `<p class="hint">${esc(hint)}</p>` : ""}${field(question, given, done)}</fieldset>
    <div class="feedback ${done ? (isRight(question) ? "right" : "wrong") : ""}" id="feedback" role="status" ${done ? "" : "hidden"}>${verdict}</div>
    <div class="actions"><button type="button" id="back" ${number ? "" : "hidden"}>Back</button>
      ${done ? `<button class="main push" type="button" id="next">${number + 1 < QUESTIONS.length ? "Next question" : "See your result"}</button>`
        : '<button class="main push" type="submit" id="check">Check answer</button>'}</div></form>`;
}

function result() {
  const passed = state.score >= mastery;
  const right = QUESTIONS.filter(isRight).length;
  return `<div class="card"><div class="result">
      <div class="dial ${passed ? "" : "failed"}" style="--value:${state.score}" role="img" aria-label="${state.score} percent"><span id="result-score">${state.score}%</span></div>
      <div><p class="eyebrow" id="result-status" data-status="${passed ? "passed" : "failed"}">${passed ? "Passed" : "Not passed yet"}</p>
        <h1>${passed ? "See you on the quay" : "Have another look"}</h1>
        <p class="lead">${right} of ${QUESTIONS.length} right. ${passed ? "Your result has been recorded; you may close this window." : `You need ${mastery} percent. The notes below say what to look up.`}</p></div></div>
    <ul class="review">${QUESTIONS.map((question) => `<li><b class="${isRight(question) ? "right" : "wrong"}">${isRight(question) ? "Right" : "Wrong"}</b><span>${esc(question.title)}<br><span class="small">${esc(question.because)}</span></span></li>`).join("")}</ul>
    <div class="actions"><button type="button" id="retry" ${passed || reviewing ? "hidden" : ""}>Try again</button><button class="main push" type="button" id="exit">Finish</button></div></div>`;
}

function show() {
  const total = QUESTIONS.length;
  const done = QUESTIONS.filter(answered).length;
  const name = state.at < 0 ? "intro" : state.at >= total ? "result" : QUESTIONS[state.at].id;
  page.innerHTML = state.at < 0 ? intro() : state.at >= total ? result() : ask(QUESTIONS[state.at], state.at);
  page.dataset.page = name;
  const bar = document.getElementById("bar");
  bar.setAttribute("aria-valuenow", done);
  bar.setAttribute("aria-valuemax", total);
  bar.firstElementChild.style.width = `${(100 * done) / total}%`;
  document.getElementById("position").textContent = state.at >= 0 && state.at < total ? `${state.at + 1} / ${total}` : "";
  shownAt = Date.now();
  window.scrollTo(0, 0);
}

// --- what the learner does -------------------------------------------------------------------------------------

function given(question) {
  if (question.type === "numeric" || question.type === "fill-in") {
    const text = document.getElementById(`${question.id}-answer`).value.trim().replace(",", ".");
    return text ? [text] : [];
  }
  if (question.type === "sequencing") return [...document.querySelectorAll(`#${question.id}-order li`)].map((step) => step.dataset.key);
  return [...page.querySelectorAll("input:checked")].map((input) => input.value);
}

page.addEventListener("submit", (event) => {
  event.preventDefault();
  const question = QUESTIONS[state.at];
  const response = given(question);
  const box = document.getElementById("feedback");
  if (!response.length || (question.type === "numeric" && Number.isNaN(Number.parseFloat(response[0])))) {
    box.hidden = false;
    box.textContent = question.type === "numeric" ? "Please give a number first." : "Please answer first.";
    return;
  }
  record(question, response);
  state.answers[question.id] = response;
  save();
  show();
  document.getElementById("next").focus();
});

page.addEventListener("click", (event) => {
  const button = event.target.closest("button");
  if (!button) return;
  if (button.dataset.move) return move(button);
  const step = { start: 1, next: 1, back: -1 }[button.id];
  if (button.id === "retry") return retry();
  if (button.id === "exit") return leave();
  if (!step) return;
  if (button.id === "next" && state.at === QUESTIONS.length - 1) {
    if (reviewing) { state.at += 1; show(); } else finish();
  } else {
    state.at += step;
    save();
    show();
  }
  page.focus({ preventScroll: true });
});

function move(button) {
  const item = button.closest("li");
  const list = item.parentElement;
  const place = [...list.children].indexOf(item);
  const goal = place + Number(button.dataset.move);
  list.insertBefore(item, Number(button.dataset.move) < 0 ? list.children[goal] : list.children[goal].nextSibling);
  for (const [index, one] of [...list.children].entries()) {
    const [up, down] = one.querySelectorAll("button");
    up.disabled = index === 0;
    down.disabled = index === list.children.length - 1;
  }
  (button.disabled ? item.querySelector("button:not(:disabled)") : button).focus();
}

function leave() {
  Lms.finish();
  page.innerHTML = '<div class="card"><h1>Goodbye</h1><p class="lead" id="goodbye">Everything is saved. You can close this window.</p></div>';
  page.dataset.page = "goodbye";
  try { window.top === window && window.close(); } catch { /* the window stays */ }
}

function notice(words, calm) {
  const box = document.getElementById("notice");
  box.textContent = words;
  box.classList.toggle("calm", Boolean(calm));
  box.hidden = false;
}

// --- start -----------------------------------------------------------------------------------------------------

Lms.onProblem(() => notice("Something could not be saved. Your answers stay on this page; please tell your administrator if this goes on."));
if (Lms.start()) {
  const wanted = Number.parseFloat(Lms.get("cmi.student_data.mastery_score"));
  if (wanted >= 0 && wanted <= 100) mastery = wanted;
  reviewing = Lms.get("cmi.core.lesson_mode") === "review";
  restore();
  const status = Lms.get("cmi.core.lesson_status");
  if (state.score !== null && ["passed", "failed", "completed"].includes(status)) {
    state.at = QUESTIONS.length;
    Lms.exit = "";
  } else if (!reviewing && status !== "incomplete") {
    Lms.set("cmi.core.lesson_status", "incomplete");
    Lms.commit();
  }
} else {
  notice("No learning system was found, so nothing will be recorded.", true);
}
show();
