"""
Objects: immutable bytes under keys, in a folder or in S3 and what speaks like it. One interface over both.

What lives here: putting (streams too), getting (ranges too), listing and deleting. What does not: what the keys mean.

A put is atomic: readers see the whole object or none. `write` blocks and is for threads; everything
else is for the event loop. Keys are made by us, never by strangers: other characters than KEY allows are a defect.
"""

import asyncio
import contextlib
import errno
import os
import re
import secrets
import shutil
from collections.abc import AsyncIterable, AsyncIterator, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import parse_qsl, unquote, urlsplit

import obstore
from obstore import store as obstores
from obstore.exceptions import BaseError, NotFoundError

from courseway.errors import Invalid, Kind, NotFound, Refusal

KEY = re.compile(r"(?!.*(?:^|/)\.{1,2}(?:/|$))[A-Za-z0-9._-]+(?:/[A-Za-z0-9._-]+)*")
PART_BYTES = 1024 * 1024
MULTIPART_BYTES = 8 * 1024 * 1024
HALF_WRITTEN = ".half-"  # a put that is under way, or died; never listed


class ObjectMissing(NotFound):
    """Nothing is stored under this key."""

    code, title = "object.not_found", "No such object"


class StoreUnavailable(Refusal):
    """The object store does not answer right now; try again in a moment."""

    kind, code, title = Kind.UNAVAILABLE, "storage.unavailable", "The object store is not available"


@dataclass(frozen=True)
class ObjectInfo:
    """What is known of an object without reading it."""

    key: str
    size_bytes: int
    modified_at: datetime


class ObjectStore(Protocol):
    """A place for objects. Missing keys raise ObjectMissing, except when deleting."""

    @property
    def width(self) -> int:
        """Return how many threads may usefully write at once."""

    async def put(self, key: str, body: bytes) -> None:
        """Store a small object."""

    async def put_stream(self, key: str, parts: AsyncIterable[bytes]) -> int:
        """Store an object part by part, never whole in memory; returns its size. A stream that raises leaves nothing."""

    def write(self, key: str, parts: Iterable[bytes]) -> int:
        """Store an object from within a thread; blocks. A stream that raises leaves nothing."""

    async def get(self, key: str) -> bytes:
        """Return a whole small object."""

    async def get_range(self, key: str, start: int, end: int) -> bytes:
        """Return the bytes from `start` up to, not including, `end`."""

    def stream(self, key: str, start: int = 0, end: int | None = None) -> AsyncIterator[bytes]:
        """Yield an object, or a range of it, part by part."""

    async def head(self, key: str) -> ObjectInfo:
        """Return size and age of an object."""

    async def delete(self, key: str) -> None:
        """Delete an object; one that is not there is fine."""

    async def delete_prefix(self, prefix: str) -> int:
        """Delete everything below a folder; returns how many objects."""

    def list(self, prefix: str) -> AsyncIterator[ObjectInfo]:
        """Yield every object below a folder."""

    async def folders(self, prefix: str) -> tuple[str, ...]:
        """Return the folders directly below a folder, as full prefixes without closing slash."""

    def local_path(self, key: str) -> Path | None:
        """Return where the object lies as a file of this machine; None when the store is no folder."""

    async def settle(self, prefix: str) -> None:
        """Return when everything put below a folder survives a loss of power, its names too."""

    async def tidy(self, prefix: str, before: datetime) -> int:
        """Delete what puts that died before a moment left half-written; returns how many."""

    async def ping(self) -> None:
        """Raise when the store cannot be used."""


def check_key(key: str) -> str:
    """Return the key; ValueError when it is none of ours."""
    if KEY.fullmatch(key) is None:
        raise ValueError(f"not a key of an object: {key!r}")
    return key


def open_store(url: str) -> ObjectStore:
    """
    Open a store by its address: a folder, or `s3://[id:secret@]bucket[/prefix][?endpoint=…&region=…]`.

    Without an id the usual AWS environment variables count.
    """
    if url.startswith("s3://"):
        return _open_s3(url)
    if "://" in url and not url.startswith("file://"):
        raise Invalid("STORAGE_URL is a folder or s3://bucket/prefix")
    return FolderStore(Path(url.removeprefix("file://")))


