"""Conditions, rules and limits. [SN UP.1, UP.2, UP.5]"""

from datetime import UTC, datetime
from itertools import product

import pytest

from courseway.standards.manifests.sequencing import (
    Combination,
    ConditionName,
    DeliveryControls,
    LimitConditions,
    Objective,
    RuleAction,
    RuleCondition,
    SequencingRule,
)
from courseway.standards.sequencing import rules
from courseway.standards.sequencing.run import Run
from courseway.standards.sequencing.state import ActivityTracking, ObjectiveStatus, SequencingState
from courseway.standards.sequencing.values import Given
from tests.standards.sequencing.trees import Learner, leaf, learner, rule

C = ConditionName
NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)
TRUTH = (True, False, None)


def holding(held: ActivityTracking | None, now: datetime | None = None, **sequencing: object) -> tuple[Learner, Run]:
    """A part with a history and rules of its own."""
    ann = learner(leaf("a", **sequencing), leaf("b"))
    ann.state = SequencingState(activities={"a": held} if held is not None else {})
    return ann, Run(ann.tree, ann.state, Given(now=now))


def value(condition: RuleCondition, held: ActivityTracking | None = None, **sequencing: object) -> bool | None:
    ann, run = holding(held, **sequencing)
    return rules.evaluate(run, ann.at("a"), condition)


def reached(**status: object) -> ActivityTracking:
    return ActivityTracking(attempts=1, objectives={"": ObjectiveStatus(**status)})  # type: ignore[arg-type]


NOTHING, TRIED = ActivityTracking(), ActivityTracking(attempts=1)


@pytest.mark.parametrize(
    ("name", "held", "expected"),
    [
        (C.ALWAYS, None, True), (C.NEVER, None, False),
        (C.ATTEMPTED, None, False), (C.ATTEMPTED, TRIED, True),
        (C.COMPLETED, None, None), (C.COMPLETED, ActivityTracking(completed=True), True),
        (C.COMPLETED, ActivityTracking(completed=False), False),
        (C.ACTIVITY_PROGRESS_KNOWN, None, False), (C.ACTIVITY_PROGRESS_KNOWN, ActivityTracking(completed=False), True),
        (C.SATISFIED, None, None), (C.SATISFIED, reached(satisfied=True), True), (C.SATISFIED, reached(satisfied=False), False),
        (C.OBJECTIVE_STATUS_KNOWN, None, False), (C.OBJECTIVE_STATUS_KNOWN, reached(satisfied=False), True),
        (C.OBJECTIVE_MEASURE_KNOWN, None, False), (C.OBJECTIVE_MEASURE_KNOWN, reached(measure=0.0), True),
        (C.OBJECTIVE_MEASURE_GREATER_THAN, None, None), (C.OBJECTIVE_MEASURE_LESS_THAN, None, None),
    ],
)  # fmt: skip
def test_a_condition_is_true_false_or_unknown_and_not_turns_only_what_is_known(
    name: ConditionName, held: ActivityTracking | None, expected: bool | None
) -> None:
    """[SN UP.2.1, 3.4.2]"""
    assert value(RuleCondition(name), held) is expected
    assert value(RuleCondition(name, negated=True), held) is (None if expected is None else not expected)


@pytest.mark.parametrize(("measure", "above", "below"), [(0.4, False, True), (0.5, False, False), (0.6, True, False)])
def test_a_score_at_the_threshold_is_neither_above_nor_below_it(measure: float, above: bool, below: bool) -> None:
    """[SN UP.2.1]"""
    held = reached(measure=measure)
    assert value(RuleCondition(C.OBJECTIVE_MEASURE_GREATER_THAN, measure_threshold=0.5), held) is above
    assert value(RuleCondition(C.OBJECTIVE_MEASURE_LESS_THAN, measure_threshold=0.5), held) is below


