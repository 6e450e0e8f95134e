"""
Reading and writing what is known of an activity: derived statuses, and the maps to global objectives. [SN 4.2, TM]

Three values everywhere: True, False, and None for unknown.
"""

from collections.abc import Callable

import msgspec

from courseway.standards.manifests.sequencing import Objective, ObjectiveMap
from courseway.standards.sequencing.run import UNKNOWN, Run
from courseway.standards.sequencing.state import ObjectiveStatus
from courseway.standards.sequencing.tree import Activity
from courseway.standards.sequencing.values import EndedActivity, EndedObjective
from courseway.standards.sequencing.words import describe_report, describe_value

_READS = {
    "completed": "read_completion_status",
    "progress": "read_progress_measure",
    "raw": "read_raw_score",
    "min": "read_min_score",
    "max": "read_max_score",
}


def local(run: Run, activity: Activity, objective: Objective) -> ObjectiveStatus:
    """Return what the activity itself holds on an objective, for reading."""
    held = run.state.activities.get(activity.identifier)
    return UNKNOWN if held is None else held.objectives.get(objective.identifier, UNKNOWN)


def measure(run: Run, activity: Activity, objective: Objective) -> float | None:
    """Read the normalized measure; a read map replaces the local one even while the global one is unknown. [SN 4.2.1]"""
    mapped = _mapped(objective, lambda one: one.read_normalized_measure) if objective.maps else None
    if mapped is not None:
        return run.state.global_objectives.get(mapped.target, UNKNOWN).measure
    return local(run, activity, objective).measure


def satisfied(run: Run, activity: Activity, objective: Objective) -> bool | None:
    """Read the satisfied status, derived from the measure where the objective says so. [SN 4.2.1, RB.1.2 a]"""
    if not activity.is_tracked:
        return None
    if objective.satisfied_by_measure:
        return _by_measure(run, activity, objective, measure(run, activity, objective))
    mapped = _mapped(objective, lambda one: one.read_satisfied_status) if objective.maps else None
    if mapped is not None:
        return run.state.global_objectives.get(mapped.target, UNKNOWN).satisfied
    return local(run, activity, objective).satisfied


def completed(run: Run, activity: Activity) -> bool | None:
    """Read the completion status, derived from the progress where the activity says so. [SN RB.1.3 a, CAM 3.4.1.10]"""
    if activity.is_plain:
        held = run.state.activities.get(activity.identifier)
        return None if held is None else held.completed
    if not activity.is_tracked:
        return None
    if activity.completes_by_measure:
        reached = progress(run, activity)
        return None if reached is None else reached >= activity.threshold.min_progress_measure
    mapped = _mapped(activity.primary, lambda one: one.read_completion_status)
    if mapped is not None:
        known = run.state.global_objectives.get(mapped.target, UNKNOWN).completed
        if known is not None:
            return known
    return run.tracking(activity).completed


def completed_of(run: Run, activity: Activity, objective: Objective) -> bool | None:
    """Read the completion status of one objective; of the primary it is the activity's. [SN 4.2.1.6]"""
    if objective.primary or not activity.is_tracked:
        return completed(run, activity)
    mapped = _mapped(objective, lambda one: one.read_completion_status)
    known = run.state.global_objectives.get(mapped.target, UNKNOWN).completed if mapped is not None else None
    return local(run, activity, objective).completed if known is None else known


def progress(run: Run, activity: Activity) -> float | None:
    """Read the progress measure; a global one that is unknown leaves the local one standing."""
    mapped = _mapped(activity.primary, lambda one: one.read_progress_measure) if activity.primary.maps else None
    if mapped is not None:
        known = run.state.global_objectives.get(mapped.target, UNKNOWN).progress
        if known is not None:
            return known
    return run.tracking(activity).progress


def as_launched(run: Run, activity: Activity, objective: Objective) -> ObjectiveStatus:
    """Return an objective as the content finds it at launch: local values under every read map. [RTE 4.2.17]"""
    held = local(run, activity, objective)
    found = ObjectiveStatus(held.satisfied, None, held.completed, held.progress, held.raw, held.min, held.max)
    found.measure = measure(run, activity, objective)
    for mapped in objective.maps:
        source = run.state.global_objectives.get(mapped.target, UNKNOWN)
        if mapped.read_satisfied_status:
            found.satisfied = source.satisfied
        for name in ("completed", "progress", "raw", "min", "max"):
            if getattr(mapped, _READS[name]) and getattr(source, name) is not None:
                setattr(found, name, getattr(source, name))
    if objective.satisfied_by_measure:
        found.satisfied = None if found.measure is None else found.measure >= objective.min_normalized_measure
    return found


def find_objective(activity: Activity, identifier: str) -> Objective | None:
    """Return the objective a rule refers to; no identifier means the primary one."""
    if not identifier:
        return activity.primary
    return next((one for one in activity.objectives if one.identifier == identifier), None)


