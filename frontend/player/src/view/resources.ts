/** What a course offers beside a part, as a glossary: a small menu of links, each opened in a window of its own. */
import type { ResourceLink } from "../cmi";
import { button, h, icon } from "./elements";
import { WORDS } from "./words";

export class ResourcesMenu {
  private readonly list = h("ul", { id: "resources", hidden: true });
  private readonly toggle = button(
    WORDS.resources,
    { class: "tool", "aria-expanded": "false", "aria-controls": "resources" },
    icon("resources"),
  );
  readonly element = h("div", { class: "resources", hidden: true }, this.toggle, this.list);

  private opened = false;

  constructor() {
    this.toggle.addEventListener("click", () => this.open(!this.opened));
    this.element.addEventListener("keydown", (event) => {
      if (event.key !== "Escape" || !this.opened) return;
      this.open(false);
      this.toggle.focus();
    });
    this.element.addEventListener("focusout", (event) => {
      if (event.relatedTarget instanceof Node && !this.element.contains(event.relatedTarget))
        this.open(false);
    });
    document.addEventListener("pointerdown", (event) => {
      if (!(event.target instanceof Node && this.element.contains(event.target))) this.open(false);
    });
    window.addEventListener("blur", () => this.open(false));
  }

  /** Show what the present part offers; nothing takes the menu away. */
  offer(resources: readonly ResourceLink[]): void {
    this.open(false);
    this.element.hidden = resources.length === 0;
    this.list.replaceChildren(
      ...resources.map(({ title, url }) => {
        const link = h(
          "a",
          { href: url, target: "_blank", rel: "noopener noreferrer" },
          h("span", {}, title),
          icon("window"),
          h("span", { class: "sr" }, `, ${WORDS.newWindow}`),
        );
        link.addEventListener("click", () => this.open(false));
        return h("li", {}, link);
      }),
    );
  }

  private open(open: boolean): void {
    this.opened = open;
    this.list.hidden = !open;
    this.toggle.setAttribute("aria-expanded", String(open));
    if (open) this.list.querySelector("a")?.focus();
  }
}
