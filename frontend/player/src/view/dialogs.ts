/** Questions in front of the course: one at a time, keyboard and focus kept inside, Escape is the last answer. */
import { button, h } from "./elements";

export interface Choice<Answer> {
  text: string;
  answer: Answer;
  primary?: boolean;
}

export interface OpenDialog<Answer> {
  answer: Promise<Answer>;
  /** Change what the dialog says while it is open. */
  say(text: string): void;
  close(answer: Answer): void;
}

let count = 0;

/** Ask; the promise resolves with the choice, or with the last one for Escape. */
export function ask<Answer>(title: string, text: string, choices: Choice<Answer>[]): OpenDialog<Answer> {
  count += 1;
  const words = h("p", { id: `ask-text-${count}`, role: "status" }, text);
  const heading = h("h2", { id: `ask-${count}` }, title);
  const dialog = h(
    "dialog",
    { class: "ask", "aria-labelledby": heading.id, "aria-describedby": words.id },
    heading,
    words,
  );
  const before = document.activeElement;
  let close: (answer: Answer) => void = () => {};
  const answer = new Promise<Answer>((resolve) => {
    close = (value) => {
      dialog.remove();
      if (before instanceof HTMLElement && before.isConnected) before.focus({ preventScroll: true });
      resolve(value);
    };
  });
  const buttons = choices.map((choice) => {
    const made = button(choice.text, {
      class: choice.primary ? "tool primary" : "tool",
      autofocus: choice.primary,
    });
    made.addEventListener("click", () => close(choice.answer));
    return made;
  });
  dialog.append(h("div", { class: "actions" }, ...buttons));
  dialog.addEventListener("cancel", (event) => {
    event.preventDefault();
    const last = choices[choices.length - 1];
    if (last) close(last.answer);
  });
  document.body.append(dialog);
  if (dialog.showModal) dialog.showModal();
  else dialog.setAttribute("open", "");
  return { answer, close, say: (sentence) => (words.textContent = sentence) };
}
