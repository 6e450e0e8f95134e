"""The sequencing requests other than choice: what each would deliver, and when none does. [SN SB.2.5 - SB.2.13]"""

import pytest

from courseway.standards.manifests.sequencing import (
    ConditionName,
    ControlMode,
    LimitConditions,
    Objective,
    ObjectiveMap,
    Randomization,
    RuleAction,
    Timing,
)
from courseway.standards.sequencing import requests
from courseway.standards.sequencing.choice import Sequenced
from courseway.standards.sequencing.overall import Entry
from courseway.standards.sequencing.state import ActivityTracking, ObjectiveStatus, SequencingState
from courseway.standards.sequencing.values import Refused, RequestKind
from tests.standards.sequencing.trees import DONE, FAILED, UNSAID, Learner, cluster, leaf, learner, primary, rule

K, R = RequestKind, Refused
STILL = ControlMode(flow=False)
DISABLE = {"pre_condition_rules": (rule(RuleAction.DISABLED, ConditionName.ALWAYS),)}


def asked(ann: Learner, kind: RequestKind | None, target: str | None = None) -> Sequenced:
    return requests.sequencing_request_process(ann.run(), kind, ann.at(target) if target else None)


def at(ann: Learner, current: str | None, **held: ActivityTracking) -> Learner:
    ann.state = SequencingState(current=current, activities=dict(held))
    return ann


RUNNING = ActivityTracking(attempts=1, active=True)
ENDED = ActivityTracking(attempts=1)
SUSPENDED = ActivityTracking(attempts=1, suspended=True)


@pytest.mark.parametrize(
    ("kind", "refused"),
    [
        (K.CONTINUE, R.CONTINUE_NOT_RUNNING), (K.PREVIOUS, R.PREVIOUS_NOT_RUNNING), (K.RETRY, R.RETRY_NOT_RUNNING),
        (K.EXIT, R.EXIT_NOT_RUNNING), (K.RESUME_ALL, R.RESUME_NOTHING), (K.CHOICE, R.CHOICE_NO_TARGET),
        (K.JUMP, R.JUMP_NO_TARGET), (K.RETRY_ALL, R.UNDEFINED_REQUEST), (None, R.UNDEFINED_REQUEST),
    ],
)  # fmt: skip
def test_where_nothing_runs_a_request_says_so_in_its_own_words(kind: RequestKind | None, refused: Refused) -> None:
    """[SN SB.2.5 - SB.2.13]"""
    assert asked(learner(leaf("a")), kind) == Sequenced(refused=refused)


@pytest.mark.parametrize(("kind", "refused"), [(K.START, R.START_RUNNING), (K.RESUME_ALL, R.RESUME_RUNNING)])
def test_a_running_course_is_neither_started_nor_resumed(kind: RequestKind, refused: Refused) -> None:
    """[SN SB.2.5-1, SB.2.6-1]"""
    ann = at(learner(leaf("a"), leaf("b")), "a", a=RUNNING)
    ann.state.suspended = "b"
    assert asked(ann, kind) == Sequenced(refused=refused)


def test_a_course_is_started_where_flow_comes_to() -> None:
    """[SN SB.2.5]"""
    ann = learner(cluster("m", leaf("a")), leaf("b"))
    assert asked(ann, K.START) == Sequenced(deliver=ann.at("a"))
    shut = learner(leaf("a", **DISABLE), leaf("b"))
    assert asked(shut, K.START) == Sequenced(refused=R.ACTIVITY_NOT_ALLOWED)


def test_a_course_without_flow_is_started_only_when_it_has_one_part() -> None:
    """[SN SB.2.5 3]"""
    one = learner(cluster("m", leaf("a"), control_mode=STILL), control_mode=STILL)
    assert asked(one, K.START) == Sequenced(deliver=one.at("a"))
    two = learner(leaf("a"), leaf("b"), control_mode=STILL)
    assert asked(two, K.START) == Sequenced(refused=R.NO_FLOW_IN_PARENT)


def test_where_the_course_flows_its_one_part_is_found_by_flow_with_its_rules() -> None:
    """[SN SB.2.5 4]"""
    ann = learner(leaf("a", **DISABLE))
    assert asked(ann, K.START) == Sequenced(refused=R.ACTIVITY_NOT_ALLOWED)


