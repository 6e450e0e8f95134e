"""
Random trees with every kind of rule, and random learners who walk them, for properties of sequencing.

Everything is drawn from one number, so that a thousand trees take a second; a failing number is a complete reproduction.
"""

import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

from hypothesis import strategies as st

from courseway.standards.manifests.sequencing import (
    ChildActivitySet,
    Combination,
    ConditionName,
    ConstrainedChoice,
    ControlMode,
    DeliveryControls,
    LimitConditions,
    Objective,
    ObjectiveMap,
    Randomization,
    Requirement,
    RollupAction,
    RollupConsiderations,
    RollupRule,
    RollupRules,
    RuleAction,
    RuleCondition,
    Sequencing,
    SequencingRule,
    Timing,
)
from courseway.standards.manifests.structure import CompletionThreshold, Item, ItemKind, Organization, Standard
from courseway.standards.sequencing.overall import Outcome, navigate, open_session
from courseway.standards.sequencing.state import SequencingState
from courseway.standards.sequencing.tree import ActivityTree
from courseway.standards.sequencing.values import EndedActivity, EndedObjective, Given, Request, RequestKind

T = TypeVar("T")

SEED = Given(seed="a seed")
PRE = (RuleAction.SKIP, RuleAction.DISABLED, RuleAction.HIDDEN_FROM_CHOICE, RuleAction.STOP_FORWARD_TRAVERSAL)
POST = (
    RuleAction.EXIT_PARENT,
    RuleAction.EXIT_ALL,
    RuleAction.RETRY,
    RuleAction.RETRY_ALL,
    RuleAction.CONTINUE,
    RuleAction.PREVIOUS,
)
MEASURES = (-0.5, 0.0, 0.4, 0.5, 1.0)
KINDS = (*RequestKind, *(RequestKind.CONTINUE,) * 8, *(RequestKind.CHOICE,) * 8)
Walk = list[tuple[RequestKind, int, EndedActivity]]

numbers = st.integers(0, 2**32)


