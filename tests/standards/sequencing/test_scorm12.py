"""SCORM 1.2: everything can be chosen, Continue and Previous go over the parts in order."""

from courseway.standards.manifests.structure import Item, ItemKind, Standard
from courseway.standards.sequencing.overall import Entry
from courseway.standards.sequencing.values import EndedActivity, Refused, RequestKind
from tests.standards.sequencing.trees import DONE, FAILED, UNSAID, Learner, cluster, leaf, learner

SEEN = EndedActivity(completed=True, completion_set=True)


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
