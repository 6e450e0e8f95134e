"""A registration's activities as people look at them: what each has reached, its objectives, its answers. Pure."""

from collections.abc import Mapping
from typing import Any

import msgspec

from courseway.learning.model.play import ActivityRecord, Playable
from courseway.learning.model.standing import ended_activity, read_standing
from courseway.learning.model.values import ActivityView, Completion, Score, Success
from courseway.standards import cmi, xapi
from courseway.standards.sequencing import overall
from courseway.standards.sequencing.state import ActivityTracking, SequencingState
from courseway.standards.sequencing.tree import Activity
from courseway.standards.sequencing.values import EndedActivity, Standing

_MOST_INTERACTIONS = 1000


def view_activities(
    course: Playable, state: SequencingState, records: Mapping[str, ActivityRecord]
) -> list[ActivityView]:
    """Return every activity of the tree, parents first, with what is known of it."""
    current = records.get(state.current or "")
    ended = EndedActivity()
    if current is not None:
        ended = ended_activity(cmi.summarize(course.standard, current.cmi), "")
    statuses = overall.survey(course.tree, state, ended)
    clusters = overall.sum_up(course.tree, state, ended)
    views = [_view(course, one, state, records.get(one.identifier), statuses) for one in course.tree.activities]
    times = {view.id: view.total_time_seconds for view in views}
    return [
        _summed_up(view, clusters[one.identifier], sum(times[leaf.identifier] for leaf in _leaves(course, one)))
        if one.identifier in clusters
        else view
        for view, one in zip(views, course.tree.activities, strict=True)
    ]


def _leaves(course: Playable, top: Activity) -> list[Activity]:
    return [one for one in course.tree.leaves if one.is_within(top)]


def _summed_up(view: ActivityView, standing: Standing, seconds: float) -> ActivityView:
    completion, success, score, progress = read_standing(standing)
    return msgspec.structs.replace(
        view,
        completion=completion,
        success=success,
        score=score,
        progress=progress,
        total_time_seconds=round(seconds, 2),
    )


def _view(
    course: Playable, activity: Activity, state: SequencingState, record: ActivityRecord | None,
    statuses: Mapping[str, str],
) -> ActivityView:  # fmt: skip
    held = state.activities.get(activity.identifier)
    item = activity.item
    view = ActivityView(
        id=activity.identifier,
        title=activity.title,
        kind=item.kind.value if item is not None and activity.is_leaf else "cluster",
        depth=len(activity.path()) - 1,
        status=statuses.get(activity.identifier, ""),
        attempts=held.attempts if held else 0,
        suspended=held.suspended if held else False,
    )
    return view if record is None else _with_tracking(activity, _with_values(course, view, record), held)


def _with_tracking(activity: Activity, view: ActivityView, held: ActivityTracking | None) -> ActivityView:
    """Say what an ended attempt counts as where its content left that unsaid. [SN UP.4]"""
    if held is None or held.active or held.suspended:
        return view
    completion, success = view.completion, view.success
    if completion is Completion.UNKNOWN and held.completed is not None:
        completion = Completion.COMPLETED if held.completed else Completion.INCOMPLETE
    known = held.objectives.get(activity.primary.identifier)
    if success is Success.UNKNOWN and known is not None and known.satisfied is not None:
        success = Success.PASSED if known.satisfied else Success.FAILED
    return msgspec.structs.replace(view, completion=completion, success=success)


def _with_values(course: Playable, view: ActivityView, record: ActivityRecord) -> ActivityView:
    found = cmi.summarize(course.standard, record.cmi)
    score = found.score
    objectives = [
        {"id": name, **{key: value for key, value in msgspec.to_builtins(one).items() if not key.endswith("_set")}}
        for name, one in found.objectives.items()
    ]
    return msgspec.structs.replace(
        view,
        completion=Completion(found.completion),
        success=Success(found.success),
        score=Score(score.scaled, score.raw, score.min, score.max),
        progress=found.progress,
        total_time_seconds=record.total_time_seconds,
        location=found.location,
        objectives=objectives,
        interactions=_interactions(course, record),
        values=record.cmi,
    )


def _interactions(course: Playable, record: ActivityRecord) -> list[dict[str, Any]]:
    count = min(int(record.cmi.get("cmi.interactions._count", "0")), _MOST_INTERACTIONS)
    found = (xapi.read_interaction(record.cmi, index, scorm12=course.is_scorm12) for index in range(count))
    return [msgspec.to_builtins(one) for one in found if one is not None]
