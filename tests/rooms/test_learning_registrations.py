"""Registrations for people and for the rooms above: made once, listed by cursor, looked into, put right by hand."""

from collections.abc import AsyncIterator
from pathlib import Path
from uuid import UUID

import pytest

from courseway.courses import CourseMissing
from courseway.errors import Invalid
from courseway.kit.db import Database
from courseway.kit.ids import new_id
from courseway.learning import (
    Completion,
    LearnerIdentity,
    LinkOptions,
    RegistrationNotFound,
    RegistrationQuery,
    Success,
)
from courseway.learning.model import NotPlayable, Superseded
from courseway.standards.manifests.structure import Standard
from courseway.tenants import Caller, Scope, ScopeMissing, platform_caller
from tests.conftest import make_tenant
from tests.rooms.learning_room import SINGLE_12, SINGLE_2004, THREE_2004, Room, course, make_room, sco


@pytest.fixture
async def room(db: Database, database_url: str, tmp_path: Path, caller: Caller) -> AsyncIterator[Room]:
    yield make_room(db, database_url, tmp_path, caller)


async def test_registering_a_learner_twice_gives_the_same_registration(room: Room) -> None:
    course_id = await room.insert_course(SINGLE_12)
    first = await room.service.create(room.caller, course_id, LearnerIdentity("ann", "Ann"))
    again = await room.service.create(room.caller, course_id, LearnerIdentity("ann", "Ann B."))
    assert (first.created, again.created) == (True, False)
    assert first.id == again.id


async def test_a_further_instance_stands_beside_the_first(room: Room) -> None:
    first = await room.register(SINGLE_12)
    second = await room.service.create(room.caller, first.course_id, first.learner, another=True)
    third = await room.service.new_instance(room.caller, first.id)
    assert [first.instance, second.instance, third.instance] == [1, 2, 3]
    assert third.learner_id == first.learner_id


async def test_a_list_goes_by_cursor_and_can_be_narrowed(room: Room) -> None:
    course_id = await room.insert_course(SINGLE_12)
    for number in range(5):
        learner = LearnerIdentity(f"learner-{number}", f"Name_{number}", f"n{number}@example.org")
        await room.service.create(room.caller, course_id, learner)
    other = await room.register(SINGLE_2004, "zoe")
    first = await room.service.list_registrations(room.caller, RegistrationQuery(course_id=course_id, limit=3))
    assert first.next_cursor
    rest = await room.service.list_registrations(
        room.caller, RegistrationQuery(course_id=course_id, limit=3, cursor=first.next_cursor)
    )
    names = [one.learner.external_id for one in (*first.items, *rest.items)]
    assert names == [f"learner-{number}" for number in (4, 3, 2, 1, 0)]
    assert rest.next_cursor is None

    async def found(**query: object) -> list[UUID]:
        page = await room.service.list_registrations(room.caller, RegistrationQuery(**query))  # type: ignore[arg-type]
        return [one.id for one in page.items]

    assert await found(search="zo") == [other.id]
    assert len(await found(search="name_")) == 5
    assert await found(search="%") == []
    assert await found(learner="zoe") == [other.id]
    assert await found(completion=Completion.COMPLETED) == []
    with pytest.raises(Invalid):
        await found(cursor="nonsense")


async def test_a_registration_shows_its_tree_with_what_each_part_has_reached(room: Room) -> None:
    registration = await room.register(THREE_2004)
    window = await room.opened(registration)
    await window.commit(
        "terminate", completion_status="completed", success_status="passed", score__scaled="0.8", session_time="PT1M",
        interactions__0__id="urn:test:q", interactions__0__type="choice", interactions__0__learner_response="a",
        objectives__0__id="urn:test:o", objectives__0__success_status="passed",
    )  # fmt: skip
    await window.go("continue")
    detail = await room.service.show(room.caller, registration.id)
    assert [(one.id, one.depth, one.status) for one in detail.activities] == [
        ("org", 0, ""), ("one", 1, "passed"), ("two", 1, "incomplete"), ("three", 1, "not attempted"),
    ]  # fmt: skip
    one = detail.activities[1]
    assert (one.completion, one.success, one.score.scaled, one.total_time_seconds) == ("completed", "passed", 0.8, 60)
    assert one.interactions[0]["response"] == "a"
    assert one.objectives[0]["id"] == "urn:test:o"
    assert detail.registration.summary.progress == pytest.approx(1 / 3)


