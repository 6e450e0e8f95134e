"""What holds of sequencing in every tree, with every rule and whatever the learner does."""

from itertools import pairwise
from typing import Any

import msgspec
import pytest
from hypothesis import assume, given, settings

from courseway.standards.manifests.sequencing import (
    ConditionName,
    ConstrainedChoice,
    LimitConditions,
    Randomization,
    RollupAction,
    RollupRule,
    RollupRules,
    RuleCondition,
)
from courseway.standards.manifests.structure import Standard
from courseway.standards.sequencing import delivery as delivering
from courseway.standards.sequencing import outlook, overall, rollup, rules
from courseway.standards.sequencing.choosing import Choosing
from courseway.standards.sequencing.overall import navigate
from courseway.standards.sequencing.run import Run
from courseway.standards.sequencing.state import SequencingState
from courseway.standards.sequencing.tree import Activity, ActivityTree
from courseway.standards.sequencing.values import EndedActivity, Given, Request, RequestKind
from tests.standards.sequencing.forest import SEED, Nature, Walker, numbers

LEFT_SUSPENDED = EndedActivity(exit="suspend")
STEADY: dict[str, Any] = {"post_condition_rules": (), "exit_condition_rules": (), "randomization": Randomization()}
often = settings(max_examples=400, deadline=None)


def walked(number: int, **without: Any) -> Walker:
    """A random learner in a random tree."""
    nature = Nature(number, **without)
    return Walker(nature.tree()).walk(nature.walk())


def through_json(state: SequencingState) -> SequencingState:
    return msgspec.json.decode(msgspec.json.encode(state), type=SequencingState)


@given(numbers)
@often
def test_whatever_is_asked_of_whatever_tree_the_state_stays_whole(number: int) -> None:
    """At most one leaf is active and it is the current one; all above it are active; JSON keeps the state."""
    walker = walked(number)
    for outcome in walker.outcomes:
        held = outcome.state.activities
        active = [one for one in walker.tree.activities if one.identifier in held and held[one.identifier].active]
        leaves = [one for one in active if one.is_leaf]
        assert len(leaves) <= 1
        if outcome.delivered is not None:
            assert [one.identifier for one in leaves] == [outcome.delivered] == [outcome.state.current]
            assert active == leaves[0].path()
        assert not (outcome.ended and active)
        assert through_json(outcome.state) == outcome.state
        assert all(step.clause and step.words for step in outcome.trace)


@given(numbers)
@often
def test_nothing_is_delivered_that_is_disabled_used_up_or_not_selected(number: int) -> None:
    """[SN DB.1.1, UP.5, SR.1]"""
    carry_out = delivering.content_delivery_environment_process

    def watch(run: Run, activity: Activity) -> bool:
        path = activity.path()
        assert not any(rules.check_activity_process(run, one) for one in path)
        assert all(below in run.available_children(above) for above, below in pairwise(path))
        return carry_out(run, activity)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(overall.delivery, "content_delivery_environment_process", watch)
        walked(number)


@given(numbers)
@often
def test_the_walk_over_the_whole_tree_says_of_every_choice_what_the_book_says_of_it_alone(number: int) -> None:
    """[SN NB.2.1, SB.2.9, DB.1.1]"""
    walker = walked(number)
    run = Run(walker.tree, walker.state)
    with run.silent():
        together = Choosing(run).refusals
    alone = []
    for one in walker.tree.activities:
        with run.silent():
            alone.append(outlook.refuse_choice(run, one))
    assert together == alone


@given(numbers)
@often
def test_what_is_said_to_be_valid_is_what_then_happens(number: int) -> None:
    """
    Asked when the attempt before has ended, so that its end decides nothing new. [SN 5.6.4]

    Continue is the flow of the parent alone, so only its being off is binding.
    """
    walker = walked(number, **STEADY)
    assume(walker.last.state.current is not None)
    walker.go(RequestKind.EXIT, 0, LEFT_SUSPENDED)
    settled = walker.last
    assume(not settled.ended and settled.state.current is not None)
    tree, state = walker.tree, settled.state
    for one in tree.activities:
        got = navigate(tree, state, Request(RequestKind.CHOICE, one.identifier), None, SEED)
        assert (got.delivered is not None) == settled.valid.choice[one.identifier], one.identifier
    for one in tree.leaves:
        got = navigate(tree, state, Request(RequestKind.JUMP, one.identifier), None, SEED)
        assert (got.delivered == one.identifier) == settled.valid.jump[one.identifier], one.identifier
    got = navigate(tree, state, Request(RequestKind.PREVIOUS), None, SEED)
    assert (got.delivered is not None) == settled.valid.previous
    if not settled.valid.continue_:
        assert navigate(tree, state, Request(RequestKind.CONTINUE), None, SEED).delivered is None


