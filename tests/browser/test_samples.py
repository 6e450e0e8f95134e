"""The sample courses, played as a learner plays them, in the real player."""

from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest
from playwright.sync_api import Frame, Page
from samples.build import build

from tests.browser.learning import Desk, eventually, open_desk
from tests.live import LiveServer

pytestmark = pytest.mark.timeout(180)


@pytest.fixture
def desk(live_server: LiveServer) -> Iterator[Desk]:
    """A learner's desk."""
    with open_desk(live_server) as desk:
        yield desk


def imported(server: LiveServer, folder: Path, name: str) -> str:
    """Build the samples and import one of them."""
    package = next(path for path in build(folder) if path.name == name)
    return server.import_course(package.read_bytes(), name)


def stage(page: Page, delivery: int, ready: str) -> Frame:
    """Wait until the content of this delivery shows `ready`."""
    holder = page.wait_for_selector(f'html[data-delivery="{delivery}"] iframe[name=content]')
    frame = holder.content_frame() if holder is not None else None
    assert frame is not None
    frame.wait_for_selector(ready)
    return frame


def answer(frame: Frame, *options: str) -> None:
    for option in options:
        frame.check(f"#{option}")
    frame.click("#check")
    frame.click("#next")


def test_a_quiz_is_left_half_way_resumed_and_passed(desk: Desk, live_server: LiveServer, tmp_path: Path) -> None:
    registration = desk.register(imported(live_server, tmp_path, "harbour-safety-quiz.zip"))
    page = desk.open(desk.link(registration))
    frame = stage(page, 1, "#start")
    frame.click("#start")
    answer(frame, "vest-b")
    answer(frame, "carriers-f")
    page.close(run_before_unload=False)

    page = desk.open(desk.link(registration))
    frame = stage(page, 1, "#page[data-page=edge]")
    answer(frame, "edge-a", "edge-b", "edge-d")
    frame.fill("#speed-answer", "30")
    frame.click("#check")
    frame.click("#next")
    answer(frame, "lift-c")
    for key, times in (("a", 1), ("b", 2)):
        for _ in range(times):
            frame.click(f"#overboard-order li[data-key={key}] [data-move='-1']")
    frame.click("#check")
    frame.click("#next")
    answer(frame, "placard-a")
    frame.fill("#channel-answer", "mayday")
    frame.press("#channel-answer", "Enter")
    frame.click("#next")
    assert frame.inner_text("#result-score") == "88%"
    assert frame.get_attribute("#result-status", "data-status") == "passed"
    frame.click("#exit")
    eventually(lambda: desk.summary(registration)["success"] == "passed")
    summary = desk.summary(registration)
    assert summary["completion"] == "completed"
    assert summary["score"]["raw"] == 88
    values = desk.values(registration, "quiz")
    assert [values[f"cmi.interactions.{number}.result"] for number in range(8)].count("wrong") == 1


def test_who_passes_the_warm_up_skips_what_they_know(desk: Desk, live_server: LiveServer, tmp_path: Path) -> None:
    registration = desk.register(imported(live_server, tmp_path, "first-week.zip"))
    page = desk.open(desk.link(registration))
    frame = stage(page, 1, "body[data-sco=welcome][data-part]")
    assert "Ada" in frame.inner_text("h1 >> nth=0")
    frame.click("#next")
    frame.click("#next")
    frame.click("#finish")
    frame = stage(page, 2, "body[data-sco=warm-up][data-part]")
    frame.click("#next")
    answer(frame, "who-b")
    answer(frame, "where-a")
    answer(frame, "call-b")
    assert frame.get_attribute("#result-status", "data-status") == "passed"
    frame.click("#finish")
    frame = stage(page, 3, "body[data-sco=safety][data-part]")
    frame.click("#next")
    frame.click("#next")
    answer(frame, "swing-b")
    frame.click("#next")
    frame.check("#fall-b")
    frame.click("#check")
    frame.click("#finish")
    frame = stage(page, 4, "body[data-sco=final][data-part]")
    frame.click("#next")
    for options in (("badge-b",), ("room-b",), ("line-c",), ("gear-a", "gear-b", "gear-d"), ("under-a",)):
        answer(frame, *options)
    assert frame.inner_text("#result-score") == "80%"
    frame.click("#finish")
    page.wait_for_selector("html[data-session=ended]")
    summary = desk.summary(registration)
    assert (summary["completion"], summary["success"]) == ("completed", "passed")
    assert summary["score"]["scaled"] == pytest.approx(0.8)


def test_who_fails_the_warm_up_gets_the_lesson(desk: Desk, live_server: LiveServer, tmp_path: Path) -> None:
    registration = desk.register(imported(live_server, tmp_path, "first-week.zip"))
    page = desk.open(desk.link(registration))
    frame = stage(page, 1, "body[data-sco=welcome][data-part]")
    page.click("[data-nav=continue]")
    frame = stage(page, 2, "body[data-sco=warm-up][data-part]")
    frame.click("#next")
    for options in ("who-a", "where-b", "call-a"):
        answer(frame, options)
    frame.click("#finish")
    stage(page, 3, "body[data-sco=places][data-part]")


def test_a_film_is_sought_in_and_what_was_watched_is_kept(desk: Desk, live_server: LiveServer, tmp_path: Path) -> None:
    registration = desk.register(imported(live_server, tmp_path, "ship-to-shore-video.zip"))
    page = desk.open(desk.link(registration))
    frame = stage(page, 1, "#video")
    frame.click("#chapter-5")
    frame.wait_for_function("document.querySelector('#video').currentTime > 53.5")
    frame.evaluate("document.querySelector('#video').pause()")
    assert frame.evaluate(
        "[document.querySelector('#video').duration, document.querySelector('#video').seekable.end(0)]"
    ) == [78, 78]
    eventually(lambda: float(desk.values(registration, "film").get("cmi.progress_measure", "0")) > 0.01)
    kept = partial(desk.values, registration, "film")
    assert kept()["cmi.completion_status"] == "incomplete"
    assert kept()["cmi.suspend_data"].startswith('{"r":[[52,')
    page.reload()
    frame = stage(page, 2, "#video")
    frame.wait_for_function("document.querySelector('#video').currentTime > 53")
    assert "Watched: 0 %" not in frame.inner_text("#watched")
