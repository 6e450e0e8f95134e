"""How attempts end, and what the rules then ask for in the place of what was asked. [SN TB.2, UP.3, UP.4]"""

import pytest

from courseway.standards.manifests.sequencing import (
    ConditionName,
    DeliveryControls,
    RuleAction,
    SequencingRule,
)
from courseway.standards.sequencing.state import SequencingState
from courseway.standards.sequencing.termination import (
    Terminated,
    sequencing_exit_action_rules_subprocess,
    termination_request_process,
)
from courseway.standards.sequencing.values import EndedActivity, Refused, RequestKind
from tests.standards.sequencing.trees import DONE, FAILED, UNSAID, Learner, cluster, leaf, learner, rule

K = RequestKind
LEFT_OPEN = EndedActivity(exit="suspend")


def always(action: RuleAction) -> dict[str, tuple[SequencingRule, ...]]:
    """A post-condition rule that always holds."""
    return {"post_condition_rules": (rule(action, ConditionName.ALWAYS),)}


def nested(**of_m: object) -> Learner:
    """A leaf two clusters deep, at the beginning of a course."""
    ann = learner(cluster("m", cluster("n", leaf("a"), leaf("b")), leaf("c"), **of_m), leaf("d"))
    ann.open()
    return ann


def active(ann: Learner) -> list[str]:
    return [one.identifier for one in ann.tree.activities if ann.run().tracking(one).active]


@pytest.mark.parametrize("kind", [K.EXIT, K.EXIT_ALL, K.ABANDON, K.ABANDON_ALL, K.SUSPEND_ALL])
def test_where_nothing_runs_nothing_ends(kind: RequestKind) -> None:
    """[SN TB.2.3 1]"""
    ann = learner(leaf("a"))
    assert termination_request_process(ann.run(), kind) == Terminated(refused=Refused.NOTHING_TO_END)


@pytest.mark.parametrize("kind", [K.EXIT, K.ABANDON])
def test_an_attempt_that_has_ended_does_not_end_again(kind: RequestKind) -> None:
    """[SN TB.2.3 2]"""
    ann = learner(leaf("a"), leaf("b"))
    ann.state = SequencingState(current="a")
    assert termination_request_process(ann.run(), kind) == Terminated(refused=Refused.ENDED_BEFORE)


def test_leaving_a_part_ends_its_attempt_alone() -> None:
    """[SN TB.2.3 3]"""
    ann = nested()
    ann.go(K.EXIT, DONE)
    assert (ann.last.ended, ann.last.refused, ann.state.current) == (False, None, "a")
    assert active(ann) == ["root", "m", "n"]
    assert ann.says("UP.4", 'the attempt on "a" ends', "a")


def test_leaving_the_course_ends_every_attempt_and_rolls_up_from_each() -> None:
    """[SN TB.2.3 4, UP.3]"""
    ann = nested()
    ann.go(K.EXIT_ALL, FAILED)
    assert (ann.last.ended, ann.last.refused, ann.state.current, active(ann)) == (True, None, None, [])
    for name in ("n", "m", "root"):
        assert ann.says("UP.4", f'the attempt on "{name}" ends', name)
    assert ann.says("OP.1", "the session ended")
    assert ann.state.activities["root"].objectives[""].measure == pytest.approx(0.2 / 8, abs=1e-6)


def test_suspending_keeps_the_place_and_suspends_all_that_it_is_part_of() -> None:
    """[SN TB.2.3 5]"""
    ann = nested()
    ann.go(K.SUSPEND_ALL, UNSAID)
    assert (ann.last.ended, ann.state.suspended, active(ann)) == (True, "a", [])
    assert {name for name, held in ann.state.activities.items() if held.suspended} == {"root", "m", "n", "a"}


def test_suspending_after_a_part_has_ended_suspends_its_cluster() -> None:
    """[SN TB.2.3 5.2]"""
    ann = nested()
    ann.go(K.EXIT, DONE)
    ann.go(K.SUSPEND_ALL, None)
    assert (ann.state.suspended, ann.state.activities["a"].suspended) == ("n", False)
    assert ann.state.activities["n"].suspended is True


