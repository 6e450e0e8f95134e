"""What a course asks of the player: controls it hides, navigation it requests, resources it offers beside its parts."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.browser.learning import Desk, content, finds_nothing, open_desk
from tests.live import LiveServer
from tests.packages import PAGE_2004, Sco, scorm2004_manifest, scorm2004_package, zip_of

pytestmark = pytest.mark.timeout(180)

CONTROLS = {"previous", "continue", "suspendAll", "exitAll", "abandonAll"}
HIDEABLE = ("previous", "continue", "exit", "exitAll", "abandon", "abandonAll", "suspendAll")
AUXILIARY = '<imsss:auxiliaryResources><imsss:auxiliaryResource auxiliaryResourceID="{}" purpose="{}"/></imsss:auxiliaryResources>'


def _hiding(*controls: str) -> str:
    hidden = "".join(f"<adlnav:hideLMSUI>{one}</adlnav:hideLMSUI>" for one in controls)
    return (
        f"<adlnav:presentation><adlnav:navigationInterface>{hidden}</adlnav:navigationInterface></adlnav:presentation>"
    )


@pytest.fixture(scope="module")
def desk(live_server: LiveServer) -> Iterator[Desk]:
    """A learner's desk."""
    with open_desk(live_server) as desk:
        yield desk


@pytest.fixture(scope="module")
def trip(live_server: LiveServer) -> str:
    """A course of three SCOs."""
    parts = (Sco("Packing", "packing.html"), Sco("Trains", "trains.html"), Sco("Ferries", "ferries.html"))
    return live_server.import_course(scorm2004_package("A trip", parts))


def test_every_control_that_a_course_hides_is_absent(desk: Desk) -> None:
    parts = [Sco("Nothing", "nothing.html"), *(Sco(one, f"{one}.html", extra=_hiding(one)) for one in HIDEABLE)]
    parts.append(Sco("All", "all.html", extra=_hiding(*HIDEABLE)))
    course = desk.server.import_course(scorm2004_package("Hiding", tuple(parts)))
    page = desk.open(desk.link(desk.register(course, learner="hiding")))
    content(page, 1)
    for number, part in enumerate(parts, 1):
        page.click(f"[data-activity=item-{number}]")
        content(page, number + 1)
        expect(page.locator("html")).to_have_attribute("data-current", f"item-{number}")
        shown = {one.get_attribute("data-nav") for one in page.locator("[data-nav]").all()}
        hidden = set(HIDEABLE) if part.title == "All" else {part.title}
        assert shown == CONTROLS - hidden, part.title
        more = page.get_by_role("button", name="More")
        expect(more).to_have_count(1 if "abandonAll" in shown else 0)
    page.close()


def test_content_that_hides_every_control_and_ends_without_a_word_leaves_a_way_out(desk: Desk) -> None:
    course = desk.server.import_course(scorm2004_package("Alone", (Sco("All", "all.html", extra=_hiding(*HIDEABLE)),)))
    page = desk.open(desk.link(desk.register(course, learner="alone")))
    frame = content(page, 1)
    expect(page.locator("[data-nav]")).to_have_count(0)
    frame.evaluate("window.api.Terminate('')")
    expect(page.locator("[data-nav=exitAll]")).to_be_enabled()
    page.locator("[data-nav=exitAll]").click()
    expect(page.locator("html")).to_have_attribute("data-session", "ended")
    page.close()


@pytest.mark.parametrize(
    ("asked", "then"),
    [
        ("continue", "Ferries"),
        ("previous", "Packing"),
        ("{target=item-3}choice", "Ferries"),
        ("{target=item-1}jump", "Packing"),
        ("exit", "What would you like to do next?"),
        ("abandon", "What would you like to do next?"),
        ("exitAll", "ended"),
        ("abandonAll", "ended"),
        ("suspendAll", "ended"),
        ("_none_", "Trains"),
    ],
)
def test_what_content_asks_for_when_it_ends_is_done(desk: Desk, trip: str, asked: str, then: str) -> None:
    registration = desk.register(trip, learner=f"asks-{asked}")
    page = desk.open(desk.link(registration))
    content(page, 1)
    page.click("[data-activity=item-2]")
    content(page, 2).evaluate(
        "(asked) => { api.SetValue('cmi.location', 'half way'); api.SetValue('adl.nav.request', asked); api.Terminate(''); }",
        asked,
    )
    if then == "ended":
        expect(page.locator("html")).to_have_attribute("data-session", "ended")
        _comes_back_to(desk, page, registration, "Trains" if asked == "suspendAll" else "Packing")
    elif then.endswith("?"):
        expect(page.get_by_role("heading", name=then)).to_be_visible()
        expect(page.locator("html")).to_have_attribute("data-session", "active")
    elif asked == "_none_":
        expect(page.locator(".notice")).to_have_text("This part is finished. Continue, or choose what comes next.")
        expect(page.locator("[data-nav=continue]")).to_have_class("tool continue primary")
    else:
        assert content(page, 3).inner_text("h1") == then
    page.close()


def _comes_back_to(desk: Desk, page: Page, registration: str, title: str) -> None:
    page.goto(desk.link(registration))
    frame = content(page, 1)
    assert frame.inner_text("h1") == title
    assert frame.evaluate("api.GetValue('cmi.location')") == ("half way" if title == "Trains" else "")