@given(numbers)
@often
def test_resuming_after_suspending_all_restores_everything(number: int) -> None:
    """[SN TB.2.3, SB.2.6] Where no rule disables meanwhile what was suspended: that is not delivered again. [SN DB.1.1]"""
    walker = walked(number)
    before = walker.last
    assume(before.delivered is not None)
    walker.go(RequestKind.SUSPEND_ALL, 0, None)
    assert walker.last.ended
    walker.state = through_json(walker.state)
    run = Run(walker.tree, walker.state)
    assert run.suspended is not None
    assume(not any(rules.check_activity_process(run, one) for one in run.suspended.path()))
    after = walker.open()
    assert (after.delivered, after.entry) == (before.delivered, overall.Entry.RESUME)
    assert set(after.state.activities) >= set(before.state.activities)
    for name, held in before.state.activities.items():
        # Suspending rolls up once more, so a cluster may know more afterwards; what was played is as it was.
        if not walker.tree.by_id[name].is_leaf:
            held = msgspec.structs.replace(held, completed=None, progress=None, objectives={})
        found = after.state.activities[name]
        if not walker.tree.by_id[name].is_leaf:
            found = msgspec.structs.replace(found, completed=None, progress=None, objectives={})
        assert found == held, name


@given(numbers)
@often
def test_a_replay_gives_the_same_outcomes_and_the_same_trace(number: int) -> None:
    """Also when the state went through the database in between, and when nobody gives the seed again."""
    nature = Nature(number)
    tree, walk = nature.tree(), nature.walk()
    first, again = Walker(tree).walk(walk), Walker(tree)
    again.open()
    for kind, place, ended in walk:
        again.state = through_json(again.state)
        again.go(kind, place, ended, Given())
        if again.last.ended:
            again.open(Given())
    assert again.outcomes == first.outcomes


@given(numbers)
def test_a_state_is_a_value_that_no_later_request_changes(number: int) -> None:
    nature = Nature(number)
    walker, walk = Walker(nature.tree()), nature.walk()
    walker.open()
    for kind, place, ended in walk:
        before, copy = walker.state, walker.state.copied()
        walker.go(kind, place, ended)
        overall.foresee(walker.tree, before, ended)
        overall.survey(walker.tree, before, ended)
        assert before == copy


@given(numbers)
@often
def test_the_default_rollup_rules_are_what_the_same_rules_written_out_are(number: int) -> None:
    """[SN RB.1.2 c, RB.1.3 c] Where at least one child counts: an explicit "all" holds over none."""
    written = RollupRules(
        rules=tuple(
            RollupRule(action, (RuleCondition(condition),))
            for action, condition in (
                (RollupAction.NOT_SATISFIED, ConditionName.OBJECTIVE_STATUS_KNOWN),
                (RollupAction.SATISFIED, ConditionName.SATISFIED),
                (RollupAction.INCOMPLETE, ConditionName.ACTIVITY_PROGRESS_KNOWN),
                (RollupAction.COMPLETED, ConditionName.COMPLETED),
            )
        )
    )
    nature = Nature(number, **STEADY, rollup_rules=RollupRules())
    organization, walk = nature.organization(), nature.walk()
    walker = Walker(ActivityTree(organization, Standard.SCORM_2004)).walk(walk)
    run = Run(walker.tree, walker.state)
    for cluster in walker.tree.clusters:
        verdicts = []
        for rule in written.rules:
            counted = [
                one
                for one in run.available_children(cluster)
                if one.is_tracked and rollup.check_child_for_rollup_subprocess(run, one, rule.action)
            ]
            verdicts.append(rollup.rollup_rule_check_subprocess(run, cluster, rule) and bool(counted))
        for actions, (negative, positive) in ((rollup.STATUS, verdicts[:2]), (rollup.PROGRESS, verdicts[2:])):
            expected = True if positive else (False if negative else None)
            assert rollup.default_verdict(run, cluster, actions) is expected


@given(numbers)
@often
def test_rollup_does_not_depend_on_the_order_of_children(number: int) -> None:
    """
    [SN RB.1] The same leaves, jumped to in the same order with the same results, in a tree shuffled within.

    Without global objectives: of two clusters that write the same one, the later in the tree has the last word.
    """
    free: dict[str, Any] = {"limit_conditions": LimitConditions(), "constrained_choice": ConstrainedChoice()}
    nature = Nature(number, mapped=False, **STEADY, **free, pre_condition_rules=())
    organization, walk = nature.organization(), nature.walk()
    mixed = msgspec.structs.replace(organization, items=nature.shuffled(organization.items))
    trees = [ActivityTree(one, Standard.SCORM_2004) for one in (organization, mixed)]
    leaves = trees[0].leaves
    jumps = [(leaves[place % len(leaves)].identifier, report) for _, place, report in walk]
    standings = []
    for tree in trees:
        state, ended = SequencingState(), None
        for target, report in jumps:
            state = navigate(tree, state, Request(RequestKind.JUMP, target), ended, SEED).state
            ended = msgspec.structs.replace(report, exit="normal")
        state = navigate(tree, state, Request(RequestKind.EXIT_ALL), ended, SEED).state
        found = overall.sum_up(tree, state, EndedActivity())
        standings.append(
            {
                name: (one.completed, one.satisfied, pytest.approx(one.measure) if one.measure is not None else None)
                for name, one in found.items()
            }
        )
    assert standings[0] == standings[1]


@given(numbers)
def test_scorm_12_survives_every_tree_and_every_walk(number: int) -> None:
    nature = Nature(number)
    walker = Walker(ActivityTree(nature.organization(), Standard.SCORM_12)).walk(nature.walk())
    for outcome in walker.outcomes:
        assert outcome.delivered is None or outcome.state.current == outcome.delivered
        assert set(outcome.toc) == {one.identifier for one in walker.tree.activities if one.item is not None}
