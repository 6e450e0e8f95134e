"""
Unpacking: the planned files of a package into the object store, in a few threads, every byte checked on the way.

What compresses well is stored as the gzip file its packed bytes already are, so that most of a course is copied and
never compressed again. Small files share objects: thousands of them are a few writes, in a folder and in S3 alike.
"""

import asyncio
import gzip
import itertools
import threading
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor

import msgspec

from courseway.courses.model import SMALL_BYTES, StoredFile, alone_name, shared_name
from courseway.courses.service.checking import FileToUnpack
from courseway.kit.content_types import compresses_well, content_type
from courseway.kit.objects import ObjectStore
from courseway.kit.zips import DEFLATED, STORED, ZipReader

WORTH_BYTES = 512  # smaller files gain nothing from compression
WORTH_RATIO = 0.9
COMPRESSED_HERE_BYTES = 4 * 1024 * 1024  # files stored plainly in the package are compressed up to this size
GZIP_EXTRA = 18
SHARED_BYTES = 4 * 1024 * 1024


class Stopped(Exception):
    """Somebody asked the unpacking to stop."""


class Unpacking:
    """One run over the files of a package. `done_bytes` can be read at any time."""

    def __init__(self, reader: ZipReader, objects: ObjectStore, prefix: str, files: Sequence[FileToUnpack]) -> None:
        self._reader = reader
        self._objects = objects
        self._prefix = prefix
        # The largest first: a thread that meets one last would keep the others waiting.
        self._files = iter(sorted(files, key=lambda file: file.entry.compressed_size, reverse=True))
        self._numbers = itertools.count(1)
        self._lock = threading.Lock()
        self._stopped = threading.Event()
        self._stored: list[StoredFile] = []
        self.done_bytes = 0

    async def run(self) -> list[StoredFile]:
        """Unpack everything; raises ZipDamaged or what the store raises, after every thread has ended."""
        loop = asyncio.get_running_loop()
        width = self._objects.width
        with ThreadPoolExecutor(width, "unpack") as threads:
            works = [loop.run_in_executor(threads, self._work) for _ in range(width)]
            ended = await asyncio.gather(*works, return_exceptions=True)
        for one in ended:
            if isinstance(one, BaseException) and not isinstance(one, Stopped):
                raise one
        if self._stopped.is_set():
            raise Stopped
        return self._stored

    def stop(self) -> None:
        """Make every thread end soon."""
        self._stopped.set()

    def _work(self) -> None:
        small = _SmallFiles(self)
        try:
            while (file := self._next()) is not None:
                self._store(file, small)
            small.flush()
        except BaseException:
            self.stop()
            raise

    def _next(self) -> FileToUnpack | None:
        if self._stopped.is_set():
            raise Stopped
        with self._lock:
            return next(self._files, None)

    def number(self) -> int:
        """Return a number no other object of this version has."""
        with self._lock:
            return next(self._numbers)

    def _store(self, file: FileToUnpack, small: "_SmallFiles") -> None:
        entry, kind = file.entry, content_type(file.path)
        parts, encoding, size = self._form(file, kind)
        stored = StoredFile(
            path=file.path,
            size_bytes=entry.size,
            stored_bytes=size,
            object_name="",
            encoding=encoding,
            content_type=kind,
            etag=f"{entry.crc:08x}-{entry.size:x}",
        )
        if size <= SMALL_BYTES:
            small.add(stored, b"".join(parts))
            self.count(entry.size)
            return
        name = alone_name(self.number())
        self.write(name, self._watched(parts, 0 if encoding else 1))
        self.keep([msgspec.structs.replace(stored, object_name=name)])
        if encoding:
            self.count(entry.size)

    def _form(self, file: FileToUnpack, kind: str) -> tuple[Iterator[bytes], str, int]:
        """Return the bytes to store, their encoding, and how many they are."""
        entry = file.entry
        if compresses_well(kind) and entry.size >= WORTH_BYTES:
            if entry.method == DEFLATED and entry.compressed_size + GZIP_EXTRA < entry.size * WORTH_RATIO:
                return self._reader.gzip_parts(entry), "gzip", entry.compressed_size + GZIP_EXTRA
            if entry.method == STORED and entry.size <= COMPRESSED_HERE_BYTES:
                packed = gzip.compress(b"".join(self._reader.parts(entry)), 6, mtime=0)
                if len(packed) < entry.size * WORTH_RATIO:
                    return iter((packed,)), "gzip", len(packed)
        return self._reader.parts(entry), "", entry.size

    def _watched(self, parts: Iterator[bytes], weight: int) -> Iterator[bytes]:
        for part in parts:
            if self._stopped.is_set():
                raise Stopped
            yield part
            self.count(len(part) * weight)

    def write(self, name: str, parts: Iterable[bytes]) -> None:
        """Write one object below the version's prefix."""
        self._objects.write(f"{self._prefix}/{name}", parts)

    def keep(self, files: Iterable[StoredFile]) -> None:
        """Note files whose bytes are in the store."""
        with self._lock:
            self._stored.extend(files)

    def count(self, size: int) -> None:
        """Add to the progress."""
        with self._lock:
            self.done_bytes += size


class _SmallFiles:
    """Gathers one thread's small files until they are worth an object."""

    def __init__(self, unpacking: Unpacking) -> None:
        self._unpacking = unpacking
        self._files: list[StoredFile] = []
        self._bodies: list[bytes] = []
        self._size = 0

    def add(self, file: StoredFile, body: bytes) -> None:
        """Take one file; writes the object when enough has been gathered."""
        self._files.append(msgspec.structs.replace(file, byte_offset=self._size))
        self._bodies.append(body)
        self._size += len(body)
        if self._size >= SHARED_BYTES:
            self.flush()

    def flush(self) -> None:
        """Write what has been gathered."""
        if not self._files:
            return
        name = shared_name(self._unpacking.number())
        self._unpacking.write(name, (b"".join(self._bodies),))
        self._unpacking.keep([msgspec.structs.replace(file, object_name=name) for file in self._files])
        self._files, self._bodies, self._size = [], [], 0