def record(run: Run, activity: Activity, ended: EndedActivity) -> None:
    """Take over what the content of a leaf reported; what it left unknown is left unknown. [SN UP.4, RTE 4.1]"""
    if not activity.is_tracked:
        return
    held = run.written(activity)
    held.completion_set, held.success_set = ended.completion_set, ended.success_set
    held.suspended, held.browsed = ended.exit == "suspend", ended.browsed
    own = EndedObjective(
        ended.satisfied, ended.measure, ended.completed, ended.progress, ended.raw, ended.min, ended.max,
        ended.success_set, ended.completion_set,
    )  # fmt: skip
    for objective in activity.objectives:
        found = ended.objectives.get(objective.identifier) if objective.identifier else None
        if objective.primary:
            known = as_launched(run, activity, objective).satisfied is not None
            # Setting its objective back to "unknown" is setting it, too. [OB-17b]
            held.success_set = held.success_set or (found is not None and found.satisfied is None and known)
            found = _first_known(ended, own, found)
            held.completed, held.progress = found.completed, found.progress
        if found is not None:
            _note_withdrawn(run, activity, objective, found)
            held.objectives[objective.identifier] = ObjectiveStatus(
                found.satisfied, found.measure, found.completed, found.progress, found.raw, found.min, found.max
            )
    _spend(run, activity, ended.seconds)
    if run.tracing:
        run.note("UP.4", f'"{activity.identifier}" reports {describe_report(ended)}', activity)


def _note_withdrawn(run: Run, activity: Activity, objective: Objective, found: EndedObjective) -> None:
    names = {"satisfied": found.success_set, "completed": found.completion_set}
    withdrawn = frozenset(name for name, was_set in names.items() if was_set and getattr(found, name) is None)
    if withdrawn:
        run.withdrawn[activity.identifier, objective.identifier] = withdrawn


def _spend(run: Run, activity: Activity, seconds: float) -> None:
    """Add the time spent since the last report to the activity and all it is part of. [SN TM 1.3]"""
    more = seconds - run.tracking(activity).seconds
    if more > 0:
        for one in activity.path():
            run.written(one).seconds += more


def publish(run: Run, activity: Activity) -> None:
    """
    Write an activity's objectives through to the global ones they map to. [SN 4.2.1.3]

    Only what is known is written, and where a status is derived from a measure only the derived one.
    """
    if not activity.is_tracked:
        return
    for objective in activity.objectives:
        for mapped in objective.maps:
            _publish_one(run, activity, objective, mapped)


def _publish_one(run: Run, activity: Activity, objective: Objective, mapped: ObjectiveMap) -> None:
    held = local(run, activity, objective)
    status = held.satisfied
    if objective.satisfied_by_measure:
        status = _by_measure(run, activity, objective, held.measure)
    done, reached = held.completed, held.progress
    if objective.primary:
        own = run.tracking(activity)
        done, reached = own.completed, own.progress
        if activity.completes_by_measure:
            done = None if reached is None else reached >= activity.threshold.min_progress_measure
    wanted = {
        "satisfied": status if mapped.write_satisfied_status else None,
        "measure": held.measure if mapped.write_normalized_measure else None,
        "completed": done if mapped.write_completion_status else None,
        "progress": reached if mapped.write_progress_measure else None,
        "raw": held.raw if mapped.write_raw_score else None,
        "min": held.min if mapped.write_min_score else None,
        "max": held.max if mapped.write_max_score else None,
    }
    # What the content set back to "unknown" is unknown for everybody; what it only left so, it never knew. [OB-17]
    withdrawn = run.withdrawn.get((activity.identifier, objective.identifier), frozenset())
    both_ways = {
        "satisfied": mapped.read_satisfied_status and mapped.write_satisfied_status,
        "completed": mapped.read_completion_status and mapped.write_completion_status,
    }
    for name, value in wanted.items():
        if value is None and not (name in withdrawn and both_ways[name]):
            continue
        target = run.global_objective(mapped.target)
        if getattr(target, name) != value:
            setattr(target, name, value)
            run.touched_globals.add(mapped.target)
            if run.tracing:
                words = f'"{activity.identifier}" writes {describe_value(name, value)} to the global objective "{mapped.target}"'
                run.note("4.2.1", words, activity)


def _first_known(ended: EndedActivity, own: EndedObjective, listed: EndedObjective | None) -> EndedObjective:
    """
    Take what the content says of itself, and where it says nothing what it says of its primary objective. [RTE 4.2.17]

    A status it set itself counts, be it "unknown".
    """
    if listed is None:
        return own
    values = zip(msgspec.structs.astuple(own), msgspec.structs.astuple(listed), strict=True)
    found = EndedObjective(*(other if one is None else one for one, other in values))
    return msgspec.structs.replace(
        found,
        satisfied=own.satisfied if ended.success_set else found.satisfied,
        completed=own.completed if ended.completion_set else found.completed,
        success_set=own.success_set or listed.success_set,
        completion_set=own.completion_set or listed.completion_set,
    )


def _by_measure(run: Run, activity: Activity, objective: Objective, reached: float | None) -> bool | None:
    considerations = activity.sequencing.rollup_considerations
    if not considerations.measure_satisfaction_if_active and run.tracking(activity).active:
        return None
    return None if reached is None else reached >= objective.min_normalized_measure


def _mapped(objective: Objective, reads: Callable[[ObjectiveMap], bool]) -> ObjectiveMap | None:
    return next((one for one in objective.maps if reads(one)), None)
