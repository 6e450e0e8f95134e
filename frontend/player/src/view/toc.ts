/**
 * The table of contents: a tree for eyes, keyboard and screen reader, with the state of each activity.
 * What may be chosen comes with each delivery; nothing is decided here.
 */
import type { TocEntry, TreeNode } from "../protocol";
import { h, icon } from "./elements";
import { WORDS } from "./words";

interface Row {
  node: TreeNode;
  level: number;
  parent: Row | null;
  line: HTMLLIElement;
  item: HTMLButtonElement;
  twisty: HTMLButtonElement | null;
  mark: HTMLSpanElement;
  spoken: HTMLSpanElement;
  open: boolean;
}

export class TableOfContents {
  readonly element: HTMLElement;
  private readonly list = h("ul", { role: "tree", "aria-label": WORDS.contents });
  private readonly rows: Row[] = [];
  private readonly byId = new Map<string, Row>();
  private readonly onChoose: (activity: string) => void;
  private usable = true;
  private told = false;
  private states: Record<string, TocEntry> = {};
  /** The course as a whole: a line of its own, there while it may be chosen, which begins it anew. [SN SB.2.9] */
  private readonly whole: Row;

  constructor(tree: TreeNode, onChoose: (activity: string) => void) {
    this.onChoose = onChoose;
    this.element = h("nav", { id: "toc", class: "toc", "aria-label": WORDS.contents }, this.list);
    this.whole = this.add({ ...tree, visible: false, children: [] }, 1, null);
    this.whole.item.dataset.root = "";
    this.whole.line.classList.add("whole");
    for (const child of tree.children) this.add(child, 1, null);
    this.list.addEventListener("keydown", (event) => this.onKey(event));
    this.refresh();
  }

  /** Take over states; entries that are not named keep what they had. `whole`: the course itself may be chosen. */
  update(toc: Record<string, TocEntry>, current: string | null, whole = false): void {
    this.whole.node = { ...this.whole.node, visible: whole };
    this.states = { ...this.states, ...toc };
    this.told = Object.keys(this.states).length > 0;
    for (const row of this.rows) {
      const here = row.node.id === current;
      row.item.classList.toggle("current", here);
      if (here) row.item.setAttribute("aria-current", "true");
      else row.item.removeAttribute("aria-current");
      if (here) for (let up = row.parent; up; up = up.parent) up.open = true;
    }
    this.refresh();
    if (current) this.byId.get(current)?.item.scrollIntoView?.({ block: "nearest" });
  }

  /** While the course moves on, nothing can be chosen. */
  setUsable(usable: boolean): void {
    if (usable === this.usable) return;
    this.usable = usable;
    this.refresh();
  }

  focus(): void {
    (this.byTabStop() ?? this.rows.find((row) => !row.item.disabled))?.item.focus();
  }

  private add(node: TreeNode, level: number, parent: Row | null): Row {
    const branch = node.children.length > 0;
    const mark = h("span", { class: "mark", "aria-hidden": "true" });
    const spoken = h("span", { class: "sr" });
    const item = h(
      "button",
      {
        type: "button",
        role: "treeitem",
        class: "entry",
        "data-activity": node.id,
        tabindex: "-1",
      },
      mark,
      h("span", { class: "name" }, node.title),
      spoken,
    );
    const twisty = branch
      ? h(
          "button",
          { type: "button", class: "twisty", role: "treeitem", "aria-level": String(level), tabindex: "-1" },
          icon("chevron"),
        )
      : null;
    const line = h(
      "li",
      { role: "none", class: branch ? "line branch" : "line" },
      ...(twisty ? [twisty] : []),
      item,
    );
    const row: Row = { node, level, parent, line, item, twisty, mark, spoken, open: true };
    twisty?.addEventListener("click", () => this.toggle(row, !row.open));
    item.addEventListener("click", () => this.onChoose(node.id));
    this.rows.push(row);
    this.byId.set(node.id, row);
    this.list.append(line);
    for (const child of node.children) this.add(child, level + 1, row);
    return row;
  }

  private toggle(row: Row, open: boolean): void {
    row.open = open;
    this.refresh();
  }

  private refresh(): void {
    for (const row of this.rows) this.paint(row);
    const stop = this.byTabStop() ?? this.rows.find((row) => this.reachable(row));
    for (const row of this.rows) row.item.tabIndex = row === stop ? 0 : -1;
  }

