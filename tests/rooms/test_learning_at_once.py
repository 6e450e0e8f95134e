"""Navigations that arrive at once: the same twice, different ones, with commits, with another window, with a reset."""

import asyncio
import itertools
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from courseway.errors import Refusal
from courseway.kit.db import Database
from courseway.learning import Registration
from courseway.learning.model import Gap, LaunchEnded, Superseded
from courseway.learning.model.protocol import NavigateBody, NavigationWish
from courseway.standards.manifests.structure import Standard
from courseway.tenants import Caller
from tests.rooms.learning_room import THREE_2004, Room, Window, course, make_room, sco

PARTS = ("one", "two", "three", "four", "five", "six")
SIX = course(Standard.SCORM_2004, *(sco(name) for name in PARTS))


@pytest.fixture
async def room(db: Database, database_url: str, tmp_path: Path, caller: Caller) -> AsyncIterator[Room]:
    yield make_room(db, database_url, tmp_path, caller)


async def ask(window: Window, nav: int, kind: Any, target: str | None = None, commits: Any = ()) -> dict[str, Any]:
    """Send a navigation of a chosen number."""
    body = NavigateBody(window.start["session"], nav, NavigationWish(kind, target), list(commits))
    answer: dict[str, Any] = msgspec.json.decode(await window.service.navigate(body))
    return answer


async def moves(room: Room, registration: Registration) -> list[tuple[int, str, str]]:
    """The navigations in the history of the newest launch."""
    launch = (await room.service.launches(room.caller, registration.id))[0]
    found = await room.service.navigations(room.caller, launch.id)
    return [(one.nav, one.request, one.delivered) for one in found]


async def test_one_navigation_sent_ten_times_at_once_moves_once_and_answers_the_same(room: Room) -> None:
    registration = await room.register(THREE_2004)
    window = await room.opened(registration)
    commit = window.commit_of("terminate", completion_status="completed", session_time="PT1M")
    answers = await asyncio.gather(*(ask(window, 1, "continue", None, [commit]) for _ in range(10)))
    assert all(answer == answers[0] for answer in answers)
    assert (answers[0]["delivery"]["activity"], answers[0]["delivery"]["number"]) == ("two", 2)
    assert await moves(room, registration) == [(0, "start", "one"), (1, "continue", "two")]
    assert (await room.read(registration)).summary.total_time_seconds == 60
    assert (await room.verbs(registration)).count("completed") == 1


async def test_of_different_navigations_of_one_number_at_once_one_is_carried_out_and_all_hear_of_it(room: Room) -> None:
    registration = await room.register(SIX)
    window = await room.opened(registration)
    targets = PARTS[1:]
    answers = await asyncio.gather(*(ask(window, 1, "choice", name) for name in targets))
    delivered = {answer["delivery"]["activity"] for answer in answers}
    assert len(delivered) == 1
    assert [one[2] for one in await moves(room, registration)] == ["one", *delivered]


async def test_numbered_navigations_that_overtake_each_other_are_asked_for_again_and_none_is_lost(room: Room) -> None:
    registration = await room.register(SIX)
    window = await room.opened(registration)

    async def insist(nav: int) -> str:
        for _ in range(200):
            try:
                return str((await ask(window, nav, "choice", PARTS[nav]))["delivery"]["activity"])
            except Gap as gap:
                if gap.extra["expected"] > nav:
                    return "answered before"
                await asyncio.sleep(0.01)
        raise AssertionError(f"navigation {nav} never came through")

    await asyncio.gather(*(insist(nav) for nav in (5, 3, 1, 4, 2)))
    assert await moves(room, registration) == [
        (0, "start", "one"), *((nav, "choice", PARTS[nav]) for nav in range(1, 6)),
    ]  # fmt: skip


