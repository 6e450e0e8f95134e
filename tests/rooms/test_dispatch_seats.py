"""Who may launch a dispatch, and what it costs."""

import asyncio
import hashlib
import hmac
from collections import Counter
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from courseway.dispatch import (
    CourseChange,
    DestinationChanges,
    Dispatch,
    DispatchChanges,
    DispatchOptions,
    DispatchUser,
    LaunchRefused,
    Messages,
    NewDestination,
    NewDispatch,
    VersionPolicy,
)
from courseway.dispatch.model.keys import DestinationKey
from courseway.dispatch.model.refusals import (
    ClosedToNew,
    Disabled,
    DispatchMissing,
    Expired,
    KeyRefused,
    LearnerUnknown,
    LimitReached,
    NothingToReview,
    OriginRefused,
)
from courseway.dispatch.model.seats import choose_version, plan_seat, starts_over
from courseway.dispatch.model.values import LaunchRequest
from courseway.dispatch.service.launching import hash_learner
from courseway.kit.db import Database
from courseway.learning.model.protocol import StartBody
from courseway.tenants import Caller
from tests.rooms.dispatching import Room, from_base64, make_room

NOW = datetime(2026, 11, 23, tzinfo=UTC)
OLD, NEW = UUID(int=1), UUID(int=2)


@pytest.fixture
async def room(db: Database, database_url: str, tmp_path: Path, caller: Caller) -> AsyncIterator[Room]:
    yield await make_room(db, database_url, tmp_path, caller)


def a_dispatch(**change: object) -> Dispatch:
    values: dict[str, object] = {
        "id": UUID(int=9), "tenant_id": UUID(int=8), "destination_id": UUID(int=7), "destination_name": "", "course_id": UUID(int=6),
        "course_title": "", "current_version_id": NEW, "name": "", "enabled": True, "allow_new_registrations": True,
        "registration_cap": 0, "registration_count": 0, "count_reset_at": None, "expires_at": None, "instanced": False,
        "version_policy": VersionPolicy.NEWEST, "pinned_version_id": None, "previous_version_id": None, "canary_percent": 0,
        "on_course_change": CourseChange.NEVER, "options": DispatchOptions(), "postback_url": "", "owner_email": "", "tags": (),
        "notes": "", "launches": 0, "completions": 0, "last_launch_at": None, "created_at": NOW, "updated_at": NOW, **change,
    }  # fmt: skip
    return Dispatch(**values)  # type: ignore[arg-type]


def a_user(
    completion: str = "incomplete", success: str = "unknown", version: UUID = NEW, instance: int = 1
) -> DispatchUser:
    return DispatchUser(
        id=UUID(int=5), dispatch_id=UUID(int=9), learner_key="ann", name="", instance=instance, registration_id=UUID(int=4),
        version_id=version, counted=True, created_at=NOW, last_launch_at=None, completion=completion, success=success,
        score_scaled=None, score_raw=None, total_time_seconds=0, revision=1, lms_revision=None, lms_taken_at=None, lms_error="",
    )  # fmt: skip


# decisions --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("instanced", [True, False])
@pytest.mark.parametrize("fresh", [True, False])
@pytest.mark.parametrize("completion", ["completed", "incomplete"])
def test_a_learner_starts_anew_only_when_the_lms_says_so_and_the_last_instance_is_finished(
    instanced: bool, fresh: bool, completion: str
) -> None:
    seat = plan_seat(a_dispatch(instanced=instanced), a_user(completion), learner_key="ann", fresh=fresh)
    assert seat.is_new == (instanced and fresh and completion == "completed")
    assert seat.instance == (2 if seat.is_new else 1)


@pytest.mark.parametrize(
    "change", [{"registration_cap": 1, "registration_count": 1}, {"allow_new_registrations": False}]
)
def test_a_known_learner_goes_on_when_there_is_no_seat_for_another_instance(change: dict[str, object]) -> None:
    full = a_dispatch(instanced=True, **change)
    seat = plan_seat(full, a_user("completed"), learner_key="ann", fresh=True)
    assert seat.known is not None
    with pytest.raises(LaunchRefused):
        plan_seat(full, None, learner_key="bob", fresh=True)


STATES = {
    "under way": ("incomplete", "unknown"), "completed": ("completed", "unknown"),
    "failed": ("completed", "failed"), "passed": ("completed", "passed"),
}  # fmt: skip
STARTS_OVER = {
    CourseChange.NEVER: set(),
    CourseChange.INCOMPLETE: {"under way"},
    CourseChange.COMPLETED: {"completed", "failed", "passed"},
    CourseChange.FAILED: {"failed"},
    CourseChange.PASSED: {"passed"},
    CourseChange.ALWAYS: set(STATES),
}


