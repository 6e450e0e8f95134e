/** Leaving while something is not saved: nothing unacknowledged is given up without the learner's word. */
import type { CommitQueue } from "./commits/queue";
import { type Patience, tryNow } from "./link/retry";
import type { NavigationKind, NavigationRequest } from "./protocol";
import { ask } from "./view/dialogs";
import { SCREENS } from "./view/messages";
import type { Page } from "./view/page";
import { WORDS } from "./view/words";

const LOOK_EVERY_MS = 500;
const NUDGE_EVERY_MS = 4_000;

/** Whether a request ends the whole session. */
export function isExit(kind: NavigationKind): boolean {
  return kind === "exitAll" || kind === "suspendAll" || kind === "abandonAll";
}

export type Word = "saved" | "leave" | "stay";

export class Exits {
  private readonly queue: CommitQueue;

  constructor(queue: CommitQueue) {
    this.queue = queue;
  }

  /** Offline: wait until all is saved, unless the learner decides to leave now or to stay. */
  async confirm(): Promise<Word> {
    if (this.queue.status.waiting === 0) return "saved";
    const words = WORDS.unsaved;
    const dialog = ask<Word>(words.title, words.text(this.queue.status.waiting), [
      { text: words.leave, answer: "leave" },
      { text: words.stay, answer: "stay", primary: true },
    ]);
    const look = setInterval(() => {
      const { waiting } = this.queue.status;
      if (waiting === 0) dialog.close("saved");
      else dialog.say(words.text(waiting));
    }, LOOK_EVERY_MS);
    const nudge = setInterval(() => this.queue.nudge(), NUDGE_EVERY_MS);
    const word = await dialog.answer;
    clearInterval(look);
    clearInterval(nudge);
    return word;
  }

  /** How to wait for the server once the content is gone: in words, and for an exit with a way out. */
  patience(page: Page, request: NavigationRequest): Patience {
    let givenUp = false;
    let shown = false;
    const leave = () => {
      givenUp = true;
      tryNow();
    };
    return {
      onFailure: () => {
        if (shown) return;
        shown = true;
        page.show(SCREENS.moving(tryNow, isExit(request.kind) ? leave : null));
      },
      givenUp: () => givenUp,
    };
  }
}
