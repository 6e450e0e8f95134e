"""Ending attempts: what must end before anything else is delivered, and what the post-conditions then ask for. [SN TB.2, UP.3, UP.4]"""

from typing import NamedTuple

from courseway.standards.manifests.sequencing import RuleAction
from courseway.standards.sequencing import rules
from courseway.standards.sequencing.rollup import overall_rollup_process
from courseway.standards.sequencing.run import Run
from courseway.standards.sequencing.tree import Activity, common_ancestor
from courseway.standards.sequencing.values import Refused, RequestKind

_POST = {
    RuleAction.EXIT_PARENT,
    RuleAction.EXIT_ALL,
    RuleAction.RETRY,
    RuleAction.RETRY_ALL,
    RuleAction.CONTINUE,
    RuleAction.PREVIOUS,
}
_AS_REQUEST = {
    RuleAction.RETRY: RequestKind.RETRY,
    RuleAction.CONTINUE: RequestKind.CONTINUE,
    RuleAction.PREVIOUS: RequestKind.PREVIOUS,
}


class Terminated(NamedTuple):
    """What follows a termination: a sequencing request of its own that replaces the asked one, or a refusal."""

    request: RequestKind | None = None
    refused: Refused | None = None


def termination_request_process(run: Run, kind: RequestKind) -> Terminated:
    """Carry out a termination request. [SN TB.2.3]"""
    current = run.current
    if current is None:
        return Terminated(refused=Refused.NOTHING_TO_END)
    active = run.tracking(current).active
    if kind in (RequestKind.EXIT, RequestKind.ABANDON) and not active:
        return Terminated(refused=Refused.ENDED_BEFORE)
    if kind is RequestKind.EXIT:
        return _exit(run, current)
    if kind is RequestKind.EXIT_ALL:
        return _exit_all(run, RequestKind.EXIT)
    if kind is RequestKind.SUSPEND_ALL:
        return _suspend_all(run, current)
    if kind is RequestKind.ABANDON:
        run.written(current).active = False
        return Terminated()
    return _abandon_all(run, current)


def end_attempt_process(run: Run, activity: Activity) -> None:
    """
    End the attempt on an activity, and roll up. [SN UP.4]

    What the content of a leaf left unset, and did not promise to set, becomes completed and satisfied.
    """
    held = run.written(activity)
    if activity.is_leaf:
        if activity.is_tracked and not held.suspended:
            _fill_in(run, activity)
    else:
        held.suspended = any(run.tracking(child).suspended for child in run.available_children(activity))
    held.active = False
    if run.tracing:
        kept = ", suspended" if held.suspended else ""
        run.note("UP.4", f'the attempt on "{activity.identifier}" ends{kept}', activity)
    overall_rollup_process(run, activity)


def terminate_descendent_attempts_process(run: Run, top: Activity) -> None:
    """End every attempt between the current activity and `top`, both left alone. [SN UP.3]"""
    current = run.current
    if current is None:
        return
    shared = common_ancestor(current, top)
    one = current.parent if current is not shared else None
    while one is not None and one is not shared:
        if run.tracking(one).active:
            end_attempt_process(run, one)
        one = one.parent


def _fill_in(run: Run, activity: Activity) -> None:
    controls, held = activity.sequencing.delivery_controls, run.written(activity)
    if not controls.completion_set_by_content and not held.completion_set and held.completed is None:
        held.completed = True
        run.note("UP.4", f'"{activity.identifier}" left its completion unsaid and counts as completed', activity)
    primary = run.objective(activity)
    if not controls.objective_set_by_content and not held.success_set and primary.satisfied is None:
        primary.satisfied = True
        run.note("UP.4", f'"{activity.identifier}" left its success unsaid and counts as satisfied', activity)


def _exit(run: Run, current: Activity) -> Terminated:
    """End the current attempt, then whatever its exit and post-condition rules ask for. [SN TB.2.3 3]"""
    end_attempt_process(run, current)
    sequencing_exit_action_rules_subprocess(run)
    while True:
        now = run.current
        assert now is not None
        wanted = sequencing_post_condition_rules_subprocess(run, now)
        if wanted is RuleAction.EXIT_ALL:
            return _exit_all(run, RequestKind.EXIT)
        if wanted is RuleAction.RETRY_ALL:
            return _exit_all(run, RequestKind.RETRY)
        if wanted is RuleAction.EXIT_PARENT:
            if now.parent is None:
                return Terminated(refused=Refused.ROOT_HAS_NO_PARENT)
            run.current = now.parent
            end_attempt_process(run, now.parent)
            continue
        request = _AS_REQUEST.get(wanted) if wanted else None
        if now.parent is None and request is not RequestKind.RETRY:
            return Terminated(RequestKind.EXIT)
        return Terminated(request)


def sequencing_exit_action_rules_subprocess(run: Run) -> None:
    """End a cluster above whose exit rule holds now. [SN TB.2.1]"""
    current = run.current
    assert current is not None
    for one in current.path()[:-1]:
        if rules.sequencing_rules_check_process(run, one, one.sequencing.exit_condition_rules, {RuleAction.EXIT}):
            terminate_descendent_attempts_process(run, one)
            end_attempt_process(run, one)
            run.current = one
            run.note("TB.2.1", f'"{one.identifier}" exits by its rule', one)
            return


def sequencing_post_condition_rules_subprocess(run: Run, activity: Activity) -> RuleAction | None:
    """Ask the post-condition rules; a suspended activity is not asked. [SN TB.2.2]"""
    if run.tracking(activity).suspended:
        return None
    return rules.sequencing_rules_check_process(run, activity, activity.sequencing.post_condition_rules, _POST)


def _exit_all(run: Run, then: RequestKind) -> Terminated:
    current, root = run.current, run.tree.root
    assert current is not None
    if run.tracking(current).active:
        end_attempt_process(run, current)
    if current is not root:
        terminate_descendent_attempts_process(run, root)
        end_attempt_process(run, root)
    run.current = root
    return Terminated(then)


def _suspend_all(run: Run, current: Activity) -> Terminated:
    held, root = run.tracking(current), run.tree.root
    if held.active or held.suspended:
        overall_rollup_process(run, current)
        run.suspended = current
    elif current.parent is not None:
        run.suspended = current.parent
    else:
        return Terminated(refused=Refused.NOTHING_TO_SUSPEND)
    assert run.suspended is not None
    for one in run.suspended.path():
        tracking = run.written(one)
        tracking.active, tracking.suspended = False, True
    run.current = root
    return Terminated(RequestKind.EXIT)


def _abandon_all(run: Run, current: Activity) -> Terminated:
    for one in current.path():
        run.written(one).active = False
    run.current = run.tree.root
    return Terminated(RequestKind.EXIT)
