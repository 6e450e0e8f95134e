"""SCORM 1.2: Continue and Previous go over the parts in order; everything can be chosen whose prerequisites are met."""

import pytest

from courseway.standards.manifests.structure import Item, ItemKind, Standard
from courseway.standards.sequencing import scorm12
from courseway.standards.sequencing.overall import Entry, foresee, navigate
from courseway.standards.sequencing.scorm12_status import Standings
from courseway.standards.sequencing.state import ActivityTracking, SequencingState
from courseway.standards.sequencing.values import EndedActivity, Refused, Request, RequestKind, Standing
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


def told(ann: Learner) -> list[tuple[str, str]]:
    """Why what is off is off, and of what it is said."""
    return [(one.activity, one.words) for one in ann.last.trace if " is off: " in one.words]


def test_why_continue_and_previous_are_off_is_told_of_the_current_part() -> None:
    ann = course()
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


LEAVING = (
    RequestKind.EXIT,
    RequestKind.EXIT_ALL,
    RequestKind.ABANDON,
    RequestKind.ABANDON_ALL,
    RequestKind.SUSPEND_ALL,
)


@pytest.mark.parametrize("kind", LEAVING)
def test_leaving_ends_the_attempt_and_the_session_unless_only_the_part_is_left(kind: RequestKind) -> None:
    ann = course()
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
        ann = course()
        ann.go(kind, None)
        assert (ann.last.refused, ann.last.ended) == (refused, False)
    ann = course()
    ann.choose("nowhere", None)
    assert ann.last.refused is Refused.TARGET_UNKNOWN


def test_a_jump_leads_where_a_choice_does_and_a_retry_where_one_is() -> None:
    ann = course()
    ann.open()
    assert ann.go(RequestKind.JUMP, SEEN, "c") == "c"
    assert ann.says("1.2", 'asked for: a jump; that leads to "c"', "c")
    assert ann.go(RequestKind.RETRY, SEEN) == "c"
    assert ann.state.activities["c"].attempts == 2


def test_a_finished_course_opens_at_its_first_part() -> None:
    ann = course()
    ann.open()
    for _ in range(2):
        ann.next(SEEN)
    ann.go(RequestKind.EXIT_ALL, SEEN)
    assert ann.open() == "a"


def test_the_course_has_one_attempt_however_often_its_parts_are_played() -> None:
    ann = course()
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
    ann = course()
    ann.open()
    ann.state.current = "m1"
    seen = scorm12.Outlook(ann.run()).valid
    assert (seen.continue_, seen.previous) == (True, False)
    back = navigate(ann.tree, ann.state, Request(RequestKind.PREVIOUS), None)
    assert (back.delivered, back.refused) == (None, Refused.BEFORE_START)
    assert ann.next(None) == "a"


def test_previous_is_offered_when_something_before_may_be_entered() -> None:
    ann = flat(asking("a", "c"), leaf("b"), leaf("c"))
    assert ann.open() == "b"
    assert ann.last.valid.previous is False
    ann.next(SEEN)
    assert ann.last.valid.previous is True
    assert course().open() == "a"
    first = course()
    first.open()
    assert first.last.valid.previous is False
    nobody = scorm12.Outlook(course().run()).valid
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
    ann = course()
    ann.state = SequencingState(activities={"a": ActivityTracking()})
    standings = Standings(ann.run())
    assert (standings.status_of(ann.at("a")), standings.standing_of(ann.tree.root).attempted) == (
        "not attempted",
        False,
    )
