"""What the contents show, how far a course is, and what would be so if the content ended now."""

import pytest

from courseway.standards.manifests.sequencing import (
    ConditionName,
    ControlMode,
    DeliveryControls,
    LimitConditions,
    ObjectiveMap,
    Randomization,
    RuleAction,
    Timing,
)
from courseway.standards.manifests.structure import CompletionThreshold, Item, ItemKind, Standard
from courseway.standards.sequencing import selection
from courseway.standards.sequencing.outlook import Outlook, contents_line
from courseway.standards.sequencing.overall import Entry, foresee, sum_up, survey
from courseway.standards.sequencing.state import ActivityTracking, ObjectiveStatus, SequencingState
from courseway.standards.sequencing.tree import ActivityTree
from courseway.standards.sequencing.values import EndedActivity, Refused, RequestKind, Standing, TocEntry
from tests.standards.sequencing.trees import DONE, FAILED, UNSAID, Learner, cluster, leaf, learner, primary, rule

HIDE = {"pre_condition_rules": (rule(RuleAction.HIDDEN_FROM_CHOICE, ConditionName.ALWAYS),)}
STOP = {"pre_condition_rules": (rule(RuleAction.STOP_FORWARD_TRAVERSAL, ConditionName.ALWAYS),)}


@pytest.mark.parametrize(
    ("completed", "satisfied", "measure", "attempts", "word"),
    [
        (None, None, None, 0, "not attempted"), (None, None, None, 1, "incomplete"), (False, None, None, 1, "incomplete"),
        (True, None, None, 1, "completed"), (None, True, None, 1, "passed"), (True, True, None, 1, "completed"),
        (True, True, 0.0, 1, "passed"), (False, True, None, 1, "incomplete"), (False, True, 0.5, 1, "passed"),
        (True, False, None, 1, "failed"), (None, False, 0.9, 1, "failed"),
    ],
)  # fmt: skip
def test_the_contents_say_in_one_word_what_was_reached(
    completed: bool | None, satisfied: bool | None, measure: float | None, attempts: int, word: str
) -> None:
    """Success that nobody scored is what a part that says nothing gets for free: there completion is the news."""
    ann = learner(leaf("a"), leaf("b"))
    held = ActivityTracking(
        attempts=attempts, completed=completed, objectives={"": ObjectiveStatus(satisfied, measure)}
    )
    ann.state = SequencingState(activities={"a": held})
    assert Outlook(ann.run()).contents["a"].status == word


def test_one_line_of_the_contents_is_what_it_is_among_all_of_them() -> None:
    unseen = Item(identifier="u", kind=ItemKind.SCO, href="u.html", visible=False)
    ann = learner(
        leaf("a"), unseen, cluster("m", leaf("b"), **HIDE), cluster("n", leaf("c"), **STOP),
        cluster("k", leaf("d"), control_mode=ControlMode(flow=True, choice=False)),
    )  # fmt: skip
    ann.open()
    run = ann.run()
    contents = Outlook(run).contents
    assert {one.identifier: contents_line(run, one) for one in ann.tree.activities if one.item} == contents
    assert [name for name, line in contents.items() if not line.visible] == ["u", "m", "b"]
    assert [name for name, line in contents.items() if not line.enabled] == ["m", "b", "c", "k", "d"]
    assert run.trace == ()


def test_without_a_progress_measure_the_share_of_completed_parts_is_the_progress() -> None:
    untracked = {"delivery_controls": DeliveryControls(tracked=False)}
    page = Item(identifier="page", kind=ItemKind.ASSET, href="page.html")
    nothing = Item(identifier="nothing", kind=ItemKind.SCO)
    ann = learner(cluster("m", leaf("a"), leaf("b", **untracked)), leaf("c"), page, nothing)
    ann.open()
    ann.next(DONE)
    assert ann.last.standing.progress == pytest.approx(1 / 3)
    assert sum_up(ann.tree, ann.state, UNSAID)["m"].progress == 1.0


