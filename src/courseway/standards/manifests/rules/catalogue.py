"""
Every rule about packages: those checked here, and those the readers check while they read. `judge` is the door.

Here: the list, for reports and the page of rules. Not here: the rules themselves.
"""

from collections.abc import Iterable

from courseway.standards.issues import Findings, Issue
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


def judge(subject: Subject, findings: Findings) -> None:
    """Check a manifest against every rule of its edition. Nothing found here is an error; the package still plays."""
    for rule in CHECKED:
        if rule.clause(subject.edition) and rule.check is not None:
            findings.extend(_issues(rule, rule.check(subject), subject))


def _issues(rule: Rule, breaches: Iterable[Breach], subject: Subject) -> Iterable[Issue]:
    for message, element, where, about in breaches:
        place = subject.document.where(element) if element is not None else where or subject.document.name
        yield Issue(rule.code, rule.severity, message, place, rule.clause(subject.edition, about), rule.advice)
