/** Which screen says what: every state in which no content is shown. */
import type { Problem, Refused } from "../protocol";
import type { Screen } from "./screens";
import { WORDS } from "./words";

type Act = () => void;

export const SCREENS = {
  unreachable: (retry: Act): Screen => ({
    sign: "offline",
    ...WORDS.unreachable,
    actions: [{ text: WORDS.retry, act: retry }],
  }),
  moving: (retry: Act, leave: Act | null): Screen => ({
    sign: "offline",
    title: WORDS.moving.title,
    text: leave ? `${WORDS.moving.leaving} ${WORDS.moving.choice}` : WORDS.moving.text,
    actions: [
      { text: WORDS.retry, act: retry },
      ...(leave ? [{ text: WORDS.unsaved.leave, act: leave }] : []),
    ],
  }),
  takeover: (here: Act, leave: Act): Screen => ({
    sign: "windows",
    title: WORDS.takeover.title,
    text: WORDS.takeover.text,
    actions: [
      { text: WORDS.takeover.here, act: here },
      { text: WORDS.takeover.leave, act: leave },
    ],
  }),
  superseded: (here: Act): Screen => ({
    sign: "windows",
    title: WORDS.superseded.title,
    text: WORDS.superseded.text,
    actions: [{ text: WORDS.superseded.here, act: here }],
  }),
  choose: (refused: Refused | null, open: Act | null): Screen => ({
    sign: refused ? "alert" : "contents",
    title: WORDS.choose.title,
    text: [refused?.detail ?? "", open ? WORDS.choose.text : WORDS.choose.leave].filter(Boolean).join(" "),
    ...(open ? { actions: [{ text: WORDS.choose.open, act: open }] } : {}),
  }),
  leftAlready: (): Screen => ({ sign: "leave", ...WORDS.leftAlready }),
  ended: (): Screen => ({ sign: "check", ...WORDS.ended }),
  endedPreview: (): Screen => ({ sign: "check", ...WORDS.endedPreview }),
  endedOffline: (): Screen => ({ sign: "offline", ...WORDS.endedOffline }),
  launchEnded: (): Screen => ({ sign: "clock", ...WORDS.launchEnded }),
};

const EXPIRED = new Set(["learning.link_expired", "learning.link_invalid"]);
const OVER = new Set(["learning.ended", "learning.session_invalid", "learning.session_expired"]);

/** The screen for what the server refused, with its id to quote. */
export function problemScreen(problem: Problem): Screen {
  const reference = problem.id ? { reference: problem.id } : {};
  if (EXPIRED.has(problem.code)) return { sign: "clock", ...WORDS.expired, ...reference };
  if (OVER.has(problem.code)) return { sign: "clock", ...WORDS.launchEnded, ...reference };
  return {
    sign: "alert",
    title: problem.title || WORDS.broken.title,
    text: problem.detail || WORDS.broken.text,
    ...reference,
  };
}