def test_suspending_after_content_suspended_itself_keeps_that_place() -> None:
    """[SN TB.2.3 5.1]"""
    ann = nested()
    ann.go(K.EXIT, LEFT_OPEN)
    assert ann.says("UP.4", 'the attempt on "a" ends, suspended', "a")
    ann.go(K.SUSPEND_ALL, None)
    assert ann.state.suspended == "a"
    assert ann.open() == "a"


def test_suspending_rolls_up_what_the_content_reported() -> None:
    """[SN TB.2.3 5.1]"""
    ann = learner(leaf("a"), leaf("b"))
    ann.open()
    ann.go(K.SUSPEND_ALL, FAILED)
    assert ann.last.standing.measure == pytest.approx(0.1)


def test_where_only_the_ended_course_is_left_there_is_nothing_to_suspend() -> None:
    """[SN TB.2.3 5.3]"""
    ann = learner(leaf("a"))
    ann.state = SequencingState(current="root")
    assert termination_request_process(ann.run(), K.SUSPEND_ALL) == Terminated(refused=Refused.NOTHING_TO_SUSPEND)
    ann.go(K.SUSPEND_ALL, None)
    assert (ann.last.refused, ann.last.ended) == (Refused.NOTHING_TO_SUSPEND, False)


def test_abandoning_a_part_neither_rolls_up_nor_asks_rules_and_the_rest_goes_on() -> None:
    """[SN TB.2.3 6]"""
    ann = learner(cluster("m", leaf("a", **always(RuleAction.EXIT_ALL)), leaf("b")), leaf("c"))
    ann.open()
    ann.go(K.ABANDON, FAILED)
    assert (ann.last.ended, ann.state.current, active(ann)) == (False, "a", ["root", "m"])
    assert ann.last.standing.measure is None


def test_abandoning_all_ends_the_session_without_rolling_up() -> None:
    """[SN TB.2.3 7]"""
    ann = nested()
    ann.go(K.ABANDON_ALL, FAILED)
    assert (ann.last.ended, active(ann), ann.last.standing.measure) == (True, [], None)
    assert not ann.says("UP.4", 'the attempt on "a" ends', "a")


def test_the_exit_rule_nearest_to_the_root_is_obeyed() -> None:
    """[SN TB.2.1]"""
    leave = {"exit_condition_rules": (rule(RuleAction.EXIT, ConditionName.ALWAYS),)}
    ann = learner(cluster("m", cluster("n", leaf("a"), leaf("b"), **leave), leaf("c"), **leave), leaf("d"))
    ann.open()
    assert ann.next() == "d"
    assert active(ann) == ["root", "d"]
    assert ann.says("TB.2.1", '"m" exits by its rule', "m")
    assert not ann.says("TB.2.1", '"n" exits by its rule', "n")


def test_an_exit_rule_of_the_course_ends_it_and_one_of_the_current_part_is_not_asked() -> None:
    """[SN TB.2.1]"""
    leave = {"exit_condition_rules": (rule(RuleAction.EXIT, ConditionName.ALWAYS),)}
    ann = learner(leaf("a"), leaf("b"), **leave)
    ann.open()
    assert ann.next() is None
    assert ann.last.ended
    ben = learner(leaf("a", **leave), leaf("b"))
    ben.open()
    run = ben.run()
    sequencing_exit_action_rules_subprocess(run)
    assert run.current is ben.at("a")


@pytest.mark.parametrize(
    ("action", "request_", "current"),
    [
        (RuleAction.RETRY, K.RETRY, "a"), (RuleAction.CONTINUE, K.CONTINUE, "a"), (RuleAction.PREVIOUS, K.PREVIOUS, "a"),
        (RuleAction.RETRY_ALL, K.RETRY, "root"), (RuleAction.EXIT_ALL, K.EXIT, "root"), (RuleAction.EXIT_PARENT, None, "m"),
    ],
)  # fmt: skip
def test_a_post_condition_says_what_is_asked_next_and_from_where(
    action: RuleAction, request_: RequestKind | None, current: str
) -> None:
    """[SN TB.2.2, TB.2.3 3.3]"""
    ann = learner(cluster("m", leaf("a", **always(action)), leaf("b")), leaf("c"))
    ann.open()
    run = ann.run()
    assert termination_request_process(run, K.EXIT) == Terminated(request_)
    assert run.current is ann.at(current)


