"""An operator's way through the console in a real Chromium against the real server."""

import re
import zipfile
from collections.abc import Iterator
from io import BytesIO
from uuid import UUID

import pytest
from benchmarks.console_data import Size, fill
from playwright.sync_api import expect

from tests.browser.console_desk import (
    NARROW,
    Operator,
    accessibility_faults,
    drop_file,
    open_operator,
    scrolls_sideways,
)
from tests.live import LiveServer
from tests.packages import Sco, scorm12_package

pytestmark = pytest.mark.timeout(240)

DISPATCH = "/dispatches/01900004-0000-7000-8000-000000000004"
REGISTRATION = "/registrations/01900006-0000-7000-8000-00000000003a"
COURSE = "/courses/01900001-0000-7000-8000-000000000003"
PAGES = (
    "/", "/courses", COURSE, f"{COURSE}/report", f"{COURSE}/versions", f"{COURSE}/registrations", f"{COURSE}/dispatches", f"{COURSE}/settings", f"{COURSE}/files",
    "/destinations", "/destinations/new", "/destinations/01900003-0000-7000-8000-000000000002",
    "/dispatches", "/dispatches/new", DISPATCH, f"{DISPATCH}/learners", f"{DISPATCH}/usage", f"{DISPATCH}/selftests", f"{DISPATCH}/edit",
    "/learners", "/learners/01900005-0000-7000-8000-000000000002", "/registrations", REGISTRATION, f"{REGISTRATION}/launches",
    f"{REGISTRATION}/launches/01900008-0000-7000-8000-00000000003a", f"{REGISTRATION}/answers", f"{REGISTRATION}/statements", f"{REGISTRATION}/lms", f"{REGISTRATION}/change",
    "/statements", "/reports", "/reports/destinations", "/activity", "/search?q=safe",
    "/settings", "/settings/users", "/settings/api-keys", "/settings/lrs-keys", "/settings/account", "/settings/tenants",
)  # fmt: skip
EMPTY_PAGES = ("/", "/courses", "/destinations", "/dispatches", "/learners", "/registrations", "/statements", "/reports", "/reports/destinations", "/activity")


@pytest.fixture
def operator(live_server: LiveServer) -> Iterator[Operator]:
    """An operator's browser."""
    with open_operator(live_server) as operator:
        yield operator


@pytest.fixture
def busy(live_server: LiveServer) -> None:
    """Courses, customers, dispatches, learners, results."""
    fill(live_server.database_url, UUID(live_server.tenant_id), Size(courses=12, registrations=240, customers=8))


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


def test_too_many_wrong_passwords_are_told_how_long_to_wait(operator: Operator) -> None:
    page = operator.window().new_page()
    page.goto("/sign-in")
    for _ in range(12):
        page.fill("[name=email]", "nobody@northwind.example")
        page.fill("[name=password]", "wrong again")
        page.click("button:has-text('Sign in')")
    expect(page.get_by_role("alert")).to_contain_text("minutes")


def test_a_dropped_package_is_checked_unpacked_and_ready_while_people_look_elsewhere(operator: Operator) -> None:
    page = operator.sign_in()
    expect(page.get_by_role("heading", name="Welcome to Courseway")).to_be_visible()
    page.goto("/courses")
    drop_file(page, "harbour.zip", scorm12_package("Harbour quiz", (Sco("The quiz", "quiz.html"),)))
    expect(page.locator(".upload .title", has_text="harbour.zip")).to_be_visible()
    expect(page.locator(".upload .state")).to_have_text("Ready", timeout=60_000)
    page.goto("/destinations")
    page.goto("/courses")
    expect(page.locator(".upload .state")).to_have_text("Ready")
    page.click(".upload a:has-text('harbour.zip')")
    expect(page.get_by_role("heading", level=1)).to_have_text("Harbour quiz")
    expect(page.locator(".tree")).to_contain_text("The quiz")


def test_a_package_that_cannot_be_played_says_why_and_what_to_do(operator: Operator) -> None:
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("readme.txt", "no course here")
    page = operator.sign_in()
    page.goto("/courses")
    drop_file(page, "notes.zip", buffer.getvalue())
    expect(page.locator(".upload .state")).to_have_text("Failed", timeout=60_000)
    page.click("text=What was found")
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
    page.goto(f"/courses/{quiz}/registrations")
    page.click("td a.name")
    expect(page.locator("main")).to_contain_text("The quiz")
    page.click("nav[aria-label='Sides of this registration'] >> text=Launches")
    page.click(".timeline a")
    expect(page.get_by_role("heading", name="Calls", exact=True)).to_be_visible()


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
    expect(page.locator("#list")).not_to_contain_text("Harbour quiz")
    page.click(".toast-note button:has-text('Undo')")
    expect(page.get_by_role("heading", level=1)).to_have_text("Harbour quiz")


