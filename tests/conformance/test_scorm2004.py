"""The decoded cases of ADL's SCORM 2004 4th Edition test suite: all against the engine, some of every group in the player."""

from pathlib import Path

import pytest

from tests.conformance.suite import WHOLE, is_present, play_cases

pytestmark = [
    pytest.mark.shared,
    pytest.mark.skipif(not is_present(), reason="the conformance data does not lie beside the checkout"),
]

SAMPLE = (
    "API",  # every function and error of the API, an asset, the tester's first choice
    "CM-01",  # controls that the course hides, and what the others offer
    "CM-07d",  # the whole course in the contents
    "CM-09ca",  # content that ends only while it is unloaded; suspended and resumed
    "CM-14",  # jumps
    "CO-05a",
    "CT-05",
    "DMI",  # every element of the data model, kept over a second visit
    "MS-05a",
    "OB-09a",
    "RU-13e",  # left, and launched again
    "SX-04b",  # abandoned, then the whole course chosen
)


def test_the_engine_passes_every_decoded_case(tmp_path: Path) -> None:
    played = play_cases("engine", tmp_path / "engine.json")
    assert len(played.results) >= WHOLE
    assert played.failed == []


@pytest.mark.timeout(420)
def test_the_player_in_a_browser_passes_cases_of_every_group(tmp_path: Path) -> None:
    played = play_cases("player", tmp_path / "player.json", only=SAMPLE)
    assert {one["case"] for one in played.results} >= set(SAMPLE)
    assert played.failed == []
