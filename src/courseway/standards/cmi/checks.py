"""
Judging one value against a format, or a response against the structure of its interaction type. Pure.

Not here: which element has which format, and the rules between elements (model.py). The player holds the same checks
in frontend/player/src/cmi/checks.ts; tests/standards/cmi runs the same cases through both.
"""

import re
from dataclasses import dataclass
from functools import lru_cache

from courseway.standards.cmi.elements import Fault, Format, Response
from courseway.standards.cmi.languages import LANGUAGES

_LANGUAGE_TAG = r"([A-Za-z]{2,3}|[iIxX](?=-))(?:-[A-Za-z0-9]{1,8})*"
_LOCALIZED = re.compile(r"\{lang=([^}]*)\}")
_PRIVATE = ("i", "x")


@dataclass(frozen=True)
class Checked:
    """The verdict on a value, and the value as it is kept (cut at its limit)."""

    fault: Fault
    value: str


@lru_cache(maxsize=256)
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern)


def matches(pattern: str, value: str) -> bool:
    """Tell whether the whole value matches the pattern."""
    return _compiled(pattern).fullmatch(value) is not None


def is_language(tag: str) -> bool:
    """Tell whether a tag opens with an ISO 639 code, i or x, followed by well-formed subtags. [RTE 4.1.1.6]"""
    found = _compiled(_LANGUAGE_TAG).fullmatch(tag)
    return found is not None and (found[1].lower() in LANGUAGES or found[1].lower() in _PRIVATE)


def text_start(value: str) -> int | None:
    """Return where the text of a localized string starts, None when it opens with a bad language. [RTE 4.1.1.4]"""
    if not value.startswith("{lang="):
        return 0
    found = _LOCALIZED.match(value)
    return found.end() if found is not None and is_language(found[1]) else None


def check_value(form: Format, value: str) -> Checked:
    """Judge a value: words, pattern, language, range, length, in this order."""
    if value in form.words:
        return Checked(Fault.NONE, value)
    if not _well_formed(form, value):
        return Checked(Fault.TYPE, value)
    if (form.low is not None and float(value) < form.low) or (form.high is not None and float(value) > form.high):
        return Checked(Fault.RANGE, value)
    start = text_start(value) if form.localized else 0
    if start is None:
        return Checked(Fault.TYPE, value)
    if form.limit and len(value) - start > form.limit:
        return Checked(Fault.NONE, value[: start + form.limit]) if form.cut else Checked(Fault.TYPE, value)
    return Checked(Fault.NONE, value)


def _well_formed(form: Format, value: str) -> bool:
    if form.language:
        return is_language(value)
    if form.pattern:
        return matches(form.pattern, value)
    return not form.words


def check_response(shape: Response, value: str) -> bool:
    """Tell whether a response, or a pattern of a correct one, is built as its interaction type demands. [RTE 4.2.9.1]"""
    if value == "" and shape.blank:
        return True
    body = _without_marks(shape.marks, value)
    if body is None:
        return False
    items = body.split(shape.between) if shape.between else [body]
    if shape.distinct and len(set(items)) < len(items):
        return False
    return all(_good_item(shape, item) for item in items)


def _without_marks(marks: tuple[str, ...], value: str) -> str | None:
    left = list(marks)
    while True:
        mark = next((name for name in left if value.startswith("{" + name + "=")), None)
        if mark is None:
            break
        end = value.find("}")
        if value[len(mark) + 2 : end] not in ("true", "false"):
            return None
        left.remove(mark)
        value = value[end + 1 :]
    return None if any(value.startswith("{" + name + "=") for name in marks) else value


def _good_item(shape: Response, item: str) -> bool:
    if shape.localized:
        start = text_start(item)
        return start is not None and matches(shape.item, item[start:])
    if not shape.within:
        return matches(shape.item, item)
    parts = item.split(shape.within)
    if len(parts) != 2 or parts == ["", ""]:
        return False
    if not (matches(shape.item, parts[0]) and matches(shape.second, parts[1])):
        return False
    return not (shape.ascending and parts[0] and parts[1] and float(parts[0]) > float(parts[1]))
