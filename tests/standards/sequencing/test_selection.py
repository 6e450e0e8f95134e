"""Selecting children and putting them in a random order. [SN SR.1, SR.2]"""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from courseway.standards.manifests.sequencing import ControlMode, Randomization, Timing
from courseway.standards.sequencing.overall import children_in_order, open_session
from courseway.standards.sequencing.selection import available_children
from courseway.standards.sequencing.state import SequencingState
from courseway.standards.sequencing.values import Given, Refused, RequestKind
from tests.standards.sequencing.trees import DONE, Learner, cluster, leaf, learner

NAMES = [f"q{n}" for n in range(8)]


def quiz(seed: str = "s", **drawn: object) -> Learner:
    """A pool of eight questions between an introduction and an end, for a learner with a seed."""
    pool = cluster("pool", *(leaf(name) for name in NAMES), randomization=Randomization(**drawn))  # type: ignore[arg-type]
    ann = learner(leaf("intro"), pool, leaf("end"))
    ann.state = SequencingState(seed=seed)
    return ann


def played(ann: Learner) -> list[str]:
    """What Continue delivers between the introduction and the end."""
    found: list[str] = []
    while (one := ann.next()) not in ("end", None):
        found.append(str(one))
    return found


def test_as_many_children_as_the_count_says_are_selected_and_keep_their_order() -> None:
    """[SN SR.1]"""
    ann = quiz(selection_timing=Timing.ONCE, select_count=3)
    ann.open()
    questions = played(ann)
    assert len(questions) == 3
    assert questions == [name for name in NAMES if name in questions]


def test_a_count_beyond_the_children_selects_all() -> None:
    ann = quiz(selection_timing=Timing.ONCE, select_count=99)
    ann.open()
    assert played(ann) == NAMES


def test_what_was_not_selected_is_neither_shown_as_open_nor_chosen_nor_jumped_to() -> None:
    """[SN SB.2.9-2, SB.2.13]"""
    ann = quiz(selection_timing=Timing.ONCE, select_count=3)
    ann.open()
    chosen = {name for name in NAMES if ann.last.valid.choice[name]}
    assert len(chosen) == 3
    left = next(name for name in NAMES if name not in chosen)
    assert (ann.last.toc[left].enabled, ann.last.valid.jump[left]) == (False, False)
    assert ann.choose(left) is None
    assert ann.last.refused is Refused.CHOICE_NOT_AVAILABLE
    assert ann.go(RequestKind.JUMP, DONE, left) is None
    assert ann.last.refused is Refused.JUMP_NO_TARGET


def test_what_was_not_selected_does_not_count_in_rollup() -> None:
    """[SN RB.1.4]"""
    ann = quiz(selection_timing=Timing.ONCE, select_count=2)
    ann.open()
    played(ann)
    ann.next()
    assert ann.last.ended
    assert ann.last.standing.completed is True


def test_children_are_reordered_only_when_the_activity_says_so() -> None:
    """[SN SR.2]"""
    still, mixed = quiz(randomization_timing=Timing.ONCE), quiz(randomization_timing=Timing.ONCE, reorder_children=True)
    for ann in (still, mixed):
        ann.open()
    assert played(still) == NAMES
    order = played(mixed)
    assert sorted(order) == NAMES
    assert order != NAMES


def test_the_same_seed_gives_the_same_order_and_another_another() -> None:
    orders = []
    for seed in ("ann", "ann", "ben"):
        one = quiz(seed, randomization_timing=Timing.ONCE, reorder_children=True)
        one.open()
        orders.append(played(one))
    assert orders[0] == orders[1] != orders[2]


def test_the_seed_is_kept_from_the_first_request_on() -> None:
    ann = quiz(randomization_timing=Timing.ONCE, reorder_children=True)
    first = open_session(ann.tree, SequencingState(), given=Given(seed="x"))
    again = open_session(ann.tree, first.state, given=Given(seed="y"))
    assert (first.state.seed, again.state.seed) == ("x", "x")


@pytest.mark.parametrize(("timing", "same"), [(Timing.ONCE, True), (Timing.ON_EACH_NEW_ATTEMPT, False)])
def test_a_new_attempt_on_the_cluster_draws_again_only_when_it_should(timing: Timing, same: bool) -> None:
    ann = quiz(selection_timing=timing, select_count=4, randomization_timing=timing, reorder_children=True)
    ann.open()
    first = played(ann)
    ann.choose("pool")
    second = [str(ann.state.current), *played(ann)]
    assert ann.state.activities["pool"].attempts == 2
    assert len(first) == len(second) == 4
    assert (first == second) is same


def test_going_back_into_a_random_order_comes_from_its_end() -> None:
    """[SN SB.2.1]"""
    ann = quiz(randomization_timing=Timing.ONCE, reorder_children=True)
    ann.open()
    order = played(ann)
    assert ann.back() == order[-1]


def test_resuming_keeps_the_selection_and_the_order() -> None:
    """[SN SR.1 2, SR.2 2]"""
    drawn = Timing.ON_EACH_NEW_ATTEMPT
    ann = quiz(selection_timing=drawn, select_count=4, randomization_timing=drawn, reorder_children=True)
    ann.open()
    begun = [ann.next(), ann.next()]
    shown = [name for name in NAMES if ann.last.valid.choice[name]]
    ann.go(RequestKind.SUSPEND_ALL)
    assert ann.open() == begun[1]
    assert [name for name in NAMES if ann.last.valid.choice[name]] == shown
    assert set(map(str, begun)) | set(played(ann)) == set(shown)


