"""SCORM 1.2: what a course and its parts have reached, what is on and off, and why."""

import pytest

from courseway.standards.manifests.structure import Item, ItemKind, Standard
from courseway.standards.sequencing import scorm12
from courseway.standards.sequencing.overall import foresee
from courseway.standards.sequencing.scorm12_status import Standings
from courseway.standards.sequencing.state import ActivityTracking, SequencingState
from courseway.standards.sequencing.values import EndedActivity, RequestKind, Standing
from tests.standards.sequencing.trees import (
    DONE,
    FAILED,
    SEEN,
    UNSAID,
    Learner,
    asking,
    cluster,
    flat,
    flat_course,
    leaf,
    learner,
)


def told(ann: Learner) -> list[tuple[str, str]]:
    """Why what is off is off, and of what it is said."""
    return [(one.activity, one.words) for one in ann.last.trace if " is off: " in one.words]


def test_why_continue_and_previous_are_off_is_told_of_the_current_part() -> None:
    ann = flat_course()
    ann.open()
    assert told(ann) == [("a", "Previous is off: this is the beginning of the course (SB.2.1-3)")]
    ann.next(SEEN)
    assert told(ann) == []
    ann.next(SEEN)
    assert told(ann) == [("c", "Continue is off: this is the end of the course (SB.2.1-1)")]
    ann.go(RequestKind.EXIT_ALL, SEEN)
    assert told(ann) == []
    closed = flat(asking("a", "c"), leaf("b"), asking("c", 'b="failed"'))
    closed.open()
    closed.go(RequestKind.EXIT, UNSAID)
    waits = "its prerequisites are not met (1.2-1)"
    assert [words for about, words in told(closed) if about == "b"] == [
        f"Continue is off: {waits}", f"Previous is off: {waits}",
    ]  # fmt: skip


def test_why_a_part_is_closed_is_told_with_what_it_and_its_clusters_ask_for() -> None:
    ann = flat(leaf("a"), asking("m", "a", cluster("n", asking("b", 'a="passed"'), leaf("c"))))
    ann.open()
    closed = "is off: its prerequisites are not met (1.2-1)"
    assert [words for _, words in told(ann) if words.startswith("Choice")] == [
        f'Choice of "b" {closed}: "m" asks for a; "b" asks for a="passed"', f'Choice of "c" {closed}: "m" asks for a',
    ]  # fmt: skip


def test_of_very_many_closed_parts_the_first_are_told() -> None:
    ann = flat(leaf("a"), *(asking(f"b{n}", "a") for n in range(scorm12.MOST_REASONS + 10)))
    ann.open()
    closed = [about for about, words in told(ann) if words.startswith("Choice")]
    assert closed == [f"b{n}" for n in range(scorm12.MOST_REASONS)]


def test_continue_is_offered_when_one_of_the_parts_after_this_is_about_to_open() -> None:
    ann = flat(leaf("a"), asking("b", 'a="failed"'), asking("c", "a"), asking("d", "b"))
    ann.open()
    assert ann.last.valid.continue_ is True


def test_continue_is_off_when_nothing_after_this_part_is_open_nor_about_to_be() -> None:
    """[RTE 1.2 3.4.4] Content that said nothing is complete when it is left; what it said otherwise counts."""
    ann = flat(leaf("a"), asking("b", "a"))
    ann.open()
    assert ann.last.valid.continue_ is True
    said = EndedActivity(completed=False, completion_set=True)
    assert foresee(ann.tree, ann.state, said).ways == {"continue": False, "previous": False}
    assert foresee(ann.tree, ann.state, SEEN).ways["continue"] is True
    ben = flat(leaf("a"), asking("b", 'a="failed"'))
    ben.open()
    assert ben.last.valid.continue_ is False


def test_previous_is_offered_when_something_before_may_be_entered() -> None:
    ann = flat(asking("a", "c"), leaf("b"), leaf("c"))
    assert ann.open() == "b"
    assert ann.last.valid.previous is False
    ann.next(SEEN)
    assert ann.last.valid.previous is True
    assert flat_course().open() == "a"
    first = flat_course()
    first.open()
    assert first.last.valid.previous is False
    nobody = scorm12.Outlook(flat_course().run()).valid
    assert (nobody.continue_, nobody.previous, nobody.exit) == (False, False, False)


