"""
What a registration's page shows, made of what the learning room knows. Pure.

What lives here: one line for each call of a launch; answers learners gave; the words of statements.
"""

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from courseway.console.formats import say_duration, say_score
from courseway.learning import ActivityView, LoggedCall
from courseway.standards.cmi import explain_error

FAILED_FIRST, FAILED_ONLY = "errors", "failed"
METHODS = ("Initialize", "GetValue", "SetValue", "Commit", "Terminate", "Finish")


@dataclass(frozen=True)
class CallLine:
    """
    One line of a call log, in words.

    `begins` is the activity's identifier where calls of another delivery begin, "" elsewhere. `time` is since the delivery,
    `moment` the exact one as far as it is known. `code`, `text` and `wrong` say what was answered with an error, or
    what the server did not take (`refused`).
    """

    begins: str
    delivery: int
    time: str
    moment: str
    method: str
    element: str
    value: str
    result: str
    code: str
    text: str
    wrong: str
    refused: bool

    @property
    def failed(self) -> bool:
        """Tell whether something went wrong here."""
        return self.refused or bool(self.code)

    @property
    def copied(self) -> str:
        """Return the call as somebody would write it."""
        if self.refused:
            return f"{self.element} = {self.value}"
        arguments = [self.element] if self.element or not self.method.endswith("Value") else []
        arguments += [self.value] if self.method.endswith("SetValue") else []
        answered = f"  // {self.result!r}" + (f", error {self.code}" if self.code else "")
        return f"{self.method}({', '.join(json.dumps(one, ensure_ascii=False) for one in arguments)}){answered}"


def say_calls(calls: Iterable[LoggedCall], standard: str) -> list[CallLine]:
    """Put a call log into words, in the order given."""
    lines: list[CallLine] = []
    for call in calls:
        begins = not lines or lines[-1].delivery != call.delivery
        lines.append(_line(call, standard, call.activity_id if begins else ""))
    return lines


def _line(logged: LoggedCall, standard: str, begins: str) -> CallLine:
    at, *rest = [*logged.call, *([""] * 6)][:6]
    method, element, value, result, error = ("" if part is None else str(part) for part in rest)
    code = error if error not in ("", "0", "None") else ""
    if logged.refused:
        text, wrong, result = "Refused by the server", result, ""
    else:
        text, wrong = explain_error(standard, method, element, value, code) if code else ("", "")
    seconds = float(at) / 1000 if isinstance(at, int | float) else None
    return CallLine(
        begins=begins, delivery=logged.delivery, time=_say_seconds(seconds), moment=_say_moment(logged, seconds),
        method=method, element=element, value=value, result=result, code=code, text=text, wrong=wrong,
        refused=logged.refused,
    )  # fmt: skip


def _say_seconds(seconds: float | None) -> str:
    if seconds is None:
        return ""
    return f"{seconds:.2f} s" if seconds < 60 else say_duration(seconds)


def _say_moment(logged: LoggedCall, seconds: float | None) -> str:
    if logged.delivered_at is None or seconds is None or not 0 <= seconds < 10_000_000:
        return f"received {logged.received_at:%Y-%m-%d %H:%M:%S} UTC"
    moment = logged.delivered_at + timedelta(seconds=seconds)
    return f"{moment:%Y-%m-%d %H:%M:%S}.{moment.microsecond // 10_000:02} UTC"


@dataclass(frozen=True)
class Answer:
    """One answer a learner gave."""

    activity: str
    id: str
    kind: str
    question: str
    response: str
    correct: str
    result: str
    latency: str


def list_answers(activities: Iterable[ActivityView]) -> list[Answer]:
    """List the interactions of every activity, in order."""
    return [_answer(activity, one) for activity in activities for one in activity.interactions]


def _answer(activity: ActivityView, one: Mapping[str, Any]) -> Answer:
    number = one.get("number")
    words = {True: "correct", False: "incorrect", None: "" if number is None else str(number)}
    return Answer(
        activity=activity.title or activity.id,
        id=str(one.get("id") or ""),
        kind=str(one.get("type") or ""),
        question=str(one.get("description") or ""),
        response=_say_pattern(one.get("response")),
        correct=" or ".join(_say_pattern(pattern) for pattern in one.get("correct") or ()),
        result=words[one.get("right")],
        latency=_say_latency(str(one.get("latency") or "")),
    )


