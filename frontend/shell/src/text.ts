/** Every sentence a learner can meet here. Plain words, what happened first, then what to do. */

export const TEXT = {
  start: "Start",
  startAgain: "Open again",
  ready: "Your progress is saved as you go.",
  review: "You are looking back at this course. Nothing you do now is recorded.",
  looking: "Connecting to your learning platform …",
  starting: "Opening the course …",
  retrying: (seconds: number) => `The course service does not answer. Trying again in ${seconds} s.`,
  now: "Try now",
  popupStart: "The course opens in a window of its own.",
  popupOpen: "The course is open in its own window. Keep this page open until you have finished.",
  popupShow: "Show the course window",
  popupBlocked:
    "Your browser did not let the course open its window. Allow pop-ups for this page, then press Start again.",
  popupDetached:
    "The course is open in its own window. Your learning platform keeps the two apart, so press the button below when you have finished.",
  popupDone: "I have finished",
  frameBlocked: "The course has not appeared yet. Your learning platform may not allow it inside this page.",
  frameWait: "Keep waiting",
  ownWindow: "Open in a new window",
  saving: "Saving your result in your learning platform …",
  notSaved: "Your learning platform has not saved your result yet. Keep this page open; we keep trying.",
  safe: "Your result is safe with us and is passed on the next time you open this course.",
  leave: "Leave anyway",
  done: "Your learning platform has your result. You can close this page.",
  reviewDone: "You can close this page.",
  noApi:
    "This page cannot find your learning platform. Open the course from there, not from a bookmark or a copied address.",
  noItem:
    "Your learning platform did not say which of the courses you want. Choose one in its list of contents.",
  noSession:
    "Your learning platform did not open a session. Close this page and start the course from there again.",
  noLearner: "Your learning platform did not say who you are. Sign in there and open the course again.",
  refused: "This course cannot be opened now.",
  again: "Try again",
  reload: "Reload",
  id: (id: string) => `If you ask for help, quote ${id}.`,
  selfTest: "Check this connection",
  frameTitle: (title: string) => `Course: ${title}`,
  completion: {
    completed: "Completed",
    incomplete: "In progress",
    "not attempted": "Not started",
    unknown: "In progress",
  },
  success: { passed: "Passed", failed: "Not passed", unknown: "" },
  score: (percent: string) => `Score ${percent} %`,
};