@pytest.mark.parametrize("policy", list(CourseChange))
@pytest.mark.parametrize("state", list(STATES))
def test_when_the_course_changed_the_policy_says_who_starts_over_and_it_costs_no_seat(
    policy: CourseChange, state: str
) -> None:
    user = a_user(*STATES[state], version=OLD)
    assert starts_over(policy, user) == (state in STARTS_OVER[policy])
    full = a_dispatch(on_course_change=policy, registration_cap=1, registration_count=1)
    seat = plan_seat(full, user, learner_key="ann", fresh=False)
    if state in STARTS_OVER[policy]:
        assert (seat.known, seat.instance, seat.counted, seat.version_id) == (None, 2, False, NEW)
    else:
        assert (seat.known, seat.version_id) == (user, OLD)
    same = plan_seat(full, a_user(*STATES[state], version=NEW), learner_key="ann", fresh=False)
    assert not same.is_new


def test_a_canary_takes_its_share_and_always_the_same_learners() -> None:
    canary = a_dispatch(version_policy=VersionPolicy.CANARY, pinned_version_id=OLD, canary_percent=20)
    chosen = Counter(choose_version(canary, f"learner {number}") for number in range(2000))
    assert 300 < chosen[NEW] < 500
    assert choose_version(canary, "ann") == choose_version(canary, "ann")
    assert choose_version(msgspec.structs.replace(canary, canary_percent=0), "ann") == OLD
    assert choose_version(msgspec.structs.replace(canary, canary_percent=100), "ann") == NEW
    assert choose_version(a_dispatch(version_policy=VersionPolicy.PINNED, pinned_version_id=OLD), "ann") == OLD


launches = st.lists(st.tuples(st.sampled_from("abcdef"), st.booleans(), st.booleans()), max_size=60)


@given(launches, st.integers(0, 6), st.booleans(), st.sampled_from(list(CourseChange)))
def test_no_sequence_of_launches_counts_more_seats_than_there_are(
    sequence: list[tuple[str, bool, bool]], cap: int, instanced: bool, policy: CourseChange
) -> None:
    count, seats, users = 0, Counter[tuple[str, int]](), dict[str, DispatchUser]()
    for learner, fresh, finishes in sequence:
        known = users.get(learner)
        one = a_dispatch(registration_cap=cap, registration_count=count, instanced=instanced, on_course_change=policy)
        try:
            seat = plan_seat(one, known, learner_key=learner, fresh=fresh)
        except LaunchRefused:
            assert known is None
            continue
        if seat.is_new:
            count += seat.counted
            seats[learner, seat.instance] += seat.counted
        users[learner] = a_user("completed" if finishes else "incomplete", instance=seat.instance)
    assert cap == 0 or count <= cap
    assert all(number <= 1 for number in seats.values())


# launches on a real database --------------------------------------------------------------------------------------


async def test_200_launches_at_once_against_a_cap_of_50_take_exactly_50_seats(room: Room) -> None:
    one = await room.make(registration_cap=50)
    key = await room.key(one)
    answers = await asyncio.gather(
        *(room.launch(one, f"learner {n}", key=key) for n in range(200)), return_exceptions=True
    )
    seated = [n for n, answer in enumerate(answers) if not isinstance(answer, BaseException)]
    assert len(seated) == 50
    assert all(isinstance(answer, LimitReached) for n, answer in enumerate(answers) if n not in set(seated))
    again = await asyncio.gather(*(room.launch(one, f"learner {n}", key=key, fresh=True) for n in seated * 4))
    assert len({launched.registration_id for launched in again}) == 50
    assert await room.count(one) == 50
    usage = await room.service.usage(room.caller, one.id)
    assert (usage.learners, usage.seats_left, usage.launches) == (50, 0, 250)


async def test_one_learner_launching_30_times_at_once_uses_one_seat(room: Room) -> None:
    one = await room.make(registration_cap=3, instanced=True)
    key = await room.key(one)
    answers = await asyncio.gather(*(room.launch(one, "ann", key=key, fresh=True) for _ in range(30)))
    assert len({launched.registration_id for launched in answers}) == 1
    assert await room.count(one) == 1


async def test_a_second_attempt_is_a_new_instance_and_a_new_seat_once(room: Room) -> None:
    one = await room.make(instanced=True)
    first = await room.launch(one, fresh=True)
    assert (await room.launch(one, fresh=True)).registration_id == first.registration_id
    await room.finish(first)
    assert (await room.launch(one, fresh=False)).registration_id == first.registration_id
    answers = await asyncio.gather(*(room.launch(one, fresh=True) for _ in range(8)))
    assert len({launched.registration_id for launched in answers}) == 1
    assert answers[0].registration_id != first.registration_id
    assert answers[0].summary.completion == "not attempted"
    assert await room.count(one) == 2


