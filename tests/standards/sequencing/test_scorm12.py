"""SCORM 1.2: Continue and Previous go over the parts in order; everything can be chosen whose prerequisites are met."""

import pytest

from courseway.standards.manifests.structure import Item, ItemKind, Standard
from courseway.standards.sequencing.overall import Entry, foresee
from courseway.standards.sequencing.values import EndedActivity, Refused, RequestKind
from tests.standards.sequencing.trees import DONE, FAILED, UNSAID, Learner, cluster, leaf, learner

SEEN = EndedActivity(completed=True, completion_set=True)
BROWSED = EndedActivity(completed=True, completion_set=True, browsed=True)


def flat(*items: Item) -> Learner:
    return learner(*items, standard=Standard.SCORM_12)


def course() -> Learner:
    return flat(cluster("m1", leaf("a"), leaf("b")), leaf("c"))


def test_continue_and_previous_go_over_the_parts_in_order() -> None:
    ann = course()
    assert [ann.open(), ann.next(), ann.next(), ann.back()] == ["a", "b", "c", "b"]
    assert (ann.last.valid.continue_, ann.last.valid.previous) == (True, True)


def test_the_ends_are_ends() -> None:
    ann = course()
    ann.open()
    assert ann.back() is None
    assert ann.last.refused is Refused.BEFORE_START
    ann.choose("c")
    assert ann.last.valid.continue_ is False
    assert ann.next() is None
    assert ann.last.refused is Refused.BEYOND_END
    assert not ann.last.ended


def test_everything_can_be_chosen_and_a_cluster_means_its_first_part() -> None:
    ann = course()
    ann.open()
    assert all(ann.last.valid.choice.values())
    assert ann.choose("c") == "c"
    assert ann.choose("m1") == "a"


def test_a_part_that_suspended_is_resumed_and_others_are_neither_new_nor_resumed() -> None:
    ann = course()
    ann.open()
    assert ann.last.entry is Entry.AB_INITIO
    ann.next(EndedActivity(exit="suspend"))
    ann.back(SEEN)
    assert ann.last.entry is Entry.RESUME
    ann.next(SEEN)
    assert ann.last.entry is Entry.NEITHER


def test_coming_back_goes_on_at_the_suspended_or_the_first_unfinished_part() -> None:
    ann = course()
    ann.open()
    ann.next(SEEN)
    ann.go(RequestKind.SUSPEND_ALL, UNSAID)
    assert ann.last.ended
    assert (ann.open(), ann.last.entry) == ("b", Entry.RESUME)
    ann.go(RequestKind.EXIT_ALL, SEEN)
    assert ann.open() == "c"


def test_a_course_is_complete_when_all_its_parts_are_and_failed_when_one_is() -> None:
    ann = course()
    ann.open()
    ann.next(DONE)
    assert ann.last.toc["m1"].status == "incomplete"
    ann.next(SEEN)
    assert ann.last.standing.completed is False
    ann.go(RequestKind.EXIT_ALL, SEEN)
    standing = ann.last.standing
    assert (standing.completed, standing.satisfied, standing.measure, standing.progress) == (True, True, 1.0, 1.0)
    ben = course()
    ben.open()
    ben.next(FAILED)
    assert ben.last.standing.satisfied is False
    assert ben.last.toc["m1"].status == "failed"


def test_what_only_has_to_be_seen_is_complete_when_left() -> None:
    ann = flat(Item(identifier="a", kind=ItemKind.ASSET, href="a.pdf"), leaf("b"))
    ann.open()
    ann.next(None)
    assert ann.last.toc["a"].status == "completed"


def test_a_course_of_one_part_has_no_contents_and_leaving_it_ends_it() -> None:
    ann = flat(leaf("a"))
    ann.open()
    assert not ann.last.toc_visible
    ann.go(RequestKind.EXIT)
    assert ann.last.ended


def asking(identifier: str, prerequisites: str, *children: Item) -> Item:
    return Item(
        identifier=identifier, title=identifier, children=children, prerequisites=prerequisites,
        kind=ItemKind.CLUSTER if children else ItemKind.SCO, href=None if children else f"{identifier}.html",
    )  # fmt: skip


def test_a_part_whose_prerequisites_are_not_met_is_neither_offered_nor_entered() -> None:
    ann = flat(leaf("a"), asking("b", "a"), leaf("c"))
    ann.open()
    assert ann.last.valid.choice == {"root": True, "a": True, "b": False, "c": True}
    assert (ann.last.toc["b"].enabled, ann.last.valid.jump["b"]) == (False, False)
    assert ann.choose("b", UNSAID) is None
    assert ann.last.refused is Refused.PREREQUISITES
    assert any('Choice of "b" is off: its prerequisites are not met' in step.words for step in ann.last.trace)


