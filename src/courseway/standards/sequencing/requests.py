"""The sequencing requests: which activity each would deliver. [SN SB.2.5 - SB.2.13]"""

from typing import NamedTuple

from courseway.standards.manifests.sequencing import RuleAction
from courseway.standards.sequencing import rules
from courseway.standards.sequencing.flow import Direction, Flowed, flow, may_pass
from courseway.standards.sequencing.run import Run
from courseway.standards.sequencing.tree import Activity, common_ancestor
from courseway.standards.sequencing.values import Refused


class Sequenced(NamedTuple):
    """What a sequencing request identifies for delivery, whether it ends the session, or why it fails."""

    deliver: Activity | None = None
    ends: bool = False
    refused: Refused | None = None


def start(run: Run) -> Sequenced:
    """Begin at the root; a course of a single activity needs no flow. [SN SB.2.5]"""
    if run.current is not None:
        return Sequenced(refused=Refused.START_RUNNING)
    root = run.tree.root
    _forget_globals(run)
    only = _only_leaf(run)
    if only is not None and not root.sequencing.control_mode.flow:
        return Sequenced(deliver=only)
    if root.is_leaf:
        return Sequenced(deliver=root)
    return _of(flow(run, root, Direction.FORWARD, into_children=True))


def resume_all(run: Run) -> Sequenced:
    """Go on where everything was suspended. [SN SB.2.6]"""
    if run.current is not None:
        return Sequenced(refused=Refused.RESUME_RUNNING)
    if run.suspended is None:
        return Sequenced(refused=Refused.RESUME_NOTHING)
    return Sequenced(deliver=run.suspended)


def continue_(run: Run) -> Sequenced:
    """Go forward from the current activity. [SN SB.2.7]"""
    current = run.current
    if current is None:
        return Sequenced(refused=Refused.CONTINUE_NOT_RUNNING)
    if current.parent is not None and not current.parent.sequencing.control_mode.flow:
        return Sequenced(refused=Refused.CONTINUE_NO_FLOW)
    return _of(flow(run, current, Direction.FORWARD, into_children=False))


def previous(run: Run) -> Sequenced:
    """Go back from the current activity. [SN SB.2.8]"""
    current = run.current
    if current is None:
        return Sequenced(refused=Refused.PREVIOUS_NOT_RUNNING)
    if current.parent is not None and not current.parent.sequencing.control_mode.flow:
        return Sequenced(refused=Refused.PREVIOUS_NO_FLOW)
    return _of(flow(run, current, Direction.BACKWARD, into_children=False))


def retry(run: Run) -> Sequenced:
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
    found = flow(run, current, Direction.FORWARD, into_children=True)
    if not found.deliverable:
        return Sequenced(refused=Refused.RETRY_LEADS_NOWHERE)
    return Sequenced(deliver=found.activity)


def exit_(run: Run) -> Sequenced:
    """End the session when the current activity is the root. [SN SB.2.11]"""
    current = run.current
    if current is None:
        return Sequenced(refused=Refused.EXIT_NOT_RUNNING)
    if run.tracking(current).active:
        return Sequenced(refused=Refused.EXIT_ACTIVE)
    return Sequenced(ends=current.parent is None)


def jump(run: Run, target: Activity | None) -> Sequenced:
    """Deliver a leaf, whatever the rules say. [SN SB.2.13]"""
    if target is None or not _is_available(run, target):
        return Sequenced(refused=Refused.JUMP_NO_TARGET)
    return Sequenced(deliver=target)


def choice(run: Run, target: Activity | None) -> Sequenced:
    """Deliver what the learner chose, or the first below it. [SN SB.2.9]"""
    if target is None:
        return Sequenced(refused=Refused.CHOICE_NO_TARGET)
    refused = _choosable(run, target) or _reachable(run, target)
    if refused is not None:
        return Sequenced(refused=refused)
    if target.is_leaf:
        return Sequenced(deliver=target)
    found = flow(run, target, Direction.FORWARD, into_children=True)
    if not found.deliverable:
        return Sequenced(refused=Refused.CHOICE_LEADS_NOWHERE)
    return Sequenced(deliver=found.activity)


