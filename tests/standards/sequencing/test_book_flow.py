"""Where flow comes to, forward and backward, and what stops it. [SN SB.2.1 - SB.2.4]"""

import pytest

from courseway.standards.manifests.sequencing import (
    ConditionName,
    ControlMode,
    LimitConditions,
    Randomization,
    RuleAction,
    Timing,
)
from courseway.standards.sequencing.flow import (
    Direction,
    Flowed,
    choice_activity_traversal_subprocess,
    flow_subprocess,
)
from courseway.standards.sequencing.values import Refused, RequestKind
from tests.standards.sequencing.trees import DONE, Learner, cluster, leaf, learner, rule

R = Refused
SKIP = {"pre_condition_rules": (rule(RuleAction.SKIP, ConditionName.ALWAYS),)}
DISABLE = {"pre_condition_rules": (rule(RuleAction.DISABLED, ConditionName.ALWAYS),)}
NONE_SELECTED = {"randomization": Randomization(selection_timing=Timing.ONCE, select_count=0)}
FORWARD = ControlMode(flow=True, forward_only=True)
STILL = ControlMode(flow=False)


def flows(
    ann: Learner, start: str, direction: Direction, *, into: bool = False
) -> str | tuple[str, Refused | None, bool]:
    """What flow from an activity comes to: a part to deliver, or where it stopped, why, and whether the course ends."""
    found: Flowed = flow_subprocess(ann.run(), ann.at(start), direction, into_children=into)
    if found.deliverable:
        assert (found.refused, found.ends) == (None, False)
        return found.activity.identifier
    return found.activity.identifier, found.refused, found.ends


def forward(ann: Learner, start: str) -> str | tuple[str, Refused | None, bool]:
    return flows(ann, start, Direction.FORWARD)


def backward(ann: Learner, start: str) -> str | tuple[str, Refused | None, bool]:
    return flows(ann, start, Direction.BACKWARD)


def deep() -> Learner:
    return learner(leaf("a"), cluster("m", leaf("b"), cluster("n", leaf("c"), leaf("d"))), leaf("e"))


def test_flow_goes_over_the_leaves_in_order_and_back() -> None:
    """[SN SB.2.1, SB.2.3]"""
    ann = deep()
    assert [forward(ann, name) for name in "abcd"] == ["b", "c", "d", "e"]
    assert [backward(ann, name) for name in "edcb"] == ["d", "c", "b", "a"]


def test_flow_into_a_cluster_comes_to_its_first_leaf_going_forward_and_its_last_going_back() -> None:
    """[SN SB.2.1 3.2, 4.2]"""
    ann = deep()
    assert flows(ann, "m", Direction.FORWARD, into=True) == "b"
    assert flows(ann, "m", Direction.BACKWARD, into=True) == "d"
    assert forward(ann, "m") == "e"
    assert backward(ann, "m") == "a"


def test_the_ends_of_the_course_are_ends_and_only_the_last_ends_the_session() -> None:
    """[SN SB.2.1 3.1, 4.1]"""
    ann = deep()
    assert forward(ann, "e") == ("e", R.BEYOND_END, True)
    assert backward(ann, "a") == ("a", R.BEFORE_START, False)
    assert backward(ann, "root") == ("root", R.BEFORE_START, False)


def test_a_cluster_of_which_nothing_was_selected_holds_nothing() -> None:
    """[SN SB.2.1-2]"""
    ann = learner(leaf("a"), cluster("m", leaf("b"), **NONE_SELECTED), leaf("c"))
    assert forward(ann, "a") == ("m", R.NO_CHILDREN, False)
    assert backward(ann, "c") == ("m", R.NO_CHILDREN, False)


def test_a_cluster_that_goes_forward_only_is_entered_from_its_beginning_even_when_one_comes_from_behind() -> None:
    """[SN SB.2.1 4.2.1, SB.2.2 6]"""
    ann = learner(leaf("a"), cluster("m", leaf("b"), leaf("c"), leaf("d"), control_mode=FORWARD), leaf("e"))
    assert backward(ann, "e") == "b"
    assert backward(ann, "c") == ("c", R.FORWARD_ONLY, False)
    assert backward(ann, "b") == ("b", R.FORWARD_ONLY, False)
    assert forward(ann, "c") == "d"


def test_a_cluster_above_that_goes_forward_only_refuses_as_well() -> None:
    """[SN SB.2.1 4.3.1]"""
    ann = learner(leaf("a"), cluster("m", leaf("b")), control_mode=FORWARD)
    assert backward(ann, "b") == ("b", R.FORWARD_ONLY, False)


def test_what_is_skipped_in_a_cluster_entered_from_behind_leads_on_forward_and_back_out_at_its_end() -> None:
    """[SN SB.2.1 1, SB.2.2 3]"""
    some = learner(
        leaf("a"), cluster("m", leaf("b", **SKIP), leaf("c", **SKIP), leaf("d"), control_mode=FORWARD), leaf("e")
    )
    assert backward(some, "e") == "d"
    every = learner(leaf("a"), cluster("m", leaf("b", **SKIP), leaf("c", **SKIP), control_mode=FORWARD), leaf("e"))
    assert backward(every, "e") == "a"
    assert forward(every, "a") == "e"
    single = learner(leaf("a"), leaf("b"), cluster("m", leaf("c", **SKIP), control_mode=FORWARD), leaf("e"))
    assert backward(single, "e") == "b"


