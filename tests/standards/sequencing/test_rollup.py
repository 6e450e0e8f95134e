"""From children to parents: defaults, rules, measures, global objectives. [SN RB.1]"""

import pytest

from courseway.standards.manifests.sequencing import (
    ChildActivitySet,
    ConditionName,
    ControlMode,
    DeliveryControls,
    Objective,
    ObjectiveMap,
    Requirement,
    RollupAction,
    RollupConsiderations,
    RollupRule,
    RollupRules,
    RuleAction,
    RuleCondition,
)
from courseway.standards.manifests.structure import CompletionThreshold, Item, ItemKind
from courseway.standards.sequencing.overall import foresee, objectives_at
from courseway.standards.sequencing.state import ObjectiveStatus
from courseway.standards.sequencing.values import EndedActivity, EndedObjective, RequestKind
from tests.standards.sequencing.trees import DONE, FAILED, Learner, cluster, leaf, learner, primary, rule

HALF = EndedActivity(completed=False, measure=0.5, progress=0.5, completion_set=True, success_set=True)


def walk(ann: Learner, *ended: EndedActivity) -> Learner:
    ann.open()
    for one in ended:
        ann.next(one)
    return ann


def test_all_children_complete_and_satisfied_make_the_parent_so_by_default() -> None:
    """[SN RB.1.2 b, RB.1.3 b]"""
    assert walk(learner(leaf("a"), leaf("b")), DONE).last.standing.completed is None
    whole = walk(learner(leaf("a"), leaf("b")), DONE, DONE).last.standing
    assert (whole.completed, whole.satisfied, whole.measure, whole.progress) == (True, True, 1.0, 1.0)


def test_one_failed_child_makes_the_parent_not_satisfied_by_default() -> None:
    """[SN RB.1.2 b]"""
    assert walk(learner(leaf("a"), leaf("b")), DONE, FAILED).last.standing.satisfied is False


def test_the_measure_is_weighed_and_missing_ones_count_as_nothing() -> None:
    """[SN RB.1.1 a]"""
    ann = learner(leaf("a", rollup_rules=RollupRules(objective_measure_weight=3.0)), leaf("b"))
    assert walk(ann, HALF).last.standing.measure == pytest.approx(0.375)


def test_satisfaction_by_measure_follows_the_threshold() -> None:
    """[SN RB.1.2 a]"""
    ann = learner(leaf("a"), leaf("b"), objectives=primary(satisfied_by_measure=True, min_normalized_measure=0.6))
    assert walk(ann, DONE, HALF).last.standing.satisfied is True


def test_a_clusters_status_may_wait_until_its_attempt_ends() -> None:
    """[SN 3.8]"""
    part = cluster(
        "m", leaf("a"), leaf("b"), objectives=primary(satisfied_by_measure=True, min_normalized_measure=0.4),
        rollup_considerations=RollupConsiderations(measure_satisfaction_if_active=False),
    )  # fmt: skip
    ann = walk(learner(part, leaf("c")), DONE)
    assert ann.last.toc["m"].status == "incomplete"
    ann.next(DONE)
    assert ann.last.toc["m"].status == "passed"


def test_completion_by_measure_follows_the_progress() -> None:
    """[SN RB.1.3 a]"""
    item = Item(
        identifier="a", kind=ItemKind.SCO, href="a.html",
        completion_threshold=CompletionThreshold(completed_by_measure=True, min_progress_measure=0.5),
    )  # fmt: skip
    ann = walk(learner(item, leaf("b")), HALF)
    assert ann.last.toc["a"].status == "completed"


@pytest.mark.parametrize(
    ("children", "more", "expected"),
    [
        (ChildActivitySet.ANY, {}, True),
        (ChildActivitySet.ALL, {}, None),
        (ChildActivitySet.NONE, {}, None),
        (ChildActivitySet.AT_LEAST_COUNT, {"minimum_count": 1}, True),
        (ChildActivitySet.AT_LEAST_COUNT, {"minimum_count": 2}, None),
        (ChildActivitySet.AT_LEAST_PERCENT, {"minimum_percent": 0.5}, True),
        (ChildActivitySet.AT_LEAST_PERCENT, {"minimum_percent": 0.51}, None),
    ],
)
def test_a_rollup_rule_asks_as_many_children_as_it_says(
    children: ChildActivitySet, more: dict[str, float], expected: bool | None
) -> None:
    """[SN RB.1.4]"""
    one = RollupRule(
        RollupAction.SATISFIED, (RuleCondition(ConditionName.SATISFIED),), child_activity_set=children, **more  # type: ignore[arg-type]
    )  # fmt: skip
    ann = walk(learner(leaf("a"), leaf("b"), rollup_rules=RollupRules(rules=(one,))), DONE)
    assert ann.last.standing.satisfied is expected


def test_all_over_no_children_holds_for_an_explicit_rule_and_not_for_the_default() -> None:
    """[SN RB.1.4]"""
    silent = {"rollup_rules": RollupRules(rollup_objective_satisfied=False, rollup_progress_completion=False)}
    explicit = RollupRule(RollupAction.SATISFIED, (RuleCondition(ConditionName.SATISFIED),))
    told = walk(learner(leaf("a", **silent), leaf("b", **silent), rollup_rules=RollupRules(rules=(explicit,))), DONE)
    assert told.last.standing.satisfied is True
    assert walk(learner(leaf("a", **silent), leaf("b", **silent)), DONE).last.standing.satisfied is None


def test_children_count_when_their_considerations_say_so() -> None:
    """[SN RB.1.4.2]"""
    later = RollupConsiderations(
        required_for_satisfied=Requirement.IF_ATTEMPTED, required_for_completed=Requirement.IF_ATTEMPTED
    )
    ann = walk(learner(leaf("a"), leaf("b", rollup_considerations=later)), DONE)
    assert (ann.last.standing.satisfied, ann.last.standing.completed) == (True, True)
    ann.next(FAILED)
    assert ann.last.standing.satisfied is False