async def test_without_instances_a_learner_keeps_one_registration(room: Room) -> None:
    one = await room.make()
    first = await room.launch(one, fresh=True)
    await room.finish(first)
    again = await room.launch(one, fresh=True)
    assert again.registration_id == first.registration_id
    assert again.summary.completion == "completed"


async def test_a_paused_or_expired_dispatch_opens_for_nobody_and_says_its_own_words(room: Room) -> None:
    words = Messages(disabled="Closed for the holidays.", expired="The licence ended.")
    one = await room.make(options=DispatchOptions(messages=words), expires_at=room.clock.now + timedelta(days=1))
    await room.launch(one)
    await room.service.pause(room.caller, one.id)
    with pytest.raises(Disabled, match="Closed for the holidays"):
        await room.launch(one)
    await room.service.resume(room.caller, one.id)
    await room.launch(one)
    room.clock.forward(days=2)
    with pytest.raises(Expired, match="The licence ended"):
        await room.launch(one)


async def test_closed_to_new_learners_lets_known_ones_go_on(room: Room) -> None:
    one = await room.make()
    await room.launch(one, "ann")
    await room.service.update_dispatch(
        room.caller, one.id, msgspec.convert({"allow_new_registrations": False}, type=DispatchChanges)
    )
    await room.launch(one, "ann")
    with pytest.raises(ClosedToNew):
        await room.launch(one, "bob")


async def test_resetting_the_count_opens_seats_again_and_remembers_when(room: Room) -> None:
    one = await room.make(registration_cap=1)
    await room.launch(one, "ann")
    with pytest.raises(LimitReached):
        await room.launch(one, "bob")
    after = await room.service.reset_count(room.caller, one.id)
    assert (after.registration_count, after.count_reset_at) == (0, room.clock.now)
    await room.launch(one, "ann")
    assert await room.count(one) == 0
    await room.launch(one, "bob")
    assert await room.count(one) == 1


async def test_a_changed_course_starts_learners_over_as_the_policy_says(room: Room) -> None:
    one = await room.make(on_course_change=CourseChange.INCOMPLETE, registration_cap=2)
    under_way, done = await room.launch(one, "ann"), await room.launch(one, "bob")
    await room.finish(done)
    await room.use_version(1)
    assert (await room.launch(one, "bob")).registration_id == done.registration_id
    over = await room.launch(one, "ann")
    assert over.registration_id != under_way.registration_id
    assert (await room.launch(one, "ann")).registration_id == over.registration_id
    assert await room.count(one) == 2
    users = await room.service.users(room.caller, one.id)
    newest = next(user for user in users.items if user.registration_id == over.registration_id)
    assert (newest.version_id, newest.instance, newest.counted) == (room.versions[1], 2, False)


async def test_a_pinned_version_is_played_until_it_is_reverted(room: Room) -> None:
    one = await room.make(version_policy=VersionPolicy.PINNED, pinned_version_id=room.versions[1])
    launched = await room.launch(one, "ann")
    users = await room.service.users(room.caller, one.id)
    assert [user.version_id for user in users.items if user.registration_id == launched.registration_id] == [
        room.versions[1]
    ]
    changes = msgspec.convert({"pinned_version_id": str(room.versions[0])}, type=DispatchChanges)
    await room.service.update_dispatch(room.caller, one.id, changes)
    reverted = await room.service.revert_version(room.caller, one.id)
    assert (reverted.version_policy, reverted.pinned_version_id) == (VersionPolicy.PINNED, room.versions[1])
    assert reverted.previous_version_id == room.versions[0]


async def test_only_a_package_of_this_dispatch_opens_it(room: Room) -> None:
    one, other = await room.make(), await room.make(name="Another")
    for key in (await room.key(other), "", "cw1.x.y", (await room.key(one))[:-1] + "x", f"cw1.{UUID(int=3).hex}.00"):
        with pytest.raises((KeyRefused, DispatchMissing)):
            await room.service.launch(
                one.id, msgspec.convert({"key": key, "learner": {"id": "ann"}}, type=LaunchRequest)
            )


async def test_a_deleted_dispatch_does_not_open_until_it_is_restored(room: Room) -> None:
    one = await room.make()
    key = await room.key(one)
    await room.service.delete_dispatch(room.caller, one.id)
    with pytest.raises(DispatchMissing, match="not offered any more"):
        await room.launch(one, key=key)
    await room.service.restore_dispatch(room.caller, one.id)
    await room.launch(one, key=key)