def test_choosing_one_of_the_shown_children_of_an_ended_cluster_keeps_what_is_shown() -> None:
    """The learner gets what she was offered; the next attempt that begins by itself draws again."""
    ann = quiz(selection_timing=Timing.ON_EACH_NEW_ATTEMPT, select_count=3)
    ann.open()
    questions = played(ann)
    assert ann.choose(questions[1]) == questions[1]
    assert [name for name in NAMES if ann.last.valid.choice[name]] == questions


def test_the_place_among_drawn_children_follows_the_draw() -> None:
    """[SN SR.1, SR.2] A request may ask for places, begin another attempt that draws anew, and ask again."""
    drawn = Timing.ON_EACH_NEW_ATTEMPT
    ann = quiz(selection_timing=drawn, select_count=4, randomization_timing=drawn, reorder_children=True)
    ann.open()
    played(ann)
    run, pool = ann.run(), ann.tree.by_id["pool"]
    draws = []
    for _ in range(2):
        draws.append(run.available_children(pool))
        assert [run.place_of(one) for one in draws[-1]] == [0, 1, 2, 3]
        assert {run.place_of(one) for one in pool.children if one not in draws[-1]} == {None}
        run.arrange_anew(pool)
    assert draws[0] != draws[1]


def test_the_trace_names_what_was_drawn() -> None:
    ann = quiz(selection_timing=Timing.ON_EACH_NEW_ATTEMPT, select_count=2)
    ann.open()
    played(ann)
    ann.choose("pool")
    drawn = next(one for one in ann.last.trace if one.clause == "SR.1")
    assert drawn.activity == "pool"
    assert f'"{ann.state.current}"' in drawn.words


@given(st.text(max_size=20), st.integers(0, 10), st.integers(1, 5), st.sampled_from(list(Timing)), st.booleans())
def test_a_draw_is_a_part_of_the_children_each_once(
    seed: str, count: int, attempt: int, timing: Timing, reorder: bool
) -> None:
    ann = quiz(selection_timing=timing, select_count=count, randomization_timing=timing, reorder_children=reorder)
    pool = ann.tree.by_id["pool"]
    drawn = [one.identifier for one in available_children(pool, seed, attempt)]
    expected = len(NAMES) if timing is Timing.NEVER else min(count, len(NAMES))
    assert len(set(drawn)) == len(drawn) == expected
    assert set(drawn) <= set(NAMES)
    if not reorder or timing is Timing.NEVER:
        assert drawn == sorted(drawn)


def test_draws_are_fair() -> None:
    """Over many seeds every child is selected, and stands in every place, about as often as any other."""
    ann = quiz(
        selection_timing=Timing.ONCE, select_count=4, randomization_timing=Timing.ONCE, reorder_children=True
    )  # fmt: skip
    pool = ann.tree.by_id["pool"]
    chosen: Counter[str] = Counter()
    places: Counter[tuple[int, str]] = Counter()
    for number in range(4000):
        for place, one in enumerate(available_children(pool, f"seed {number}", 1)):
            chosen[one.identifier] += 1
            places[place, one.identifier] += 1
    assert all(1850 < count < 2150 for count in chosen.values())
    assert len(places) == 32
    assert all(400 < count < 600 for count in places.values())


def test_a_cluster_in_random_order_without_flow_is_walked_by_choice() -> None:
    pool = cluster(
        "pool", *(leaf(name) for name in NAMES), control_mode=ControlMode(flow=False),
        randomization=Randomization(selection_timing=Timing.ONCE, select_count=2),
    )  # fmt: skip
    ann = learner(leaf("intro"), pool)
    ann.open()
    open_ones = [name for name in NAMES if ann.last.valid.choice[name]]
    assert len(open_ones) == 2
    assert ann.choose(open_ones[1]) == open_ones[1]


def test_the_contents_show_what_was_selected_in_the_order_it_was_drawn() -> None:
    ann = quiz(selection_timing=Timing.ONCE, select_count=3, randomization_timing=Timing.ONCE, reorder_children=True)
    ann.open()
    shown = [name for name in NAMES if ann.last.toc[name].visible]
    assert len(shown) == 3
    order = children_in_order(ann.tree, ann.state)["pool"]
    assert sorted(order) == NAMES
    assert set(order[:3]) == set(shown)
    assert played(ann) == list(order[:3])


def test_an_attempt_begun_before_anything_was_drawn_goes_on_with_all_children() -> None:
    """A state of an earlier version has no draw; nothing that was done disappears."""
    ann = quiz(selection_timing=Timing.ONCE, select_count=3, randomization_timing=Timing.ONCE, reorder_children=True)
    ann.open()
    ann.next()
    held = ann.state.copied()
    held.seed, held.activities["pool"].children, held.current = "", None, "q4"
    held.activities["q4"] = held.activities.pop(str(ann.state.current))
    ann.state = held
    assert [ann.next(), ann.next()] == ["q5", "q6"]
