"""Where the 2nd and 3rd edition of SCORM 2004 differ from the 4th in a way that a learner or an owner notices."""

import msgspec
import pytest

from courseway.standards.manifests.structure import CompletionThreshold, Item, ItemKind, Standard
from courseway.standards.sequencing.tree import ActivityTree
from courseway.standards.sequencing.values import EndedActivity
from tests.standards.sequencing.trees import DONE, Learner, leaf, learner

OLDER = ("2004-2", "2004-3")
HALF = EndedActivity(completed=True, progress=0.5, completion_set=True, success_set=True)
SILENT = EndedActivity(completion_set=True, success_set=True, progress=0.9)


def of_edition(edition: str, *items: Item) -> Learner:
    ann = learner(*items)
    ann.tree = ActivityTree(ann.tree.organization, Standard.SCORM_2004, edition)
    return ann


def with_threshold(identifier: str) -> Item:
    return msgspec.structs.replace(
        leaf(identifier), kind=ItemKind.SCO,
        completion_threshold=CompletionThreshold(completed_by_measure=True, min_progress_measure=0.8),
    )  # fmt: skip


@pytest.mark.parametrize(("edition", "progress"), [("2004-4", 0.25), *((one, 0.5) for one in OLDER)])
def test_progress_rolls_up_in_the_fourth_edition_and_is_the_share_of_what_is_done_before(
    edition: str, progress: float
) -> None:
    """[SN RB.1.1 b]"""
    ann = of_edition(edition, leaf("a"), leaf("b"))
    ann.open()
    ann.next(HALF)
    assert ann.last.standing.progress == progress


def test_what_is_completed_is_done_whatever_its_parts_measured() -> None:
    ann = of_edition("2004-4", leaf("a"), leaf("b"))
    ann.open()
    ann.next(HALF)
    ann.next(DONE)
    assert (ann.last.standing.completed, ann.last.standing.progress) == (True, 1.0)


@pytest.mark.parametrize(("edition", "status"), [("2004-4", "completed"), *((one, "incomplete") for one in OLDER)])
def test_a_completion_threshold_decides_in_the_tree_in_the_fourth_edition_only(edition: str, status: str) -> None:
    """Before it is between the content and the LMS: what the content's completion status came to counts. [RTE 4.2.4]"""
    ann = of_edition(edition, with_threshold("a"), leaf("b"))
    ann.open()
    ann.next(SILENT)
    assert ann.last.toc["a"].status == status