async def test_learner_ids_are_kept_as_keyed_hashes_only_when_the_destination_says_so(room: Room) -> None:
    changes = msgspec.convert({"hash_learners": True}, type=DestinationChanges)
    one = await room.make()
    old_key = await room.key(one)
    assert "hash_key" not in await room.config(one)
    await room.service.update_destination(room.caller, room.destination.id, changes)
    assert "hash_key" in await room.config(one)
    from_old_package = await room.launch(one, "ann@example.com", key=old_key)
    (user,) = (await room.service.users(room.caller, one.id)).items
    assert user.learner_key.startswith("h1-")
    assert user.name == ""
    assert "ann" not in user.learner_key
    from_new_package = await room.launch(one, user.learner_key)
    assert from_new_package.registration_id == from_old_package.registration_id


async def test_the_server_hashes_as_the_browser_does(room: Room) -> None:
    changes = msgspec.convert({"hash_learners": True}, type=DestinationChanges)
    await room.service.update_destination(room.caller, room.destination.id, changes)
    config = await room.config(await room.make())
    async with room.db.tenant(room.caller.tenant_id) as tx:
        row = await tx.one("SELECT learner_hash_key FROM destinations WHERE tenant_id = %(tenant_id)s")
    expected = "h1-" + hmac.new(from_base64(config["hash_key"]), b"ann", hashlib.sha256).hexdigest()
    assert hash_learner(DestinationKey(bytes(row["learner_hash_key"])), "ann") == expected


async def test_two_customers_learners_with_the_same_id_are_two_people(room: Room) -> None:
    one = await room.make()

    other = await room.service.create_destination(room.caller, NewDestination(name="Fabrikam"))
    second = await room.service.create_dispatch(
        room.caller, NewDispatch(destination_id=other.id, course_id=room.course_id)
    )
    first_launch, second_launch = await room.launch(one, "42"), await room.launch(second, "42")
    registrations = [
        await room.learning.registration(None, room.caller.tenant_id, launched.registration_id)
        for launched in (first_launch, second_launch)
    ]
    assert registrations[0].learner.external_id != registrations[1].learner.external_id


async def test_a_learner_without_an_id_is_refused(room: Room) -> None:
    one = await room.make()
    for learner in ("", "  ", "x" * 300):
        with pytest.raises(LearnerUnknown):
            await room.launch(one, learner)


async def test_a_learner_whose_registration_was_erased_starts_as_a_new_one(room: Room) -> None:
    one = await room.make()
    first = await room.launch(one)
    async with room.db.tenant(room.caller.tenant_id) as tx:
        await tx.run(
            "UPDATE registrations SET deleted_at = now() WHERE tenant_id = %(tenant_id)s AND id = %(id)s",
            {"id": first.registration_id},
        )
    second = await room.launch(one)
    assert second.registration_id != first.registration_id
    assert (await room.launch(one)).registration_id == second.registration_id
    assert await room.count(one) == 2


async def test_looking_back_takes_no_seat_and_makes_nothing(room: Room) -> None:
    one = await room.make(registration_cap=1)
    with pytest.raises(NothingToReview):
        await room.launch(one, mode="review")
    launched = await room.launch(one)
    await room.finish(launched)
    back = await room.launch(one, mode="browse")
    assert (back.mode, back.registration_id) == ("review", launched.registration_id)
    assert await room.count(one) == 1


async def test_only_named_origins_may_launch_when_the_destination_names_some(room: Room) -> None:
    changes = msgspec.convert({"lms_origins": ["https://LMS.contoso.example/"]}, type=DestinationChanges)
    changed = await room.service.update_destination(room.caller, room.destination.id, changes)
    assert changed.lms_origins == ("https://lms.contoso.example",)
    one = await room.make()
    await room.launch(one, origin="https://lms.contoso.example")
    with pytest.raises(OriginRefused):
        await room.launch(one, origin="https://evil.example")


async def test_two_customers_learners_of_one_id_stay_apart_and_each_course_sees_the_id_it_knows(room: Room) -> None:
    here = await room.launch(await room.make(), "17")
    other = await room.service.create_destination(room.caller, NewDestination(name="Fabrikam"))
    room.destination = other
    there = await room.launch(await room.make(), "17")
    seen = []
    for launched in (here, there):
        body = StartBody(link=launched.player_url.rsplit("/", 1)[-1], tab_key="a key of this tab alone")
        start = await room.learning.start(body)
        assert start.delivery is not None
        seen.append((start.learner["id"], start.delivery.cmi["cmi.core.student_id"]))
    assert seen == [("17", "17"), ("17", "17")]
    one = await room.learning.show(room.caller, here.registration_id)
    two = await room.learning.show(room.caller, there.registration_id)
    assert one.registration.learner.external_id != two.registration.learner.external_id
    assert one.registration.learner.shown_id == two.registration.learner.shown_id == "17"
