"""Courses of several organizations: which one is played, who chooses, and what happens when it is not there any more."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from uuid import UUID

import msgspec
import pytest

from courseway.console.formats import organization_choices
from courseway.dispatch import DispatchChanges, DispatchOptions, NewDispatch
from courseway.kit.db import Database
from courseway.kit.ids import new_id
from courseway.learning import LearnerIdentity, OrganizationUnknown, Registration
from courseway.standards.manifests.structure import CourseStructure, Organization, Standard
from courseway.tenants import Caller
from tests.rooms import dispatching
from tests.rooms.learning_room import SINGLE_12, SINGLE_2004, Room, Window, course, make_room, sco

FULL = Organization(identifier="full", title="The whole course", items=(sco("basics"), sco("practice"), sco("test")))
REFRESHER = Organization(identifier="refresher", title="Refresher", items=(sco("summary"),))
ADULT = LearnerIdentity("ann", "Ann")


def of(*organizations: Organization, default: str = "") -> CourseStructure:
    """A SCORM 1.2 course of these organizations; the first is the default unless another is named."""
    usual = default or organizations[0].identifier
    whole = course(Standard.SCORM_12, title="Fire safety")
    return msgspec.structs.replace(whole, organizations=organizations, default_organization=usual)


TWO = of(FULL, REFRESHER)


@pytest.fixture
async def room(db: Database, database_url: str, tmp_path: Path, caller: Caller) -> AsyncIterator[Room]:
    yield make_room(db, database_url, tmp_path, caller)


async def enrol(room: Room, course_id: UUID, organization: str = "", **options: Any) -> Registration:
    """Register Ann for an organization of a course."""
    return await room.service.create(room.caller, course_id, ADULT, organization=organization, **options)


async def add_version(db: Database, caller: Caller, course_id: UUID, structure: CourseStructure) -> UUID:
    """Give a course another version, which is then the current one."""
    version_id = new_id()
    async with db.tenant(caller.tenant_id) as tx:
        await tx.run(
            "INSERT INTO course_versions (id, tenant_id, course_id, number, standard, edition, title, structure, report, prefix,"
            " original_key, original_name, original_sha256) SELECT %(id)s, %(tenant_id)s, %(course)s, max(number) + 1, 'scorm12',"
            " '1.2', 'x', %(structure)s::jsonb, '{\"issues\":[]}', %(prefix)s, '', 'x.zip', '' FROM course_versions"
            " WHERE tenant_id = %(tenant_id)s AND course_id = %(course)s",
            {"id": version_id, "course": course_id, "prefix": version_id.hex,
             "structure": msgspec.json.encode(structure).decode()},
        )  # fmt: skip
        await tx.run(
            "UPDATE courses SET current_version_id = %(version)s WHERE tenant_id = %(tenant_id)s AND id = %(id)s",
            {"id": course_id, "version": version_id},
        )
    return version_id


async def test_the_default_organization_is_played_unless_another_is_named(room: Room) -> None:
    for structure, expected in ((TWO, "basics"), (of(FULL, REFRESHER, default="refresher"), "summary")):
        window = await room.opened(await enrol(room, await room.insert_course(structure)))
        assert window.delivery["activity"] == expected
    window = await room.opened(await enrol(room, await room.insert_course(TWO), "refresher"))
    assert (window.delivery["activity"], window.start["tree"]["id"]) == ("summary", "refresher")


async def test_the_player_shows_the_title_of_the_organization_that_is_played(room: Room) -> None:
    course_id = await room.insert_course(TWO)
    assert (await room.opened(await enrol(room, course_id))).start["course"]["title"] == "The whole course"
    assert (await room.opened(await enrol(room, course_id, "refresher"))).start["course"]["title"] == "Refresher"
    alone = of(Organization(identifier="only", title="Chapter one", items=(sco("one"),)))
    assert (await room.opened(await enrol(room, await room.insert_course(alone)))).start["course"]["title"] == "Fire safety"  # fmt: skip


async def test_an_organization_that_is_not_there_is_refused_with_those_that_are(room: Room) -> None:
    course_id = await room.insert_course(TWO)
    for act in (
        enrol(room, course_id, "nowhere"),
        room.service.preview_link(room.caller, course_id, organization="nowhere"),
    ):
        with pytest.raises(OrganizationUnknown) as refused:
            await act
        assert refused.value.detail == (
            "This course has no organization “nowhere”. It has: full (The whole course); refresher (Refresher)."
        )
        assert refused.value.extra["organizations"] == ["full", "refresher"]
    assert await room.count("registrations") == 0


async def test_each_organization_is_a_registration_of_its_own_and_results_stay_apart(room: Room) -> None:
    course_id = await room.insert_course(TWO)
    whole, short = await enrol(room, course_id), await enrol(room, course_id, "refresher")
    assert whole.id != short.id
    for name, known in (("", whole), ("full", whole), ("refresher", short)):
        found = await enrol(room, course_id, name)
        assert (found.id, found.created) == (known.id, False)
    window = await room.opened(short)
    await window.commit("terminate", core__lesson_status="passed")
    await window.go("exitAll")
    assert (await room.read(short)).summary.completion == "completed"
    assert (await room.read(whole)).summary.completion == "not attempted"
    detail = await room.service.show(room.caller, short.id)
    assert detail.organization_title == "Refresher"
    assert [one.id for one in detail.activities] == ["refresher", "summary"]
    assert (await room.service.show(room.caller, (await room.register(SINGLE_12)).id)).organization_title == ""


async def test_a_registration_keeps_its_organization_through_reset_navigation_and_reload(room: Room) -> None:
    first = Organization(identifier="other", title="Other", items=(sco("a"), sco("b")))
    registration = await enrol(room, await room.insert_course(of(FULL, first)), "other")
    window = await room.opened(registration)
    await window.commit("terminate", core__lesson_status="completed")
    assert (await window.go("continue"))["delivery"]["activity"] == "b"
    assert (await window.open())["delivery"]["activity"] == "b"
    await room.service.reset(room.caller, registration.id)
    assert (await room.opened(registration)).delivery["activity"] == "a"
    assert (await room.read(registration)).organization == "other"


async def test_a_preview_plays_the_organization_that_was_chosen_to_its_end(room: Room) -> None:
    first = Organization(identifier="other", title="Other", items=(sco("a"), sco("b")))
    course_id = await room.insert_course(of(FULL, first))
    url = await room.service.preview_link(room.caller, course_id, organization="other")
    window = Window(room.service, url.rsplit("/", 1)[1])
    assert (await window.open())["delivery"]["activity"] == "a"
    await window.commit("terminate", core__lesson_status="completed")
    assert (await window.go("continue"))["delivery"]["activity"] == "b"
    assert (await window.open())["delivery"]["activity"] == "b"


async def test_a_new_instance_keeps_the_organization_and_says_when_the_new_version_has_it_no_more(room: Room) -> None:
    course_id = await room.insert_course(TWO)
    first = await enrol(room, course_id, "refresher")
    second = await room.service.new_instance(room.caller, first.id)
    assert (second.organization, second.note) == ("refresher", "")
    await add_version(room.db, room.caller, course_id, of(FULL))
    third = await room.service.new_instance(room.caller, second.id)
    assert third.organization == ""
    assert third.note == (
        "This version has no organization “refresher” any more; its default is played: full (The whole course)."
    )
    assert (await room.opened(third)).delivery["activity"] == "basics"
    assert (await room.opened(first)).delivery["activity"] == "summary"


async def test_organizations_of_scorm_2004_have_their_own_sequencing(room: Room) -> None:
    first = SINGLE_2004.organization
    closed = Organization(identifier="closed", title="Closed", items=(sco("x"), sco("y")))
    structure = msgspec.structs.replace(SINGLE_2004, organizations=(first, closed))
    window = await room.opened(await enrol(room, await room.insert_course(structure), "closed"))
    # Without flow nothing starts by itself: the learner chooses.
    assert (window.delivery, window.start["valid"]["continue"]) == (None, False)
    assert (await window.go("choice", "y"))["delivery"]["activity"] == "y"


async def test_learners_of_a_dispatch_play_the_organization_it_names(
    db: Database, database_url: str, tmp_path: Path, caller: Caller
) -> None:
    desk = await dispatching.make_room(db, database_url, tmp_path, caller)
    there = Room(desk.learning, desk.learning._lrs, db, caller, desk.clock)  # type: ignore[arg-type]
    course_id = await there.insert_course(TWO)

    def new(organization: str) -> NewDispatch:
        options = DispatchOptions(organization=organization)
        return NewDispatch(destination_id=desk.destination.id, course_id=course_id, options=options)

    async def start(learner: str) -> str:
        launched = await desk.launch(dispatch, learner)
        window = Window(desk.learning, launched.player_url.rsplit("/", 1)[1])
        return str((await window.open())["delivery"]["activity"])

    with pytest.raises(OrganizationUnknown):
        await desk.service.create_dispatch(caller, new("nowhere"))
    dispatch = await desk.service.create_dispatch(caller, new("refresher"))
    assert await start("ann") == "summary"
    changed = DispatchChanges(options=DispatchOptions())
    with pytest.raises(OrganizationUnknown):
        await desk.service.update_dispatch(
            caller, dispatch.id, DispatchChanges(options=DispatchOptions(organization="?"))
        )
    await desk.service.update_dispatch(caller, dispatch.id, changed)
    assert await start("ben") == "basics"
    await desk.service.update_dispatch(caller, dispatch.id, DispatchChanges(options=new("refresher").options))
    await add_version(db, caller, course_id, of(FULL))
    # A version without it plays its default; other changes are still possible, and those who began go on.
    await desk.service.update_dispatch(caller, dispatch.id, DispatchChanges(notes="seen"))
    assert await start("cid") == "basics"
    assert (await desk.launch(dispatch, "ann")).registration_id
    structure = await desk.service.organizations(caller, dispatch.id)
    assert organization_choices(structure, "refresher")[-1][1].startswith("refresher (not in this version")


def test_there_is_nothing_to_choose_in_a_course_of_one_organization() -> None:
    assert organization_choices(SINGLE_12) == []
    assert organization_choices(TWO) == [("", "The whole course (default)"), ("refresher", "Refresher")]
