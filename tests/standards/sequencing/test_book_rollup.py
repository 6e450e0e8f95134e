"""From the children's status to their parent's, rule by rule. [SN RB.1.1 - RB.1.5]"""

from typing import Any

import pytest

from courseway.standards.manifests.sequencing import (
    ChildActivitySet,
    Combination,
    Objective,
    ObjectiveMap,
    RollupAction,
    RollupRule,
    RollupRules,
    RuleCondition,
)
from courseway.standards.manifests.structure import CompletionThreshold, Item, ItemKind
from courseway.standards.sequencing.rollup import (
    completion_measure_rollup_process,
    measure_rollup_process,
    overall_rollup_process,
)
from courseway.standards.sequencing.state import ActivityTracking, ObjectiveStatus, SequencingState
from tests.standards.sequencing.rolling import UNTRACKED, A, C, held, measure, rolled, root, told
from tests.standards.sequencing.trees import cluster, leaf, learner, primary


def weighing(name: str, weight: float) -> Item:
    return leaf(name, rollup_rules=RollupRules(objective_measure_weight=weight))


def test_measures_are_weighed_by_all_tracked_children_also_those_without_one() -> None:
    """[SN RB.1.1 a]"""
    ann = learner(weighing("a", 1.0), weighing("b", 3.0), weighing("c", 0.0), leaf("d", **UNTRACKED))
    parts = {"a": held(measure=1.0), "b": held(measure=0.2), "c": held(measure=1.0), "d": held(measure=1.0)}
    assert measure(rolled(ann, **parts)) == pytest.approx(0.4)
    del parts["b"]
    assert measure(rolled(ann, **parts)) == pytest.approx(0.25)
    assert measure(rolled(ann, a=held(), c=held(measure=1.0))) is None
    thirds = learner(leaf("a"), leaf("b"), leaf("c"))
    run = rolled(thirds, a=held(measure=1.0, progress=1.0))
    assert (measure(run), run.tracking(run.tree.root).progress) == (0.3333333, 0.3333333)


def test_a_measure_that_is_no_longer_known_is_taken_back() -> None:
    """[SN RB.1.1 a]"""
    ann = learner(leaf("a"))
    run = rolled(ann, a=held(measure=0.5))
    assert measure(run) == 0.5
    run.written(ann.at("a")).objectives[""].measure = None
    measure_rollup_process(run, ann.tree.root)
    assert measure(run) is None


def test_a_part_without_objectives_of_its_own_or_with_a_map_is_asked_even_when_it_was_never_touched() -> None:
    """[SN RB.1.1 a, 4.2.1] What it reads may be known from elsewhere."""
    reads = {"objectives": (Objective("p", True, maps=(ObjectiveMap("g"),)),)}
    ann = learner(leaf("a"), leaf("b", **reads))
    ann.state = SequencingState(
        activities={
            "root": ActivityTracking(attempts=1, active=True),
            "a": held(measure=0.0, satisfied=True, completed=True),
        },
        global_objectives={"g": ObjectiveStatus(satisfied=True, measure=1.0, completed=True, progress=1.0)},
    )
    run = ann.run()
    overall_rollup_process(run, ann.at("a"))
    assert (measure(run), root(run)) == (0.5, (True, True))


def part(name: str, weight: float) -> Item:
    return Item(
        identifier=name,
        kind=ItemKind.SCO,
        href="a.html",
        completion_threshold=CompletionThreshold(progress_weight=weight),
    )


def test_progress_is_weighed_like_the_measure() -> None:
    """[SN RB.1.1 b]"""
    ann = learner(part("a", 1.0), part("b", 3.0), part("c", 0.0), leaf("d", **UNTRACKED))
    run = rolled(ann, a=held(progress=1.0), b=held(progress=0.2), c=held(progress=1.0), d=held(progress=1.0))
    assert run.tracking(ann.tree.root).progress == pytest.approx(0.4)
    run = rolled(ann, a=held(progress=1.0))
    assert run.tracking(ann.tree.root).progress == pytest.approx(0.25)
    weightless = rolled(ann, a=held(), c=held(progress=1.0))
    assert weightless.tracking(ann.tree.root).progress is None
    run.written(ann.at("a")).progress = None
    completion_measure_rollup_process(run, ann.tree.root)
    assert run.tracking(ann.tree.root).progress is None


