"""
What happened in a SCORM course as xAPI statements, after ADL's SCORM profile (https://w3id.org/xapi/scorm).

The shapes are stable. Every statement has an actor with an account, a verb of ADL's vocabulary, the activity as its
object, `context.registration`, the course among `contextActivities.grouping` (and as `parent` of its items), and the
profile as category. In order: initialized or resumed · responded, one for each interaction · scored · passed or failed ·
completed · suspended or terminated.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any
from urllib.parse import quote
from uuid import UUID

import msgspec

from courseway.standards.xapi.interactions import Interaction

Statement = dict[str, Any]

PROFILE = "https://w3id.org/xapi/scorm"
_ACTIVITY_TYPES = "http://adlnet.gov/expapi/activities/"
_VERBS = "http://adlnet.gov/expapi/verbs/"
_MOST_TEXT = 4000


class Verb(StrEnum):
    """The verbs used, each with its word in English."""

    INITIALIZED = "initialized"
    RESUMED = "resumed"
    RESPONDED = "responded"
    SCORED = "scored"
    PASSED = "passed"
    FAILED = "failed"
    COMPLETED = "completed"
    SUSPENDED = "suspended"
    TERMINATED = "terminated"


class Score(msgspec.Struct, frozen=True):
    """A score; None was not reported."""

    scaled: float | None = None
    raw: float | None = None
    min: float | None = None
    max: float | None = None


class Place(msgspec.Struct, frozen=True):
    """
    Who, in which registration, where in which course.

    `course_iri` and `activity_iri` are equal when the course is a single activity. `home_page` owns `learner_id`.
    """

    home_page: str
    learner_id: str
    learner_name: str
    registration: UUID
    course_iri: str
    course_title: str
    activity_iri: str
    activity_title: str
    language: str = "und"
    platform: str = "Courseway"


class Change(msgspec.Struct, frozen=True):
    """
    What one commit changed; only what is news.

    `begun` and `ended` are INITIALIZED or RESUMED, SUSPENDED or TERMINATED. `score` is given when it changed,
    `completed` when it became so, `passed` when success became known or turned.
    """

    begun: Verb | None = None
    interactions: tuple[Interaction, ...] = ()
    score: Score | None = None
    passed: bool | None = None
    completed: bool = False
    ended: Verb | None = None
    duration_seconds: float | None = None


def count_statements(change: Change) -> int:
    """Say how many statements, and so how many ids, a change needs."""
    return sum(1 for _ in _planned(change))


def statements_for(place: Place, change: Change, ids: Sequence[UUID], at: datetime) -> tuple[Statement, ...]:
    """
    Write the statements of one change. [SCORM profile; xAPI Data 2]

    `ids` has one id for each statement (`count_statements`), `at` is when it happened, in UTC.
    """
    around = _context(place)
    actor = _actor(place)
    moment = at.isoformat(timespec="milliseconds").replace("+00:00", "Z")
    found = []
    for identifier, (verb, target, result) in zip(ids, _planned(change), strict=True):
        asked = target is not None
        statement: Statement = {
            "id": str(identifier),
            "actor": actor,
            "verb": {"id": _VERBS + verb.value, "display": {"en": verb.value}},
            "object": _question(place, target) if target is not None else _activity(place),
            "context": _within(around, place) if asked else around,
            "timestamp": moment,
        }
        if result:
            statement["result"] = result
        found.append(statement)
    return tuple(found)


def activity_iri(course_iri: str, activity: str, *, single: bool) -> str:
    """Return the identifier of an item; a course of one activity is that activity."""
    return course_iri if single else f"{course_iri}/items/{quote(activity, safe='')}"


def _planned(change: Change) -> Iterator[tuple[Verb, Interaction | None, dict[str, Any]]]:
    if change.begun is not None:
        yield change.begun, None, {}
    for one in change.interactions:
        yield Verb.RESPONDED, one, _answer(one)
    score = _score(change.score)
    if score:
        yield Verb.SCORED, None, {"score": score}
    scored = {"score": score} if score else {}
    if change.passed is not None:
        yield Verb.PASSED if change.passed else Verb.FAILED, None, {"success": change.passed, **scored}
    if change.completed:
        yield Verb.COMPLETED, None, {"completion": True}
    if change.ended is not None:
        spent = change.duration_seconds
        yield change.ended, None, {"duration": f"PT{spent:.2f}S"} if spent is not None else {}


def _actor(place: Place) -> dict[str, Any]:
    actor: dict[str, Any] = {
        "objectType": "Agent",
        "account": {"homePage": place.home_page, "name": place.learner_id},
    }
    if place.learner_name:
        actor["name"] = place.learner_name
    return actor


def _activity(place: Place) -> dict[str, Any]:
    single = place.activity_iri == place.course_iri
    kind = "course" if single else "lesson"
    return _described(place.activity_iri, kind, place.activity_title or place.course_title, place.language)


def _described(iri: str, kind: str, title: str, language: str) -> dict[str, Any]:
    return {
        "objectType": "Activity",
        "id": iri,
        "definition": {"type": _ACTIVITY_TYPES + kind, "name": {language: title}},
    }


def _context(place: Place) -> dict[str, Any]:
    course = _described(place.course_iri, "course", place.course_title, place.language)
    activities: dict[str, Any] = {"grouping": [course], "category": [{"objectType": "Activity", "id": PROFILE}]}
    if place.activity_iri != place.course_iri:
        activities["parent"] = [course]
    return {"registration": str(place.registration), "contextActivities": activities, "platform": place.platform}


def _within(around: dict[str, Any], place: Place) -> dict[str, Any]:
    return {**around, "contextActivities": {**around["contextActivities"], "parent": [_activity(place)]}}


def _question(place: Place, one: Interaction) -> dict[str, Any]:
    definition: dict[str, Any] = {"type": _ACTIVITY_TYPES + "cmi.interaction", "interactionType": one.type}
    if one.description:
        definition["description"] = {place.language: one.description[:_MOST_TEXT]}
    if one.correct:
        definition["correctResponsesPattern"] = [pattern[:_MOST_TEXT] for pattern in one.correct]
    identifier = f"{place.activity_iri}/interactions/{quote(one.id, safe='')}"
    return {"objectType": "Activity", "id": identifier, "definition": definition}


def _answer(one: Interaction) -> dict[str, Any]:
    result: dict[str, Any] = {}
    if one.response is not None:
        result["response"] = one.response[:_MOST_TEXT]
    if one.right is not None:
        result["success"] = one.right
    if one.number is not None:
        result["score"] = {"raw": one.number}
    if one.latency:
        result["duration"] = one.latency
    return result


def _score(score: Score | None) -> dict[str, float]:
    """Write a score that is valid: scaled within -1 and 1, and bounds only where they are bounds. [xAPI Data 2.4.5.1]"""
    if score is None:
        return {}
    found: dict[str, float] = {}
    if score.scaled is not None and -1 <= score.scaled <= 1:
        found["scaled"] = score.scaled
    if score.raw is not None:
        found["raw"] = score.raw
    if (
        score.min is not None
        and score.max is not None
        and score.min < score.max
        and (score.raw is None or score.min <= score.raw <= score.max)
    ):
        found["min"], found["max"] = score.min, score.max
    return found