def test_a_condition_asks_the_objective_it_names_and_one_that_is_not_there_is_unknown() -> None:
    """[SN UP.2.1, 3.4.2]"""
    objectives = (Objective("p", primary=True), Objective("other"))
    held = ActivityTracking(
        attempts=1, completed=True,
        objectives={"p": ObjectiveStatus(satisfied=True), "other": ObjectiveStatus(satisfied=False, completed=False)},
    )  # fmt: skip
    for named, satisfied, completed in (
        ("", True, True),
        ("p", True, True),
        ("other", False, False),
        ("gone", None, None),
    ):
        assert value(RuleCondition(C.SATISFIED, False, named), held, objectives=objectives) is satisfied
        assert value(RuleCondition(C.COMPLETED, False, named), held, objectives=objectives) is completed


def test_of_what_is_not_tracked_nothing_is_known_but_always_and_never() -> None:
    """[SN 3.13.1]"""
    untracked = {
        "delivery_controls": DeliveryControls(tracked=False),
        "limit_conditions": LimitConditions(attempt_limit=0),
    }
    for name in set(ConditionName) - {C.ALWAYS, C.NEVER}:
        assert value(RuleCondition(name), TRIED, **untracked) is None
    assert (value(RuleCondition(C.ALWAYS), **untracked), value(RuleCondition(C.NEVER), **untracked)) == (True, False)


@pytest.mark.parametrize(("one", "other"), list(product(TRUTH, TRUTH)))
def test_conditions_are_combined_in_three_valued_logic(one: bool | None, other: bool | None) -> None:
    """[SN UP.2.1, 3.4.1]"""
    both, either = rules.combine((one, other), Combination.ALL), rules.combine((one, other), Combination.ANY)
    assert both is (False if False in (one, other) else None if None in (one, other) else True)
    assert either is (True if True in (one, other) else None if None in (one, other) else False)


def test_a_rule_without_conditions_is_unknown_and_does_not_fire() -> None:
    """[SN UP.2.1]"""
    assert rules.combine((), Combination.ALL) is rules.combine((), Combination.ANY) is None
    ann, run = holding(None)
    assert rules.sequencing_rule_check_subprocess(run, ann.at("a"), SequencingRule(RuleAction.SKIP)) is False
    assert run.trace[-1].words == 'rule of "a": if nothing then skip: nothing asked, so it does not fire'


def test_the_first_rule_of_the_wanted_kinds_that_holds_decides() -> None:
    """[SN UP.2]"""
    ann, run = holding(None)
    never, retry, leave = (
        rule(RuleAction.CONTINUE, C.NEVER), rule(RuleAction.RETRY, C.ALWAYS), rule(RuleAction.EXIT_ALL, C.ALWAYS)
    )  # fmt: skip
    everything = set(RuleAction)
    check = rules.sequencing_rules_check_process
    assert check(run, ann.at("a"), (never, retry, leave), everything) is RuleAction.RETRY
    assert check(run, ann.at("a"), (never, leave, retry), everything) is RuleAction.EXIT_ALL
    assert check(run, ann.at("a"), (retry, leave), {RuleAction.EXIT_ALL}) is RuleAction.EXIT_ALL
    assert check(run, ann.at("a"), (never,), everything) is None


def test_an_unknown_condition_fires_nothing_negated_or_not() -> None:
    """[SN UP.2.1]"""
    for negated in (False, True):
        ann, run = holding(None, pre_condition_rules=(rule(RuleAction.SKIP, C.SATISFIED, negated=negated),))
        assert rules.pre_condition(run, ann.at("a"), RuleAction.SKIP) is False


def test_a_pre_condition_is_asked_of_its_own_action_alone() -> None:
    """[SN UP.2]"""
    ann, run = holding(None, pre_condition_rules=(rule(RuleAction.SKIP, C.ALWAYS),))
    asked = [rules.pre_condition(run, ann.at("a"), action) for action in RuleAction]
    assert asked == [action is RuleAction.SKIP for action in RuleAction]


@pytest.mark.parametrize(
    ("held", "limit", "closed"),
    [
        (None, 1, False), (None, 0, True), (TRIED, 1, True), (TRIED, 2, False), (TRIED, None, False),
        (ActivityTracking(attempts=1, active=True), 1, False), (ActivityTracking(attempts=1, suspended=True), 1, False),
    ],
)  # fmt: skip
def test_as_many_attempts_begin_as_there_may_be_and_one_under_way_goes_on(
    held: ActivityTracking | None, limit: int | None, closed: bool
) -> None:
    """[SN UP.1]"""
    ann, run = holding(held, limit_conditions=LimitConditions(attempt_limit=limit))
    assert rules.limit_conditions_check_process(run, ann.at("a")) is closed
    assert rules.check_activity_process(run, ann.at("a")) is closed


