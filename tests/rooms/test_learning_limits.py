"""What a part is delivered with besides itself: the time that is left for it, and what is offered beside it."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from uuid import UUID

import msgspec
import pytest

from courseway.kit.db import Database
from courseway.learning import Mode
from courseway.learning.model.explaining import explain, say
from courseway.learning.model.launch_file import parse_launch_file, render_launch_file
from courseway.learning.model.protocol import NavigateBody, NavigationWish
from courseway.learning.model.replay import replay_launch
from courseway.standards.manifests.sequencing import AuxiliaryResource, ControlMode, LimitConditions, Sequencing
from courseway.standards.manifests.structure import Item, Standard
from courseway.tenants import Caller
from tests.rooms.learning_room import Room, Window, course, make_room, sco

LIMITED = Sequencing(limit_conditions=LimitConditions(attempt_absolute_duration_seconds=600.0))
EXAM_2004 = course(Standard.SCORM_2004, sco("one", sequencing=LIMITED, time_limit_action="exit,message"))
EXAM_12 = course(Standard.SCORM_12, sco("one", max_time_allowed="0000:10:00", time_limit_action="exit,message"))


@pytest.fixture
async def room(db: Database, database_url: str, tmp_path: Path, caller: Caller) -> AsyncIterator[Room]:
    yield make_room(db, database_url, tmp_path, caller)


async def _time_out(window: Window, kind: Any = "exitAll") -> Any:
    body = NavigateBody(window.start["session"], window.nav, NavigationWish(kind, timed_out=True))
    window.nav += 1
    return msgspec.json.decode(await window.service.navigate(body))


@pytest.mark.parametrize(
    ("structure", "values"),
    [
        (EXAM_12, {"core__session_time": "0000:03:20", "core__exit": "suspend"}),
        (EXAM_2004, {"session_time": "PT3M20S", "exit": "suspend"}),
    ],
)
async def test_the_time_left_is_what_earlier_sessions_of_the_attempt_left(
    room: Room, structure: Any, values: dict[str, str]
) -> None:
    registration = await room.register(structure)
    window = await room.opened(registration)
    assert (window.delivery["time_limit_seconds"], window.delivery["time_limit_action"]) == (600, "exit,message")
    await window.commit("terminate", **values)
    await window.go("suspendAll")
    again = await room.opened(registration)
    assert again.delivery["time_limit_seconds"] == 400
    # A window that vanishes is timed as well, by when it was last heard of.
    room.clock.forward(seconds=100)
    await again.commit(**{name: value for name, value in values.items() if "exit" in name})
    room.clock.forward(minutes=5)
    assert (await room.opened(registration)).delivery["time_limit_seconds"] == 300


async def test_an_attempt_that_timed_out_ends_and_the_next_has_its_whole_time(room: Room) -> None:
    registration = await room.register(EXAM_2004)
    window = await room.opened(registration)
    await window.commit(exit="suspend", session_time="PT10M", location="7")
    assert (await _time_out(window))["ended"]
    again = await room.opened(registration)
    assert again.delivery["cmi"]["cmi.entry"] == "ab-initio"
    assert again.delivery["time_limit_seconds"] == 600


async def test_scorm_1_2_has_one_attempt_whose_time_stays_used_until_the_lesson_is_done(room: Room) -> None:
    registration = await room.register(EXAM_12)
    window = await room.opened(registration)
    await window.commit(core__exit="suspend", core__session_time="0000:12:00", core__lesson_status="incomplete")
    await _time_out(window)
    again = await room.opened(registration)
    assert (again.delivery["cmi"]["cmi.core.entry"], again.delivery["time_limit_seconds"]) == ("", 0)
    await again.commit(core__lesson_status="passed")
    await again.go("exitAll")
    assert (await room.opened(registration)).delivery["time_limit_seconds"] is None


async def test_who_looks_back_has_all_the_time_there_is(room: Room) -> None:
    registration = await room.register(EXAM_2004)
    await (await room.opened(registration)).go("exitAll")
    window = await room.opened(registration, mode=Mode.REVIEW)
    assert window.delivery["time_limit_seconds"] is None


async def test_a_part_offers_its_own_resources_and_those_of_its_modules_each_once(room: Room) -> None:
    glossary = AuxiliaryResource("glossary", "Words to know", "extra/glos sary.html")
    own = Sequencing(auxiliary_resources=(AuxiliaryResource("calc", "", "https://example.org/calculator"), glossary))
    hostile = AuxiliaryResource("bad", "Click me", "javascript:alert(1)")
    of_module = Sequencing(
        control_mode=ControlMode(flow=True), auxiliary_resources=(glossary, hostile, AuxiliaryResource("absent"))
    )
    module = Item(identifier="module", title="Module", sequencing=of_module, children=(sco("one", sequencing=own),))
    window = await room.opened(await room.register(course(Standard.SCORM_2004, module, sco("two"))))
    offered = window.delivery["resources"]
    assert [one["title"] for one in offered] == ["calc", "Words to know", "Click me"]
    assert offered[0]["url"] == "https://example.org/calculator"
    base = window.delivery["url"].removesuffix("one.html")
    assert [one["url"] for one in offered[1:]] == [f"{base}extra/glos%20sary.html", f"{base}javascript:alert(1)"]
    assert (await window.go("continue"))["delivery"]["resources"] == []


async def test_a_launch_in_which_the_time_was_over_says_so_and_plays_again(room: Room) -> None:
    items = (sco("one", sequencing=LIMITED, time_limit_action="exit,message"), sco("two"))
    window = await room.opened(await room.register(course(Standard.SCORM_2004, *items)))
    await window.commit(session_time="PT10M", exit="suspend", location="p9")
    assert (await _time_out(window, "exit"))["delivery"] is None
    assert (await window.go("choice", "one"))["delivery"]["cmi"]["cmi.entry"] == "ab-initio"
    launch = UUID(window.start["launch_id"])
    file = await room.service.export_launch(room.caller, launch)
    assert replay_launch(parse_launch_file(render_launch_file(file)), traces=True).differences == []
    navigations = await room.service.navigations(room.caller, launch)
    assert [one.timed_out for one in navigations] == [False, True, False]
    assert say(explain(navigations[1], {}).request) == "Exit of this part: its time was over"