class Nature:
    """Draws trees and walks; `without` takes kinds of rules away from every activity, `mapped` tells of global objectives."""

    def __init__(self, number: int, *, mapped: bool = True, **without: Any) -> None:
        self._lots = random.Random(number)
        self._mapped = mapped
        self._without = without
        self._count = 0

    def of(self, choices: Sequence[T]) -> T:
        return self._lots.choice(choices)

    def likely(self, probability: float = 0.5) -> bool:
        return self._lots.random() < probability

    def organization(self, standard: Standard = Standard.SCORM_2004) -> Organization:
        """A tree of at most three levels and some twenty activities."""
        items = tuple(self._item(0) for _ in range(self._lots.randint(1, 4)))
        return Organization(
            identifier="root", items=items, sequencing=self._sequencing(leaf=False), objectives_global_to_system=self.likely()
        )  # fmt: skip

    def tree(self) -> ActivityTree:
        """The tree of an organization of SCORM 2004."""
        return ActivityTree(self.organization(), Standard.SCORM_2004)

    def walk(self, most: int = 8) -> Walk:
        """What a learner asks for, the position she asks for (modulo the tree's size), what the content reports before."""
        length = self._lots.randint(0, most)
        return [(self.of(KINDS), self._lots.randint(0, 30), self.report()) for _ in range(length)]

    def report(self) -> EndedActivity:
        """What content may leave behind."""
        truth, reached = (None, True, False), (None, *MEASURES[1:])
        listed = {
            name: EndedObjective(
                self.of(truth),
                self.of(reached),
                self.of(truth),
                self.of(reached),
                success_set=self.likely(),
                completion_set=self.likely(),
            )
            for name in ("p", "other")
            if self.likely(0.3)
        }
        return EndedActivity(
            completed=self.of(truth), progress=self.of(reached), satisfied=self.of(truth), measure=self.of(reached),
            completion_set=self.likely(), success_set=self.likely(), objectives=listed,
            exit=self.of(("", "", "", "suspend", "normal", "time-out", "logout")),
        )  # fmt: skip

    def shuffled(self, items: tuple[Item, ...]) -> tuple[Item, ...]:
        """The same items in another order, on every level."""
        mixed = [Item(**{**_fields(one), "children": self.shuffled(one.children)}) for one in items]
        self._lots.shuffle(mixed)
        return tuple(mixed)

    def _item(self, depth: int) -> Item:
        self._count += 1
        number, children = self._count, ()
        if depth < 2 and self.likely():
            children = tuple(self._item(depth + 1) for _ in range(self._lots.randint(1, 3)))
        threshold = CompletionThreshold(self.likely(), self.of((0.5, 1.0))) if self.likely(0.2) else None
        return Item(
            identifier=f"{'c' if children else 'a'}{number}", title=f"part {number}", children=children,
            kind=ItemKind.CLUSTER if children else ItemKind.SCO, href=None if children else "a.html",
            completion_threshold=threshold,
            sequencing=self._sequencing(leaf=not children) if self.likely(0.8) else None,
        )  # fmt: skip

    def _sequencing(self, *, leaf: bool) -> Sequencing:
        arranged = not leaf and self.likely(0.3)
        timings = tuple(Timing)
        fields: dict[str, Any] = {
            "control_mode": ControlMode(
                self.likely(0.8), self.likely(0.8), self.likely(0.8), self.likely(0.2), self.likely(), self.likely()
            ),
            "constrained_choice": ConstrainedChoice(self.likely(0.2), self.likely(0.2)),
            "pre_condition_rules": self._rules(PRE),
            "post_condition_rules": self._rules(POST),
            "exit_condition_rules": self._rules((RuleAction.EXIT,)),
            "limit_conditions": LimitConditions(attempt_limit=self.of((None, None, None, 1, 2))),
            "rollup_rules": self._rollup_rules(),
            "rollup_considerations": self._considerations(),
            "objectives": self._objectives(),
            "randomization": Randomization(
                self.of(timings), self._lots.randint(1, 3), self.of(timings), self.likely()
            ) if arranged else Randomization(),
            "delivery_controls": DeliveryControls(self.likely(0.85), self.likely(), self.likely()),
        }  # fmt: skip
        return Sequencing(**{**fields, **self._without})

    def _conditions(self, *, referring: bool = True) -> tuple[RuleCondition, ...]:
        names = tuple(ConditionName)
        referred = ("", "", "p", "other", "gone") if referring else ("",)
        return tuple(
            RuleCondition(self.of(names), self.likely(), self.of(referred), self.of(MEASURES))
            for _ in range(self._lots.randint(1, 2))
        )

    def _rules(self, actions: Sequence[RuleAction]) -> tuple[SequencingRule, ...]:
        count = self.of((0, 0, 0, 0, 1, 2))
        return tuple(
            SequencingRule(self.of(actions), self._conditions(), self.of(tuple(Combination))) for _ in range(count)
        )

    def _rollup_rules(self) -> RollupRules:
        drawn = tuple(
            RollupRule(
                self.of(tuple(RollupAction)), self._conditions(referring=False), self.of(tuple(Combination)),
                self.of(tuple(ChildActivitySet)), self._lots.randint(0, 3), self.of((0.0, 0.5, 1.0)),
            )
            for _ in range(self.of((0, 0, 1, 2)))
        )  # fmt: skip
        return RollupRules(drawn, self.likely(0.85), self.likely(0.85), self.of((0.0, 0.5, 1.0, 1.0)))

    def _considerations(self) -> RollupConsiderations:
        if self.likely():
            return RollupConsiderations()
        return RollupConsiderations(*(self.of(tuple(Requirement)) for _ in range(4)), self.likely())

    def _objectives(self) -> tuple[Objective, ...]:
        if self.likely(0.4):
            return ()
        first = Objective("p", True, self.likely(0.3), self.of(MEASURES), self._maps())
        return (first, Objective("other", maps=self._maps())) if self.likely() else (first,)

    def _maps(self) -> tuple[ObjectiveMap, ...]:
        if not self._mapped or self.likely(0.6):
            return ()
        return (ObjectiveMap(self.of(("g1", "g2")), *(self.likely() for _ in range(14))),)


def _fields(item: Item) -> dict[str, Any]:
    return {name: getattr(item, name) for name in item.__struct_fields__}


@dataclass
class Walker:
    """Somebody who does whatever the walk says, and starts again when a session ended."""

    tree: ActivityTree
    state: SequencingState = field(default_factory=SequencingState)
    outcomes: list[Outcome] = field(default_factory=list)

    @property
    def last(self) -> Outcome:
        """What the last request came to."""
        return self.outcomes[-1]

    def open(self, given: Given = SEED) -> Outcome:
        """Begin a session."""
        return self._keep(open_session(self.tree, self.state, None, given))

    def go(self, kind: RequestKind, place: int, ended: EndedActivity | None, given: Given = SEED) -> Outcome:
        """Ask for one thing."""
        target = None
        if kind in (RequestKind.CHOICE, RequestKind.JUMP):
            target = self.tree.activities[place % len(self.tree.activities)].identifier
        return self._keep(navigate(self.tree, self.state, Request(kind, target), ended, given))

    def walk(self, walk: Walk) -> "Walker":
        """Do the whole walk."""
        self.open()
        for kind, place, ended in walk:
            self.go(kind, place, ended)
            if self.last.ended:
                self.open()
        return self

    def _keep(self, outcome: Outcome) -> Outcome:
        self.state = outcome.state
        self.outcomes.append(outcome)
        return outcome