@pytest.mark.usefixtures("busy")
def test_everything_is_reached_without_a_mouse(operator: Operator) -> None:
    page = operator.sign_in()
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to the content"
    page.keyboard.press("Enter")
    page.wait_for_function("document.activeElement.id === 'main'")
    page.keyboard.press("Control+k")
    page.keyboard.type("fire saf")
    expect(page.locator("#palette-results a[aria-selected=true]")).to_contain_text("Fire safety")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Fire safety")
    page.keyboard.press("Control+k")
    expect(page.locator("#palette")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("#palette")).to_be_hidden()


@pytest.mark.usefixtures("busy")
def test_a_list_is_searched_while_typing_and_its_address_can_be_shared(operator: Operator) -> None:
    page = operator.sign_in()
    page.goto("/courses")
    page.locator(".list-bar input[type=search]").press_sequentially("phish", delay=20)
    expect(page.locator("#list")).not_to_contain_text("Manual handling")
    expect(page).to_have_url(re.compile("q=phish"))
    page.reload()
    expect(page.locator("#list")).not_to_contain_text("Manual handling")
    page.goto("/learners?sort=name")
    names = page.locator("#list tbody a.name").all_inner_texts()
    assert names == sorted(names, key=str.lower)
    page.click("a[rel=next]")
    later = page.locator("#list tbody a.name").all_inner_texts()
    assert later and later[0].lower() >= names[-1].lower()
    exported = page.request.get("/learners.csv").text().strip().splitlines()
    assert len(exported) == 1 + 120


@pytest.mark.usefixtures("busy")
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_page_has_a_serious_fault_of_accessibility(operator: Operator, scheme: str) -> None:
    page = operator.sign_in(color_scheme=scheme)
    faults = {}
    for path in PAGES:
        answer = page.goto(path)
        assert answer is not None and answer.status == 200, path
        faults[path] = accessibility_faults(page)
    assert {path: found for path, found in faults.items() if found} == {}


def test_empty_pages_and_the_sign_in_have_no_serious_fault_either(operator: Operator) -> None:
    page = operator.sign_in()
    faults = {}
    for path in EMPTY_PAGES:
        page.goto(path)
        faults[path] = accessibility_faults(page)
    stranger = operator.window().new_page()
    stranger.goto("/sign-in")
    faults["/sign-in"] = accessibility_faults(stranger)
    assert {path: found for path, found in faults.items() if found} == {}


@pytest.mark.usefixtures("busy")
def test_no_page_scrolls_sideways_on_a_telephone(operator: Operator) -> None:
    page = operator.sign_in(viewport=NARROW)
    assert [path for path in PAGES if page.goto(path) and scrolls_sideways(page)] == []
    page.goto("/")
    page.click("button[aria-label=Menu]")
    page.click(".sidebar >> text=Dispatches")
    expect(page.get_by_role("heading", level=1)).to_have_text("Dispatches")


@pytest.mark.usefixtures("busy")
def test_pages_can_be_read_with_script_off(operator: Operator) -> None:
    page = operator.sign_in(java_script_enabled=False)
    page.goto("/courses")
    expect(page.locator("#list")).to_contain_text("Fire safety")
    expect(page.locator("#list time").first).to_contain_text("UTC")
    page.fill(".list-bar input[type=search]", "phishing")
    page.keyboard.press("Enter")
    expect(page.locator("#list")).not_to_contain_text("Fire safety")
    page.goto("/")
    expect(page.locator("figure.chart svg rect").first).to_be_attached()
    page.click("summary:has-text('your account')")
    expect(page.get_by_role("button", name="Sign out")).to_be_visible()


def test_the_chosen_theme_is_remembered(operator: Operator) -> None:
    page = operator.sign_in(color_scheme="light")
    page.click("[data-theme-toggle]")
    page.click("[data-theme-toggle]")
    page.goto("/courses")
    assert page.evaluate("document.documentElement.dataset.bsTheme") == "dark"
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") != "rgb(246, 245, 241)"


def test_a_strange_address_and_a_missing_right_are_answered_with_a_page(operator: Operator) -> None:
    page = operator.sign_in()
    for path in ("/nothing/here", "/courses/01900001-0000-7000-8000-00000000ffff"):
        answer = page.goto(path)
        assert answer is not None and answer.status == 404
        expect(page.get_by_role("heading", level=1)).to_be_visible()
    answer = page.goto("/")
    assert answer is not None
    headers = answer.headers
    assert headers["x-frame-options"] == "DENY"
    assert "script-src 'self'" in headers["content-security-policy"] and "unsafe" not in headers["content-security-policy"]
