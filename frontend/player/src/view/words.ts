/** Every sentence the player says to a learner, in one place. */

export const WORDS = {
  contents: "Contents",
  previous: "Previous",
  continue: "Continue",
  suspendAll: "Save and exit",
  exit: "Exit",
  exitAll: "Finish",
  abandonAll: "Leave without saving",
  more: "More",
  resources: "Resources",
  newWindow: "opens in a new window",
  skip: "Skip to the course",
  saved: "Saved",
  saving: "Saving…",
  notRecorded: "Not recorded",
  lmsWaiting: "Saved here. Your learning system has not taken the result yet; it will be sent again.",
  offline: (changes: number) =>
    changes === 0 ? "Offline" : `Offline, ${changes} ${changes === 1 ? "change" : "changes"} waiting`,
  online: "Back online. Everything is saved.",
  preview: "Preview — nothing is recorded",
  review: "Review — you are looking back; nothing is recorded",
  nowShowing: (title: string) => `Now showing: ${title}`,
  progress: (done: number, all: number) => `${done} of ${all} done`,
  percent: (share: number) => `${Math.round(share * 100)} %`,
  canClose: "Your result is saved. You can leave now.",
  canCloseUnsaved: "Your result is being saved.",
  goOn: "This part is finished. Continue, or choose what comes next.",
  leftLms: "The window you came from was closed. You can go on; your work is still saved here.",
  offlineMove: "You are offline. You can go on working here; moving on needs the connection.",
  timeLeft: (seconds: number) => {
    if (seconds < 60) return `${seconds} ${seconds === 1 ? "second is" : "seconds are"} left for this part.`;
    const minutes = Math.floor(seconds / 60);
    return minutes === 1 ? "One minute is left for this part." : `${minutes} minutes are left for this part.`;
  },
  timeUp: {
    title: "The time for this part is over",
    text: "What you did is saved. You leave this part now, in 15 seconds at the latest.",
    goOn: "The time for this part is over. You can go on.",
  },
  close: "OK",
  retry: "Try again",
  reference: "Reference for support",
  opening: "Opening your course…",
  unreachable: {
    title: "We cannot reach the course",
    text: "Check your connection. We keep trying; nothing you did before is lost.",
  },
  moving: {
    title: "Waiting for the connection",
    text: "Your work is kept on this device. The course goes on by itself as soon as the connection is back.",
    leaving: "Your work is kept on this device. You leave as soon as everything is saved,",
    choice: "or now, and risk losing the last changes.",
  },
  takeover: {
    title: "This course is open in another window",
    text: "Only one window at a time can save your work. Continue here, and the other one stops; or leave this one and go back to it.",
    here: "Continue here",
    leave: "Leave",
  },
  superseded: {
    title: "You went on in another window",
    text: "What you did here until then is saved. This window no longer saves, so nothing is shown in it any more.",
    here: "Continue here instead",
  },
  choose: {
    title: "What would you like to do next?",
    text: "Choose a part from the contents.",
    open: "Open contents",
    leave: "You can leave the course here.",
  },
  leftAlready: {
    title: "You can close this window",
    text: "The course goes on in your other window.",
  },
  ended: {
    title: "You have left the course",
    text: "Your work is saved. You can close this window.",
  },
  abandoned: {
    title: "You have left the course",
    text: "This time was not kept. You can close this window.",
  },
  result: {
    passed: "You passed",
    failed: (share: number | null) =>
      share === null
        ? "You did not pass this time"
        : `You reached ${Math.round(share * 100)} %: not a pass this time`,
    completed: "You completed the course",
    with: (share: number) => `with ${Math.round(share * 100)} %`,
  },
  endedOffline: {
    title: "You have left the course",
    text: "The last changes wait on this device. Open the course again in this window when the connection is back, and they are sent.",
  },
  endedPreview: {
    title: "The preview has ended",
    text: "Nothing was recorded. You can close this window.",
  },
  launchEnded: {
    title: "This session has ended",
    text: "Go back to where you started the course and start it again; you go on where you left.",
  },
  expired: {
    title: "This link has expired",
    text: "Go back to where you found the course and start it again; what you did before is saved.",
  },
  broken: {
    title: "Something went wrong",
    text: "Go back to where you found the course and start it again; what was saved stays saved.",
  },
  unsaved: {
    title: "Not everything is saved yet",
    text: (changes: number) =>
      `${changes} ${changes === 1 ? "change waits" : "changes wait"} for the connection. You leave as soon as everything is saved. If you leave now, what waits may be lost.`,
    leave: "Leave anyway",
    stay: "Stay in the course",
  },
  status: {
    completed: "completed",
    passed: "passed",
    failed: "failed",
    incomplete: "in progress",
    "not attempted": "not started",
    unknown: "not started",
    browsed: "looked at",
  } as Record<string, string>,
  whole: "the whole course",
  expand: (title: string) => `Expand ${title}`,
  collapse: (title: string) => `Collapse ${title}`,
};