@pytest.mark.parametrize(("attempts", "exceeded"), [(0, False), (1, False), (2, True), (3, True)])
def test_a_rule_can_ask_whether_all_attempts_were_made(attempts: int, exceeded: bool) -> None:
    """[SN UP.2.1] Also while the last of them is under way."""
    asked, limits = RuleCondition(C.ATTEMPT_LIMIT_EXCEEDED), LimitConditions(attempt_limit=2)
    assert value(asked, ActivityTracking(attempts=attempts, active=True), limit_conditions=limits) is exceeded
    assert value(asked, ActivityTracking(attempts=attempts)) is False


def test_limits_are_not_asked_of_what_is_not_tracked() -> None:
    """[SN UP.1]"""
    limits = {
        "limit_conditions": LimitConditions(attempt_limit=0),
        "delivery_controls": DeliveryControls(tracked=False),
    }
    ann, run = holding(None, **limits)
    assert rules.limit_conditions_check_process(run, ann.at("a")) is False


@pytest.mark.parametrize(
    ("limits", "held", "words"),
    [
        (LimitConditions(attempt_limit=1), TRIED, '1 attempts on "a" reach the limit of 1'),
        (LimitConditions(activity_experienced_duration_seconds=5), ActivityTracking(attempts=1, seconds=5.0),
         'the time for "a" is used up'),
        (LimitConditions(end_time_limit="2026-06-01T11:59:59Z"), None, '"a" is outside its dates'),
    ],
)  # fmt: skip
def test_the_trace_says_which_limit_was_reached(
    limits: LimitConditions, held: ActivityTracking | None, words: str
) -> None:
    """[SN UP.1]"""
    ann, run = holding(held, NOON, limit_conditions=limits)
    assert rules.check_activity_process(run, ann.at("a"))
    assert [(step.clause, step.words, step.activity) for step in run.trace] == [("UP.1", words, "a")]


GOING_ON = {"attempts": 1, "active": True, "began": NOON.timestamp() - 100, "first_began": NOON.timestamp() - 500}


@pytest.mark.parametrize(
    ("limit", "more", "exceeded"),
    [
        ({"attempt_absolute_duration_seconds": 100}, {}, True), ({"attempt_absolute_duration_seconds": 101}, {}, False),
        ({"attempt_absolute_duration_seconds": 100}, {"active": False}, False),
        ({"attempt_absolute_duration_seconds": 100}, {"active": False, "suspended": True}, True),
        ({"attempt_absolute_duration_seconds": 100}, {"began": None}, False),
        ({"attempt_absolute_duration_seconds": 1}, {"active": False}, False),
        ({"attempt_absolute_duration_seconds": 0}, {"active": False}, True),
        ({"activity_absolute_duration_seconds": 1}, {"first_began": None}, False),
        ({"activity_absolute_duration_seconds": 0}, {"first_began": None}, True),
        ({"attempt_experienced_duration_seconds": 1}, {"seconds": 30.0, "active": False}, False),
        ({"attempt_experienced_duration_seconds": 0}, {"seconds": 30.0, "active": False}, True),
        ({"attempt_experienced_duration_seconds": 30}, {"seconds": 30.0}, True),
        ({"attempt_experienced_duration_seconds": 30}, {"seconds": 29.0, "earlier_seconds": 9.0}, False),
        ({"attempt_experienced_duration_seconds": 30}, {"seconds": 30.0, "active": False}, False),
        ({"activity_absolute_duration_seconds": 500}, {}, True), ({"activity_absolute_duration_seconds": 501}, {}, False),
        ({"activity_absolute_duration_seconds": 500}, {"active": False}, True),
        ({"activity_absolute_duration_seconds": 500}, {"first_began": None}, False),
        ({"activity_experienced_duration_seconds": 30}, {"seconds": 10.0, "earlier_seconds": 20.0}, True),
        ({"activity_experienced_duration_seconds": 30}, {"seconds": 10.0, "earlier_seconds": 19.0}, False),
        ({"activity_experienced_duration_seconds": 30}, {"seconds": 10.0, "earlier_seconds": 20.0, "active": False}, True),
    ],
)  # fmt: skip
def test_time_is_used_up_when_as_much_has_passed_as_there_may(
    limit: dict[str, float], more: dict[str, object], exceeded: bool
) -> None:
    """[SN UP.1 2-5]"""
    held = ActivityTracking(**{**GOING_ON, **more})  # type: ignore[arg-type]
    limits = LimitConditions(**limit)  # type: ignore[arg-type]
    ann, run = holding(held, NOON, limit_conditions=limits)
    assert rules.time_limit_exceeded(run, ann.at("a")) is exceeded
    assert rules.evaluate(run, ann.at("a"), RuleCondition(C.TIME_LIMIT_EXCEEDED)) is exceeded
    ann, run = holding(held, None, limit_conditions=limits)
    assert rules.time_limit_exceeded(run, ann.at("a")) is False


