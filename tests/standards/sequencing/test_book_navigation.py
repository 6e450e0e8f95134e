"""What each navigation request becomes, before, in and after an attempt. [SN NB.2.1]"""

import pytest

from courseway.standards.manifests.sequencing import ControlMode
from courseway.standards.sequencing.navigation import Plan, navigation_request_process
from courseway.standards.sequencing.state import SequencingState
from courseway.standards.sequencing.values import Refused, Request, RequestKind
from tests.standards.sequencing.trees import DONE, UNSAID, Learner, cluster, leaf, learner

K, R = RequestKind, Refused


def judged(ann: Learner, kind: RequestKind, target: str | None = None) -> Plan:
    return navigation_request_process(ann.run(), Request(kind, target))


def pair() -> Learner:
    return learner(leaf("a"), leaf("b"))


@pytest.mark.parametrize(
    ("kind", "refused"),
    [
        (K.RESUME_ALL, R.NOTHING_SUSPENDED), (K.CONTINUE, R.NOT_STARTED), (K.PREVIOUS, R.NOT_STARTED),
        (K.EXIT, R.NOT_STARTED), (K.EXIT_ALL, R.NOT_STARTED), (K.ABANDON, R.NOT_STARTED),
        (K.ABANDON_ALL, R.NOT_STARTED), (K.SUSPEND_ALL, R.NOT_STARTED), (K.RETRY, R.NOT_STARTED),
    ],
)  # fmt: skip
def test_before_the_course_runs_it_can_only_be_begun(kind: RequestKind, refused: Refused) -> None:
    """[SN NB.2.1 2-12]"""
    assert judged(pair(), kind) == Plan(refused=refused)


def test_a_course_that_does_not_run_is_started_or_entered_by_choice_with_nothing_to_end() -> None:
    """[SN NB.2.1 1, 7, 13]"""
    ann = pair()
    assert judged(ann, K.START) == Plan(sequencing=K.START)
    assert judged(ann, K.CHOICE, "b") == Plan(None, K.CHOICE, ann.at("b"))
    assert judged(ann, K.JUMP, "b") == Plan(None, K.JUMP, ann.at("b"))


def test_what_was_suspended_is_resumed_and_only_while_nothing_runs() -> None:
    """[SN NB.2.1 2]"""
    ann = pair()
    ann.state = SequencingState(suspended="b")
    assert judged(ann, K.RESUME_ALL) == Plan(sequencing=K.RESUME_ALL)
    ann.state = SequencingState(suspended="b", current="a")
    assert judged(ann, K.RESUME_ALL) == Plan(refused=R.ALREADY_STARTED)


@pytest.mark.parametrize(
    ("kind", "termination", "sequencing"),
    [
        (K.CONTINUE, K.EXIT, K.CONTINUE), (K.PREVIOUS, K.EXIT, K.PREVIOUS), (K.EXIT, K.EXIT, K.EXIT),
        (K.EXIT_ALL, K.EXIT_ALL, K.EXIT), (K.ABANDON, K.ABANDON, K.EXIT), (K.ABANDON_ALL, K.ABANDON_ALL, K.EXIT),
        (K.SUSPEND_ALL, K.SUSPEND_ALL, K.EXIT),
    ],
)  # fmt: skip
def test_in_an_attempt_a_request_ends_it_first(
    kind: RequestKind, termination: RequestKind, sequencing: RequestKind
) -> None:
    """[SN NB.2.1 3-12]"""
    ann = pair()
    ann.open()
    assert judged(ann, kind) == Plan(termination, sequencing)


@pytest.mark.parametrize(
    ("kind", "refused"),
    [(K.START, R.ALREADY_STARTED), (K.RETRY, R.UNDEFINED_REQUEST), (K.RETRY_ALL, R.UNDEFINED_REQUEST)],
)
def test_a_running_course_is_not_started_again_and_nobody_asks_to_retry(kind: RequestKind, refused: Refused) -> None:
    """[SN NB.2.1 1, 13] Retry and Retry All come from rules alone."""
    ann = pair()
    ann.open()
    assert judged(ann, kind) == Plan(refused=refused)


def test_choice_and_jump_end_the_attempt_under_way() -> None:
    """[SN NB.2.1 7.1, 13]"""
    ann = pair()
    ann.open()
    assert judged(ann, K.CHOICE, "b") == Plan(K.EXIT, K.CHOICE, ann.at("b"))
    assert judged(ann, K.CHOICE, "a") == Plan(K.EXIT, K.CHOICE, ann.at("a"))
    assert judged(ann, K.JUMP, "b") == Plan(K.EXIT, K.JUMP, ann.at("b"))
    assert judged(ann, K.JUMP, "z") == Plan(refused=R.TARGET_UNKNOWN)


