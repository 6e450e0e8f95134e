"""
What the delivery of files needs: which version an address opens, the index of its files, their bytes.

Everything here is immutable and kept in the process, so that a request for a known file asks nobody.
"""

import asyncio
from collections.abc import AsyncIterator
from datetime import date
from pathlib import Path
from uuid import UUID

from courseway.courses.model import VersionFiles, is_alone, read_capability, was_capability
from courseway.courses.service.index import Asset, FileIndex, Opened
from courseway.courses.service.parts import CourseParts
from courseway.courses.store import versions as version_rows
from courseway.kit.ids import parse_id


class Delivering(CourseParts):
    """What the content origin asks for."""

    def open_capability(self, course: str, text: str) -> Opened | None:
        """Return what a capability in an address opens today; None when it opens nothing."""
        opened = self._opened.get((course, text))
        now = self._clock()
        today = now.toordinal()
        if opened is not None and today <= opened.last_day:
            return opened
        course_id = _canonical(course)
        if course_id is None:
            return None
        version_id = read_capability(self._content_key, course_id, text, now.date())
        if version_id is None:
            return None
        signed_on = date.fromisoformat(text.split(".")[1])
        opened = Opened(version_id, signed_on.toordinal() + 1)
        self._opened.put((course, text), opened)
        return opened

    def has_expired(self, course: str, text: str) -> bool:
        """Tell whether a capability that opens nothing did so once."""
        course_id = _canonical(course)
        return course_id is not None and was_capability(self._content_key, course_id, text)

    def known_files(self, version_id: UUID) -> FileIndex | None:
        """Return a version's index when it is kept in the process."""
        return self._indexes.get(version_id)

    async def load_files(self, version_id: UUID) -> FileIndex:
        """Return a version's index, read once however many ask at the same time; empty when there is no such version."""
        lock = self._loading.setdefault(version_id, asyncio.Lock())
        async with lock:
            index = self._indexes.get(version_id)
            if index is None:
                async with self._db.system() as tx:
                    files = await version_rows.load_version_files(tx, version_id)
                index = FileIndex(
                    files or VersionFiles(version_id=version_id, course_id=version_id, prefix="", files={})
                )
                self._indexes.put(version_id, index, weight=10 + len(files.files) if files else 10)
        self._loading.pop(version_id, None)
        return index

    def kept_body(self, asset: Asset) -> bytes | None:
        """Return a small file's stored bytes when they are kept in the process."""
        return self._bodies.get((asset.key, asset.file.byte_offset))

    async def load_body(self, asset: Asset) -> bytes:
        """Return a small file's stored bytes, and keep them."""
        body = await self._objects.get_range(asset.key, asset.file.byte_offset, asset.end)
        self._bodies.put((asset.key, asset.file.byte_offset), body, weight=len(body) + 200)
        return body

    def local_path(self, asset: Asset) -> Path | None:
        """Return where a file lies on this machine; None when it shares an object or the store is elsewhere."""
        return self._objects.local_path(asset.key) if is_alone(asset.file) else None

    def stream_stored(self, asset: Asset, start: int = 0, end: int | None = None) -> AsyncIterator[bytes]:
        """Yield a file's stored bytes, or a range of them."""
        begin = asset.file.byte_offset
        return self._objects.stream(asset.key, begin + start, asset.end if end is None else begin + end)


def _canonical(text: str) -> UUID | None:
    """Read an id in its one usual form; the others would only fill caches."""
    course_id = parse_id(text)
    return course_id if str(course_id) == text else None
