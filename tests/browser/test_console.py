"""An operator's way through the console in a real Chromium against the real server."""

import re
import zipfile
from collections.abc import Iterator
from io import BytesIO

import pytest
from playwright.sync_api import expect

from tests.browser.console_desk import Operator, accessibility_faults, drop_file, open_operator
from tests.live import LiveServer
from tests.packages import Sco, scorm12_package

pytestmark = pytest.mark.timeout(240)


@pytest.fixture
def operator(live_server: LiveServer) -> Iterator[Operator]:
    """An operator's browser."""
    with open_operator(live_server) as operator:
        yield operator


@pytest.fixture
def quiz(live_server: LiveServer) -> str:
    """A course that plays."""
    return live_server.import_course(scorm12_package("Harbour quiz", (Sco("The quiz", "quiz.html"),)), "quiz.zip")


def test_a_wrong_password_is_said_clearly_and_what_was_typed_stays(operator: Operator) -> None:
    page = operator.window().new_page()
    page.goto("/courses?q=safety")
    expect(page).to_have_url(re.compile("/sign-in"))
    page.fill("[name=email]", operator.server.email)
    page.fill("[name=password]", "not this one")
    page.click("button:has-text('Sign in')")
    expect(page.get_by_role("alert")).to_be_visible()
    assert page.input_value("[name=email]") == operator.server.email
    assert page.input_value("[name=password]") == ""
    page.fill("[name=password]", operator.server.password)
    page.click("button:has-text('Sign in')")
    expect(page).to_have_url(re.compile(r"/courses\?q=safety$"))
    page.click("summary:has-text('your account')")
    page.click("button:has-text('Sign out')")
    expect(page).to_have_url(re.compile("/sign-in$"))
    page.goto("/courses")
    expect(page).to_have_url(re.compile("/sign-in"))


def test_a_dropped_package_is_checked_unpacked_and_ready_while_people_look_elsewhere(operator: Operator) -> None:
    page = operator.sign_in()
    page.goto("/courses")
    row = page.locator("#uploads .upload", has_text="tides.zip")
    drop_file(page, "tides.zip", scorm12_package("Tides", (Sco("High water", "high.html"),)))
    expect(row).to_be_visible()
    page.goto("/destinations")
    page.goto("/courses")
    expect(row.locator(".state")).to_have_text("Ready", timeout=60_000)
    row.get_by_role("link", name="tides.zip").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Tides")
    expect(page.locator(".tree")).to_contain_text("High water")


def test_a_package_that_cannot_be_played_says_why_and_what_to_do(operator: Operator) -> None:
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("readme.txt", "no course here")
    page = operator.sign_in()
    page.goto("/courses")
    drop_file(page, "notes.zip", buffer.getvalue())
    row = page.locator(".upload", has_text="notes.zip")
    expect(row.locator(".state")).to_have_text("Failed", timeout=60_000)
    row.get_by_text("What was found").click()
    expect(page.locator(".issue.error")).not_to_have_count(0)


def test_preview_opens_the_player_on_the_content_origin(operator: Operator, quiz: str) -> None:
    page = operator.sign_in()
    page.goto(f"/courses/{quiz}")
    with page.expect_popup() as opened:
        page.click("button:has-text('Preview')")
    player = opened.value
    player.wait_for_selector("html[data-session=active]")
    assert player.url.startswith(operator.server.content)


def test_testing_as_a_learner_leaves_a_registration_with_its_calls(operator: Operator, quiz: str) -> None:
    page = operator.sign_in()
    page.goto(f"/courses/{quiz}")
    with page.expect_popup() as opened:
        page.click("button:has-text('Test as a learner')")
    opened.value.wait_for_selector("html[data-session=active]")
    page.goto("/learners")
    expect(page.locator("td:has(a.name)", has_text="(test)").locator(".chip")).to_have_text("test")
    page.goto(f"/courses/{quiz}/registrations")
    expect(page.locator("td:has(a.name)", has_text="(test)").locator(".chip")).to_have_text("test")
    page.click("td a.name >> nth=0")
    expect(page.locator("main")).to_contain_text("The quiz")
    page.click("nav[aria-label='Sides of this registration'] >> text=Launches")
    page.click(".timeline a")
    expect(page.get_by_role("heading", name="Calls", exact=True)).to_be_visible()