def test_what_the_manifest_hides_is_not_in_the_contents() -> None:
    ann = flat(leaf("a"), Item(identifier="b", kind=ItemKind.SCO, href="b.html", visible=False))
    ann.open()
    assert [ann.last.toc[name].visible for name in ("a", "b")] == [True, False]


def test_a_cluster_with_a_file_of_its_own_is_a_part_beside_those_in_it() -> None:
    both = Item(identifier="m", title="m", kind=ItemKind.SCO, href="m.html", children=(leaf("a"), leaf("b")))
    ann = flat(both, leaf("c"))
    assert Standings(ann.run()).standing_of(ann.at("m")).progress == 0.0
    assert ann.open() == "m"
    ann.next(DONE)
    standings = Standings(ann.run())
    assert standings.standing_of(ann.at("m")).progress == pytest.approx(1 / 3)
    assert standings.standing_of(ann.tree.root).progress == 0.25
    assert (standings.status_of(ann.at("m")), standings.status_of(ann.at("c"))) == ("incomplete", "not attempted")
    ann.next(DONE)
    ann.next(DONE)
    assert Standings(ann.run()).status_of(ann.at("m")) == "passed"
    ben = flat(both, leaf("c"))
    ben.open()
    ben.choose("a", FAILED)
    ben.go(RequestKind.EXIT, FAILED)
    assert Standings(ben.run()).status_of(ben.at("m")) == "failed"
    single = flat(Item(identifier="m", title="m", kind=ItemKind.SCO, href="m.html", children=(leaf("a"),)), leaf("c"))
    single.open()
    single.next(DONE)
    single.next(DONE)
    assert Standings(single.run()).status_of(single.at("m")) == "passed"
    beside = flat(both, leaf("c"))
    beside.choose("a", None)
    beside.go(RequestKind.EXIT, DONE)
    assert Standings(beside.run()).standing_of(beside.at("m")).progress == pytest.approx(1 / 3)
    untouched = flat(both, leaf("c"))
    untouched.choose("a", None)
    reached = Standings(untouched.run())
    assert reached.status_of(untouched.at("m")) == "incomplete"
    assert reached.status_of(untouched.at("c")) == "not attempted"
    assert reached.standing_of(untouched.tree.root).progress == 0.0


def test_a_part_that_cannot_be_played_counts_for_nothing() -> None:
    ann = flat(
        leaf("a"), Item(identifier="note", kind=ItemKind.SCO), cluster("m", Item(identifier="x", kind=ItemKind.SCO))
    )
    ann.open()
    ann.go(RequestKind.EXIT_ALL, DONE)
    standings = Standings(ann.run())
    assert (ann.last.standing.progress, ann.last.standing.completed) == (1.0, True)
    assert standings.standing_of(ann.at("m")) == Standing()
    assert [standings.status_of(ann.at(name)) for name in ("note", "m", "x")] == ["not attempted"] * 3


def test_the_score_of_a_course_is_the_mean_of_the_parts_that_have_one() -> None:
    ann = flat(cluster("m", leaf("a"), leaf("b"), leaf("c")), leaf("d"))
    ann.open()
    for score in (1.0, 0.0, 0.0):
        ann.next(EndedActivity(completed=True, measure=score, completion_set=True))
    ann.go(RequestKind.EXIT_ALL, SEEN)
    assert ann.last.standing.measure == 0.3333333


def test_a_part_that_was_never_begun_is_not_attempted_though_something_is_kept_of_it() -> None:
    ann = flat_course()
    ann.state = SequencingState(activities={"a": ActivityTracking()})
    standings = Standings(ann.run())
    assert (standings.status_of(ann.at("a")), standings.standing_of(ann.tree.root).attempted) == (
        "not attempted",
        False,
    )


def test_a_course_that_lost_everything_that_can_be_played_says_so_without_an_error() -> None:
    """A new version may have nothing to play while somebody is in the old one."""
    ann = learner(cluster("m", Item(identifier="x", kind=ItemKind.SCO)), standard=Standard.SCORM_12)
    ann.state = SequencingState(current="m", activities={"m": ActivityTracking(attempts=1)})
    assert ann.next(None) is None
    off = [step.words for step in ann.last.trace if " is off: " in step.words]
    assert off == ["Continue is off: this is the end of the course (SB.2.1-1)",
                   "Previous is off: this is the beginning of the course (SB.2.1-3)"]  # fmt: skip