def _say_pattern(text: Any) -> str:
    """Put the delimiters of SCORM 2004 into words: `a[,]b` is "a, b", `a[.]b` is "a → b"."""
    plain = re.sub(r"^(\{(case_matters|order_matters|lang)=[^}]*\})+", "", str(text or ""))
    return plain.replace("[,]", ", ").replace("[.]", " → ").replace("[:]", " to ")


def _say_latency(text: str) -> str:
    found = re.fullmatch(r"PT(?:(\d+)H)?(?:(\d+)M)?(?:([\d.]+)S)?", text)
    if found is None or not any(found.groups()):
        return text
    hours, minutes, seconds = (float(part or 0) for part in found.groups())
    return say_duration(hours * 3600 + minutes * 60 + seconds)


@dataclass(frozen=True)
class ObjectiveLine:
    """How far a learner is with one objective of an activity."""

    id: str
    completion: str
    success: str
    score: str


def list_objectives(activity: ActivityView) -> list[ObjectiveLine]:
    """List the objectives an activity reported."""
    return [_objective(one) for one in activity.objectives]


def _objective(one: Mapping[str, Any]) -> ObjectiveLine:
    score = one.get("score") or {}
    said = say_score(score.get("scaled"), score.get("raw"))
    return ObjectiveLine(str(one.get("id", "")), str(one.get("completion", "")), str(one.get("success", "")), said)


@dataclass(frozen=True)
class StatementLine:
    """A statement in words: who did what with what, and what came of it."""

    actor: str
    verb: str
    object: str
    result: str


def say_statement(statement: Mapping[str, Any]) -> StatementLine:
    """Put a statement into words."""
    actor, verb, thing = statement.get("actor") or {}, statement.get("verb") or {}, statement.get("object") or {}
    account = actor.get("account") or {}
    name = actor.get("name") or str(actor.get("mbox", "")).removeprefix("mailto:") or account.get("name") or "somebody"
    definition = thing.get("definition") or {}
    said = (
        _first_word(definition.get("name")) or thing.get("name") or _last_part(str(thing.get("id", ""))) or "something"
    )
    return StatementLine(
        str(name),
        _first_word(verb.get("display")) or _last_part(verb.get("id", "")),
        str(said),
        _say_result(statement.get("result") or {}),
    )


def _say_result(result: Mapping[str, Any]) -> str:
    parts = []
    score = result.get("score") or {}
    if isinstance(score.get("scaled"), int | float):
        parts.append(f"{100 * score['scaled']:.0f} %")
    elif score.get("raw") is not None:
        parts.append(f"score {score['raw']}")
    if result.get("success") is not None:
        parts.append("passed" if result["success"] else "failed")
    if result.get("completion"):
        parts.append("completed")
    if result.get("response"):
        parts.append(f"answered {str(result['response'])[:60]}")
    return ", ".join(parts)


def _first_word(words: Any) -> str:
    if not isinstance(words, Mapping) or not words:
        return ""
    for language in ("en", "en-US", "en-GB"):
        if language in words:
            return str(words[language])
    return str(next(iter(words.values())))


def _last_part(iri: str) -> str:
    return iri.rstrip("/#").rsplit("/", 1)[-1] or iri


def say_agent(text: str) -> dict[str, Any] | None:
    """Read who is meant by what was typed: an e-mail address, or an account as `name` or `name @ home page`."""
    typed = text.strip()
    if not typed:
        return None
    if "@" in typed and " " not in typed and "://" not in typed:
        return {"mbox": f"mailto:{typed}"}
    name, at, home = typed.partition(" @ ")
    return {"account": {"homePage": home.strip() if at else "", "name": name.strip()}}


def read_day(text: str) -> datetime | None:
    """Read a date of a filter; None when there is none or it cannot be read."""
    try:
        return datetime.fromisoformat(f"{text.strip()}T00:00:00+00:00") if text.strip() else None
    except ValueError:
        return None
