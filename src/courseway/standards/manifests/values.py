"""
Reading typed values out of attributes and texts, with a warning and the default where they are wrong.

Here: booleans, numbers, words of a vocabulary, durations, identifiers. Not here: which element has which.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeVar
from urllib.parse import unquote

from courseway.standards.issues import Findings
from courseway.standards.manifests.rules.clauses import clause_2004, written_name
from courseway.standards.manifests.xml import Document, Element, attribute

Word = TypeVar("Word", bound=StrEnum)

_TRUE, _FALSE = frozenset({"true", "1", "yes"}), frozenset({"false", "0", "no"})
_NUMBER = re.compile(r"[+-]?(?:\d{1,12}(?:\.\d*)?|\.\d+)")
_ISO_DURATION = re.compile(
    r"P(?=.)(?:(\d{1,6})Y)?(?:(\d{1,6})M)?(?:(\d{1,6})D)?"
    r"(?:T(?=.)(?:(\d{1,9})H)?(?:(\d{1,9})M)?(?:(\d{1,9}(?:\.\d{1,6})?)S)?)?"
)
_DURATION_SECONDS = (365 * 86400.0, 30 * 86400.0, 86400.0, 3600.0, 60.0, 1.0)
_TIMESPAN = re.compile(r"\d{2,4}:\d{2}:\d{2}(?:\.\d{1,2})?")


@dataclass(frozen=True, slots=True)
class Values:
    """Reads values of one SCORM 2004 document; what is wrong is found under the clause of its element."""

    document: Document
    findings: Findings

    def boolean(self, element: Element | None, name: str, default: bool) -> bool:
        """Read a boolean attribute."""
        text = self._text(element, name)
        if element is None or text is None:
            return default
        if text.lower() in _TRUE:
            return True
        if text.lower() in _FALSE:
            return False
        self._wrong(element, name, text, "true or false", str(default).lower())
        return default

    def number(
        self, element: Element | None, name: str, default: float, low: float = -1e12, high: float = 1e12
    ) -> float:
        """Read a number within bounds from an attribute."""
        text = self._text(element, name)
        if element is None or text is None:
            return default
        value = parse_number(text)
        if value is None or not low <= value <= high:
            self._wrong(element, name, text, f"a number from {low:g} to {high:g}", f"{default:g}")
            return default
        return value

    def whole(self, element: Element | None, name: str, default: int | None) -> int | None:
        """Read a whole number, 0 or greater, from an attribute."""
        text = self._text(element, name)
        if element is None or text is None:
            return default
        if not text.isascii() or not text.isdigit() or len(text) > 9:
            self._wrong(element, name, text, "a whole number", "none" if default is None else str(default))
            return default
        return int(text)

    def word(self, element: Element | None, name: str, words: type[Word], default: Word | None) -> Word | None:
        """Read a word of a vocabulary from an attribute; its case does not matter."""
        text = self._text(element, name)
        if element is None or text is None:
            return default
        found = known_word(text, words)
        if found is not None:
            return found
        self._wrong(element, name, text, "one of " + ", ".join(words), default.value if default else "nothing")
        return default

    def duration(self, element: Element | None, name: str) -> float | None:
        """Read an ISO 8601 duration from an attribute, in seconds; None when there is none."""
        text = self._text(element, name)
        if element is None or not text:
            return None
        seconds = iso_duration_seconds(text)
        if seconds is None:
            self._wrong(element, name, text, "a duration like PT1H30M", "no limit")
        return seconds

    def _text(self, element: Element | None, name: str) -> str | None:
        value = attribute(element, name) if element is not None else None
        return value.strip() if value is not None else None

    def _wrong(self, element: Element, name: str, text: str, expected: str, used: str) -> None:
        written = written_name(element)
        self.findings.warn(
            "manifest.invalid_value",
            f'{name} of <{written}> is "{text[:60]}" but must be {expected}; {used} was used.',
            self.document.where(element),
            clause_2004(written),
            f"Write {expected}.",
        )


def known_word(text: str | None, words: Iterable[Word]) -> Word | None:
    """Return the word of a vocabulary a text is, whatever its case; None when it is none of them."""
    wanted = (text or "").strip().lower()
    return next((word for word in words if word.value.lower() == wanted), None)


def parse_number(text: str) -> float | None:
    """Return a plain decimal number, None for anything else."""
    return float(text) if _NUMBER.fullmatch(text) else None


def iso_duration_seconds(text: str) -> float | None:
    """Return the length of an ISO 8601 duration in seconds, years of 365 and months of 30 days; None if malformed."""
    match = _ISO_DURATION.fullmatch(text)
    if match is None:
        return None
    return sum(float(part) * unit for part, unit in zip(match.groups(), _DURATION_SECONDS, strict=True) if part)


def is_timespan(text: str) -> bool:
    """Say whether a text is a time span as SCORM 1.2 writes it: HHHH:MM:SS.SS. [SCORM 1.2 RTE 3.4.3, CMITimespan]"""
    return _TIMESPAN.fullmatch(text) is not None


def uri(text: str | None) -> str:
    """Return an objective's or data store's identifier in its one form: percent-decoded, white space collapsed."""
    return " ".join(unquote(text or "").split())
