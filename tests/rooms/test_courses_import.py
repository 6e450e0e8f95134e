"""Packages in, courses out: every standard, the odd and the hostile; nothing half-made."""

import asyncio
import gzip
import hashlib
import io
import zipfile
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from courseway.courses import PackageTooLarge, UploadOver, UploadRules
from courseway.courses.model import UploadCancelled, UploadCutOff, UploadOptions
from courseway.courses.service.checking import check_package
from courseway.courses.service.unpacking import Unpacking
from courseway.kit.db import Database, DatabaseUnavailable
from courseway.kit.idempotency import KeyReused, OnceKey
from courseway.kit.ids import new_id
from courseway.kit.objects import FolderStore
from courseway.kit.queue import Queue
from courseway.kit.zips import ZipReader
from courseway.standards.archives.values import Limits
from courseway.tenants import Caller, Scope, ScopeMissing
from tests import packages
from tests.rooms.courses_room import Room, make_service, parts_of


@pytest.fixture
async def room(db: Database, database_url: str, caller: Caller, tmp_path: Path) -> AsyncIterator[Room]:
    queue = Queue(database_url)
    service = make_service(db, queue, tmp_path / "objects", tmp_path / "staging")
    await queue.open()
    yield Room(service, db, queue, tmp_path / "objects", caller)
    await queue.close()


@pytest.mark.parametrize(
    ("package", "standard", "edition"),
    [
        (packages.scorm12_package("Knots"), "scorm12", "1.2"),
        (packages.scorm2004_package("Knots", version="CAM 1.3"), "scorm2004", "2004-2"),
        (packages.scorm2004_package("Knots", version="2004 3rd Edition"), "scorm2004", "2004-3"),
        (packages.scorm2004_package("Knots"), "scorm2004", "2004-4"),
        (packages.aicc_package(), "aicc", "aicc"),
        (packages.cmi5_package(), "cmi5", "cmi5"),
        (packages.tincan_package(), "tincan", "1.0"),
    ],
    ids=["SCORM 1.2", "2004 2nd", "2004 3rd", "2004 4th", "AICC", "cmi5", "Tin Can"],
)
async def test_a_package_of_every_standard_becomes_a_course(
    room: Room, package: bytes, standard: str, edition: str
) -> None:
    course_id = await room.import_course(package)
    detail = await room.service.show(room.caller, course_id)
    assert (detail.course.standard, detail.course.edition, detail.course.title) == (standard, edition, "Knots")
    assert detail.course.playable == (standard in {"scorm12", "scorm2004"})
    assert detail.structure.launchable()
    assert detail.report.playable
    assert detail.version.original_sha256 == hashlib.sha256(package).hexdigest()
    assert detail.version.number == detail.course.current_version_number == 1


@pytest.mark.parametrize("name", list(packages.ODD))
async def test_odd_packages_are_repaired_and_imported(room: Room, name: str) -> None:
    upload = await room.import_package(packages.ODD[name])
    assert upload.state == "ready", upload
    assert upload.report is not None


@pytest.mark.parametrize("name", list(packages.HOSTILE))
async def test_hostile_packages_are_refused_with_nothing_left_behind(room: Room, name: str) -> None:
    if not packages.HOSTILE[name]:
        with pytest.raises(UploadCutOff):
            await room.import_package(packages.HOSTILE[name])
    else:
        upload = await room.import_package(packages.HOSTILE[name])
        assert upload.state == "failed"
        assert upload.error
        assert upload.report is not None
        assert upload.report.errors
        assert upload.course_id is None
    assert room.objects() == []
    assert [await room.count(table) for table in ("courses", "course_versions", "version_files")] == [0, 0, 0]


async def test_a_refused_package_shows_everything_that_is_wrong_at_once(room: Room) -> None:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        for name in ("../evil", "/etc/passwd", "ok.html"):
            archive.writestr(zipfile.ZipInfo(name), b"x")
    upload = await room.import_package(target.getvalue())
    assert upload.report is not None
    assert {"archive.path_traversal", "archive.absolute_path"} <= {issue.code for issue in upload.report.errors}
    events = await _audit(room)
    assert ("course.import_failed", "refused") in events


async def test_an_import_is_told_in_the_audit_trail_and_to_the_rooms_above(room: Room) -> None:
    await room.import_course(packages.scorm12_package())
    assert ("course.imported", "done") in await _audit(room)
    async with room.db.tenant(room.caller.tenant_id) as tx:
        rows = await tx.rows("SELECT name FROM outbox WHERE tenant_id = %(tenant_id)s")
    assert [row["name"] for row in rows] == ["course.imported"]