def test_the_post_condition_of_a_cluster_is_asked_when_its_child_exits_it() -> None:
    """[SN TB.2.3 3.3.2]"""
    ann = learner(
        cluster("m", leaf("a"), leaf("b", **always(RuleAction.EXIT_PARENT)), **always(RuleAction.RETRY)), leaf("c")
    )
    ann.open()
    ann.next()
    assert ann.next() == "a"
    assert ann.state.activities["m"].attempts == 2
    assert ann.says("TB.2.3", "a rule asks for another attempt on this part in the place of Continue")


def test_the_course_itself_has_no_parent_to_exit() -> None:
    """[SN TB.2.3 3.3.2.3]"""
    ann = learner(leaf("a", **always(RuleAction.EXIT_PARENT)), **always(RuleAction.EXIT_PARENT))
    ann.open()
    ann.next()
    assert ann.last.refused is Refused.ROOT_HAS_NO_PARENT


@pytest.mark.parametrize(
    ("action", "ended", "attempts"), [(None, True, 1), (RuleAction.CONTINUE, True, 1), (RuleAction.RETRY, False, 2)]
)
def test_a_course_that_its_part_exits_ends_unless_its_own_rule_retries_it(
    action: RuleAction | None, ended: bool, attempts: int
) -> None:
    """[SN TB.2.3 3.3]"""
    own = always(action) if action else {}
    ann = learner(leaf("a", **always(RuleAction.EXIT_PARENT)), leaf("b"), **own)
    ann.open()
    assert ann.next() == (None if ended else "a")
    assert (ann.last.ended, ann.last.refused, ann.state.activities["root"].attempts) == (ended, None, attempts)


def test_the_rules_of_what_was_suspended_are_not_asked() -> None:
    """[SN TB.2.2 1]"""
    ann = learner(leaf("a", **always(RuleAction.EXIT_ALL)), leaf("b"))
    ann.open()
    assert ann.next(LEFT_OPEN) == "b"


def test_a_cluster_is_suspended_when_a_part_of_it_is() -> None:
    """[SN UP.4 2]"""
    ann = learner(cluster("m", leaf("a"), leaf("b")), leaf("c"))
    ann.open()
    ann.next(LEFT_OPEN)
    assert ann.choose("c") == "c"
    assert ann.state.activities["m"].suspended is True
    assert ann.choose("a") == "a"
    assert ann.state.activities["m"].attempts == 1


@pytest.mark.parametrize(
    ("controls", "completed", "satisfied"),
    [
        (DeliveryControls(), True, True),
        (DeliveryControls(completion_set_by_content=True), None, True),
        (DeliveryControls(objective_set_by_content=True), True, None),
        (DeliveryControls(tracked=False), None, None),
    ],
)
def test_what_the_content_promised_to_say_is_not_said_for_it(
    controls: DeliveryControls, completed: bool | None, satisfied: bool | None
) -> None:
    """[SN UP.4 1, 3.13]"""
    ann = learner(leaf("a", delivery_controls=controls), leaf("b"))
    ann.open()
    ann.next(UNSAID)
    held = ann.run().tracking(ann.at("a"))
    primary = held.objectives.get("")
    assert (held.completed, primary.satisfied if primary else None) == (completed, satisfied)
    assert ann.says("UP.4", '"a" left its completion unsaid and counts as completed', "a") is (completed is True)
    assert ann.says("UP.4", '"a" left its success unsaid and counts as satisfied', "a") is (satisfied is True)


def test_nothing_is_said_for_content_that_suspended_itself_or_said_it_itself() -> None:
    """[SN UP.4 1]"""
    ann = learner(leaf("a"), leaf("b"))
    ann.open()
    ann.next(LEFT_OPEN)
    assert ann.state.activities["a"].completed is None
    ben = learner(leaf("a"), leaf("b"))
    ben.open()
    ben.next(EndedActivity(completed=False, satisfied=False))
    held = ben.state.activities["a"]
    assert (held.completed, held.objectives[""].satisfied) == (False, False)
