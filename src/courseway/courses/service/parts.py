"""What every part of the courses service is given, once. No behaviour lives here."""

from dataclasses import dataclass, field
from pathlib import Path
from uuid import UUID

from courseway.courses.model import Version
from courseway.kit.clock import Clock, utc_now
from courseway.kit.db import Database
from courseway.kit.kept import Kept
from courseway.kit.objects import ObjectStore
from courseway.kit.queue import Queue
from courseway.kit.tokens import Signer
from courseway.standards.archives.values import Limits

KEPT_VERSIONS = 512


@dataclass(frozen=True)
class UploadRules:
    """How much may come in. Sizes in bytes."""

    max_upload_bytes: int = 512 * 1024 * 1024
    limits: Limits = field(default_factory=Limits)
    unfinished_seconds: float = 24 * 3600.0
    attempts: int = 5


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
        self._rules = rules or UploadRules()
        self._content_origin = content_origin
        self._versions: Kept[tuple[UUID | None, UUID], Version] = Kept(KEPT_VERSIONS)
        self._content_key = signer.derive("content")
