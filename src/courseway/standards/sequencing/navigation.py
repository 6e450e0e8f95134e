"""Judging a navigation request: what has to end, and what is then asked of sequencing. [SN NB.2.1]"""

from typing import NamedTuple

from courseway.standards.sequencing.run import Run
from courseway.standards.sequencing.tree import Activity, common_ancestor
from courseway.standards.sequencing.values import Refused, Request, RequestKind

_ENDING = {
    RequestKind.EXIT: RequestKind.EXIT,
    RequestKind.ABANDON: RequestKind.ABANDON,
    RequestKind.EXIT_ALL: RequestKind.EXIT_ALL,
    RequestKind.ABANDON_ALL: RequestKind.ABANDON_ALL,
    RequestKind.SUSPEND_ALL: RequestKind.SUSPEND_ALL,
}


class Plan(NamedTuple):
    """What a navigation request becomes."""

    termination: RequestKind | None = None
    sequencing: RequestKind | None = None
    target: Activity | None = None
    refused: Refused | None = None


def navigation_request_process(run: Run, request: Request) -> Plan:
    """Translate a navigation request into a termination and a sequencing request, or refuse it. [SN NB.2.1]"""
    kind = request.kind
    if kind is RequestKind.START:
        return _no(Refused.ALREADY_STARTED) if run.current else Plan(sequencing=kind)
    if kind is RequestKind.RESUME_ALL:
        return _judge_resume(run)
    if kind in (RequestKind.CHOICE, RequestKind.JUMP):
        return _judge_choice(run, request)
    current = run.current
    if current is None:
        return _no(Refused.NOT_STARTED)
    if kind is RequestKind.CONTINUE:
        return _judge_flow(run, current, kind)
    if kind is RequestKind.PREVIOUS:
        if current.parent is None:
            return _no(Refused.NO_PREVIOUS_OF_ROOT)
        if current.parent.control.forward_only:
            return _no(Refused.PREVIOUS_NOT_ALLOWED)
        return _judge_flow(run, current, kind)
    if kind in _ENDING:
        if kind in (RequestKind.EXIT, RequestKind.ABANDON) and not run.tracking(current).active:
            return _no(Refused.ALREADY_ENDED)
        return Plan(_ENDING[kind], RequestKind.EXIT)
    return _no(Refused.UNDEFINED_REQUEST)


def _judge_resume(run: Run) -> Plan:
    if run.current is not None:
        return _no(Refused.ALREADY_STARTED)
    if run.suspended is None:
        return _no(Refused.NOTHING_SUSPENDED)
    return Plan(sequencing=RequestKind.RESUME_ALL)


def _judge_flow(run: Run, current: Activity, kind: RequestKind) -> Plan:
    if current.parent is None or not current.parent.control.flow:
        return _no(Refused.FLOW_NOT_ALLOWED if kind is RequestKind.CONTINUE else Refused.PREVIOUS_NOT_ALLOWED)
    return Plan(RequestKind.EXIT if run.tracking(current).active else None, kind)


def _judge_choice(run: Run, request: Request) -> Plan:
    target = run.tree.find(request.target)
    if target is None:
        return _no(Refused.TARGET_UNKNOWN)
    current = run.current
    ends = RequestKind.EXIT if current is not None and run.tracking(current).active else None
    if request.kind is RequestKind.JUMP:
        return Plan(ends, RequestKind.JUMP, target)
    if target.parent is not None and not target.parent.control.choice:
        return _no(Refused.CHOICE_NOT_ALLOWED)
    if current is not None and current is not target and _kept_in(run, current, target):
        return _no(Refused.CHOICE_EXIT_NOT_ALLOWED)
    return Plan(ends, RequestKind.CHOICE, target)


def _kept_in(run: Run, current: Activity, target: Activity) -> bool:
    """Say whether an active activity may not be left by choice; siblings are not spared. [SN NB.2.1 7.1.1.2]"""
    shared = common_ancestor(current, target)
    one: Activity | None = current
    while one is not None and one is not shared:
        if run.tracking(one).active and not one.control.choice_exit:
            return True
        one = one.parent
    return False


def _no(refused: Refused) -> Plan:
    return Plan(refused=refused)