def test_a_course_without_parts_has_itself_to_deliver_and_that_is_refused_in_words() -> None:
    """[SN SB.2.5 3.1] A manifest may have an organization without items; nothing can be played."""
    ann = learner()
    assert asked(ann, K.START) == Sequenced(deliver=ann.at("root"))


def test_resuming_delivers_what_was_suspended() -> None:
    """[SN SB.2.6]"""
    ann = learner(leaf("a"), leaf("b"))
    ann.state = SequencingState(suspended="b")
    assert asked(ann, K.RESUME_ALL) == Sequenced(deliver=ann.at("b"))


def test_continue_and_previous_go_on_from_the_current_activity() -> None:
    """[SN SB.2.7, SB.2.8]"""
    ann = at(learner(cluster("m", leaf("a"), leaf("b")), leaf("c")), "b")
    assert asked(ann, K.CONTINUE) == Sequenced(deliver=ann.at("c"))
    assert asked(ann, K.PREVIOUS) == Sequenced(deliver=ann.at("a"))
    # From a cluster that has ended its parts are not entered again.
    at(ann, "m")
    assert asked(ann, K.CONTINUE) == Sequenced(deliver=ann.at("c"))
    assert asked(ann, K.PREVIOUS) == Sequenced(refused=R.BEFORE_START)


def test_a_rules_continue_or_previous_needs_flow_as_well() -> None:
    """[SN SB.2.7-2, SB.2.8-2] A post-condition comes here without a navigation request."""
    ann = at(learner(leaf("a"), leaf("b"), control_mode=STILL), "a")
    assert asked(ann, K.CONTINUE) == Sequenced(refused=R.CONTINUE_NO_FLOW)
    assert asked(ann, K.PREVIOUS) == Sequenced(refused=R.PREVIOUS_NO_FLOW)
    at(ann, "root")
    assert asked(ann, K.PREVIOUS) == Sequenced(refused=R.BEFORE_START)
    assert asked(ann, K.CONTINUE) == Sequenced(ends=True, refused=R.BEYOND_END)


@pytest.mark.parametrize("held", [RUNNING, SUSPENDED])
def test_what_is_in_progress_or_suspended_is_not_retried(held: ActivityTracking) -> None:
    """[SN SB.2.10-2]"""
    assert asked(at(learner(leaf("a")), "a", a=held), K.RETRY) == Sequenced(refused=R.RETRY_ACTIVE)


def test_a_part_is_retried_itself_and_a_cluster_from_its_beginning() -> None:
    """[SN SB.2.10 3]"""
    ann = at(learner(leaf("x"), cluster("m", leaf("a"), leaf("b")), leaf("c")), "b", b=ENDED)
    assert asked(ann, K.RETRY) == Sequenced(deliver=ann.at("b"))
    assert asked(at(ann, "m", m=ENDED), K.RETRY) == Sequenced(deliver=ann.at("a"))
    shut = at(learner(cluster("m", leaf("a", **DISABLE))), "m", m=ENDED)
    assert asked(shut, K.RETRY) == Sequenced(refused=R.RETRY_LEADS_NOWHERE)


def test_an_exit_ends_the_session_only_from_the_course_itself() -> None:
    """[SN SB.2.11]"""
    ann = at(learner(leaf("a"), leaf("b")), "a", a=ENDED)
    assert asked(ann, K.EXIT) == Sequenced(ends=False)
    assert asked(at(ann, "root", root=ENDED), K.EXIT) == Sequenced(ends=True)
    assert asked(at(ann, "a", a=RUNNING), K.EXIT) == Sequenced(refused=R.EXIT_ACTIVE)


def test_a_jump_asks_only_whether_its_target_takes_part() -> None:
    """[SN SB.2.13]"""
    drawn = Randomization(selection_timing=Timing.ONCE, select_count=0)
    ann = learner(leaf("a"), cluster("m", leaf("b"), randomization=drawn), control_mode=STILL)
    assert asked(ann, K.JUMP, "a") == Sequenced(deliver=ann.at("a"))
    assert asked(ann, K.JUMP, "b") == Sequenced(refused=R.JUMP_NO_TARGET)


