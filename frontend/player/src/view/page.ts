/** The player's page put together: bar, notices, contents, stage. Says and shows; decides nothing about the course. */
import type { NavigationKind, TreeNode } from "../protocol";
import { Bar, type SavedState } from "./bar";
import { h } from "./elements";
import { renderScreen, type Screen } from "./screens";
import { TableOfContents } from "./toc";
import { WORDS } from "./words";

const NARROW = "(max-width: 860px)";
const BUSY_AFTER_MS = 400;

export class Page {
  /** Carries the hooks for automation: data-session, data-delivery and data-current. */
  readonly root = document.documentElement;
  readonly bar: Bar;
  readonly stage = h("section", { id: "stage", class: "stage", tabindex: "-1" });
  toc: TableOfContents | null = null;
  private readonly body = h("main", { class: "body" });
  private readonly banner = h("div", { class: "banner", hidden: true });
  private readonly notice = h("div", { class: "notice", hidden: true });
  private readonly spoken = h("div", { class: "sr", role: "status", "aria-live": "polite" });
  private readonly curtain = h("div", { class: "curtain" });
  private readonly narrow = window.matchMedia(NARROW);
  private offline = false;
  private busyTimer: ReturnType<typeof setTimeout> | null = null;

  constructor(root: HTMLElement, onRequest: (kind: NavigationKind) => void) {
    this.bar = new Bar(onRequest);
    const skip = h("a", { class: "skip", href: "#stage" }, WORDS.skip);
    skip.addEventListener("click", (event) => {
      event.preventDefault();
      this.focusContent();
    });
    this.body.append(this.curtain, this.stage);
    root.replaceChildren(skip, this.bar.element, this.banner, this.notice, this.body, this.spoken);
    this.bar.tocToggle.addEventListener("click", () => this.openToc(!this.tocOpen, true));
    this.curtain.addEventListener("click", () => this.openToc(false));
    this.body.addEventListener("keydown", (event) => {
      if (event.key === "Escape" && this.narrow.matches && this.tocOpen) this.closeTocTo(this.bar.tocToggle);
    });
  }

  get tocOffered(): boolean {
    return !this.bar.tocToggle.hidden;
  }

  get tocOpen(): boolean {
    return this.body.classList.contains("toc-open");
  }

  /** Build the contents once the course is known. */
  setTree(tree: TreeNode, onChoose: (activity: string) => void): void {
    this.toc?.element.remove();
    this.toc = new TableOfContents(tree, (activity) => {
      if (this.narrow.matches) this.openToc(false);
      onChoose(activity);
    });
    this.body.insertBefore(this.toc.element, this.curtain);
  }

  /** Show or take away the contents; whether they are open is the learner's. */
  offerToc(offered: boolean, open?: boolean): void {
    const was = !this.bar.tocToggle.hidden;
    this.bar.tocToggle.hidden = !offered;
    if (!offered) this.openToc(false);
    else if (!was) this.openToc((open ?? true) && !this.narrow.matches);
  }

  openToc(open: boolean, focus = false): void {
    const shown = open && !this.bar.tocToggle.hidden;
    this.body.classList.toggle("toc-open", shown);
    this.bar.tocToggle.setAttribute("aria-expanded", String(shown));
    if (shown && focus) this.toc?.focus();
  }

  /** Put a message in the stage's place; content must be gone before. */
  show(screen: Screen, quiet = false): void {
    this.clear();
    this.stage.append(renderScreen(screen));
    this.setBusy(false);
    if (!quiet) this.stage.querySelector<HTMLElement>("h2")?.focus({ preventScroll: true });
  }

  /** Take messages away; the content frame is not touched. */
  clear(): void {
    for (const screen of this.stage.querySelectorAll(".screen")) screen.remove();
  }

  setBanner(text: string): void {
    this.banner.textContent = text;
    this.banner.hidden = text === "";
  }

  /** A line under the bar that stays until replaced; it is read out as well. */
  setNotice(text: string, tone: "calm" | "good" | "warn" = "calm"): void {
    if (this.notice.textContent === text) return;
    this.notice.textContent = text;
    this.notice.dataset.tone = tone;
    this.notice.hidden = text === "";
    if (text) this.say(text);
  }

  get noticed(): string {
    return this.notice.textContent ?? "";
  }

  say(text: string): void {
    this.spoken.textContent = text;
  }

  /** Show the state of saving; going offline and coming back are read out, nothing else is. */
  setSaved(state: SavedState): void {
    this.bar.setSaved(state);
    const offline = state.kind === "offline";
    if (offline !== this.offline && (offline || state.kind === "saved")) {
      this.offline = offline;
      this.say(offline ? WORDS.offline(state.changes) : WORDS.online);
      if (!offline && this.notice.textContent === WORDS.offlineMove) this.setNotice("");
    }
  }

  setTitle(title: string): void {
    document.title = title;
  }

  /** Show work only when it takes long enough to be noticed. */
  setBusy(busy: boolean): void {
    if (this.busyTimer !== null) clearTimeout(this.busyTimer);
    this.busyTimer = busy ? setTimeout(() => this.bar.setBusy(true), BUSY_AFTER_MS) : null;
    if (!busy) this.bar.setBusy(false);
    this.stage.setAttribute("aria-busy", String(busy));
  }

  focusContent(): void {
    const frame = this.stage.querySelector<HTMLElement>("iframe");
    (frame ?? this.stage).focus({ preventScroll: true });
  }

  private closeTocTo(target: HTMLElement): void {
    this.openToc(false);
    target.focus();
  }
}
