/** The shell's own page: one card with a sentence and its buttons, or the course's frame. Knows nothing of LMSs. */
import { TEXT } from "./text";

export interface Action {
  label: string;
  act?: () => void;
}

export interface View {
  text: string;
  result?: string;
  note?: string;
  tone?: "bad" | "good";
  actions: Action[];
}

export function element<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Record<string, string> = {},
  text = "",
): HTMLElementTagNameMap[K] {
  const made = document.createElement(tag);
  for (const name in attributes) made.setAttribute(name, attributes[name] as string);
  made.textContent = text;
  return made;
}

export class Page {
  private readonly card = element("section", { class: "card", "aria-labelledby": "title" });
  private readonly text = element("p", { role: "status" });
  private readonly result = element("p", { class: "result" });
  private readonly note = element("p", { class: "soft" });
  private readonly buttons = element("div", { class: "buttons" });
  private readonly bar = element("div", { class: "bar", role: "alert", hidden: "" });
  private frame: HTMLIFrameElement | null = null;

  constructor(
    private readonly main: HTMLElement,
    private readonly title: string,
    welcome: string,
    support: string,
  ) {
    const footer = element("footer");
    if (support) footer.appendChild(element("p", {}, support));
    const link = element(
      "a",
      { href: `selftest.html${location.search}`, target: "_blank", rel: "opener" },
      TEXT.selfTest,
    );
    footer.appendChild(link);
    this.card.appendChild(element("h1", { id: "title" }, title));
    if (welcome) this.card.appendChild(element("p", {}, welcome));
    for (const part of [this.text, this.result, this.note, this.buttons, footer]) this.card.appendChild(part);
    main.textContent = "";
    main.appendChild(this.card);
    main.appendChild(this.bar);
  }

  /** Show a sentence and its buttons; a button without an act is there but cannot be pressed yet. */
  show(view: View): void {
    this.removeFrame();
    this.card.setAttribute("data-tone", view.tone || "");
    this.card.hidden = false;
    this.text.textContent = view.text;
    fill(this.result, view.result);
    fill(this.note, view.note);
    this.buttons.textContent = "";
    view.actions.forEach((action, index) => {
      this.buttons.appendChild(button(action, index === 0));
    });
  }

  /** Let the course own the window. */
  showFrame(url: string): HTMLIFrameElement {
    this.removeFrame();
    const attributes = {
      title: TEXT.frameTitle(this.title),
      name: "courseway-player",
      allow: "autoplay *; fullscreen *; camera *; microphone *; encrypted-media *; clipboard-write *",
      allowfullscreen: "",
      referrerpolicy: "no-referrer",
      src: url,
    };
    this.frame = element("iframe", attributes);
    this.card.hidden = true;
    this.main.appendChild(this.frame);
    this.frame.focus();
    return this.frame;
  }

  /** Say something below the frame without hiding it. */
  showBar(text: string, actions: Action[]): void {
    this.bar.textContent = "";
    this.bar.appendChild(element("p", {}, text));
    actions.forEach((action, index) => {
      this.bar.appendChild(button(action, index === 0));
    });
    this.bar.hidden = false;
  }

  hideBar(): void {
    this.bar.hidden = true;
  }

  private removeFrame(): void {
    this.hideBar();
    if (this.frame) this.main.removeChild(this.frame);
    this.frame = null;
  }
}

function fill(target: HTMLElement, text: string | undefined): void {
  target.textContent = text || "";
  target.hidden = !text;
}

function button(action: Action, main: boolean): HTMLButtonElement {
  const made = element("button", { type: "button", class: main ? "main" : "" }, action.label);
  const act = action.act;
  if (act) made.onclick = () => act();
  else made.disabled = true;
  return made;
}