def test_a_part_that_was_completed_elsewhere_counts_without_being_touched() -> None:
    """[SN 4.2.1.6]"""
    writes = primary(maps=(ObjectiveMap("g", write_completion_status=True),))
    ann = learner(leaf("a", objectives=writes), leaf("b", objectives=primary(maps=(ObjectiveMap("g"),))), leaf("c"))
    ann.open()
    ann.go(RequestKind.EXIT, DONE)
    assert ann.last.standing.progress == pytest.approx(2 / 3)
    assert ann.last.toc["b"].status == "completed"


def test_a_course_counts_as_attempted_from_its_first_attempt_on() -> None:
    ann = learner(leaf("a"), leaf("b"))
    assert Outlook(ann.run()).standing == Standing(progress=0.0)
    ann.open()
    assert ann.last.standing == Standing(attempted=True, progress=0.0)
    nothing = learner()
    assert Outlook(nothing.run()).standing == Standing()


def test_a_survey_names_every_item_and_a_sum_every_cluster_and_the_course() -> None:
    ann = learner(cluster("m", leaf("a"), leaf("b")), leaf("c"), standard=Standard.SCORM_2004)
    ann.open()
    found = survey(ann.tree, ann.state, FAILED)
    assert found == {"m": "incomplete", "a": "failed", "b": "not attempted", "c": "not attempted"}
    summed = sum_up(ann.tree, ann.state, FAILED)
    assert (set(summed), summed["m"].measure, summed["root"].measure) == ({"root", "m"}, 0.1, 0.05)
    flat = learner(cluster("m", leaf("a"), leaf("b")), leaf("c"), standard=Standard.SCORM_12)
    flat.open()
    assert survey(flat.tree, flat.state, FAILED) == {**found, "m": "failed"}
    flat_sum = sum_up(flat.tree, flat.state, FAILED)
    assert (set(flat_sum), flat_sum["m"].measure, flat_sum["root"].measure) == ({"root", "m"}, 0.2, 0.2)


def test_what_is_foreseen_are_the_lines_that_are_news() -> None:
    writes = primary(maps=(ObjectiveMap("g", write_satisfied_status=True, write_normalized_measure=True),))
    ann = learner(
        cluster("m", leaf("a", objectives=writes), leaf("b")), leaf("c"),
        cluster("n", leaf("d", objectives=primary(maps=(ObjectiveMap("g"),))), **HIDE),
    )  # fmt: skip
    ann.open()
    # A part that the course had when the learner was in it, and has no more.
    ann.state.activities["gone"] = ActivityTracking(attempts=1)
    ahead = foresee(ann.tree, ann.state, FAILED)
    assert ahead.toc == {
        "a": TocEntry("failed", enabled=True, visible=True),
        "d": TocEntry("failed", enabled=False, visible=False),
        "n": TocEntry("failed", enabled=False, visible=False),
    }
    assert (ahead.standing.measure, ann.last.standing.measure) == (pytest.approx(0.1), None)


def test_nothing_is_entered_where_nothing_is_delivered() -> None:
    """[RTE 4.2.7]"""
    ann = learner(leaf("a"), leaf("b"))
    ann.open()
    ann.go(RequestKind.EXIT_ALL)
    assert (ann.last.delivered, ann.last.entry) == (None, Entry.NEITHER)


def pool(count: int = 8, **more: object) -> Learner:
    """A pool of which one question is drawn anew for each attempt, and an end."""
    drawn = Randomization(selection_timing=Timing.ON_EACH_NEW_ATTEMPT, select_count=1)
    ann = learner(cluster("pool", *(leaf(f"q{n}") for n in range(count)), randomization=drawn, **more), leaf("end"))
    ann.state = SequencingState(seed="s")
    return ann


