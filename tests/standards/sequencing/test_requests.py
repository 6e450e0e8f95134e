"""Navigation requests over small trees: flow, choice, leaving, coming back. [SN NB.2.1, SB.2, TB.2, DB]"""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from courseway.standards.manifests.sequencing import (
    ConditionName,
    ConstrainedChoice,
    ControlMode,
    LimitConditions,
    Randomization,
    RuleAction,
    RuleCondition,
    SequencingRule,
    Timing,
)
from courseway.standards.manifests.structure import Item
from courseway.standards.sequencing.overall import Entry, open_session
from courseway.standards.sequencing.state import SequencingState
from courseway.standards.sequencing.values import EndedActivity, Refused, RequestKind
from tests.standards.sequencing.trees import DONE, FAILED, UNSAID, Learner, cluster, leaf, learner, rule


def deep() -> Learner:
    return learner(
        cluster("m1", leaf("a"), cluster("m11", leaf("b"), leaf("c"))),
        leaf("d"),
        cluster("m2", cluster("m21", leaf("e"))),
    )


def test_continue_walks_every_leaf_of_a_deep_tree_and_ends_after_the_last() -> None:
    """[SN SB.2.1, SB.2.7]"""
    ann = deep()
    walked = [ann.open()]
    while walked[-1] is not None:
        walked.append(ann.next())
    assert walked == ["a", "b", "c", "d", "e", None]
    assert ann.last.ended
    assert ann.last.standing.completed is True
    assert ann.last.standing.satisfied is True


def test_previous_walks_back_into_clusters_from_their_end() -> None:
    """[SN SB.2.1, SB.2.8]"""
    ann = deep()
    ann.open()
    ann.choose("e")
    assert [ann.back() for _ in range(4)] == ["d", "c", "b", "a"]
    assert ann.last.valid.previous is False


def test_a_cluster_without_flow_stops_continue() -> None:
    """[SN NB.2.1-4]"""
    ann = learner(leaf("a"), leaf("b"), control_mode=ControlMode(flow=False))
    assert ann.open() is None
    assert ann.choose("a", None) == "a"
    assert ann.last.valid.continue_ is False
    assert ann.next() is None
    assert ann.last.refused is Refused.FLOW_NOT_ALLOWED


def test_a_course_of_one_activity_starts_without_flow_and_has_no_contents() -> None:
    """[SN SB.2.5]"""
    ann = learner(leaf("a"), control_mode=ControlMode(flow=False))
    assert ann.open() == "a"
    assert ann.last.toc_visible is False
    assert ann.go(RequestKind.EXIT) is None
    assert ann.last.ended


def test_forward_only_refuses_previous_and_choosing_back() -> None:
    """[SN NB.2.1-5, SB.2.4-2]"""
    ann = learner(leaf("a"), leaf("b"), control_mode=ControlMode(flow=True, forward_only=True))
    ann.open()
    ann.next()
    assert ann.last.valid.previous is False
    assert ann.last.valid.choice["a"] is False
    assert ann.back() is None
    assert ann.last.refused is Refused.PREVIOUS_NOT_ALLOWED
    ann.choose("a")
    assert ann.last.refused is Refused.CHOICE_FORWARD_ONLY


def test_what_may_not_be_chosen_is_refused_and_shown_so() -> None:
    """[SN NB.2.1-10]"""
    ann = learner(leaf("a"), cluster("m", leaf("b"), leaf("c"), control_mode=ControlMode(choice=False, flow=True)))
    ann.open()
    assert ann.last.valid.choice == {"root": True, "a": True, "m": True, "b": False, "c": False}
    assert ann.choose("c") is None
    assert ann.last.refused is Refused.CHOICE_NOT_ALLOWED
    assert ann.last.toc["c"].enabled is False
    assert ann.choose("m") == "b"


def test_an_unknown_target_is_refused() -> None:
    """[SN NB.2.1-11]"""
    ann = deep()
    ann.open()
    assert ann.choose("nowhere") is None
    assert ann.last.refused is Refused.TARGET_UNKNOWN
    assert ann.state.current == "a"


