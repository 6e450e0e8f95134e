"""What may be delivered, and what a delivery does to attempts. [SN DB.1.1, DB.2, DB.2.1]"""

from datetime import UTC, datetime

import pytest

from courseway.standards.manifests.sequencing import ConditionName, LimitConditions, Randomization, RuleAction, Timing
from courseway.standards.sequencing.delivery import (
    clear_suspended_activity_subprocess,
    content_delivery_environment_process,
    delivery_request_process,
)
from courseway.standards.sequencing.run import Run
from courseway.standards.sequencing.state import ActivityTracking, SequencingState
from courseway.standards.sequencing.values import EndedActivity, Given, Refused, RequestKind
from tests.standards.sequencing.trees import DONE, UNSAID, Learner, cluster, leaf, learner, rule

DISABLE = {"pre_condition_rules": (rule(RuleAction.DISABLED, ConditionName.ALWAYS),)}


def test_only_a_leaf_is_delivered_and_nothing_above_it_may_forbid_it() -> None:
    """[SN DB.1.1]"""
    ann = learner(cluster("m", leaf("a"), **DISABLE), cluster("n", leaf("b", **DISABLE), leaf("c")))
    asked = {name: delivery_request_process(ann.run(), ann.at(name)) for name in ("n", "a", "b", "c")}
    assert asked == {
        "n": Refused.NOT_A_LEAF, "a": Refused.DELIVERY_NOT_ALLOWED, "b": Refused.DELIVERY_NOT_ALLOWED, "c": None,
    }  # fmt: skip


def test_a_delivery_begins_an_attempt_on_all_that_is_not_in_one_and_remembers_which_of_the_parents() -> None:
    """[SN DB.2 5]"""
    ann = learner(cluster("m", leaf("a"), leaf("b")), leaf("c"))
    ann.open()
    held = ann.state.activities
    assert {name: (one.attempts, one.active, one.of_attempt) for name, one in held.items()} == {
        "root": (1, True, 0), "m": (1, True, 1), "a": (1, True, 1),
    }  # fmt: skip
    assert ann.says("DB.2", '"a" is delivered, in attempt 1', "a")
    ann.next()
    ann.choose("c")
    ann.choose("a")
    held = ann.state.activities
    assert (held["m"].attempts, held["a"].attempts, held["a"].of_attempt, held["root"].attempts) == (2, 2, 2, 1)
    assert ann.says("DB.2", '"a" is delivered, in attempt 2', "a")


def test_a_new_attempt_knows_nothing_of_the_one_before_but_the_time() -> None:
    """[SN DB.2 5.1, TM 1.2]"""
    ann = learner(leaf("a"), leaf("b"))
    first, later = (datetime(2026, 1, 1, hour, tzinfo=UTC) for hour in (9, 10))
    run = Run(ann.tree, ann.state, Given(now=first))
    content_delivery_environment_process(run, ann.at("a"))
    held = run.written(ann.at("a"))
    held.completed, held.active, held.seconds, held.completion_set = True, False, 30.0, True
    again = Run(ann.tree, run.state, Given(now=later))
    content_delivery_environment_process(again, ann.at("a"))
    assert again.state.activities["a"] == ActivityTracking(
        attempts=2,
        active=True,
        of_attempt=1,
        began=later.timestamp(),
        first_began=first.timestamp(),
        earlier_seconds=30.0,
    )


def test_a_suspended_attempt_goes_on_where_it_was() -> None:
    """[SN DB.2 5.1.1]"""
    ann = learner(cluster("m", leaf("a"), leaf("b")), leaf("c"))
    ann.open()
    ann.go(RequestKind.SUSPEND_ALL, EndedActivity(completed=False, completion_set=True, exit="suspend"))
    ann.open()
    held = ann.state.activities
    assert all((one.attempts, one.active, one.suspended) == (1, True, False) for one in held.values())
    assert (held["a"].completed, ann.state.suspended) == (False, None)
    assert ann.says("DB.2", '"a" is delivered, going on with attempt 1', "a")


