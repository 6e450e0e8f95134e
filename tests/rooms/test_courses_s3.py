"""The courses room on S3 instead of a folder: the same from outside, and as little left behind."""

import random
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import httpx
import pytest

from courseway.courses import Service
from courseway.courses.http import hot_routes
from courseway.courses.http.delivery import PREFIX
from courseway.kit.db import Database
from courseway.kit.objects import ObjectStore, open_store
from courseway.kit.queue import Queue
from courseway.tenants import Caller
from tests import packages
from tests.rooms.courses_room import Room, make_service
from tests.s3 import running_s3, s3_address

MOVIE = random.Random(3).randbytes(3_000_000)


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A bucket of its own server."""
    with running_s3(tmp_path_factory.mktemp("weed")) as endpoint:
        yield s3_address(endpoint, prefix="courses")


@pytest.fixture
async def room(db: Database, database_url: str, caller: Caller, address: str, tmp_path: Path) -> AsyncIterator[Room]:
    queue = Queue(database_url)
    service = make_service(db, queue, address, tmp_path / "staging")
    await queue.open()
    yield Room(service, db, queue, tmp_path, caller)
    await queue.close()


async def keys(store: ObjectStore, caller: Caller) -> list[str]:
    """Every object of the tenant."""
    return [one.key async for one in store.list(f"t/{caller.tenant_id.hex}")]


async def test_a_course_is_imported_into_a_bucket_and_served_from_it(room: Room, address: str) -> None:
    package = packages.scorm12_package(files={"movie.mp4": MOVIE, "app.js": "var a = 1;\n" * 3000})
    course_id = await room.import_course(package)
    version = (await room.service.show(room.caller, course_id)).version
    transport = httpx.ASGITransport(hot_routes(room.service)[PREFIX])  # type: ignore[arg-type]
    async with httpx.AsyncClient(transport=transport, base_url="http://content.test") as client:

        def url(path: str) -> str:
            return room.service.content_url(room.caller.tenant_id, course_id, version.id, path)

        assert (await client.get(url("movie.mp4"))).content == MOVIE
        part = await client.get(url("movie.mp4"), headers={"Range": "bytes=1500000-1500099"})
        assert (part.status_code, part.content) == (206, MOVIE[1_500_000:1_500_100])
        assert (await client.get(url("app.js"))).text == "var a = 1;\n" * 3000
    original = await room.service.original(room.caller, course_id, 1)
    assert b"".join([part async for part in room.service.stream_original(original)]) == package
    assert list((room.folder / "staging").iterdir()) == []
    kept = await keys(open_store(address), room.caller)
    await room.service.sweep()
    assert await keys(open_store(address), room.caller) == kept


async def test_a_refused_package_leaves_nothing_in_the_bucket(room: Room, address: str) -> None:
    for name in ("traversal", "lying CRC", "truncated", "no manifest"):
        assert (await room.import_package(packages.HOSTILE[name])).state == "failed"
    assert await keys(open_store(address), room.caller) == []


async def test_the_sweep_of_a_bucket_deletes_what_nobody_owns(room: Room, address: str) -> None:
    assert isinstance(room.service, Service)
    store, tenant = open_store(address), f"t/{room.caller.tenant_id.hex}"
    await room.import_course(packages.scorm12_package())
    owned = await keys(store, room.caller)
    await store.put(f"{tenant}/versions/018f0000000070008000000000000001/file-1", b"x")
    await store.put(f"{tenant}/packages/018f0000000070008000000000000002", b"x")
    await room.service.sweep()
    assert await keys(store, room.caller) == owned
