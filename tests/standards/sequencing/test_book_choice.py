"""
What can be chosen from where, and why the rest cannot. [SN SB.2.9]

Each case is asked twice, of the processes of the book for one target after the other, and of the walk over the whole
tree that the contents are made from; and all activities are asked, so that nothing is refused by the way.
"""

import pytest

from courseway.standards.manifests.sequencing import (
    ConditionName,
    ConstrainedChoice,
    ControlMode,
    LimitConditions,
    Randomization,
    RuleAction,
    Timing,
)
from courseway.standards.sequencing.choice import Sequenced, choice_sequencing_request_process
from courseway.standards.sequencing.choosing import Choosing
from courseway.standards.sequencing.outlook import refuse_choice
from courseway.standards.sequencing.state import ActivityTracking, SequencingState
from courseway.standards.sequencing.values import Refused, RequestKind
from tests.standards.sequencing.trees import DONE, FLOW, Learner, cluster, leaf, learner, rule

R = Refused
STOP = {"pre_condition_rules": (rule(RuleAction.STOP_FORWARD_TRAVERSAL, ConditionName.ALWAYS),)}
HIDE = {"pre_condition_rules": (rule(RuleAction.HIDDEN_FROM_CHOICE, ConditionName.ALWAYS),)}
SKIP = {"pre_condition_rules": (rule(RuleAction.SKIP, ConditionName.ALWAYS),)}
DISABLE = {"pre_condition_rules": (rule(RuleAction.DISABLED, ConditionName.ALWAYS),)}
GUARDED = {"constrained_choice": ConstrainedChoice(prevent_activation=True)}
NEIGHBOURS = {"constrained_choice": ConstrainedChoice(constrain_choice=True)}
KEEPING = ControlMode(flow=True, choice_exit=False)
FORWARD = ControlMode(flow=True, forward_only=True)


def refusals(ann: Learner) -> dict[str, Refused]:
    """Everything that cannot be chosen now, and why."""
    run, found = ann.run(), {}
    with run.silent():
        together = Choosing(run).refusals
    for one in ann.tree.activities:
        with run.silent():
            alone = refuse_choice(run, one)
        assert alone == together[one.position], one.identifier
        if alone is not None:
            found[one.identifier] = alone
    return found


def standing_at(ann: Learner, current: str | None, *, ended: bool = False) -> Learner:
    """Put the learner somewhere as if she had been delivered there, or had ended there."""
    path = ann.at(current).path() if current is not None else []
    held = {one.identifier: ActivityTracking(attempts=1, active=True, objectives={}) for one in path}
    if ended and current is not None:
        held[current].active = False
    ann.state = SequencingState(current=current, activities=held)
    return ann


def test_nothing_can_be_chosen_that_is_not_there() -> None:
    """[SN SB.2.9 1]"""
    ann = learner(leaf("a"))
    assert choice_sequencing_request_process(ann.run(), None) == Sequenced(refused=R.CHOICE_NO_TARGET)


def test_everything_but_the_course_itself_can_be_chosen_before_it_runs() -> None:
    """[SN SB.2.9 6]"""
    ann = learner(leaf("a"), cluster("m", leaf("b"), cluster("n", leaf("c"))))
    assert refusals(ann) == {"root": R.CHOICE_NO_PATH}
    ann.open()
    assert refusals(ann) == {}
    assert choice_sequencing_request_process(ann.run(), ann.at("n")) == Sequenced(deliver=ann.at("c"))
    assert choice_sequencing_request_process(ann.run(), ann.at("c")) == Sequenced(deliver=ann.at("c"))


def test_what_is_hidden_is_hidden_with_all_that_is_in_it() -> None:
    """[SN SB.2.9 4]"""
    ann = learner(leaf("a"), cluster("m", leaf("b"), cluster("n", leaf("c")), **HIDE), leaf("d", **HIDE))
    hidden = dict.fromkeys(("m", "b", "n", "c", "d"), R.CHOICE_HIDDEN)
    assert refusals(ann) == {"root": R.CHOICE_NO_PATH, **hidden}
    ann.open()
    assert refusals(ann) == hidden


