"""What a learner's courses share: global objectives and shared data stores, between courses, registrations and windows."""

import asyncio
import random
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from courseway.kit.db import Database, Tx
from courseway.learning import LearnerIdentity, Registration
from courseway.standards.manifests.sequencing import (
    ConditionName,
    ControlMode,
    Objective,
    ObjectiveMap,
    RuleAction,
    RuleCondition,
    Sequencing,
    SequencingRule,
)
from courseway.standards.manifests.structure import CourseStructure, DataMap, Item, Organization, Standard
from courseway.tenants import Caller, platform_caller
from tests.conftest import make_tenant
from tests.rooms import dispatching
from tests.rooms.learning_room import SINGLE_2004, Room, Window, course, make_room, sco

GOAL, STORE = "urn:test:goal", "urn:test:store"
SKIPPED_IF_KNOWN = (SequencingRule(RuleAction.SKIP, (RuleCondition(ConditionName.SATISFIED),)),)


@pytest.fixture
async def room(db: Database, database_url: str, tmp_path: Path, caller: Caller) -> AsyncIterator[Room]:
    yield make_room(db, database_url, tmp_path, caller)


def writes(*targets: str) -> Sequencing:
    """A SCO whose primary objective writes these global objectives, and reads none."""
    maps = tuple(
        ObjectiveMap(
            target, read_satisfied_status=False, read_normalized_measure=False, write_satisfied_status=True,
            write_normalized_measure=True,
        )
        for target in targets
    )  # fmt: skip
    return Sequencing(objectives=(Objective(identifier="own", primary=True, maps=maps),))


def reads(target: str) -> Sequencing:
    """A SCO that is skipped once this global objective is satisfied."""
    objective = Objective(identifier="own", primary=True, maps=(ObjectiveMap(target),))
    return Sequencing(objectives=(objective,), pre_condition_rules=SKIPPED_IF_KNOWN)


def teacher(*targets: str, alone: bool = False, title: str = "Basics") -> CourseStructure:
    """A course of one part that writes global objectives."""
    return kept_apart(course(Standard.SCORM_2004, sco("lesson", sequencing=writes(*targets)), title=title), alone)


def follower(target: str = GOAL, *, alone: bool = False, title: str = "Advanced") -> CourseStructure:
    """A course whose first part is skipped by those who satisfied the objective elsewhere."""
    items = (sco("repeat", sequencing=reads(target)), sco("new"))
    return kept_apart(course(Standard.SCORM_2004, *items, title=title), alone)


def note_taker(target: str = STORE, *, alone: bool = False, title: str = "Notes") -> CourseStructure:
    """A course that keeps something in a shared data store."""
    items = (sco("page", data=(DataMap(target),)), sco("other", data=(DataMap(target),)))
    return kept_apart(course(Standard.SCORM_2004, *items, title=title), alone)


def kept_apart(structure: CourseStructure, alone: bool) -> CourseStructure:
    """Say whether what a course refers to is shared with others or is its registration's own."""
    organization = msgspec.structs.replace(
        structure.organization, objectives_global_to_system=not alone, shared_data_global_to_system=not alone
    )
    return msgspec.structs.replace(structure, organizations=(organization,))


async def pass_lesson(room: Room, registration: Registration, scaled: str = "0.9") -> None:
    """Play the one part of a course through."""
    window = await room.opened(registration)
    await window.commit("terminate", success_status="passed", completion_status="completed", score__scaled=scaled)
    await window.go("exitAll")


async def register(room: Room, of: Registration, learner: str) -> Registration:
    """Register another learner for the course of a registration."""
    return await room.service.create(room.caller, of.course_id, LearnerIdentity(learner))


async def write_store(window: Window, text: str) -> None:
    """Let the content write its shared data store."""
    commit = window.commit_of()
    await window.send(msgspec.structs.replace(commit, set={"adl.data.0.store": text}))


def store_in(window: Window) -> str | None:
    """What the content finds in its shared data store."""
    found: str | None = window.delivery["cmi"].get("adl.data.0.store")
    return found


async def objectives(room: Room) -> dict[str, dict[str, Any]]:
    """The learners' global objectives as stored, by target; nulls left out."""
    async with room.db.tenant(room.caller.tenant_id) as tx:
        rows = await tx.rows("SELECT target, status FROM learner_objectives WHERE tenant_id = %(tenant_id)s")
    return {
        row["target"]: {name: one for name, one in row["status"].items() if one is not None} for row in rows
    }  # fmt: skip


async def test_what_was_learned_in_one_course_is_known_in_another(room: Room) -> None:
    await pass_lesson(room, await room.register(teacher(GOAL)))
    later = await room.register(follower())
    assert (await room.opened(later)).delivery["activity"] == "new"
    stranger = await room.opened(await register(room, later, "ben"))
    assert stranger.delivery["activity"] == "repeat"


