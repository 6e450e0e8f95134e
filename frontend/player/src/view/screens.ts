/** Full-stage messages: a heading, a sentence to act on, what can be done, and an id for support. */
import { button, h, type IconName, icon } from "./elements";
import { WORDS } from "./words";

export interface ScreenAction {
  text: string;
  act(): void;
}

export interface Screen {
  sign: IconName;
  title: string;
  text: string;
  reference?: string;
  actions?: ScreenAction[];
}

/** Render a screen; its heading takes the focus so that it is read out. */
export function renderScreen(screen: Screen): HTMLElement {
  const heading = h("h2", { tabindex: "-1" }, screen.title);
  const element = h(
    "div",
    { class: "screen" },
    h("div", { class: "sign" }, icon(screen.sign)),
    heading,
    h("p", {}, screen.text),
  );
  const actions = (screen.actions ?? []).map((action, index) => {
    const made = button(action.text, { class: index === 0 ? "tool primary" : "tool" });
    made.addEventListener("click", () => action.act());
    return made;
  });
  if (actions.length > 0) element.append(h("div", { class: "actions" }, ...actions));
  if (screen.reference) {
    element.append(h("p", { class: "reference" }, `${WORDS.reference}: `, h("code", {}, screen.reference)));
  }
  return element;
}
