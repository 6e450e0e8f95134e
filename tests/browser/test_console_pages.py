"""Every page of the console with much in it: for keyboards, screen readers, telephones, and browsers without script."""

import re
from collections.abc import Iterator
from uuid import UUID

import pytest
from benchmarks.console_data import Size, fill
from playwright.sync_api import expect

from tests.browser.console_desk import NARROW, Operator, accessibility_faults, open_operator, scrolls_sideways
from tests.live import LiveServer

pytestmark = [pytest.mark.timeout(400), pytest.mark.usefixtures("busy")]

DISPATCH = "/dispatches/01900004-0000-7000-8000-000000000004"
REGISTRATION = "/registrations/01900006-0000-7000-8000-00000000003a"
COURSE = "/courses/01900001-0000-7000-8000-000000000003"
PAGES = (
    "/", "/courses", COURSE, f"{COURSE}/report", f"{COURSE}/versions", f"{COURSE}/registrations", f"{COURSE}/dispatches", f"{COURSE}/previews", f"{COURSE}/settings", f"{COURSE}/files",
    "/destinations", "/destinations/new", "/destinations/01900003-0000-7000-8000-000000000002",
    "/dispatches", "/dispatches/new", DISPATCH, f"{DISPATCH}/learners", f"{DISPATCH}/usage", f"{DISPATCH}/selftests", f"{DISPATCH}/edit",
    "/learners", "/learners/01900005-0000-7000-8000-000000000002", "/registrations", REGISTRATION, f"{REGISTRATION}/launches",
    f"{REGISTRATION}/launches/01900008-0000-7000-8000-00000000003a", f"{REGISTRATION}/answers", f"{REGISTRATION}/statements", f"{REGISTRATION}/lms", f"{REGISTRATION}/change",
    "/statements", "/reports", "/reports/destinations", "/activity", "/search?q=safe",
    "/settings", "/settings/users", "/settings/api-keys", "/settings/lrs-keys", "/settings/account", "/settings/tenants",
)  # fmt: skip


@pytest.fixture(scope="module")
def busy(live_server: LiveServer) -> None:
    """Courses, customers, dispatches, learners, results."""
    fill(live_server.database_url, UUID(live_server.tenant_id), Size(courses=12, registrations=240, customers=8))


@pytest.fixture
def operator(live_server: LiveServer) -> Iterator[Operator]:
    """An operator's browser."""
    with open_operator(live_server) as operator:
        yield operator


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


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_page_has_a_serious_fault_of_accessibility(operator: Operator, scheme: str) -> None:
    page = operator.sign_in(color_scheme=scheme)
    faults = {}
    for path in PAGES:
        answer = page.goto(path)
        assert answer is not None and answer.status == 200, path
        faults[path] = accessibility_faults(page)
    assert {path: found for path, found in faults.items() if found} == {}


def test_no_page_scrolls_sideways_on_a_telephone(operator: Operator) -> None:
    page = operator.sign_in(viewport=NARROW)
    assert [path for path in PAGES if page.goto(path) and scrolls_sideways(page)] == []
    page.goto("/")
    page.click("button[aria-label=Menu]")
    page.click(".sidebar >> text=Dispatches")
    expect(page.get_by_role("heading", level=1)).to_have_text("Dispatches")


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
    assert (
        "script-src 'self'" in headers["content-security-policy"] and "unsafe" not in headers["content-security-policy"]
    )