async def test_a_course_that_is_open_learns_of_it_with_its_next_navigation(room: Room) -> None:
    items = (sco("first"), sco("repeat", sequencing=reads(GOAL)), sco("last"))
    follows = await room.register(course(Standard.SCORM_2004, *items, title="Advanced"))
    window, unaware = await room.opened(follows), await room.opened(await register(room, follows, "ben"))
    await pass_lesson(room, await room.register(teacher(GOAL)))
    assert (await window.go("continue"))["delivery"]["activity"] == "last"
    assert (await unaware.go("continue"))["delivery"]["activity"] == "repeat"
    detail = await room.service.show(room.caller, follows.id)
    assert next(one for one in detail.activities if one.id == "repeat").status == "passed"


async def test_content_that_never_knew_a_status_does_not_take_back_what_another_course_wrote_meanwhile(
    room: Room,
) -> None:
    mapped = ObjectiveMap(GOAL, write_satisfied_status=True, write_normalized_measure=True)
    side = Objective(identifier="side", maps=(mapped,))
    sequencing = Sequencing(objectives=(Objective(identifier="own", primary=True), side))
    structure = course(Standard.SCORM_2004, sco("page", sequencing=sequencing), title="Silent")
    silent = await room.opened(await room.register(structure))
    await pass_lesson(room, await room.register(teacher(GOAL)))
    await silent.commit("terminate", completion_status="completed")
    await silent.go("exitAll")
    assert await objectives(room) == {GOAL: {"satisfied": True, "measure": 0.9}}
    frank = await room.opened(await room.register(structure))
    assert frank.delivery["cmi"]["cmi.objectives.1.success_status"] == "passed"
    await frank.commit("terminate", objectives__1__success_status="unknown")
    await frank.go("exitAll")
    assert await objectives(room) == {GOAL: {"measure": 0.9}}


@pytest.mark.parametrize(("writer", "reader"), [(True, False), (False, True), (True, True)])
async def test_a_course_that_keeps_its_objectives_to_itself_neither_tells_nor_listens(
    room: Room, writer: bool, reader: bool
) -> None:
    await pass_lesson(room, await room.register(teacher(GOAL, alone=writer)))
    window = await room.opened(await room.register(follower(alone=reader)))
    assert window.delivery["activity"] == "repeat"
    assert (GOAL in await objectives(room)) == (not writer)


async def test_what_a_course_does_not_refer_to_does_not_reach_it(room: Room) -> None:
    await pass_lesson(room, await room.register(teacher(GOAL, "urn:test:elsewhere")))
    later = await room.register(follower())
    await room.opened(later)
    async with room.db.tenant(room.caller.tenant_id) as tx:
        row = await tx.one(
            "SELECT sequencing -> 'sequencing' -> 'global_objectives' AS known FROM registrations"
            " WHERE tenant_id = %(tenant_id)s AND id = %(id)s",
            {"id": later.id},
        )
    assert set(row["known"]) == {GOAL}


async def test_a_shared_data_store_is_read_in_another_course(room: Room) -> None:
    first = await room.opened(await room.register(note_taker()))
    await write_store(first, "remember this")
    await first.go("exitAll")
    assert store_in(await room.opened(await room.register(note_taker(title="More notes")))) == "remember this"
    assert store_in(await room.opened(await room.register(note_taker(alone=True, title="Secret notes")))) is None


async def test_content_that_only_read_a_store_does_not_put_back_what_it_found(room: Room) -> None:
    reader = await room.opened(await room.register(note_taker(title="Reader")))
    writer = await room.opened(await room.register(note_taker(title="Writer")))
    await write_store(reader, "old")
    await reader.go("continue")
    await write_store(writer, "new")
    await writer.go("continue")
    assert store_in(reader) == "old"
    await reader.go("previous")
    assert store_in(reader) == "new"
    await reader.go("exitAll")
    assert store_in(await room.opened(await room.register(note_taker(title="Third")))) == "new"


async def test_a_store_written_before_its_page_was_reloaded_is_kept(room: Room) -> None:
    window = await room.opened(await room.register(note_taker()))
    await write_store(window, "before")
    await window.open()
    assert store_in(window) == "before"
    assert store_in(await room.opened(await room.register(note_taker(title="More notes")))) == "before"


