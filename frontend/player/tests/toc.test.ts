// @vitest-environment jsdom
import { beforeEach, describe, expect, it } from "vitest";
import type { TocEntry, TreeNode } from "../src/protocol";
import { countParts, isDone, TableOfContents } from "../src/view/toc";

const part = (id: string, visible = true): TreeNode => ({
  id,
  title: `Part ${id}`,
  kind: "sco",
  visible,
  children: [],
});
const module_ = (id: string, ...children: TreeNode[]): TreeNode => ({
  id,
  title: `Module ${id}`,
  kind: "cluster",
  visible: true,
  children,
});
const entry = (status: string, enabled = true, visible = true): TocEntry => ({ status, enabled, visible });

const tree = module_(
  "course",
  part("a"),
  module_("m", part("b"), part("c"), part("secret", false)),
  part("d"),
);

let chosen: string[];
let toc: TableOfContents;
const entryOf = (id: string) => document.querySelector<HTMLButtonElement>(`[data-activity="${id}"]`);
const press = (key: string) =>
  document.activeElement?.dispatchEvent(
    new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true }),
  );

beforeEach(() => {
  chosen = [];
  toc = new TableOfContents(tree, (id) => chosen.push(id));
  document.body.replaceChildren(toc.element);
  toc.update(
    {
      a: entry("completed"),
      m: entry("incomplete"),
      b: entry("incomplete"),
      c: entry("not attempted", false),
      d: entry("unknown"),
    },
    "b",
  );
});

describe("the table of contents", () => {
  it("has a level and a spoken state for each entry, and marks the current one", () => {
    expect(entryOf("b")?.getAttribute("aria-level")).toBe("2");
    expect(entryOf("b")?.getAttribute("aria-current")).toBe("true");
    expect(entryOf("a")?.textContent).toBe("Part a, completed");
  });

  it("has a line for the whole course while that may be chosen", () => {
    expect(entryOf("course")).toBeNull();
    toc.update({}, "b", true);
    expect(entryOf("course")?.textContent).toBe("Module course, the whole course");
    expect(document.querySelector("[data-activity]")).toBe(entryOf("course"));
    entryOf("course")?.click();
    expect(chosen).toEqual(["course"]);
    toc.update({}, "b", false);
    expect(entryOf("course")).toBeNull();
  });

  it("an entry that cannot be chosen is disabled, a hidden one absent", () => {
    expect(entryOf("c")?.disabled).toBe(true);
    expect(entryOf("secret")).toBeNull();
    toc.update({ d: entry("unknown", true, false) }, "b");
    expect(entryOf("d")).toBeNull();
    toc.update({ d: entry("unknown") }, "b");
    expect(
      Array.from(document.querySelectorAll("[data-activity]"), (one) => one.getAttribute("data-activity")),
    ).toEqual(["a", "m", "b", "c", "d"]);
  });

  it("hiding a module hides what is in it", () => {
    toc.update({ m: entry("incomplete", true, false) }, null);
    expect(entryOf("b")).toBeNull();
  });

  it("a module that is itself not shown leaves what is in it where the module would stand", () => {
    const wrapper = { ...module_("w", part("x"), module_("n", part("y"))), visible: false };
    const plain = new TableOfContents(module_("course", wrapper, part("z")), () => {});
    document.body.replaceChildren(plain.element);
    plain.update({ w: entry("unknown", true, false), x: entry("unknown"), y: entry("unknown") }, "y");
    const lines = Array.from(document.querySelectorAll("[data-activity]"), (one) => [
      one.getAttribute("data-activity"),
      one.getAttribute("aria-level"),
    ]);
    expect(lines).toEqual([
      ["x", "1"],
      ["n", "1"],
      ["y", "2"],
      ["z", "1"],
    ]);
  });

  it("choosing tells which activity, once", () => {
    entryOf("a")?.click();
    entryOf("c")?.click();
    expect(chosen).toEqual(["a"]);
  });

  it("nothing can be chosen while the course moves on", () => {
    toc.setUsable(false);
    entryOf("a")?.click();
    expect(chosen).toEqual([]);
  });

  it("before the server has told any state every part may be asked for", () => {
    const untold = new TableOfContents(tree, (id) => chosen.push(id));
    document.body.replaceChildren(untold.element);
    expect(entryOf("c")?.disabled).toBe(false);
  });
});

describe("by keyboard", () => {
  it("one tab stop, on the current activity", () => {
    const stops = Array.from(document.querySelectorAll<HTMLButtonElement>("[data-activity]")).filter(
      (one) => one.tabIndex === 0,
    );
    expect(stops.map((one) => one.dataset.activity)).toEqual(["b"]);
  });

  it("arrows walk over what can be chosen, Home and End go to the ends", () => {
    toc.focus();
    press("ArrowDown");
    expect(document.activeElement).toBe(entryOf("d"));
    press("Home");
    expect(document.activeElement).toBe(entryOf("a"));
    press("End");
    press("ArrowDown");
    expect(document.activeElement).toBe(entryOf("d"));
  });

  it("left folds a module or goes up to it, right opens it or goes into it", () => {
    toc.focus();
    press("ArrowLeft");
    expect(document.activeElement).toBe(entryOf("m"));
    press("ArrowLeft");
    expect(entryOf("m")?.getAttribute("aria-expanded")).toBe("false");
    press("ArrowDown");
    expect(document.activeElement).toBe(entryOf("d"));
    press("ArrowUp");
    press("ArrowRight");
    press("ArrowRight");
    expect(document.activeElement).toBe(entryOf("b"));
  });
});

it("progress counts the parts a learner sees", () => {
  expect(countParts(tree)).toBe(5);
  expect(countParts(tree, (node) => node.visible)).toBe(4);
  expect(isDone(entry("passed"))).toBe(true);
  expect(isDone(entry("not attempted"))).toBe(false);
  expect(isDone(undefined)).toBe(false);
});