def test_what_the_current_part_reports_opens_the_next_at_once() -> None:
    ann = flat(leaf("a"), asking("b", "a"))
    ann.open()
    assert ann.last.valid.continue_ is True
    lines = foresee(ann.tree, ann.state, SEEN).toc
    assert (lines["a"].status, lines["b"].enabled) == ("completed", True)
    assert ann.next(SEEN) == "b"


def test_continue_and_previous_pass_over_what_may_not_be_entered_yet() -> None:
    ann = flat(leaf("a"), asking("b", "c"), leaf("c"))
    ann.open()
    assert ann.next(UNSAID) == "c"
    assert ann.last.valid.previous is True
    assert any(step.activity == "b" and "passed over" in step.words for step in ann.last.trace)
    assert ann.back(UNSAID) == "a"
    assert ann.next(UNSAID) == "c"
    assert ann.back(DONE) == "b"


def test_continue_is_refused_in_words_when_everything_after_it_is_closed() -> None:
    ann = flat(leaf("a"), asking("b", "a"))
    ann.open()
    assert ann.next(UNSAID) is None
    assert ann.last.refused is Refused.PREREQUISITES
    assert ann.state.current == "a"


def test_the_prerequisites_of_a_cluster_hold_for_all_that_is_in_it() -> None:
    ann = flat(leaf("a"), asking("m", "a", leaf("b"), asking("c", "b")))
    ann.open()
    assert [ann.last.valid.choice[name] for name in ("m", "b", "c")] == [False, False, False]
    ann.next(DONE)
    assert [ann.last.valid.choice[name] for name in ("m", "b", "c")] == [True, True, False]
    assert ann.choose("m", DONE) == "b"


def test_a_cluster_is_reached_when_all_its_parts_are() -> None:
    ann = flat(cluster("m", leaf("a"), leaf("b")), asking("c", "m"))
    ann.open()
    ann.next(SEEN)
    assert ann.last.valid.choice["c"] is False
    assert ann.next(SEEN) == "c"


@pytest.mark.parametrize(
    ("expression", "report", "met"),
    [
        ("a", DONE, True), ("a", SEEN, True), ("a", FAILED, False), ("a", UNSAID, False), ("a", BROWSED, False),
        ("~a", UNSAID, True), ("~a", DONE, False),
        ('a="passed"', DONE, True), ('a="passed"', SEEN, False), ('a="completed"', SEEN, True), ('a="completed"', DONE, False),
        ('a="failed"', FAILED, True), ('a="f"', DONE, False), ('a="browsed"', BROWSED, True), ('a="browsed"', SEEN, False),
        ('a="incomplete"', UNSAID, True), ('a<>"incomplete"', UNSAID, False), ('a<>"incomplete"', SEEN, True),
        ('z="not attempted"', DONE, True), ('z<>"not attempted"', DONE, False),
        ("a&z", DONE, False), ("a|z", DONE, True), ("~(a&z)", DONE, True),
        ("1*{a,z}", DONE, True), ("2*{a,z}", DONE, False), ("0*{z}", DONE, True),
        ("gone", UNSAID, True), ("gone&a", UNSAID, False), ("a &", UNSAID, True),
    ],
)  # fmt: skip
def test_expressions_are_judged_by_what_was_reached(expression: str, report: EndedActivity, met: bool) -> None:
    """[SCORM 1.2 CAM 2.3] A name the course does not have, and an expression nobody can read, keep nobody out."""
    ann = flat(leaf("a"), leaf("y"), asking("b", expression), leaf("z"))
    ann.open()
    ann.choose("y", report)
    assert ann.last.valid.choice["b"] is met


def test_a_part_that_was_entered_may_be_stayed_in_though_its_prerequisites_no_longer_hold() -> None:
    ann = flat(leaf("a"), asking("b", "~b"), leaf("c"))
    ann.open()
    assert ann.next() == "b"
    ann.go(RequestKind.SUSPEND_ALL, DONE)
    assert ann.open() == "b"
    ann.next()
    assert ann.last.valid.choice["b"] is False


def test_a_course_of_which_nothing_may_be_entered_says_so() -> None:
    ann = flat(asking("a", "b"), asking("b", "a"))
    assert ann.open() is None
    assert ann.last.refused is Refused.NOTHING_DELIVERED
    assert (ann.last.valid.choice["a"], ann.last.valid.continue_) == (False, False)


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


def test_who_leaves_a_part_goes_on_from_there() -> None:
    ann = course()
    ann.open()
    assert ann.go(RequestKind.EXIT, SEEN) is None
    assert (ann.last.ended, ann.last.valid.exit) == (False, False)
    assert (ann.last.valid.continue_, ann.last.valid.suspend_all, ann.last.valid.exit_all) == (True, True, True)
    assert ann.next(None) == "b"
    ann.go(RequestKind.EXIT, SEEN)
    ann.go(RequestKind.EXIT_ALL, None)
    assert (ann.last.ended, ann.state.current) == (True, None)