async def test_a_preview_keeps_what_it_learns_to_itself(room: Room) -> None:
    url = await room.service.preview_link(room.caller, await room.insert_course(teacher(GOAL)))
    preview = Window(room.service, url.rsplit("/", 1)[1])
    await preview.open()
    await preview.commit("terminate", success_status="passed")
    await preview.go("exitAll")
    assert await objectives(room) == {}
    await pass_lesson(room, await room.register(teacher(GOAL)))
    url = await room.service.preview_link(room.caller, await room.insert_course(follower()))
    other = Window(room.service, url.rsplit("/", 1)[1])
    assert (await other.open())["delivery"]["activity"] == "repeat"


async def test_tenants_share_nothing_whatever_a_learner_is_called(room: Room, db: Database) -> None:
    await pass_lesson(room, await room.register(teacher(GOAL)))
    elsewhere = Room(room.service, room.lrs, db, platform_caller(await make_tenant(db, "Other")), room.clock)
    assert (await elsewhere.opened(await elsewhere.register(follower()))).delivery["activity"] == "repeat"
    assert await objectives(elsewhere) == {}


async def test_learners_of_different_destinations_share_nothing(
    db: Database, database_url: str, tmp_path: Path, caller: Caller
) -> None:
    desk = await dispatching.make_room(db, database_url, tmp_path, caller)
    service = desk.learning
    there = Room(service, service._lrs, db, caller, desk.clock)  # type: ignore[arg-type]
    taught, follows = await there.insert_course(teacher(GOAL)), await there.insert_course(follower())
    contoso = desk.destination
    other = await desk.service.create_destination(caller, dispatching.dispatch.NewDestination(name="Fabrikam"))

    async def start(destination: Any, course_id: Any) -> Window:
        new = dispatching.dispatch.NewDispatch(destination_id=destination.id, course_id=course_id)
        launched = await desk.launch(await desk.service.create_dispatch(caller, new))
        window = Window(service, launched.player_url.rsplit("/", 1)[1])
        await window.open()
        return window

    window = await start(contoso, taught)
    await window.commit("terminate", success_status="passed")
    await window.go("exitAll")
    assert (await start(contoso, follows)).delivery["activity"] == "new"
    assert (await start(other, follows)).delivery["activity"] == "repeat"


async def test_an_older_registration_gives_what_it_holds_to_the_learner_with_its_next_move(room: Room) -> None:
    older = await room.register(teacher(GOAL))
    async with room.db.tenant(room.caller.tenant_id) as tx:
        held = {"sequencing": {"global_objectives": {GOAL: {"satisfied": True, "measure": 0.75}}}, "shared": {"x": "y"}}
        await tx.run(
            "UPDATE registrations SET sequencing = %(held)s::jsonb WHERE tenant_id = %(tenant_id)s AND id = %(id)s",
            {"id": older.id, "held": msgspec.json.encode(held).decode()},
        )
    later = await room.register(follower())
    early = await room.opened(later)
    assert early.delivery["activity"] == "repeat"
    await early.go("exitAll")
    await (await room.opened(older)).go("suspendAll")
    assert await objectives(room) == {GOAL: {"satisfied": True, "measure": 0.75}}
    assert (await room.opened(later)).delivery["activity"] == "new"


async def test_an_objective_of_any_length_is_shared(room: Room) -> None:
    letters = random.Random(7)
    name = "urn:test:" + "".join(chr(letters.randrange(0x4E00, 0x9FFF)) for _ in range(5000))
    await pass_lesson(room, await room.register(teacher(name)))
    assert (await room.opened(await room.register(follower(name)))).delivery["activity"] == "new"


@pytest.mark.parametrize("act", ["reset", "delete"])
async def test_beginning_again_forgets_what_no_other_course_looks_at_and_leaves_the_rest(room: Room, act: str) -> None:
    taught = await room.register(teacher(GOAL, "urn:test:alone"))
    await pass_lesson(room, taught)
    ben = await register(room, taught, "ben")
    await pass_lesson(room, ben)
    follows = await room.register(follower())
    await getattr(room.service, act)(room.caller, taught.id)
    assert await room.count("learner_objectives") == 3
    assert (await room.opened(follows)).delivery["activity"] == "new"
    await room.service.delete(room.caller, follows.id)
    await room.service.reset(room.caller, ben.id)
    again = await room.register(teacher(GOAL, title="Basics again"))
    await room.service.reset(room.caller, again.id)
    assert await objectives(room) == ({} if act == "delete" else {GOAL: {"satisfied": True, "measure": 0.9}})


