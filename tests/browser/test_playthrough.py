"""Whole courses played by a learner who knows nothing of them: the sample courses, and packages through the command."""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from samples.build import build

from tests.browser.learning import Desk, open_desk
from tests.browser.playthrough import Manner, Playing, Playthrough
from tests.live import REPOSITORY, LiveServer
from tests.packages import Sco, scorm2004_package, zip_of

pytestmark = pytest.mark.timeout(240)


@pytest.fixture
def desk(live_server: LiveServer) -> Iterator[Desk]:
    """A learner's desk."""
    with open_desk(live_server) as desk:
        yield desk


def played(desk: Desk, folder: Path, name: str, manner: Manner) -> Playing:
    """Import a sample course and play it."""
    package = next(path for path in build(folder) if path.name == name)
    return Playthrough(desk, desk.server.import_course(package.read_bytes(), name), name, manner).play()


def test_a_sequenced_course_is_played_to_its_end_left_and_resumed_on_the_way(desk: Desk, tmp_path: Path) -> None:
    found = played(desk, tmp_path, "first-week.zip", Manner(works_content=False))
    assert found.end == "the course ended"
    assert found.deliveries[0] == "welcome" and found.deliveries[-1] == "final"
    assert found.resumed == "Save and exit: same activity, same values"
    assert (found.completion, found.success) == ("completed", "passed")
    assert not found.player_errors and not found.server_errors and not found.set_refused


def test_who_fails_everything_at_first_is_led_back_and_still_reaches_the_end(desk: Desk, tmp_path: Path) -> None:
    found = played(desk, tmp_path, "first-week.zip", Manner(fails_first=True, suspends=False))
    assert "places" in found.deliveries, "who fails the warm-up gets the lesson"
    assert found.ended_well
    assert found.resumed == "not tried"


def test_the_command_plays_a_folder_of_packages_and_says_why_one_cannot_be_played(tmp_path: Path) -> None:
    (tmp_path / "broken.zip").write_bytes(zip_of({"index.html": "<p>no manifest</p>"}))
    (tmp_path / "trip.zip").write_bytes(
        scorm2004_package("A trip", (Sco("Packing", "a.html"), Sco("Trains", "b.html")))
    )
    command = [
        sys.executable,
        "scripts/play_packages.py",
        str(tmp_path),
        "--json",
        "--screenshots",
        str(tmp_path / "p"),
    ]
    done = subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True, timeout=200, check=False)
    broken, trip = (json.loads(line) for line in done.stdout.splitlines())
    assert broken["end"].startswith("not imported: "), done.stderr
    assert "imsmanifest.xml" in broken["end"]
    assert (trip["visited"], trip["leaves"], trip["initialized"]) == (2, 2, 3)
    assert (trip["completion"], trip["success"]) == ("completed", "passed")
    assert (tmp_path / "p" / "trip-end.png").stat().st_size > 1000
    assert done.returncode == 1, "a package that could not be played is not passed over"