def test_a_part_that_goes_on_in_a_new_attempt_of_its_cluster_is_resumed_and_one_that_does_not_is_not() -> None:
    """[SN DB.2 5] What the leaf does decides how content is entered, not what the clusters above it do."""
    ann = learner(cluster("m", leaf("a"), leaf("b")), leaf("c"))
    ann.open()
    ann.next(EndedActivity(exit="suspend"))
    ann.go(RequestKind.SUSPEND_ALL, UNSAID)
    ann.open()
    assert ann.last.entry == "resume"
    ann.next(DONE)
    ann.choose("b")
    assert (ann.last.entry, ann.state.activities["m"].attempts) == ("ab-initio", 1)


def test_what_lies_between_the_activity_before_and_the_new_one_ends() -> None:
    """[SN DB.2 4, UP.3]"""
    ann = learner(cluster("m", cluster("k", leaf("a")), leaf("b")), cluster("n", leaf("c")))
    ann.open()
    ann.choose("b")
    active = {name for name, one in ann.state.activities.items() if one.active}
    assert active == {"root", "m", "b"}
    ann.choose("c")
    assert {name for name, one in ann.state.activities.items() if one.active} == {"root", "n", "c"}


SUSPENDED_AT_A = {name: ActivityTracking(attempts=1, suspended=True, objectives={}) for name in ("root", "m", "k", "a")}


def deep(**more: ActivityTracking) -> Learner:
    """A learner who suspended in a, two clusters deep."""
    ann = learner(cluster("m", cluster("k", leaf("a"), leaf("a2")), leaf("b")), leaf("c"))
    held = {name: one.copied() for name, one in {**SUSPENDED_AT_A, **more}.items()}
    ann.state = SequencingState(suspended="a", activities=held)
    return ann


def suspended_after(ann: Learner, target: str) -> list[str]:
    run = ann.run()
    clear_suspended_activity_subprocess(run, ann.at(target))
    return sorted(name for name, one in run.state.activities.items() if one.suspended)


@pytest.mark.parametrize(
    ("target", "left"),
    [
        ("a", ["a", "k", "m", "root"]),
        # The common ancestor and what lies above it are in the new attempt as well, and stay as they are.
        ("a2", ["k", "m", "root"]), ("b", ["m", "root"]), ("c", ["root"]),
    ],
)  # fmt: skip
def test_what_was_suspended_is_forgotten_when_something_else_is_delivered(target: str, left: list[str]) -> None:
    """[SN DB.2.1]"""
    assert suspended_after(deep(), target) == left


def test_a_cluster_in_which_something_else_is_suspended_stays_so() -> None:
    """[SN DB.2.1 1.2.2]"""
    other = ActivityTracking(attempts=1, suspended=True, objectives={})
    assert suspended_after(deep(a2=other), "c") == ["a2", "k", "m", "root"]
    assert suspended_after(deep(b=other), "c") == ["b", "m", "root"]


def test_a_choice_of_something_else_gives_up_what_was_suspended() -> None:
    """[SN DB.2 2]"""
    ann = deep()
    assert ann.choose("c", None) == "c"
    held = ann.state.activities
    assert [name for name, one in held.items() if one.suspended] == []
    assert (ann.state.suspended, held["root"].attempts) == (None, 1)
    assert ann.choose("a", DONE) == "a"
    assert (held["a"].attempts, ann.state.activities["a"].attempts, ann.last.entry) == (1, 2, "ab-initio")


def test_the_children_that_were_drawn_are_kept_with_the_attempt() -> None:
    """[SN SR.1, SR.2]"""
    drawn = Randomization(selection_timing=Timing.ONCE, select_count=1)
    ann = learner(cluster("m", leaf("a"), leaf("b"), randomization=drawn), leaf("c"))
    ann.open()
    assert (ann.state.activities["m"].children, ann.state.activities["root"].children) == ((ann.state.current,), None)


def test_a_delivery_that_is_refused_leaves_the_state_to_keep() -> None:
    """[SN DB.1.1] The attempt before has ended all the same."""
    ann = learner(leaf("a"), leaf("b", limit_conditions=LimitConditions(attempt_limit=0)))
    ann.open()
    ann.go(RequestKind.JUMP, DONE, "b")
    assert (ann.last.refused, ann.last.delivered) == (Refused.DELIVERY_NOT_ALLOWED, None)
    assert (ann.state.current, ann.state.activities["a"].active) == ("a", False)
