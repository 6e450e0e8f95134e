"""Packages, receipts, postbacks and self-tests; and what operators may do."""

import base64
import hashlib
import hmac
import io
import json
import threading
import zipfile
from collections.abc import AsyncIterator, Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import msgspec
import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.serialization import load_der_public_key

from courseway.courses import CourseMissing, VersionMissing
from courseway.dispatch import (
    DestinationMissing,
    DestinationQuery,
    DispatchChanges,
    DispatchMissing,
    DispatchQuery,
    DispatchUserQuery,
    NewDestination,
    NewDispatch,
    PackageFormat,
    VersionPolicy,
)
from courseway.dispatch.jobs import jobs
from courseway.dispatch.model.refusals import DestinationInUse, KeyRefused, NothingToPackage
from courseway.dispatch.model.values import ReceiptSent, ReceiptsSent, SelfTestSent
from courseway.errors import Invalid
from courseway.kit.db import Database
from courseway.kit.ids import new_id
from courseway.kit.outgoing import AddressRefused, AnswerRefused
from courseway.kit.tokens import TokenRefused
from courseway.standards.shells import SHELL_FILES, render_signed_text
from courseway.tenants import Caller, Scope, ScopeMissing, platform_caller
from tests.conftest import make_tenant
from tests.rooms.dispatching import Room, config_of, make_room


@pytest.fixture
async def room(db: Database, database_url: str, tmp_path: Path, caller: Caller) -> AsyncIterator[Room]:
    yield await make_room(db, database_url, tmp_path, caller)


# packages ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("package_format", list(PackageFormat))
async def test_a_package_has_manifest_pages_and_shell_and_a_name_that_says_what_it_is(
    room: Room, package_format: PackageFormat
) -> None:
    one = await room.make(name="Brandschutz für alle / Büro")
    package = await room.service.package(room.caller, one.id, package_format)
    assert package.filename == f"brandschutz-fur-alle-buro-{package_format.value}.zip"
    with zipfile.ZipFile(io.BytesIO(package.content)) as archive:
        assert archive.testzip() is None
        assert set(archive.namelist()) == {"imsmanifest.xml", "index.html", "selftest.html", *SHELL_FILES}


async def test_one_package_can_hold_every_dispatch_of_a_destination(room: Room) -> None:
    with pytest.raises(NothingToPackage):
        await room.service.destination_package(room.caller, room.destination.id, PackageFormat.SCORM_12)
    made = [await room.make(name="First aid"), await room.make(name="Fire safety")]
    await room.service.delete_dispatch(room.caller, (await room.make(name="Gone")).id)
    package = await room.service.destination_package(room.caller, room.destination.id, PackageFormat.SCORM_2004_4)
    assert package.filename == "contoso-academy-scorm2004-4.zip"
    dispatches = config_of(package.content)["dispatches"]
    assert [(one["dispatch"], one["title"]) for one in dispatches] == [(str(one.id), one.name) for one in made]
    await room.launch(made[1], key=dispatches[1]["key"])
    with pytest.raises(KeyRefused):
        await room.launch(made[1], key=dispatches[0]["key"])


async def test_the_endpoints_in_a_package_are_signed_with_the_key_it_carries(room: Room) -> None:
    one = await room.make()
    config = await room.config(one)
    launched = await room.launch(one)
    key = load_der_public_key(base64.b64decode(config["verify"]))
    assert isinstance(key, ec.EllipticCurvePublicKey)
    for endpoints in (config["endpoints"], msgspec.to_builtins(launched.endpoints)):
        raw = base64.b64decode(endpoints["signature"])
        signature = encode_dss_signature(int.from_bytes(raw[:32], "big"), int.from_bytes(raw[32:], "big"))
        text = render_signed_text(str(one.id), endpoints["serial"], endpoints["urls"])
        key.verify(signature, text, ec.ECDSA(hashes.SHA256()))
        with pytest.raises(InvalidSignature):
            key.verify(signature, text + b"x", ec.ECDSA(hashes.SHA256()))


async def test_a_package_carries_nothing_that_another_dispatch_or_the_platform_would_accept(room: Room) -> None:
    config = await room.config(await room.make())
    other = await room.config(await room.make())
    assert config["key"] != other["key"]
    assert config["verify"] == other["verify"]
    async with room.db.tenant(room.caller.tenant_id) as tx:
        row = await tx.one("SELECT learner_hash_key FROM destinations WHERE tenant_id = %(tenant_id)s")
    secret = bytes(row["learner_hash_key"])
    assert secret.hex() not in json.dumps(config)
    assert base64.b64encode(secret).decode() not in json.dumps(config)


# receipts ---------------------------------------------------------------------------------------------------------


