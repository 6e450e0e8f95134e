"""Objects as files of a folder: whole or not there, and flushed before they count."""

import asyncio
import contextlib
import errno
import os
import secrets
import shutil
from collections.abc import AsyncIterable, AsyncIterator, Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path

from courseway.kit.objects.interface import PART_BYTES, ObjectInfo, StoreUnavailable, check_key, missing, regroup

HALF_WRITTEN = ".half-"  # a put that is under way, or died; never listed


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
        with missing(key):
            return await asyncio.to_thread(self._path(key).read_bytes)

    async def get_range(self, key: str, start: int, end: int) -> bytes:
        """Return the bytes from `start` up to, not including, `end`."""
        with missing(key):
            return await asyncio.to_thread(_read_range, self._path(key), start, end)

    async def stream(self, key: str, start: int = 0, end: int | None = None) -> AsyncIterator[bytes]:
        """Yield an object, or a range of it, part by part."""
        with missing(key):
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
        with missing(key):
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