def _choosable(run: Run, target: Activity) -> Refused | None:
    if not _is_available(run, target):
        return Refused.CHOICE_NOT_AVAILABLE
    if any(rules.pre_condition(run, one, RuleAction.HIDDEN_FROM_CHOICE) for one in target.path()):
        return Refused.CHOICE_HIDDEN
    if target.parent is not None and not target.parent.sequencing.control_mode.choice:
        return Refused.CHOICE_PARENT_FORBIDS
    return None


def _reachable(run: Run, target: Activity) -> Refused | None:
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
        return _climb(current, stop=target.parent)
    refused = _climb(current, stop=shared) or _constrained(run, current, shared, target)
    if refused is not None:
        return refused
    return _descend(run, shared, target, passing=target.position > current.position)


def _among_siblings(run: Run, current: Activity, target: Activity) -> Refused | None:
    assert current.parent is not None
    siblings = run.available_children(current.parent)
    here, there = siblings.index(current), siblings.index(target)
    if here < there:
        passed, direction = siblings[here:there], Direction.FORWARD
    else:
        passed, direction = siblings[there + 1 : here + 1][::-1], Direction.BACKWARD
    return next((no for one in passed if (no := may_pass(run, one, direction)) is not None), None)


def _descend(run: Run, shared: Activity, target: Activity, *, passing: bool) -> Refused | None:
    """Go down from a common ancestor: no stop on the way when `passing`, and no cluster that prevents activation. [SN SB.2.9 9, 11]"""
    way = target.path()
    way = way[way.index(shared) : -1]
    if not way:
        return Refused.CHOICE_NO_PATH
    for one in way:
        if passing and (refused := may_pass(run, one, Direction.FORWARD)) is not None:
            return refused
        guarded = one.sequencing.constrained_choice.prevent_activation
        if guarded and one is not shared and not run.tracking(one).active:
            return Refused.CHOICE_NOT_ACTIVATED
    return None


def _climb(current: Activity, *, stop: Activity | None) -> Refused | None:
    one: Activity | None = current
    while one is not None and one is not stop:
        if not one.sequencing.control_mode.choice_exit:
            return Refused.CHOICE_EXIT
        one = one.parent
    return None


def _constrained(run: Run, current: Activity, shared: Activity, target: Activity) -> Refused | None:
    """Refuse what lies beyond the neighbours of a cluster that constrains choice. [SN SB.2.9 11.4-11.5]"""
    constraining = next(
        (
            one
            for one in reversed(current.path())
            if one.is_within(shared)
            and one is not shared
            and not one.is_leaf
            and one.sequencing.constrained_choice.constrain_choice
        ),
        None,
    )
    if constraining is None:
        return None
    near = _neighbour(run, constraining, forward=target.position > constraining.position)
    allowed = target.is_within(constraining) or (near is not None and target.is_within(near))
    return None if allowed else Refused.CHOICE_CONSTRAINED


def _neighbour(run: Run, activity: Activity, *, forward: bool) -> Activity | None:
    """Find the next activity on the same or a higher level. [SN SB.2.9.1, SB.2.9.2]"""
    one: Activity = activity
    while one.parent is not None:
        siblings = run.available_children(one.parent)
        place = siblings.index(one) + (1 if forward else -1)
        if 0 <= place < len(siblings):
            return siblings[place]
        one = one.parent
    return None


def _forget_globals(run: Run) -> None:
    """Empty the global objectives of this course alone before a new attempt on its root. [SN 4.2.1.3]"""
    held = run.tracking(run.tree.root)
    if not (run.tree.organization.objectives_global_to_system or held.active or held.suspended):
        run.state.global_objectives.clear()


def _is_available(run: Run, target: Activity) -> bool:
    return all(one.parent is None or one in run.available_children(one.parent) for one in target.path())


def _only_leaf(run: Run) -> Activity | None:
    leaves = [one for one in run.tree.activities if one.is_leaf]
    return leaves[0] if len(leaves) == 1 else None


def _of(found: Flowed) -> Sequenced:
    if found.deliverable:
        return Sequenced(deliver=found.activity)
    return Sequenced(ends=found.ends, refused=found.refused)
