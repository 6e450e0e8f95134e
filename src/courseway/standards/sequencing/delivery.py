"""Checking and carrying out a delivery: attempts begin here. [SN DB.1.1, DB.2]"""

from courseway.standards.sequencing import rules
from courseway.standards.sequencing.run import Run
from courseway.standards.sequencing.state import ActivityTracking
from courseway.standards.sequencing.termination import terminate_descendent_attempts_process
from courseway.standards.sequencing.tree import Activity, common_ancestor
from courseway.standards.sequencing.values import Refused


def delivery_request_process(run: Run, activity: Activity) -> Refused | None:
    """Say why an activity may not be delivered, None when it may. [SN DB.1.1]"""
    if not activity.is_leaf:
        return Refused.NOT_A_LEAF
    if any(rules.check_activity_process(run, one) for one in activity.path()):
        return Refused.DELIVERY_NOT_ALLOWED
    return None


def content_delivery_environment_process(run: Run, activity: Activity) -> bool:
    """Make an activity the current one; say whether its suspended attempt goes on. [SN DB.2]"""
    clear_suspended_activity_subprocess(run, activity)
    terminate_descendent_attempts_process(run, activity)
    resumed = False
    for one in activity.path():
        if not run.tracking(one).active:
            resumed = _activate(run, one)
    run.current, run.suspended = activity, None
    attempt = run.tracking(activity).attempts
    run.note(
        "DB.2",
        f'"{activity.identifier}" is delivered, {"going on with" if resumed else "in"} attempt {attempt}',
        activity,
    )
    return resumed


def _activate(run: Run, activity: Activity) -> bool:
    held = run.written(activity)
    if held.suspended:
        held.suspended, held.active = False, True
        return True
    above = run.tracking(activity.parent).attempts if activity.parent else 0
    children = None
    if activity.arranges:
        children = tuple(one.identifier for one in run.available_children(activity))
        if run.tracing:
            names = ", ".join(f'"{name}"' for name in children) or "none"
            run.note("SR.1", f'the children of "{activity.identifier}" in this attempt, as drawn: {names}', activity)
    begun = ActivityTracking(
        attempts=held.attempts + 1,
        active=True,
        of_attempt=above,
        children=children,
        objectives={},
        began=run.now,
        first_began=held.first_began if held.first_began is not None else run.now,
        earlier_seconds=held.earlier_seconds + held.seconds,
    )
    run.renew(activity, begun)
    return False


def clear_suspended_activity_subprocess(run: Run, activity: Activity) -> None:
    """Forget what was suspended when something else is delivered. [SN DB.2.1]"""
    suspended = run.suspended
    if suspended is None or suspended is activity:
        return
    shared = common_ancestor(suspended, activity)
    for one in reversed(suspended.path()):
        if one is shared or not one.is_within(shared):
            continue
        held = run.written(one)
        if one.is_leaf or not any(run.tracking(child).suspended for child in run.available_children(one)):
            held.suspended = False