async def test_commits_and_a_navigation_that_cross_are_each_taken_once(room: Room) -> None:
    for ahead in range(6):
        registration = await room.register(THREE_2004, f"learner-{ahead}")
        window = await room.opened(registration)
        commits = [window.commit_of(location=str(number), session_time=f"PT{number + 1}S") for number in range(5)]
        last = window.commit_of("terminate", completion_status="completed", session_time="PT9S")
        sent = [window.send(*commits[: number + 1]) for number in range(5)]
        sent.insert(ahead, ask(window, 1, "continue", None, [*commits, last]))  # type: ignore[arg-type]
        outcomes = await asyncio.gather(*sent, return_exceptions=True)
        assert [one for one in outcomes if isinstance(one, BaseException)] == []
        launch = (await room.service.launches(room.caller, registration.id))[0]
        calls = await room.service.calls(room.caller, launch.id)
        assert [(one.seq, one.activity_id, one.rejected) for one in calls] == [(seq, "one", []) for seq in range(1, 7)]
        assert (await room.read(registration)).summary.total_time_seconds == 9
        assert [one[2] for one in await moves(room, registration)] == ["one", "two"]


async def test_a_late_commit_of_the_activity_before_is_logged_and_changes_nothing(room: Room) -> None:
    registration = await room.register(THREE_2004)
    window = await room.opened(registration)
    late = window.commit_of(completion_status="completed", location="far")
    outcomes = await asyncio.gather(ask(window, 1, "continue"), window.send(late))
    assert outcomes[0]["delivery"]["activity"] == "two"
    launch = (await room.service.launches(room.caller, registration.id))[0]
    logged = (await room.service.calls(room.caller, launch.id))[0]
    detail = await room.service.show(room.caller, registration.id)
    one = next(found for found in detail.activities if found.id == "one")
    # Whichever came first: taken before the activity was left, or refused after it, and said so.
    assert (logged.rejected == []) == (one.location == "far")
    assert detail.activities[2].location == ""


async def test_navigations_takeovers_and_a_reset_at_once_leave_one_consistent_launch(room: Room) -> None:
    registration = await room.register(SIX)
    window = await room.opened(registration)

    async def wander() -> None:
        for nav, target in zip(itertools.count(1), itertools.islice(itertools.cycle(PARTS), 1, 12)):
            await ask(window, nav, "choice", target)

    async def take() -> None:
        for _ in range(4):
            await (await room.window(registration)).open(takeover=True)

    async def begin_again() -> None:
        await room.service.reset(room.caller, registration.id)

    wandered, taken, begun = await asyncio.gather(wander(), take(), begin_again(), return_exceptions=True)
    assert isinstance(wandered, Superseded | None)
    assert (taken, begun) == (None, None)
    newest = await room.window(registration)
    await newest.open(takeover=True)
    assert (await newest.commit("terminate", completion_status="completed")).acked == 1
    launches = await room.service.launches(room.caller, registration.id)
    # A reset leaves the launch that ran to its own; no other is open beside the newest.
    assert sum(one.ended_at is None for one in launches) <= 2


async def test_an_end_and_a_navigation_at_once_are_not_both_carried_out(room: Room) -> None:
    for number in range(5):
        registration = await room.register(THREE_2004, f"learner-{number}")
        window = await room.opened(registration)
        left, right = await asyncio.gather(ask(window, 1, "exitAll"), ask(window, 1, "continue"))
        assert left == right
        if left["ended"]:
            with pytest.raises(LaunchEnded):
                await ask(window, 2, "continue")
        else:
            assert (await ask(window, 2, "exitAll"))["ended"]


async def test_a_navigation_that_cannot_be_saved_is_carried_out_when_it_is_sent_again(
    room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    registration = await room.register(THREE_2004)
    window = await room.opened(registration)
    before = await room.read(registration)
    append = type(room.lrs).append

    async def cut(*_: Any, **__: Any) -> None:
        raise ConnectionError("killed here")

    with monkeypatch.context() as patched:
        patched.setattr(type(room.lrs), "append", cut)
        with pytest.raises(ConnectionError):
            await ask(window, 1, "continue")
    assert type(room.lrs).append is append
    assert await room.read(registration) == before
    assert await moves(room, registration) == [(0, "start", "one")]
    assert (await ask(window, 1, "continue"))["delivery"]["activity"] == "two"


async def test_what_is_refused_is_refused_the_same_when_it_is_asked_again(room: Room) -> None:
    window = await room.opened(await room.register(THREE_2004))
    answers = await asyncio.gather(*(ask(window, 1, "choice", "nowhere") for _ in range(4)))
    assert {answer["refused"]["code"] for answer in answers} == {"NB.2.1-11"}
    with pytest.raises(Refusal):
        await ask(window, 3, "continue")
