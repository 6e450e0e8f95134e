"""The console of a tenant that has nothing yet."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from tests.browser.console_desk import Operator, accessibility_faults, open_operator
from tests.live import LiveServer

pytestmark = pytest.mark.timeout(240)

EMPTY_PAGES = (
    "/",
    "/courses",
    "/destinations",
    "/dispatches",
    "/learners",
    "/registrations",
    "/statements",
    "/reports",
    "/reports/destinations",
    "/activity",
)


@pytest.fixture
def operator(live_server: LiveServer) -> Iterator[Operator]:
    """An operator's browser."""
    with open_operator(live_server) as operator:
        yield operator


def test_a_new_tenant_is_shown_three_steps(operator: Operator) -> None:
    page = operator.sign_in()
    expect(page.get_by_role("heading", name="Welcome to Courseway")).to_be_visible()
    expect(page.locator(".steps-list li")).to_have_count(3)
    page.click("text=Upload a package")
    expect(page.locator(".drop")).to_be_visible()


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


def test_too_many_wrong_passwords_are_told_how_long_to_wait(operator: Operator) -> None:
    page = operator.window().new_page()
    page.goto("/sign-in")
    for _ in range(12):
        page.fill("[name=email]", "nobody@northwind.example")
        page.fill("[name=password]", "wrong again")
        page.click("button:has-text('Sign in')")
    expect(page.get_by_role("alert")).to_contain_text("minutes")
