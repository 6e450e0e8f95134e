"""A learner in a customer's LMS: every way of leaving, and what the LMS and we hold afterwards."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest

from tests.browser.dispatch_stage import FORMATS, Stage, chromium, make_stage, until
from tests.live import LiveServer
from tests.lms import LmsServer
from tests.lms.chromium import Chromium

Make = Callable[..., Awaitable[Stage]]
POPUP = {"options": {"window": "popup"}}


@pytest.fixture
async def browser(request: pytest.FixtureRequest) -> AsyncIterator[Chromium]:
    async with chromium(block_third_party_cookies=getattr(request, "param", "blocked") == "blocked") as browser:
        yield browser


@pytest.fixture
async def stage(live_server: LiveServer, browser: Chromium) -> AsyncIterator[Make]:
    lms = LmsServer().start()

    async def make(package_format: str = "scorm12", **options: Any) -> Stage:
        return await asyncio.to_thread(make_stage, live_server, lms, browser, package_format, options)

    yield make
    lms.stop()


both_formats = pytest.mark.parametrize("package_format", FORMATS)


@both_formats
@pytest.mark.parametrize("browser", ["blocked", "allowed"], indirect=True)
async def test_a_result_reaches_the_lms_while_the_learner_is_still_in_the_course(
    stage: Make, package_format: str
) -> None:
    one = await (await stage(package_format)).enter()
    await one.learn()
    await one.lms_holds_the_result()
    assert one.attempt.count("finish") == 0
    await one.receipt_is_here()


@both_formats
async def test_an_ordered_exit_saves_finishes_once_and_says_so(stage: Make, package_format: str) -> None:
    began = time.monotonic()
    one = await (await stage(package_format)).enter()
    await one.learn()
    await asyncio.sleep(2)
    await one.exit()
    await one.lms_holds_the_result()
    await one.shell.get_by_text("Your learning platform has your result").wait_for()
    await one.lms_has_time(1.5, time.monotonic() - began)
    await one.receipt_is_here()
    assert one.page is not None
    await one.page.close()
    await asyncio.sleep(0.5)
    assert (one.attempt.count("initialize"), one.attempt.count("finish")) == (1, 1)
    assert [save["kind"] for save in one.attempt.saves][-1] == "finish"
    usage = await one.usage()
    assert (usage["registration_count"], usage["launches"], usage["completions"]) == (1, 1, 1)
    assert [(day["launches"], day["completions"]) for day in usage["days"]] == [(1, 1)]


@both_formats
@pytest.mark.parametrize("unload", ["", "1"], ids=["plain page", "page with an unload listener"])
async def test_a_closed_tab_leaves_the_result_in_the_lms(stage: Make, package_format: str, unload: str) -> None:
    one = await (await stage(package_format)).enter(unload=unload)
    await one.learn()
    await one.lms_holds_the_result()
    assert one.page is not None
    await one.page.close(run_before_unload=True)
    await asyncio.sleep(0.5)
    await one.lms_holds_the_result()
    await one.receipt_is_here()


@both_formats
async def test_an_lms_that_saves_by_beacon_gets_the_time_of_a_closed_tab(stage: Make, package_format: str) -> None:
    began = time.monotonic()
    one = await (await stage(package_format)).enter(unload="1", beacons="1")
    await one.learn()
    await one.lms_holds_the_result()
    assert one.page is not None
    await one.page.close(run_before_unload=True)
    await one.lms_has_time(0.2, time.monotonic() - began + 1)
    await one.lms_holds_the_result()


@pytest.mark.parametrize("unload", ["", "1"], ids=["plain page", "page with an unload listener"])
async def test_following_a_link_out_of_the_lms_leaves_the_result_and_the_time(stage: Make, unload: str) -> None:
    began = time.monotonic()
    one = await (await stage()).enter(unload=unload, beacons="1")
    await one.learn()
    assert one.page is not None
    await asyncio.sleep(1)
    await one.page.locator("#leave").click()
    await one.page.wait_for_url("**/lms/elsewhere")
    await one.lms_holds_the_result()
    await one.lms_has_time(0.9, time.monotonic() - began)
    await one.receipt_is_here()


async def test_coming_back_starts_over_and_counts_no_time_twice(stage: Make) -> None:
    one = await (await stage()).enter(beacons="1")
    await one.learn()
    await asyncio.sleep(2.5)
    assert one.page is not None
    await one.page.locator("#leave").click()
    await one.page.wait_for_url("**/lms/elsewhere")
    await one.lms_has_time(2.4, 20)
    first = one.attempt.sessions[-1]
    await one.page.go_back()
    began = time.monotonic()
    await one.press("Start")
    await one.take_over()
    await one.content.locator("#complete").wait_for()
    await one.page.locator("#leave").click()
    await until(lambda: len(one.attempt.sessions) == 2, lambda: one.attempt)
    assert one.attempt.sessions[0] == first
    assert one.attempt.sessions[1] <= time.monotonic() - began + 0.5
    await one.lms_holds_the_result()


async def test_a_reloaded_lms_page_goes_on_where_it_was(stage: Make) -> None:
    one = await (await stage()).enter(beacons="1")
    await one.learn()
    await one.lms_holds_the_result()
    assert one.page is not None
    await one.page.reload()
    await one.press("Start")
    await one.take_over()
    await one.report(95, "passed")
    await until(lambda: (one.attempt.status, one.attempt.score) == ("passed", "95"), lambda: one.attempt)


@both_formats
async def test_a_killed_browser_loses_nothing_and_the_next_launch_catches_up(
    live_server: LiveServer, stage: Make, package_format: str
) -> None:
    one = await (await stage(package_format)).enter()
    await one.content.locator("#complete").wait_for()
    # The LMS refuses just when the course reports its result, and the browser dies before the next try.
    one.lms.refuse_saves(60)
    await one.learn()
    await one.we_hold_the_result()
    one.browser.kill()
    assert "completed" not in one.attempt.status
    one.lms.refuse_saves(0)
    async with chromium() as elsewhere:
        again = Stage(live_server, one.lms, elsewhere, one.dispatch_id, one.package)
        began = time.monotonic()
        await again.enter()
        await again.lms_holds_the_result()
        await again.receipt_is_here()
        await again.take_over()
        await again.content.locator("#complete").wait_for()
        await again.exit()
        await again.lms_has_time(0.1, time.monotonic() - began)


async def test_a_kill_right_after_a_commit_keeps_what_was_committed(live_server: LiveServer, stage: Make) -> None:
    one = await (await stage()).enter()
    await one.learn()
    await one.we_hold_the_result()
    one.browser.kill()
    async with chromium() as elsewhere:
        again = await Stage(live_server, one.lms, elsewhere, one.dispatch_id, one.package).enter()
        await again.lms_holds_the_result()
        await again.receipt_is_here()


@both_formats
async def test_an_lms_that_refuses_saves_for_a_while_gets_the_result_afterwards(
    stage: Make, package_format: str
) -> None:
    one = await (await stage(package_format)).enter()
    await one.content.locator("#complete").wait_for()
    one.lms.refuse_saves(5)
    await one.learn()

    async def refusal_is_told() -> bool:
        return any(not receipt["ok"] for receipt in await one.receipts())

    await until(refusal_is_told, one.receipts)
    await one.lms_holds_the_result()
    await one.receipt_is_here()


async def test_leaving_while_the_lms_refuses_says_so_and_saves_as_soon_as_it_can(stage: Make) -> None:
    one = await (await stage()).enter()
    await one.content.locator("#complete").wait_for()
    one.lms.refuse_saves(9)
    await one.learn()
    await one.we_hold_the_result()
    await one.exit()
    await one.shell.get_by_text("has not saved your result yet").wait_for()
    assert one.attempt.count("finish") == 0
    await one.shell.get_by_text("Your learning platform has your result").wait_for()
    await one.lms_holds_the_result()
    assert one.attempt.count("finish") == 1


# in a window of its own -------------------------------------------------------------------------------------------


@both_formats
async def test_closing_the_courses_window_saves_and_finishes(stage: Make, package_format: str) -> None:
    began = time.monotonic()
    one = await (await stage(package_format, **POPUP)).enter_popup()
    await one.learn()
    assert one.player_page is not None
    await one.player_page.close(run_before_unload=True)
    await one.lms_holds_the_result()
    await one.lms_has_time(0.2, time.monotonic() - began)
    await one.shell.get_by_text("Your learning platform has your result").wait_for()
    assert one.attempt.count("finish") == 1
    await one.receipt_is_here()


async def test_an_ordered_exit_from_a_window_saves_and_finishes(stage: Make) -> None:
    one = await (await stage(**POPUP)).enter_popup()
    await one.learn()
    await one.exit()
    await one.shell.get_by_text("Your learning platform has your result").wait_for()
    await one.lms_holds_the_result()
    assert one.attempt.count("finish") == 1


async def test_when_the_lms_goes_first_we_keep_everything_and_the_next_launch_passes_it_on(stage: Make) -> None:
    one = await (await stage(**POPUP)).enter_popup()
    await one.content.locator("#complete").wait_for()
    assert one.page is not None
    await one.page.close(run_before_unload=True)
    await one.learn()
    await one.we_hold_the_result()
    assert one.attempt.status == "incomplete"
    assert one.player_page is not None
    await one.player_page.close()
    await one.enter_popup()
    await one.lms_holds_the_result()
    await one.receipt_is_here()


async def test_a_window_that_the_lms_keeps_apart_still_reports(stage: Make) -> None:
    one = await (await stage(**POPUP)).enter_popup(coop="1")
    await one.learn()
    await one.lms_holds_the_result()
    await one.press("I have finished")
    await one.shell.get_by_text("Your learning platform has your result").wait_for()
    assert one.attempt.count("finish") == 1


async def test_a_frame_that_the_lms_forbids_becomes_a_window(stage: Make) -> None:
    one = await (await stage()).enter(frames="self")
    async with one.browser.context.expect_page() as opened:
        await one.press("Open in a new window")
    one.player_page = await opened.value
    await one.learn()
    await one.lms_holds_the_result()
    await one.receipt_is_here()