@pytest.mark.parametrize(
    ("one", "other", "satisfied", "completed"),
    [
        (held(satisfied=True, completed=True), held(satisfied=True, completed=True), True, True),
        (held(satisfied=True, completed=True), held(satisfied=False, completed=False), False, False),
        (held(satisfied=False, completed=False), held(satisfied=False, completed=False), False, False),
        (held(satisfied=True, completed=True), None, None, None),
        (held(satisfied=False, completed=False), None, None, None),
    ],
)
def test_without_rules_all_must_be_known_and_one_no_makes_it_no(
    one: ActivityTracking, other: ActivityTracking | None, satisfied: bool | None, completed: bool | None
) -> None:
    """[SN RB.1.2 c, RB.1.3 c]"""
    parts = {"a": one} | ({"b": other} if other else {})
    assert root(rolled(learner(leaf("a"), leaf("b")), **parts)) == (satisfied, completed)


def by_rules(*rules: RollupRule, **parts: ActivityTracking) -> tuple[bool | None, bool | None]:
    return root(rolled(learner(leaf("a"), leaf("b"), rollup_rules=RollupRules(rules)), **parts))


@pytest.mark.parametrize(
    ("action", "expected"),
    [(A.SATISFIED, (True, None)), (A.NOT_SATISFIED, (False, None)), (A.COMPLETED, (None, True)), (A.INCOMPLETE, (None, False))],
)  # fmt: skip
def test_a_rule_sets_what_it_says_and_replaces_the_default_of_its_kind_alone(
    action: RollupAction, expected: tuple[bool | None, bool | None]
) -> None:
    """[SN RB.1.2 b, RB.1.3 b]"""
    assert by_rules(told(action, C.ALWAYS)) == expected
    done = {"a": held(satisfied=True, completed=True), "b": held(satisfied=True, completed=True)}
    assert by_rules(told(action, C.NEVER), **done) == (
        (None, True) if action in (A.SATISFIED, A.NOT_SATISFIED) else (True, None)
    )


def test_the_positive_rule_wins_over_the_negative_whatever_their_order() -> None:
    """[SN RB.1.2 b, RB.1.3 b]"""
    yes, no = told(A.SATISFIED, C.ALWAYS), told(A.NOT_SATISFIED, C.ALWAYS)
    assert by_rules(yes, no)[0] is by_rules(no, yes)[0] is True
    yes, no = told(A.COMPLETED, C.ALWAYS), told(A.INCOMPLETE, C.ALWAYS)
    assert by_rules(yes, no)[1] is by_rules(no, yes)[1] is True
    assert by_rules(told(A.SATISFIED, C.NEVER), told(A.SATISFIED, C.ALWAYS))[0] is True


def test_a_status_stays_when_no_rule_holds() -> None:
    """[SN RB.1.2 b]"""
    ann = learner(leaf("a"), rollup_rules=RollupRules((told(A.SATISFIED, C.SATISFIED),)))
    run = rolled(ann, a=held(satisfied=True))
    run.written(ann.at("a")).objectives[""].satisfied = False
    overall_rollup_process(run, ann.at("a"))
    assert root(run)[0] is True


YES, NO, UNSAID = held(satisfied=True), held(satisfied=False), held()


@pytest.mark.parametrize(
    ("asked", "parts", "holds"),
    [
        ({}, (YES, YES), True), ({}, (YES, NO), False), ({}, (YES, UNSAID), False),
        ({"child_activity_set": ChildActivitySet.ANY}, (NO, YES), True),
        ({"child_activity_set": ChildActivitySet.ANY}, (NO, UNSAID), False),
        ({"child_activity_set": ChildActivitySet.NONE}, (NO, NO), True),
        ({"child_activity_set": ChildActivitySet.NONE}, (NO, UNSAID), False),
        ({"child_activity_set": ChildActivitySet.NONE}, (NO, YES), False),
        ({"child_activity_set": ChildActivitySet.AT_LEAST_COUNT, "minimum_count": 1}, (NO, YES), True),
        ({"child_activity_set": ChildActivitySet.AT_LEAST_COUNT, "minimum_count": 2}, (UNSAID, YES), False),
        ({"child_activity_set": ChildActivitySet.AT_LEAST_COUNT, "minimum_count": 0}, (NO, NO), True),
        ({"child_activity_set": ChildActivitySet.AT_LEAST_PERCENT, "minimum_percent": 0.5}, (NO, YES), True),
        ({"child_activity_set": ChildActivitySet.AT_LEAST_PERCENT, "minimum_percent": 0.6}, (NO, YES), False),
        ({"child_activity_set": ChildActivitySet.AT_LEAST_PERCENT, "minimum_percent": 0.6}, (UNSAID, YES), False),
        ({"child_activity_set": ChildActivitySet.AT_LEAST_PERCENT, "minimum_percent": 0.0}, (NO, NO), True),
        ({"child_activity_set": ChildActivitySet.AT_LEAST_COUNT, "minimum_count": 2}, (YES, YES), True),
        ({"child_activity_set": ChildActivitySet.AT_LEAST_COUNT, "minimum_count": 1}, (NO, NO), False),
        ({"child_activity_set": ChildActivitySet.AT_LEAST_PERCENT, "minimum_percent": 1.0}, (YES, YES), True),
    ],
)  # fmt: skip
def test_a_rule_asks_as_many_children_as_it_says(
    asked: dict[str, Any], parts: tuple[ActivityTracking, ActivityTracking], holds: bool
) -> None:
    """[SN RB.1.4]"""
    found = by_rules(told(A.SATISFIED, C.SATISFIED, **asked), a=parts[0], b=parts[1])
    assert found[0] is (True if holds else None)