async def user_of(room: Room, dispatch_id: Any) -> Any:
    (user,) = (await room.service.users(room.caller, dispatch_id)).items
    return user


async def test_receipts_say_what_the_lms_took_and_when(room: Room) -> None:
    one = await room.make()
    launched = await room.launch(one)
    await room.finish(launched)
    assert (await user_of(room, one.id)).lms_behind
    values = {"cmi.core.lesson_status": "passed", "cmi.suspend_data": "ours"}
    await room.service.receive_receipts(ReceiptsSent(launched.token, (ReceiptSent(1, True, values=values),)))
    user = await user_of(room, one.id)
    assert (user.lms_revision, user.lms_error, user.lms_behind) == (1, "", False)
    assert user.lms_taken_at is not None
    (receipt,) = await room.service.receipts(room.caller, launched.registration_id)
    assert receipt.values == {"cmi.core.lesson_status": "passed"}


async def test_a_refused_save_shows_until_the_lms_takes_it_and_late_receipts_change_nothing(room: Room) -> None:
    one = await room.make()
    launched = await room.launch(one)

    async def receive(revision: int, ok: bool, error: str = "") -> None:
        await room.service.receive_receipts(ReceiptsSent(launched.token, revision=revision, ok=ok, error=error))

    await receive(2, ok=True)
    await receive(3, ok=False, error="391 General commit failure")
    assert (await user_of(room, one.id)).lms_error == "391 General commit failure"
    assert (await user_of(room, one.id)).lms_revision == 2
    await receive(3, ok=True)
    await receive(1, ok=True)
    await receive(2, ok=False, error="late")
    user = await user_of(room, one.id)
    assert (user.lms_revision, user.lms_error) == (3, "")
    assert len(await room.service.receipts(room.caller, launched.registration_id)) == 5


async def test_learners_whose_lms_is_behind_can_be_listed(room: Room) -> None:
    one = await room.make()
    behind, up_to_date = await room.launch(one, "ann"), await room.launch(one, "bob")
    for launched in (behind, up_to_date):
        await room.finish(launched)
    await room.service.receive_receipts(ReceiptsSent(up_to_date.token, revision=1, ok=True))
    page = await room.service.users(room.caller, one.id, DispatchUserQuery(lms="behind"))
    assert [user.learner_key for user in page.items] == ["ann"]


async def test_a_token_that_is_forged_or_too_old_is_refused(room: Room) -> None:
    launched = await room.launch(await room.make())
    for token in ("", "x.y.z", launched.token[:-2] + "AA"):
        with pytest.raises(TokenRefused):
            await room.service.receive_receipts(ReceiptsSent(token, revision=1, ok=True))
    room.clock.forward(days=8)
    with pytest.raises(TokenRefused):
        await room.service.state(launched.token)


async def test_a_shell_that_cannot_hear_its_player_asks_the_server(room: Room) -> None:
    launched = await room.launch(await room.make())
    assert (await room.service.state(launched.token)).revision == 0
    await room.finish(launched)
    state = await room.service.state(launched.token)
    assert (state.revision, state.summary.completion, state.ended) == (1, "completed", False)


# postbacks --------------------------------------------------------------------------------------------------------


class Listener:
    """An address that results are posted to."""

    def __init__(self) -> None:
        self.status = 204
        self.heard: list[tuple[dict[str, str], bytes]] = []
        listener = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                listener.heard.append((dict(self.headers), body))
                self.send_response(listener.status)
                self.end_headers()

            def log_message(self, format: str, *args: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}/results?x=1"