def test_a_cluster_without_choice_offers_none_of_its_parts_and_itself() -> None:
    """[SN NB.2.1 7.1, SB.2.9 5]"""
    closed = ControlMode(flow=True, choice=False)
    ann = learner(leaf("a"), cluster("m", leaf("b"), cluster("n", leaf("c")), control_mode=closed))
    ann.open()
    assert refusals(ann) == {"b": R.CHOICE_NOT_ALLOWED, "n": R.CHOICE_NOT_ALLOWED}
    for name in ("b", "n"):
        asked = choice_sequencing_request_process(ann.run(), ann.at(name))
        assert asked == Sequenced(refused=R.CHOICE_PARENT_FORBIDS)


def test_what_was_not_selected_is_not_offered_with_all_that_is_in_it() -> None:
    """[SN SB.2.9 3]"""
    drawn = Randomization(selection_timing=Timing.ONCE, select_count=0)
    ann = learner(leaf("a"), cluster("m", cluster("n", leaf("b")), leaf("c"), randomization=drawn))
    ann.open()
    absent = dict.fromkeys(("n", "b", "c"), R.CHOICE_NOT_AVAILABLE)
    assert refusals(ann) == {"m": R.CHOICE_LEADS_NOWHERE, **absent}
    assert [ann.last.valid.jump[name] for name in ("a", "b", "c")] == [True, False, False]


def test_a_rule_that_stops_traversal_stands_before_everything_after_it_among_siblings() -> None:
    """[SN SB.2.9 8, SB.2.4 1]"""
    ann = learner(leaf("a"), leaf("b", **STOP), leaf("c"), leaf("d"))
    stopped = {"c": R.TRAVERSAL_STOPPED, "d": R.TRAVERSAL_STOPPED}
    assert refusals(standing_at(ann, "a")) == stopped
    assert refusals(standing_at(ann, "b")) == stopped
    assert refusals(standing_at(ann, "c")) == {}
    assert refusals(standing_at(ann, "d")) == {}


def test_a_cluster_that_goes_forward_only_offers_nothing_that_lies_behind() -> None:
    """[SN SB.2.9 8, SB.2.4 2]"""
    ann = learner(cluster("m", leaf("a"), leaf("b"), leaf("c"), leaf("d"), control_mode=FORWARD), leaf("e"))
    assert refusals(standing_at(ann, "c")) == {"a": R.CHOICE_FORWARD_ONLY, "b": R.CHOICE_FORWARD_ONLY}
    # From elsewhere everything in it can be chosen.
    assert refusals(standing_at(ann, "e")) == {}


def test_a_cluster_that_stops_traversal_stands_before_what_is_in_it_when_one_comes_from_before_it() -> None:
    """[SN SB.2.9 9, 11.8, SB.2.4 1]"""
    ann = learner(
        leaf("a"), cluster("m", leaf("b"), cluster("n", leaf("c")), **STOP), cluster("k", leaf("d")), leaf("e")
    )
    below = {"b": R.TRAVERSAL_STOPPED, "n": R.TRAVERSAL_STOPPED, "c": R.TRAVERSAL_STOPPED}
    # Nobody is anywhere yet: the way goes down from the course itself.
    assert refusals(ann) == {"root": R.CHOICE_NO_PATH, **below}
    assert refusals(standing_at(ann, "a")) == {**below, "k": R.TRAVERSAL_STOPPED, "e": R.TRAVERSAL_STOPPED}
    # From behind it nothing is passed forward.
    assert refusals(standing_at(ann, "d")) == {}


