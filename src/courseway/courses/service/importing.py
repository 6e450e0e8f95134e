"""
Imports: from a received package to a published version, in tries that may die at any moment.

A try writes below a prefix of its own, which the upload's row names before the first file is written. Publishing is
one transaction that succeeds only while the row still names it: whatever happens, a version is there whole or not at
all, and what a dead try left is deleted by the next one or by housekeeping.
"""

import asyncio
import contextlib
import tempfile
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from uuid import UUID

import structlog

from courseway.courses.model import (
    CourseMissing,
    ImportJob,
    StoredFile,
    UploadState,
    Version,
    is_playable,
    version_prefix,
)
from courseway.courses.service.checking import Checked, check_package, damage
from courseway.courses.service.parts import CourseParts
from courseway.courses.service.unpacking import Unpacking
from courseway.courses.store import courses as course_rows
from courseway.courses.store import uploads as upload_rows
from courseway.courses.store import versions as version_rows
from courseway.kit.db import Tx
from courseway.kit.ids import new_id
from courseway.kit.outbox import add_fact
from courseway.kit.zips import ZipDamaged, ZipReader
from courseway.standards.issues import Report
from courseway.tenants import Caller, record

log = structlog.get_logger(__name__)
NOTE_EVERY_SECONDS = 0.5
REFUSED = "The package cannot be played. The report says what is wrong with it."
GIVEN_UP = "The import was tried several times and did not come to its end. Upload the package again, or tell support."
COURSE_GONE = "The course this was to be a version of has been deleted."


class Superseded(Exception):
    """Another try, or a person, has taken the upload over; this one leaves no trace."""


