"""A learner in front of the player: registered, launched, and looked at from the server's side."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playwright.sync_api import Frame, Page

from tests.browser.chromium import Chromium, open_chromium
from tests.browser.relay import Relay
from tests.live import LiveServer

AXE = Path(__file__).parents[2] / "frontend/node_modules/axe-core/axe.min.js"


@dataclass
class Desk:
    """A server, a browser, and between them a wire that can be cut."""

    server: LiveServer
    chromium: Chromium
    wire: Relay

    def register(self, course_id: str, learner: str = "ada", name: str = "Ada Lovelace") -> str:
        """Register a learner; returns the registration's id."""
        with self.server.api() as api:
            body = {"course_id": course_id, "learner": {"id": learner, "name": name}}
            return str(api.post("/api/registrations", json=body).raise_for_status().json()["id"])

    def link(self, registration: str, **options: Any) -> str:
        """Make a launch link."""
        with self.server.api() as api:
            answer = api.post(f"/api/registrations/{registration}/launch-link", json=options)
            return str(answer.raise_for_status().json()["url"])

    def preview(self, course_id: str) -> str:
        """Make a preview link."""
        with self.server.api() as api:
            return str(api.post(f"/api/courses/{course_id}/preview-link").raise_for_status().json()["url"])

    def open(self, url: str) -> Page:
        """Open an address in a new tab; an error on the page fails the test when the tab is used next."""
        page = self.chromium.window.new_page()
        page.set_default_timeout(15_000)
        page.goto(url)
        return page

    def show(self, registration: str) -> dict[str, Any]:
        """What the server knows of a registration."""
        with self.server.api() as api:
            return dict(api.get(f"/api/registrations/{registration}").raise_for_status().json())

    def summary(self, registration: str) -> dict[str, Any]:
        """What a registration has reached."""
        return dict(self.show(registration)["registration"]["summary"])

    def values(self, registration: str, activity: str = "item-1") -> dict[str, str]:
        """The run-time values of one activity."""
        found = [one for one in self.show(registration)["activities"] if one["id"] == activity]
        return dict(found[0]["values"])


@contextmanager
def open_desk(server: LiveServer, *flags: str) -> Iterator[Desk]:
    """Start a browser whose way to the content origin is a wire that can be cut."""
    wire = Relay(server.port)
    try:
        rules = f"--host-resolver-rules=MAP 127.0.0.1:{server.port} 127.0.0.1:{wire.port}"
        with open_chromium(rules, *flags) as chromium:
            yield Desk(server, chromium, wire)
    finally:
        wire.close()


def launches(server: LiveServer, registration: str) -> list[str]:
    """The launches of a registration, oldest first."""
    with server.api() as api:
        answer = api.get(f"/api/registrations/{registration}/launches").raise_for_status().json()
    return [one["id"] for one in reversed(answer["items"])]


def navigations(server: LiveServer, registration: str) -> list[dict[str, Any]]:
    """Every navigation of every launch, in order."""
    with server.api() as api:
        return [one for launch in launches(server, registration)
                for one in api.get(f"/api/launches/{launch}/navigations").raise_for_status().json()["items"]]  # fmt: skip


def calls(server: LiveServer, registration: str) -> list[dict[str, Any]]:
    """Every commit with its calls, of every launch."""
    found: list[dict[str, Any]] = []
    with server.api() as api:
        for launch in launches(server, registration):
            after: int | None = 0
            while after is not None:
                page = api.get(f"/api/launches/{launch}/calls", params={"after": after}).raise_for_status().json()
                found += page["items"]
                after = page["next_after"]
    return found


def content(page: Page, delivery: int | None = None) -> Frame:
    """Wait for the delivered content (of this number) and its API; returns its frame."""
    which = f'html[data-delivery="{delivery}"]' if delivery else "html[data-delivery]"
    frame = page.wait_for_selector(f"{which} iframe[name=content]").content_frame()  # type: ignore[union-attr]
    assert frame is not None
    frame.wait_for_function("window.api && document.readyState === 'complete'")
    return frame


def set_value(frame: Frame, element: str, value: str) -> None:
    """Set one element as the content would."""
    answer = frame.evaluate(
        "([e, v]) => String(api.SetValue ? api.SetValue(e, v) : api.LMSSetValue(e, v))", [element, value]
    )
    assert answer == "true", element


def eventually(holds: Callable[[], bool], timeout_seconds: float = 10.0, why: str = "") -> None:
    """Wait until something holds."""
    deadline = time.monotonic() + timeout_seconds
    while not holds():
        assert time.monotonic() < deadline, why or "it never came to hold"
        time.sleep(0.05)


def finds_nothing(page: Page, when: str) -> None:
    """Let axe look for what would stand in the way of assistive technology."""
    page.evaluate(AXE.read_text())
    # The course in its frame is the author's: only what is ours is judged.
    found = page.evaluate("axe.run({exclude: ['iframe[name=content]']}, {iframes: false})")
    broken = [(one["id"], one["nodes"][0]["html"]) for one in found["violations"]]
    assert not broken, f"{when}: {broken}"