def test_a_common_ancestor_that_stops_traversal_stands_before_what_comes_later_in_it() -> None:
    """[SN SB.2.9 11.8, SB.2.4 1]"""
    ann = learner(
        leaf("a"),
        cluster("m", cluster("k", leaf("b"), leaf("c")), leaf("d"), cluster("n", leaf("e")), **STOP),
        leaf("f"),
    )
    later = {"d": R.TRAVERSAL_STOPPED, "n": R.TRAVERSAL_STOPPED, "e": R.TRAVERSAL_STOPPED}
    # b and c are in one cluster: no way leads over the common ancestor.
    assert refusals(standing_at(ann, "b")) == later
    # From the last of them one only goes back.
    assert refusals(standing_at(ann, "e")) == {}
    # Beside d they are siblings, and the cluster they share is not passed.
    assert refusals(standing_at(ann, "d")) == {"e": R.TRAVERSAL_STOPPED}


def test_a_cluster_that_stops_traversal_stands_before_its_own_parts_and_nothing_behind_it() -> None:
    """[SN SB.2.9 9, SB.2.4 1]"""
    ann = learner(cluster("k", leaf("x")), cluster("m", leaf("b"), **STOP), leaf("c"))
    assert refusals(standing_at(ann, "m", ended=True)) == {"b": R.TRAVERSAL_STOPPED, "c": R.TRAVERSAL_STOPPED}


def test_a_course_that_stops_traversal_stands_before_all_that_is_no_sibling() -> None:
    """[SN SB.2.9 9, 11.8]"""
    ann = learner(leaf("a"), cluster("m", leaf("b")), leaf("c"), **STOP)
    all_of_it = dict.fromkeys(("a", "m", "b", "c"), R.TRAVERSAL_STOPPED)
    assert refusals(ann) == {"root": R.CHOICE_NO_PATH, **all_of_it}
    assert refusals(standing_at(ann, "a")) == {"b": R.TRAVERSAL_STOPPED}
    assert refusals(standing_at(ann, "b")) == {"c": R.TRAVERSAL_STOPPED}
    assert refusals(standing_at(ann, "root", ended=True)) == all_of_it


def test_a_guarded_cluster_is_entered_by_choosing_it_and_open_while_it_is_in_progress() -> None:
    """[SN SB.2.9 9.3, 11.8.3]"""
    ann = learner(leaf("a"), cluster("m", leaf("b"), cluster("n", leaf("c"), **GUARDED), **GUARDED), leaf("d"))
    guarded = dict.fromkeys(("b", "n", "c"), R.CHOICE_NOT_ACTIVATED)
    assert refusals(ann) == {"root": R.CHOICE_NO_PATH, **guarded}
    assert refusals(standing_at(ann, "a")) == guarded
    assert refusals(standing_at(ann, "d")) == guarded
    assert refusals(standing_at(ann, "b")) == {"c": R.CHOICE_NOT_ACTIVATED}
    assert refusals(standing_at(ann, "c")) == {}


def test_a_cluster_that_was_left_is_guarded_again_unless_the_learner_stands_in_it() -> None:
    """[SN SB.2.9 9.3] The common ancestor is not entered, so it guards nothing."""
    ann = learner(leaf("a"), cluster("m", cluster("k", leaf("b")), leaf("c"), **GUARDED))
    standing_at(ann, "b", ended=True)
    ann.state.activities["m"].active = False
    assert refusals(ann) == {}
    standing_at(ann, "m", ended=True)
    assert refusals(ann) == {}


def test_an_ended_part_that_may_not_be_left_by_choice_is_left_for_siblings_alone() -> None:
    """[SN SB.2.9 10.1, 11.2] While it is in progress the navigation request is refused already."""
    ann = learner(cluster("m", leaf("a", control_mode=KEEPING), leaf("b")), cluster("n", leaf("c")))
    outside = ("root", "m", "n", "c")
    assert refusals(standing_at(ann, "a")) == {
        **dict.fromkeys((*outside, "b"), R.CHOICE_EXIT_NOT_ALLOWED),
    }
    assert refusals(standing_at(ann, "a", ended=True)) == dict.fromkeys(outside, R.CHOICE_EXIT)


