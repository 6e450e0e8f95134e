"""
What is wrong or suspicious about content, as values.

Here: one finding (`Issue`), all findings at once (`Report`), and the list a parser collects them on (`Findings`).
Not here: what the product says no to (that is a `Refusal`), and any rule.
"""

from collections.abc import Iterable
from enum import StrEnum

import msgspec


class Severity(StrEnum):
    """How much a finding matters to the learner. People read `info` as "note"."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"


class Issue(msgspec.Struct, frozen=True):
    """
    One finding.

    `code` is stable and dotted; `where` is a file, with `:line` where known; `clause` names the rule that was broken,
    empty where none applies; `advice` says what the author can do.
    """

    code: str
    severity: Severity
    message: str
    where: str = ""
    clause: str = ""
    advice: str = ""


class Report(msgspec.Struct, frozen=True):
    """All findings about one package, in the order they were met."""

    issues: tuple[Issue, ...] = ()

    @property
    def errors(self) -> tuple[Issue, ...]:
        """Return the findings that keep the package from being played."""
        return self._of(Severity.ERROR)

    @property
    def warnings(self) -> tuple[Issue, ...]:
        """Return the findings that were repaired or may surprise."""
        return self._of(Severity.WARNING)

    @property
    def notes(self) -> tuple[Issue, ...]:
        """Return what is worth knowing and nothing more."""
        return self._of(Severity.INFO)

    @property
    def playable(self) -> bool:
        """Say whether nothing found keeps the package from being played."""
        return not self.errors

    def joined(self, *others: "Report") -> "Report":
        """Return one report with the findings of all."""
        issues = self.issues
        for other in others:
            issues += other.issues
        return Report(issues)

    def _of(self, severity: Severity) -> tuple[Issue, ...]:
        return tuple(issue for issue in self.issues if issue.severity is severity)


class Findings:
    """
    The list a parser writes on while it reads.

    Equal findings are kept once, and after `limit` findings of one code the rest are counted in a single closing
    note, so that a hostile package cannot make a report of millions of lines.
    """

    def __init__(self, limit: int = 50) -> None:
        self._limit = limit
        self._issues: dict[Issue, None] = {}
        self._seen: dict[str, int] = {}

    def error(self, code: str, message: str, where: str = "", clause: str = "", advice: str = "") -> None:
        """Note something that keeps the package from being played."""
        self.add(Issue(code, Severity.ERROR, message, where, clause, advice))

    def warn(self, code: str, message: str, where: str = "", clause: str = "", advice: str = "") -> None:
        """Note something that was repaired or may surprise."""
        self.add(Issue(code, Severity.WARNING, message, where, clause, advice))

    def note(self, code: str, message: str, where: str = "", clause: str = "", advice: str = "") -> None:
        """Note something worth knowing."""
        self.add(Issue(code, Severity.INFO, message, where, clause, advice))

    def add(self, issue: Issue) -> None:
        """Keep one finding."""
        if issue in self._issues:
            return
        self._seen[issue.code] = self._seen.get(issue.code, 0) + 1
        if self._seen[issue.code] <= self._limit:
            self._issues[issue] = None

    def extend(self, issues: Iterable[Issue]) -> None:
        """Keep several findings."""
        for issue in issues:
            self.add(issue)

    def report(self) -> Report:
        """Return everything found so far."""
        closing = tuple(
            Issue("report.more", Severity.INFO, f"{count - self._limit} more findings of the kind {code}.")
            for code, count in self._seen.items()
            if count > self._limit
        )
        return Report((*self._issues, *closing))