async def _audit(room: Room) -> list[tuple[str, str]]:
    async with room.db.tenant(room.caller.tenant_id) as tx:
        rows = await tx.rows("SELECT action, outcome FROM audit_events WHERE tenant_id = %(tenant_id)s ORDER BY id")
    return [(row["action"], row["outcome"]) for row in rows]


async def test_the_bytes_of_every_file_come_back(room: Room) -> None:
    files = {
        "a/Größe.txt": "text " * 2000,
        "b.bin": bytes(range(256)) * 9,
        "empty.js": "",
        "deep/er/c.json": "{}" * 400,
    }
    course_id = await room.import_course(packages.scorm12_package(files=files))
    detail = await room.service.show(room.caller, course_id)
    index = await room.service.load_files(detail.version.id)
    for path, content in files.items():
        asset = index.find(path)
        assert asset is not None
        stored = b"".join([part async for part in room.service.stream_stored(asset)])
        expected = content.encode() if isinstance(content, str) else content
        if asset.file.encoding == "gzip":
            stored = gzip.decompress(stored)
        assert stored == expected
    assert index.find("a/Größe.txt").file.encoding == "gzip"  # type: ignore[union-attr]


async def test_running_the_import_twice_makes_one_course(room: Room) -> None:
    upload = await room.import_package(packages.scorm12_package())
    await room.service.import_upload(room.caller.tenant_id, upload.id)
    assert await room.count("courses") == 1
    assert await room.count("course_versions") == 1


async def test_two_workers_on_one_import_publish_one_version_and_leave_one_prefix(room: Room) -> None:
    upload = await room.receive(packages.scorm12_package(files={f"f{n}.txt": "x" * 50 for n in range(300)}))
    run = room.service.import_upload
    await asyncio.gather(*(run(room.caller.tenant_id, upload.id) for _ in range(3)), return_exceptions=True)
    await run(room.caller.tenant_id, upload.id)
    assert (await room.service.show_upload(room.caller, upload.id)).state == "ready"
    assert await room.count("courses") == 1
    await room.service.sweep()
    assert len({path.split("/")[3] for path in room.objects() if "/versions/" in path}) == 1


async def test_what_a_dead_try_left_is_deleted_by_the_next(room: Room) -> None:
    upload = await room.receive(packages.scorm12_package())
    async with room.db.tenant(room.caller.tenant_id) as tx:
        await tx.run(
            "UPDATE uploads SET state = 'unpacking', attempts = 1, version_id = '018f0000-0000-7000-8000-000000000001' WHERE tenant_id = %(tenant_id)s"
        )
    left = room.folder / "t" / room.caller.tenant_id.hex / "versions" / "018f0000000070008000000000000001"
    left.mkdir(parents=True)
    (left / "abc").write_bytes(b"half")
    await room.service.import_upload(room.caller.tenant_id, upload.id)
    assert not left.exists()
    assert (await room.service.show_upload(room.caller, upload.id)).state == "ready"


async def test_an_import_that_never_comes_to_its_end_is_given_up_with_a_sentence(room: Room) -> None:
    upload = await room.receive(packages.scorm12_package())
    async with room.db.tenant(room.caller.tenant_id) as tx:
        await tx.run("UPDATE uploads SET state = 'checking', attempts = 5 WHERE tenant_id = %(tenant_id)s")
    await room.service.import_upload(room.caller.tenant_id, upload.id)
    failed = await room.service.show_upload(room.caller, upload.id)
    assert failed.state == "failed"
    assert "several times" in failed.error
    assert room.objects() == []


async def test_the_sweep_deletes_what_nobody_owns_and_keeps_the_rest(room: Room) -> None:
    course_id = await room.import_course(packages.scorm12_package())
    before = room.objects()
    tenant = room.folder / "t" / room.caller.tenant_id.hex
    for orphan in ("versions/018f0000000070008000000000000001/x", "packages/018f0000000070008000000000000002"):
        (tenant / orphan).parent.mkdir(exist_ok=True)
        (tenant / orphan).write_bytes(b"x")
    waiting = await room.receive(packages.scorm12_package())
    await room.service.sweep()
    assert len(room.objects()) == len(before) + 1
    await room.service.import_upload(room.caller.tenant_id, waiting.id)
    assert (await room.service.show_upload(room.caller, waiting.id)).course_id != course_id