def test_an_inactive_cluster_that_may_not_be_left_by_choice_still_holds_the_learner() -> None:
    """[SN SB.2.9 10.1, 10.3.1, 11.2] The cluster itself may be chosen: it is not left."""
    ann = learner(cluster("m", cluster("k", leaf("a"), control_mode=KEEPING), leaf("b")), leaf("c"))
    standing_at(ann, "a", ended=True)
    ann.state.activities["k"].active = False
    assert refusals(ann) == dict.fromkeys(("root", "m", "b", "c"), R.CHOICE_EXIT)


def test_of_two_clusters_that_may_not_be_left_the_inner_one_holds() -> None:
    """[SN NB.2.1 7.1, SB.2.9 10.1, 10.3.1]"""
    inner = cluster("k", leaf("a"), leaf("b"), control_mode=KEEPING)
    ann = learner(cluster("m", inner, leaf("c"), control_mode=KEEPING), leaf("d"))
    left = dict.fromkeys(("root", "m", "c", "d"), R.CHOICE_EXIT_NOT_ALLOWED)
    assert refusals(standing_at(ann, "a")) == left
    for one in ann.state.activities.values():
        one.active = False
    assert refusals(ann) == dict.fromkeys(("root", "m", "c", "d"), R.CHOICE_EXIT)


@pytest.mark.parametrize("current", ["q0", "q2", "n0", "z0"])
def test_a_part_that_was_not_selected_stands_behind_all_that_were(current: str) -> None:
    """[SN SB.2.9 8, 11] A course may get a new version, with other children, while somebody is in it."""
    drawn = Randomization(selection_timing=Timing.ONCE, select_count=1)
    ann = learner(
        leaf("q0"), leaf("q1"), leaf("q2"), cluster("n", leaf("n0")), cluster("m", leaf("b"), **STOP),
        cluster("k", leaf("c")), cluster("z", leaf("z0")), randomization=drawn, **STOP,
    )  # fmt: skip
    standing_at(ann, current)
    ann.state.activities["root"].children = ("q1", "m", "k")
    left_out = dict.fromkeys(("q0", "q2", "n", "n0", "z", "z0"), R.CHOICE_NOT_AVAILABLE)
    assert refusals(ann) == left_out


@pytest.mark.parametrize(
    ("current", "closed"),
    [("l0", ("m2", "l2", "m3", "l3")), ("l1", ("m3", "l3")), ("l2", ("m0", "l0")), ("l3", ("m0", "l0", "m1", "l1"))],
)
def test_a_cluster_that_constrains_choice_leaves_its_neighbours_open(current: str, closed: tuple[str, ...]) -> None:
    """[SN SB.2.9 11.4, 11.5]"""
    ann = learner(*(cluster(f"m{n}", leaf(f"l{n}"), **NEIGHBOURS) for n in range(4)))
    assert refusals(standing_at(ann, current)) == dict.fromkeys(closed, R.CHOICE_CONSTRAINED)
    # From the cluster itself the other clusters are siblings, and those nothing constrains. [SN SB.2.9 8]
    leaves = [name for name in closed if name.startswith("l")]
    assert refusals(standing_at(ann, f"m{current[1]}")) == dict.fromkeys(leaves, R.CHOICE_CONSTRAINED)


def test_the_neighbour_of_the_last_in_a_cluster_lies_a_level_higher() -> None:
    """[SN SB.2.9.2]"""
    ann = learner(
        leaf("a"), leaf("b"), cluster("p", cluster("m", leaf("x"), **NEIGHBOURS)), cluster("q", leaf("c")), leaf("d")
    )
    assert refusals(standing_at(ann, "x")) == {"a": R.CHOICE_CONSTRAINED, "d": R.CHOICE_CONSTRAINED}


