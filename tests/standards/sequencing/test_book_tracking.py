"""What is known of an activity, and what goes to and comes from global objectives. [SN 4.2, TM 1]"""

from typing import Any

import pytest

from courseway.standards.manifests.sequencing import (
    DeliveryControls,
    Objective,
    ObjectiveMap,
    RollupConsiderations,
    Sequencing,
)
from courseway.standards.manifests.structure import CompletionThreshold, Item, ItemKind
from courseway.standards.sequencing import tracking
from courseway.standards.sequencing.overall import objectives_at
from courseway.standards.sequencing.rollup import overall_rollup_process
from courseway.standards.sequencing.run import Run
from courseway.standards.sequencing.state import ActivityTracking, ObjectiveStatus, SequencingState
from courseway.standards.sequencing.values import EndedActivity, EndedObjective
from tests.standards.sequencing.trees import UNSAID, Learner, cluster, leaf, learner

DEAF = {name: False for name in ObjectiveMap.__struct_fields__ if name.startswith("read_")}
ALL = ObjectiveStatus(True, 0.5, True, 0.25, 7.0, 1.0, 9.0)


def mapped(*maps: ObjectiveMap, **more: Any) -> tuple[Objective, ...]:
    return (Objective("p", True, maps=maps, **more),)


def at_work(*objectives: Objective, **globals_: ObjectiveStatus) -> Learner:
    """A learner in the first of two parts, which has these objectives."""
    ann = learner(leaf("a", objectives=objectives), leaf("b"))
    ann.open()
    ann.state.global_objectives.update(globals_)
    return ann


@pytest.mark.parametrize(
    ("flag", "field", "found"),
    [
        ("read_satisfied_status", "satisfied", True), ("read_normalized_measure", "measure", 0.5),
        ("read_completion_status", "completed", True), ("read_progress_measure", "progress", 0.25),
        ("read_raw_score", "raw", 7.0), ("read_min_score", "min", 1.0), ("read_max_score", "max", 9.0),
    ],
)  # fmt: skip
def test_content_finds_of_a_global_objective_what_its_map_reads(flag: str, field: str, found: bool | float) -> None:
    """[RTE 4.2.17, SN 3.10]"""
    ann = at_work(*mapped(ObjectiveMap("g", **{**DEAF, flag: True})), g=ALL)
    assert objectives_at(ann.tree, ann.state, "a")["p"] == ObjectiveStatus(**{field: found})


def test_content_finds_its_own_values_where_nothing_is_known_elsewhere_but_never_under_a_read_of_success_or_score() -> (
    None
):
    """[RTE 4.2.17, SN 4.2.1]"""
    ann = at_work(*mapped(ObjectiveMap("g")))
    ann.state.activities["a"].objectives["p"] = ALL
    expected = ObjectiveStatus(None, None, True, 0.25, 7.0, 1.0, 9.0)
    assert objectives_at(ann.tree, ann.state, "a")["p"] == expected


@pytest.mark.parametrize(("measure", "satisfied"), [(None, None), (0.49, False), (0.5, True)])
def test_content_finds_success_by_measure_derived(measure: float | None, satisfied: bool | None) -> None:
    """[RTE 4.2.17] A measure at the threshold is enough."""
    objectives = mapped(ObjectiveMap("g"), satisfied_by_measure=True, min_normalized_measure=0.5)
    ann = at_work(*objectives, g=ObjectiveStatus(satisfied=True, measure=measure))
    assert objectives_at(ann.tree, ann.state, "a")["p"].satisfied is satisfied
    run = ann.run()
    assert tracking.satisfied(run, ann.at("a"), ann.at("a").primary) is satisfied


def test_success_by_measure_waits_for_the_end_of_the_attempt_where_the_activity_says_so() -> None:
    """[SN 3.8]"""
    later = RollupConsiderations(measure_satisfaction_if_active=False)
    ann = learner(leaf("a", objectives=mapped(satisfied_by_measure=True), rollup_considerations=later), leaf("b"))
    ann.open()
    ann.state.activities["a"].objectives["p"] = ObjectiveStatus(measure=1.0)
    activity = ann.at("a")
    assert tracking.satisfied(ann.run(), activity, activity.primary) is None
    ann.state.activities["a"].active = False
    assert tracking.satisfied(ann.run(), activity, activity.primary) is True


