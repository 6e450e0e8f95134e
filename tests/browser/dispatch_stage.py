"""What browser tests of dispatches share: a course dispatched into the test LMS, and a learner who opens it there."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from playwright.async_api import FrameLocator, Page, async_playwright

from tests.live import LiveServer
from tests.lms import Attempt, LmsServer
from tests.lms.chromium import Chromium
from tests.packages import scorm12_package, scorm2004_package

WAIT_SECONDS = 15.0
FORMATS = ("scorm12", "scorm2004-4")


@dataclass
class Stage:
    """One learner, one dispatch, one LMS, one browser."""

    server: LiveServer
    lms: LmsServer
    browser: Chromium
    dispatch_id: str
    package: str
    learner: str = "ann"
    page: Page | None = None
    player_page: Page | None = None

    @property
    def attempt(self) -> Attempt:
        """What the LMS holds."""
        return self.lms.attempt(self.package, self.learner)

    async def open(self, **options: str) -> "Stage":
        """Open the course's page in the LMS."""
        self.page = await self.browser.open(self.lms.page(self.package, self.learner, **options))
        self.player_page = None
        return self

    async def enter(self, **options: str) -> "Stage":
        """Open the course's page in the LMS and press Start."""
        await self.open(**options)
        await self.press("Start")
        return self

    async def enter_popup(self, **options: str) -> "Stage":
        """Open the course's page in the LMS and press Start, which opens a window."""
        await self.open(**options)
        async with self.browser.context.expect_page() as opened:
            await self.press("Start")
        self.player_page = await opened.value
        return self

    async def press(self, name: str) -> None:
        """Press a button of the shell."""
        await self.shell.get_by_role("button", name=name, exact=True).click()

    @property
    def shell(self) -> FrameLocator:
        """The package's page inside the LMS."""
        assert self.page is not None
        return self.page.frame_locator("#package")

    @property
    def player(self) -> Any:
        """The player, in the shell's frame or in its own window."""
        if self.player_page is not None:
            return self.player_page
        return self.shell.frame_locator("iframe[name=courseway-player]")

    @property
    def content(self) -> FrameLocator:
        """The course's own page."""
        return self.player.frame_locator("iframe[name=content]")  # type: ignore[no-any-return]

    async def learn(self) -> None:
        """Reach the course's result: completed and 90 per cent; in SCORM 2004 passed, too."""
        await self.content.locator("#complete").click()

    async def report(self, raw: int, status: str) -> None:
        """Let a SCORM 1.2 course report another result."""
        script = """(body, [raw, status]) => {
            api.LMSSetValue("cmi.core.score.raw", raw);
            api.LMSSetValue("cmi.core.lesson_status", status);
            api.LMSCommit("");
        }"""
        await self.content.locator("body").evaluate(script, [str(raw), status])

    async def exit(self) -> None:
        """Leave in order, by the player's own control."""
        await self.player.locator("[data-nav=exitAll]").click()

    async def take_over(self) -> None:
        """Go on in this window when another one seems to have the course open."""
        again, content = self.player.get_by_role("button", name="Continue here"), self.content.locator("#complete")

        async def decided() -> bool:
            return bool(await again.count() or await content.count())

        await until(decided, lambda: self.page)
        if await again.count():
            await again.click()
        await content.wait_for()

    async def user(self) -> dict[str, Any]:
        """What we hold of the learner, newest instance first."""
        with self.server.api() as api:
            answer = await asyncio.to_thread(api.get, f"/api/dispatches/{self.dispatch_id}/users")
        user: dict[str, Any] = answer.json()["items"][0]
        return user

    async def usage(self) -> dict[str, Any]:
        """How the dispatch is used."""
        with self.server.api() as api:
            answer = await asyncio.to_thread(api.get, f"/api/dispatches/{self.dispatch_id}/usage")
        usage: dict[str, Any] = answer.json()
        return usage

    async def receipts(self) -> list[dict[str, Any]]:
        """What the LMS answered, newest first."""
        registration = (await self.user())["registration_id"]
        with self.server.api() as api:
            answer = await asyncio.to_thread(api.get, f"/api/registrations/{registration}/receipts")
        items: list[dict[str, Any]] = answer.json()["items"]
        return items

    async def lms_holds_the_result(self) -> None:
        """Wait until the LMS holds completion, success and score."""
        modern = self.attempt.standard == "scorm2004"
        expected = ("completed/passed", "0.9") if modern else ("completed", "90")
        await until(lambda: (self.attempt.status, self.attempt.score) == expected, lambda: self.attempt)

    async def we_hold_the_result(self) -> None:
        """Wait until we hold the completion, whatever the LMS has."""

        async def held() -> bool:
            return bool((await self.user())["completion"] == "completed")

        await until(held, self.user)

    async def receipt_is_here(self) -> None:
        """Wait until the LMS's receipt for our newest revision has arrived."""

        async def taken() -> bool:
            user = await self.user()
            return bool(
                user["completion"] == "completed" and user["lms_revision"] == user["revision"] and not user["lms_error"]
            )

        await until(taken, self.user)

    async def lms_has_time(self, at_least: float, at_most: float) -> None:
        """Wait until the LMS has counted one session's time, in seconds."""
        await until(lambda: len(self.attempt.sessions) > 0, lambda: self.attempt)
        assert at_least <= self.attempt.sessions[-1] <= at_most, self.attempt


async def until(condition: Callable[[], Any], show: Callable[[], Any], seconds: float = WAIT_SECONDS) -> None:
    """Wait for something to become true; shows what is there instead when it does not."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        found = condition()
        if await found if isinstance(found, Awaitable) else found:
            return
        await asyncio.sleep(0.1)
    shown = show()
    raise AssertionError(f"not within {seconds} s: {await shown if isinstance(shown, Awaitable) else shown}")


@asynccontextmanager
async def chromium(*, block_third_party_cookies: bool = True) -> AsyncIterator[Chromium]:
    """Run a browser of our own."""
    async with async_playwright() as playwright:
        browser = await Chromium(playwright, block_third_party_cookies=block_third_party_cookies).start()
        try:
            yield browser
        finally:
            await browser.stop()


def make_stage(
    server: LiveServer, lms: LmsServer, browser: Chromium, package_format: str, options: dict[str, Any]
) -> Stage:
    """Upload a course, dispatch it, download the package, import it into the test LMS."""
    modern = package_format != "scorm12"
    course_id = server.import_course(scorm2004_package("Fire safety") if modern else scorm12_package("Fire safety"))
    with server.api() as api:
        destination = api.post("/api/destinations", json={"name": "Contoso"}).json()
        body = {"destination_id": destination["id"], "course_id": course_id, **options}
        answer = api.post("/api/dispatches", json=body)
        assert answer.status_code == 201, answer.text
        dispatch_id = answer.json()["id"]
        package = api.get(f"/api/dispatches/{dispatch_id}/package", params={"format": package_format})
        assert package.status_code == 200, package.text
    return Stage(server, lms, browser, dispatch_id, lms.import_package(package.content))