def test_the_deepest_constraining_cluster_counts_and_a_leaf_and_the_course_do_not() -> None:
    """[SN SB.2.9 11.4]"""
    ann = learner(
        leaf("a"), cluster("m", leaf("b"), leaf("c"), cluster("k", leaf("x"), **NEIGHBOURS), leaf("d"), leaf("e"), **NEIGHBOURS),
        leaf("f"), leaf("g"), **NEIGHBOURS,
    )  # fmt: skip
    constrained = dict.fromkeys(("a", "b", "e", "f", "g"), R.CHOICE_CONSTRAINED)
    assert refusals(standing_at(ann, "x")) == constrained
    assert refusals(standing_at(ann, "b")) == {"g": R.CHOICE_CONSTRAINED}
    ben = learner(leaf("a"), cluster("m", leaf("x", **NEIGHBOURS)), leaf("b"), leaf("c"), **NEIGHBOURS)
    assert refusals(standing_at(ben, "x")) == {}


def test_the_first_reason_is_the_one_that_is_told() -> None:
    """[SN SB.2.9 11] Leaving before constraints, constraints before the way down."""
    ann = learner(
        cluster("m", leaf("a", control_mode=KEEPING), **NEIGHBOURS), leaf("b"), cluster("n", leaf("c"), **GUARDED)
    )
    assert refusals(standing_at(ann, "a", ended=True)) == dict.fromkeys(("root", "m", "b", "n", "c"), R.CHOICE_EXIT)
    ben = learner(cluster("m", leaf("a"), **NEIGHBOURS), leaf("b"), cluster("n", leaf("c"), **GUARDED))
    assert refusals(standing_at(ben, "a")) == {"n": R.CHOICE_CONSTRAINED, "c": R.CHOICE_CONSTRAINED}


def test_choosing_what_is_disabled_or_at_its_limits_is_not_delivered_with_all_that_is_in_it() -> None:
    """[SN DB.1.1, UP.5]"""
    ann = learner(
        leaf("a"), leaf("b", **DISABLE), cluster("m", leaf("c"), cluster("n", leaf("d")), **DISABLE),
        cluster("k", leaf("e"), limit_conditions=LimitConditions(attempt_limit=0)),
    )  # fmt: skip
    closed = dict.fromkeys(("b", "m", "c", "n", "d", "k", "e"), R.DELIVERY_NOT_ALLOWED)
    assert refusals(standing_at(ann, "a")) == closed


def test_choosing_a_cluster_leads_to_what_flow_comes_to_in_it() -> None:
    """[SN SB.2.9 13-15]"""
    ann = learner(
        leaf("a"), cluster("flows", leaf("b", **SKIP), leaf("c")), cluster("still", leaf("d"), control_mode=ControlMode()),
        cluster("shut", leaf("e", **DISABLE), leaf("f")), cluster("outer", cluster("inner", leaf("g"), control_mode=ControlMode())),
        cluster("left", leaf("h", **SKIP)),
    )  # fmt: skip
    assert refusals(standing_at(ann, "a")) == {
        "e": R.DELIVERY_NOT_ALLOWED,
        **dict.fromkeys(("still", "shut", "outer", "inner"), R.CHOICE_LEADS_NOWHERE),
        "left": R.CHOICE_LEADS_NOWHERE,
    }
    assert ann.choose("flows") == "c"


def test_choosing_a_cluster_whose_first_part_is_used_up_leads_nowhere() -> None:
    """[SN SB.2.9 15]"""
    once = LimitConditions(attempt_limit=1)
    ann = learner(cluster("m", leaf("a", limit_conditions=once), leaf("b")), leaf("c"), control_mode=FLOW)
    ann.open()
    ann.next(DONE)
    assert refusals(ann) == {"a": R.DELIVERY_NOT_ALLOWED, "m": R.CHOICE_LEADS_NOWHERE, "root": R.CHOICE_LEADS_NOWHERE}
    ann.go(RequestKind.CHOICE, DONE, "m")
    assert ann.last.refused is R.CHOICE_LEADS_NOWHERE


def test_the_current_activity_may_be_chosen_again() -> None:
    """[SN SB.2.9 7]"""
    ann = learner(leaf("a", control_mode=KEEPING, **STOP), leaf("b"), control_mode=FORWARD)
    assert "a" not in refusals(standing_at(ann, "a"))
    assert "a" not in refusals(standing_at(ann, "a", ended=True))
