"""
Unpacking: the planned files of a package into the object store, in a few threads, every byte checked on the way.

What compresses well is stored as the gzip file its packed bytes already are, so that most of a course is copied and
never compressed again.
"""

import asyncio
import gzip
import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor

from courseway.courses.model import StoredFile, file_key
from courseway.courses.service.checking import FileToUnpack
from courseway.kit.content_types import compresses_well, content_type
from courseway.kit.objects import ObjectStore
from courseway.kit.zips import DEFLATED, STORED, ZipReader

WORTH_BYTES = 512  # smaller files gain nothing from compression
WORTH_RATIO = 0.9
COMPRESSED_HERE_BYTES = 4 * 1024 * 1024  # files stored plainly in the package are compressed up to this size
GZIP_EXTRA = 18


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
        self._lock = threading.Lock()
        self._stopped = threading.Event()
        self._stored: list[StoredFile] = []
        self.done_bytes = 0

    async def run(self) -> list[StoredFile]:
        """Unpack everything; raises ZipDamaged or what the store raises, after every thread has ended."""
        loop = asyncio.get_running_loop()
        with ThreadPoolExecutor(self._objects.width, "unpack") as threads:
            ended = await asyncio.gather(
                *(loop.run_in_executor(threads, self._work) for _ in range(self._objects.width)), return_exceptions=True
            )
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
        try:
            while (file := self._next()) is not None:
                self._stored.append(self._store(file))
        except BaseException:
            self.stop()
            raise

    def _next(self) -> FileToUnpack | None:
        if self._stopped.is_set():
            raise Stopped
        with self._lock:
            return next(self._files, None)

    def _store(self, file: FileToUnpack) -> StoredFile:
        entry, kind = file.entry, content_type(file.path)
        parts, encoding = self._form(file, kind)
        key = file_key(self._prefix, file.path)
        size = self._objects.write(key, self._watched(parts, 1 if not encoding else 0))
        if encoding:
            self._count(entry.size)
        return StoredFile(
            path=file.path,
            size_bytes=entry.size,
            stored_bytes=size,
            encoding=encoding,
            content_type=kind,
            etag=f"{entry.crc:08x}-{entry.size:x}",
        )

    def _form(self, file: FileToUnpack, kind: str) -> tuple[Iterator[bytes], str]:
        entry = file.entry
        if compresses_well(kind) and entry.size >= WORTH_BYTES:
            if entry.method == DEFLATED and entry.compressed_size + GZIP_EXTRA < entry.size * WORTH_RATIO:
                return self._reader.gzip_parts(entry), "gzip"
            if entry.method == STORED and entry.size <= COMPRESSED_HERE_BYTES:
                packed = gzip.compress(b"".join(self._reader.parts(entry)), 6, mtime=0)
                if len(packed) < entry.size * WORTH_RATIO:
                    return iter((packed,)), "gzip"
        return self._reader.parts(entry), ""

    def _watched(self, parts: Iterator[bytes], weight: int) -> Iterator[bytes]:
        for part in parts:
            if self._stopped.is_set():
                raise Stopped
            yield part
            self._count(len(part) * weight)

    def _count(self, size: int) -> None:
        with self._lock:
            self.done_bytes += size
