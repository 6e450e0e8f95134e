"""Launches that were kept: each file here plays again as it went. Keep another: courseway launches replay FILE --keep tests/replays."""

from pathlib import Path

import pytest

from courseway.learning.model.launch_file import parse_launch_file
from courseway.learning.model.replay import replay_launch

KEPT = sorted(Path(__file__).parent.glob("*.json"))


@pytest.mark.parametrize("file", KEPT, ids=lambda file: file.stem)
def test_a_kept_launch_plays_as_it_went(file: Path) -> None:
    found = replay_launch(parse_launch_file(file.read_bytes()), traces=True)
    assert [f"{one.where}, {one.what}: {one.recorded} -> {one.now}" for one in found.differences] == []
    assert found.stopped == ""
    assert found.calls and found.navigations


def test_kept_launches_name_no_learner_and_expect_what_each_navigation_left() -> None:
    assert len(KEPT) >= 5
    for file in KEPT:
        kept = parse_launch_file(file.read_bytes())
        assert (kept.launch, kept.learner.id, kept.learner.name) == ("", "learner", "Learner")
        assert all(getattr(step, "reached", True) for step in kept.steps)
