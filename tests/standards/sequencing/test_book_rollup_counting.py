"""Which children count in rollup, of which attempt, and what is told of it. [SN RB.1.4]"""

from typing import Any

import pytest

from courseway.standards.manifests.sequencing import (
    ChildActivitySet,
    ConditionName,
    ControlMode,
    Requirement,
    RollupAction,
    RollupConsiderations,
    RollupRule,
    RollupRules,
    RuleAction,
    RuleCondition,
)
from courseway.standards.sequencing.rollup import (
    check_child_for_rollup_subprocess,
    overall_rollup_process,
)
from courseway.standards.sequencing.state import ActivityTracking, SequencingState
from courseway.standards.sequencing.values import Step
from tests.standards.sequencing.rolling import A, C, held, measure, rolled, root, told
from tests.standards.sequencing.trees import FLOW, leaf, learner, rule


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
    run = rolled(ann, a=held(satisfied=True), b=held(satisfied=False))
    assert ("RB.1.4", words) in [(step.clause, step.words) for step in run.trace]
