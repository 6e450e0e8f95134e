"""What is worked out of an activity once, when the tree is planted; and drawing children."""

import pytest

from courseway.standards.manifests.sequencing import ObjectiveMap, Randomization, Timing
from courseway.standards.manifests.structure import CompletionThreshold, Item, ItemKind, Standard
from courseway.standards.sequencing import selection
from courseway.standards.sequencing.tree import Activity, common_ancestor
from tests.standards.sequencing.trees import Learner, cluster, leaf, learner, primary

ONCE, NEVER = Timing.ONCE, Timing.NEVER


def deep() -> Learner:
    return learner(leaf("a"), cluster("m", leaf("b"), cluster("n", leaf("c")), leaf("d")), leaf("e"))


def test_positions_count_in_the_order_of_the_course_and_what_is_below_stands_before_the_end() -> None:
    tree = deep().tree
    found = {one.identifier: (one.position, one.end, one.depth, one.place) for one in tree.activities}
    assert found == {
        "root": (0, 8, 0, 0), "a": (1, 2, 1, 0), "m": (2, 7, 1, 1), "b": (3, 4, 2, 0), "n": (4, 6, 2, 1),
        "c": (5, 6, 3, 0), "d": (6, 7, 2, 2), "e": (7, 8, 1, 2),
    }  # fmt: skip
    assert [one.identifier for one in tree.leaves] == ["a", "b", "c", "d", "e"]
    assert [one.identifier for one in tree.clusters] == ["root", "m", "n"]
    assert [one.identifier for one in tree.by_id["c"].path()] == ["root", "m", "n", "c"]


@pytest.mark.parametrize(
    ("one", "other", "shared"),
    [
        ("b", "c", "m"),
        ("c", "b", "m"),
        ("b", "m", "m"),
        ("m", "c", "m"),
        ("a", "e", "root"),
        ("c", "c", "c"),
        ("b", "d", "m"),
    ],
)
def test_the_common_ancestor_is_the_deepest_that_holds_both(one: str, other: str, shared: str) -> None:
    by_id = deep().tree.by_id
    assert common_ancestor(by_id[one], by_id[other]) is by_id[shared]


@pytest.mark.parametrize(
    ("drawn", "arranges"),
    [
        (Randomization(), False), (Randomization(ONCE), False), (Randomization(NEVER, 2), False), (Randomization(ONCE, 2), True),
        (Randomization(NEVER, None, ONCE, False), False), (Randomization(NEVER, None, NEVER, True), False),
        (Randomization(NEVER, None, ONCE, True), True),
    ],
)  # fmt: skip
def test_children_are_arranged_only_where_something_is_to_be_drawn(drawn: Randomization, arranges: bool) -> None:
    """[SN SR.1, SR.2]"""
    ann = learner(cluster("m", *(leaf(f"q{n}") for n in range(6)), randomization=drawn))
    assert (ann.at("m").arranges, ann.tree.arranges, ann.at("q0").arranges) == (arranges, arranges, False)
    found = selection.available_children(ann.at("m"), "s", 1)
    assert (found == ann.at("m").children) is not arranges


def test_a_count_below_nothing_selects_nothing() -> None:
    """[SN SR.1] Nobody should write it, but a manifest may."""
    ann = learner(cluster("m", leaf("a"), leaf("b"), randomization=Randomization(ONCE, -1)))
    assert selection.available_children(ann.at("m"), "s", 1) == ()


def shown(**more: object) -> Activity:
    item = Item(identifier="a", **{"kind": ItemKind.SCO, "href": "a.html", **more})  # type: ignore[arg-type]
    return learner(item, leaf("b")).at("a")


def test_what_can_be_played_is_a_sco_or_an_asset_with_a_file() -> None:
    assert [shown(kind=kind).is_deliverable for kind in (ItemKind.SCO, ItemKind.ASSET)] == [True, True]
    assert not shown(href=None).is_deliverable
    assert not shown(kind=ItemKind.CLUSTER).is_deliverable
    assert not deep().tree.root.is_deliverable


def test_an_activity_is_plain_when_its_status_is_what_it_holds_itself() -> None:
    assert leaf_of().is_plain
    assert not leaf_of(objectives=primary(maps=(ObjectiveMap("g"),))).is_plain
    assert not leaf_of(objectives=primary(satisfied_by_measure=True)).is_plain
    assert not shown(completion_threshold=CompletionThreshold(completed_by_measure=True)).is_plain


def leaf_of(**sequencing: object) -> Activity:
    return learner(leaf("a", **sequencing), leaf("b")).at("a")


def test_the_one_leaf_of_a_course_is_known() -> None:
    """[SN SB.2.5]"""
    one = learner(cluster("m", leaf("a")))
    assert one.tree.only_leaf is one.at("a")
    assert deep().tree.only_leaf is None


def test_who_reads_a_global_objective_is_known_once_each() -> None:
    twice = primary(maps=(ObjectiveMap("g"), ObjectiveMap("g"), ObjectiveMap("h")))
    ann = learner(leaf("a", objectives=twice), leaf("b", objectives=primary(maps=(ObjectiveMap("g"),))))
    assert ann.tree.readers == {"g": [ann.at("a"), ann.at("b")], "h": [ann.at("a")]}


def test_of_two_items_with_one_identifier_the_first_is_found() -> None:
    ann = learner(leaf("a"), cluster("a", leaf("b")))
    assert ann.tree.by_id["a"] is ann.tree.activities[1]
    assert (ann.tree.find("a"), ann.tree.find("z"), ann.tree.find(None)) == (ann.tree.activities[1], None, None)


def test_prerequisites_are_of_scorm_12_alone() -> None:
    asking = Item(identifier="b", kind=ItemKind.SCO, href="b.html", prerequisites="a")
    blank = Item(identifier="c", kind=ItemKind.SCO, href="c.html", prerequisites="  ")
    flat = learner(leaf("a"), asking, blank, standard=Standard.SCORM_12)
    assert (flat.at("b").prerequisite is not None, flat.at("c").prerequisite, flat.tree.asks_prerequisites) == (
        True,
        None,
        True,
    )
    ann = learner(leaf("a"), asking, blank)
    assert (ann.at("b").prerequisite, ann.tree.asks_prerequisites) == (None, False)