async def test_a_deleted_registration_is_gone_for_everyone(room: Room) -> None:
    registration = await room.register(SINGLE_12)
    window = await room.opened(registration)
    await room.service.delete(room.caller, registration.id)
    for act in (room.service.show, room.service.delete, room.service.reset, room.service.launch_link):
        with pytest.raises(RegistrationNotFound):
            await act(room.caller, registration.id)  # type: ignore[operator]
    with pytest.raises(RegistrationNotFound):
        await window.open()
    assert (await room.service.list_registrations(room.caller, RegistrationQuery())).items == ()


async def test_a_reset_begins_anew_and_stops_the_open_window(room: Room) -> None:
    registration = await room.register(SINGLE_12)
    window = await room.opened(registration)
    before = (await window.commit(core__lesson_status="completed", core__lesson_location="5")).revision
    summary = (await room.service.reset(room.caller, registration.id)).summary
    assert (summary.completion, summary.location) == ("not attempted", "")
    assert summary.revision > before
    with pytest.raises(Superseded):
        await window.commit(core__lesson_location="6")
    anew = await room.opened(registration)
    assert anew.delivery["cmi"]["cmi.core.entry"] == "ab-initio"
    assert "cmi.core.lesson_location" not in anew.delivery["cmi"]


async def test_a_result_set_by_hand_needs_a_reason_and_stays_until_the_course_does_better(room: Room) -> None:
    registration = await room.register(SINGLE_2004)
    with pytest.raises(Invalid):
        await room.service.mark(
            room.caller, registration.id, completion=Completion.COMPLETED, success=Success.PASSED, reason=" "
        )
    marked = await room.service.mark(
        room.caller, registration.id, completion=Completion.COMPLETED, success=Success.PASSED, score_scaled=0.6,
        reason="Oral examination",
    )  # fmt: skip
    assert (marked.summary.success, marked.summary.score.raw) == ("passed", 60)
    window = await room.opened(registration)
    assert (await window.commit(completion_status="incomplete")).summary.completion == "completed"
    assert (await window.commit(score__scaled="0.9")).summary.score.scaled == 0.9
    async with room.db.tenant(room.caller.tenant_id) as tx:
        trail = await tx.rows("SELECT action, detail FROM audit_events WHERE tenant_id = %(tenant_id)s ORDER BY id")
    assert [row["action"] for row in trail] == ["registration.created", "registration.marked"]
    assert trail[1]["detail"]["reason"] == "Oral examination"


async def test_totals_and_facts_are_kept_in_the_same_transaction(room: Room) -> None:
    registration = await room.register(SINGLE_12)
    window = await room.opened(registration)
    await window.commit(core__lesson_status="completed")
    await window.commit(core__lesson_status="passed")
    async with room.db.tenant(room.caller.tenant_id) as tx:
        totals = await tx.one("SELECT * FROM course_totals WHERE tenant_id = %(tenant_id)s")
        day = await tx.one("SELECT * FROM daily_totals WHERE tenant_id = %(tenant_id)s")
        facts = await tx.rows("SELECT name FROM outbox WHERE tenant_id = %(tenant_id)s ORDER BY id")
    for row in (totals, day):
        assert (row["registrations"], row["launches"], row["completions"]) == (1, 1, 1)
    assert [row["name"] for row in facts] == [
        "registration.created", "registration.launched", "registration.changed", "registration.completed",
        "registration.changed",
    ]  # fmt: skip


async def test_another_tenant_sees_and_changes_nothing(room: Room) -> None:
    registration = await room.register(SINGLE_12)
    await room.opened(registration)
    launch = (await room.service.launches(room.caller, registration.id))[0]
    stranger = platform_caller(await make_tenant(room.db, "Stranger"))
    assert (await room.service.list_registrations(stranger, RegistrationQuery())).items == ()
    acts = (room.service.show, room.service.launches, room.service.delete, room.service.reset, room.service.launch_link)
    for act in acts:
        with pytest.raises(RegistrationNotFound):
            await act(stranger, registration.id)  # type: ignore[operator]
    for look in (room.service.calls, room.service.navigations):
        with pytest.raises(RegistrationNotFound):
            await look(stranger, launch.id)  # type: ignore[operator]
    with pytest.raises(CourseMissing):
        await room.service.create(stranger, registration.course_id, LearnerIdentity("eve"))
    with pytest.raises(CourseMissing):
        await room.service.preview_link(stranger, registration.course_id)