OWN = {"objectives_global_to_system": False}
WRITES = {"objectives": (Objective("p", True, maps=(ObjectiveMap("g", write_satisfied_status=True),)),)}
EMPTIED = "a new attempt on the course empties the global objectives that are its alone"


def with_a_global(ann: Learner, **held: ActivityTracking) -> Learner:
    ann.state = SequencingState(
        current=ann.state.current, activities=dict(held), global_objectives={"g": ObjectiveStatus(satisfied=True)}
    )
    return ann


def test_a_new_attempt_on_the_course_empties_its_own_global_objectives_and_says_so() -> None:
    """[SN 4.2.1.3]"""
    ann = with_a_global(learner(leaf("a"), **OWN))
    ann.go(K.START, None)
    assert ann.state.global_objectives == {}
    assert ann.says("4.2.1", EMPTIED)
    ben = with_a_global(learner(leaf("a")))
    ben.go(K.START, None)
    assert list(ben.state.global_objectives) == ["g"]
    new = learner(leaf("a"), **OWN)
    new.go(K.START, None)
    assert not new.says("4.2.1", EMPTIED)


@pytest.mark.parametrize("held", [RUNNING, SUSPENDED])
def test_an_attempt_on_the_course_that_goes_on_keeps_its_global_objectives(held: ActivityTracking) -> None:
    """[SN 4.2.1.3]"""
    ann = with_a_global(learner(leaf("a"), **OWN), root=held)
    ann.go(K.START, None)
    assert list(ann.state.global_objectives) == ["g"]


def test_retrying_the_course_empties_its_own_global_objectives_and_retrying_a_cluster_does_not() -> None:
    """[SN 4.2.1.3, RU-13]"""
    again = {"post_condition_rules": (rule(RuleAction.RETRY_ALL, ConditionName.SATISFIED, negated=True),)}
    ann = learner(leaf("a", **again, **WRITES), leaf("b"), **OWN)
    ann.open()
    assert ann.next(FAILED) == "a"
    assert ann.state.global_objectives == {}
    once_more = {"post_condition_rules": (rule(RuleAction.RETRY, ConditionName.ATTEMPTED),)}
    ben = learner(cluster("m", leaf("b", **WRITES), **once_more), leaf("c"), **OWN)
    at(ben, "m", m=ENDED, root=ENDED)
    ben.state.global_objectives["g"] = ObjectiveStatus(satisfied=True)
    assert asked(ben, K.RETRY) == Sequenced(deliver=ben.at("b"))
    assert list(ben.state.global_objectives) == ["g"]


def test_a_retry_of_everything_in_a_course_at_its_limit_is_refused() -> None:
    """[SN DB.1.1]"""
    again = {"post_condition_rules": (rule(RuleAction.RETRY, ConditionName.ALWAYS),)}
    ann = learner(leaf("a", limit_conditions=LimitConditions(attempt_limit=1), **again), leaf("b"))
    ann.open()
    assert ann.next(UNSAID) is None
    assert ann.last.refused is R.DELIVERY_NOT_ALLOWED


def test_a_continue_that_meets_the_end_ends_and_one_that_is_refused_stays() -> None:
    """[SN SB.2.7, OP.1]"""
    ann = learner(leaf("a"), leaf("b", **DISABLE))
    ann.open()
    ann.next(DONE)
    assert (ann.last.ended, ann.last.refused, ann.state.current) == (False, R.ACTIVITY_NOT_ALLOWED, "a")


def test_a_suspended_place_is_kept_when_neither_it_nor_a_beginning_can_be_delivered() -> None:
    """[SN SB.2.5, SB.2.6] What closes everything for a while takes nobody's place away."""
    known = rule(RuleAction.DISABLED, ConditionName.SATISFIED, objective="gate")
    gate = (*primary(), Objective(identifier="gate", maps=(ObjectiveMap(target="g"),)))
    ann = learner(*(leaf(name, pre_condition_rules=(known,), objectives=gate) for name in ("a", "b")))
    ann.open()
    ann.next()
    ann.go(RequestKind.SUSPEND_ALL)
    ann.state.global_objectives["g"] = ObjectiveStatus(satisfied=True)
    assert ann.open() is None
    assert ann.state.suspended == "b"
    ann.state.global_objectives["g"] = ObjectiveStatus()
    assert ann.open() == "b"
    assert ann.last.entry is Entry.RESUME