def test_choice_exit_keeps_the_learner_in_and_siblings_are_not_spared() -> None:
    """[SN NB.2.1-8]"""
    ann = learner(cluster("m", leaf("a"), leaf("b"), control_mode=ControlMode(flow=True, choice_exit=False)), leaf("c"))
    ann.open()
    assert ann.last.valid.choice["b"] is True
    assert ann.last.valid.choice["c"] is False
    ben = learner(leaf("a", control_mode=ControlMode(choice_exit=False)), leaf("b"))
    ben.open()
    assert ben.last.valid.choice["b"] is False


def test_constrained_choice_opens_only_the_neighbours() -> None:
    """[SN SB.2.9-8]"""
    modules = [
        cluster(f"m{n}", leaf(f"l{n}"), constrained_choice=ConstrainedChoice(constrain_choice=True)) for n in range(4)
    ]
    ann = learner(*modules)
    ann.open()
    assert [ann.last.valid.choice[f"l{n}"] for n in range(4)] == [True, True, False, False]


def test_prevent_activation_lets_nobody_into_the_middle_of_a_cluster() -> None:
    """[SN SB.2.9-6]"""
    ann = learner(
        leaf("a"), cluster("m", leaf("b"), leaf("c"), constrained_choice=ConstrainedChoice(prevent_activation=True))
    )
    ann.open()
    assert (ann.last.valid.choice["m"], ann.last.valid.choice["c"]) == (True, False)
    assert ann.choose("m") == "b"
    assert ann.last.valid.choice["c"] is True


@pytest.mark.parametrize(
    ("action", "walked"),
    [(RuleAction.SKIP, ["a", "c"]), (RuleAction.DISABLED, ["a", None]), (RuleAction.HIDDEN_FROM_CHOICE, ["a", "b"])],
)
def test_pre_conditions_steer_flow(action: RuleAction, walked: list[str | None]) -> None:
    """[SN UP.2, SB.2.2]"""
    ann = learner(leaf("a"), leaf("b", pre_condition_rules=(rule(action, ConditionName.ALWAYS),)), leaf("c"))
    assert [ann.open(), ann.next()] == walked


def test_what_is_hidden_from_choice_is_neither_shown_nor_chosen() -> None:
    """[SN SB.2.9-3]"""
    ann = learner(
        leaf("a"),
        cluster("m", leaf("b"), pre_condition_rules=(rule(RuleAction.HIDDEN_FROM_CHOICE, ConditionName.ALWAYS),)),
    )
    ann.open()
    assert (ann.last.toc["m"].visible, ann.last.toc["b"].visible, ann.last.valid.choice["b"]) == (False, False, False)


def test_stop_forward_traversal_until_done() -> None:
    """[SN SB.2.4-1]"""
    # "not completed" alone would stay unknown, and unknown holds nobody up.
    stop = rule(RuleAction.STOP_FORWARD_TRAVERSAL, ConditionName.ACTIVITY_PROGRESS_KNOWN, negated=True)
    ann = learner(leaf("a", pre_condition_rules=(stop,)), leaf("b"), leaf("c"))
    ann.open()
    assert ann.last.valid.choice["c"] is False
    ann.next(DONE)
    assert ann.last.valid.choice["c"] is True


def test_an_attempt_limit_lets_in_so_often_and_no_more() -> None:
    """[SN UP.1]"""
    ann = learner(leaf("a", limit_conditions=LimitConditions(attempt_limit=1)), leaf("b"))
    ann.open()
    assert ann.next() == "b"
    assert ann.last.valid.previous is False
    assert ann.choose("a") is None
    assert ann.last.refused is Refused.DELIVERY_NOT_ALLOWED


@pytest.mark.parametrize(
    ("action", "delivered", "ended"),
    [
        (RuleAction.RETRY, "a", False), (RuleAction.CONTINUE, "b", False), (RuleAction.EXIT_ALL, None, True),
        (RuleAction.RETRY_ALL, "a", False), (RuleAction.EXIT_PARENT, "c", False),
    ],
)  # fmt: skip
def test_post_conditions_replace_what_was_asked(action: RuleAction, delivered: str | None, ended: bool) -> None:
    """[SN TB.2.2]"""
    failed = rule(action, ConditionName.SATISFIED, negated=True)
    ann = learner(cluster("m", leaf("a", post_condition_rules=(failed,)), leaf("b")), leaf("c"))
    ann.open()
    assert ann.next(FAILED) == delivered
    assert ann.last.ended is ended


