"""A learner's way through the player in a real Chromium against the real server."""

import re
import time
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.browser.learning import Desk, content, eventually, open_desk, set_value
from tests.live import LiveServer
from tests.packages import Sco, scorm12_package, scorm2004_package

pytestmark = pytest.mark.timeout(180)

FLOW = '<imsss:sequencing><imsss:controlMode choice="true" flow="true"/></imsss:sequencing>'
TRIP = (
    Sco("Packing", "packing.html"),
    Sco("On the road", extra=FLOW, children=(Sco("Trains", "trains.html"), Sco("Ferries", "ferries.html"))),
)


@pytest.fixture
def desk(live_server: LiveServer) -> Iterator[Desk]:
    """A learner's desk."""
    with open_desk(live_server) as desk:
        yield desk


@pytest.fixture
def trip(live_server: LiveServer) -> str:
    """A SCORM 2004 course of three SCOs, one module deep."""
    return live_server.import_course(scorm2004_package("A trip", TRIP))


@pytest.fixture
def quiz(live_server: LiveServer) -> str:
    """A SCORM 1.2 course of one SCO."""
    return live_server.import_course(scorm12_package("Quiz", (Sco("The quiz", "quiz.html"),)))


def test_a_learner_goes_through_a_course_by_its_controls(desk: Desk, trip: str) -> None:
    page = desk.open(desk.link(desk.register(trip)))
    assert content(page, 1).inner_text("h1") == "Packing"
    expect(page.locator("html")).to_have_attribute("data-session", "active")
    expect(page.locator("[data-nav=previous]")).to_be_disabled()
    page.click("[data-nav=continue]")
    assert content(page, 2).inner_text("h1") == "Trains"
    page.click("[data-nav=previous]")
    assert content(page, 3).inner_text("h1") == "Packing"
    page.click("[data-activity=item-2-2]")
    assert content(page, 4).inner_text("h1") == "Ferries"
    expect(page.locator("[data-activity=item-2-2]")).to_have_attribute("aria-current", "true")
    assert page.title() == "Ferries · A trip"
    page.click("[data-nav=suspendAll]")
    expect(page.locator("html")).to_have_attribute("data-session", "ended")
    expect(page.locator("iframe")).to_have_count(0)
    expect(page.get_by_role("heading", level=2)).to_be_focused()


def test_content_moves_the_course_on_by_itself(desk: Desk, trip: str) -> None:
    page = desk.open(desk.link(desk.register(trip)))
    content(page, 1).click("#leave")
    assert content(page, 2).inner_text("h1") == "Trains"
    content(page, 2).evaluate("api.SetValue('adl.nav.request', '{target=item-1}choice'); api.Terminate('')")
    assert content(page, 3).inner_text("h1") == "Packing"
    content(page, 3).evaluate("api.SetValue('adl.nav.request', 'suspendAll'); api.Terminate('')")
    expect(page.locator("html")).to_have_attribute("data-session", "ended")


def test_what_was_chosen_in_the_player_beats_what_content_asks_for_while_it_goes(desk: Desk, trip: str) -> None:
    page = desk.open(desk.link(desk.register(trip)))
    content(page, 1).evaluate(
        "addEventListener('unload', () => { api.SetValue('adl.nav.request', 'exitAll'); api.Terminate(''); })"
    )
    page.click("[data-nav=continue]")
    assert content(page, 2).inner_text("h1") == "Trains"
    expect(page.locator("html")).to_have_attribute("data-session", "active")


def test_everything_set_is_on_the_server_within_half_a_second_without_a_commit(desk: Desk, trip: str) -> None:
    registration = desk.register(trip)
    page = desk.open(desk.link(registration))
    frame = content(page, 1)
    set_value(frame, "cmi.location", "page 7")
    set_value(frame, "cmi.suspend_data", "x" * 3000)
    time.sleep(0.5)
    assert desk.values(registration)["cmi.location"] == "page 7"
    assert len(desk.values(registration)["cmi.suspend_data"]) == 3000


def test_a_killed_browser_loses_nothing_and_the_learner_resumes(desk: Desk, trip: str) -> None:
    registration = desk.register(trip)
    frame = content(desk.open(desk.link(registration)), 1)
    frame.evaluate("api.SetValue('cmi.exit', 'suspend')")
    set_value(frame, "cmi.location", "page 9")
    time.sleep(0.5)
    desk.chromium.kill()
    assert desk.values(registration)["cmi.location"] == "page 9"
    desk.chromium.start()
    # The window that died is not heard of any more, but it was a moment ago: the learner is asked.
    page = desk.open(desk.link(registration))
    page.get_by_role("button", name="Continue here").click()
    frame = content(page)
    assert frame.evaluate("api.GetValue('cmi.location')") == "page 9"


