"""SCORM 1.2: Continue and Previous go over the parts in order; everything can be chosen whose prerequisites are met."""

import pytest

from courseway.standards.manifests.structure import Item, ItemKind
from courseway.standards.sequencing import scorm12
from courseway.standards.sequencing.overall import Entry, foresee, navigate
from courseway.standards.sequencing.values import EndedActivity, Refused, Request, RequestKind
from tests.standards.sequencing.trees import (
    DONE,
    FAILED,
    SEEN,
    UNSAID,
    asking,
    cluster,
    flat,
    flat_course,
    leaf,
)

BROWSED = EndedActivity(completed=True, completion_set=True, browsed=True)


def test_continue_and_previous_go_over_the_parts_in_order() -> None:
    ann = flat_course()
    assert [ann.open(), ann.next(), ann.next(), ann.back()] == ["a", "b", "c", "b"]
    assert (ann.last.valid.continue_, ann.last.valid.previous) == (True, True)


def test_the_ends_are_ends() -> None:
    ann = flat_course()
    ann.open()
    assert ann.back() is None
    assert ann.last.refused is Refused.BEFORE_START
    ann.choose("c")
    assert ann.last.valid.continue_ is False
    assert ann.next() is None
    assert ann.last.refused is Refused.BEYOND_END
    assert not ann.last.ended


def test_everything_can_be_chosen_and_a_cluster_means_its_first_part() -> None:
    ann = flat_course()
    ann.open()
    assert all(ann.last.valid.choice.values())
    assert ann.choose("c") == "c"
    assert ann.choose("m1") == "a"


def test_a_part_that_suspended_is_resumed_and_others_are_neither_new_nor_resumed() -> None:
    ann = flat_course()
    ann.open()
    assert ann.last.entry is Entry.AB_INITIO
    ann.next(EndedActivity(exit="suspend"))
    ann.back(SEEN)
    assert ann.last.entry is Entry.RESUME
    ann.next(SEEN)
    assert ann.last.entry is Entry.NEITHER


def test_coming_back_goes_on_at_the_suspended_or_the_first_unfinished_part() -> None:
    ann = flat_course()
    ann.open()
    ann.next(SEEN)
    ann.go(RequestKind.SUSPEND_ALL, UNSAID)
    assert ann.last.ended
    assert (ann.open(), ann.last.entry) == ("b", Entry.RESUME)
    ann.go(RequestKind.EXIT_ALL, SEEN)
    assert ann.open() == "c"


def test_a_course_is_complete_when_all_its_parts_are_and_failed_when_one_is() -> None:
    ann = flat_course()
    ann.open()
    ann.next(DONE)
    assert ann.last.toc["m1"].status == "incomplete"
    ann.next(SEEN)
    assert ann.last.standing.completed is False
    ann.go(RequestKind.EXIT_ALL, SEEN)
    standing = ann.last.standing
    assert (standing.completed, standing.satisfied, standing.measure, standing.progress) == (True, True, 1.0, 1.0)
    ben = flat_course()
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


def test_who_leaves_a_part_goes_on_from_there() -> None:
    ann = flat_course()
    ann.open()
    assert ann.go(RequestKind.EXIT, SEEN) is None
    assert (ann.last.ended, ann.last.valid.exit) == (False, False)
    assert (ann.last.valid.continue_, ann.last.valid.suspend_all, ann.last.valid.exit_all) == (True, True, True)
    assert ann.next(None) == "b"
    ann.go(RequestKind.EXIT, SEEN)
    ann.go(RequestKind.EXIT_ALL, None)
    assert (ann.last.ended, ann.state.current) == (True, None)


LEAVING = (
    RequestKind.EXIT,
    RequestKind.EXIT_ALL,
    RequestKind.ABANDON,
    RequestKind.ABANDON_ALL,
    RequestKind.SUSPEND_ALL,
)


