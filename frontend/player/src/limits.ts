/** What the learner sees of the time allowed for a part, and how the part is left when it is over. */
import type { Delivery } from "./cmi";
import { watchTimeLimit } from "./stage/timelimit";
import { ask } from "./view/dialogs";
import type { Page } from "./view/page";
import { WORDS } from "./view/words";

const READ_WITHIN_MS = 15_000;

/** Keep a delivery's time; `leave` takes its content away. The answer stops it. */
export function keepTime(delivery: Delivery, page: Page, leave: () => void): () => void {
  let close = () => {};
  const stop = watchTimeLimit(delivery, {
    onTimeLeft: (seconds) => page.setNotice(WORDS.timeLeft(seconds), "warn"),
    onTimeUp: (exit, message) => {
      if (!exit) return page.setNotice(WORDS.timeUp.goOn, "warn");
      if (!message) return leave();
      page.setNotice("");
      // Nothing behind the dialog can be used any more.
      const { title, text } = WORDS.timeUp;
      const dialog = ask(title, text, [{ text: WORDS.close, answer: true, primary: true }]);
      const unread = setTimeout(() => dialog.close(true), READ_WITHIN_MS);
      close = () => dialog.close(false);
      void dialog.answer.then((goes) => {
        clearTimeout(unread);
        if (goes) leave();
      });
    },
  });
  return () => {
    stop();
    close();
  };
}