def test_a_request_that_is_refused_shows_what_was_drawn_before_it() -> None:
    """[SN SR.1] Choosing the pool draws anew, but no attempt begins: it is at its limit."""
    ann = pool(limit_conditions=LimitConditions(attempt_limit=1))
    question = ann.open()
    ann.next(DONE)
    before = [one.words for one in ann.last.trace if f'Choice of "{question}"' in one.words]
    assert len(before) == 1
    assert ann.choose("pool") is None
    assert [one.words for one in ann.last.trace if f'Choice of "{question}"' in one.words] == before


def test_a_draw_belongs_to_its_attempt() -> None:
    """[SN SR.1, SR.2] The first is shown before any attempt; one under way or suspended is not drawn again."""
    ann = pool()
    cluster_ = ann.at("pool")
    draws = [selection.available_children(cluster_, "s", attempt) for attempt in (1, 2, 3)]
    assert ann.run().available_children(cluster_) == draws[0]
    first = ann.open()
    assert ann.says("SR.1", f'the children of "pool" in this attempt, as drawn: "{first}"', "pool")
    assert (first, ann.choose("pool", DONE)) == (draws[0][0].identifier, draws[0][0].identifier)
    assert not any(one.clause == "SR.1" for one in ann.last.trace)
    ann.next(EndedActivity(exit="suspend"))
    assert ann.choose("pool") == first
    ann.next(DONE)
    assert ann.choose("pool") == draws[1][0].identifier
    assert ann.says("SR.1", f'the children of "pool" in this attempt, as drawn: "{draws[1][0].identifier}"', "pool")
    ann.next(DONE)
    # Previous draws anew as well.
    assert ann.back() == draws[2][0].identifier


def test_the_same_seed_draws_the_same_in_every_release() -> None:
    ann = pool()
    drawn = Timing.ONCE
    mixed = Randomization(selection_timing=drawn, select_count=4, randomization_timing=drawn, reorder_children=True)
    ben = learner(cluster("pool", *(leaf(f"q{n}") for n in range(8)), randomization=mixed))
    orders = [
        [one.identifier for one in selection.available_children(each.at("pool"), "s", attempt)]
        for each in (ann, ben)
        for attempt in (1, 2)
    ]
    assert orders == [["q0"], ["q4"], ["q5", "q0", "q7", "q1"], ["q5", "q0", "q7", "q1"]]
    mixed = Randomization(randomization_timing=drawn, reorder_children=True)
    eve = learner(cluster("pool", *(leaf(f"q{n}") for n in range(8)), randomization=mixed))
    order = [one.identifier for one in selection.available_children(eve.at("pool"), "s", 2)]
    assert order == ["q2", "q5", "q3", "q4", "q0", "q7", "q1", "q6"]


def test_a_state_says_which_kind_it_is_of() -> None:
    """A new kind needs a new number, and a reader of the old one."""
    ann = learner(leaf("a"))
    ann.open()
    assert ann.state.version == 2


def test_an_item_that_names_the_courses_own_identifier_leaves_the_course_another() -> None:
    ann = learner(leaf("root"), leaf("b"))
    assert ann.tree.root.identifier == "root:root"
    assert ann.tree.find("root:root") is ann.tree.root
    assert ann.open() == "root"


def test_completion_by_progress_is_of_the_fourth_edition_alone() -> None:
    """[RTE 3rd 4.2.4]"""
    item = Item(identifier="a", kind=ItemKind.SCO, href="a", completion_threshold=CompletionThreshold(True, 0.5))
    organization = learner(item, leaf("b")).tree.organization
    found = [
        ActivityTree(organization, Standard.SCORM_2004, edition).by_id["a"]
        for edition in ("2004-2", "2004-3", "2004-4")
    ]
    assert [(one.completes_by_measure, one.is_plain) for one in found] == [(False, True), (False, True), (True, False)]


def test_a_choice_that_leads_nowhere_is_off_for_the_course_too() -> None:
    ann = learner(leaf("a", **HIDE), control_mode=ControlMode(flow=False))
    ann.go(RequestKind.JUMP, None, "a")
    assert ann.last.valid.choice["root"] is False
    ann.choose("root")
    assert ann.last.refused is Refused.CHOICE_LEADS_NOWHERE