@pytest.mark.parametrize("way", ["close", "navigate", "remove"])
def test_content_that_reports_only_while_it_is_unloaded_is_heard(desk: Desk, quiz: str, way: str) -> None:
    registration = desk.register(quiz)
    page = desk.open(desk.link(registration))
    content(page, 1).evaluate(
        """() => { onbeforeunload = () => { api.LMSSetValue('cmi.core.lesson_location', 'last page'); };
        onunload = () => { api.LMSSetValue('cmi.core.lesson_status', 'passed'); api.LMSFinish(''); }; }"""
    )
    if way == "close":
        page.close()
    elif way == "navigate":
        page.goto("about:blank")
    else:
        page.click("[data-nav=suspendAll]")
    eventually(lambda: desk.summary(registration)["success"] == "passed")
    assert desk.values(registration)["cmi.core.lesson_location"] == "last page"


def test_content_cut_off_in_the_middle_is_not_taken_for_finished(desk: Desk, quiz: str) -> None:
    registration = desk.register(quiz)
    page = desk.open(desk.link(registration))
    set_value(content(page, 1), "cmi.core.lesson_location", "3")
    page.close()
    time.sleep(1)
    summary = desk.summary(registration)
    assert summary["completion"] != "completed" and summary["success"] == "unknown"
    page = desk.open(desk.link(registration))
    assert content(page).evaluate("api.LMSGetValue('cmi.core.lesson_location')") == "3"


def test_a_course_of_one_part_ends_quietly_and_tells_the_result(desk: Desk, quiz: str) -> None:
    registration = desk.register(quiz)
    page = desk.open(desk.link(registration))
    frame = content(page, 1)
    for absent in ("previous", "continue"):
        expect(page.locator(f"[data-nav={absent}]")).to_have_count(0)
    expect(page.locator(".toggle")).to_be_hidden()
    frame.click("#complete")
    frame.click("#leave")
    expect(page.locator(".notice")).to_have_text("Your result is saved. You can leave now.")
    expect(page.locator("iframe[name=content]")).to_be_visible()
    page.click("[data-nav=exitAll]")
    expect(page.get_by_role("heading", name="You completed the course with 90 %")).to_be_visible()
    assert desk.summary(registration)["completion"] == "completed"


def test_offline_the_learner_goes_on_and_nothing_is_lost_when_the_connection_returns(desk: Desk, trip: str) -> None:
    registration = desk.register(trip)
    page = desk.open(desk.link(registration))
    frame = content(page, 1)
    desk.wire.cut()
    set_value(frame, "cmi.location", "one")
    expect(page.locator(".saved")).to_have_text("Offline, 1 change waiting")
    set_value(frame, "cmi.suspend_data", "two")
    expect(page.locator(".saved")).to_have_text("Offline, 2 changes waiting")
    page.click("[data-nav=continue]")
    expect(page.locator(".notice")).to_contain_text("You are offline")
    assert content(page, 1).evaluate("api.GetValue('cmi.location')") == "one"
    desk.wire.mend()
    expect(page.locator(".saved")).to_have_text("Saved", timeout=20_000)
    assert desk.values(registration)["cmi.suspend_data"] == "two"
    page.click("[data-nav=continue]")
    assert content(page, 2).inner_text("h1") == "Trains"


def test_finishing_offline_waits_for_the_connection_or_for_the_learners_word(desk: Desk, quiz: str) -> None:
    registration = desk.register(quiz)
    page = desk.open(desk.link(registration))
    frame = content(page, 1)
    desk.wire.cut()
    frame.click("#complete")
    expect(page.locator(".saved")).to_contain_text("Offline")
    page.click("[data-nav=exitAll]")
    dialog = page.get_by_role("dialog", name="Not everything is saved yet")
    expect(dialog).to_be_visible()
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    expect(page.locator("html")).to_have_attribute("data-session", "active")
    page.click("[data-nav=exitAll]")
    expect(dialog).to_be_visible()
    desk.wire.mend()
    expect(page.locator("html")).to_have_attribute("data-session", "ended", timeout=20_000)
    assert desk.summary(registration)["completion"] == "completed"


def test_leaving_anyway_keeps_the_changes_for_the_next_start_in_this_window(desk: Desk, quiz: str) -> None:
    registration = desk.register(quiz)
    page = desk.open(desk.link(registration))
    frame = content(page, 1)
    desk.wire.cut()
    frame.click("#complete")
    expect(page.locator(".saved")).to_contain_text("Offline")
    page.click("[data-nav=suspendAll]")
    page.get_by_role("button", name="Leave anyway").click()
    expect(page.locator("html")).to_have_attribute("data-session", "ended")
    expect(page.locator(".screen")).to_contain_text("wait on this device")
    assert desk.summary(registration)["completion"] != "completed"
    desk.wire.mend()
    page.goto(desk.link(registration))
    content(page)
    eventually(lambda: desk.summary(registration)["completion"] == "completed")


