"""An operator with a course of several organizations: she sees them all and chooses which one is played."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.browser.console_desk import Operator, accessibility_faults, open_operator
from tests.browser.learning import content
from tests.live import LiveServer
from tests.packages import Sco, organizations_package, scorm12_package

pytestmark = pytest.mark.timeout(240)

WHOLE = (Sco("Basics", "basics.html", "basics"), Sco("Practice", "practice.html", "practice"))
SHORT = (Sco("In short", "short.html", "short"), Sco("Questions", "questions.html", "questions"))


@pytest.fixture
def operator(live_server: LiveServer) -> Iterator[Operator]:
    """An operator's browser."""
    with open_operator(live_server) as operator:
        yield operator


@pytest.fixture
def safety(live_server: LiveServer) -> str:
    """A course of two organizations."""
    package = organizations_package({"whole": ("The whole course", WHOLE), "short": ("Refresher", SHORT)})
    return live_server.import_course(package, "safety.zip")


def play(page: Page, button: str) -> Page:
    """Press a button that opens the player."""
    with page.expect_popup() as opened:
        page.click(f"button:has-text('{button}')")
    opened.value.wait_for_selector("html[data-session=active]")
    return opened.value


def test_an_operator_sees_every_organization_and_plays_the_one_she_chooses(operator: Operator, safety: str) -> None:
    page = operator.sign_in()
    page.goto(f"/courses/{safety}")
    expect(page.locator(".tree")).to_have_count(2)
    expect(page.locator(".tree >> nth=0")).to_contain_text(re.compile("The whole course.*default.*Basics.*Practice"))
    expect(page.locator(".tree >> nth=1")).not_to_contain_text("default")
    chosen = page.get_by_label("Organization to play")
    assert chosen.locator("option").all_inner_texts() == ["The whole course (default)", "Refresher"]
    assert accessibility_faults(page) == []
    player = play(page, "Preview")
    assert content(player, 1).inner_text("h1") == "Basics"
    assert player.title() == "Basics · The whole course"
    chosen.select_option(label="Refresher")
    player = play(page, "Preview")
    assert content(player, 1).inner_text("h1") == "In short"
    assert player.title() == "In short · Refresher"
    player.click("[data-nav=continue]")
    assert content(player, 2).inner_text("h1") == "Questions"
    player = play(page, "Test as a learner")
    assert content(player, 1).inner_text("h1") == "In short"
    page.goto(f"/courses/{safety}/registrations")
    page.click("td a.name >> nth=0")
    expect(page.locator(".lead")).to_contain_text("Refresher")
    expect(page.locator("main")).to_contain_text("Questions")


def test_a_course_of_one_organization_asks_nothing(operator: Operator) -> None:
    course = operator.server.import_course(scorm12_package("Plain", (Sco("One", "one.html"),)), "plain.zip")
    page = operator.sign_in()
    for address in (f"/courses/{course}", f"/courses/{course}/registrations/new", f"/dispatches/new?course={course}"):
        page.goto(address)
        expect(page.locator("[name=organization]")).to_have_count(0)


def test_a_learner_and_a_dispatch_get_the_organization_that_was_chosen(operator: Operator, safety: str) -> None:
    page = operator.sign_in()
    page.goto(f"/courses/{safety}/registrations/new")
    page.fill("[name=external_id]", "lena")
    page.get_by_label("Organization").select_option(label="Refresher")
    page.click("button:has-text('Register')")
    expect(page.locator(".lead")).to_contain_text("Refresher")
    page.goto("/destinations/new")
    page.fill("[name=name]", "Contoso")
    page.click("form button:has-text('destination') >> nth=-1")
    page.goto("/dispatches/new")
    expect(page.locator("[name=organization]")).to_have_count(0)
    page.locator("[name=course_id]").select_option(value=safety)
    page.get_by_label("Organization").select_option(label="Refresher")
    page.locator("[name=destination_id]").select_option(label="Contoso")
    page.click("button:has-text('Make the dispatch')")
    expect(page).to_have_url(re.compile(r"/dispatches/[0-9a-f-]{36}$"))
    page.goto(page.url + "/edit")
    expect(page.get_by_label("Organization")).to_have_value("short")
    assert accessibility_faults(page) == []
