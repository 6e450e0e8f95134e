"""kill -9 of the worker in the middle of an import, and of the sender in the middle of an upload."""

import asyncio
import os
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from courseway.courses import Upload
from courseway.kit.db import Database
from courseway.kit.queue import Queue
from courseway.tenants import Caller
from tests import packages
from tests.rooms.courses_room import Room, make_service

FILES = {f"media/{n}.mp4": bytes([n]) + bytes(range(256)) * 400 for n in range(40)}


@pytest.fixture
async def room(db: Database, database_url: str, caller: Caller, tmp_path: Path) -> AsyncIterator[Room]:
    queue = Queue(database_url)
    service = make_service(db, queue, tmp_path / "objects", tmp_path / "staging")
    await queue.open()
    yield Room(service, db, queue, tmp_path / "objects", caller)
    await queue.close()


def start_worker(room: Room, pause_seconds: float) -> subprocess.Popen[bytes]:
    """Start a worker process on the room's database and folder."""
    command = [sys.executable, "-m", "tests.rooms.courses_worker", room.db.url, str(room.folder), str(pause_seconds)]
    return subprocess.Popen(
        command, cwd=Path(__file__).parents[2], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )


async def wait_for(room: Room, upload: Upload, there: Callable[[Upload], bool], timeout_seconds: float = 90) -> Upload:
    """Watch an upload until something is true of it."""
    deadline = time.monotonic() + timeout_seconds
    while time.monotonic() < deadline:
        seen = await room.service.show_upload(room.caller, upload.id)
        if there(seen):
            return seen
        await asyncio.sleep(0.05)
    raise AssertionError(seen)


async def test_an_import_whose_worker_is_killed_is_finished_by_the_next_and_made_once(room: Room) -> None:
    upload = await room.receive(packages.scorm12_package(files=FILES))
    first = start_worker(room, 0.2)
    try:
        await wait_for(room, upload, lambda seen: seen.state == "unpacking" and seen.progress_done > 0)
    finally:
        first.kill()
        first.wait()
    assert len(room.objects()) > 1
    assert await room.count("courses") == await room.count("course_versions") == await room.count("version_files") == 0
    second = start_worker(room, 0)
    try:
        seen = await wait_for(room, upload, lambda seen: seen.state.over)
    finally:
        second.kill()
        second.wait()
    assert seen.state == "ready"
    assert await room.count("courses") == await room.count("course_versions") == 1
    assert await room.count("version_files") == len(FILES) + 2
    assert {path.split("/")[2] for path in room.objects()} == {"packages", "versions"}
    assert len({path.split("/")[3] for path in room.objects() if "/versions/" in path}) == 1
    assert seen.version_id is not None
    index = await room.service.load_files(seen.version_id)
    asset = index.find("media/7.mp4")
    assert asset is not None
    assert b"".join([part async for part in room.service.stream_stored(asset)]) == FILES["media/7.mp4"]


async def test_a_course_is_seen_whole_or_not_at_all_while_it_is_imported(room: Room) -> None:
    upload = await room.receive(packages.scorm12_package(files=FILES))
    worker = start_worker(room, 0.05)
    try:
        over = False
        while not over:
            async with room.db.system() as tx:
                state = await tx.one(
                    "SELECT (SELECT count(*) FROM courses) AS courses, (SELECT count(*) FROM version_files) AS files,"
                    " (SELECT state FROM uploads) AS state"
                )
            over = state["state"] in {"ready", "failed"}
            assert (state["courses"], state["files"]) == ((1, len(FILES) + 2) if state["state"] == "ready" else (0, 0))
    finally:
        worker.kill()
        worker.wait()
    assert (await room.service.show_upload(room.caller, upload.id)).state == "ready"


async def test_an_import_cancelled_under_way_stops_and_leaves_nothing(room: Room) -> None:
    upload = await room.receive(packages.scorm12_package(files=FILES))
    worker = start_worker(room, 0.3)
    try:
        await wait_for(room, upload, lambda seen: seen.state == "unpacking" and seen.progress_done > 0)
        await room.service.cancel_upload(room.caller, upload.id)
        deadline = time.monotonic() + 20
        while room.objects() and time.monotonic() < deadline:
            await asyncio.sleep(0.1)
    finally:
        worker.kill()
        worker.wait()
    assert room.objects() == []
    assert (await room.service.show_upload(room.caller, upload.id)).state == "cancelled"
    assert await room.count("courses") == 0


async def test_an_upload_whose_server_died_is_ended_and_its_bytes_swept(room: Room) -> None:
    upload = await room.receive(packages.scorm12_package())
    async with room.db.tenant(room.caller.tenant_id) as tx:
        await tx.run(
            "UPDATE uploads SET state = 'receiving', updated_at = now() - interval '2 days' WHERE tenant_id = %(tenant_id)s"
        )
    assert room.objects()
    packages_folder = room.folder / "t" / room.caller.tenant_id.hex / "packages"
    for name, age_seconds in ((".half-old", 2 * 86400), (".half-young", 60)):
        (packages_folder / name).write_bytes(b"half")
        os.utime(packages_folder / name, (time.time() - age_seconds,) * 2)
    await room.service.sweep()
    assert not (packages_folder / ".half-old").exists()
    (packages_folder / ".half-young").unlink()
    ended = await room.service.show_upload(room.caller, upload.id)
    assert (ended.state, bool(ended.error)) == ("failed", True)
    assert room.objects() == []
