"""The time allowed for a part, and what a course wants done when it is over: four actions in two standards."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.browser.learning import Desk, content, finds_nothing, open_desk, set_value
from tests.live import LiveServer
from tests.packages import Sco, scorm12_package, scorm2004_package

pytestmark = pytest.mark.timeout(180)

STANDARDS = ("scorm12", "scorm2004")
LOCATION = {"scorm12": "cmi.core.lesson_location", "scorm2004": "cmi.location"}
EXIT = {"scorm12": "cmi.core.exit", "scorm2004": "cmi.exit"}
OVER = "The time for this part is over"


@pytest.fixture(scope="module")
def desk(live_server: LiveServer) -> Iterator[Desk]:
    """A learner's desk."""
    with open_desk(live_server) as desk:
        yield desk


def _exam(desk: Desk, standard: str, action: str, seconds: int, *more: Sco) -> str:
    if standard == "scorm12":
        limit = (
            f"<adlcp:maxtimeallowed>0000:00:{seconds:02}</adlcp:maxtimeallowed>"
            f"<adlcp:timelimitaction>{action}</adlcp:timelimitaction>"
        )
        package = scorm12_package("Exam", (Sco("Exam", "exam.html", extra=limit), *more))
    else:
        limit = (
            f"<adlcp:timeLimitAction>{action}</adlcp:timeLimitAction><imsss:sequencing>"
            f'<imsss:limitConditions attemptAbsoluteDurationLimit="PT{seconds}S"/></imsss:sequencing>'
        )
        package = scorm2004_package("Exam", (Sco("Exam", "exam.html", extra=limit), *more))
    return desk.server.import_course(package)


def _over(page: Page) -> None:
    expect(page.locator("html")).to_have_attribute("data-session", "ended")


@pytest.mark.parametrize("standard", STANDARDS)
def test_exit_with_a_message_warns_tells_and_leaves(desk: Desk, standard: str) -> None:
    registration = desk.register(_exam(desk, standard, "exit,message", 3), learner=f"message-{standard}")
    page = desk.open(desk.link(registration))
    set_value(content(page, 1), LOCATION[standard], "page 2")
    expect(page.locator(".notice")).to_have_text("3 seconds are left for this part.")
    expect(page.locator("[role=status].sr")).to_contain_text("3 seconds are left for this part.")
    dialog = page.get_by_role("dialog", name=OVER)
    expect(dialog).to_be_visible()
    expect(dialog.get_by_role("status")).to_contain_text("What you did is saved.")
    expect(dialog.get_by_role("button", name="OK")).to_be_focused()
    finds_nothing(page, "when the time is over")
    page.keyboard.press("Enter")
    _over(page)
    assert desk.values(registration)[LOCATION[standard]] == "page 2"
    page.close()


@pytest.mark.parametrize("standard", STANDARDS)
def test_exit_without_a_message_warns_and_leaves(desk: Desk, standard: str) -> None:
    registration = desk.register(_exam(desk, standard, "exit,no message", 3), learner=f"silent-{standard}")
    page = desk.open(desk.link(registration))
    set_value(content(page, 1), LOCATION[standard], "page 2")
    expect(page.locator(".notice")).to_have_text("3 seconds are left for this part.")
    _over(page)
    expect(page.get_by_role("dialog")).to_have_count(0)
    assert desk.values(registration)[LOCATION[standard]] == "page 2"
    page.close()


@pytest.mark.parametrize("standard", STANDARDS)
def test_continue_with_a_message_tells_and_goes_on(desk: Desk, standard: str) -> None:
    page = desk.open(desk.link(desk.register(_exam(desk, standard, "continue,message", 2), learner=f"on-{standard}")))
    frame = content(page, 1)
    expect(page.locator(".notice")).to_be_hidden()
    expect(page.locator(".notice")).to_have_text("The time for this part is over. You can go on.")
    expect(page.locator("[role=status].sr")).to_have_text("The time for this part is over. You can go on.")
    set_value(frame, LOCATION[standard], "after")
    expect(page.get_by_role("dialog")).to_have_count(0)
    page.close()


@pytest.mark.parametrize("standard", STANDARDS)
def test_continue_without_a_message_says_nothing(desk: Desk, standard: str) -> None:
    course = _exam(desk, standard, "continue,no message", 1)
    page = desk.open(desk.link(desk.register(course, learner=f"nothing-{standard}")))
    frame = content(page, 1)
    page.wait_for_timeout(2_000)
    expect(page.locator(".notice")).to_be_hidden()
    set_value(frame, LOCATION[standard], "after")
    page.close()


def test_only_the_part_is_left_when_its_time_is_over_and_the_course_goes_on(desk: Desk) -> None:
    course = _exam(desk, "scorm2004", "exit,no message", 1, Sco("Afterwards", "after.html"))
    page = desk.open(desk.link(desk.register(course, learner="parts")))
    expect(page.get_by_role("heading", name="What would you like to do next?")).to_be_visible()
    page.click("[data-activity=item-2]")
    assert content(page, 2).inner_text("h1") == "Afterwards"
    page.close()


@pytest.mark.parametrize("standard", STANDARDS)
def test_time_spent_in_earlier_sessions_of_the_attempt_counts(desk: Desk, standard: str) -> None:
    registration = desk.register(_exam(desk, standard, "exit,message", 50), learner=f"resumed-{standard}")
    page = desk.open(desk.link(registration))
    frame = content(page, 1)
    set_value(frame, EXIT[standard], "suspend")
    name = "cmi.core.session_time" if standard == "scorm12" else "cmi.session_time"
    set_value(frame, name, "0000:00:48" if standard == "scorm12" else "PT48S")
    page.click("[data-nav=suspendAll]")
    _over(page)
    page.goto(desk.link(registration))
    content(page, 1)
    expect(page.locator(".notice")).to_have_text("2 seconds are left for this part.")
    expect(page.get_by_role("dialog", name=OVER)).to_be_visible()
    page.close()


def test_an_attempt_whose_time_is_over_is_not_suspended_whatever_its_content_asked_for(desk: Desk) -> None:
    registration = desk.register(_exam(desk, "scorm2004", "exit,no message", 2), learner="again")
    page = desk.open(desk.link(registration))
    set_value(content(page, 1), "cmi.exit", "suspend")
    _over(page)
    page.goto(desk.link(registration))
    assert content(page, 1).evaluate("api.GetValue('cmi.entry')") == "ab-initio"
    expect(page.locator(".notice")).to_have_text("2 seconds are left for this part.")
    page.close()


def test_scorm_1_2_has_one_attempt_so_its_time_stays_used(desk: Desk) -> None:
    registration = desk.register(_exam(desk, "scorm12", "exit,message", 2), learner="used")
    page = desk.open(desk.link(registration))
    content(page, 1)
    page.get_by_role("dialog", name=OVER).get_by_role("button").click()
    _over(page)
    page.goto(desk.link(registration))
    expect(page.get_by_role("dialog", name=OVER)).to_be_visible()
    page.close()


def test_content_that_has_ended_is_left_to_be_read(desk: Desk) -> None:
    page = desk.open(desk.link(desk.register(_exam(desk, "scorm2004", "exit,message", 3), learner="ended")))
    content(page, 1).evaluate("api.SetValue('cmi.completion_status', 'completed'); api.Terminate('')")
    page.wait_for_timeout(4_000)
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(page.locator("iframe[name=content]")).to_be_visible()
    page.close()
