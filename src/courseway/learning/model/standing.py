"""From run-time values to sequencing, and from what the tree has reached to the summary of a registration. Pure."""

from collections.abc import Mapping

import msgspec

from courseway.learning.model.play import Playable
from courseway.learning.model.values import Completion, Score, Success, Summary
from courseway.standards.cmi import ActivitySummary, LaunchObjective, ObjectiveSummary
from courseway.standards.sequencing.state import ObjectiveStatus
from courseway.standards.sequencing.values import EndedActivity, EndedObjective, Standing

_DONE = {Completion.COMPLETED.value: True, Completion.INCOMPLETE.value: False}
_RIGHT = {Success.PASSED.value: True, Success.FAILED.value: False}


def ended_activity(summary: ActivitySummary, leaving: str) -> EndedActivity:
    """Say to sequencing what an activity's content has reported; `leaving` is how it left, "" while it runs."""
    score = summary.score
    return EndedActivity(
        completed=_done(summary),
        progress=summary.progress,
        satisfied=_RIGHT.get(summary.success),
        measure=score.scaled,
        raw=score.raw,
        min=score.min,
        max=score.max,
        completion_set=summary.completion_set,
        success_set=summary.success_set,
        objectives={name: _ended_objective(one) for name, one in summary.objectives.items()},
        exit=leaving,
        seconds=summary.total_time_seconds,
        browsed=summary.browsed,
    )


def launch_objectives(known: Mapping[str, ObjectiveStatus]) -> tuple[LaunchObjective, ...]:
    """Say to the content what sequencing knows of its objectives, by identifier. [RTE 4.2.17]"""
    return tuple(_launch_objective(name, held) for name, held in known.items() if name)


def judge_summary(
    course: Playable, before: Summary, own: ActivitySummary | None, standing: Standing, floor: Summary | None
) -> Summary:
    """
    Work out what a registration has reached as a whole.

    A course of one activity shows what its content said; others what the tree rolled up. An earlier attempt's result
    stays until the new one is better.
    """
    completion, success, score, progress = read_standing(standing)
    if course.single and own is not None:
        completion = Completion(own.completion) if own.completion in _DONE else completion
        success = Success(own.success) if own.success in _RIGHT else success
        if own.score.raw is not None or own.score.scaled is not None:
            score = Score(own.score.scaled, own.score.raw, own.score.min, own.score.max)
        progress = own.progress if own.progress is not None else progress
    found = msgspec.structs.replace(before, completion=completion, success=success, score=score, progress=progress)
    return _not_below(found, floor) if floor is not None else found


def read_standing(standing: Standing) -> tuple[Completion, Success, Score, float | None]:
    """Put what the tree rolled up into completion, success, score and progress."""
    if standing.completed:
        completion = Completion.COMPLETED
    else:
        completion = Completion.INCOMPLETE if standing.attempted else Completion.NOT_ATTEMPTED
    success = Success.UNKNOWN
    if standing.satisfied is not None:
        success = Success.PASSED if standing.satisfied else Success.FAILED
    score = Score()
    if standing.measure is not None:
        score = Score(standing.measure, round(standing.measure * 100, 2), 0.0, 100.0)
    return completion, success, score, standing.progress


def _not_below(found: Summary, floor: Summary) -> Summary:
    completion = floor.completion if floor.completion is Completion.COMPLETED else found.completion
    keeps = floor.success is Success.PASSED or found.success is Success.UNKNOWN
    success = floor.success if keeps else found.success
    unknown = found.score == Score()
    worse = floor.success is Success.PASSED and (found.score.scaled or 0.0) < (floor.score.scaled or 0.0)
    score = floor.score if unknown or worse else found.score
    progress = max((one for one in (found.progress, floor.progress) if one is not None), default=None)
    return msgspec.structs.replace(found, completion=completion, success=success, score=score, progress=progress)


def _done(summary: ActivitySummary) -> bool | None:
    """Read completion; content that says "not attempted" itself means incomplete. [SN 4.2.1.4]"""
    if summary.completion == Completion.NOT_ATTEMPTED.value and summary.completion_set:
        return False
    return _DONE.get(summary.completion)


def _ended_objective(one: ObjectiveSummary) -> EndedObjective:
    return EndedObjective(
        satisfied=_RIGHT.get(one.success),
        measure=one.score.scaled,
        completed=_DONE.get(one.completion),
        progress=one.progress,
        raw=one.score.raw,
        min=one.score.min,
        max=one.score.max,
        success_set=one.success_set,
        completion_set=one.completion_set,
    )


def _launch_objective(identifier: str, held: ObjectiveStatus) -> LaunchObjective:
    return LaunchObjective(
        id=identifier,
        success_status={True: "passed", False: "failed", None: ""}[held.satisfied],
        completion_status={True: "completed", False: "incomplete", None: ""}[held.completed],
        progress_measure=held.progress,
        scaled=held.measure,
        raw=held.raw,
        min=held.min,
        max=held.max,
    )
