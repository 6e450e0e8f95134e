"""A finished course that is looked at again, and what its parts show: results stay, clusters sum up."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from courseway.kit.db import Database
from courseway.standards.manifests.structure import CourseStructure, Item, ItemKind, Standard
from courseway.tenants import Caller
from tests.rooms.learning_room import SINGLE_12, THREE_12, THREE_2004, Room, course, make_room


@pytest.fixture
async def room(db: Database, database_url: str, tmp_path: Path, caller: Caller) -> AsyncIterator[Room]:
    yield make_room(db, database_url, tmp_path, caller)


@pytest.mark.parametrize(("verdict", "raw"), [("passed", "95"), ("failed", "27")])
async def test_looking_at_a_finished_scorm_1_2_course_again_leaves_its_result(
    room: Room, verdict: str, raw: str
) -> None:
    structure = course(Standard.SCORM_12, Item(identifier="one", title="One", kind=ItemKind.SCO, href="one.html"))
    registration = await room.register(structure)
    window = await room.opened(registration)
    await window.commit("terminate", core__lesson_status=verdict, core__score__raw=raw, core__exit="suspend")
    await window.go("suspendAll")
    for _ in range(2):
        later = await room.opened(registration)
        answer = await later.commit(core__lesson_status="completed")
        assert (answer.summary.completion, answer.summary.success) == ("completed", verdict)
        await later.commit("terminate")
        await later.go("exitAll")
        summary = (await room.read(registration)).summary
        assert (summary.completion, summary.success, summary.score.raw) == ("completed", verdict, float(raw))
    other = "failed" if verdict == "passed" else "passed"
    last = await room.opened(registration)
    assert (await last.commit(core__lesson_status=other)).summary.success == other


async def test_a_part_of_a_scorm_1_2_course_looked_at_again_stays_passed(room: Room) -> None:
    registration = await room.register(THREE_12)
    window = await room.opened(registration)
    first = window.delivery["activity"]
    for _ in range(3):
        await window.commit("terminate", core__lesson_status="passed")
        await window.go("continue")
    await window.go("exitAll")
    later = await room.opened(registration)
    await later.go("choice", first)
    await later.commit("terminate", core__lesson_status="completed")
    await later.go("exitAll")
    detail = await room.service.show(room.caller, registration.id)
    assert [(one.status, one.success) for one in detail.activities if one.kind == "sco"] == [("passed", "passed")] * 3


async def test_the_organization_of_a_single_part_shows_what_its_part_has_reached(room: Room) -> None:
    registration = await room.register(SINGLE_12)
    window = await room.opened(registration)
    await window.commit("terminate", core__lesson_status="passed", core__score__raw="95", core__session_time="00:01:30")
    top = (await room.service.show(room.caller, registration.id)).activities[0]
    assert (top.kind, top.completion, top.success, top.score.scaled) == ("cluster", "completed", "passed", 0.95)
    assert top.total_time_seconds == 90


@pytest.mark.parametrize("structure", [THREE_12, THREE_2004], ids=["1.2", "2004"])
async def test_a_cluster_shows_what_is_below_it(room: Room, structure: CourseStructure) -> None:
    registration = await room.register(structure)
    assert (await room.service.show(room.caller, registration.id)).activities[0].completion == "not attempted"
    scorm12 = structure.standard is Standard.SCORM_12
    values = {"core__lesson_status": "passed", "core__score__raw": "80", "core__session_time": "00:01:00"}
    if not scorm12:
        values = {
            "completion_status": "completed",
            "success_status": "passed",
            "score__scaled": "0.8",
            "session_time": "PT1M",
        }
    window = await room.opened(registration)
    for number, completion in enumerate(("incomplete", "incomplete", "completed"), 1):
        await window.commit("terminate", **values)
        await window.go("continue" if number < 3 else "exitAll")
        top = (await room.service.show(room.caller, registration.id)).activities[0]
        assert (top.completion, top.total_time_seconds) == (completion, 60 * number)
    assert (top.success, top.score.scaled) == ("passed", pytest.approx(0.8))