@pytest.mark.parametrize("asked", ["{target=nowhere}choice", "{target=nowhere}jump", "{target=item-1}exit"])
def test_what_cannot_be_asked_for_leads_nowhere_and_nothing_is_lost(desk: Desk, trip: str, asked: str) -> None:
    page = desk.open(desk.link(desk.register(trip, learner=f"nowhere-{asked}")))
    content(page, 1).evaluate("(asked) => { api.SetValue('adl.nav.request', asked); api.Terminate(''); }", asked)
    expect(page.locator("html")).to_have_attribute("data-session", "active")
    page.click("[data-activity=item-2]")
    assert content(page, 2).inner_text("h1") == "Trains"
    page.close()


@pytest.fixture(scope="module")
def guided(live_server: LiveServer) -> str:
    """A course with resources beside its parts: one of a module, one of its first part."""
    flow = '<imsss:controlMode choice="true" flow="true"/>'
    module = Sco(
        "On the road",
        extra=f"<imsss:sequencing>{flow}{AUXILIARY.format('map', 'Map of the region')}</imsss:sequencing>",
        children=(
            Sco("Trains", "trains.html", extra=f"<imsss:sequencing>{AUXILIARY.format('words', '')}</imsss:sequencing>"),
            Sco("Ferries", "ferries.html"),
        ),
    )
    resources = "".join(
        f'<resource identifier="{name}" type="webcontent" adlcp:scormType="asset" href="{href}"><file href="{href}"/></resource>'
        for name, href in (("map", "extra/map.html"), ("words", "words.html"))
    )
    manifest = scorm2004_manifest("A trip", (Sco("Packing", "packing.html"), module))
    files = {"extra/map.html": "<title>The map</title><p>Here be dragons", "words.html": "<title>Words</title>"}
    pages = {f"{name.lower()}.html": PAGE_2004.format(title=name) for name in ("Packing", "Trains", "Ferries")}
    manifest = manifest.replace("</resources>", f"{resources}</resources>")
    return live_server.import_course(zip_of({"imsmanifest.xml": manifest, **pages, **files}))


def test_what_a_course_offers_beside_a_part_opens_in_a_window_of_its_own(desk: Desk, guided: str) -> None:
    page = desk.open(desk.link(desk.register(guided, learner="guided")))
    content(page, 1)
    toggle = page.get_by_role("button", name="Resources")
    expect(toggle).to_have_count(0)
    page.click("[data-nav=continue]")
    content(page, 2)
    toggle.focus()
    page.keyboard.press("Enter")
    expect(toggle).to_have_attribute("aria-expanded", "true")
    links = page.get_by_role("link", name="opens in a new window")
    assert links.all_inner_texts() == ["words\n, opens in a new window", "Map of the region\n, opens in a new window"]
    assert {one.get_attribute("rel") for one in links.all()} == {"noopener noreferrer"}
    expect(links.first).to_be_focused()
    finds_nothing(page, "with the resources open")
    page.keyboard.press("Escape")
    expect(toggle).to_be_focused()
    expect(links).to_have_count(0)
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    with page.context.expect_page() as opened:
        page.keyboard.press("Enter")
    expect(opened.value).to_have_title("The map")
    assert opened.value.evaluate("opener") is None
    opened.value.close()
    expect(toggle).to_have_attribute("aria-expanded", "false")
    page.set_viewport_size({"width": 320, "height": 600})
    toggle.click()
    box = page.locator("#resources").bounding_box()
    assert box is not None and box["x"] >= 0 and box["x"] + box["width"] <= 320
    toggle.click()
    page.set_viewport_size({"width": 1280, "height": 800})
    page.click("[data-nav=suspendAll]")
    expect(page.locator("html")).to_have_attribute("data-session", "ended")
    expect(toggle).to_have_count(0)
    page.close()


def test_a_learner_the_course_leads_nowhere_can_always_leave(desk: Desk) -> None:
    """The way is closed by a rule and nothing may be chosen: also after a reload, with no part open."""
    closed = (
        "<imsss:sequencing><imsss:sequencingRules><imsss:preConditionRule><imsss:ruleConditions>"
        '<imsss:ruleCondition condition="always"/></imsss:ruleConditions><imsss:ruleAction action="disabled"/>'
        "</imsss:preConditionRule></imsss:sequencingRules></imsss:sequencing>"
    )
    parts = (Sco("Test", "test.html"), Sco("Closed", "closed.html", extra=closed))
    flow = '<imsss:sequencing><imsss:controlMode choice="false" flow="true"/></imsss:sequencing>'
    manifest = scorm2004_manifest("No way", parts, sequencing=flow)
    pages = {part.href: PAGE_2004.format(title=part.title) for part in parts}
    course = desk.server.import_course(zip_of({"imsmanifest.xml": manifest, **pages}))
    page = desk.open(desk.link(desk.register(course, learner="nowhere")))
    content(page, 1)
    page.click("[data-nav=continue]")
    expect(page.get_by_role("heading", name="What would you like to do next?")).to_be_visible()
    expect(page.locator("#stage")).to_contain_text("You can leave the course here.")
    expect(page.locator("[data-nav=exitAll]")).to_be_enabled()
    page.locator("[data-nav=suspendAll]").click()
    expect(page.locator("html")).to_have_attribute("data-session", "ended")
    page.close()
