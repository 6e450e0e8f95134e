"""A learner in a customer's LMS: every way of leaving, and what the LMS and we hold afterwards."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

import pytest
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
    options: dict[str, str] = field(default_factory=dict)
    page: Page | None = None
    player_page: Page | None = None

    @property
    def attempt(self) -> Attempt:
        """What the LMS holds."""
        return self.lms.attempt(self.package, self.learner)

    async def enter(self, **options: str) -> "Stage":
        """Open the course's page in the LMS and press Start."""
        self.page = await self.browser.open(self.lms.page(self.package, self.learner, **options))
        await self.shell.get_by_role("button", name="Start").click()
        return self

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
        """Reach the course's result: completed, 90 per cent, and passed where the standard has a word of its own for it."""
        await self.content.locator("#complete").click()

    async def user(self) -> dict[str, Any]:
        """What we hold of the learner, newest instance first."""
        with self.server.api() as api:
            answer = await asyncio.to_thread(api.get, f"/api/dispatches/{self.dispatch_id}/users")
        user: dict[str, Any] = answer.json()["items"][0]
        return user

    async def lms_holds_the_result(self) -> None:
        """Wait until the LMS holds completion, success and score."""
        status = "completed" if self.attempt.standard == "scorm12" else "completed/passed"
        score = "90" if self.attempt.standard == "scorm12" else "0.9"
        await until(lambda: (self.attempt.status, self.attempt.score) == (status, score), lambda: self.attempt)

    async def receipt_is_here(self) -> None:
        """Wait until the LMS's receipt for our newest revision has arrived."""

        async def taken() -> bool:
            user = await self.user()
            return bool(user["completion"] == "completed" and user["lms_revision"] == user["revision"] and not user["lms_error"])

        await until(taken, self.user)


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


@pytest.fixture(params=[True, False], ids=["third-party cookies blocked", "third-party cookies allowed"])
async def browser(request: pytest.FixtureRequest) -> AsyncIterator[Chromium]:
    async with async_playwright() as playwright:
        chromium = await Chromium(playwright, block_third_party_cookies=request.param).start()
        yield chromium
        await chromium.stop()


@pytest.fixture
async def stage(live_server: LiveServer, browser: Chromium) -> AsyncIterator[Callable[..., Awaitable[Stage]]]:
    lms = LmsServer().start()

    async def make(package_format: str = "scorm12", **options: Any) -> Stage:
        modern = package_format != "scorm12"
        course = scorm2004_package("Fire safety") if modern else scorm12_package("Fire safety")
        return await asyncio.to_thread(_make, package_format, course, options)

    def _make(package_format: str, course: bytes, options: dict[str, Any]) -> Stage:
        course_id = live_server.import_course(course)
        with live_server.api() as api:
            destination = api.post("/api/destinations", json={"name": "Contoso"}).json()
            body = {"destination_id": destination["id"], "course_id": course_id, **options}
            answer = api.post("/api/dispatches", json=body)
            assert answer.status_code == 201, answer.text
            dispatch_id = answer.json()["id"]
            package = api.get(f"/api/dispatches/{dispatch_id}/package", params={"format": package_format})
            assert package.status_code == 200, package.text
        return Stage(live_server, lms, browser, dispatch_id, lms.import_package(package.content))

    yield make
    lms.stop()


Make = Callable[..., Awaitable[Stage]]


@pytest.mark.parametrize("package_format", FORMATS)
async def test_a_result_reaches_the_lms_while_the_learner_is_still_in_the_course(stage: Make, package_format: str) -> None:
    one = await (await stage(package_format)).enter()
    await one.learn()
    await one.lms_holds_the_result()
    assert one.attempt.count("finish") == 0
    await one.receipt_is_here()
