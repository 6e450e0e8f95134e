"""Limits on time: evaluated when the time is given, by the book's rules. [SN 3.5, UP.1]"""

from datetime import UTC, datetime, timedelta

import pytest

from courseway.standards.manifests.sequencing import ConditionName, LimitConditions, RuleAction
from courseway.standards.sequencing.overall import navigate, open_session
from courseway.standards.sequencing.values import EndedActivity, Given, Refused, Request, RequestKind
from tests.standards.sequencing.trees import Learner, cluster, leaf, learner, rule

NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)


def at(minutes: float) -> Given:
    """So many minutes after noon."""
    return Given(now=NOON + timedelta(minutes=minutes))


def spent(seconds: float, leaving: str = "") -> EndedActivity:
    """Content that is done and was open for so long, all its sessions of this attempt together."""
    return EndedActivity(completed=True, completion_set=True, exit=leaving, seconds=seconds)


def go(
    ann: Learner, kind: RequestKind, given: Given, ended: EndedActivity | None = None, to: str | None = None
) -> str | None:
    ann.outcome = navigate(ann.tree, ann.state, Request(kind, to), ended, given)
    ann.state = ann.outcome.state
    return ann.outcome.delivered


def begin(ann: Learner, given: Given) -> str | None:
    ann.outcome = open_session(ann.tree, ann.state, None, given)
    ann.state = ann.outcome.state
    return ann.outcome.delivered


@pytest.mark.parametrize(
    ("limits", "minute", "delivered"),
    [
        ({"begin_time_limit": "2026-06-01T12:30:00Z"}, 29, False),
        ({"begin_time_limit": "2026-06-01T12:30:00Z"}, 31, True),
        ({"end_time_limit": "2026-06-01T12:30:00"}, 29, True),
        ({"end_time_limit": "2026-06-01T12:30:00"}, 31, False),
        ({"end_time_limit": "2026-06-01T14:30:00+02:00"}, 31, False),
        ({"end_time_limit": "whenever"}, 31, True),
    ],
)
def test_an_activity_is_delivered_within_its_dates(limits: dict[str, str], minute: float, delivered: bool) -> None:
    """[SN UP.1 6-7]"""
    ann = learner(leaf("a"), leaf("b", limit_conditions=LimitConditions(**limits)))  # type: ignore[arg-type]
    begin(ann, at(minute))
    assert ann.last.valid.choice["b"] is delivered
    assert (go(ann, RequestKind.CONTINUE, at(minute)) == "b") is delivered


def test_dates_are_not_evaluated_where_nobody_gives_the_time() -> None:
    """Courses from twenty years must still open: the book leaves all limits but the attempt limit to the LMS."""
    ann = learner(leaf("a", limit_conditions=LimitConditions(end_time_limit="2006-01-01")), leaf("b"))
    assert ann.open() == "a"


def test_no_new_attempt_begins_when_the_time_for_the_activity_is_used_up() -> None:
    """[SN UP.1 4-5]"""
    experienced = LimitConditions(activity_experienced_duration_seconds=100)
    ann = learner(leaf("a", limit_conditions=experienced), leaf("b"))
    begin(ann, at(0))
    go(ann, RequestKind.CONTINUE, at(1), spent(60))
    assert go(ann, RequestKind.CHOICE, at(2), spent(5), "a") == "a"
    go(ann, RequestKind.CONTINUE, at(3), spent(40))
    assert ann.state.activities["a"].earlier_seconds + ann.state.activities["a"].seconds == 100
    assert go(ann, RequestKind.CHOICE, at(4), spent(10), "a") is None
    assert ann.last.refused is Refused.DELIVERY_NOT_ALLOWED
    assert any(step.clause == "UP.1" and "used up" in step.words for step in ann.last.trace)


def test_absolute_time_runs_while_nobody_is_there() -> None:
    """[SN UP.1 4]"""
    ann = learner(leaf("a", limit_conditions=LimitConditions(activity_absolute_duration_seconds=600)), leaf("b"))
    begin(ann, at(0))
    go(ann, RequestKind.CONTINUE, at(1), spent(1))
    assert go(ann, RequestKind.CHOICE, at(9), spent(1), "a") == "a"
    go(ann, RequestKind.CONTINUE, at(9.5), spent(1))
    assert go(ann, RequestKind.CHOICE, at(10), spent(1), "a") is None


def test_an_attempt_under_way_goes_on_beyond_its_limits() -> None:
    """[SN UP.1 2]"""
    limits = LimitConditions(
        attempt_limit=1, attempt_absolute_duration_seconds=60, end_time_limit="2026-06-01T12:10:00Z"
    )
    ann = learner(leaf("a", limit_conditions=limits), leaf("b"))
    begin(ann, at(0))
    go(ann, RequestKind.SUSPEND_ALL, at(1), spent(30))
    assert begin(ann, at(60)) == "a"
    assert ann.last.entry == "resume"


@pytest.mark.parametrize(
    ("limits", "minutes", "seconds", "exceeded"),
    [
        (LimitConditions(attempt_absolute_duration_seconds=300), 4, 10, False),
        (LimitConditions(attempt_absolute_duration_seconds=300), 6, 10, True),
        (LimitConditions(attempt_experienced_duration_seconds=300), 60, 299, False),
        (LimitConditions(attempt_experienced_duration_seconds=300), 60, 301, True),
    ],
)
def test_rules_can_ask_whether_the_time_is_exceeded(
    limits: LimitConditions, minutes: float, seconds: float, exceeded: bool
) -> None:
    """A cluster exits by its rule once the attempt on it took too long. [SN UP.2.1, TB.2.1]"""
    late = rule(RuleAction.EXIT, ConditionName.TIME_LIMIT_EXCEEDED)
    ann = learner(cluster("m", leaf("a"), leaf("b"), exit_condition_rules=(late,), limit_conditions=limits), leaf("c"))
    begin(ann, at(0))
    assert go(ann, RequestKind.CONTINUE, at(minutes), spent(seconds)) == ("c" if exceeded else "b")


def test_rules_can_ask_whether_an_activity_is_outside_its_dates() -> None:
    outside = rule(RuleAction.SKIP, ConditionName.OUTSIDE_AVAILABLE_TIME_RANGE)
    limits = LimitConditions(end_time_limit="2026-06-01T12:10:00Z")
    for minute, delivered in ((5, "b"), (15, "c")):
        ann = learner(leaf("a"), leaf("b", pre_condition_rules=(outside,), limit_conditions=limits), leaf("c"))
        begin(ann, at(minute))
        assert go(ann, RequestKind.CONTINUE, at(minute), spent(1)) == delivered


def test_time_is_added_to_everything_the_activity_is_part_of_and_only_once() -> None:
    """[SN TM 1.3]"""
    ann = learner(cluster("m", leaf("a"), leaf("b")), leaf("c"))
    begin(ann, at(0))
    go(ann, RequestKind.CONTINUE, at(1), spent(60))
    go(ann, RequestKind.SUSPEND_ALL, at(2), spent(30, "suspend"))
    begin(ann, at(3))
    go(ann, RequestKind.CONTINUE, at(4), spent(50))
    held = ann.state.activities
    assert [held[name].seconds for name in ("a", "b", "m", "root")] == [60, 50, 110, 110]
