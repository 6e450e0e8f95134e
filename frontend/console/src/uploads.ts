/** Dropping and choosing course packages: each file is sent on its own, with speed and time left; what follows comes from the server. */
import { csrfToken, refresh } from "./fragments";
import { type Sample, sayBytes, sayTimeLeft, speed } from "./rates";

interface Parts {
  readonly row: HTMLElement;
  readonly bar: HTMLProgressElement;
  readonly said: HTMLElement;
}

let sending = 0;

function makeRow(template: HTMLTemplateElement, file: File): Parts | null {
  const row = template.content.firstElementChild?.cloneNode(true);
  if (!(row instanceof HTMLElement)) return null;
  const bar = row.querySelector("progress");
  const said = row.querySelector<HTMLElement>("[data-part=said]");
  const title = row.querySelector("[data-part=title]");
  if (bar === null || said === null || title === null) return null;
  title.textContent = file.name;
  said.textContent = `0 B of ${sayBytes(file.size)}`;
  return { row, bar, said };
}

function showProgress(parts: Parts, file: File, samples: Sample[], sent: number): void {
  const now = performance.now();
  samples.push({ at: now, sent });
  parts.bar.max = Math.max(1, file.size);
  parts.bar.value = sent;
  const rate = speed(samples, now);
  const left =
    rate !== null && rate > 0 ? ` · ${sayBytes(rate)}/s · ${sayTimeLeft((file.size - sent) / rate)}` : "";
  parts.said.textContent = `${sayBytes(sent)} of ${sayBytes(file.size)}${left}`;
}

function showFailure(parts: Parts, sentence: string): void {
  parts.said.textContent = sentence;
  parts.said.classList.add("danger");
  parts.bar.remove();
  parts.row.querySelector("[data-part=cancel]")?.setAttribute("aria-label", "Dismiss");
  parts.row.querySelector("[data-part=cancel]")?.addEventListener("click", () => parts.row.remove());
}

function sentenceOf(request: XMLHttpRequest): string {
  try {
    const problem = JSON.parse(request.responseText) as { detail?: string };
    if (problem.detail) return problem.detail;
  } catch {
    // not a problem document: a proxy's page, perhaps
  }
  return request.status === 413
    ? "This file is larger than allowed."
    : `The upload failed (${request.status}). Try again.`;
}

function send(file: File, parts: Parts, panel: HTMLElement): void {
  const request = new XMLHttpRequest();
  const samples: Sample[] = [];
  const address = new URL(panel.dataset.sendsTo ?? "/api/courses", location.href);
  address.searchParams.set("file_name", file.name);
  const finish = (): void => {
    sending -= 1;
    const list = document.getElementById("uploads");
    if (list !== null) refresh(list);
  };
  request.open("POST", address);
  request.setRequestHeader("X-CSRF-Token", csrfToken());
  request.setRequestHeader("Content-Type", "application/zip");
  request.upload.addEventListener("progress", (event) => showProgress(parts, file, samples, event.loaded));
  request.addEventListener("load", () => {
    finish();
    if (request.status < 300) parts.row.remove();
    else showFailure(parts, sentenceOf(request));
  });
  request.addEventListener("error", () => {
    finish();
    showFailure(parts, "The connection broke while sending. Try again.");
  });
  request.addEventListener("abort", () => {
    finish();
    parts.row.remove();
  });
  parts.row.querySelector("[data-part=cancel]")?.addEventListener("click", () => request.abort());
  sending += 1;
  request.send(file);
}

function take(files: FileList | null, panel: HTMLElement): void {
  const template = document.getElementById("upload-row");
  const list = document.getElementById("sending");
  if (!(template instanceof HTMLTemplateElement) || list === null) return;
  for (const file of files ?? []) {
    const parts = makeRow(template, file);
    if (parts === null) continue;
    list.append(parts.row);
    list.closest(".uploads-card")?.removeAttribute("hidden");
    send(file, parts, panel);
  }
}

export function startUploads(): void {
  const panel = document.querySelector<HTMLElement>("[data-sends-to]");
  if (panel === null) return;
  let depth = 0;
  const carriesFiles = (event: DragEvent): boolean => event.dataTransfer?.types.includes("Files") ?? false;
  const mark = (change: number): void => {
    depth = Math.max(0, depth + change);
    document.body.classList.toggle("dragging", depth > 0);
  };
  document.addEventListener("dragenter", (event) => carriesFiles(event) && mark(1));
  document.addEventListener("dragleave", (event) => carriesFiles(event) && mark(-1));
  document.addEventListener("dragover", (event) => carriesFiles(event) && event.preventDefault());
  document.addEventListener("drop", (event) => {
    if (!carriesFiles(event)) return;
    event.preventDefault();
    depth = 0;
    mark(0);
    take(event.dataTransfer?.files ?? null, panel);
  });
  const input = panel.querySelector<HTMLInputElement>("input[type=file]");
  input?.addEventListener("change", () => {
    take(input.files, panel);
    input.value = "";
  });
  addEventListener("beforeunload", (event) => {
    if (sending > 0) event.preventDefault();
  });
}
