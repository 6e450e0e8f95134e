/** The thin bar: title, state of saving, progress, and the navigation controls with their hooks for automation. */
import type { HiddenControl, ValidRequests } from "../cmi";
import type { NavigationKind } from "../protocol";
import { button, h, icon } from "./elements";
import { ResourcesMenu } from "./resources";
import { WORDS } from "./words";

export type BarControl = "previous" | "continue" | "suspendAll" | "exitAll" | "abandonAll";

export interface BarState {
  valid: ValidRequests | null;
  hide: readonly HiddenControl[];
  /** False while the course moves on. */
  usable: boolean;
  /** A course of one part has no Previous and Continue. */
  flow: boolean;
  /** Which control the learner most likely wants now. */
  suggested: BarControl | null;
}

export type SavedState =
  | { kind: "saved" | "saving" | "offline"; changes: number; lmsWaiting: boolean }
  | { kind: "not-recorded" };

const EXITS: readonly BarControl[] = ["suspendAll", "exitAll", "abandonAll"];

export class Bar {
  readonly element: HTMLElement;
  readonly tocToggle = button(
    WORDS.contents,
    { class: "tool toggle", "aria-controls": "toc", "aria-expanded": "false" },
    icon("contents"),
  );
  readonly resources = new ResourcesMenu();
  private readonly course = h("h1", { class: "course" });
  private readonly part = h("span", { class: "part" });
  private readonly saved = h("span", { class: "saved" });
  private readonly progress = h("span", { class: "progress" });
  private readonly line = h("div", { class: "meter", "aria-hidden": "true" }, h("i"));
  private readonly flow = h("div", { class: "flow" });
  private readonly exits = h("div", { class: "exits", id: "exits" });
  private readonly more = button(
    WORDS.more,
    { class: "tool more", "aria-expanded": "false", "aria-controls": "exits" },
    icon("more"),
  );
  private readonly controls: Record<BarControl, HTMLButtonElement>;

  constructor(onRequest: (kind: NavigationKind) => void) {
    const control = (kind: BarControl, ...icons: Node[]) => {
      const made = button(WORDS[kind], { class: `tool ${kind}`, "data-nav": kind, disabled: true }, ...icons);
      made.addEventListener("click", () => {
        this.openMenu(false);
        onRequest(kind);
      });
      return made;
    };
    this.controls = {
      previous: control("previous", icon("previous")),
      continue: control("continue"),
      suspendAll: control("suspendAll", icon("leave")),
      exitAll: control("exitAll", icon("check")),
      abandonAll: control("abandonAll", icon("cross")),
    };
    this.controls.continue.append(icon("continue"));
    this.tocToggle.hidden = true;
    this.element = h(
      "header",
      { class: "bar" },
      this.tocToggle,
      this.resources.element,
      h("div", { class: "titles" }, this.course, this.part),
      h("div", { class: "state" }, this.progress, this.saved),
      h(
        "div",
        { class: "controls", role: "group", "aria-label": "Course" },
        this.flow,
        this.more,
        this.exits,
      ),
      this.line,
    );
    this.watchMenu();
    this.setSaved({ kind: "saved", changes: 0, lmsWaiting: false });
  }

  setTitles(course: string, part: string): void {
    this.course.textContent = course;
    this.part.textContent = part === course ? "" : part;
    this.element
      .querySelector<HTMLElement>(".titles")
      ?.setAttribute("title", part ? `${course} — ${part}` : course);
  }

  setControls(state: BarState, shown: boolean): void {
    for (const [kind, control] of Object.entries(this.controls) as [BarControl, HTMLButtonElement][]) {
      const exit = EXITS.includes(kind);
      const present = shown && (exit || state.flow) && !state.hide.includes(kind);
      const place = exit ? this.exits : this.flow;
      if (!present) control.remove();
      else if (control.parentElement !== place) this.place(kind, control, place);
      control.disabled = !state.usable || !(state.valid?.[kind] ?? false);
      control.classList.toggle("primary", state.suggested === kind);
    }
    this.flow.hidden = this.flow.childElementCount === 0;
    this.more.hidden = this.exits.childElementCount === 0;
  }

  /** In a preview nothing is saved, so no control says so. */
  setRecorded(recorded: boolean): void {
    const label = this.controls.suspendAll.querySelector(".label");
    if (label) label.textContent = recorded ? WORDS.suspendAll : WORDS.exit;
  }

  /** `share` between 0 and 1, or null to show nothing. */
  setProgress(share: number | null, text: string): void {
    this.line.hidden = share === null;
    this.line.style.setProperty("--share", String(share ?? 0));
    this.progress.textContent = share === null ? "" : text;
  }

  setSaved(state: SavedState): void {
    this.saved.dataset.state = state.kind;
    const words = savedWords(state);
    const sign = state.kind === "offline" ? "offline" : "cloud";
    this.saved.replaceChildren(icon(sign), h("span", { class: "label" }, words));
    const waiting = state.kind === "saved" && state.lmsWaiting;
    this.saved.title = waiting ? WORDS.lmsWaiting : "";
    this.saved.classList.toggle("lms-waiting", waiting);
  }

  setBusy(busy: boolean): void {
    this.element.classList.toggle("busy", busy);
  }

  private place(kind: BarControl, control: HTMLButtonElement, place: HTMLElement): void {
    const order = Object.keys(this.controls);
    const next = Array.from(place.children).find(
      (other) => order.indexOf((other as HTMLElement).dataset.nav ?? "") > order.indexOf(kind),
    );
    place.insertBefore(control, next ?? null);
  }

  private watchMenu(): void {
    this.more.addEventListener("click", () => this.openMenu(!this.exits.classList.contains("open")));
    document.addEventListener("pointerdown", (event) => {
      const inside = event.target instanceof Node && this.element.contains(event.target);
      if (!inside) this.openMenu(false);
    });
    window.addEventListener("blur", () => this.openMenu(false));
    this.element.addEventListener("keydown", (event) => {
      if (event.key !== "Escape" || !this.exits.classList.contains("open")) return;
      this.openMenu(false);
      this.more.focus();
    });
  }

  private openMenu(open: boolean): void {
    this.exits.classList.toggle("open", open);
    this.more.setAttribute("aria-expanded", String(open));
    if (open) this.exits.querySelector<HTMLButtonElement>("button:not(:disabled)")?.focus();
  }
}

function savedWords(state: SavedState): string {
  if (state.kind === "not-recorded") return WORDS.notRecorded;
  if (state.kind === "offline") return WORDS.offline(state.changes);
  return state.kind === "saving" ? WORDS.saving : WORDS.saved;
}
