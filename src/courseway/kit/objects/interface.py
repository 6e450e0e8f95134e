"""What a place for objects can do, whichever it is; keys, errors and the grouping of streams."""

import contextlib
import re
from collections.abc import AsyncIterable, AsyncIterator, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Protocol

from obstore.exceptions import BaseError, NotFoundError

from courseway.errors import Kind, NotFound, Refusal

KEY = re.compile(r"(?!.*(?:^|/)\.{1,2}(?:/|$))[A-Za-z0-9._-]+(?:/[A-Za-z0-9._-]+)*")
PART_BYTES = 1024 * 1024


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


@contextlib.contextmanager
def missing(key: str) -> Iterator[None]:
    """Turn what a store raises into what this interface raises."""
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
