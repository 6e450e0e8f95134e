/** Which screen says what: every state in which no content is shown. */
import type { FinishReason } from "../link/shell";
import type { Problem, Refused, Score, Summary } from "../protocol";
import type { Screen } from "./screens";
import { WORDS } from "./words";

type Act = () => void;

export const SCREENS = {
  unreachable: (retry: Act, reference: string): Screen => ({
    sign: "offline",
    ...WORDS.unreachable,
    reference,
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
  /** `listed`: there are contents to choose from; `open` shows them where they are not to be seen yet. */
  choose: (refused: Refused | null, listed: boolean, open: Act | null): Screen => ({
    sign: refused ? "alert" : "contents",
    title: WORDS.choose.title,
    // A refusal says itself what may be done instead.
    text: [refused?.detail ?? (listed ? WORDS.choose.text : ""), listed ? "" : WORDS.choose.leave]
      .filter(Boolean)
      .join(" "),
    ...(open ? { actions: [{ text: WORDS.choose.open, act: open }] } : {}),
  }),
  leftAlready: (): Screen => ({ sign: "leave", ...WORDS.leftAlready }),
  ended: (reason: FinishReason, summary: Summary): Screen => {
    if (reason === "abandon") return { sign: "leave", ...WORDS.abandoned };
    const result = describeResult(summary);
    const sign = summary.success === "failed" ? "leave" : "check";
    return { sign, title: result || WORDS.ended.title, text: WORDS.ended.text };
  },
  endedPreview: (): Screen => ({ sign: "check", ...WORDS.endedPreview }),
  endedOffline: (): Screen => ({ sign: "offline", ...WORDS.endedOffline }),
  launchEnded: (): Screen => ({ sign: "clock", ...WORDS.launchEnded }),
};

/** What was reached, in a line; nothing while it is still open. */
function describeResult({ completion, success, score }: Summary): string {
  const share = score.scaled ?? scoreOfMax(score);
  const points = share === null ? "" : ` ${WORDS.result.with(share)}`;
  if (success === "passed") return WORDS.result.passed + points;
  if (success === "failed") return WORDS.result.failed(share);
  return completion === "completed" ? WORDS.result.completed + points : "";
}

function scoreOfMax({ raw, min, max }: Score): number | null {
  if (raw === null || max === null || max <= (min ?? 0)) return null;
  return (raw - (min ?? 0)) / (max - (min ?? 0));
}

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