class Importing(CourseParts):
    """What the worker does with a received package."""

    async def import_upload(self, tenant_id: UUID, upload_id: UUID) -> None:
        """
        Import an upload: check, unpack, publish. Does nothing when it has ended already.

        A package that is refused ends the upload as failed with its whole report; what else goes wrong raises, and
        the queue tries again.
        """
        job = await self._take(tenant_id, upload_id)
        if job is None:
            return
        if job.abandoned_version_id is not None:
            await self._objects.delete_prefix(version_prefix(tenant_id, job.abandoned_version_id))
        if job.attempts > self._rules.attempts:
            await self._refuse(job, GIVEN_UP, None)
            return
        started = time.monotonic()
        try:
            async with self._package_file(job) as package:
                await self._import(job, package)
        except Superseded:
            log.info("import.superseded", upload=str(upload_id))
        log.info("import.over", upload=str(upload_id), seconds=round(time.monotonic() - started, 3))

    async def _take(self, tenant_id: UUID, upload_id: UUID) -> ImportJob | None:
        async with self._db.tenant(tenant_id) as tx:
            return await upload_rows.take_import(tx, upload_id)

    @contextlib.asynccontextmanager
    async def _package_file(self, job: ImportJob) -> AsyncIterator[Path]:
        """Give the package as a file of this machine; it is fetched first when the store is elsewhere."""
        path = self._objects.local_path(job.package_key)
        if path is not None:
            yield path
            return
        self._staging_dir.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=self._staging_dir, prefix="import-") as file:
            async for part in self._objects.stream(job.package_key):
                await asyncio.to_thread(file.write, part)
            file.flush()
            yield Path(file.name)

    async def _import(self, job: ImportJob, package: Path) -> None:
        checked = await asyncio.to_thread(check_package, package, self._rules.limits, job.file_name)
        if checked.structure is None or not checked.report.playable:
            await self._refuse(job, REFUSED, checked.report)
            return
        version_id = new_id()
        prefix = version_prefix(job.tenant_id, version_id)
        try:
            async with self._db.tenant(job.tenant_id) as tx:
                if not await upload_rows.update_to_unpacking(tx, job, version_id, checked.total_bytes, checked.report):
                    raise Superseded
            files = await self._unpack(job, package, checked, version_id)
            await self._objects.settle(prefix)
        except ZipDamaged as error:
            await self._refuse(job, REFUSED, checked.report.joined(damage(error)))
            await self._objects.delete_prefix(prefix)
            return
        except BaseException:
            await self._objects.delete_prefix(prefix)
            raise
        try:
            await self._publish(job, checked, version_id, files)
        except CourseMissing:
            await self._refuse(job, COURSE_GONE, checked.report)
            await self._objects.delete_prefix(prefix)
        except Superseded:
            await self._objects.delete_prefix(prefix)
            raise
        # Any other failure may have come after the database had kept the version: its files stay. If it had not, the
        # next try finds this one's prefix in the upload's row and deletes it.

    async def _unpack(self, job: ImportJob, package: Path, checked: Checked, version_id: UUID) -> list[StoredFile]:
        """Unpack in threads, tell of the progress twice a second, stop when the upload is somebody else's."""
        with ZipReader(package) as reader:
            unpacking = Unpacking(reader, self._objects, version_prefix(job.tenant_id, version_id), checked.files)
            work = asyncio.ensure_future(unpacking.run())
            try:
                while not (await asyncio.wait({work}, timeout=NOTE_EVERY_SECONDS))[0]:
                    async with self._db.tenant(job.tenant_id) as tx:
                        if not await upload_rows.note_unpacked(tx, job, version_id, unpacking.done_bytes):
                            raise Superseded
                return work.result()
            finally:
                # The threads must have ended before the file is closed or the prefix deleted under them.
                unpacking.stop()
                await asyncio.wait({work})
                _ = work.cancelled() or work.exception()

    async def _publish(self, job: ImportJob, checked: Checked, version_id: UUID, files: list[StoredFile]) -> None:
        async with self._db.tenant(job.tenant_id) as tx:
            course_id = job.course_id or new_id()
            if job.course_id is not None:
                await course_rows.lock_course(tx, course_id)
            number = await version_rows.next_number(tx, course_id)
            version = self._version(job, checked, version_id, course_id, number, files)
            if not await upload_rows.update_to_ready(tx, job, version_id, course_id, version.created_at):
                raise Superseded
            playable = is_playable(version.structure.standard)
            if job.course_id is None:
                await course_rows.insert_course(
                    tx, version, playable=playable, description=version.structure.description, tags=job.options.tags
                )
            await version_rows.insert_version(tx, version, checked.report)
            await version_rows.insert_files(tx, version_id, files)
            if job.course_id is not None and job.options.make_current:
                await course_rows.point_course_at(tx, version, playable=playable, at=version.created_at)
            await _tell(tx, job, version)

    def _version(
        self,
        job: ImportJob,
        checked: Checked,
        version_id: UUID,
        course_id: UUID,
        number: int,
        files: list[StoredFile],
    ) -> Version:
        structure = checked.structure
        assert structure is not None
        return Version(
            id=version_id,
            tenant_id=job.tenant_id,
            course_id=course_id,
            number=number,
            standard=structure.standard.value,
            edition=structure.edition,
            title=job.options.title or structure.title,
            structure=structure,
            item_count=len(structure.launchable()),
            file_count=len(files),
            size_bytes=job.size_bytes,
            stored_bytes=sum(file.stored_bytes for file in files),
            prefix=version_prefix(job.tenant_id, version_id),
            original_key=job.package_key,
            original_name=job.file_name,
            original_sha256=job.options.sha256,
            note=job.options.note,
            created_by=job.created_by,
            created_at=self._clock(),
        )

    async def _refuse(self, job: ImportJob, sentence: str, report: Report | None) -> None:
        """End the upload as failed; nothing of the package stays."""
        async with self._db.tenant(job.tenant_id) as tx:
            ended = await upload_rows.update_to_over(
                tx, job.id, UploadState.FAILED, at=self._clock(), error=sentence, report=report
            )
            if ended:
                errors = [issue.code for issue in report.errors][:20] if report is not None else []
                detail = {"errors": errors, "file": job.file_name}
                await record(
                    tx, _sender(job), "course.import_failed", "upload", job.id, job.file_name, "refused", detail
                )
                await add_fact(tx, "course.import_failed", job.id, file=job.file_name, error=sentence)
        if ended:
            await self._objects.delete(job.package_key)


async def _tell(tx: Tx, job: ImportJob, version: Version) -> None:
    first = job.course_id is None
    action = "course.imported" if first else "course.version_added"
    detail: dict[str, Any] = {"version": version.number, "file": job.file_name, "bytes": job.size_bytes}
    await record(tx, _sender(job), action, "course", version.course_id, version.title, detail=detail)
    await add_fact(tx, action, version.course_id, version_id=version.id, number=version.number, upload_id=job.id)


def _sender(job: ImportJob) -> Caller:
    sent = job.options
    return Caller(job.tenant_id, sent.caller_kind, sent.caller_id, sent.caller_name, frozenset(), sent.caller_address)
