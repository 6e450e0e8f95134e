"""Packages arriving: receive a stream, keep it, queue its import; look at uploads and cancel them."""

import contextlib
import hashlib
import time
from collections.abc import AsyncIterable, AsyncIterator
from pathlib import PurePosixPath
from uuid import UUID

import msgspec
import structlog

from courseway.courses.model import (
    PackageTooLarge,
    Upload,
    UploadCancelled,
    UploadCutOff,
    UploadOptions,
    UploadOver,
    UploadState,
    package_key,
    packages_prefix,
)
from courseway.courses.service.parts import CourseParts
from courseway.courses.store import courses as course_rows
from courseway.courses.store import uploads as upload_rows
from courseway.kit import idempotency
from courseway.kit.idempotency import OnceKey
from courseway.kit.ids import new_id, parse_id
from courseway.kit.objects import regroup
from courseway.kit.paging import Page, decode_cursor, make_page, page_limit
from courseway.tenants import Caller, Scope, record

log = structlog.get_logger(__name__)
IMPORT_JOB = "courses.import_upload"
NOTE_EVERY_SECONDS = 0.5
FORM_OVERHEAD_BYTES = 64 * 1024  # what the fields and borders of a multipart form may take at most


class Uploading(CourseParts):
    """What senders of packages do."""

    async def receive_package(
        self,
        caller: Caller,
        parts: AsyncIterable[bytes],
        *,
        file_name: str,
        size_bytes: int | None = None,
        body_bytes: int | None = None,
        course_id: UUID | None = None,
        options: UploadOptions | None = None,
        once: OnceKey | None = None,
    ) -> Upload:
        """
        Receive a package part by part and queue its import; returns the queued upload.

        `course_id` makes it a new version of that course; `size_bytes` is what the sender declares, `body_bytes`
        what everything around it has too; both only to refuse early. The whole stream is read unless it is refused. A request repeated with the same key gets the first
        answer. Raises PackageTooLarge as soon as that is known, UploadCutOff, CourseMissing.

        Three short units of work around one stream: no transaction is open while bytes arrive.
        """
        caller.require(Scope.COURSE_WRITE)
        if size_bytes is not None or body_bytes is not None:
            self._check_size(size_bytes or max(0, (body_bytes or 0) - FORM_OVERHEAD_BYTES))
        upload, known = await self._start_upload(caller, file_name, size_bytes, course_id, options, once)
        if known:
            return upload
        try:
            received, sha256 = await self._store_package(caller, upload, parts)
            if received == 0:
                raise UploadCutOff("The body is empty; send the package as the body of the request.")
            if size_bytes is not None and received != size_bytes:
                raise UploadCutOff(f"{received:,} of {size_bytes:,} bytes arrived; send the package again.")
            return await self._queue_import(caller, upload, received, sha256, once)
        except BaseException as error:
            await self._give_up(caller, upload, error, once)
            raise

    def _check_size(self, size_bytes: int) -> None:
        greatest = self._rules.max_upload_bytes
        if size_bytes > greatest:
            raise PackageTooLarge(
                f"A package may have {greatest:,} bytes at most; this one has more.", max_bytes=greatest
            )

    async def _start_upload(
        self,
        caller: Caller,
        file_name: str,
        size_bytes: int | None,
        course_id: UUID | None,
        options: UploadOptions | None,
        once: OnceKey | None,
    ) -> tuple[Upload, bool]:
        now = self._clock()
        upload = Upload(
            id=new_id(),
            state=UploadState.RECEIVING,
            file_name=clean_file_name(file_name),
            size_bytes=size_bytes,
            course_id=course_id,
            created_by=caller.name,
            created_at=now,
            updated_at=now,
        )
        sent_by = msgspec.structs.replace(
            options or UploadOptions(),
            caller_kind=caller.kind,
            caller_id=caller.id,
            caller_name=caller.name,
            caller_address=caller.address,
        )
        async with self._db.tenant(caller.tenant_id) as tx:
            if once is not None and (kept := await idempotency.reserve(tx, once)) is not None:
                return msgspec.json.decode(kept.body, type=Upload), True
            if course_id is not None:
                await course_rows.load_course(tx, course_id)
            key = package_key(caller.tenant_id, upload.id)
            await upload_rows.insert_upload(tx, upload, package_key=key, options=sent_by)
        return upload, False

    async def _store_package(self, caller: Caller, upload: Upload, parts: AsyncIterable[bytes]) -> tuple[int, str]:
        digest = hashlib.sha256()

        async def watched() -> AsyncIterator[bytes]:
            received, noted_at = 0, time.monotonic()
            async for part in regroup(parts):
                received += len(part)
                self._check_size(received)
                digest.update(part)
                yield part
                if time.monotonic() - noted_at >= NOTE_EVERY_SECONDS:
                    noted_at = time.monotonic()
                    await self._note_received(caller, upload, received)

        size = await self._objects.put_stream(package_key(caller.tenant_id, upload.id), watched())
        await self._objects.settle(packages_prefix(caller.tenant_id))
        return size, digest.hexdigest()

    async def _note_received(self, caller: Caller, upload: Upload, received_bytes: int) -> None:
        async with self._db.tenant(caller.tenant_id) as tx:
            if not await upload_rows.note_received(tx, upload.id, received_bytes):
                raise UploadCancelled

    async def _queue_import(
        self, caller: Caller, upload: Upload, size_bytes: int, sha256: str, once: OnceKey | None
    ) -> Upload:
        async with self._db.tenant(caller.tenant_id) as tx:
            if not await upload_rows.update_to_queued(tx, upload.id, size_bytes, sha256):
                raise UploadCancelled
            await self._queue.defer(
                tx, IMPORT_JOB, lock=f"upload:{upload.id}", tenant_id=caller.tenant_id, upload_id=upload.id
            )
            queued = await upload_rows.load_upload(tx, upload.id)
            if once is not None:
                await idempotency.finish(tx, once, 202, msgspec.json.encode(queued))
            await record(tx, caller, "upload.received", "upload", upload.id, upload.file_name)
        return queued

    async def _give_up(self, caller: Caller, upload: Upload, error: BaseException, once: OnceKey | None) -> None:
        """Leave a trace of the upload that failed to arrive, and nothing of its bytes."""
        sentence = (
            str(error) if isinstance(error, PackageTooLarge | UploadCutOff) else "The upload stopped before its end."
        )
        ended = False
        with contextlib.suppress(Exception):  # what made the upload fail matters more than failing to say so
            async with self._db.tenant(caller.tenant_id) as tx:
                ended = await upload_rows.update_to_over(
                    tx, upload.id, UploadState.FAILED, at=self._clock(), error=sentence
                )
                if once is not None:
                    await idempotency.release(tx, once)
        # An upload that could not be ended here may be queued or imported already: the answer to a COMMIT can be lost.
        if ended or isinstance(error, UploadCancelled):
            await self._objects.delete(package_key(caller.tenant_id, upload.id))

    async def list_uploads(
        self,
        caller: Caller,
        *,
        limit: int | None = None,
        cursor: str = "",
        open_only: bool = False,
        course_id: UUID | None = None,
    ) -> Page[Upload]:
        """List uploads, newest first; only those still under way when asked."""
        caller.require(Scope.COURSE_READ)
        rows = page_limit(limit)
        below = parse_id(str(decode_cursor(cursor, 1)[0])) if cursor else None
        async with self._db.tenant(caller.tenant_id) as tx:
            uploads = await upload_rows.find_uploads(
                tx, limit=rows + 1, below=below, open_only=open_only, course_id=course_id
            )
        return make_page(uploads, rows, lambda upload: (upload.id,))

    async def show_upload(self, caller: Caller, upload_id: UUID) -> Upload:
        """Show how far an upload has come, and everything that was found in its package."""
        caller.require(Scope.COURSE_READ)
        async with self._db.tenant(caller.tenant_id) as tx:
            return await upload_rows.load_upload(tx, upload_id)

    async def cancel_upload(self, caller: Caller, upload_id: UUID) -> Upload:
        """
        Cancel an upload that has not ended; UploadOver when it has.

        Whoever works on it notices within a second and takes its files away.
        """
        caller.require(Scope.COURSE_WRITE)
        async with self._db.tenant(caller.tenant_id) as tx:
            upload = await upload_rows.load_upload(tx, upload_id)
            if not await upload_rows.update_to_over(tx, upload_id, UploadState.CANCELLED, at=self._clock()):
                raise UploadOver
            cancelled = await upload_rows.load_upload(tx, upload_id)
            await record(tx, caller, "upload.cancelled", "upload", upload_id, upload.file_name)
        if upload.state is not UploadState.RECEIVING:
            await self._objects.delete(package_key(caller.tenant_id, upload_id))
        return cancelled


def clean_file_name(name: str) -> str:
    """Return a sender's file name without folders and control characters, at most 200 characters."""
    last = PurePosixPath(name.replace("\\", "/")).name
    return "".join(char for char in last if char.isprintable())[:200].strip() or "package.zip"