class FolderStore:
    """Objects as files of a folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder.absolute()
        self._folder.mkdir(parents=True, exist_ok=True)

    def local_path(self, key: str) -> Path | None:
        """Return the object's file, there or not."""
        return self._path(key)

    def _path(self, key: str) -> Path:
        return self._folder / check_key(key)

    async def put(self, key: str, body: bytes) -> None:
        """Store a small object."""
        await asyncio.to_thread(self.write, key, (body,))

    async def put_stream(self, key: str, parts: AsyncIterable[bytes]) -> int:
        """Store an object part by part; returns its size."""
        path = self._path(key)
        half, file = await asyncio.to_thread(_open_half, path)
        size = 0
        try:
            async for part in regroup(parts):
                await asyncio.to_thread(_write_all, file, part)
                size += len(part)
            await asyncio.to_thread(_finish, file, half, path)
        except BaseException:
            _abandon(file, half)
            raise
        return size

    def write(self, key: str, parts: Iterable[bytes]) -> int:
        """Store an object from within a thread; blocks."""
        path = self._path(key)
        half, file = _open_half(path)
        size = 0
        try:
            for part in parts:
                _write_all(file, part)
                size += len(part)
            _finish(file, half, path)
        except BaseException:
            _abandon(file, half)
            raise
        return size

    async def get(self, key: str) -> bytes:
        """Return a whole small object."""
        with _missing(key):
            return await asyncio.to_thread(self._path(key).read_bytes)

    async def get_range(self, key: str, start: int, end: int) -> bytes:
        """Return the bytes from `start` up to, not including, `end`."""
        with _missing(key):
            return await asyncio.to_thread(_read_range, self._path(key), start, end)

    async def stream(self, key: str, start: int = 0, end: int | None = None) -> AsyncIterator[bytes]:
        """Yield an object, or a range of it, part by part."""
        with _missing(key):
            file = await asyncio.to_thread(os.open, self._path(key), os.O_RDONLY)
        try:
            at = start
            while end is None or at < end:
                part = await asyncio.to_thread(
                    os.pread, file, PART_BYTES if end is None else min(PART_BYTES, end - at), at
                )
                if not part:
                    return
                yield part
                at += len(part)
        finally:
            os.close(file)

    async def head(self, key: str) -> ObjectInfo:
        """Return size and age of an object."""
        with _missing(key):
            return _info(key, await asyncio.to_thread(self._path(key).stat))

    async def delete(self, key: str) -> None:
        """Delete an object; one that is not there is fine."""
        await asyncio.to_thread(self._path(key).unlink, missing_ok=True)

    async def delete_prefix(self, prefix: str) -> int:
        """Delete everything below a folder, half-written objects too; returns how many objects."""
        return await asyncio.to_thread(_delete_folder, self._path(prefix))

    async def list(self, prefix: str) -> AsyncIterator[ObjectInfo]:
        """Yield every object below a folder."""
        for path in await asyncio.to_thread(lambda: sorted(_files(self._path(prefix)))):
            with contextlib.suppress(FileNotFoundError):
                yield _info(path.relative_to(self._folder).as_posix(), path.stat())

    async def folders(self, prefix: str) -> tuple[str, ...]:
        """Return the folders directly below a folder."""
        path = self._path(prefix)
        if not path.is_dir():
            return ()
        return tuple(f"{prefix}/{child.name}" for child in sorted(path.iterdir()) if child.is_dir())

    @property
    def width(self) -> int:
        """Return the number of processors: unpacking is what takes the time."""
        return min(4, os.cpu_count() or 1)

    async def tidy(self, prefix: str, before: datetime) -> int:
        """Delete half-written files nobody has written to since a moment; returns how many."""
        return await asyncio.to_thread(_tidy_folder, self._path(prefix), before.timestamp())

    async def ping(self) -> None:
        """Raise when the folder cannot be written to."""
        if not await asyncio.to_thread(os.access, self._folder, os.W_OK):
            raise StoreUnavailable(f"The folder {self._folder} cannot be written to.")

    async def settle(self, prefix: str) -> None:
        """Flush the folders; the files were flushed when they were written."""
        await asyncio.to_thread(_flush_folders, self._path(prefix), self._folder)


