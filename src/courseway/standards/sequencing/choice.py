"""Choosing an activity: whether the learner may go there from here, and what is delivered then. [SN SB.2.9]"""

from typing import NamedTuple

from courseway.standards.manifests.sequencing import RuleAction
from courseway.standards.sequencing import rules
from courseway.standards.sequencing.flow import Direction, choice_activity_traversal_subprocess, flow_subprocess
from courseway.standards.sequencing.run import Run
from courseway.standards.sequencing.tree import Activity, common_ancestor
from courseway.standards.sequencing.values import Refused


class Sequenced(NamedTuple):
    """What a sequencing request identifies for delivery, whether it ends the session, or why it fails. [SN SB.2.12]"""

    deliver: Activity | None = None
    ends: bool = False
    refused: Refused | None = None


def choice_sequencing_request_process(run: Run, target: Activity | None) -> Sequenced:
    """Deliver what the learner chose, or the first below it. [SN SB.2.9]"""
    if target is None:
        return Sequenced(refused=Refused.CHOICE_NO_TARGET)
    refused = _refuse_target(run, target) or _refuse_way(run, target)
    if refused is not None:
        return Sequenced(refused=refused)
    if target.is_leaf:
        return Sequenced(deliver=target)
    found = flow_subprocess(run, target, Direction.FORWARD, into_children=True)
    if not found.deliverable:
        return Sequenced(refused=Refused.CHOICE_LEADS_NOWHERE)
    return Sequenced(deliver=found.activity)


def is_available(run: Run, target: Activity) -> bool:
    """Say whether an activity, and everything it is part of, takes part in this attempt. [SN SR.1]"""
    return not run.tree.arranges or all(run.place_of(one) is not None for one in target.path())


def _refuse_target(run: Run, target: Activity) -> Refused | None:
    if not is_available(run, target):
        return Refused.CHOICE_NOT_AVAILABLE
    if any(rules.pre_condition(run, one, RuleAction.HIDDEN_FROM_CHOICE) for one in target.path()):
        return Refused.CHOICE_HIDDEN
    if target.parent is not None and not target.parent.control.choice:
        return Refused.CHOICE_PARENT_FORBIDS
    return None


def _refuse_way(run: Run, target: Activity) -> Refused | None:
    current = run.current
    if current is target:
        return None
    if current is None:
        return _descend(run, run.tree.root, target, passing=True)
    if current.parent is not None and current.parent is target.parent:
        return _among_siblings(run, current, target)
    shared = common_ancestor(current, target)
    if shared is current:
        return _descend(run, shared, target, passing=True)
    if shared is target:
        return climb(current, stop=target)
    refused = climb(current, stop=shared)
    if refused is None and not is_within_constraint(run, current, shared, target):
        refused = Refused.CHOICE_CONSTRAINED
    if refused is not None:
        return refused
    return _descend(run, shared, target, passing=comes_after(run, target, current))


def _among_siblings(run: Run, current: Activity, target: Activity) -> Refused | None:
    assert current.parent is not None
    siblings = run.available_children(current.parent)
    here, there = run.place_of(current), run.place_of(target)
    if here is None or there is None:
        return None
    if here < there:
        passed, direction = siblings[here:there], Direction.FORWARD
    else:
        passed, direction = siblings[there + 1 : here + 1][::-1], Direction.BACKWARD
    for one in passed:
        refused = choice_activity_traversal_subprocess(run, one, direction)
        if refused is not None:
            return refused
    return None


def _descend(run: Run, shared: Activity, target: Activity, *, passing: bool) -> Refused | None:
    """Go down from a common ancestor: no stop on the way when `passing`, and no cluster that prevents activation. [SN SB.2.9 9, 11]"""
    way = target.path()[shared.depth : -1]
    if not way:
        return Refused.CHOICE_NO_PATH
    for one in way:
        if passing:
            refused = choice_activity_traversal_subprocess(run, one, Direction.FORWARD)
            if refused is not None:
                return refused
        if prevents_activation(run, one, shared):
            return Refused.CHOICE_NOT_ACTIVATED
    return None


def prevents_activation(run: Run, activity: Activity, shared: Activity) -> bool:
    """Say whether a cluster below the common ancestor can be entered from its beginning only. [SN SB.2.9 11.8]"""
    guarded = activity.sequencing.constrained_choice.prevent_activation
    return guarded and activity is not shared and not run.tracking(activity).active


def comes_after(run: Run, one: Activity, other: Activity) -> bool:
    """
    Say whether one activity comes after another in the order of this attempt; neither is part of the other.

    What was not selected comes after what was.
    """
    if not run.tree.arranges:
        return one.position > other.position
    shared = common_ancestor(one, other)
    left, right = (way.path()[shared.depth + 1] for way in (one, other))
    return _rank(run, left) > _rank(run, right)


def _rank(run: Run, child: Activity) -> tuple[bool, int]:
    place = run.place_of(child)
    return (True, child.place) if place is None else (False, place)


def climb(current: Activity, *, stop: Activity | None) -> Refused | None:
    """Go up from the current activity to below `stop`: nothing on the way may forbid leaving by choice. [SN SB.2.9 10, 11]"""
    one: Activity | None = current
    while one is not None and one is not stop:
        if not one.control.choice_exit:
            return Refused.CHOICE_EXIT
        one = one.parent
    return None


def constraining_cluster(current: Activity, shared: Activity | None) -> Activity | None:
    """
    Return the deepest cluster from the current activity up to below the common ancestor that constrains choice. [SN SB.2.9 11.4]

    Without a common ancestor the way goes up to the root, which is not asked.
    """
    one = current.parent if current.is_leaf else current
    while one is not None and one.parent is not None and one is not shared:
        if one.sequencing.constrained_choice.constrain_choice:
            return one
        one = one.parent
    return None


def is_within_constraint(run: Run, current: Activity, shared: Activity, target: Activity) -> bool:
    """Say whether no cluster constrains choice to its neighbours, or the target is in one of them. [SN SB.2.9 11.5]"""
    constraining = constraining_cluster(current, shared)
    if constraining is None or target.is_within(constraining):
        return True
    direction = Direction.FORWARD if comes_after(run, target, constraining) else Direction.BACKWARD
    near = choice_flow_subprocess(run, constraining, direction)
    return near is not None and target.is_within(near)


def choice_flow_subprocess(run: Run, activity: Activity, direction: Direction) -> Activity | None:
    """Return the neighbour choice may go to, None at the end of the tree. [SN SB.2.9.1]"""
    return choice_flow_tree_traversal_subprocess(run, activity, direction)


def choice_flow_tree_traversal_subprocess(run: Run, activity: Activity, direction: Direction) -> Activity | None:
    """Find the next activity on the same or a higher level. [SN SB.2.9.2]"""
    one: Activity = activity
    while one.parent is not None:
        siblings, place = run.available_children(one.parent), run.place_of(one)
        if place is not None and 0 <= place + direction.value < len(siblings):
            return siblings[place + direction.value]
        one = one.parent
    return None
