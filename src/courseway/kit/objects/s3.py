"""Objects in a bucket of S3 or of what speaks like it, through obstore."""

import contextlib
from collections.abc import AsyncIterable, AsyncIterator, Iterable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

import obstore
from obstore import store as obstores
from obstore.exceptions import BaseError, NotFoundError

from courseway.kit.objects.interface import PART_BYTES, ObjectInfo, StoreUnavailable, check_key, missing, regroup

MULTIPART_BYTES = 8 * 1024 * 1024


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
        with missing(key):
            answer = await obstore.get_async(self._bucket, check_key(key))
            return bytes(await answer.bytes_async())

    async def get_range(self, key: str, start: int, end: int) -> bytes:
        """Return the bytes from `start` up to, not including, `end`."""
        with missing(key):
            return bytes(await obstore.get_range_async(self._bucket, check_key(key), start=start, end=end))

    async def stream(self, key: str, start: int = 0, end: int | None = None) -> AsyncIterator[bytes]:
        """Yield an object, or a range of it, part by part."""
        wanted: Any = {"range": (start, end)} if end is not None else {"range": {"offset": start}} if start else None
        with missing(key):
            answer = await obstore.get_async(self._bucket, check_key(key), options=wanted)
        async for part in answer.stream(min_chunk_size=PART_BYTES):
            yield bytes(part)

    async def head(self, key: str) -> ObjectInfo:
        """Return size and age of an object."""
        with missing(key):
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


def open_s3(url: str) -> S3Store:
    """Open a bucket by its address."""
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
