"""What every part of the courses service is given, once. No behaviour lives here."""

import asyncio
from dataclasses import dataclass, field, replace
from pathlib import Path
from uuid import UUID

import msgspec

from courseway.courses.model import Version
from courseway.courses.service.index import FileIndex, Opened
from courseway.kit.clock import Clock, utc_now
from courseway.kit.db import Database
from courseway.kit.kept import Kept
from courseway.kit.objects import ObjectStore
from courseway.kit.queue import Queue
from courseway.kit.tokens import Signer
from courseway.standards.archives.values import Limits

KEPT_VERSIONS = 512
KEPT_CAPABILITIES = 20_000
KEPT_FILES = 300_000  # entries of all indexes together; about 300 bytes each
KEPT_BODY_BYTES = 48 * 1024 * 1024


@dataclass(frozen=True)
class UploadRules:
    """How much may come in. Sizes in bytes."""

    max_upload_bytes: int = 512 * 1024 * 1024
    limits: Limits = field(default_factory=Limits)
    unfinished_seconds: float = 24 * 3600.0
    attempts: int = 5
    silent_seconds: float = 120.0  # a living import writes its progress twice a second; checking takes seconds


class CourseParts:
    """The engines and rules the service works with."""

    def __init__(
        self,
        *,
        db: Database,
        queue: Queue,
        signer: Signer,
        objects: ObjectStore,
        staging_dir: Path,
        clock: Clock = utc_now,
        rules: UploadRules | None = None,
        content_origin: str = "",
    ) -> None:
        self._db = db
        self._queue = queue
        self._signer = signer
        self._objects = objects
        self._staging_dir = staging_dir
        self._clock = clock
        self._rules = _agreeing(rules or UploadRules())
        self._content_origin = content_origin
        self._versions: Kept[tuple[UUID | None, UUID], Version] = Kept(KEPT_VERSIONS)
        self._opened: Kept[tuple[str, str], Opened] = Kept(KEPT_CAPABILITIES)
        self._indexes: Kept[UUID, FileIndex] = Kept(KEPT_FILES)
        self._bodies: Kept[tuple[str, int], bytes] = Kept(KEPT_BODY_BYTES)
        self._loading: dict[UUID, asyncio.Lock] = {}
        self._content_key = signer.derive("content")


def _agreeing(rules: UploadRules) -> UploadRules:
    """Return rules under which whatever may be uploaded may be imported, as far as its packed size goes."""
    limits = msgspec.structs.replace(rules.limits, archive_size=max(rules.limits.archive_size, rules.max_upload_bytes))
    return replace(rules, limits=limits)
