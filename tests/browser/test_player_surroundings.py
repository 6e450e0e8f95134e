"""What surrounds a course: other windows, pages that forbid things, people who need more than a mouse, slow lines."""

import gzip
import http.server
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.learning import Desk, content, eventually, finds_nothing, open_desk, set_value
from tests.live import LiveServer
from tests.packages import Sco, scorm2004_package

pytestmark = pytest.mark.timeout(180)

REPOSITORY = Path(__file__).parents[2]
PLAYER = REPOSITORY / "src/courseway/_frontend/player"
PARTS = (Sco("Packing", "packing.html"), Sco("Trains", "trains.html"), Sco("Ferries", "ferries.html"))


@pytest.fixture
def desk(live_server: LiveServer) -> Iterator[Desk]:
    """A learner's desk."""
    with open_desk(live_server) as desk:
        yield desk


@pytest.fixture
def trip(live_server: LiveServer) -> str:
    """A SCORM 2004 course of three SCOs."""
    return live_server.import_course(scorm2004_package("A trip", PARTS))


def test_windows_that_content_opens_reach_the_api_and_close_with_it(desk: Desk, trip: str) -> None:
    registration = desk.register(trip)
    page = desk.open(desk.link(registration))
    frame = content(page, 1)
    frame.evaluate(
        "document.body.insertAdjacentHTML('beforeend', '<button id=pop onclick=\"window.open(`ferries.html`)\">Open</button>')"
    )
    with page.context.expect_page() as opened:
        frame.click("#pop")
    popup = opened.value
    popup.wait_for_function("window.api")
    assert popup.evaluate("opener.location.href") == frame.url
    popup.evaluate("onbeforeunload = () => { api.SetValue('cmi.location', 'from the popup'); }")
    page.click("[data-nav=suspendAll]")
    expect(page.locator("html")).to_have_attribute("data-session", "ended")
    eventually(popup.is_closed)
    assert desk.values(registration)["cmi.location"] == "from the popup"


def test_what_the_manifest_calls_an_asset_is_heard_when_it_talks_after_all(desk: Desk) -> None:
    parts = (Sco("Mislabelled", "talks.html", kind="asset"), Sco("Next", "next.html"))
    registration = desk.register(desk.server.import_course(scorm2004_package("Odd", parts)))
    page = desk.open(desk.link(registration))
    content(page, 1).click("#complete")
    eventually(lambda: desk.values(registration).get("cmi.success_status") == "passed")
    content(page, 1).click("#leave")
    assert content(page, 2).inner_text("h1") == "Next"


def test_in_a_page_that_forbids_unload_handlers_content_is_heard_by_its_other_handlers(desk: Desk, trip: str) -> None:
    registration = desk.register(trip)
    with OtherPage({"Permissions-Policy": "unload=()"}) as lms:
        page = desk.open("about:blank")
        page.goto(lms + "#" + desk.link(registration, frame_ancestors=[lms]))
        player = page.wait_for_selector("iframe").content_frame()  # type: ignore[union-attr]
        assert player is not None
        frame = player.wait_for_selector("iframe[name=content]").content_frame()  # type: ignore[union-attr]
        assert frame is not None
        frame.wait_for_function("window.api")
        frame.evaluate(
            """() => { onbeforeunload = () => { api.SetValue('cmi.completion_status', 'completed'); };
              addEventListener('pagehide', () => api.Terminate('')); }"""
        )
        player.click("[data-nav=suspendAll]")
        player.wait_for_selector("html[data-session=ended]")
    activity = next(one for one in desk.show(registration)["activities"] if one["id"] == "item-1")
    assert activity["completion"] == "completed"


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nothing_stands_in_the_way_of_assistive_technology(desk: Desk, trip: str, scheme: str) -> None:
    registration = desk.register(trip)
    page = desk.open("about:blank")
    page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
    page.goto(desk.link(registration))
    content(page, 1).click("#complete")
    finds_nothing(page, "while a part is played")
    page.set_viewport_size({"width": 360, "height": 640})
    page.get_by_role("button", name="Contents").click()
    finds_nothing(page, "with the contents open on a small screen")
    page.get_by_role("button", name="Contents").click()
    page.get_by_role("button", name="More").click()
    finds_nothing(page, "with the menu open")
    page.keyboard.press("Escape")
    desk.wire.cut()
    set_value(content(page), "cmi.location", "x")
    expect(page.locator(".saved")).to_contain_text("Offline")
    page.get_by_role("button", name="More").click()
    page.click("[data-nav=exitAll]")
    expect(page.get_by_role("dialog")).to_be_visible()
    finds_nothing(page, "with a question open")
    page.get_by_role("button", name="Leave anyway").click()
    finds_nothing(page, "at the end")


def test_the_players_own_code_stays_small() -> None:
    scripts = list(PLAYER.glob("assets/*.js"))
    assert scripts, "the player has not been built: make frontend"
    assert sum(len(gzip.compress(script.read_bytes())) for script in scripts) < 60_000


class OtherPage:
    """Somebody else's page that frames the player named in its fragment."""

    def __init__(self, headers: dict[str, str]) -> None:
        body = b"<!doctype html><title>LMS</title><iframe id=p style='width:1000px;height:600px'></iframe><script>p.src=location.hash.slice(1)</script>"

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self.send_response(200)
                for name, value in {"Content-Type": "text/html", "Content-Length": str(len(body)), **headers}.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, format: str, *args: object) -> None:
                """Say nothing."""

        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)

    def __enter__(self) -> str:
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return f"http://localhost:{self._server.server_address[1]}"

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
