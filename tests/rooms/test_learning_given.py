"""What playing gives sequencing of the world: lots, the time, and what other courses wrote; and that launches hold it all."""

from collections.abc import AsyncIterator
from pathlib import Path
from uuid import UUID

import msgspec
import pytest

from courseway.kit.db import Database
from courseway.learning import LinkOptions, PlayerSettings, Registration
from courseway.learning.model.launch_file import FileMove, LaunchFile, parse_launch_file, render_launch_file
from courseway.learning.model.replay import replay_launch
from courseway.standards.manifests.sequencing import (
    ControlMode,
    LimitConditions,
    Objective,
    ObjectiveMap,
    Randomization,
    Sequencing,
    Timing,
)
from courseway.standards.manifests.structure import CourseStructure, Item, ItemKind, Standard
from courseway.tenants import Caller
from tests.rooms.learning_room import Room, Window, course, make_room, sco
from tests.rooms.test_learning_across import GOAL, pass_lesson, reads, teacher

FLOW = ControlMode(flow=True)
NAMES = [f"q{n}" for n in range(9)]
KEPT = LinkOptions(settings=PlayerSettings(keep_time_limits=True))


@pytest.fixture
async def room(db: Database, database_url: str, tmp_path: Path, caller: Caller) -> AsyncIterator[Room]:
    yield make_room(db, database_url, tmp_path, caller)


def quiz() -> CourseStructure:
    """Five of nine questions, in a random order, drawn for each attempt."""
    drawn = Randomization(Timing.ON_EACH_NEW_ATTEMPT, 5, Timing.ON_EACH_NEW_ATTEMPT, True)
    pool = Item(
        identifier="pool", title="Questions", kind=ItemKind.CLUSTER, children=tuple(sco(name) for name in NAMES),
        sequencing=Sequencing(control_mode=FLOW, randomization=drawn),
    )  # fmt: skip
    return course(Standard.SCORM_2004, pool, sco("end"), title="A quiz")


async def walked(window: Window) -> list[str]:
    """What Continue delivers from where the window is to the last part."""
    found = [str(window.delivery["activity"])]
    while found[-1] != "end":
        found.append((await window.go("continue"))["delivery"]["activity"])
    return found


async def exported(room: Room, window: Window, *, anonymous: bool = False) -> LaunchFile:
    file = await room.service.export_launch(room.caller, UUID(window.start["launch_id"]), without_learner=anonymous)
    return parse_launch_file(render_launch_file(file))


async def another(room: Room, like: Registration) -> Registration:
    return await room.service.new_instance(room.caller, like.id)


async def test_each_registration_draws_its_own_questions_and_keeps_them_over_launches(room: Room) -> None:
    first = await room.register(quiz())
    window = await room.opened(first)
    begun = [window.delivery["activity"], (await window.go("continue"))["delivery"]["activity"]]
    await window.go("suspendAll")
    again = await room.opened(first)
    assert again.delivery["activity"] == begun[1]
    whole = begun[:1] + await walked(again)
    assert len(set(whole)) == 6
    others = [await walked(await room.opened(await another(room, first))) for _ in range(3)]
    assert any(one != whole for one in others)


async def test_a_launch_with_lots_plays_again_to_the_letter_with_and_without_its_learner(room: Room) -> None:
    window = await room.opened(await room.register(quiz()))
    await walked(window)
    await window.go("choice", "pool")
    await walked(window)
    for anonymous in (False, True):
        file = await exported(room, window, anonymous=anonymous)
        assert replay_launch(file, traces=True).differences == []
    other = msgspec.structs.replace(file, seed="another")
    assert replay_launch(other).differences != []


async def test_a_preview_draws_lots_too(room: Room) -> None:
    course_id = await room.insert_course(quiz())
    orders = []
    for _ in range(4):
        path = (await room.service.preview_link(room.caller, course_id)).rsplit("/", 1)[-1]
        window = Window(room.service, path)
        await window.open()
        orders.append(tuple(await walked(window)))
    assert len(set(orders)) > 1


async def test_what_another_course_wrote_meanwhile_is_in_the_file_and_plays_again(room: Room) -> None:
    items = (sco("first"), sco("repeat", sequencing=reads(GOAL)), sco("last"))
    window = await room.opened(await room.register(course(Standard.SCORM_2004, *items, title="Advanced")))
    await pass_lesson(room, await room.register(teacher(GOAL)))
    assert (await window.go("continue"))["delivery"]["activity"] == "last"
    file = await exported(room, window)
    assert [bool(one.heard) for one in file.steps if isinstance(one, FileMove)] == [False, True]
    assert replay_launch(file, traces=True).differences == []


async def test_a_registration_that_writes_its_own_objectives_hears_nothing(room: Room) -> None:
    both = ObjectiveMap(GOAL, write_satisfied_status=True)
    own = Sequencing(objectives=(Objective(identifier="own", primary=True, maps=(both,)),))
    window = await room.opened(await room.register(course(Standard.SCORM_2004, sco("a", sequencing=own), sco("b"))))
    await window.commit(success_status="passed")
    await window.go("continue")
    await window.go("previous")
    file = await exported(room, window)
    assert [one.heard for one in file.steps if isinstance(one, FileMove)] == [None, None, None]


def dated() -> CourseStructure:
    """A course whose second part was open until long ago."""
    past = Sequencing(limit_conditions=LimitConditions(end_time_limit="2006-12-31T23:59:59Z"))
    return course(Standard.SCORM_2004, sco("a"), sco("b", sequencing=past), sco("c"))


async def test_a_part_whose_date_is_past_opens_unless_the_settings_keep_the_limits(room: Room) -> None:
    window = await room.opened(await room.register(dated()))
    assert window.delivery["valid"]["choice"]["b"] is True
    assert (await window.go("continue"))["delivery"]["activity"] == "b"


async def test_where_the_limits_are_kept_a_part_whose_date_is_past_stays_closed_and_the_trace_says_so(
    room: Room,
) -> None:
    registration = await room.register(dated())
    window = await room.opened(registration, settings=KEPT.settings)
    assert window.delivery["valid"]["choice"]["b"] is False
    answer = await window.go("continue")
    assert answer["refused"]["code"] == "SB.2.2-2"
    navigations = await room.service.navigations(room.caller, UUID(window.start["launch_id"]))
    assert any(step.clause == "UP.1" and "dates" in step.words for step in navigations[-1].trace)
    assert replay_launch(await exported(room, window), traces=True).differences == []