@pytest.mark.parametrize("kind", LEAVING)
def test_leaving_ends_the_attempt_and_the_session_unless_only_the_part_is_left(kind: RequestKind) -> None:
    ann = flat_course()
    ann.go(kind, None)
    assert (ann.last.refused, ann.last.ended) == (Refused.NOT_STARTED, False)
    ann.open()
    assert ann.go(kind, UNSAID) is None
    held = ann.state.activities["a"]
    suspended, stays = kind is RequestKind.SUSPEND_ALL, kind in (RequestKind.EXIT, RequestKind.ABANDON)
    assert (ann.last.ended, ann.last.refused) == (not stays, None)
    assert (held.active, held.suspended, held.attempts) == (False, suspended, 1)
    assert (ann.state.current, ann.state.suspended) == ("a" if stays else None, "a" if suspended else None)
    assert ann.last.entry is Entry.NEITHER


def test_where_nothing_runs_each_request_is_refused_in_its_own_words() -> None:
    asked = {RequestKind.CONTINUE: Refused.NOT_STARTED, RequestKind.PREVIOUS: Refused.NOT_STARTED,
             RequestKind.RETRY: Refused.RETRY_NOT_RUNNING}  # fmt: skip
    for kind, refused in asked.items():
        ann = flat_course()
        ann.go(kind, None)
        assert (ann.last.refused, ann.last.ended) == (refused, False)
    ann = flat_course()
    ann.choose("nowhere", None)
    assert ann.last.refused is Refused.TARGET_UNKNOWN


def test_a_jump_leads_where_a_choice_does_and_a_retry_where_one_is() -> None:
    ann = flat_course()
    ann.open()
    assert ann.go(RequestKind.JUMP, SEEN, "c") == "c"
    assert ann.says("1.2", 'asked for: a jump; that leads to "c"', "c")
    assert ann.go(RequestKind.RETRY, SEEN) == "c"
    assert ann.state.activities["c"].attempts == 2


def test_a_finished_course_opens_at_its_first_part() -> None:
    ann = flat_course()
    ann.open()
    for _ in range(2):
        ann.next(SEEN)
    ann.go(RequestKind.EXIT_ALL, SEEN)
    assert ann.open() == "a"


def test_the_course_has_one_attempt_however_often_its_parts_are_played() -> None:
    ann = flat_course()
    ann.open()
    assert ann.state.activities["root"].attempts == 1
    ann.go(RequestKind.SUSPEND_ALL, EndedActivity(exit="suspend"))
    ann.open()
    ann.next(SEEN)
    assert ann.state.activities["root"].attempts == 1
    held = ann.state.activities
    assert (held["a"].attempts, held["a"].suspended, held["b"].active, held["b"].suspended) == (1, False, True, False)


def test_a_cluster_without_parts_leads_nowhere_and_one_whose_parts_are_closed_waits_for_prerequisites() -> None:
    empty = Item(identifier="empty", title="empty", kind=ItemKind.CLUSTER)
    ann = flat(leaf("a"), empty, asking("m", "", asking("b", "a")), asking("n", "", asking("c", "a"), leaf("d")))
    ann.open()
    refusals = scorm12.Outlook(ann.run()).refusals
    assert {one.identifier: refusals[one.position] for one in ann.tree.activities} == {
        "root": None, "a": None, "empty": Refused.CHOICE_LEADS_NOWHERE, "m": Refused.PREREQUISITES,
        "b": Refused.PREREQUISITES, "n": None, "c": Refused.PREREQUISITES, "d": None,
    }  # fmt: skip
    ann.choose("empty", UNSAID)
    assert ann.last.refused is Refused.CHOICE_LEADS_NOWHERE
    ann.choose("m", UNSAID)
    assert ann.last.refused is Refused.PREREQUISITES
    assert ann.choose("n", UNSAID) == "d"
    assert ann.says("1.2", '"c" is passed over: its prerequisites are not met', "c")
    outer = flat(leaf("a"), cluster("o", empty))
    assert scorm12.Outlook(outer.run()).refusals[outer.at("o").position] is Refused.CHOICE_LEADS_NOWHERE


def test_from_a_place_that_became_a_cluster_continue_begins_and_previous_is_refused() -> None:
    """A course may get a new version while somebody is in it."""
    ann = flat_course()
    ann.open()
    ann.state.current = "m1"
    seen = scorm12.Outlook(ann.run()).valid
    assert (seen.continue_, seen.previous) == (True, False)
    back = navigate(ann.tree, ann.state, Request(RequestKind.PREVIOUS), None)
    assert (back.delivered, back.refused) == (None, Refused.BEFORE_START)
    assert ann.next(None) == "a"
