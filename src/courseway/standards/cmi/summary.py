"""
What an activity's run-time values amount to: completion, success, score, time, objectives; and what becomes of the
values when a session ends. Pure.

Not here: what an activity makes of its parents (standards/sequencing), and when an attempt ends (learning).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from math import isfinite

from courseway.standards.cmi.times import parse_duration, parse_timespan, render_duration, render_timespan

COMPLETED, INCOMPLETE, NOT_ATTEMPTED, UNKNOWN = "completed", "incomplete", "not attempted", "unknown"
PASSED, FAILED = "passed", "failed"

_FROM_LESSON_STATUS = {
    "passed": (COMPLETED, PASSED),
    "completed": (COMPLETED, UNKNOWN),
    "failed": (COMPLETED, FAILED),
    "browsed": (COMPLETED, UNKNOWN),
    "incomplete": (INCOMPLETE, UNKNOWN),
}


@dataclass(frozen=True)
class Score:
    """A score as reported; `scaled` is worked out where SCORM 1.2 knows none. What was never reported is None."""

    scaled: float | None = None
    raw: float | None = None
    min: float | None = None
    max: float | None = None


@dataclass(frozen=True)
class ObjectiveSummary:
    """What the content left in one entry of `cmi.objectives`; `_set`: the element holds a value, be it "unknown"."""

    completion: str = UNKNOWN
    success: str = UNKNOWN
    score: Score = Score()
    progress: float | None = None
    completion_set: bool = False
    success_set: bool = False


@dataclass(frozen=True)
class ActivitySummary:
    """
    What one activity has reached.

    `completion` is "completed", "incomplete", "not attempted" or "unknown", `success` "passed", "failed" or "unknown".
    `total_time_seconds` includes the session still open. `completion_set` and `success_set`: the content set the
    element at all, be it to "unknown". `exit` is what the content last said about leaving. `browsed`: SCORM 1.2 content
    said that it was only looked at.
    """

    completion: str = UNKNOWN
    success: str = UNKNOWN
    score: Score = Score()
    total_time_seconds: float = 0.0
    progress: float | None = None
    location: str = ""
    completion_set: bool = False
    success_set: bool = False
    exit: str = ""
    objectives: Mapping[str, ObjectiveSummary] = field(default_factory=dict)
    browsed: bool = False


def summarize(standard: str, state: Mapping[str, str]) -> ActivitySummary:
    """
    Say what a state amounts to.

    `state` is what `initial_values` gave plus the commits: thresholds and mastery score are in it. An empty state is
    an activity nobody has opened.
    """
    return _summarize_12(state) if standard == "scorm12" else _summarize_2004(state)


def _summarize_12(state: Mapping[str, str]) -> ActivitySummary:
    opened = INCOMPLETE if state else NOT_ATTEMPTED
    completion, success = _FROM_LESSON_STATUS.get(state.get("cmi.core.lesson_status", ""), (opened, UNKNOWN))
    return ActivitySummary(
        completion=completion,
        success=success,
        score=_score_12(state, "cmi.core.score."),
        total_time_seconds=_time(parse_timespan, state, "cmi.core.total_time", "cmi.core.session_time"),
        progress=None,
        location=state.get("cmi.core.lesson_location", ""),
        completion_set="cmi.core.lesson_status" in state,
        success_set=success != UNKNOWN,
        exit=state.get("cmi.core.exit", ""),
        objectives=_objectives(state, _objective_12),
        browsed=state.get("cmi.core.lesson_status") == "browsed",
    )


def _summarize_2004(state: Mapping[str, str]) -> ActivitySummary:
    score = _score_2004(state, "cmi.score.")
    progress = _number(state, "cmi.progress_measure")
    return ActivitySummary(
        completion=_derived(
            _number(state, "cmi.completion_threshold"),
            progress,
            (COMPLETED, INCOMPLETE),
            state.get("cmi.completion_status", UNKNOWN),
        ),
        success=_derived(
            _number(state, "cmi.scaled_passing_score"),
            score.scaled,
            (PASSED, FAILED),
            state.get("cmi.success_status", UNKNOWN),
        ),
        score=score,
        total_time_seconds=_time(parse_duration, state, "cmi.total_time", "cmi.session_time"),
        progress=progress,
        location=state.get("cmi.location", ""),
        completion_set="cmi.completion_status" in state,
        success_set="cmi.success_status" in state,
        exit=state.get("cmi.exit", ""),
        objectives=_objectives(state, _objective_2004),
    )


def _derived(threshold: float | None, measure: float | None, words: tuple[str, str], stated: str) -> str:
    """Let a stated threshold decide over what the content said. [RTE 4.2.4.1, 4.2.21.1]"""
    if threshold is None:
        return stated
    if measure is None:
        return UNKNOWN
    return words[0] if measure >= threshold else words[1]


def _number(state: Mapping[str, str], name: str) -> float | None:
    """Read a number; one too large for any arithmetic counts as not reported."""
    try:
        number = float(state.get(name, ""))
    except ValueError:
        return None
    return number if isfinite(number) else None


def _score_12(state: Mapping[str, str], prefix: str) -> Score:
    raw, low, high = (_number(state, prefix + name) for name in ("raw", "min", "max"))
    scaled = None
    if raw is not None:
        bottom = low if low is not None and high is not None else 0.0
        top = high if high is not None and high > bottom else 100.0
        scaled = round(min(max((raw - bottom) / (top - bottom), 0.0), 1.0), 7) if top > bottom else None
    return Score(scaled, raw, low, high)


def _score_2004(state: Mapping[str, str], prefix: str) -> Score:
    return Score(*(_number(state, prefix + name) for name in ("scaled", "raw", "min", "max")))


def _objective_12(state: Mapping[str, str], prefix: str) -> ObjectiveSummary:
    completion, success = _FROM_LESSON_STATUS.get(state.get(prefix + "status", ""), (UNKNOWN, UNKNOWN))
    return ObjectiveSummary(completion, success, _score_12(state, prefix + "score."))


def _objective_2004(state: Mapping[str, str], prefix: str) -> ObjectiveSummary:
    return ObjectiveSummary(
        completion=state.get(prefix + "completion_status", UNKNOWN),
        success=state.get(prefix + "success_status", UNKNOWN),
        score=_score_2004(state, prefix + "score."),
        progress=_number(state, prefix + "progress_measure"),
        completion_set=prefix + "completion_status" in state,
        success_set=prefix + "success_status" in state,
    )


def _objectives(
    state: Mapping[str, str], summarize_one: Callable[[Mapping[str, str], str], ObjectiveSummary]
) -> dict[str, ObjectiveSummary]:
    count = int(_number(state, "cmi.objectives._count") or 0)
    prefixes = [f"cmi.objectives.{number}." for number in range(count)]
    return {state[prefix + "id"]: summarize_one(state, prefix) for prefix in prefixes if state.get(prefix + "id")}


def _time(parse: Callable[[str], float | None], state: Mapping[str, str], *names: str) -> float:
    return sum((parse(state[name]) or 0.0 for name in names if name in state), start=0.0)


@dataclass(frozen=True)
class SessionEnd:
    """
    The values after a session, and how the content left.

    `navigation` is the request it left behind (SCORM 2004), None when it asked for nothing. `suspended`: the content
    wants to be found as it is. `leaves_all`: time-out or logout, which end the whole course.
    """

    state: dict[str, str]
    exit: str
    navigation: str | None
    suspended: bool
    leaves_all: bool


def end_session(standard: str, state: Mapping[str, str], *, finished: bool = True) -> SessionEnd:
    """
    Close a communication session: session time into total time, then drop what belongs to the session alone.

    `finished`: the content ended its session itself; otherwise (a killed browser) SCORM 1.2's rules for LMSFinish are
    not applied. [RTE 1.2 3.4.4, RTE 4.2.24]
    """
    after = dict(state)
    navigation = after.pop("adl.nav.request", "_none_")
    if standard == "scorm12":
        total = _time(parse_timespan, after, "cmi.core.total_time", "cmi.core.session_time")
        after["cmi.core.total_time"] = render_timespan(total)
        after.pop("cmi.core.session_time", None)
        leaving = after.pop("cmi.core.exit", "")
        _judge_lesson_status(after, leaving, finished)
    else:
        after["cmi.total_time"] = render_duration(_time(parse_duration, after, "cmi.total_time", "cmi.session_time"))
        after.pop("cmi.session_time", None)
        leaving = after.pop("cmi.exit", "")
    return SessionEnd(
        state=after,
        exit=leaving,
        navigation=None if navigation == "_none_" else navigation,
        suspended=leaving == "suspend" or navigation == "suspendAll",
        leaves_all=leaving in ("time-out", "logout"),
    )


def _judge_lesson_status(state: dict[str, str], leaving: str, finished: bool) -> None:
    """
    Set lesson_status as LMSFinish demands. [RTE 1.2 3.4.4, Conformance Requirements 1.2 2.3]

    A SCO that never set it is browsed or completed, unless it will be back. Then, unless the SCO itself said
    incomplete, a mastery score decides where there is a raw score and credit.
    """
    name = "cmi.core.lesson_status"
    if not finished or (name not in state and leaving == "suspend"):
        return
    browsing = state.get("cmi.core.lesson_mode", "normal") == "browse"
    status = state.setdefault(name, "browsed" if browsing else COMPLETED)
    mastery, raw = _number(state, "cmi.student_data.mastery_score"), _number(state, "cmi.core.score.raw")
    has_credit = state.get("cmi.core.credit", "credit") == "credit"
    if status != INCOMPLETE and has_credit and mastery is not None and raw is not None:
        state[name] = PASSED if raw >= mastery else FAILED