def test_a_skipped_child_need_not_count() -> None:
    """[SN RB.1.4.2]"""
    skipped = {
        "pre_condition_rules": (rule(RuleAction.SKIP, ConditionName.ALWAYS),),
        "rollup_considerations": RollupConsiderations(
            required_for_satisfied=Requirement.IF_NOT_SKIPPED, required_for_completed=Requirement.IF_NOT_SKIPPED
        ),
    }
    ann = walk(learner(leaf("a"), leaf("b", **skipped)), DONE)
    assert (ann.last.ended, ann.last.standing.completed, ann.last.standing.satisfied) == (True, True, True)


def test_an_untracked_child_does_not_count() -> None:
    """[SN RB.1.4]"""
    ann = walk(learner(leaf("a"), leaf("b", delivery_controls=DeliveryControls(tracked=False))), DONE, FAILED)
    assert ann.last.standing.satisfied is True


def mapped(name: str, **flags: bool) -> dict[str, tuple[Objective, ...]]:
    return {"objectives": primary(maps=(ObjectiveMap(target=name, **flags),))}


WRITES = {"write_satisfied_status": True, "write_normalized_measure": True}
READS = {"read_satisfied_status": True, "read_normalized_measure": True}


def test_a_global_objective_carries_a_result_to_whoever_reads_it_and_to_their_parents() -> None:
    """[SN 4.2.1.3, RB.1.5]"""
    ann = learner(leaf("test", **mapped("g", **WRITES)), cluster("m", leaf("lesson", **mapped("g", **READS))))
    ann.open()
    ann.go(RequestKind.EXIT, DONE)
    assert ann.state.global_objectives["g"].satisfied is True
    assert ann.last.toc["m"].status == "passed"
    assert objectives_at(ann.tree, ann.state, "lesson")["p"].measure == 1.0


def test_a_read_map_hides_the_local_status_even_while_the_global_is_unknown() -> None:
    """[SN 4.2.1.3]"""
    ann = walk(learner(leaf("a", **mapped("g", **READS)), leaf("b")), DONE)
    assert ann.last.toc["a"].status == "completed"
    assert objectives_at(ann.tree, ann.state, "a")["p"].satisfied is None


def test_a_pre_test_skips_what_is_known() -> None:
    known = rule(RuleAction.SKIP, ConditionName.SATISFIED)
    ann = learner(
        leaf("pre", **mapped("g", **WRITES)),
        leaf("lesson", pre_condition_rules=(known,), **mapped("g", **READS)),
        leaf("end"),
    )
    ann.open()
    assert ann.next(DONE) == "end"


def test_global_objectives_of_one_course_are_emptied_with_a_new_attempt_on_it() -> None:
    """[SN 4.2.1.3]"""
    ann = learner(leaf("a", **mapped("g", **WRITES)), leaf("b"), objectives_global_to_system=False)
    walk(ann, DONE, DONE)
    assert ann.last.ended
    assert ann.state.global_objectives["g"].satisfied is True
    ann.open()
    assert ann.state.global_objectives == {}


def test_results_of_an_earlier_attempt_on_the_parent_count_only_if_it_says_so() -> None:
    """[SN 3.2.5]"""
    for keeps, expected in ((False, True), (True, None)):
        control = ControlMode(flow=True, use_current_attempt_progress_info=keeps)
        ann = walk(learner(leaf("a"), leaf("b"), control_mode=control), DONE, DONE)
        ann.open()
        ann.next(DONE)
        held = ann.state.activities["root"]
        assert (held.attempts, held.completed) == (2, expected if not keeps else None)


def test_other_objectives_of_a_leaf_come_from_its_content() -> None:
    two = (*primary(), Objective(identifier="other", maps=(ObjectiveMap(target="g", write_satisfied_status=True),)))
    ann = learner(leaf("a", objectives=two), leaf("b"))
    ann.open()
    ann.next(EndedActivity(objectives={"other": EndedObjective(satisfied=False)}))
    assert ann.state.global_objectives["g"].satisfied is False


def test_what_would_be_reached_is_seen_before_the_content_ends_and_changes_nothing() -> None:
    ann = learner(leaf("a"))
    ann.open()
    before = ann.state.copied()
    seen = foresee(ann.tree, ann.state, DONE)
    assert (seen.standing.completed, seen.standing.satisfied, seen.toc["a"].status) == (True, True, "passed")
    assert ann.state == before


def test_maps_in_a_circle_come_to_rest() -> None:
    both = {"read_satisfied_status": True, "write_satisfied_status": True}
    ann = learner(cluster("m", leaf("a"), **mapped("g", **both)), cluster("n", leaf("b"), **mapped("g", **both)))
    walk(ann, DONE, FAILED)
    assert ann.last.ended


def test_only_what_content_sets_back_to_unknown_is_withdrawn_from_others() -> None:
    """Content that found a status unknown and left it so never knew it: another course may have written it meanwhile."""
    both = {"read_satisfied_status": True, "write_satisfied_status": True}
    two = (*primary(), Objective(identifier="other", maps=(ObjectiveMap(target="g", **both),)))
    for set_back, expected in ((True, None), (False, True)):
        ann = learner(leaf("a", objectives=two), leaf("b"))
        ann.open()
        ann.state.global_objectives["g"] = ObjectiveStatus(satisfied=True)
        ann.next(EndedActivity(objectives={"other": EndedObjective(success_set=set_back)}))
        assert ann.state.global_objectives["g"].satisfied is expected