async def test_the_sweep_leaves_alone_what_belongs_to_a_tenant_it_has_never_heard_of(room: Room) -> None:
    elsewhere = room.folder / "t" / new_id().hex / "packages" / new_id().hex
    elsewhere.parent.mkdir(parents=True)
    elsewhere.write_bytes(b"of another platform, or of a newer copy of the database")
    await room.service.sweep()
    assert elsewhere.exists()


async def test_a_version_keeps_its_files_when_the_answer_to_its_commit_is_lost(
    room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    upload = await room.receive(packages.scorm12_package())
    publish = room.service._publish

    async def publish_unheard(*arguments: Any) -> None:
        await publish(*arguments)
        raise DatabaseUnavailable

    monkeypatch.setattr(room.service, "_publish", publish_unheard)
    with pytest.raises(DatabaseUnavailable):
        await room.service.import_upload(room.caller.tenant_id, upload.id)
    kept = room.objects()
    await room.service.import_upload(room.caller.tenant_id, upload.id)
    assert (await room.service.show_upload(room.caller, upload.id)).state == "ready"
    assert room.objects() == kept
    assert any("/versions/" in key for key in kept)


async def test_an_import_whose_worker_died_is_taken_up_again(room: Room) -> None:
    upload = await room.receive(packages.scorm12_package())
    async with room.db.tenant(room.caller.tenant_id) as tx:
        await tx.run(
            "UPDATE uploads SET state = 'checking', updated_at = now() - interval '1 hour' WHERE tenant_id = %(tenant_id)s"
        )
    async with room.db.system() as tx:
        await tx.run("DELETE FROM procrastinate_jobs")
    assert await room.service.take_up_silent_imports() == 1
    await room.queue.close()
    await room.queue.run_worker(stop_when_empty=True)
    await room.queue.open()
    assert (await room.service.show_upload(room.caller, upload.id)).state == "ready"


async def test_the_queue_runs_the_import(room: Room) -> None:
    upload = await room.receive(packages.scorm12_package())
    await room.queue.close()
    await room.queue.run_worker(stop_when_empty=True)
    await room.queue.open()
    assert (await room.service.show_upload(room.caller, upload.id)).state == "ready"


async def test_an_upload_too_large_is_refused_while_it_arrives(room: Room) -> None:
    service = make_service(
        room.db, Queue(room.db.url), room.folder, room.folder, rules=UploadRules(max_upload_bytes=100_000)
    )
    sent = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal sent
        while True:
            sent += 50_000
            yield bytes(50_000)

    with pytest.raises(PackageTooLarge):
        await service.receive_package(room.caller, endless(), file_name="big.zip")
    assert sent <= 2_000_000
    with pytest.raises(PackageTooLarge):
        await service.receive_package(room.caller, endless(), file_name="big.zip", size_bytes=100_001)
    assert room.objects() == []


async def test_an_upload_that_breaks_off_leaves_a_failed_row_and_no_bytes(room: Room) -> None:
    async def broken() -> AsyncIterator[bytes]:
        yield bytes(3_000_000)
        raise ConnectionResetError

    with pytest.raises(ConnectionResetError):
        await room.service.receive_package(room.caller, broken(), file_name="x.zip")
    page = await room.service.list_uploads(room.caller)
    assert [upload.state for upload in page.items] == ["failed"]
    assert page.items[0].error
    assert room.objects() == []
    with pytest.raises(UploadCutOff):
        await room.receive(b"PK", size_bytes=5)


async def test_a_cancelled_upload_stops_and_takes_its_bytes_away(room: Room) -> None:
    upload = await room.receive(packages.scorm12_package())
    cancelled = await room.service.cancel_upload(room.caller, upload.id)
    assert cancelled.state == "cancelled"
    await room.service.import_upload(room.caller.tenant_id, upload.id)
    assert room.objects() == []
    assert await room.count("courses") == 0
    with pytest.raises(UploadOver):
        await room.service.cancel_upload(room.caller, upload.id)


async def test_an_upload_cancelled_while_it_arrives_is_refused_to_its_sender(room: Room) -> None:
    async def slow() -> AsyncIterator[bytes]:
        yield bytes(1024 * 1024)
        (upload,) = (await room.service.list_uploads(room.caller, open_only=True)).items
        await room.service.cancel_upload(room.caller, upload.id)
        yield bytes(1024)

    with pytest.raises(UploadCancelled):
        await room.service.receive_package(room.caller, slow(), file_name="x.zip")
    assert room.objects() == []


async def test_a_repeated_request_with_the_same_key_uploads_once(room: Room) -> None:
    once = OnceKey("k1", "upload", b"same")
    first = await room.receive(packages.scorm12_package(), once=once)
    again = await room.receive(packages.scorm12_package(), once=once)
    assert again.id == first.id
    assert await room.count("uploads") == 1
    with pytest.raises(KeyReused):
        await room.receive(packages.scorm12_package(), once=OnceKey("k1", "upload", b"other"))


async def test_a_failed_upload_frees_its_key(room: Room) -> None:
    once = OnceKey("k1", "upload", b"same")
    with pytest.raises(UploadCutOff):
        await room.receive(b"PK", size_bytes=3, once=once)
    assert (await room.receive(packages.scorm12_package(), once=once)).state == "queued"


async def test_a_second_version_becomes_current_and_the_first_can_come_back(room: Room) -> None:
    course_id = await room.import_course(packages.scorm12_package("One"))
    await room.import_course(packages.scorm2004_package("Two"), course_id=course_id)
    course = (await room.service.show(room.caller, course_id)).course
    assert (course.current_version_number, course.standard, course.title) == (2, "scorm2004", "One")
    kept = UploadOptions(make_current=False, note="a try")
    await room.import_course(packages.scorm12_package("Three"), course_id=course_id, options=kept)
    versions = (await room.service.list_versions(room.caller, course_id)).items
    assert [(version.number, version.note) for version in versions] == [(3, "a try"), (2, ""), (1, "")]
    course = await room.service.make_current(room.caller, course_id, 1)
    assert (course.current_version_number, course.standard) == (1, "scorm12")


async def test_concurrent_versions_of_one_course_get_different_numbers(room: Room) -> None:
    course_id = await room.import_course(packages.scorm12_package("One"))
    await asyncio.gather(
        *(room.import_course(packages.scorm12_package(f"V{n}"), course_id=course_id) for n in range(4))
    )
    versions = (await room.service.list_versions(room.caller, course_id)).items
    assert [version.number for version in versions] == [5, 4, 3, 2, 1]


async def test_a_version_for_a_course_deleted_meanwhile_fails_with_a_sentence(room: Room) -> None:
    course_id = await room.import_course(packages.scorm12_package())
    kept = room.objects()
    upload = await room.receive(packages.scorm12_package(), course_id=course_id)
    await room.service.delete_course(room.caller, course_id)
    await room.service.import_upload(room.caller.tenant_id, upload.id)
    failed = await room.service.show_upload(room.caller, upload.id)
    assert (failed.state, "deleted" in failed.error) == ("failed", True)
    assert room.objects() == kept


async def test_who_may_only_read_cannot_upload(room: Room) -> None:
    reader = Caller(room.caller.tenant_id, "api_key", "k", "reader", frozenset({Scope.COURSE_READ}))
    with pytest.raises(ScopeMissing):
        await room.service.receive_package(reader, parts_of(b"PK"), file_name="x.zip")


NAME_PARTS = st.sampled_from(
    ["..", ".", "a", "A", "b c", "..\\..", "C:", "", "ä", "%2e%2e", "\\", "con", "a\x00b", "..%2f", "💥"]
)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    names=st.lists(st.lists(NAME_PARTS, min_size=1, max_size=5).map("/".join), min_size=1, max_size=6),
    leading=st.sampled_from(["", "/", "//", "\\", "../"]),
)
def test_no_archive_can_write_outside_its_prefix(
    tmp_path_factory: pytest.TempPathFactory, names: list[str], leading: str
) -> None:
    folder = tmp_path_factory.mktemp("any")
    entries = [
        packages.Raw(b"imsmanifest.xml", packages.scorm12_manifest().encode()),
        packages.Raw(b"index.html", b"<p>"),
    ]
    entries += [packages.Raw((leading + name).encode(), b"x") for name in names]
    package = folder / "any.zip"
    package.write_bytes(packages.forge(entries))
    checked = check_package(package, Limits(), "any.zip")
    store = FolderStore(folder / "store")
    with ZipReader(package) as reader:
        stored = asyncio.run(Unpacking(reader, store, "t/0/versions/1", checked.files).run())
    written = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    assert written == {"any.zip", *(f"store/t/0/versions/1/{file.object_name}" for file in stored)}
    for file in stored:
        assert not file.path.startswith("/")
        assert ".." not in file.path.split("/")