@pytest.fixture
def listener() -> Iterator[Listener]:
    listener = Listener()
    thread = threading.Thread(target=listener.server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield listener
    listener.server.shutdown()
    listener.server.server_close()
    thread.join()


async def test_a_result_is_posted_back_signed(room: Room, listener: Listener) -> None:
    one = await room.make(postback_url=listener.url)
    launched = await room.launch(one)
    await room.finish(launched)
    assert await room.service.post_back(room.caller.tenant_id, one.id, launched.registration_id)
    ((headers, body),) = listener.heard
    told = json.loads(body)
    assert told["learner_id"] == "ann"
    assert (told["revision"], told["result"]["completion"], told["result"]["success"]) == (1, "completed", "passed")
    timestamp, signature = headers["Courseway-Signature"].split(",")
    secret = await room.service.postback_secret(room.caller, one.id)
    text = timestamp.removeprefix("t=").encode() + b"." + body
    assert signature == "v1=" + hmac.new(secret.encode(), text, hashlib.sha256).hexdigest()


async def test_a_receipt_with_a_result_puts_a_postback_into_the_queue(room: Room, listener: Listener) -> None:
    one = await room.make(postback_url=listener.url)
    launched = await room.launch(one)
    room.queue.register(jobs(room.service))
    await room.queue.open()
    sent = ReceiptSent(1, True, values={"cmi.core.lesson_status": "passed"})
    await room.service.receive_receipts(ReceiptsSent(launched.token, (sent,)))
    await room.service.receive_receipts(
        ReceiptsSent(launched.token, (ReceiptSent(2, True, values={"cmi.core.lesson_location": "2"}),))
    )
    await room.queue.close()
    await room.queue.run_worker(stop_when_empty=True)
    assert len(listener.heard) == 1


async def test_a_postback_that_is_not_taken_is_tried_again_and_a_private_address_is_not(
    room: Room, listener: Listener, db: Database, database_url: str, tmp_path: Path
) -> None:
    one = await room.make(postback_url=listener.url)
    launched = await room.launch(one)
    listener.status = 500
    with pytest.raises(AnswerRefused):
        await room.service.post_back(room.caller.tenant_id, one.id, launched.registration_id)
    strict_folder = tmp_path / "strict"
    strict_folder.mkdir()
    strict = await make_room(db, database_url, strict_folder, room.caller, allow_private=False)
    with pytest.raises(AddressRefused):
        await strict.service.post_back(room.caller.tenant_id, one.id, launched.registration_id)


# self-tests -------------------------------------------------------------------------------------------------------


async def test_a_self_test_can_be_found_by_the_id_that_people_quote(room: Room) -> None:
    one = await room.make()
    results = {"api": {"state": "ok"}, "popup": {"state": "bad"}}
    code = await room.service.receive_self_test(SelfTestSent(one.id, await room.key(one), results), "Browser 1")
    (found,) = await room.service.self_tests(room.caller, code=f" {code.lower()} ")
    assert (found.results, found.dispatch_id, found.user_agent) == (results, one.id, "Browser 1")
    assert [test.code for test in await room.service.self_tests(room.caller, dispatch_id=one.id)] == [code]
    with pytest.raises(KeyRefused):
        await room.service.receive_self_test(SelfTestSent(one.id, "cw1.x.y", results), "")


# operators --------------------------------------------------------------------------------------------------------


async def test_a_dispatch_takes_the_courses_title_and_every_option_that_is_given(room: Room) -> None:
    one = await room.make(
        tags=("spring",), notes="For the new hires", owner_email="kim@contoso.example", registration_cap=25
    )
    assert (one.name, one.course_title, one.destination_name) == ("Fire safety", "Fire safety", "Contoso Academy")
    assert (one.tags, one.notes, one.owner_email, one.seats_left) == (
        ("spring",),
        "For the new hires",
        "kim@contoso.example",
        25,
    )
    changes = msgspec.json.decode(
        b'{"notes": "", "registration_cap": 0, "expires_at": "2030-01-01T00:00:00Z"}', type=DispatchChanges
    )
    changed = await room.service.update_dispatch(room.caller, one.id, changes)
    assert (changed.notes, changed.seats_left, changed.name) == ("", None, "Fire safety")
    assert changed.expires_at is not None
    cleared = await room.service.update_dispatch(room.caller, one.id, DispatchChanges(expires_at=None))
    assert cleared.expires_at is None


async def test_a_last_day_in_the_past_is_refused_unless_the_dispatch_has_it_already(room: Room) -> None:
    past = room.clock.now - timedelta(minutes=1)
    with pytest.raises(Invalid) as refused:
        await room.make(expires_at=past)
    assert refused.value.extra["field"] == "expires_at"
    one = await room.make(expires_at=room.clock.now + timedelta(hours=1))
    room.clock.forward(days=1)
    changes = DispatchChanges(expires_at=one.expires_at, notes="Asked them whether they renew")
    assert (await room.service.update_dispatch(room.caller, one.id, changes)).expires_at == one.expires_at
    with pytest.raises(Invalid):
        await room.service.update_dispatch(room.caller, one.id, DispatchChanges(expires_at=past))
    for earlier in (past, past.replace(tzinfo=None)):
        with pytest.raises(Invalid):
            await room.make(expires_at=earlier)


async def test_what_makes_no_sense_is_refused(room: Room) -> None:
    nowhere, here = new_id(), {"destination_id": room.destination.id, "course_id": room.course_id}
    refusals: list[tuple[type[Exception], dict[str, Any]]] = [
        (DestinationMissing, {"destination_id": nowhere}),
        (CourseMissing, {"course_id": nowhere}),
        (VersionMissing, {"version_policy": VersionPolicy.PINNED, "pinned_version_id": nowhere}),
        (Invalid, {"version_policy": VersionPolicy.CANARY}),
        (Invalid, {"registration_cap": -1}),
        (Invalid, {"canary_percent": 101}),
        (Invalid, {"postback_url": "file:///etc/passwd"}),
        (Invalid, {"postback_url": "https://user:secret@example.com"}),
        (Invalid, {"name": "x" * 201}),
    ]
    for refusal, change in refusals:
        with pytest.raises(refusal):
            await room.service.create_dispatch(room.caller, NewDispatch(**{**here, **change}))
    with pytest.raises(Invalid):
        await room.service.create_destination(room.caller, NewDestination(name="A", lms_origins=("lms.example",)))


async def test_a_destination_with_dispatches_is_not_deleted_by_accident(room: Room) -> None:
    one = await room.make()
    with pytest.raises(DestinationInUse):
        await room.service.delete_destination(room.caller, room.destination.id)
    await room.service.delete_dispatch(room.caller, one.id)
    await room.service.delete_destination(room.caller, room.destination.id)
    assert (await room.service.list_destinations(room.caller)).items == ()
    assert len((await room.service.list_destinations(room.caller, DestinationQuery(deleted=True))).items) == 1
    await room.service.restore_destination(room.caller, room.destination.id)
    assert len((await room.service.list_destinations(room.caller)).items) == 1


async def test_lists_are_paged_newest_first_and_searched(room: Room) -> None:
    made = [await room.make(name=f"Course {number}", tags=("odd",) if number % 2 else ()) for number in range(5)]
    first = await room.service.list_dispatches(room.caller, DispatchQuery(limit=2))
    assert [one.name for one in first.items] == ["Course 4", "Course 3"]
    second = await room.service.list_dispatches(room.caller, DispatchQuery(limit=10, cursor=first.next_cursor or ""))
    assert [one.name for one in second.items] == ["Course 2", "Course 1", "Course 0"]
    assert second.next_cursor is None
    found = await room.service.list_dispatches(room.caller, DispatchQuery(search="course 3"))
    assert [one.id for one in found.items] == [made[3].id]
    odd = await room.service.list_dispatches(room.caller, DispatchQuery(tag="odd"))
    assert len(odd.items) == 2
    with pytest.raises(Invalid):
        await room.service.list_dispatches(room.caller, DispatchQuery(cursor="nonsense"))


async def test_a_caller_needs_the_right_for_what_it_does(room: Room) -> None:
    one = await room.make()
    viewer = Caller(room.caller.tenant_id, "user", "v", "Vera", frozenset({Scope.DISPATCH_READ}))
    await room.service.package(viewer, one.id, PackageFormat.SCORM_12)
    writing = [
        room.service.create_destination(viewer, NewDestination(name="X")),
        room.service.update_dispatch(viewer, one.id, DispatchChanges(name="X")),
        room.service.pause(viewer, one.id),
        room.service.reset_count(viewer, one.id),
        room.service.delete_dispatch(viewer, one.id),
        room.service.postback_secret(viewer, one.id),
    ]
    for action in writing:
        with pytest.raises(ScopeMissing):
            await action
    nobody = Caller(room.caller.tenant_id, "user", "n", "Nora", frozenset({Scope.COURSE_READ}))
    with pytest.raises(ScopeMissing):
        await room.service.list_dispatches(nobody)


async def test_a_stranger_finds_nothing_of_another_tenant(room: Room) -> None:
    one = await room.make()
    launched = await room.launch(one)
    stranger = platform_caller(await make_tenant(room.db, "Strangers"))
    for action in (
        room.service.dispatch(stranger, one.id),
        room.service.package(stranger, one.id, PackageFormat.SCORM_12),
        room.service.users(stranger, one.id),
        room.service.usage(stranger, one.id),
        room.service.pause(stranger, one.id),
        room.service.delete_dispatch(stranger, one.id),
    ):
        with pytest.raises(DispatchMissing):
            await action
    with pytest.raises(DestinationMissing):
        await room.service.destination(stranger, room.destination.id)
    assert (await room.service.list_dispatches(stranger)).items == ()
    assert await room.service.receipts(stranger, launched.registration_id) == ()


async def test_every_change_is_in_the_audit_trail(room: Room) -> None:
    one = await room.make()
    await room.service.pause(room.caller, one.id)
    await room.service.delete_dispatch(room.caller, one.id)
    async with room.db.tenant(room.caller.tenant_id) as tx:
        rows = await tx.rows("SELECT action FROM audit_events WHERE tenant_id = %(tenant_id)s ORDER BY id")
    assert [row["action"] for row in rows] == [
        "destination.created",
        "dispatch.created",
        "dispatch.updated",
        "dispatch.deleted",
    ]