def test_completion_and_progress_are_read_from_elsewhere_and_fall_back_to_the_activitys_own() -> None:
    """[SN 4.2.1.6]"""
    ann = at_work(*mapped(ObjectiveMap("g")), Objective("other", maps=(ObjectiveMap("h"),)))
    held = ann.state.activities["a"]
    held.completed, held.progress, held.objectives["other"] = False, 0.1, ObjectiveStatus(completed=False)
    activity = ann.at("a")
    other = activity.objectives[1]

    def found() -> tuple[bool | None, float | None, bool | None]:
        run = ann.run()
        return (
            tracking.completed(run, activity),
            tracking.progress(run, activity),
            tracking.completed_of(run, activity, other),
        )

    assert found() == (False, 0.1, False)
    ann.state.global_objectives.update(g=ALL, h=ALL)
    assert found() == (True, 0.25, True)
    deaf = at_work(*mapped(ObjectiveMap("g", **DEAF)), g=ALL)
    assert tracking.completed(deaf.run(), deaf.at("a")) is None
    assert tracking.progress(deaf.run(), deaf.at("a")) is None


@pytest.mark.parametrize(("progress", "completed"), [(None, None), (0.49, False), (0.5, True)])
def test_completion_by_progress_is_derived_for_rules_and_for_whom_it_is_written_to(
    progress: float | None, completed: bool | None
) -> None:
    """[CAM 3.4.1.10, SN 4.2.1.3]"""
    item = Item(
        identifier="a", kind=ItemKind.SCO, href="a.html",
        completion_threshold=CompletionThreshold(completed_by_measure=True, min_progress_measure=0.5),
        sequencing=Sequencing(objectives=mapped(ObjectiveMap("g", **{**DEAF, "write_completion_status": True}))),
    )  # fmt: skip
    ann = learner(item, leaf("b"))
    ann.open()
    ann.next(EndedActivity(completed=True, progress=progress))
    assert tracking.completed(ann.run(), ann.at("a")) is completed
    assert ann.state.global_objectives.get("g", ObjectiveStatus()).completed is completed


REPORTED = EndedActivity(
    completed=True, progress=0.25, satisfied=True, measure=0.5, raw=7.0, min=1.0, max=9.0,
    objectives={"other": EndedObjective(True, 0.5, True, 0.25, 7.0, 1.0, 9.0)},
)  # fmt: skip


@pytest.mark.parametrize("primary", [True, False])
@pytest.mark.parametrize(
    ("flag", "field", "found"),
    [
        ("write_satisfied_status", "satisfied", True), ("write_normalized_measure", "measure", 0.5),
        ("write_completion_status", "completed", True), ("write_progress_measure", "progress", 0.25),
        ("write_raw_score", "raw", 7.0), ("write_min_score", "min", 1.0), ("write_max_score", "max", 9.0),
    ],
)  # fmt: skip
def test_a_global_objective_gets_what_its_map_writes_and_nothing_else(
    flag: str, field: str, found: bool | float, primary: bool
) -> None:
    """[SN 4.2.1.3, 3.10]"""
    writing = (ObjectiveMap("g", **{**DEAF, flag: True}),)
    objectives = (
        Objective("p", True, maps=writing if primary else ()),
        Objective("other", maps=() if primary else writing),
    )
    ann = at_work(*objectives)
    ann.next(REPORTED)
    assert ann.state.global_objectives == {"g": ObjectiveStatus(**{field: found})}


def test_what_is_not_tracked_writes_nothing() -> None:
    """[SN 3.13.1]"""
    writing = mapped(ObjectiveMap("g", write_satisfied_status=True))
    ann = learner(leaf("a", objectives=writing, delivery_controls=DeliveryControls(tracked=False)), leaf("b"))
    ann.open()
    ann.next(REPORTED)
    assert ann.state.global_objectives == {}


def both(kind: str, *, read: bool = True, write: bool = True) -> ObjectiveMap:
    return ObjectiveMap("g", **{**DEAF, f"read_{kind}": read, f"write_{kind}": write})


SAID_UNKNOWN = EndedActivity(completion_set=True, success_set=True)


@pytest.mark.parametrize(
    ("mapping", "left"),
    [
        (both("satisfied_status"), (None, 0.5, True)), (both("satisfied_status", read=False), (True, 0.5, True)),
        (both("satisfied_status", write=False), (True, 0.5, True)),
        (both("completion_status"), (True, 0.5, None)), (both("completion_status", read=False), (True, 0.5, True)),
        (both("completion_status", write=False), (True, 0.5, True)),
        (both("normalized_measure"), (True, 0.5, True)),
    ],
)  # fmt: skip
def test_content_takes_back_a_status_it_could_see_and_nothing_it_could_not(
    mapping: ObjectiveMap, left: tuple[bool | None, float | None, bool | None]
) -> None:
    """[SN 4.2.1.3, OB-17]"""
    ann = at_work(*mapped(mapping), g=ObjectiveStatus(satisfied=True, measure=0.5, completed=True))
    ann.next(SAID_UNKNOWN)
    found = ann.state.global_objectives["g"]
    assert (found.satisfied, found.measure, found.completed) == left


