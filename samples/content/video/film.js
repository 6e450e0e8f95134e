// Plays the film and remembers which seconds were really watched: skipping ahead does not count.
"use strict";

const CHAPTERS = [[0, "Arrival"], [13, "Lock on"], [26, "Lift and travel"], [39, "Set down"], [52, "Lash and check"], [65, "On the road"]];
const SAVE_EVERY_MS = 10_000;

const id = (name) => document.getElementById(name);
const video = id("video");
let length = 78;
let needed = 0.9;
let ranges = []; // watched, as [from, to] in seconds, in order, apart
let from = null; // where the stretch that plays now began
let completed = false;
let quiet = false;
let savedAt = 0;

// --- what was watched ------------------------------------------------------------------------------------------

function add(list, start, end) {
  if (end - start < 0.05) return list;
  const all = [...list, [start, end]].sort((a, b) => a[0] - b[0]);
  const merged = [all[0]];
  for (const [low, high] of all.slice(1)) {
    const last = merged[merged.length - 1];
    if (low <= last[1] + 0.75) last[1] = Math.max(last[1], high);
    else merged.push([low, high]);
  }
  return merged;
}

const watchedSeconds = () => ranges.reduce((sum, [low, high]) => sum + high - low, 0);
const share = () => Math.min(1, watchedSeconds() / length);

function note() {
  if (from === null) return;
  const now = video.currentTime;
  if (now >= from && now - from < 30) ranges = add(ranges, from, now);
  from = video.paused || video.seeking ? null : now;
}

// --- keeping ---------------------------------------------------------------------------------------------------

function save() {
  savedAt = Date.now();
  if (quiet || !Lms.connected) return;
  const part = share();
  completed = completed || part >= needed;
  Lms.set("cmi.location", video.currentTime.toFixed(1));
  Lms.set("cmi.suspend_data", JSON.stringify({ r: ranges.map((pair) => pair.map((second) => Math.round(second * 10) / 10)), c: completed }));
  Lms.set("cmi.progress_measure", completed ? "1" : part.toFixed(3));
  Lms.set("cmi.completion_status", completed ? "completed" : "incomplete");
  if (completed) Lms.set("cmi.success_status", "passed");
  Lms.commit();
}

function restore() {
  try {
    const kept = JSON.parse(Lms.get("cmi.suspend_data") || "{}");
    ranges = Array.isArray(kept.r) ? kept.r : [];
    completed = kept.c === true;
  } catch {
    ranges = [];
  }
  const at = Number.parseFloat(Lms.get("cmi.location"));
  if (at > 0 && at < length - 2) video.currentTime = at;
}

// --- showing ---------------------------------------------------------------------------------------------------

const spoken = (second) => `${Math.floor(second / 60)}:${String(Math.floor(second % 60)).padStart(2, "0")}`;

function show() {
  const percent = Math.round(share() * 100);
  id("seen").replaceChildren(...ranges.map(([low, high]) => {
    const piece = document.createElement("i");
    piece.style.left = `${(100 * low) / length}%`;
    piece.style.width = `${(100 * (high - low)) / length}%`;
    return piece;
  }));
  const words = `Watched: ${percent} %`;
  if (id("watched").textContent !== words) id("watched").textContent = words;
  const done = completed || share() >= needed;
  id("status").dataset.status = done ? "completed" : "incomplete";
  id("status").textContent = done ? "Complete" : `Complete at ${Math.round(needed * 100)} %`;
  id("position").textContent = `${spoken(video.currentTime)} / ${spoken(length)}`;
  id("bar").setAttribute("aria-valuenow", percent);
  id("bar").firstElementChild.style.width = `${percent}%`;
  const now = CHAPTERS.filter(([at]) => video.currentTime >= at - 0.05).length - 1;
  for (const [index, button] of [...id("chapters").querySelectorAll("button")].entries()) {
    button.setAttribute("aria-current", String(index === now));
  }
}

id("chapters").replaceChildren(...CHAPTERS.map(([at, title], index) => {
  const item = document.createElement("li");
  const button = document.createElement("button");
  button.type = "button";
  button.id = `chapter-${index + 1}`;
  button.dataset.at = at;
  button.innerHTML = `<span>${spoken(at)}</span>`;
  button.append(title);
  item.append(button);
  return item;
}));

// --- what the learner does -------------------------------------------------------------------------------------

id("chapters").addEventListener("click", (event) => {
  const button = event.target.closest("button");
  if (!button) return;
  note();
  video.currentTime = Number(button.dataset.at);
  video.play().catch(() => {});
});

video.addEventListener("playing", () => { from = video.currentTime; });
video.addEventListener("seeking", () => { from = null; });
video.addEventListener("seeked", () => { if (!video.paused) from = video.currentTime; show(); });
video.addEventListener("timeupdate", () => {
  if (!video.seeking) note();
  show();
  if (Date.now() - savedAt > SAVE_EVERY_MS || (!completed && share() >= needed)) save();
});
video.addEventListener("pause", () => { note(); save(); show(); });
video.addEventListener("ended", () => { note(); save(); show(); });
video.addEventListener("loadedmetadata", () => { if (Number.isFinite(video.duration)) length = video.duration; show(); });
video.addEventListener("error", () => notice("The film could not be loaded. Check your connection and reload this page."), true);
document.addEventListener("visibilitychange", () => { if (document.visibilityState === "hidden") { note(); save(); } });
// Before the page's own farewell in scorm2004.js, which listens in the bubbling phase.
window.addEventListener("pagehide", () => { note(); save(); }, true);

id("finish").addEventListener("click", () => {
  video.pause();
  note();
  save();
  const more = Lms.get("adl.nav.request_valid.continue") === "true";
  Lms.finish(more ? "continue" : completed ? "exitAll" : "suspendAll");
  id("finish").disabled = true;
  notice(completed ? "Saved. You can close this window." : "Saved. Next time you go on where you stopped.", true);
});

function notice(words, calm) {
  const box = id("notice");
  box.textContent = words;
  box.classList.toggle("calm", Boolean(calm));
  box.hidden = false;
}

// --- start -----------------------------------------------------------------------------------------------------

Lms.onProblem(() => notice("Something could not be saved. Please tell your administrator if this goes on."));
if (Lms.start()) {
  const threshold = Number.parseFloat(Lms.get("cmi.completion_threshold"));
  if (threshold > 0 && threshold <= 1) needed = threshold;
  quiet = ["review", "browse"].includes(Lms.get("cmi.mode"));
  restore();
  save();
} else {
  notice("No learning system was found, so nothing will be recorded.", true);
}
show();
