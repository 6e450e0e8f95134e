"""
What a registration's page shows, made of what the learning room knows. Pure.

What lives here: one line for each call of a launch, filtered; answers learners gave; the words of statements.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from courseway.console.formats import say_duration, say_score
from courseway.learning import ActivityView, CallView

FAILED_FIRST, OF_ELEMENT = "errors", "element"
NO_ERROR = {"", "0", "None"}


@dataclass(frozen=True)
class CallLine:
    """One call of the course: when (milliseconds since its activity was delivered), what, and what came of it."""

    activity: str
    delivery: int
    at_ms: float
    method: str
    element: str
    value: str
    result: str
    error: str

    @property
    def failed(self) -> bool:
        """Tell whether the course was told of an error."""
        return self.error not in NO_ERROR


def list_calls(commits: Iterable[CallView], *, element: str = "", errors_first: bool = False) -> list[CallLine]:
    """List the calls of commits in their order, those about an element only when one is named."""
    wanted = element.strip().lower()
    lines = [_line(commit, call) for commit in commits for call in commit.calls]
    kept = [line for line in lines if wanted in line.element.lower()] if wanted else lines
    return sorted(kept, key=lambda line: not line.failed) if errors_first else kept


def _line(commit: CallView, call: Sequence[Any]) -> CallLine:
    at, method, element, value, result, error = [*call, *([""] * 6)][:6]
    texts = ["" if part is None else str(part) for part in (method, element, value, result, error)]
    return CallLine(commit.activity_id, commit.delivery, float(at or 0), *texts)


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
