"""What customers' LMSs do to packages, and what learners see when something stands in the way."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest

from tests.browser.dispatch_stage import Stage, chromium, make_stage, until
from tests.live import LiveServer
from tests.lms import LmsServer
from tests.lms.chromium import Chromium

Make = Callable[..., Awaitable[Stage]]


@pytest.fixture
async def browser() -> AsyncIterator[Chromium]:
    async with chromium() as browser:
        yield browser


@pytest.fixture
async def stage(live_server: LiveServer, browser: Chromium) -> AsyncIterator[Make]:
    lms = LmsServer().start()

    async def make(package_format: str = "scorm12", **options: Any) -> Stage:
        return await asyncio.to_thread(make_stage, live_server, lms, browser, package_format, options)

    yield make
    lms.stop()


async def test_opening_and_leaving_without_starting_is_not_a_completion(stage: Make) -> None:
    one = await (await stage()).open(beacons="1")
    await one.shell.get_by_role("button", name="Start").wait_for()
    assert one.page is not None
    await one.page.locator("#leave").click()
    await until(lambda: one.attempt.count("finish") == 1, lambda: one.attempt)
    assert (one.attempt.status, one.attempt.score, one.attempt.sessions) == ("incomplete", "", [])


@pytest.mark.parametrize("mode", ["review", "browse"])
async def test_looking_back_writes_nothing(stage: Make, mode: str) -> None:
    one = await (await stage()).enter(beacons="1")
    await one.learn()
    await one.lms_holds_the_result()
    assert one.page is not None
    await one.page.close(run_before_unload=True)
    await until(lambda: one.attempt.count("finish") == 1, lambda: one.attempt)
    before, revision = dict(one.attempt.values), (await one.user())["revision"]
    await one.enter(mode=mode, beacons="1")
    await one.report(12, "incomplete")
    await asyncio.sleep(1)
    await one.page.close(run_before_unload=True)
    await asyncio.sleep(0.5)
    assert one.attempt.values == before
    assert (await one.user())["revision"] == revision
    calls = [call for save in one.attempt.saves for call in save.get("calls", [])]
    assert ["cmi.core.score.raw", "12"] not in calls


async def test_a_grade_in_the_lms_is_not_lowered_by_coming_back(stage: Make) -> None:
    one = await (await stage()).enter(beacons="1")
    await one.learn()
    await one.lms_holds_the_result()
    assert one.page is not None
    await one.page.close(run_before_unload=True)
    await until(lambda: one.attempt.count("finish") == 1, lambda: one.attempt)
    one.attempt.values.update({"cmi.core.lesson_status": "passed", "cmi.core.score.raw": "100"})
    await one.enter(beacons="1")
    await one.content.locator("#complete").wait_for()
    await asyncio.sleep(1)
    assert (one.attempt.status, one.attempt.score) == ("passed", "100")
    await one.report(40, "failed")
    await until(lambda: (one.attempt.status, one.attempt.score) == ("failed", "40"), lambda: one.attempt)


async def test_a_package_in_the_lmss_own_window_survives_a_reload(stage: Make) -> None:
    one = await (await stage()).open(window="1")
    assert one.page is not None
    async with one.browser.context.expect_page() as opened:
        await one.page.locator("#open").click()
    window = await opened.value
    await window.get_by_role("button", name="Start").wait_for()
    await window.reload()
    await window.get_by_role("button", name="Start").click()
    content = window.frame_locator("iframe[name=courseway-player]").frame_locator("iframe[name=content]")
    await content.locator("#complete").click()
    await one.lms_holds_the_result()


async def test_a_learner_reads_why_the_course_does_not_open(stage: Make) -> None:
    one = await stage(
        registration_cap=1,
        options={"messages": {"limit_reached": "All 1 seats are taken. Write to kim@contoso.example."}},
    )
    await one.enter()
    await one.content.locator("#complete").wait_for()
    late = Stage(one.server, one.lms, one.browser, one.dispatch_id, one.package, learner="bob")
    await late.enter()
    await late.shell.get_by_text("All 1 seats are taken. Write to kim@contoso.example.").wait_for()
    await late.shell.get_by_text("quote").wait_for()


async def test_a_service_that_is_away_for_a_moment_is_waited_for(live_server: LiveServer, stage: Make) -> None:
    one = await stage()
    await asyncio.to_thread(live_server.kill, "web")
    await one.enter()
    await one.shell.get_by_text("Trying again in").wait_for()
    await asyncio.to_thread(live_server.start, "web")
    await one.learn()
    await one.lms_holds_the_result()


async def test_a_package_that_calls_an_old_address_of_the_service_still_opens(
    live_server: LiveServer, stage: Make
) -> None:
    one = await stage()
    old = live_server.console.encode()
    package = one.lms.packages[one.package]
    package["index.html"] = package["index.html"].replace(live_server.content.encode(), old)
    await one.enter()
    await one.learn()
    await one.lms_holds_the_result()
    await one.receipt_is_here()


async def test_one_package_for_a_destination_opens_the_dispatch_that_was_chosen(stage: Make) -> None:
    one = await stage()

    def package_of_two() -> str:
        with one.server.api() as api:
            first = api.get(f"/api/dispatches/{one.dispatch_id}").json()
            body = {"destination_id": first["destination_id"], "course_id": first["course_id"], "name": "The other one"}
            second = api.post("/api/dispatches", json=body).json()
            package = api.get(f"/api/destinations/{first['destination_id']}/package")
        one.dispatch_id = second["id"]
        return one.lms.import_package(package.content)

    one.package = await asyncio.to_thread(package_of_two)
    await one.enter(item="1")
    await one.shell.locator("iframe[name=courseway-player]").wait_for()
    await one.learn()
    await one.lms_holds_the_result()
    assert (await one.user())["completion"] == "completed"


async def test_without_an_lms_the_page_says_where_to_open_the_course(stage: Make) -> None:
    one = await stage()
    page = await one.browser.open(f"{one.lms.origin}/content/{one.package}/index.html")
    assert await page.get_by_role("button", name="Start").is_visible()
    await page.get_by_text("cannot find your learning platform").wait_for()


async def test_the_self_test_finds_everything_and_gives_an_id_that_support_can_look_up(stage: Make) -> None:
    one = await (await stage()).open()
    async with one.browser.context.expect_page() as opened:
        await one.shell.get_by_role("link", name="Check this connection").click()
    check = await opened.value
    await check.locator("li[data-check=clock][data-state=ok]").wait_for()
    await check.locator("li[data-check=frame][data-state=ok]").wait_for()
    await check.locator("code").wait_for()
    states = await check.locator("li").evaluate_all(
        "all => all.map(one => [one.dataset.check.split(' ')[0], one.dataset.state])"
    )
    assert dict(states) == dict.fromkeys(("api", "storage", "secure", "signature", "endpoint", "clock", "frame"), "ok")
    first = await check.locator("code").inner_text()
    await check.get_by_role("button", name="Check a new window").click()
    await check.locator("li[data-check=popup][data-state=ok]").wait_for()
    await until(lambda: _differs(check, first), lambda: first)
    code = await check.locator("code").inner_text()
    with one.server.api() as api:
        answer = await asyncio.to_thread(api.get, "/api/self-tests", params={"code": code})
    (found,) = answer.json()["items"]
    assert (found["dispatch_id"], found["results"]["popup"]["state"]) == (one.dispatch_id, "ok")


async def _differs(check: Any, first: str) -> bool:
    return bool(await check.locator("code").inner_text() != first)