def test_an_exit_rule_ends_the_cluster_it_belongs_to() -> None:
    """[SN TB.2.1]"""
    leave = rule(RuleAction.EXIT, ConditionName.ACTIVITY_PROGRESS_KNOWN)
    ann = learner(cluster("m", leaf("a"), leaf("b"), exit_condition_rules=(leave,)), leaf("c"))
    ann.open()
    # Rollup has not made the cluster's progress known with one of two children done.
    assert ann.next() == "b"
    assert ann.next() == "c"
    assert ann.state.activities["m"].active is False


def test_suspending_all_resumes_the_same_attempt() -> None:
    """[SN TB.2.3, SB.2.6]"""
    ann = deep()
    ann.open()
    ann.choose("c")
    ann.go(RequestKind.SUSPEND_ALL, UNSAID)
    assert (ann.last.ended, ann.state.suspended, ann.state.current) == (True, "c", None)
    assert ann.open() == "c"
    assert ann.last.entry is Entry.RESUME
    assert ann.state.activities["c"].attempts == 1


def test_a_session_that_was_torn_off_resumes_where_it_was() -> None:
    ann = deep()
    ann.open()
    ann.next()
    assert ann.open(UNSAID) == "b"
    assert ann.last.entry is Entry.RESUME
    assert ann.state.activities["root"].attempts == 1


def test_content_that_suspends_itself_goes_on_when_it_is_delivered_again() -> None:
    """[RTE 4.2.8]"""
    ann = deep()
    ann.open()
    ann.next(EndedActivity(exit="suspend"))
    assert ann.state.activities["a"].suspended
    assert ann.back() == "a"
    assert ann.last.entry is Entry.RESUME
    assert ann.next() == "b"
    assert ann.back() == "a"
    assert ann.last.entry is Entry.AB_INITIO


@pytest.mark.parametrize("leaving", ["time-out", "logout"])
def test_time_out_and_logout_end_everything(leaving: str) -> None:
    """[RTE 4.2.8]"""
    ann = deep()
    ann.open()
    assert ann.next(EndedActivity(exit=leaving)) is None
    assert ann.last.ended


def test_abandoning_takes_nothing_over() -> None:
    """[SN TB.2.3]"""
    ann = deep()
    ann.open()
    ann.go(RequestKind.ABANDON_ALL, None)
    assert ann.last.ended
    assert ann.state.activities["a"].completed is None


def test_what_content_left_unsaid_is_completed_and_satisfied_when_it_ends() -> None:
    """[SN UP.4]"""
    ann = deep()
    ann.open()
    ann.next(UNSAID)
    assert ann.state.activities["a"].completed is True
    ben = deep()
    ben.open()
    ben.next(EndedActivity(completion_set=True, success_set=True))
    assert ben.state.activities["a"].completed is None


def test_jump_goes_where_choice_may_not() -> None:
    """[SN SB.2.13]"""
    ann = learner(leaf("a"), leaf("b"), control_mode=ControlMode(choice=False, flow=True))
    ann.open()
    assert ann.choose("b") is None
    assert ann.go(RequestKind.JUMP, DONE, "b") == "b"


def test_leaving_a_part_leaves_the_contents() -> None:
    ann = deep()
    ann.open()
    assert ann.go(RequestKind.EXIT) is None
    assert ann.last.ended is False
    assert ann.choose("d", None) == "d"


def test_the_trace_says_which_clause_decided() -> None:
    ann = deep()
    ann.open()
    ann.choose("nowhere")
    refused = next(one for one in ann.last.trace if "refused" in one.words)
    assert (refused.clause, refused.words) == ("NB.2.1", "refused: there is no such activity (NB.2.1-11)")


def test_a_state_of_an_older_version_still_loads() -> None:
    old = b'{"version":0,"current":"b","activities":{"b":{"attempts":1,"active":true,"gone":1}},"unheard_of":[]}'
    state = msgspec.json.decode(old, type=SequencingState)
    assert open_session(deep().tree, state, UNSAID).delivered == "b"


def test_a_place_that_the_course_no_longer_has_begins_at_the_start() -> None:
    state = SequencingState(current="gone", suspended="gone too")
    assert open_session(deep().tree, state).delivered == "a"


