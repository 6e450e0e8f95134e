"""Small trees and a learner who walks them, for tests of sequencing."""

from dataclasses import dataclass, field
from typing import Any

from courseway.standards.manifests.sequencing import (
    ConditionName,
    ControlMode,
    Objective,
    RuleAction,
    RuleCondition,
    Sequencing,
    SequencingRule,
)
from courseway.standards.manifests.structure import Item, ItemKind, Organization, Standard
from courseway.standards.sequencing.overall import Outcome, navigate, open_session
from courseway.standards.sequencing.run import Run
from courseway.standards.sequencing.state import SequencingState
from courseway.standards.sequencing.tree import Activity, ActivityTree
from courseway.standards.sequencing.values import EndedActivity, Request, RequestKind

FLOW = ControlMode(flow=True)
DONE = EndedActivity(completed=True, satisfied=True, measure=1.0, completion_set=True, success_set=True)
FAILED = EndedActivity(completed=True, satisfied=False, measure=0.2, completion_set=True, success_set=True)
SEEN = EndedActivity(completed=True, completion_set=True)
UNSAID = EndedActivity()


def leaf(identifier: str, **sequencing: Any) -> Item:
    """A SCO with its own sequencing."""
    return Item(
        identifier=identifier, title=identifier, kind=ItemKind.SCO, href=f"{identifier}.html",
        sequencing=Sequencing(**sequencing) if sequencing else None,
    )  # fmt: skip


def cluster(identifier: str, *children: Item, **sequencing: Any) -> Item:
    """A cluster; it flows unless told otherwise."""
    return Item(
        identifier=identifier,
        title=identifier,
        children=children,
        sequencing=Sequencing(**{"control_mode": FLOW, **sequencing}),
    )


def rule(action: RuleAction, condition: ConditionName, *, negated: bool = False, objective: str = "") -> SequencingRule:
    """A rule of one condition."""
    return SequencingRule(action, (RuleCondition(condition, negated, objective),))


def primary(**more: Any) -> tuple[Objective, ...]:
    """A primary objective."""
    return (Objective(identifier="p", primary=True, **more),)


@dataclass
class Learner:
    """Somebody who walks a tree."""

    tree: ActivityTree
    outcome: Outcome | None = None
    state: SequencingState = field(default_factory=SequencingState)

    def open(self, ended: EndedActivity | None = None) -> str | None:
        """Begin a session."""
        return self._keep(open_session(self.tree, self.state, ended))

    def go(self, kind: RequestKind, ended: EndedActivity | None = DONE, target: str | None = None) -> str | None:
        """Ask for a navigation; returns what is delivered."""
        return self._keep(navigate(self.tree, self.state, Request(kind, target), ended))

    def choose(self, target: str, ended: EndedActivity | None = DONE) -> str | None:
        """Choose an activity."""
        return self.go(RequestKind.CHOICE, ended, target)

    def next(self, ended: EndedActivity | None = DONE) -> str | None:
        """Continue."""
        return self.go(RequestKind.CONTINUE, ended)

    def back(self, ended: EndedActivity | None = DONE) -> str | None:
        """Go to the previous one."""
        return self.go(RequestKind.PREVIOUS, ended)

    def run(self) -> Run:
        """A run on the present state, to ask one process of the book."""
        return Run(self.tree, self.state)

    def at(self, identifier: str) -> Activity:
        """An activity of the tree."""
        return self.tree.by_id[identifier]

    def says(self, clause: str, words: str, about: str = "") -> bool:
        """Say whether the trace of the last request has a step of a clause with these words about an activity."""
        return any((one.clause, one.words) == (clause, words) and one.activity == about for one in self.last.trace)

    @property
    def last(self) -> Outcome:
        """What the last request came to."""
        assert self.outcome is not None
        return self.outcome

    def _keep(self, outcome: Outcome) -> str | None:
        self.outcome, self.state = outcome, outcome.state
        return outcome.delivered


def learner(*items: Item, standard: Standard = Standard.SCORM_2004, **root: Any) -> Learner:
    """A learner before a tree; the root flows unless told otherwise."""
    system = root.pop("objectives_global_to_system", True)
    organization = Organization(
        identifier="root", title="root", items=items, sequencing=Sequencing(**{"control_mode": FLOW, **root}),
        objectives_global_to_system=system,
    )  # fmt: skip
    return Learner(ActivityTree(organization, standard))


def flat(*items: Item) -> Learner:
    """A learner before a course of SCORM 1.2."""
    return learner(*items, standard=Standard.SCORM_12)


def flat_course() -> Learner:
    """A learner before a course of SCORM 1.2 with two parts in a cluster and one beside it."""
    return flat(cluster("m1", leaf("a"), leaf("b")), leaf("c"))


def asking(identifier: str, prerequisites: str, *children: Item) -> Item:
    """A SCO, or a cluster, with prerequisites."""
    return Item(
        identifier=identifier, title=identifier, children=children, prerequisites=prerequisites,
        kind=ItemKind.CLUSTER if children else ItemKind.SCO, href=None if children else f"{identifier}.html",
    )  # fmt: skip