@pytest.mark.parametrize(
    ("limits", "outside"),
    [
        ({"begin_time_limit": "2026-06-01T12:00:00Z"}, False), ({"begin_time_limit": "2026-06-01T12:00:01Z"}, True),
        ({"end_time_limit": "2026-06-01T12:00:00Z"}, False), ({"end_time_limit": "2026-06-01T11:59:59Z"}, True),
        ({"end_time_limit": "2026-06-01T12:00:00+01:00"}, True), ({"end_time_limit": "2026-06-01T11:59:59"}, True),
        ({"begin_time_limit": "soon", "end_time_limit": "late"}, False), ({}, False),
    ],
)  # fmt: skip
def test_a_moment_at_a_limit_is_within_it(limits: dict[str, str], outside: bool) -> None:
    """[SN UP.1 6-7]"""
    given = LimitConditions(**limits)  # type: ignore[arg-type]
    ann, run = holding(None, NOON, limit_conditions=given)
    assert rules.outside_available_time_range(run, ann.at("a")) is outside
    assert rules.evaluate(run, ann.at("a"), RuleCondition(C.OUTSIDE_AVAILABLE_TIME_RANGE)) is outside
    ann, run = holding(None, None, limit_conditions=given)
    assert rules.outside_available_time_range(run, ann.at("a")) is False


def test_a_disabled_activity_may_not_be_entered_whatever_its_limits_say() -> None:
    """[SN UP.5]"""
    closed = (rule(RuleAction.DISABLED, C.ALWAYS),)
    ann, run = holding(None, pre_condition_rules=closed, limit_conditions=LimitConditions(attempt_limit=5))
    assert rules.check_activity_process(run, ann.at("a")) is True
    ann, run = holding(None, pre_condition_rules=(rule(RuleAction.SKIP, C.ALWAYS),))
    assert rules.check_activity_process(run, ann.at("a")) is False
    ann, run = holding(
        TRIED, pre_condition_rules=(rule(RuleAction.SKIP, C.ALWAYS),), limit_conditions=LimitConditions(1)
    )
    assert rules.check_activity_process(run, ann.at("a")) is True


def test_the_trace_says_which_rule_was_asked_what_was_found_and_whether_it_fires() -> None:
    """[SN UP.2.1]"""
    asked = SequencingRule(
        RuleAction.SKIP,
        (RuleCondition(C.SATISFIED), RuleCondition(C.ATTEMPTED, negated=True), RuleCondition(C.OBJECTIVE_MEASURE_LESS_THAN, False, "p", 0.5)),
        Combination.ANY,
    )  # fmt: skip
    ann, run = holding(None, pre_condition_rules=(asked,))
    assert rules.pre_condition(run, ann.at("a"), RuleAction.SKIP)
    step = run.trace[-1]
    assert (step.clause, step.activity) == ("UP.2.1", "a")
    assert step.words == (
        'rule of "a": if satisfied or not attempted or score below 0.5 (objective "p") then skip: '
        "unknown, true, unknown, so it fires"
    )
