"""Walking the tree forward and backward to the next activity that may be delivered. [SN SB.2.1 - SB.2.4]"""

from enum import Enum
from typing import NamedTuple

from courseway.standards.manifests.sequencing import RuleAction
from courseway.standards.sequencing import rules
from courseway.standards.sequencing.run import Run
from courseway.standards.sequencing.tree import Activity
from courseway.standards.sequencing.values import Refused


class Direction(Enum):
    """Which way a traversal goes."""

    FORWARD = 1
    BACKWARD = -1


class Reached(NamedTuple):
    """Where a traversal came to; `ends` says the learner walked off the end of the course."""

    activity: Activity | None
    direction: Direction = Direction.FORWARD
    refused: Refused | None = None
    ends: bool = False


class Flowed(NamedTuple):
    """The activity to deliver, or why there is none."""

    activity: Activity
    deliverable: bool
    refused: Refused | None = None
    ends: bool = False


def flow_tree_traversal_subprocess(
    run: Run, activity: Activity, direction: Direction, came: Direction | None, *, into_children: bool
) -> Reached:
    """Find the next activity in the order of the tree; `came` is the direction flow had before it turned. [SN SB.2.1]"""
    turned = False
    siblings = run.available_children(activity.parent) if activity.parent else (activity,)
    if came is Direction.BACKWARD and activity.parent and siblings and siblings[-1] is activity:
        direction, activity, turned = Direction.BACKWARD, siblings[0], True
    if direction is Direction.FORWARD:
        return _forward(run, activity, into_children)
    return _backward(run, activity, into_children, turned)


def _forward(run: Run, activity: Activity, into_children: bool) -> Reached:
    if not activity.is_leaf and into_children:
        run.arrange_anew(activity)
        children = run.available_children(activity)
        return Reached(children[0]) if children else Reached(None, refused=Refused.NO_CHILDREN)
    one: Activity = activity
    while one.parent is not None:
        siblings, place = _among_siblings(run, one)
        if place + 1 < len(siblings):
            return Reached(siblings[place + 1])
        one = one.parent
    run.note("SB.2.1", "flow came to the end of the course")
    return Reached(None, refused=Refused.BEYOND_END, ends=True)


def _backward(run: Run, activity: Activity, into_children: bool, turned: bool) -> Reached:
    back = Direction.BACKWARD
    if activity.parent is None:
        return Reached(None, back, Refused.BEFORE_START)
    if not activity.is_leaf and into_children:
        run.arrange_anew(activity)
        children = run.available_children(activity)
        if not children:
            return Reached(None, back, Refused.NO_CHILDREN)
        if activity.control.forward_only:
            return Reached(children[0])
        return Reached(children[-1], back)
    one: Activity = activity
    while one.parent is not None:
        if not turned and one.parent.control.forward_only:
            return Reached(None, back, Refused.FORWARD_ONLY)
        siblings, place = _among_siblings(run, one)
        if place > 0:
            return Reached(siblings[place - 1], back)
        one, turned = one.parent, False
    return Reached(None, back, Refused.BEFORE_START)


def _among_siblings(run: Run, activity: Activity) -> tuple[tuple[Activity, ...], int]:
    """Return the available siblings and the place among them; one that was not selected stands before them all."""
    assert activity.parent is not None
    place = run.place_of(activity)
    return run.available_children(activity.parent), -1 if place is None else place


def flow_activity_traversal_subprocess(
    run: Run, activity: Activity, direction: Direction, came: Direction | None
) -> Flowed:
    """Follow flow from a candidate until something can be delivered or nothing can. [SN SB.2.2]"""
    for _ in range(2 * len(run.tree.activities) + 2):
        if activity.parent is not None and not activity.parent.control.flow:
            return _no(run, activity, Refused.NO_FLOW_IN_PARENT)
        if activity.pre_conditions and rules.pre_condition(run, activity, RuleAction.SKIP):
            run.note("SB.2.2", f'"{activity.identifier}" is skipped', activity)
            reached = flow_tree_traversal_subprocess(run, activity, direction, came, into_children=False)
            if reached.activity is None:
                return Flowed(activity, False, reached.refused, reached.ends)
            # `came` may stay: what is met on the way back out is never the last of its siblings, and turns no more.
            activity, direction = reached.activity, reached.direction
            continue
        if rules.check_activity_process(run, activity):
            return _no(run, activity, Refused.ACTIVITY_NOT_ALLOWED)
        if activity.is_leaf:
            return Flowed(activity, True)
        reached = flow_tree_traversal_subprocess(run, activity, direction, None, into_children=True)
        if reached.activity is None:
            return Flowed(activity, False, reached.refused, reached.ends)
        turned = direction is Direction.BACKWARD and reached.direction is Direction.FORWARD
        came = Direction.BACKWARD if turned else None
        activity, direction = reached.activity, reached.direction
    return _no(run, activity, Refused.ACTIVITY_NOT_ALLOWED)


def _no(run: Run, activity: Activity, refused: Refused) -> Flowed:
    if run.tracing:
        run.note("SB.2.2", f'flow stops before "{activity.identifier}"', activity)
    return Flowed(activity, False, refused)


def flow_subprocess(run: Run, start: Activity, direction: Direction, *, into_children: bool) -> Flowed:
    """Flow from an activity to the next one that can be delivered. [SN SB.2.3]"""
    reached = flow_tree_traversal_subprocess(run, start, direction, None, into_children=into_children)
    if reached.activity is None:
        return Flowed(start, False, reached.refused, reached.ends)
    found = flow_activity_traversal_subprocess(run, reached.activity, reached.direction, None)
    if found.deliverable and run.tracing:
        run.note("SB.2.3", f'flow from "{start.identifier}" comes to "{found.activity.identifier}"', found.activity)
    return found


def choice_activity_traversal_subprocess(run: Run, activity: Activity, direction: Direction) -> Refused | None:
    """Say why choosing may not pass an activity, None when it may. [SN SB.2.4]"""
    if direction is Direction.FORWARD:
        stopped = rules.pre_condition(run, activity, RuleAction.STOP_FORWARD_TRAVERSAL)
        return Refused.TRAVERSAL_STOPPED if stopped else None
    if activity.parent is None:
        return Refused.CHOICE_BEFORE_ROOT
    return Refused.CHOICE_FORWARD_ONLY if activity.parent.control.forward_only else None
