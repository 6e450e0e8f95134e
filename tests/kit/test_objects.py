"""One contract for every object store: a folder, and a real S3 server that checks signatures."""

import asyncio
import uuid
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path

import pytest

from courseway.errors import Invalid
from courseway.kit.objects import (
    FolderStore,
    ObjectMissing,
    ObjectStore,
    S3Store,
    StoreUnavailable,
    check_key,
    open_store,
    regroup,
)
from tests.s3 import running_s3, s3_address


@pytest.fixture(scope="module")
def s3(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The endpoint of an S3 server."""
    with running_s3(tmp_path_factory.mktemp("weed")) as endpoint:
        yield endpoint


@pytest.fixture(params=["folder", "s3"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> ObjectStore:
    """An empty store of each kind."""
    if request.param == "folder":
        return open_store(str(tmp_path / "objects"))
    return open_store(s3_address(request.getfixturevalue("s3"), prefix=uuid.uuid4().hex))


async def _parts(*parts: bytes) -> AsyncIterator[bytes]:
    for part in parts:
        yield part


async def _keys(store: ObjectStore, prefix: str) -> list[str]:
    return sorted([one.key async for one in store.list(prefix)])


async def test_what_is_put_comes_back_whole_and_in_ranges(store: ObjectStore) -> None:
    body = bytes(range(256)) * 40
    await store.put("a/b", body)
    assert await store.get("a/b") == body
    assert await store.get_range("a/b", 100, 300) == body[100:300]
    assert b"".join([part async for part in store.stream("a/b")]) == body
    assert b"".join([part async for part in store.stream("a/b", 5)]) == body[5:]
    assert b"".join([part async for part in store.stream("a/b", 5, 9)]) == body[5:9]
    head = await store.head("a/b")
    assert (head.key, head.size_bytes) == ("a/b", len(body))
    assert head.modified_at.tzinfo is not None


async def test_a_put_replaces_what_was_there(store: ObjectStore) -> None:
    await store.put("a", b"one")
    await store.put("a", b"two!")
    assert await store.get("a") == b"two!"


async def test_an_empty_object_is_an_object(store: ObjectStore) -> None:
    await store.put("empty", b"")
    assert await store.get("empty") == b""
    assert await store.put_stream("streamed", _parts()) == 0
    assert (await store.head("streamed")).size_bytes == 0


@pytest.mark.parametrize("size", [1, 1_000_000, 20_000_000])
async def test_a_stream_of_any_length_is_stored(store: ObjectStore, size: int) -> None:
    body = (b"0123456789" * (size // 10 + 1))[:size]
    pieces = [body[start : start + 70_000] for start in range(0, size, 70_000)]
    assert await store.put_stream("big", _parts(*pieces)) == size
    assert await asyncio.to_thread(store.write, "written", iter(pieces)) == size
    for key in ("big", "written"):
        assert b"".join([part async for part in store.stream(key)]) == body


@pytest.mark.parametrize("size", [10, 30_000_000])
async def test_a_stream_that_breaks_off_leaves_nothing(store: ObjectStore, size: int) -> None:
    def breaking() -> Iterator[bytes]:
        yield bytes(size)
        raise ConnectionResetError("gone")

    async def breaking_async() -> AsyncIterator[bytes]:
        for part in breaking():
            yield part

    for attempt in (
        lambda: asyncio.to_thread(store.write, "a/half", breaking()),
        lambda: store.put_stream("a/half", breaking_async()),
    ):
        with pytest.raises(Exception, match="gone"):
            await attempt()
    assert await _keys(store, "a") == []
    with pytest.raises(ObjectMissing):
        await store.head("a/half")


async def test_a_missing_object_is_said_to_be_missing(store: ObjectStore) -> None:
    asks: list[Callable[[], object]] = [
        lambda: store.get("no"), lambda: store.get_range("no", 0, 5), lambda: store.head("no"), lambda: anext(store.stream("no")),
    ]  # fmt: skip
    for ask in asks:
        with pytest.raises(ObjectMissing):
            await ask()  # type: ignore[misc]
    await store.delete("no")
    assert await store.delete_prefix("no") == 0
    assert await _keys(store, "no") == []
    assert await store.folders("no") == ()


async def test_lists_and_deletions_stay_below_their_folder(store: ObjectStore) -> None:
    for key in ("t/1/v/a/x", "t/1/v/a/y/z", "t/1/v/b/x", "t/1/va", "t/2/v/a/x"):
        await store.put(key, b"1")
    assert await _keys(store, "t/1/v") == ["t/1/v/a/x", "t/1/v/a/y/z", "t/1/v/b/x"]
    assert await store.folders("t") == ("t/1", "t/2")
    assert await store.folders("t/1/v") == ("t/1/v/a", "t/1/v/b")
    assert await store.delete_prefix("t/1/v/a") == 2
    assert await _keys(store, "t") == ["t/1/v/b/x", "t/1/va", "t/2/v/a/x"]
    await store.delete("t/1/va")
    assert await _keys(store, "t/1") == ["t/1/v/b/x"]


@pytest.mark.parametrize(
    "key", ["", "/a", "a/", "a//b", "../a", "a/../b", "a/./b", "..", "a b", "ä", "a\x00", "a\n", "a%2e", "a\\b"]
)
async def test_no_key_leads_out_of_the_store(store: ObjectStore, key: str) -> None:
    with pytest.raises(ValueError, match="not a key"):
        await store.put(key, b"x")
    with pytest.raises(ValueError, match="not a key"):
        await store.get(key)
    with pytest.raises(ValueError, match="not a key"):
        await store.delete_prefix(key)


async def test_a_store_that_works_answers_a_ping(store: ObjectStore) -> None:
    await store.ping()
    await store.put("a/b/c", b"x")
    await store.settle("a")
    assert store.width >= 1


async def test_many_objects_at_once_do_not_get_in_each_others_way(store: ObjectStore) -> None:
    await asyncio.gather(*(store.put(f"many/{n}", str(n).encode()) for n in range(60)))
    assert len(await _keys(store, "many")) == 60
    assert await store.delete_prefix("many") == 60


def test_only_a_folder_has_local_files(tmp_path: Path, s3: str) -> None:
    assert open_store(str(tmp_path)).local_path("a/b") == tmp_path / "a" / "b"
    assert open_store(s3_address(s3)).local_path("a/b") is None


async def test_half_written_files_are_seen_by_nobody_and_deleted_with_their_folder(tmp_path: Path) -> None:
    store = FolderStore(tmp_path)
    (tmp_path / "v").mkdir()
    (tmp_path / "v" / ".half-0123").write_bytes(b"dead")
    assert await _keys(store, "v") == []
    await store.delete_prefix("v")
    assert not (tmp_path / "v").exists()


async def test_a_wrong_secret_opens_nothing(s3: str) -> None:
    store = open_store(s3_address(s3, secret="wrong"))
    assert isinstance(store, S3Store)
    with pytest.raises(Exception, match=r"(?i)signature|forbidden|denied|403"):
        await store.put("a", b"x")
    with pytest.raises(StoreUnavailable):
        await store.ping()


def test_a_store_is_opened_by_a_folder_or_a_bucket_and_nothing_else(tmp_path: Path) -> None:
    assert isinstance(open_store(f"file://{tmp_path}"), FolderStore)
    with pytest.raises(Invalid):
        open_store("ftp://example.com/x")
    assert check_key("t/0a/versions/x.y-z_1") == "t/0a/versions/x.y-z_1"


async def test_parts_are_gathered_without_changing_the_bytes() -> None:
    parts = [part async for part in regroup(_parts(b"ab", b"", b"cdef", b"g", b"hijkl"), 4)]
    assert parts == [b"abcdef", b"ghijkl"]
