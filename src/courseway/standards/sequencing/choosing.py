"""
Which activities can be chosen, for all of them in one walk over the tree.

It answers what `outlook.refuse_choice` answers for one activity after the other (a property test compares them), at a
cost that grows with the tree and not with its square: whatever stands in the way of an activity stands in the way of
all that is below it, and those have neighbouring positions.
"""

from collections.abc import Iterable, Sequence
from typing import TypeVar

from courseway.standards.manifests.sequencing import RuleAction
from courseway.standards.sequencing import choice, rules
from courseway.standards.sequencing.flow import Direction, flow_subprocess
from courseway.standards.sequencing.run import Run
from courseway.standards.sequencing.tree import Activity
from courseway.standards.sequencing.values import Refused

T = TypeVar("T")


class Choosing:
    """
    By position in the tree: why an activity cannot be chosen (None when it can), and whether a rule hides it.

    Of several reasons the one stays that the book would come to first. `forbidden`: the activity, or one it is part
    of, is disabled or at its limits; `absent`: it, or one it is part of, was not selected.
    """

    def __init__(self, run: Run) -> None:
        self.run, self.tree = run, run.tree
        self.current = run.current
        self.line = self.current.path() if self.current is not None else []
        self.begin, self.end = _places(run)
        steered = run.tree.steered
        self.absent = self._spread(_not_selected(run))
        self.hidden = self._spread(
            one for one in steered if rules.pre_condition(run, one, RuleAction.HIDDEN_FROM_CHOICE)
        )
        self.forbidden = self._spread(one for one in steered if rules.check_activity_process(run, one))
        self.refusals: list[Refused | None] = self._in_order(run.tree.closed_to_choice)
        self._refuse_leaving()
        self._refuse_marked(self.absent, Refused.CHOICE_NOT_AVAILABLE)
        self._refuse_marked(self.hidden, Refused.CHOICE_HIDDEN)
        self._refuse_ways()
        self._refuse_deliveries()
        if run.tree.arranges:
            self._back_to_positions()

    def _in_order(self, by_position: Sequence[T]) -> list[T]:
        """Bring what is by position into the order of this attempt."""
        if not self.tree.arranges:
            return list(by_position)
        found = list(by_position)
        for position, one in enumerate(by_position):
            found[self.begin[position]] = one
        return found

    def _back_to_positions(self) -> None:
        self.absent, self.hidden, self.forbidden = (
            [marks[place] for place in self.begin] for marks in (self.absent, self.hidden, self.forbidden)
        )
        self.refusals = [self.refusals[place] for place in self.begin]

    def may_jump(self, leaf: Activity) -> bool:
        """Say whether a jump to a leaf would be delivered. [SN SB.2.13, DB.1.1]"""
        return not self.absent[leaf.position] and not self.forbidden[leaf.position]

    def _spread(self, tops: Iterable[Activity]) -> list[bool]:
        """Mark activities and everything below them."""
        marks = [False] * len(self.tree.activities)
        for one in tops:
            begin, end = self.begin[one.position], self.end[one.position]
            if not marks[begin]:
                marks[begin:end] = [True] * (end - begin)
        return marks

    def _refuse_marked(self, marks: list[bool], refused: Refused) -> None:
        if True in marks:
            self._refuse((place for place, marked in enumerate(marks) if marked), refused)

    def _refuse(self, places: Iterable[int], refused: Refused) -> None:
        refusals = self.refusals
        for place in places:
            if refusals[place] is None:
                refusals[place] = refused

    def _outside(self, activity: Activity) -> Iterable[int]:
        yield from range(self.begin[activity.position])
        yield from range(self.end[activity.position], len(self.refusals))

    def _refuse_leaving(self) -> None:
        """Keep the learner in an active activity that may not be left by choice. [SN NB.2.1 7.1]"""
        for one in reversed(self.line):
            if not one.control.choice_exit and self.run.tracking(one).active:
                self._refuse(self._outside(one), Refused.CHOICE_EXIT_NOT_ALLOWED)
                return

    def _refuse_ways(self) -> None:
        """Walk from the current activity to all others. [SN SB.2.9 3-12]"""
        if self.current is None:
            self._refuse((0,), Refused.CHOICE_NO_PATH)
            self._refuse_below_gates(spared=frozenset())
            return
        spared = self._refuse_siblings(self.current)
        self._refuse_climbing(spared)
        self._refuse_beyond_constraint(self.current, spared)
        self._refuse_below_gates(spared)

    def _refuse_siblings(self, current: Activity) -> frozenset[int]:
        """Walk along the siblings; return their positions, for no other way leads to them. [SN SB.2.9 8]"""
        if current.parent is None:
            return frozenset((self.begin[current.position],))
        siblings = self.run.available_children(current.parent)
        here = self.run.place_of(current)
        if here is not None:
            if current.parent.control.forward_only:
                self._refuse((self.begin[one.position] for one in siblings[:here]), Refused.CHOICE_FORWARD_ONLY)
            for place in range(here, len(siblings)):
                if self._stops(siblings[place]):
                    beyond = (self.begin[one.position] for one in siblings[place + 1 :])
                    self._refuse(beyond, Refused.TRAVERSAL_STOPPED)
                    break
        return frozenset(self.begin[one.position] for one in (*siblings, current))

    def _stops(self, activity: Activity) -> bool:
        return bool(activity.pre_conditions) and rules.pre_condition(
            self.run, activity, RuleAction.STOP_FORWARD_TRAVERSAL
        )

    def _refuse_climbing(self, spared: frozenset[int]) -> None:
        """Refuse what lies outside of an activity that may not be left by choice. [SN SB.2.9 10.1, 11.2]"""
        for one in reversed(self.line):
            if not one.control.choice_exit:
                outside = (place for place in self._outside(one) if place not in spared)
                self._refuse(outside, Refused.CHOICE_EXIT)
                return

    def _refuse_beyond_constraint(self, current: Activity, spared: frozenset[int]) -> None:
        """Refuse what is not in a neighbour of the deepest cluster that constrains choice. [SN SB.2.9 11.4-11.5]"""
        constraining = choice.constraining_cluster(current, None)
        if constraining is None:
            return
        above = {self.begin[one.position] for one in constraining.path()}
        begin, end = self.begin[constraining.position], self.end[constraining.position]
        for direction, places in (
            (Direction.FORWARD, range(end, len(self.refusals))),
            (Direction.BACKWARD, range(begin)),
        ):
            near = choice.choice_flow_subprocess(self.run, constraining, direction)
            open_places = range(self.begin[near.position], self.end[near.position]) if near is not None else range(0)
            closed = (one for one in places if one not in open_places and one not in above and one not in spared)
            self._refuse(closed, Refused.CHOICE_CONSTRAINED)

    def _refuse_below_gates(self, spared: frozenset[int]) -> None:
        """Refuse what lies below a cluster that stops traversal or can be entered from its beginning only. [SN SB.2.9 9, 11.8]"""
        on_line, here = set(self.line), self.begin[self.current.position] if self.current is not None else -1
        closed_before = 0
        for gate in sorted(self.tree.gates, key=lambda one: self.begin[one.position]):
            begin, end = self.begin[gate.position], self.end[gate.position]
            if begin < closed_before:
                continue
            if gate in on_line or gate.parent is None:
                self._refuse_beside_line(gate, spared)
                continue
            refused = self._closed(gate, passing=begin > here)
            if refused is not None:
                closed_before = end
                self._refuse(range(begin + 1, end), refused)

    def _closed(self, gate: Activity, *, passing: bool) -> Refused | None:
        if passing and self._stops(gate):
            return Refused.TRAVERSAL_STOPPED
        guarded = gate.sequencing.constrained_choice.prevent_activation
        return Refused.CHOICE_NOT_ACTIVATED if guarded and not self.run.tracking(gate).active else None

    def _refuse_beside_line(self, gate: Activity, spared: frozenset[int]) -> None:
        """A common ancestor that stops traversal stands before everything in it that comes after the current activity."""
        if not self._stops(gate):
            return
        below = next((one for one in self.line if one.parent is gate), None)
        begins = self.end[below.position] if below is not None else self.begin[gate.position] + 1
        closed = (place for place in range(begins, self.end[gate.position]) if place not in spared)
        self._refuse(closed, Refused.TRAVERSAL_STOPPED)

    def _refuse_deliveries(self) -> None:
        """Refuse what would not be delivered. [SN SB.2.9 13-15, DB.1.1]"""
        first: dict[int, Activity | None] = {}
        some_forbidden = True in self.forbidden
        activities = self.tree.activities if some_forbidden else self.tree.clusters
        for one in reversed(activities):
            if one.is_leaf:
                found: Activity | None = one
            else:
                found = first[one.position] = self._first_below(one, first)
            place = self.begin[one.position]
            if self.refusals[place] is not None:
                continue
            if found is None:
                self.refusals[place] = Refused.CHOICE_LEADS_NOWHERE
            elif self.forbidden[self.begin[found.position]]:
                self.refusals[place] = Refused.DELIVERY_NOT_ALLOWED

    def _first_below(self, cluster: Activity, first: dict[int, Activity | None]) -> Activity | None:
        """Return what flow into a cluster comes to, from what is known of the clusters in it where that is enough."""
        child = cluster.children[0]
        if cluster.arranges or child.pre_conditions or child.limited:
            found = flow_subprocess(self.run, cluster, Direction.FORWARD, into_children=True)
            return found.activity if found.deliverable else None
        if not cluster.control.flow:
            return None
        return child if child.is_leaf else first[child.position]


def _places(run: Run) -> tuple[Sequence[int], Sequence[int]]:
    """
    Return, by position, where each activity stands in the order of this attempt, and where everything below it ends.

    What was not selected stands after what was; an activity and all that is below it stay together.
    """
    tree = run.tree
    if not tree.arranges:
        return tree.begins, tree.ends
    begin, end, place = [0] * len(tree.activities), [0] * len(tree.activities), 0
    pending = [tree.root]
    while pending:
        one = pending.pop()
        begin[one.position], end[one.position] = place, place + one.end - one.position
        place += 1
        children = run.available_children(one)
        if children is not one.children:
            children = (*children, *(child for child in one.children if run.place_of(child) is None))
        pending.extend(reversed(children))
    return begin, end


def _not_selected(run: Run) -> list[Activity]:
    if not run.tree.arranges:
        return []
    return [
        child
        for cluster in run.tree.clusters
        if cluster.arranges
        for child in cluster.children
        if run.place_of(child) is None
    ]