REQUESTS = st.lists(
    st.tuples(
        st.sampled_from(list(RequestKind)),
        st.sampled_from(["a", "b", "c", "d", "e", "m1", "m11", "m2", "root", "x", None]),
    ),
    max_size=25,
)


@given(REQUESTS)
def test_whatever_is_asked_the_state_stays_whole(requests: list[tuple[RequestKind, str | None]]) -> None:
    """At most one leaf is active, it is the current one, and a state survives its way through JSON."""
    ann = deep()
    ann.open()
    for kind, target in requests:
        ann.go(kind, DONE, target)
        active = [
            one.identifier
            for one in ann.tree.leaves
            if one.identifier in ann.state.activities and ann.state.activities[one.identifier].active
        ]
        assert len(active) <= 1
        assert ann.last.delivered is None or active == [ann.last.delivered] == [ann.state.current]
        assert not (ann.last.ended and active)
        assert msgspec.json.decode(msgspec.json.encode(ann.state), type=SequencingState) == ann.state


def test_ten_thousand_activities_are_walked_without_delay() -> None:
    items: list[Item] = [cluster(f"m{n}", *(leaf(f"l{n}-{k}") for k in range(99))) for n in range(100)]
    ann = learner(*items)
    assert ann.open() == "l0-0"
    assert ann.choose("l99-98") == "l99-98"
    assert ann.last.valid.choice["l50-50"] is True


def test_choosing_a_cluster_one_is_in_does_not_ask_the_cluster_itself_whether_it_may_be_left() -> None:
    """[SN SB.2.9 10.3.1] It is not left."""
    kept_in = ControlMode(flow=True, choice_exit=False)
    ann = learner(cluster("m", leaf("a"), leaf("b"), control_mode=kept_in), leaf("c"))
    ann.open()
    ann.next()
    assert (ann.last.valid.choice["m"], ann.last.valid.choice["c"]) == (True, False)
    assert ann.choose("m") == "a"


def test_constrained_choice_follows_the_order_of_this_attempt() -> None:
    """[SN SB.2.9 11.5] Of modules in a random order the neighbours are those that come before and after, not in the manifest."""
    constrained = ConstrainedChoice(constrain_choice=True)
    modules = [cluster(f"m{n}", leaf(f"l{n}"), constrained_choice=constrained) for n in range(6)]
    mixed = Randomization(randomization_timing=Timing.ONCE, reorder_children=True)
    ann = learner(*modules, randomization=mixed)
    ann.state = SequencingState(seed="any")
    order = [str(ann.open())]
    while (one := ann.next()) is not None:
        order.append(one)
    assert order != sorted(order)
    ben = learner(*modules, randomization=mixed)
    ben.state = SequencingState(seed="any")
    ben.open()
    ben.next()
    ben.next()
    offered = [name for name in order if ben.last.valid.choice[name]]
    assert offered == order[1:4]


def test_the_rules_of_a_course_of_one_part_are_asked_before_leaving_it_ends_the_session() -> None:
    """[SN TB.2.2] A part that is to be retried until it is passed is delivered again."""
    again = rule(RuleAction.RETRY, ConditionName.SATISFIED, negated=True)
    ann = learner(leaf("a", post_condition_rules=(again,)))
    ann.open()
    assert ann.go(RequestKind.EXIT, FAILED) == "a"
    assert ann.state.activities["a"].attempts == 2
    assert ann.go(RequestKind.EXIT, DONE) is None
    assert ann.last.ended


def test_a_trace_stays_small_whatever_a_course_asks() -> None:
    """It is kept for every navigation: a course of hostile rules must not fill the database."""
    name = "x" * 4000
    asked = tuple(RuleCondition(ConditionName.ALWAYS, referenced_objective=name) for _ in range(200))
    hostile = (SequencingRule(RuleAction.SKIP, asked),)
    ann = learner(leaf("a"), *(leaf(f"{name}{n}", pre_condition_rules=hostile) for n in range(300)), leaf("c"))
    ann.open()
    assert ann.next() == "c"
    assert sum(len(step.words) + len(step.activity) for step in ann.last.trace) < 400_000
    assert any("more decisions are not kept here" in step.words for step in ann.last.trace)
    assert any(step.clause == "DB.2" for step in ann.last.trace), "what it came to is kept"
