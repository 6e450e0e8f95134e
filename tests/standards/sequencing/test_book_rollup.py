"""From the children's status to their parent's, rule by rule. [SN RB.1.1 - RB.1.5]"""

from typing import Any

import pytest

from courseway.standards.manifests.sequencing import (
    ChildActivitySet,
    Combination,
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
from courseway.standards.sequencing.rollup import (
    check_child_for_rollup_subprocess,
    completion_measure_rollup_process,
    measure_rollup_process,
    overall_rollup_process,
)
from courseway.standards.sequencing.run import Run
from courseway.standards.sequencing.state import ActivityTracking, ObjectiveStatus, SequencingState
from courseway.standards.sequencing.values import Step
from tests.standards.sequencing.trees import FLOW, Learner, cluster, leaf, learner, primary, rule

A, C = RollupAction, ConditionName
UNTRACKED = {"delivery_controls": DeliveryControls(tracked=False)}


def held(attempts: int = 1, *, of_attempt: int = 1, completed: bool | None = None, progress: float | None = None,
         suspended: bool = False, **status: Any) -> ActivityTracking:  # fmt: skip
    """What a part has reached in an attempt."""
    return ActivityTracking(
        attempts=attempts, of_attempt=of_attempt, completed=completed, progress=progress, suspended=suspended,
        objectives={"": ObjectiveStatus(**status), "p": ObjectiveStatus(**status)},
    )  # fmt: skip


def rolled(ann: Learner, _from: str = "a", **parts: ActivityTracking) -> Run:
    """Roll up from a part, with all parts in the state given."""
    ann.state = SequencingState(activities={"root": ActivityTracking(attempts=1, active=True, objectives={}), **parts})
    run = ann.run()
    overall_rollup_process(run, ann.at(_from))
    return run


def root(run: Run) -> tuple[bool | None, bool | None]:
    """Whether the course is satisfied and completed."""
    found = run.tracking(run.tree.root)
    return found.objectives.get(run.tree.root.primary.identifier, ObjectiveStatus()).satisfied, found.completed


def measure(run: Run, name: str = "root") -> float | None:
    return run.tracking(run.tree.by_id[name]).objectives.get("", ObjectiveStatus()).measure


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


def told(action: RollupAction, name: ConditionName, **more: Any) -> RollupRule:
    return RollupRule(action, (RuleCondition(name),), **more)


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


@pytest.mark.parametrize(
    ("name", "parts", "of_attempt", "expected"),
    [
        (C.SATISFIED, {"satisfied": True}, 1, None), (C.OBJECTIVE_STATUS_KNOWN, {"satisfied": True}, 1, None),
        (C.OBJECTIVE_MEASURE_KNOWN, {"measure": 0.5}, 1, None), (C.COMPLETED, {"completed": True}, 1, None),
        (C.ACTIVITY_PROGRESS_KNOWN, {"completed": True}, 1, None), (C.ATTEMPTED, {}, 1, None),
        (C.SATISFIED, {"satisfied": True}, 2, True), (C.OBJECTIVE_STATUS_KNOWN, {"satisfied": True}, 2, True),
        (C.OBJECTIVE_MEASURE_KNOWN, {"measure": 0.5}, 2, True), (C.COMPLETED, {"completed": True}, 2, True),
        (C.ACTIVITY_PROGRESS_KNOWN, {"completed": True}, 2, True), (C.ATTEMPTED, {}, 2, True),
    ],
)  # fmt: skip
def test_only_what_was_reached_in_the_present_attempt_of_the_parent_counts(
    name: ConditionName, parts: dict[str, Any], of_attempt: int, expected: bool | None
) -> None:
    """[SN 3.2.5, 3.2.6]"""
    second = ActivityTracking(attempts=2, active=True, objectives={})
    ann = learner(leaf("a"), rollup_rules=RollupRules((told(A.SATISFIED, name),)))
    assert root(rolled(ann, root=second, a=held(of_attempt=of_attempt, **parts)))[0] is expected


@pytest.mark.parametrize(
    "name", [C.OBJECTIVE_STATUS_KNOWN, C.OBJECTIVE_MEASURE_KNOWN, C.ACTIVITY_PROGRESS_KNOWN, C.ATTEMPTED]
)
def test_of_an_earlier_attempt_it_is_said_that_nothing_is_known(name: ConditionName) -> None:
    """[SN 3.2.5, RB.1.4.1] So the negation of what asks for knowledge holds."""
    second = ActivityTracking(attempts=2, active=True, objectives={})
    unknown = RollupRule(A.SATISFIED, (RuleCondition(name, negated=True),))
    ann = learner(leaf("a"), rollup_rules=RollupRules((unknown,)))
    earlier = held(of_attempt=1, satisfied=True, measure=0.5, completed=True)
    assert root(rolled(ann, root=second, a=earlier))[0] is True


@pytest.mark.parametrize(
    ("control", "satisfied", "completed"),
    [
        (ControlMode(flow=True), None, None),
        (ControlMode(flow=True, use_current_attempt_objective_info=False), True, None),
        (ControlMode(flow=True, use_current_attempt_progress_info=False), None, True),
    ],
)
def test_a_parent_may_take_earlier_success_or_earlier_completion_as_well(
    control: ControlMode, satisfied: bool | None, completed: bool | None
) -> None:
    """[SN 3.2.5, 3.2.6]"""
    second = ActivityTracking(attempts=2, active=True, objectives={})
    ann = learner(leaf("a"), control_mode=control)
    run = rolled(ann, root=second, a=held(of_attempt=1, satisfied=True, measure=0.5, completed=True, progress=1.0))
    assert root(run) == (satisfied, completed)
    assert (measure(run), run.tracking(ann.tree.root).progress) == (
        0.5 if satisfied else None, 1.0 if completed else None
    )  # fmt: skip


@pytest.mark.parametrize("of_progress", [True, False])
@pytest.mark.parametrize("name", [C.SATISFIED, C.OBJECTIVE_STATUS_KNOWN, C.OBJECTIVE_MEASURE_KNOWN, C.COMPLETED,
                                  C.ACTIVITY_PROGRESS_KNOWN, C.ATTEMPTED])  # fmt: skip
def test_a_condition_asks_for_success_or_for_completion_of_an_earlier_attempt(
    name: ConditionName, of_progress: bool
) -> None:
    """[SN 3.2.5, 3.2.6] "Attempted" is about completion."""
    second = ActivityTracking(attempts=2, active=True, objectives={})
    control = ControlMode(True, True, True, False, of_progress, not of_progress)
    ann = learner(leaf("a"), control_mode=control, rollup_rules=RollupRules((told(A.SATISFIED, name),)))
    run = rolled(ann, root=second, a=held(of_attempt=1, satisfied=True, measure=0.5, completed=True))
    about_progress = name in (C.COMPLETED, C.ACTIVITY_PROGRESS_KNOWN, C.ATTEMPTED)
    assert root(run)[0] is (True if about_progress is of_progress else None)


def test_of_a_single_child_a_share_is_asked_as_well() -> None:
    """[SN RB.1.4]"""
    half = told(A.SATISFIED, C.SATISFIED, child_activity_set=ChildActivitySet.AT_LEAST_PERCENT, minimum_percent=0.5)
    assert root(rolled(learner(leaf("a"), rollup_rules=RollupRules((half,))), a=YES))[0] is True


REQUIRED = {
    A.SATISFIED: "required_for_satisfied", A.NOT_SATISFIED: "required_for_not_satisfied",
    A.COMPLETED: "required_for_completed", A.INCOMPLETE: "required_for_incomplete",
}  # fmt: skip


@pytest.mark.parametrize("action", list(RollupAction))
@pytest.mark.parametrize(
    ("requirement", "state", "counts"),
    [
        (Requirement.ALWAYS, None, True),
        (Requirement.IF_ATTEMPTED, None, False), (Requirement.IF_ATTEMPTED, held(), True),
        (Requirement.IF_NOT_SUSPENDED, None, True), (Requirement.IF_NOT_SUSPENDED, held(), True),
        (Requirement.IF_NOT_SUSPENDED, held(suspended=True), False),
        (Requirement.IF_NOT_SUSPENDED, held(0, suspended=True), True),
        (Requirement.IF_NOT_SKIPPED, None, True), (Requirement.IF_NOT_SKIPPED, held(satisfied=True), False),
    ],
)  # fmt: skip
def test_a_child_counts_for_an_action_when_its_considerations_say_so(
    action: RollupAction, requirement: Requirement, state: ActivityTracking | None, counts: bool
) -> None:
    """[SN RB.1.4.2]"""
    skipped = rule(RuleAction.SKIP, C.SATISFIED)
    ann = learner(leaf("a", pre_condition_rules=(skipped,), rollup_considerations=RollupConsiderations(**{REQUIRED[action]: requirement})))  # type: ignore[arg-type]  # fmt: skip
    ann.state = SequencingState(activities={"a": state} if state else {})
    run = ann.run()
    for other in RollupAction:
        asked = check_child_for_rollup_subprocess(run, ann.at("a"), other)
        assert asked is (counts if other is action else True)
    assert run.trace == ()


def test_a_child_may_keep_its_success_or_its_completion_to_itself() -> None:
    """[SN RB.1.4.2, 3.7]"""
    ann = learner(
        leaf("a", rollup_rules=RollupRules(rollup_objective_satisfied=False)),
        leaf("b", rollup_rules=RollupRules(rollup_progress_completion=False)),
    )
    asked = {
        name: [check_child_for_rollup_subprocess(ann.run(), ann.at(name), one) for one in A] for name in ("a", "b")
    }
    assert asked == {"a": [False, False, True, True], "b": [True, True, False, False]}


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


def test_the_trace_says_what_was_asked_of_the_children_and_what_came_of_it() -> None:
    """[SN RB.1.2, RB.1.3, RB.1.4]"""
    ann = learner(leaf("a"), leaf("b"), control_mode=FLOW)
    run = rolled(
        ann, a=held(satisfied=True, completed=True, measure=0.5, progress=1.0), b=held(satisfied=False, completed=True)
    )
    told_ = [(step.clause, step.words) for step in run.trace if step.activity == "root"]
    assert told_ == [
        ("RB.1.1 a", '"root" now has measure 0.25'),
        ("RB.1.1 b", '"root" now has progress 0.5'),
        ("RB.1.4", '"root", default rule: not satisfied if all children: success known: holds'),
        ("RB.1.2 b", '"root" now has "not satisfied"'),
        ("RB.1.4", '"root", default rule: completed if all children: completed: holds'),
        ("RB.1.3", '"root" now has "completed"'),
    ]
    overall_rollup_process(run, ann.at("a"))
    again = [step for step in run.trace[len(told_) :] if "now has" in step.words]
    assert again == []


@pytest.mark.parametrize(
    ("done", "words"),
    [
        (True, ["satisfied if all children: satisfied", "completed if all children: completed"]),
        (False, ["not satisfied if all children: success known", "incomplete if all children: completion known"]),
        (None, []),
    ],
)
def test_the_trace_says_which_default_rule_holds(done: bool | None, words: list[str]) -> None:
    """[SN RB.1.2 c, RB.1.3 c, RB.1.4]"""
    run = rolled(learner(leaf("a")), a=held(satisfied=done, completed=done))
    told_ = [step for step in run.trace if step.clause == "RB.1.4"]
    assert told_ == [Step("RB.1.4", f'"root", default rule: {one}: holds', "root") for one in words]


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ({}, '"root", rule: satisfied if all children: satisfied: does not hold'),
        ({"child_activity_set": ChildActivitySet.ANY}, '"root", rule: satisfied if any child: satisfied: holds'),
        ({"child_activity_set": ChildActivitySet.NONE}, '"root", rule: satisfied if no child: satisfied: does not hold'),
        ({"child_activity_set": ChildActivitySet.AT_LEAST_COUNT, "minimum_count": 2},
         '"root", rule: satisfied if at least 2 children: satisfied: does not hold'),
        ({"child_activity_set": ChildActivitySet.AT_LEAST_PERCENT, "minimum_percent": 0.5},
         '"root", rule: satisfied if at least 50% of the children: satisfied: holds'),
    ],
)  # fmt: skip
def test_the_trace_says_of_a_rule_of_the_course_whether_it_holds(asked: dict[str, Any], words: str) -> None:
    """[SN RB.1.4]"""
    ann = learner(leaf("a"), leaf("b"), rollup_rules=RollupRules((told(A.SATISFIED, C.SATISFIED, **asked),)))
    run = rolled(ann, a=YES, b=NO)
    assert ("RB.1.4", words) in [(step.clause, step.words) for step in run.trace]