def test_turning_round_at_the_end_of_a_cluster_does_not_turn_the_clusters_above() -> None:
    """[SN SB.2.1 1, SB.2.2 3.1.2.2.1]"""
    inner = cluster("n", leaf("c", **SKIP), leaf("d", **SKIP), control_mode=FORWARD)
    ann = learner(leaf("a"), cluster("m", leaf("b", **SKIP), inner), leaf("e"))
    assert backward(ann, "e") == "a"
    kept = learner(leaf("a"), cluster("m", leaf("b"), inner, control_mode=FORWARD), leaf("e"))
    assert backward(kept, "e") == "b"


def test_what_is_skipped_is_passed_in_both_directions_with_all_that_is_in_it() -> None:
    """[SN SB.2.2 3]"""
    ann = learner(leaf("a"), cluster("m", leaf("b"), **SKIP), leaf("c", **SKIP), leaf("d"))
    assert forward(ann, "a") == "d"
    assert backward(ann, "d") == "a"


def test_a_cluster_of_which_all_is_skipped_is_walked_out_of() -> None:
    """[SN SB.2.2 3]"""
    ann = learner(leaf("a"), cluster("m", leaf("b", **SKIP), leaf("c", **SKIP)), leaf("d"))
    assert forward(ann, "a") == "d"
    assert backward(ann, "d") == "a"


def test_skipping_what_is_last_ends_the_course_and_skipping_what_is_first_does_not() -> None:
    """[SN SB.2.2 3.1]"""
    ann = learner(leaf("a", **SKIP), leaf("b"), leaf("c", **SKIP))
    assert forward(ann, "b") == ("c", R.BEYOND_END, True)
    assert backward(ann, "b") == ("a", R.BEFORE_START, False)


def test_flow_does_not_enter_a_cluster_without_flow() -> None:
    """[SN SB.2.2 1]"""
    ann = learner(leaf("a"), cluster("m", leaf("b"), leaf("c"), control_mode=STILL), leaf("d"))
    assert forward(ann, "a") == ("b", R.NO_FLOW_IN_PARENT, False)
    assert backward(ann, "d") == ("c", R.NO_FLOW_IN_PARENT, False)


@pytest.mark.parametrize(
    "closed", [DISABLE, {"limit_conditions": LimitConditions(attempt_limit=0)}], ids=["disabled", "used up"]
)
def test_flow_stops_before_what_may_not_be_entered(closed: dict[str, object]) -> None:
    """[SN SB.2.2 4]"""
    ann = learner(leaf("a"), leaf("b", **closed), leaf("c"), cluster("m", leaf("d"), **closed), leaf("e"))
    assert forward(ann, "a") == ("b", R.ACTIVITY_NOT_ALLOWED, False)
    assert backward(ann, "c") == ("b", R.ACTIVITY_NOT_ALLOWED, False)
    assert forward(ann, "c") == ("m", R.ACTIVITY_NOT_ALLOWED, False)


def test_what_was_not_selected_stands_before_all_that_was() -> None:
    """[SN SB.2.1, SR.1] A learner may be in it still, from an attempt in which it was."""
    drawn = Randomization(selection_timing=Timing.ONCE, select_count=2)
    ann = learner(leaf("a"), cluster("m", *(leaf(f"q{n}") for n in range(4)), randomization=drawn), leaf("z"))
    available = [one.identifier for one in ann.run().available_children(ann.at("m"))]
    absent = next(f"q{n}" for n in range(4) if f"q{n}" not in available)
    assert forward(ann, absent) == available[0]
    assert backward(ann, absent) == "a"


def test_the_trace_says_where_flow_came_to_and_what_it_passed_and_met() -> None:
    ann = learner(leaf("a"), leaf("b", **SKIP), leaf("c"), leaf("d", **DISABLE))
    ann.open()
    ann.next()
    assert ann.says("SB.2.2", '"b" is skipped', "b")
    assert ann.says("SB.2.3", 'flow from "a" comes to "c"', "c")
    ann.next()
    assert ann.says("SB.2.2", 'flow stops before "d"', "d")
    ben = learner(leaf("a"))
    ben.open()
    ben.next()
    assert ben.says("SB.2.1", "flow came to the end of the course")


def test_an_activity_that_stops_forward_traversal_stops_no_other() -> None:
    """[SN SB.2.4]"""
    stop = rule(RuleAction.STOP_FORWARD_TRAVERSAL, ConditionName.ALWAYS)
    ann = learner(leaf("a", pre_condition_rules=(stop,)), leaf("b"), cluster("m", leaf("c"), control_mode=FORWARD))

    def asked(name: str, direction: Direction) -> Refused | None:
        return choice_activity_traversal_subprocess(ann.run(), ann.at(name), direction)

    assert [asked(name, Direction.FORWARD) for name in ("a", "b", "root")] == [R.TRAVERSAL_STOPPED, None, None]
    assert [asked(name, Direction.BACKWARD) for name in ("a", "b", "c")] == [None, None, R.CHOICE_FORWARD_ONLY]
    assert asked("root", Direction.BACKWARD) is R.CHOICE_BEFORE_ROOT


def test_walking_off_the_end_ends_every_attempt() -> None:
    """[SN SB.2.1 3.1]"""
    ann = learner(cluster("m", leaf("a")))
    ann.open()
    ann.go(RequestKind.CONTINUE, DONE)
    assert (ann.last.ended, ann.last.refused, ann.state.current) == (True, None, None)
    assert not any(held.active for held in ann.state.activities.values())
