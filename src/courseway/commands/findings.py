"""
What was found in packages, as text for people and JSON for programs.

Here: one checked package, thresholds, and both renderings. Not here: SARIF (`sarif`) and finding anything.
"""

import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import click

from courseway import __version__
from courseway.commands.speech import printable
from courseway.standards.issues import Issue, Severity

THRESHOLDS = {"error": 0, "warning": 1, "note": 2}
LEVELS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "note"}
_COLOURS = {"error": "red", "warning": "yellow", "note": "blue"}
_EDITIONS = {
    "1.2": "SCORM 1.2",
    "2004-2": "SCORM 2004 2nd Edition",
    "2004-3": "SCORM 2004 3rd Edition",
    "2004-4": "SCORM 2004 4th Edition",
    "aicc": "AICC",
    "cmi5": "cmi5",
    "1.0": "Tin Can",
}
_PLACE = re.compile(r"(?P<file>.*?)(?::(?P<line>\d{1,9}))?", re.DOTALL)


@dataclass(frozen=True)
class Linted:
    """One package that was checked; without an edition it could not be read."""

    path: Path
    folder: bool
    edition: str
    title: str
    activities: int
    issues: tuple[Issue, ...]

    @property
    def standard(self) -> str:
        """Return the standard and edition in words."""
        return _EDITIONS.get(self.edition, "a package that could not be read")

    def without(self, codes: Iterable[str]) -> "Linted":
        """Return the same without the findings of some codes."""
        return replace(self, issues=tuple(issue for issue in self.issues if issue.code not in set(codes)))

    def from_level(self, threshold: str) -> "Linted":
        """Return the same with the findings at or above a threshold."""
        return replace(self, issues=tuple(issue for issue in self.issues if _rank(issue) <= THRESHOLDS[threshold]))

    def reaches(self, threshold: str) -> bool:
        """Say whether a finding is at or above a threshold."""
        return any(_rank(issue) <= THRESHOLDS[threshold] for issue in self.issues)

    def of(self, level: str) -> list[Issue]:
        """Return the findings of a level, in the order of the manifest."""
        return sorted(
            (issue for issue in self.issues if LEVELS[issue.severity] == level), key=lambda one: place_of(one)
        )


def place_of(issue: Issue) -> tuple[str, int]:
    """Return the file a finding is in and the line, 0 where it has none."""
    match = _PLACE.fullmatch(issue.where)
    return (match["file"], int(match["line"] or 0)) if match else (issue.where, 0)


def render_text(packages: Sequence[Linted]) -> str:
    """Render findings for people: a package a block, errors first, each with its place, clause and advice."""
    blocks = [_block(package) for package in packages]
    if len(packages) > 1:
        blocks.append(f"{len(packages)} packages: {count_line(packages)}")
    return "\n\n".join(blocks)


def render_json(packages: Sequence[Linted], *, failed: bool) -> str:
    """Render findings for programs."""
    body = {"tool": {"name": "courseway", "version": __version__}, "failed": failed}
    return dumped({**body, "packages": [_plain(one) for one in packages]})


def dumped(value: Any) -> str:
    """Return JSON that can be printed, whatever bytes the names of files are made of."""
    return json.dumps(value, indent=2, ensure_ascii=False).encode("utf-8", "backslashreplace").decode("utf-8")


def count_line(packages: Sequence[Linted]) -> str:
    """Return how many errors, warnings and notes there are."""
    counts = {level: sum(len(package.of(level)) for package in packages) for level in THRESHOLDS}
    return ", ".join(f"{count} {level}{'' if count == 1 else 's'}" for level, count in counts.items())


def _rank(issue: Issue) -> int:
    return THRESHOLDS[LEVELS[issue.severity]]


def _block(package: Linted) -> str:
    lines = [f"{click.style(printable(str(package.path)), bold=True)}: {_summary(package)}"]
    for level in THRESHOLDS:
        issues = package.of(level)
        if issues:
            lines += ["", click.style(f"  {level.capitalize()}s", fg=_COLOURS[level], bold=True)]
            lines += [line for issue in issues for line in _finding(package, issue)]
    return "\n".join([*lines, ""] if package.issues else lines).rstrip()


def _summary(package: Linted) -> str:
    things = "" if not package.edition else f', "{printable(package.title)}", {package.activities} to launch'
    return f"{package.standard}{things}; {count_line([package])}"


def _finding(package: Linted, issue: Issue) -> list[str]:
    where = printable(shown_place(package, issue))
    facts = " · ".join(part for part in (issue.code, issue.clause) if part)
    lines = [f"    {where}{': ' if where else ''}{printable(issue.message)}", f"      {facts}"]
    return [*lines, f"      {printable(issue.advice)}"] if issue.advice else lines


def shown_place(package: Linted, issue: Issue) -> str:
    """Return where a finding is, so that a terminal can open it when the package is a folder."""
    return (package.path / issue.where).as_posix() if package.folder and issue.where else issue.where


def _plain(package: Linted) -> dict[str, Any]:
    return {
        "path": str(package.path),
        "edition": package.edition,
        "standard": package.standard if package.edition else None,
        "title": package.title,
        "launchable": package.activities,
        "counts": {f"{level}s": len(package.of(level)) for level in THRESHOLDS},
        "findings": [_fields(issue) for level in THRESHOLDS for issue in package.of(level)],
    }


def _fields(issue: Issue) -> dict[str, Any]:
    file, line = place_of(issue)
    return {
        "code": issue.code,
        "level": LEVELS[issue.severity],
        "message": issue.message,
        "file": file or None,
        "line": line or None,
        "clause": issue.clause or None,
        "advice": issue.advice or None,
    }