def _open_half(path: Path) -> tuple[Path, int]:
    half = path.parent / f"{HALF_WRITTEN}{secrets.token_hex(8)}"
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC
    try:
        return half, os.open(half, flags, 0o640)
    except FileNotFoundError:
        path.parent.mkdir(parents=True, exist_ok=True)
        return half, os.open(half, flags, 0o640)


def _write_all(file: int, part: bytes) -> None:
    view = memoryview(part)
    try:
        while view:
            view = view[os.write(file, view) :]
    except OSError as error:
        if error.errno in {errno.ENOSPC, errno.EDQUOT}:
            raise StoreUnavailable("There is no room left on the disk.") from error
        raise


def _finish(file: int, half: Path, path: Path) -> None:
    os.fsync(file)
    os.close(file)
    half.replace(path)


def _flush_folders(folder: Path, top: Path) -> None:
    inner = (Path(parent) for parent, _, _ in os.walk(folder))
    outer = (parent for parent in folder.parents if parent.is_relative_to(top))
    for one in (*inner, *outer):
        handle = os.open(one, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _abandon(file: int, half: Path) -> None:
    with contextlib.suppress(OSError):
        os.close(file)
    half.unlink(missing_ok=True)


def _read_range(path: Path, start: int, end: int) -> bytes:
    with path.open("rb") as file:
        file.seek(start)
        return file.read(end - start)


def _files(folder: Path) -> Iterator[Path]:
    for parent, _, names in os.walk(folder):
        yield from (Path(parent, name) for name in names if not name.startswith(HALF_WRITTEN))


def _tidy_folder(folder: Path, before: float) -> int:
    count = 0
    for parent, _, names in os.walk(folder):
        for name in names:
            path = Path(parent, name)
            with contextlib.suppress(FileNotFoundError):
                if name.startswith(HALF_WRITTEN) and path.stat().st_mtime < before:
                    path.unlink()
                    count += 1
    return count


def _delete_folder(folder: Path) -> int:
    count = sum(1 for _ in _files(folder))
    shutil.rmtree(folder, ignore_errors=True)
    return count


def _info(key: str, status: os.stat_result) -> ObjectInfo:
    return ObjectInfo(key, status.st_size, datetime.fromtimestamp(status.st_mtime, UTC))


@contextlib.contextmanager
def _missing(key: str) -> Iterator[None]:
    try:
        yield
    except (FileNotFoundError, IsADirectoryError, NotADirectoryError, NotFoundError) as error:
        raise ObjectMissing(f"Nothing is stored under {key}.") from error
    except BaseError as error:
        raise StoreUnavailable from error


async def regroup(parts: AsyncIterable[bytes], size: int = PART_BYTES) -> AsyncIterator[bytes]:
    """Yield the same bytes in parts of at least `size`, the last one excepted."""
    gathered: list[bytes] = []
    waiting = 0
    async for part in parts:
        gathered.append(part)
        waiting += len(part)
        if waiting >= size:
            yield b"".join(gathered)
            gathered, waiting = [], 0
    if waiting:
        yield b"".join(gathered)


class S3Store:
    """Objects in a bucket of S3 or of what speaks like it."""

    def __init__(self, bucket: Any) -> None:
        self._bucket = bucket

    def local_path(self, key: str) -> Path | None:
        """Return None: the objects are elsewhere."""
        return None

    async def put(self, key: str, body: bytes) -> None:
        """Store a small object."""
        await obstore.put_async(self._bucket, check_key(key), body)

    async def put_stream(self, key: str, parts: AsyncIterable[bytes]) -> int:
        """Store an object part by part; returns its size."""
        size = 0

        async def counted() -> AsyncIterator[bytes]:
            nonlocal size
            async for part in regroup(parts):
                size += len(part)
                yield part

        await obstore.put_async(self._bucket, check_key(key), counted(), chunk_size=MULTIPART_BYTES)
        return size

    def write(self, key: str, parts: Iterable[bytes]) -> int:
        """Store an object from within a thread; blocks."""
        size = 0

        def counted() -> Iterator[bytes]:
            nonlocal size
            for part in parts:
                size += len(part)
                yield part

        obstore.put(self._bucket, check_key(key), counted(), chunk_size=MULTIPART_BYTES)
        return size

    async def get(self, key: str) -> bytes:
        """Return a whole small object."""
        with _missing(key):
            answer = await obstore.get_async(self._bucket, check_key(key))
            return bytes(await answer.bytes_async())

    async def get_range(self, key: str, start: int, end: int) -> bytes:
        """Return the bytes from `start` up to, not including, `end`."""
        with _missing(key):
            return bytes(await obstore.get_range_async(self._bucket, check_key(key), start=start, end=end))

    async def stream(self, key: str, start: int = 0, end: int | None = None) -> AsyncIterator[bytes]:
        """Yield an object, or a range of it, part by part."""
        wanted: Any = {"range": (start, end)} if end is not None else {"range": {"offset": start}} if start else None
        with _missing(key):
            answer = await obstore.get_async(self._bucket, check_key(key), options=wanted)
        async for part in answer.stream(min_chunk_size=PART_BYTES):
            yield bytes(part)

    async def head(self, key: str) -> ObjectInfo:
        """Return size and age of an object."""
        with _missing(key):
            meta = await obstore.head_async(self._bucket, check_key(key))
        return ObjectInfo(key, meta["size"], meta["last_modified"])

    async def delete(self, key: str) -> None:
        """Delete an object; one that is not there is fine."""
        with contextlib.suppress(NotFoundError):
            await obstore.delete_async(self._bucket, check_key(key))

    async def delete_prefix(self, prefix: str) -> int:
        """Delete everything below a folder; returns how many objects."""
        keys = [one.key async for one in self.list(prefix)]
        for start in range(0, len(keys), 500):
            await obstore.delete_async(self._bucket, keys[start : start + 500])
        return len(keys)

    async def list(self, prefix: str) -> AsyncIterator[ObjectInfo]:
        """Yield every object below a folder."""
        async for metas in obstore.list(self._bucket, check_key(prefix) + "/", chunk_size=500):
            for meta in metas:
                yield ObjectInfo(meta["path"], meta["size"], meta["last_modified"])

    async def folders(self, prefix: str) -> tuple[str, ...]:
        """Return the folders directly below a folder."""
        answer = await obstore.list_with_delimiter_async(self._bucket, check_key(prefix) + "/")
        return tuple(path.rstrip("/") for path in answer["common_prefixes"])

    @property
    def width(self) -> int:
        """Return a number that hides the store's latency."""
        return 6

    async def tidy(self, prefix: str, before: datetime) -> int:
        """Return 0: what unfinished multipart uploads leave, the bucket's lifecycle rules delete."""
        return 0

    async def ping(self) -> None:
        """Raise when the bucket cannot be listed."""
        try:
            await obstore.list_with_delimiter_async(self._bucket, "ping/")
        except BaseError as error:
            raise StoreUnavailable from error

    async def settle(self, prefix: str) -> None:
        """Return at once: what S3 has acknowledged it keeps."""


def _open_s3(url: str) -> S3Store:
    parts = urlsplit(url)
    options = dict(parse_qsl(parts.query))
    config: Any = {}
    if parts.username:
        config |= {"access_key_id": unquote(parts.username), "secret_access_key": unquote(parts.password or "")}
    if endpoint := options.get("endpoint"):
        config["endpoint"] = endpoint
    if region := options.get("region"):
        config["region"] = region
    client: Any = {"allow_http": True} if (endpoint or "").startswith("http://") else {}
    return S3Store(
        obstores.S3Store(
            parts.hostname or "", prefix=parts.path.strip("/") or None, config=config, client_options=client
        )
    )