def test_an_attempt_that_has_ended_is_not_ended_again() -> None:
    """[SN NB.2.1 8, 10-12]"""
    ann = pair()
    ann.open()
    ann.go(K.EXIT)
    assert judged(ann, K.CONTINUE) == Plan(None, K.CONTINUE)
    assert judged(ann, K.CHOICE, "b") == Plan(None, K.CHOICE, ann.at("b"))
    assert judged(ann, K.JUMP, "b") == Plan(None, K.JUMP, ann.at("b"))
    assert judged(ann, K.EXIT) == judged(ann, K.ABANDON) == Plan(refused=R.ALREADY_ENDED)
    assert judged(ann, K.EXIT_ALL) == Plan(K.EXIT_ALL, K.EXIT)
    assert judged(ann, K.ABANDON_ALL) == Plan(K.ABANDON_ALL, K.EXIT)
    assert judged(ann, K.SUSPEND_ALL) == Plan(K.SUSPEND_ALL, K.EXIT)


def test_nothing_comes_before_or_after_the_course_itself() -> None:
    """[SN NB.2.1 3, 4.2]"""
    ann = pair()
    ann.state = SequencingState(current="root")
    assert judged(ann, K.CONTINUE) == Plan(refused=R.FLOW_NOT_ALLOWED)
    assert judged(ann, K.PREVIOUS) == Plan(refused=R.NO_PREVIOUS_OF_ROOT)


def test_a_cluster_without_flow_and_one_that_goes_forward_only_refuse_in_their_own_way() -> None:
    """[SN NB.2.1 3.1, 4.1]"""
    still = learner(leaf("a"), control_mode=ControlMode(flow=False))
    still.state = SequencingState(current="a")
    assert judged(still, K.CONTINUE) == Plan(refused=R.FLOW_NOT_ALLOWED)
    assert judged(still, K.PREVIOUS) == Plan(refused=R.PREVIOUS_NOT_ALLOWED)
    forward = learner(leaf("a"), control_mode=ControlMode(flow=True, forward_only=True))
    forward.state = SequencingState(current="a")
    assert judged(forward, K.CONTINUE) == Plan(None, K.CONTINUE)
    assert judged(forward, K.PREVIOUS) == Plan(refused=R.PREVIOUS_NOT_ALLOWED)


def test_choice_is_a_matter_of_the_targets_parent_and_the_course_itself_has_none() -> None:
    """[SN NB.2.1 7.1]"""
    ann = learner(
        cluster("m", leaf("a"), control_mode=ControlMode(choice=False)), control_mode=ControlMode(choice=False)
    )
    assert judged(ann, K.CHOICE, "root") == Plan(None, K.CHOICE, ann.at("root"))
    assert judged(ann, K.CHOICE, "m") == judged(ann, K.CHOICE, "a") == Plan(refused=R.CHOICE_NOT_ALLOWED)
    assert judged(ann, K.JUMP, "a") == Plan(None, K.JUMP, ann.at("a"))


KEEPING = ControlMode(flow=True, choice_exit=False)


def test_a_cluster_in_progress_that_keeps_the_learner_in_is_left_by_continue_alone() -> None:
    """[SN NB.2.1 7.1.1]"""
    ann = learner(cluster("m", leaf("a"), leaf("b"), control_mode=KEEPING), leaf("c"), control_mode=KEEPING)
    ann.open()
    assert judged(ann, K.CHOICE, "c") == Plan(refused=R.CHOICE_EXIT_NOT_ALLOWED)
    assert judged(ann, K.CHOICE, "b") == Plan(K.EXIT, K.CHOICE, ann.at("b"))
    assert judged(ann, K.CHOICE, "m") == Plan(K.EXIT, K.CHOICE, ann.at("m"))
    assert judged(ann, K.JUMP, "c") == Plan(K.EXIT, K.JUMP, ann.at("c"))
    ann.go(K.EXIT, DONE)
    assert judged(ann, K.CHOICE, "c") == Plan(refused=R.CHOICE_EXIT_NOT_ALLOWED)
    ann.choose("b", UNSAID)
    assert ann.next() == "c"


def test_an_activity_that_keeps_the_learner_in_may_be_chosen_itself_and_left_when_it_has_ended() -> None:
    """[SN NB.2.1 7.1.1]"""
    ann = learner(leaf("a", control_mode=ControlMode(choice_exit=False)), leaf("b"))
    ann.open()
    assert judged(ann, K.CHOICE, "b") == Plan(refused=R.CHOICE_EXIT_NOT_ALLOWED)
    assert judged(ann, K.CHOICE, "a") == Plan(K.EXIT, K.CHOICE, ann.at("a"))
    ann.go(K.EXIT)
    assert judged(ann, K.CHOICE, "b") == Plan(None, K.CHOICE, ann.at("b"))