def test_the_course_moves_on_by_itself_when_the_connection_comes_back(desk: Desk, trip: str) -> None:
    page = desk.open(desk.link(desk.register(trip)))
    content(page, 1)
    desk.wire.cut()
    page.click("[data-nav=continue]")
    expect(page.get_by_role("heading", name="Waiting for the connection")).to_be_visible()
    desk.wire.mend()
    assert content(page, 2).inner_text("h1") == "Trains"


def test_two_windows_of_one_registration_ask_and_the_older_one_stops(desk: Desk, trip: str) -> None:
    registration = desk.register(trip)
    first = desk.open(desk.link(registration))
    old = content(first, 1)
    second = desk.open(desk.link(registration))
    expect(second.get_by_role("heading", name="This course is open in another window")).to_be_visible()
    expect(second.locator("iframe")).to_have_count(0)
    second.get_by_role("button", name="Continue here").click()
    set_value(content(second), "cmi.location", "second")
    set_value(old, "cmi.location", "first")
    expect(first.get_by_role("heading", name="You went on in another window")).to_be_visible()
    expect(first.locator("iframe")).to_have_count(0)
    time.sleep(0.6)
    assert desk.values(registration)["cmi.location"] == "second"
    third = desk.open(desk.link(registration))
    third.get_by_role("button", name="Leave").click()
    expect(third.get_by_role("heading", name="You can close this window")).to_be_visible()


def test_a_reload_goes_on_after_the_link_has_expired_and_a_new_window_does_not(desk: Desk, trip: str) -> None:
    registration = desk.register(trip)
    link = desk.link(registration, expires_in_seconds=2)
    page = desk.open(link)
    set_value(content(page, 1), "cmi.location", "here")
    time.sleep(2.2)
    page.reload()
    assert content(page).evaluate("api.GetValue('cmi.location')") == "here"
    other = desk.open(link)
    expect(other.get_by_role("heading", name="This link has expired")).to_be_visible()


def test_a_preview_says_that_nothing_is_recorded(desk: Desk, trip: str) -> None:
    page = desk.open(desk.preview(trip))
    content(page, 1).click("#complete")
    expect(page.locator(".banner")).to_have_text("Preview — nothing is recorded")
    expect(page.locator(".saved")).to_have_text("Not recorded")
    page.click("[data-nav=continue]")
    content(page, 2)
    page.click("[data-nav=suspendAll]")
    expect(page.get_by_role("heading", name="The preview has ended")).to_be_visible()


def test_leaving_goes_where_the_link_says(desk: Desk, quiz: str) -> None:
    page = desk.open(desk.link(desk.register(quiz), exit_url=f"{desk.server.console}/health"))
    content(page, 1)
    page.click("[data-nav=suspendAll]")
    page.wait_for_url(re.compile(r".*/health$"))


def test_the_contents_are_usable_by_keyboard(desk: Desk, trip: str) -> None:
    page = desk.open(desk.link(desk.register(trip)))
    content(page, 1)
    page.locator("[data-activity=item-1]").focus()
    page.keyboard.press("End")
    expect(page.locator("[data-activity=item-2-2]")).to_be_focused()
    page.keyboard.press("Enter")
    assert content(page, 2).inner_text("h1") == "Ferries"
    expect(page.locator("iframe[name=content]")).to_be_focused()


def test_on_a_small_screen_everything_is_within_reach(desk: Desk, trip: str) -> None:
    page = desk.open(desk.link(desk.register(trip)))
    page.set_viewport_size({"width": 320, "height": 600})
    page.reload()
    content(page)
    assert page.evaluate("document.documentElement.scrollWidth") == 320
    assert _inside(page, "[data-nav=continue]")
    expect(page.locator("[data-nav=suspendAll]")).to_be_hidden()
    page.get_by_role("button", name="More").click()
    assert all(_inside(page, f"[data-nav={name}]") for name in ("suspendAll", "exitAll", "abandonAll"))
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Contents").click()
    assert _inside(page, "[data-activity=item-2-2]")
    page.click("[data-activity=item-2-2]")
    content(page)
    expect(page.locator("#toc")).to_be_hidden()


def _inside(page: Page, selector: str) -> bool:
    box = page.locator(selector).bounding_box()
    return box is not None and box["x"] >= 0 and box["x"] + box["width"] <= 320 and box["height"] >= 24
