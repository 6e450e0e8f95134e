"""
One entry of `cmi.interactions` as an xAPI interaction: SCORM 2004's patterns are xAPI's, SCORM 1.2's are translated.

[SCORM 1.2 RTE 3.4.7, SCORM 2004 RTE 4.2.9, xAPI Data 2.4.4.1]
"""

import re
from collections.abc import Mapping

import msgspec

_TYPES = {
    "true-false", "choice", "fill-in", "long-fill-in", "matching", "performance", "sequencing", "likert", "numeric", "other",
}  # fmt: skip
_RIGHT = {"correct": True, "incorrect": False, "wrong": False}
_CLOCK = re.compile(r"(\d{2,4}):(\d{2}):(\d{2}(?:\.\d{1,2})?)")
_TRUTH = {"t": "true", "1": "true", "true": "true", "f": "false", "0": "false", "false": "false"}
_MOST_PATTERNS = 50


class Interaction(msgspec.Struct, frozen=True):
    """What a learner answered to one question; None and "" were not reported. `latency` is an ISO 8601 duration."""

    id: str
    type: str = "other"
    description: str = ""
    response: str | None = None
    right: bool | None = None
    number: float | None = None
    """The result when the content gave a number instead of a word."""
    correct: tuple[str, ...] = ()
    latency: str | None = None


def read_interaction(values: Mapping[str, str], index: int, *, scorm12: bool) -> Interaction | None:
    """Read one interaction from flat run-time data; None without an identifier to name it by."""
    at = f"cmi.interactions.{index}."
    identifier = values.get(at + "id", "")
    if not identifier:
        return None
    kind = values.get(at + "type", "other")
    kind = kind if kind in _TYPES else "other"
    response = values.get(at + ("student_response" if scorm12 else "learner_response"))
    correct = tuple(_patterns(values, at))
    result, latency = values.get(at + "result", ""), values.get(at + "latency")
    if scorm12:
        response = _translate(kind, response) if response is not None else None
        correct = tuple(_translate(kind, one) for one in correct)
        latency = _duration(latency) if latency else None
    return Interaction(
        identifier,
        kind,
        values.get(at + "description", ""),
        response,
        _RIGHT.get(result),
        _number(result),
        correct,
        latency or None,
    )


def _patterns(values: Mapping[str, str], at: str) -> list[str]:
    found: list[str] = []
    while (
        len(found) < _MOST_PATTERNS and (one := values.get(f"{at}correct_responses.{len(found)}.pattern")) is not None
    ):
        found.append(one)
    return found


def _translate(kind: str, text: str) -> str:
    """Write a SCORM 1.2 response or pattern the way SCORM 2004 and xAPI do."""
    if kind == "true-false":
        return _TRUTH.get(text.strip().lower(), text)
    if kind in ("choice", "sequencing"):
        return "[,]".join(part.strip() for part in text.strip("{}").split(","))
    if kind == "matching":
        pairs = (part.strip() for part in text.strip("{}").split(","))
        return "[,]".join("[.]".join(pair.split(".", 1)) for pair in pairs)
    return text


def _duration(text: str) -> str | None:
    """Write a SCORM 1.2 time span as an ISO 8601 duration."""
    found = _CLOCK.fullmatch(text)
    if found is None:
        return None
    hours, minutes, seconds = int(found[1]), int(found[2]), float(found[3])
    return f"PT{hours}H{minutes}M{seconds:g}S"


def _number(text: str) -> float | None:
    try:
        return float(text) if text else None
    except ValueError:
        return None
