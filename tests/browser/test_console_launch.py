"""A launch in the console: its decisions in words, its calls narrowed, and the file it is exported as."""

import asyncio
import json
import re
from collections.abc import Iterator
from pathlib import Path
from uuid import UUID

import pytest
from playwright.sync_api import expect

from courseway.kit.db import Database
from courseway.learning.model.launch_file import parse_launch_file
from courseway.learning.model.replay import replay_launch
from courseway.tenants import platform_caller
from tests.browser.console_desk import NARROW, Operator, accessibility_faults, open_operator, scrolls_sideways
from tests.live import LiveServer
from tests.rooms.learning_room import make_room
from tests.rooms.played_launches import Content, launch_of, play_rules, sample

pytestmark = pytest.mark.timeout(400)

TRACE = [
    ("NB.2.1", 'Continue ends "warm-up" and flows on'),
    ("TB.2.3", 'the attempt on "warm-up" ends'),
    *[("RB.1.4", f"rule {number} did not fire") for number in range(1, 13)],
    ("SB.2.2", '"learn" is entered'),
    ("UP.2", '"places" is skipped: its rule fired'),
    ("DB.2", '"safety" is delivered'),
    ("NB.2.1", "Previous is off: nothing before it may be delivered"),
    ("NB.2.1", 'Choice of "final" is off: "safety" has to be passed first'),
]


async def fill(server: LiveServer, folder: Path) -> tuple[str, str]:
    """Play a launch and a preview; returns the addresses of their pages."""
    db = Database(server.database_url, min_size=1, max_size=4)
    await db.open()
    try:
        room = make_room(db, server.database_url, folder, platform_caller(UUID(server.tenant_id), "tests"))
        launch = await play_rules(room)
        async with db.tenant(room.caller.tenant_id) as tx:
            trace = json.dumps([{"clause": clause, "words": words} for clause, words in TRACE])
            await tx.run(
                "UPDATE navigations SET trace = %(trace)s::jsonb WHERE tenant_id = %(tenant_id)s AND nav = 2",
                {"trace": trace},
            )
        registration = (await room.service.launch(room.caller, launch)).launch.registration_id
        course_id = await room.insert_course(sample("quiz"))
        window = await room.window(await room.register(sample("quiz"), "bob"))
        window.link = (await room.service.preview_link(room.caller, course_id)).rsplit("/", 1)[1]
        content = await Content(window, room).open()
        content.call("Initialize")
        content.set(core__lesson_status="wonderful")
        await content.leave()
        return (
            f"/registrations/{registration}/launches/{launch}",
            f"/courses/{course_id}/previews/{launch_of(content)}",
        )
    finally:
        await db.close()


@pytest.fixture(scope="module")
def pages(live_server: LiveServer, tmp_path_factory: pytest.TempPathFactory) -> tuple[str, str]:
    return asyncio.run(fill(live_server, tmp_path_factory.mktemp("room")))


@pytest.fixture
def operator(live_server: LiveServer) -> Iterator[Operator]:
    with open_operator(live_server) as operator:
        yield operator


def test_a_launch_explains_itself(operator: Operator, pages: tuple[str, str]) -> None:
    page = operator.sign_in()
    page.goto(pages[0])
    move = page.locator(".move", has=page.get_by_text("navigation 2"))
    expect(move.get_by_role("heading", level=3)).to_have_text(re.compile("Continue\\s*Safe on the quay was delivered"))
    expect(move.get_by_role("heading", level=4)).to_have_text(
        ["Navigation request", "Ending what was open", "Rollup", "Why off"]
    )
    expect(move.locator(".off")).to_contain_text("Nothing before it may be delivered")
    expect(move.locator(".off")).to_contain_text("Safe on the quay has to be passed first")
    expect(move.get_by_text("People and places")).to_be_hidden()
    move.locator("summary").focus()
    page.keyboard.press("Enter")
    expect(move.get_by_text("People and places")).to_be_visible()
    assert move.get_by_text("People and places").get_attribute("title") == "places"
    calls = page.locator("#calls")
    wrong = calls.locator("tr.failed", has_text="cmi.score.scaled")
    expect(wrong).to_contain_text("407 Data Model Element Value Out Of Range")
    expect(wrong).to_contain_text("takes a decimal number from -1 to 1")
    calls.get_by_label("Show").select_option("failed")
    expect(calls.locator("tbody tr:not(.begins):not(.failed)")).to_have_count(0)
    expect(page).to_have_url(re.compile("only=failed"))
    calls.get_by_role("searchbox").fill("location")
    expect(calls.locator("tbody tr.failed")).to_have_count(1)
    calls.get_by_role("searchbox").fill("nothing like it")
    expect(calls).to_contain_text("No call fits")
    with page.expect_download() as download:
        page.get_by_role("link", name="Export launch").click()
    file = parse_launch_file(Path(download.value.path()).read_bytes())
    assert replay_launch(file).differences == []


def test_a_preview_explains_itself_from_the_course_with_script_off(operator: Operator, pages: tuple[str, str]) -> None:
    page = operator.sign_in(java_script_enabled=False)
    page.goto(pages[1].rsplit("/", 1)[0])
    page.locator(".timeline a.name").first.click()
    expect(page.locator("#calls tr.failed")).to_contain_text("takes one of: passed | completed")
    expect(page.locator(".move").first).to_contain_text("The launch began")
    page.locator("#calls select[name=only]").select_option("failed")
    page.get_by_role("button", name="Apply").click()
    expect(page.locator("#calls tbody tr:not(.begins)")).to_have_count(1)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_page_of_a_launch_is_for_everybody(operator: Operator, pages: tuple[str, str], scheme: str) -> None:
    page = operator.sign_in(color_scheme=scheme, viewport=NARROW)
    for path in (*pages, pages[1].rsplit("/", 1)[0]):
        page.goto(path)
        assert accessibility_faults(page) == []
        assert not scrolls_sideways(page)
