"""
How values are said on pages: sizes, durations, numbers, scores, one-word states. Pure.

Not here: markup. A template gets plain text from these and decides how it looks.
"""

import json
from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from courseway.console.browsers import say_browser
from courseway.standards.manifests.structure import CourseStructure

STANDARDS = {"scorm12": "SCORM 1.2", "scorm2004": "SCORM 2004", "aicc": "AICC", "cmi5": "cmi5", "tincan": "Tin Can"}
EDITIONS = {"2004-2": "2nd edition", "2004-3": "3rd edition", "2004-4": "4th edition"}
TESTER = "tester:"  # how the ids of operators begin that test a course as a learner
GOOD, WARN, BAD, BUSY, IDLE = "good", "warn", "bad", "busy", "idle"
TONES = {
    "completed": GOOD,
    "passed": GOOD,
    "ready": GOOD,
    "active": GOOD,
    "open": GOOD,
    "taken": GOOD,
    "done": GOOD,
    "incomplete": BUSY,
    "checking": BUSY,
    "unpacking": BUSY,
    "receiving": BUSY,
    "queued": BUSY,
    "running": BUSY,
    "scheduled": BUSY,
    "waiting": WARN,
    "full": WARN,
    "closed": WARN,
    "behind": WARN,
    "nearly full": WARN,
    "expires soon": WARN,
    "failed": BAD,
    "refused": BAD,
    "expired": BAD,
    "error": BAD,
    "revoked": BAD,
}


def organization_choices(structure: CourseStructure, chosen: str = "") -> list[tuple[str, str]]:
    """
    Return the organizations of a course to choose from, as (value, label); none when there is only one.

    "" stands for the default. One that was `chosen` and is not there any more is offered too, so that it is not lost unseen.
    """
    usual = structure.organization
    labels = [(one.identifier, one.title or one.identifier) for one in structure.organizations]
    choices = [("", f"{title} (default)") if name == usual.identifier else (name, title) for name, title in labels]
    if chosen and structure.find_organization(chosen) is None:
        return [*choices, (chosen, f"{chosen} (not in this version: its default is played)")]
    return choices if len(choices) > 1 else []


def say_size(size_bytes: int | None) -> str:
    """Say a size with its unit: `5.1 MB`."""
    if size_bytes is None:
        return "–"
    if size_bytes < 1024:
        return f"{size_bytes} B"
    value, units = size_bytes / 1024, ["kB", "MB", "GB", "TB"]
    while value >= 1000 and len(units) > 1:
        value, units = value / 1024, units[1:]
    return f"{value:.1f} {units[0]}" if value < 10 else f"{value:.0f} {units[0]}"


def say_duration(seconds: float | None) -> str:
    """Say a duration in its two largest units: `1 h 20 min`."""
    if seconds is None:
        return "–"
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60} s" if whole % 60 else f"{whole // 60} min"
    if whole < 86_400:
        return f"{whole // 3600} h {whole % 3600 // 60} min" if whole % 3600 // 60 else f"{whole // 3600} h"
    return f"{whole // 86_400} d {whole % 86_400 // 3600} h"


def say_number(value: float | None) -> str:
    """Say a number with thin groups of thousands; `–` when there is none."""
    if value is None:
        return "–"
    if isinstance(value, float) and not value.is_integer():
        return f"{value:,.2f}".replace(",", "\u202f").rstrip("0").rstrip(".")
    return f"{int(value):,}".replace(",", "\u202f")


def say_percent(part: float | None, whole: float | None = 1.0) -> str:
    """Say a share in whole percent; `–` when there is nothing to share."""
    if part is None or not whole:
        return "–"
    return f"{100 * part / whole:.0f} %"


def say_score(scaled: float | None, raw: float | None = None) -> str:
    """Say a score: in percent when it was scaled, as reported otherwise."""
    if scaled is not None:
        return say_percent(scaled)
    return "–" if raw is None else say_number(float(raw))


def say_standard(standard: str, edition: str = "") -> str:
    """Name a standard with its edition: `SCORM 2004 3rd edition`."""
    name = STANDARDS.get(standard, standard)
    return f"{name} {EDITIONS[edition]}" if edition in EDITIONS else name


def say_moment(moment: datetime | None) -> str:
    """Say a moment exactly, in UTC: what readers without script see."""
    return "never" if moment is None else f"{moment:%Y-%m-%d %H:%M} UTC"


def tone_of(word: str) -> str:
    """Return how a state's word is coloured."""
    return TONES.get(str(word), IDLE)


def short_id(value: object) -> str:
    """Return the part of an id that tells two of them apart: version 7 ids share their beginning."""
    text = str(value)
    return f"…{text[-8:]}" if len(text) > 12 else text


def count_of(number: int, one: str, many: str = "") -> str:
    """Say a number with the right form of its word."""
    return f"{say_number(number)} {one if number == 1 else many or one + 's'}"


def pretty(value: Any) -> str:
    """Render a value as readable JSON."""
    return json.dumps(msgspec.to_builtins(value), indent=2, ensure_ascii=False)


def initials(name: str) -> str:
    """Return one or two letters for a round mark."""
    words = [word for word in name.replace("@", " ").replace(".", " ").split() if word[:1].isalnum()]
    letters = "".join(word[0] for word in (words[:1] + words[1:][-1:] if len(words) > 1 else words))
    return (letters or "?").upper()[:2]


def as_uuid(text: str) -> UUID | None:
    """Read an id; None when the text is not one."""
    try:
        return UUID(text)
    except ValueError:
        return None


def say_list(words: Iterable[str]) -> str:
    """Join words with commas."""
    return ", ".join(words)


def say_action(action: str) -> str:
    """Turn a dotted action into words: `course.imported` becomes `Course imported`."""
    text = action.replace(".", " ").replace("_", " ").strip()
    return first_up(text)


def first_up(text: str) -> str:
    """Begin a word with a capital and leave the rest alone."""
    return text[:1].upper() + text[1:]


def is_tester(external_id: str) -> bool:
    """Tell whether a learner is an operator who tested a course."""
    return external_id.startswith(TESTER)


FILTERS = {
    "first_up": first_up,
    "size": say_size,
    "duration": say_duration,
    "number": say_number,
    "percent": say_percent,
    "standard": say_standard,
    "moment": say_moment,
    "tone": tone_of,
    "short_id": short_id,
    "pretty": pretty,
    "initials": initials,
    "action_words": say_action,
    "browser": say_browser,
}
FUNCTIONS = {"say_score": say_score, "say_percent": say_percent, "count_of": count_of, "is_tester": is_tester}