@pytest.mark.parametrize("of_itself", [True, False])
def test_it_takes_it_back_by_its_own_element_or_by_its_entry_of_the_primary_objective(of_itself: bool) -> None:
    """[SN 4.2.1.3, RTE 4.2.17, OB-17b] What it lists with nothing set in it takes nothing back and keeps nothing."""
    mapping = ObjectiveMap("g", write_satisfied_status=True, write_completion_status=True)
    ann = at_work(*mapped(mapping), g=ObjectiveStatus(satisfied=True, completed=True))
    listed = EndedObjective(success_set=not of_itself, completion_set=not of_itself)
    ann.next(EndedActivity(success_set=of_itself, completion_set=of_itself, objectives={"p": listed}, exit="suspend"))
    found = ann.state.global_objectives["g"]
    assert (found.satisfied, found.completed) == (None, None)


def test_neither_a_cluster_nor_a_part_that_was_never_played_takes_anything_back() -> None:
    """[SN 4.2.1.3]"""
    seen = mapped(both("satisfied_status"))
    ann = learner(cluster("m", leaf("a"), objectives=seen), leaf("b", objectives=seen))
    ann.state = SequencingState(
        activities={"m": ActivityTracking(objectives={"p": ObjectiveStatus()})},
        global_objectives={"g": ObjectiveStatus(satisfied=True)},
    )
    run = ann.run()
    overall_rollup_process(run, ann.at("a"))
    overall_rollup_process(run, ann.at("b"))
    assert run.state.global_objectives["g"].satisfied is True


@pytest.mark.parametrize(("known", "filled_in"), [(True, False), (None, True)])
def test_setting_the_primary_objective_back_to_unknown_is_setting_it(known: bool | None, filled_in: bool) -> None:
    """[OB-17b] So nothing is made up for it; where it never was known, content has said nothing."""
    ann = at_work(*mapped(ObjectiveMap("g")), g=ObjectiveStatus(satisfied=known))
    ann.next(EndedActivity(completed=True, objectives={"p": EndedObjective(satisfied=None)}))
    held = ann.state.activities["a"]
    assert (held.success_set, held.objectives["p"].satisfied) == (not filled_in, True if filled_in else None)


def test_what_content_says_of_itself_comes_before_what_it_says_of_its_primary_objective() -> None:
    """[RTE 4.2.17]"""
    listed = EndedObjective(True, 0.9, True, 0.8, 3.0, 1.0, 5.0)
    ann = at_work(*mapped())
    ann.next(EndedActivity(satisfied=False, measure=0.3, objectives={"p": listed}))
    held = ann.state.activities["a"]
    assert (held.completed, held.progress) == (True, 0.8)
    assert held.objectives["p"] == ObjectiveStatus(False, 0.3, True, 0.8, 3.0, 1.0, 5.0)


@pytest.mark.parametrize(
    ("ended", "completed", "satisfied"),
    [({}, True, True), ({"completion_set": True}, None, True), ({"success_set": True}, True, None)],
)
def test_a_status_content_set_itself_counts_be_it_unknown(
    ended: dict[str, bool], completed: bool | None, satisfied: bool | None
) -> None:
    """[RTE 4.2.17]"""
    ann = at_work(*mapped())
    ann.next(EndedActivity(objectives={"p": EndedObjective(satisfied=True, completed=True)}, exit="suspend", **ended))
    held = ann.state.activities["a"]
    assert (held.completed, held.objectives["p"].satisfied) == (completed, satisfied)


@pytest.mark.parametrize(("before", "reported", "kept"), [(0.0, 0.5, 0.5), (10.0, 9.5, 10.0), (10.0, 12.0, 12.0)])
def test_time_only_grows(before: float, reported: float, kept: float) -> None:
    """[SN TM 1.3]"""
    ann = at_work(*mapped())
    for name in ("a", "root"):
        ann.state.activities[name].seconds = before
    ann.next(EndedActivity(seconds=reported))
    assert [ann.state.activities[name].seconds for name in ("a", "root")] == [kept, kept]


def test_nothing_is_taken_over_of_what_is_not_in_an_attempt_or_not_tracked() -> None:
    """[SN UP.4]"""
    ann = at_work(*mapped())
    ann.next(UNSAID)
    state = SequencingState(current="a", activities={"a": ActivityTracking(attempts=1)})
    run = Run(ann.tree, state)
    untracked = learner(leaf("a", delivery_controls=DeliveryControls(tracked=False)), leaf("b"))
    untracked.open()
    untracked.next(REPORTED)
    assert (run.state.activities["a"].completed, untracked.state.activities["a"].completed) == (None, None)


def test_global_objectives_can_be_written_again_after_they_were_emptied() -> None:
    """[SN 4.2.1.3]"""
    run = at_work(*mapped()).run()
    run.global_objective("g").satisfied = True
    run.forget_globals()
    assert run.state.global_objectives == {}
    run.global_objective("g").satisfied = False
    assert run.state.global_objectives["g"].satisfied is False
