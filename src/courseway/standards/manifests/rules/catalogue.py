"""
Every rule about packages: those checked here (`judge`), and those the readers check while they read (`cite`).

Here: the list, for reports and the page of rules. Not here: the rules themselves.
"""

from collections.abc import Iterable

import msgspec

from courseway.standards.issues import Findings, Issue, Report
from courseway.standards.manifests.rules import (
    conditions,
    contents,
    controls,
    extras,
    objectives,
    packaging,
    reaching,
    scorm12,
    spelling,
)
from courseway.standards.manifests.rules.readers import READER_RULES
from courseway.standards.manifests.rules.rule import Breach, Rule
from courseway.standards.manifests.rules.subject import Subject

CHECKED: tuple[Rule, ...] = (
    *contents.RULES,
    *packaging.RULES,
    *spelling.RULES,
    *scorm12.RULES,
    *extras.RULES,
    *controls.RULES,
    *conditions.RULES,
    *objectives.RULES,
    *reaching.RULES,
)
RULES: tuple[Rule, ...] = (*READER_RULES, *CHECKED)
BY_CODE: dict[str, Rule] = {rule.code: rule for rule in RULES}
_NOT_SCORM = frozenset({"aicc", "cmi5", "1.0"})


def judge(subject: Subject, findings: Findings) -> None:
    """Check a manifest against every rule of its edition. Nothing found here is an error; the package still plays."""
    for rule in CHECKED:
        if rule.clause(subject.edition) and rule.check is not None:
            findings.extend(_issues(rule, rule.check(subject), subject))


def _issues(rule: Rule, breaches: Iterable[Breach], subject: Subject) -> Iterable[Issue]:
    for message, element, where, about in breaches:
        place = subject.document.where(element) if element is not None else where or subject.document.name
        yield Issue(rule.code, rule.severity, message, place, rule.clause(subject.edition, about), rule.advice)


def cite(report: Report, edition: str) -> Report:
    """
    Give every finding the clause the list of rules has for the package's edition, and the rule's advice if it has none.

    A reader cannot always know them: an archive is judged before anybody knows which standard the package follows.
    """
    return Report(tuple(_cited(issue, BY_CODE[issue.code], edition) for issue in report.issues))


def _cited(issue: Issue, rule: Rule, edition: str) -> Issue:
    clause = issue.clause
    if not rule.any_element:
        listed = (rule.clause(edition), rule.clause_2004, rule.clause_12) if not edition else (rule.clause(edition),)
        clause = next((one for one in listed if one), "")
    if edition in _NOT_SCORM and clause.startswith("SCORM"):
        clause = "" if issue.clause.startswith("SCORM") else issue.clause
    return msgspec.structs.replace(issue, clause=clause, advice=issue.advice or rule.advice)