async def test_a_reset_course_that_alone_knows_its_objectives_starts_as_if_never_played(room: Room) -> None:
    both = Organization(
        identifier="org", title="Both", sequencing=Sequencing(control_mode=ControlMode(flow=True)),
        items=(sco("repeat", sequencing=reads(GOAL)), sco("test", sequencing=writes(GOAL))),
    )  # fmt: skip
    registration = await room.register(msgspec.structs.replace(SINGLE_2004, organizations=(both,)))
    window = await room.opened(registration)
    assert (await window.go("continue"))["delivery"]["activity"] == "test"
    await window.commit("terminate", success_status="passed")
    await window.go("exitAll")
    assert (await room.opened(registration)).delivery["activity"] == "test"
    await room.service.reset(room.caller, registration.id)
    assert (await room.opened(registration)).delivery["activity"] == "repeat"


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Every statement that is sent, in order."""
    found: list[str] = []
    execute = Tx._execute

    async def count(tx: Tx, sql: Any, params: Any) -> Any:
        found.append(sql)
        return await execute(tx, sql, params)

    monkeypatch.setattr(Tx, "_execute", count)
    return found


async def test_sharing_costs_a_start_at_most_its_sixth_statement_and_a_commit_none(
    room: Room, asked: list[str]
) -> None:
    window = await room.window(await room.register(teacher(GOAL)))
    asked.clear()
    await window.open()
    assert len(asked) <= 6, asked
    asked.clear()
    await window.commit(success_status="passed", location="2")
    assert not [one for one in asked if "learner_objectives" in one]
    asked.clear()
    await window.go("suspendAll")
    assert len([one for one in asked if "learner_objectives" in one]) == 2, asked
    other = await room.opened(await room.register(SINGLE_2004))
    asked.clear()
    await other.go("suspendAll")
    assert not [one for one in asked if "learner_objectives" in one]


@pytest.mark.parametrize("seed", range(4))
async def test_courses_open_at_once_take_nothing_from_each_other(room: Room, seed: int) -> None:
    shuffled = random.Random(seed)
    names = [f"urn:test:{number}" for number in range(6)]
    own = [f"urn:test:own:{number}" for number in range(6)]
    windows = []
    for number in range(6):
        targets = [*shuffled.sample(names, 4), own[number]]
        shuffled.shuffle(targets)
        items = tuple(sco(f"part-{place}", sequencing=writes(*targets), data=(DataMap(own[number]), DataMap(STORE))) for place in range(8))  # fmt: skip
        structure = course(Standard.SCORM_2004, *items, title=f"Course {number}")
        windows.append((number, targets, await room.opened(await room.register(structure))))
    scores: dict[str, set[float]] = {name: set() for name in (*names, *own)}

    async def play(number: int, targets: list[str], window: Window) -> None:
        for step in range(8):
            score = (number * 8 + step + 1) / 100
            commit = window.commit_of("terminate", success_status="passed", score__scaled=str(score))
            stores = {"adl.data.0.store": f"{number}:{step}", "adl.data.1.store": f"{number}:{step}"}
            commit = msgspec.structs.replace(commit, set={**commit.set, **stores})
            await window.go("continue" if step < 7 else "exitAll", None, commit)
            for target in targets:
                scores[target].add(score)

    await asyncio.gather(*(play(*one) for one in windows))
    found = await objectives(room)
    for number in range(6):
        assert found[own[number]] == {"satisfied": True, "measure": (number * 8 + 8) / 100}
    for name in names:
        if scores[name]:
            assert found[name]["satisfied"] is True
            assert found[name]["measure"] in scores[name]
    async with room.db.tenant(room.caller.tenant_id) as tx:
        rows = await tx.rows("SELECT target, content FROM learner_stores WHERE tenant_id = %(tenant_id)s")
    stored = {row["target"]: row["content"] for row in rows}
    assert [stored[name] for name in own] == [f"{number}:7" for number in range(6)]
    assert stored[STORE].endswith(":7")


async def test_two_courses_that_write_different_sides_of_one_objective_at_once_both_count(room: Room) -> None:
    def sided(**written: bool) -> CourseStructure:
        mapped = ObjectiveMap(GOAL, read_satisfied_status=False, read_normalized_measure=False, **written)
        sequencing = Sequencing(objectives=(Objective(identifier="own", primary=True, maps=(mapped,)),))
        return course(Standard.SCORM_2004, Item(**{**_fields(sco("lesson")), "sequencing": sequencing}))

    for round_number in range(5):
        left = await room.register(sided(write_satisfied_status=True), f"ann-{round_number}")
        right = await room.register(sided(write_normalized_measure=True), f"ann-{round_number}")
        windows = [await room.opened(one) for one in (left, right)]
        commits = [one.commit_of("terminate", success_status="passed", score__scaled="0.5") for one in windows]
        await asyncio.gather(*(one.go("exitAll", None, commit) for one, commit in zip(windows, commits, strict=True)))
        assert (await objectives(room))[GOAL] == {"satisfied": True, "measure": 0.5}


def _fields(item: Item) -> dict[str, Any]:
    return {name: getattr(item, name) for name in item.__struct_fields__}