async def test_a_link_signed_for_one_tenant_does_not_reach_into_another(room: Room) -> None:
    registration = await room.register(SINGLE_12)
    window = await room.window(registration)
    stranger = await make_tenant(room.db, "Stranger")
    path = await room.service.create_link(None, registration.tenant_id, registration.id, LinkOptions())
    link = room.service.read_link(path.removeprefix("/play/"))
    forged = room.service._sign_link(
        type(link)(id=link.id, tenant_id=stranger, mode=link.mode, registration_id=registration.id), 60
    )
    window.link = forged
    with pytest.raises(RegistrationNotFound):
        await window.open()


async def test_rights_are_asked_for(room: Room) -> None:
    registration = await room.register(SINGLE_12)
    nobody = Caller(room.caller.tenant_id, "api_key", "k", "nobody", frozenset({Scope.XAPI_READ}))
    acts = (room.service.show, room.service.launches, room.service.delete, room.service.reset, room.service.launch_link)
    for act in acts:
        with pytest.raises(ScopeMissing):
            await act(nobody, registration.id)  # type: ignore[operator]
    with pytest.raises(ScopeMissing):
        await room.service.create(nobody, registration.course_id, registration.learner)
    with pytest.raises(ScopeMissing):
        await room.service.preview_link(nobody, registration.course_id)


async def test_a_learner_needs_an_id(room: Room) -> None:
    course_id = await room.insert_course(SINGLE_12)
    for learner in (LearnerIdentity(" "), LearnerIdentity("x" * 256), LearnerIdentity("a\x00b")):
        with pytest.raises(Invalid):
            await room.service.create(room.caller, course_id, learner)


async def test_what_cannot_be_played_yet_says_so(room: Room) -> None:
    course_id = await room.insert_course(course(Standard.AICC, sco("one")))
    with pytest.raises(NotPlayable):
        await room.service.create(room.caller, course_id, LearnerIdentity("ann"))
    with pytest.raises(NotPlayable):
        await room.service.preview_link(room.caller, course_id)


async def test_a_dispatch_gets_one_registration_a_learner_and_another_when_it_says_so(room: Room) -> None:
    known = await room.register(SINGLE_12)
    tenant_id, dispatch_id = room.caller.tenant_id, new_id()

    async def open_one(fresh: bool) -> tuple[UUID, int, bool]:
        async with room.db.tenant(tenant_id) as tx:
            made = await room.service.open_dispatch_registration(
                tx, tenant_id=tenant_id, course_id=known.course_id, version_id=known.version_id,
                learner=LearnerIdentity("bob", "Bob"), dispatch_id=dispatch_id, fresh=fresh,
            )  # fmt: skip
        return made.id, made.instance, made.created

    first, again, fresh = await open_one(False), await open_one(False), await open_one(True)
    assert first[1:] == (1, True)
    assert again == (first[0], 1, False)
    assert fresh[1:] == (2, True)
    async with room.db.tenant(tenant_id) as tx:
        await room.service.take_receipt(tx, first[0], revision=3, ok=True)
        await room.service.take_receipt(tx, first[0], revision=2, ok=True)
        taken = await room.service.registration(tx, tenant_id, first[0])
    assert taken.lms_revision == 3


async def test_a_part_whose_content_said_nothing_shows_what_it_counts_as_once_it_ended(room: Room) -> None:
    """[SN UP.4] The course above it says completed and passed; its part must not say unknown."""
    registration = await room.register(course(Standard.SCORM_2004, sco("a"), sco("b")))
    window = await room.opened(registration)
    open_part = (await room.service.show(room.caller, registration.id)).activities[1]
    assert (open_part.completion, open_part.success) == ("unknown", "unknown")
    await window.go("continue")
    ended = (await room.service.show(room.caller, registration.id)).activities[1]
    assert (ended.completion, ended.success) == ("completed", "passed")
