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


def walk(run: Run, activity: Activity, direction: Direction, came: Direction | None, *, into_children: bool) -> Reached:
    """Find the next activity in tree order. [SN SB.2.1]"""
    turned = False
    siblings = run.available_children(activity.parent) if activity.parent else (activity,)
    if came is Direction.BACKWARD and activity.parent and siblings and siblings[-1] is activity:
        direction, activity, turned = Direction.BACKWARD, siblings[0], True
    if direction is Direction.FORWARD:
        return _walk_forward(run, activity, into_children)
    return _walk_backward(run, activity, into_children, turned)


def _walk_forward(run: Run, activity: Activity, into_children: bool) -> Reached:
    if not activity.is_leaf and into_children:
        children = run.available_children(activity)
        return Reached(children[0]) if children else Reached(None, refused=Refused.NO_CHILDREN)
    one: Activity = activity
    while one.parent is not None:
        siblings = run.available_children(one.parent)
        place = siblings.index(one)
        if place + 1 < len(siblings):
            return Reached(siblings[place + 1])
        one = one.parent
    run.note("SB.2.1", "the end of the course")
    return Reached(None, refused=Refused.BEYOND_END, ends=True)


def _walk_backward(run: Run, activity: Activity, into_children: bool, turned: bool) -> Reached:
    back = Direction.BACKWARD
    if activity.parent is None:
        return Reached(None, back, Refused.BEFORE_START)
    if not activity.is_leaf and into_children:
        children = run.available_children(activity)
        if not children:
            return Reached(None, back, Refused.NO_CHILDREN)
        if activity.sequencing.control_mode.forward_only:
            return Reached(children[0])
        return Reached(children[-1], back)
    one: Activity = activity
    while one.parent is not None:
        if not turned and one.parent.sequencing.control_mode.forward_only:
            return Reached(None, back, Refused.FORWARD_ONLY)
        siblings = run.available_children(one.parent)
        place = siblings.index(one)
        if place > 0:
            return Reached(siblings[place - 1], back)
        one, turned = one.parent, False
    return Reached(None, back, Refused.BEFORE_START)


def settle(run: Run, activity: Activity, direction: Direction, came: Direction | None) -> Flowed:
    """Follow flow from a candidate until something can be delivered or nothing can. [SN SB.2.2]"""
    for _ in range(2 * len(run.tree.activities) + 2):
        if activity.parent is not None and not activity.parent.sequencing.control_mode.flow:
            return Flowed(activity, False, Refused.NO_FLOW_IN_PARENT)
        if rules.pre_condition(run, activity, RuleAction.SKIP):
            run.note("SB.2.2", f"{activity.identifier} is skipped")
            reached = walk(run, activity, direction, came, into_children=False)
            if reached.activity is None:
                return Flowed(activity, False, reached.refused, reached.ends)
            came = None if (came, reached.direction) == (Direction.BACKWARD, Direction.BACKWARD) else came
            activity, direction = reached.activity, reached.direction
            continue
        if rules.is_forbidden(run, activity):
            return Flowed(activity, False, Refused.ACTIVITY_NOT_ALLOWED)
        if activity.is_leaf:
            return Flowed(activity, True)
        reached = walk(run, activity, direction, None, into_children=True)
        if reached.activity is None:
            return Flowed(activity, False, reached.refused, reached.ends)
        turned = direction is Direction.BACKWARD and reached.direction is Direction.FORWARD
        came = Direction.BACKWARD if turned else None
        activity, direction = reached.activity, reached.direction
    return Flowed(activity, False, Refused.ACTIVITY_NOT_ALLOWED)


def flow(run: Run, start: Activity, direction: Direction, *, into_children: bool) -> Flowed:
    """Flow from an activity to the next one that can be delivered. [SN SB.2.3]"""
    reached = walk(run, start, direction, None, into_children=into_children)
    if reached.activity is None:
        return Flowed(start, False, reached.refused, reached.ends)
    return settle(run, reached.activity, reached.direction, None)


def may_pass(run: Run, activity: Activity, direction: Direction) -> Refused | None:
    """Say why choosing may not pass an activity, None when it may. [SN SB.2.4]"""
    if direction is Direction.FORWARD:
        stopped = rules.pre_condition(run, activity, RuleAction.STOP_FORWARD_TRAVERSAL)
        return Refused.TRAVERSAL_STOPPED if stopped else None
    if activity.parent is None:
        return Refused.CHOICE_BEFORE_ROOT
    return Refused.CHOICE_FORWARD_ONLY if activity.parent.sequencing.control_mode.forward_only else None
