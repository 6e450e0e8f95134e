"""The courses room on a real database and a real folder, for tests."""

import asyncio
import uuid
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from courseway.courses import Service, Upload, UploadRules
from courseway.courses.jobs import jobs
from courseway.kit.db import Database
from courseway.kit.objects import open_store
from courseway.kit.queue import Queue
from courseway.kit.tokens import Signer
from courseway.tenants import Caller

SECRET = "for tests only, for tests only, for tests only"
CONTENT = "http://content.test"


@dataclass
class Room:
    """A service with what it stands on."""

    service: Service
    db: Database
    queue: Queue
    folder: Path
    caller: Caller

    async def receive(self, package: bytes, name: str = "course.zip", **options: Any) -> Upload:
        """Upload a package; its import is queued."""
        return await self.service.receive_package(self.caller, parts_of(package), file_name=name, **options)

    async def import_package(self, package: bytes, name: str = "course.zip", **options: Any) -> Upload:
        """Upload a package and import it here and now."""
        upload = await self.receive(package, name, **options)
        await self.service.import_upload(self.caller.tenant_id, upload.id)
        return await self.service.show_upload(self.caller, upload.id)

    async def import_course(self, package: bytes, **options: Any) -> uuid.UUID:
        """Import a package that is fine; returns the course."""
        upload = await self.import_package(package, **options)
        assert upload.state == "ready", upload
        assert upload.course_id is not None
        return upload.course_id

    def objects(self) -> list[str]:
        """Every file that lies in the store, half-written ones too."""
        return sorted(path.relative_to(self.folder).as_posix() for path in self.folder.rglob("*") if path.is_file())

    async def count(self, table: str) -> int:
        """How many rows a table has, of all tenants."""
        async with self.db.system() as tx:
            return int((await tx.one(f"SELECT count(*) AS n FROM {table}"))["n"])  # type: ignore[arg-type]


async def parts_of(package: bytes, size: int = 64 * 1024) -> AsyncIterator[bytes]:
    """A body as it arrives."""
    for start in range(0, len(package), size):
        yield package[start : start + size]
        await asyncio.sleep(0)


def make_service(db: Database, queue: Queue, objects: Path | str, staging: Path, **options: Any) -> Service:
    """A service on a folder or a bucket; its jobs are known to the queue."""
    service = Service(
        db=db,
        queue=queue,
        signer=Signer(SECRET),
        objects=open_store(str(objects)),
        staging_dir=staging,
        content_origin=CONTENT,
        rules=options.pop("rules", UploadRules()),
        **options,
    )
    queue.register(jobs(service))
    return service