@pytest.mark.parametrize(
    ("asked", "holds"),
    [
        (ChildActivitySet.ALL, True), (ChildActivitySet.ANY, False), (ChildActivitySet.NONE, True),
        (ChildActivitySet.AT_LEAST_COUNT, True), (ChildActivitySet.AT_LEAST_PERCENT, False),
    ],
)  # fmt: skip
def test_over_no_children_at_all_a_rule_holds_or_not_by_what_it_asks(asked: ChildActivitySet, holds: bool) -> None:
    """[SN RB.1.4]"""
    rules = RollupRules((told(A.SATISFIED, C.SATISFIED, child_activity_set=asked),))
    ann = learner(leaf("a", **UNTRACKED), leaf("b", **UNTRACKED), rollup_rules=rules)
    assert root(rolled(ann, a=YES, b=YES))[0] is (True if holds else None)


@pytest.mark.parametrize(("combination", "holds"), [(Combination.ALL, None), (Combination.ANY, True)])
def test_the_conditions_of_a_rule_are_combined_for_each_child(combination: Combination, holds: bool | None) -> None:
    """[SN RB.1.4.1]"""
    both = RollupRule(A.SATISFIED, (RuleCondition(C.SATISFIED), RuleCondition(C.COMPLETED)), combination)
    assert by_rules(both, a=held(satisfied=True, completed=False), b=held(satisfied=False, completed=True))[0] is holds
    assert by_rules(both, a=held(satisfied=True, completed=True), b=held(satisfied=True, completed=True))[0] is True


def test_a_rule_without_conditions_asks_nothing_and_never_holds() -> None:
    """[SN RB.1.4.1]"""
    assert by_rules(RollupRule(A.SATISFIED), a=YES, b=YES)[0] is None


def test_of_a_single_child_a_share_is_asked_as_well() -> None:
    """[SN RB.1.4]"""
    half = told(A.SATISFIED, C.SATISFIED, child_activity_set=ChildActivitySet.AT_LEAST_PERCENT, minimum_percent=0.5)
    assert root(rolled(learner(leaf("a"), rollup_rules=RollupRules((half,))), a=YES))[0] is True


def test_a_result_goes_up_to_the_course_and_stops_at_nothing_that_is_tracked() -> None:
    """[SN RB.1.5]"""
    ann = learner(cluster("m", cluster("k", leaf("a"))), cluster("n", leaf("b"), **UNTRACKED))
    above = {"m": held(), "k": held()}
    run = rolled(ann, a=held(satisfied=True, completed=True, measure=0.8), **above)
    assert [measure(run, name) for name in ("k", "m", "root")] == [0.8, 0.8, 0.8]
    run = rolled(ann, "b", b=held(satisfied=True, completed=True, measure=0.8), n=held())
    assert (measure(run, "n"), run.tracking(ann.at("n")).completed) == (None, None)
    assert measure(run) is None


def test_the_result_of_a_part_is_not_rolled_up_into_itself() -> None:
    """[SN RB.1.5]"""
    ann = learner(leaf("a"), leaf("b"))
    mine = held(satisfied=True)
    assert rolled(ann, a=mine).state.activities["a"] == mine


WRITING = ObjectiveMap("g", write_satisfied_status=True, write_normalized_measure=True)


def test_a_global_objective_that_is_written_rolls_up_everybody_who_reads_it_along_a_chain() -> None:
    """[SN RB.1.5, 4.2.1.3] The cluster writes on to a second one, which a third part reads."""
    onward = ObjectiveMap("h", read_satisfied_status=False, read_normalized_measure=False, write_satisfied_status=True,
                          write_normalized_measure=True)  # fmt: skip
    ann = learner(
        leaf("a", objectives=primary(maps=(WRITING,))),
        cluster("m", leaf("b", objectives=primary(maps=(ObjectiveMap("g"),))), objectives=primary(maps=(onward,))),
        cluster("n", leaf("c", objectives=primary(maps=(ObjectiveMap("h"),)))),
    )
    run = rolled(ann, a=held(satisfied=True, measure=0.6))
    assert run.state.global_objectives["h"].measure == 0.6
    assert measure(run, "n") == 0.6
    assert measure(run) == pytest.approx(0.6)
    assert run.touched_globals == set()
