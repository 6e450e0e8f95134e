"""
The golden tables: every element of a data model with the codes the books demand, one line each, checked by hand.

A line of `elements`: name · what reading answers in a fresh session · the code of setting before anything else is set ·
a good value · its code once the entry is prepared · what reading answers then · bad values with their codes · the codes
of reading _children, _count and _version · the code of setting each of the three. A line of `groups`: name · the code of
reading and of setting the bare name · what the three keywords read · the codes of setting them.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

KEYWORDS = ("_children", "_count", "_version")
PREPARE = {
    "scorm12": [("cmi.objectives.0.id", "a"), ("cmi.interactions.0.id", "q"), ("cmi.interactions.0.type", "choice")],
    "scorm2004": [
        ("cmi.objectives.0.id", "a"),
        ("cmi.interactions.0.id", "q"),
        ("cmi.interactions.0.type", "choice"),
    ],
}
GIVEN = {
    "scorm12": {},
    "scorm2004": {"adl.data.0.id": "t", "cmi.comments_from_lms.0.comment": "Hello"},
}


def read_golden(standard: str) -> dict[str, list[list[Any]]]:
    """Return the golden table of a standard."""
    path = Path(__file__).parent / f"golden_{standard}.json"
    return json.loads(path.read_text(encoding="utf-8"))  # type: ignore[no-any-return]


def golden_cases(standard: str) -> Iterator[dict[str, Any]]:
    """Write a golden table out as cases of calls, one a line of the table."""
    golden, prefix = read_golden(standard), "LMS" if standard == "scorm12" else ""
    for line in golden["elements"]:
        calls = list(_element_calls(prefix, standard, *line))
        yield {"name": line[0], "standard": standard, "values": GIVEN[standard], "calls": calls}
    for line in golden["groups"]:
        calls = list(_group_calls(prefix, *line))
        yield {"name": line[0], "standard": standard, "values": GIVEN[standard], "calls": calls}


def _element_calls(
    prefix: str,
    standard: str,
    name: str,
    fresh: list[str],
    early: str,
    good: str,
    late: str,
    then: list[str],
    bad: dict[str, str],
    reads: str,
    sets: str,
) -> Iterator[list[str]]:
    get, put = f"{prefix}GetValue", f"{prefix}SetValue"
    yield [f"{prefix}Initialize", "", "true", "0"]
    yield [get, name, *fresh]
    yield _set(put, name, good, early)
    for element, value in PREPARE[standard]:
        if element != name:
            yield [put, element, value, "true", "0"]
    yield _set(put, name, good, late)
    yield [get, name, *then]
    for value, code in bad.items():
        yield _set(put, name, value, code)
    yield [get, name, *then]
    for keyword, read, written in zip(KEYWORDS, reads.split(), sets.split(), strict=True):
        yield [get, f"{name}.{keyword}", "", read]
        yield _set(put, f"{name}.{keyword}", "1", written)


def _group_calls(
    prefix: str, name: str, read: str, written: str, keywords: list[list[str]], sets: str
) -> Iterator[list[str]]:
    get, put = f"{prefix}GetValue", f"{prefix}SetValue"
    yield [f"{prefix}Initialize", "", "true", "0"]
    yield [get, name, "", read]
    yield _set(put, name, "x", written)
    for keyword, answer, code in zip(KEYWORDS, keywords, sets.split(), strict=True):
        yield [get, f"{name}.{keyword}", *answer]
        yield _set(put, f"{name}.{keyword}", "1", code)


def _set(method: str, name: str, value: str, code: str) -> list[str]:
    return [method, name, value, "true" if code == "0" else "false", code]
