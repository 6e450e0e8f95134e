"""The sequencing requests other than choice: which activity each would deliver. [SN SB.2.5 - SB.2.13]"""

from courseway.standards.sequencing.choice import Sequenced, choice_sequencing_request_process, is_available
from courseway.standards.sequencing.flow import Direction, Flowed, flow_subprocess
from courseway.standards.sequencing.run import Run
from courseway.standards.sequencing.tree import Activity
from courseway.standards.sequencing.values import Refused, RequestKind


def sequencing_request_process(run: Run, kind: RequestKind | None, target: Activity | None) -> Sequenced:
    """Carry out a sequencing request. [SN SB.2.12]"""
    if kind is RequestKind.CHOICE:
        return choice_sequencing_request_process(run, target)
    if kind is RequestKind.JUMP:
        return jump_sequencing_request_process(run, target)
    process = _PROCESSES.get(kind) if kind is not None else None
    return process(run) if process is not None else Sequenced(refused=Refused.UNDEFINED_REQUEST)


def start_sequencing_request_process(run: Run) -> Sequenced:
    """Begin at the root; a course of a single activity needs no flow. [SN SB.2.5]"""
    if run.current is not None:
        return Sequenced(refused=Refused.START_RUNNING)
    root = run.tree.root
    _forget_globals(run)
    only = run.tree.only_leaf
    if only is not None and not root.control.flow:
        return Sequenced(deliver=only)
    if root.is_leaf:
        return Sequenced(deliver=root)
    return _of(flow_subprocess(run, root, Direction.FORWARD, into_children=True))


def resume_all_sequencing_request_process(run: Run) -> Sequenced:
    """Go on where everything was suspended. [SN SB.2.6]"""
    if run.current is not None:
        return Sequenced(refused=Refused.RESUME_RUNNING)
    if run.suspended is None:
        return Sequenced(refused=Refused.RESUME_NOTHING)
    return Sequenced(deliver=run.suspended)


def continue_sequencing_request_process(run: Run) -> Sequenced:
    """Go forward from the current activity. [SN SB.2.7]"""
    current = run.current
    if current is None:
        return Sequenced(refused=Refused.CONTINUE_NOT_RUNNING)
    if current.parent is not None and not current.parent.control.flow:
        return Sequenced(refused=Refused.CONTINUE_NO_FLOW)
    return _of(flow_subprocess(run, current, Direction.FORWARD, into_children=False))


def previous_sequencing_request_process(run: Run) -> Sequenced:
    """Go back from the current activity. [SN SB.2.8]"""
    current = run.current
    if current is None:
        return Sequenced(refused=Refused.PREVIOUS_NOT_RUNNING)
    if current.parent is not None and not current.parent.control.flow:
        return Sequenced(refused=Refused.PREVIOUS_NO_FLOW)
    return _of(flow_subprocess(run, current, Direction.BACKWARD, into_children=False))


def retry_sequencing_request_process(run: Run) -> Sequenced:
    """Attempt the current activity anew. [SN SB.2.10]"""
    current = run.current
    if current is None:
        return Sequenced(refused=Refused.RETRY_NOT_RUNNING)
    held = run.tracking(current)
    if held.active or held.suspended:
        return Sequenced(refused=Refused.RETRY_ACTIVE)
    if current.is_leaf:
        return Sequenced(deliver=current)
    if current.parent is None:
        _forget_globals(run)
    found = flow_subprocess(run, current, Direction.FORWARD, into_children=True)
    if not found.deliverable:
        return Sequenced(refused=Refused.RETRY_LEADS_NOWHERE)
    return Sequenced(deliver=found.activity)


def exit_sequencing_request_process(run: Run) -> Sequenced:
    """End the session when the current activity is the root. [SN SB.2.11]"""
    current = run.current
    if current is None:
        return Sequenced(refused=Refused.EXIT_NOT_RUNNING)
    if run.tracking(current).active:
        return Sequenced(refused=Refused.EXIT_ACTIVE)
    return Sequenced(ends=current.parent is None)


def jump_sequencing_request_process(run: Run, target: Activity | None) -> Sequenced:
    """Deliver an activity, whatever control modes and choice say. [SN SB.2.13]"""
    if target is None or not is_available(run, target):
        return Sequenced(refused=Refused.JUMP_NO_TARGET)
    return Sequenced(deliver=target)


_PROCESSES = {
    RequestKind.START: start_sequencing_request_process,
    RequestKind.RESUME_ALL: resume_all_sequencing_request_process,
    RequestKind.CONTINUE: continue_sequencing_request_process,
    RequestKind.PREVIOUS: previous_sequencing_request_process,
    RequestKind.RETRY: retry_sequencing_request_process,
    RequestKind.EXIT: exit_sequencing_request_process,
}


def _forget_globals(run: Run) -> None:
    """Empty the global objectives of this course alone before a new attempt on its root. [SN 4.2.1.3]"""
    held = run.tracking(run.tree.root)
    if not (run.tree.organization.objectives_global_to_system or held.active or held.suspended):
        run.forget_globals()


def _of(found: Flowed) -> Sequenced:
    if found.deliverable:
        return Sequenced(deliver=found.activity)
    return Sequenced(ends=found.ends, refused=found.refused)
