"""
What a rule about packages is.

Here: the rule, what it finds, and how a function becomes one. Not here: any rule, and what rules look at (`subject`).
"""

import inspect
from collections.abc import Callable, Iterator
from typing import NamedTuple

from courseway.standards.issues import Severity
from courseway.standards.manifests.rules.clauses import ANY_ELEMENT_12, ANY_ELEMENT_2004, clause_12, clause_2004
from courseway.standards.manifests.rules.subject import Subject
from courseway.standards.manifests.xml import Element


class Breach(NamedTuple):
    """
    One place where a rule is broken; without an element it is the manifest as a whole.

    `about` is the element of the binding whose clause is broken, where that is not the same for the whole rule.
    """

    message: str
    element: Element | None = None
    where: str = ""
    about: str = ""


Breaches = Iterator[Breach]
Check = Callable[[Subject], Breaches]


class Rule(NamedTuple):
    """
    One rule.

    `says` is what holds in a good package; `clause_12` and `clause_2004` are where that stands, and a rule without a
    clause is none in that standard. `any_element` marks a rule about whatever element breaks it, whose clause that of
    the element is. The reader finds breaches of a rule without `check` while it reads.
    """

    code: str
    severity: Severity
    says: str
    clause_12: str = ""
    clause_2004: str = ""
    advice: str = ""
    check: Check | None = None
    any_element: bool = False

    @property
    def listed(self) -> tuple[str, ...]:
        """Return the clauses a list of rules shows."""
        if not self.any_element:
            return tuple(dict.fromkeys(clause for clause in (self.clause_12, self.clause_2004) if clause))
        return (*((ANY_ELEMENT_12,) if self.clause_12 else ()), *((ANY_ELEMENT_2004,) if self.clause_2004 else ()))

    def clause(self, edition: str, about: str = "") -> str:
        """Return where the rule stands for an edition, "" where it is no rule."""
        if about:
            return clause_12(about) if edition == "1.2" else clause_2004(about)
        return self.clause_12 if edition == "1.2" else self.clause_2004


def rule(
    code: str, severity: Severity, advice: str = "", *, v12: str = "", v2004: str = "", any_element: bool = False
) -> Callable[[Check], Rule]:
    """
    Make a rule of a function; its docstring is what the rule says.

    `v12` and `v2004` are the elements of the binding it is about; they become the clauses. With `any_element` each
    breach says which it is about.
    """

    def made(check: Check) -> Rule:
        says = " ".join(inspect.cleandoc(check.__doc__ or "").split())
        return Rule(code, severity, says, clause_12(v12), clause_2004(v2004), advice, check, any_element)

    return made