  private paint(row: Row): void {
    const state = this.states[row.node.id];
    const shown = row.node.visible && (state?.visible ?? true) && this.ancestorsShown(row);
    const level = this.levelOf(row);
    row.item.setAttribute("aria-level", String(level));
    row.line.style.setProperty("--level", String(level - 1));
    // Hidden is absent, as it is for every other control; a folded-away row is merely not displayed.
    if (!shown) row.line.remove();
    else if (row.line.parentElement !== this.list) this.insert(row);
    row.line.hidden = this.folded(row);
    // Before the server has said anything every part may be asked for; it refuses what cannot be.
    row.item.disabled = !this.usable || !(row === this.whole || (state?.enabled ?? !this.told));
    const status = state?.status ?? "unknown";
    row.mark.dataset.status = status.replace(" ", "-");
    const sign = status === "failed" ? "cross" : "check";
    row.mark.replaceChildren(...(isDone(state) ? [icon(sign)] : []));
    row.spoken.textContent = row.node.kind === "cluster" ? "" : `, ${WORDS.status[status] ?? status}`;
    if (row === this.whole) row.spoken.textContent = `, ${WORDS.whole}`;
    if (!row.twisty) return;
    row.item.setAttribute("aria-expanded", String(row.open));
    row.twisty.setAttribute("aria-label", (row.open ? WORDS.collapse : WORDS.expand)(row.node.title));
    row.twisty.setAttribute("aria-expanded", String(row.open));
    // The entry folds by its own keys; only where it cannot be reached does the sign stand in for it.
    row.twisty.tabIndex = row.item.disabled ? 0 : -1;
    row.twisty.setAttribute("aria-hidden", String(!row.item.disabled));
  }

  private insert(row: Row): void {
    const next = this.rows
      .slice(this.rows.indexOf(row) + 1)
      .find((after) => after.line.parentElement === this.list);
    this.list.insertBefore(row.line, next?.line ?? null);
  }

  /** An item that is merely not shown says nothing of its children; one that is hidden from choice takes them along. [CAM 3.4.1.9] */
  private ancestorsShown(row: Row): boolean {
    for (let up = row.parent; up; up = up.parent) {
      if (up.node.visible && !(this.states[up.node.id]?.visible ?? true)) return false;
    }
    return true;
  }

  /** How deep a row stands among those that are shown, from 1. */
  private levelOf(row: Row): number {
    let level = row.level;
    for (let up = row.parent; up; up = up.parent) if (!up.node.visible) level -= 1;
    return level;
  }

  private folded(row: Row): boolean {
    for (let up = row.parent; up; up = up.parent) if (!up.open) return true;
    return false;
  }

  private reachable(row: Row): boolean {
    return row.line.parentElement === this.list && !row.line.hidden && !row.item.disabled;
  }

  private byTabStop(): Row | undefined {
    const focused = this.rows.find((row) => row.item === document.activeElement);
    return [focused, this.rows.find((row) => row.item.hasAttribute("aria-current"))].find(
      (row): row is Row => row !== undefined && this.reachable(row),
    );
  }

  private onKey(event: KeyboardEvent): void {
    const at = this.rows.findIndex((row) => row.item === event.target);
    const row = this.rows[at];
    if (!row || event.altKey || event.ctrlKey || event.metaKey) return;
    const target = this.plan(event.key, row, at);
    if (target === undefined) return;
    event.preventDefault();
    if (!target) return;
    for (const other of this.rows) other.item.tabIndex = other === target ? 0 : -1;
    target.item.focus();
  }

  /** Where a key leads: a row, nowhere (null, the key was used), or not ours (undefined). */
  private plan(key: string, row: Row, at: number): Row | null | undefined {
    const reachable = this.rows.filter((other) => this.reachable(other));
    const place = reachable.indexOf(row);
    switch (key) {
      case "ArrowDown":
        return reachable[place + 1] ?? null;
      case "ArrowUp":
        return reachable[place - 1] ?? null;
      case "Home":
        return reachable[0] ?? null;
      case "End":
        return reachable[reachable.length - 1] ?? null;
      case "ArrowRight":
        if (!row.twisty) return null;
        if (!row.open) this.toggle(row, true);
        else
          return (
            this.rows.slice(at + 1).find((after) => after.parent === row && this.reachable(after)) ?? null
          );
        return null;
      case "ArrowLeft":
        if (row.twisty && row.open) this.toggle(row, false);
        else return row.parent && this.reachable(row.parent) ? row.parent : null;
        return null;
      default:
        return undefined;
    }
  }
}

type Counted = (node: TreeNode) => boolean;

/** How many activities with content a course has; `counts` narrows them down. */
export function countParts(tree: TreeNode, counts: Counted = () => true): number {
  const own = tree.kind !== "cluster" && counts(tree) ? 1 : 0;
  return tree.children.reduce((sum, child) => sum + countParts(child, counts), own);
}

/** Whether the state of an activity says that it is behind the learner. */
export function isDone(entry: TocEntry | undefined): boolean {
  return /^(completed|passed|failed)$/.test(entry?.status ?? "");
}