def test_a_learner_is_registered_by_hand_and_her_launch_link_opens_the_course(operator: Operator, quiz: str) -> None:
    page = operator.sign_in()
    page.goto(f"/courses/{quiz}/registrations")
    page.click("text=Register a learner")
    page.fill("[name=name]", "Lena Berg")
    page.fill("[name=email]", "lena at example")
    page.click("button:has-text('Register')")
    expect(page.locator("#wrong-external_id")).to_be_visible()
    expect(page.locator("#wrong-email")).to_be_visible()
    assert page.input_value("[name=name]") == "Lena Berg"
    page.fill("[name=external_id]", "lena-7")
    page.fill("[name=email]", "lena@example.com")
    page.click("button:has-text('Register')")
    expect(page.get_by_role("heading", name="Launch link")).to_be_visible()
    link = page.input_value("#launch-link")
    assert accessibility_faults(page) == []
    learner = operator.window().new_page()
    learner.goto(link)
    learner.wait_for_selector("html[data-session=active]")
    page.reload()
    expect(page.locator("h1 + .lead")).to_contain_text("Lena Berg")


def test_a_dispatch_is_made_and_its_package_downloaded(operator: Operator, quiz: str) -> None:
    page = operator.sign_in()
    page.goto("/dispatches/new")
    page.fill("[name=registration_cap]", "many")
    page.select_option("[name=course_id]", quiz)
    page.click("button:has-text('Make the dispatch')")
    expect(page.locator("#wrong-registration_cap")).to_be_visible()
    expect(page.locator("#wrong-destination_id")).to_be_visible()
    assert page.input_value("[name=course_id]") == quiz
    page.click("a:has-text('New destination')")
    page.fill("[name=name]", "Fabrikam Academy")
    page.fill("[name=lms_origins]", "https://lms.fabrikam.example")
    page.click("button:has-text('Make the destination')")
    page.select_option("[name=course_id]", quiz)
    page.fill("[name=registration_cap]", "25")
    page.click("button:has-text('Make the dispatch')")
    expect(page.get_by_role("heading", level=1)).to_have_text("Harbour quiz")
    expect(page.locator("#letter")).to_contain_text("25 learners")
    with page.expect_download() as downloading:
        page.click(".choice-card.best a")
    with zipfile.ZipFile(downloading.value.path()) as package:
        assert "imsmanifest.xml" in package.namelist()
    page.click("button:has-text('Pause')")
    page.click("dialog button[value=yes]")
    expect(page.locator(".page-top .state")).to_have_text("Paused")
    page.click(".toast-note button:has-text('Undo')")
    expect(page.locator(".page-top .state")).to_have_text("Open")


def test_a_key_is_shown_once_and_opens_the_api_until_it_is_revoked(operator: Operator) -> None:
    page = operator.sign_in()
    page.goto("/settings/api-keys")
    page.fill("[name=name]", "Nightly sync")
    page.click("button:has-text('Make the key')")
    expect(page.locator("#wrong-scopes")).to_be_visible()
    assert page.input_value("[name=name]") == "Nightly sync"
    page.check("text=See courses")
    page.click("button:has-text('Make the key')")
    credential = page.inner_text("#credential")
    asked = page.request.get("/api/courses", headers={"X-API-Key": credential, "Cookie": ""})
    assert asked.status == 200
    page.goto("/settings/api-keys")
    assert credential not in page.content()
    page.locator("tr", has_text="Nightly sync").get_by_role("button", name="Revoke").click()
    page.click("dialog button[value=yes]")
    expect(page.locator("tr", has_text="Nightly sync")).to_contain_text("Revoked")


def test_a_deleted_course_comes_back_with_undo(operator: Operator, quiz: str) -> None:
    page = operator.sign_in()
    page.goto(f"/courses/{quiz}")
    page.click("summary[aria-label='More actions']")
    page.click("button:has-text('Put into the bin')")
    expect(page.locator("dialog[open]")).to_contain_text("Results stay")
    page.click("dialog button:has-text('Keep it as it is')")
    page.click("summary[aria-label='More actions']")
    page.click(".menu-list button:has-text('Put into the bin')")
    page.click("dialog button[value=yes]")
    expect(page.locator(".toast-note")).to_contain_text("in the bin")
    expect(page.locator(f"#list a[href='/courses/{quiz}']")).to_have_count(0)
    page.click(".toast-note button:has-text('Undo')")
    expect(page.get_by_role("heading", level=1)).to_have_text("Harbour quiz")
