"""Uploads: how far each has come, and the fence that lets one try at a time finish."""

from datetime import datetime
from typing import Any, LiteralString
from uuid import UUID

import msgspec

from courseway.courses.model import ImportJob, Upload, UploadMissing, UploadOptions, UploadState
from courseway.kit.db import Row, Tx
from courseway.standards.issues import Report

COLUMNS: LiteralString = """u.id, u.state, u.file_name, u.size_bytes, u.received_bytes, u.progress_done,
    u.progress_total, u.course_id, u.version_id, u.error, u.report::text AS report, u.attempts, u.created_by,
    u.created_at, u.updated_at, u.finished_at"""


async def insert_upload(tx: Tx, upload: Upload, *, package_key: str, options: UploadOptions) -> None:
    """Record that a package starts to arrive."""
    values = msgspec.structs.asdict(upload)
    values["state"] = upload.state.value
    values |= {"package_key": package_key, "options": msgspec.json.encode(options).decode()}
    await tx.run(
        """
        INSERT INTO uploads (id, tenant_id, course_id, file_name, size_bytes, staging_key, state, options, created_by,
            created_at, updated_at)
        VALUES (%(id)s, %(tenant_id)s, %(course_id)s, %(file_name)s, %(size_bytes)s, %(package_key)s, %(state)s,
            %(options)s::jsonb, %(created_by)s, %(created_at)s, %(updated_at)s)
        """,
        values,
    )


async def load_upload(tx: Tx, upload_id: UUID) -> Upload:
    """Read one upload; UploadMissing when there is none."""
    row = await tx.row(
        f"SELECT {COLUMNS} FROM uploads u WHERE u.tenant_id = %(tenant_id)s AND u.id = %(id)s",  # noqa: S608
        {"id": upload_id},
    )
    if row is None:
        raise UploadMissing
    return _upload(row)


async def find_uploads(
    tx: Tx, *, limit: int, below: UUID | None, open_only: bool, course_id: UUID | None
) -> list[Upload]:
    """List uploads, newest first."""
    rows = await tx.rows(
        f"""
        SELECT {COLUMNS} FROM uploads u WHERE u.tenant_id = %(tenant_id)s
            AND (%(below)s::uuid IS NULL OR u.id < %(below)s)
            AND (%(course_id)s::uuid IS NULL OR u.course_id = %(course_id)s)
            AND (NOT %(open_only)s OR u.state NOT IN ('ready', 'failed', 'cancelled'))
        ORDER BY u.id DESC LIMIT %(limit)s
        """,  # noqa: S608
        {"limit": limit, "below": below, "open_only": open_only, "course_id": course_id},
    )
    return [_upload(row) for row in rows]


async def note_received(tx: Tx, upload_id: UUID, received_bytes: int) -> bool:
    """Write how much has arrived; False when the upload was cancelled meanwhile."""
    touched = await tx.run(
        "UPDATE uploads SET received_bytes = %(received)s, updated_at = now()"
        " WHERE tenant_id = %(tenant_id)s AND id = %(id)s AND state = 'receiving'",
        {"id": upload_id, "received": received_bytes},
    )
    return touched == 1


async def update_to_queued(tx: Tx, upload_id: UUID, size_bytes: int, sha256: str) -> bool:
    """Say that the package is here; False when the upload was cancelled meanwhile."""
    touched = await tx.run(
        """
        UPDATE uploads SET state = 'queued', size_bytes = %(size)s, received_bytes = %(size)s, updated_at = now(),
            options = options || jsonb_build_object('sha256', %(sha256)s::text)
        WHERE tenant_id = %(tenant_id)s AND id = %(id)s AND state = 'receiving'
        """,
        {"id": upload_id, "size": size_bytes, "sha256": sha256},
    )
    return touched == 1


async def take_import(tx: Tx, upload_id: UUID) -> ImportJob | None:
    """Start one more try of an import; None when there is nothing to do any more."""
    row = await tx.row(
        """
        UPDATE uploads u SET state = 'checking', attempts = u.attempts + 1, version_id = NULL, progress_done = 0,
            updated_at = now()
        FROM (SELECT id, version_id FROM uploads WHERE tenant_id = %(tenant_id)s AND id = %(id)s FOR UPDATE) before
        WHERE u.tenant_id = %(tenant_id)s AND u.id = before.id AND u.state IN ('queued', 'checking', 'unpacking')
        RETURNING u.id, u.tenant_id, u.course_id, u.file_name, u.size_bytes, u.staging_key, u.options::text AS options,
            u.attempts, u.created_by, before.version_id AS abandoned_version_id
        """,
        {"id": upload_id},
    )
    if row is None:
        return None
    row["options"] = msgspec.json.decode(row.pop("options"), type=UploadOptions)
    row["package_key"] = row.pop("staging_key")
    return ImportJob(**row)


async def update_to_unpacking(tx: Tx, job: ImportJob, version_id: UUID, total_bytes: int, report: Report) -> bool:
    """
    Say which version this try makes, before its first file is written; False when the upload was cancelled.

    From here on the try owns the upload only while the row names its version.
    """
    touched = await tx.run(
        """
        UPDATE uploads SET state = 'unpacking', version_id = %(version_id)s, progress_total = %(total)s,
            report = %(report)s::jsonb, updated_at = now()
        WHERE tenant_id = %(tenant_id)s AND id = %(id)s AND state = 'checking' AND attempts = %(attempts)s
        """,
        {
            "id": job.id,
            "attempts": job.attempts,
            "version_id": version_id,
            "total": total_bytes,
            "report": msgspec.json.encode(report).decode(),
        },
    )
    return touched == 1


async def note_unpacked(tx: Tx, job: ImportJob, version_id: UUID, done_bytes: int) -> bool:
    """Write how much is unpacked; False when the try does not own the upload any more."""
    touched = await tx.run(
        "UPDATE uploads SET progress_done = %(done)s, updated_at = now() WHERE tenant_id = %(tenant_id)s"
        " AND id = %(id)s AND state = 'unpacking' AND version_id = %(version_id)s",
        {"id": job.id, "version_id": version_id, "done": done_bytes},
    )
    return touched == 1


async def update_to_ready(tx: Tx, job: ImportJob, version_id: UUID, course_id: UUID, at: datetime) -> bool:
    """End the upload well; False when the try does not own it any more, and then nothing may be published."""
    touched = await tx.run(
        """
        UPDATE uploads SET state = 'ready', course_id = %(course_id)s, progress_done = progress_total, finished_at = %(at)s,
            updated_at = %(at)s
        WHERE tenant_id = %(tenant_id)s AND id = %(id)s AND state = 'unpacking' AND version_id = %(version_id)s
        """,
        {"id": job.id, "version_id": version_id, "course_id": course_id, "at": at},
    )
    return touched == 1


async def update_to_over(
    tx: Tx, upload_id: UUID, state: UploadState, *, at: datetime, error: str = "", report: Report | None = None
) -> bool:
    """End the upload as failed or cancelled; False when it had ended before."""
    params: dict[str, Any] = {"id": upload_id, "state": state.value, "at": at, "error": error, "report": None}
    if report is not None:
        params["report"] = msgspec.json.encode(report).decode()
    touched = await tx.run(
        """
        UPDATE uploads SET state = %(state)s, error = %(error)s, report = coalesce(%(report)s::jsonb, report),
            version_id = NULL, finished_at = %(at)s, updated_at = %(at)s
        WHERE tenant_id = %(tenant_id)s AND id = %(id)s AND state NOT IN ('ready', 'failed', 'cancelled')
        """,
        params,
    )
    return touched == 1


def _upload(row: Row) -> Upload:
    row["state"] = UploadState(row["state"])
    if row["report"] is not None:
        row["report"] = msgspec.json.decode(row["report"], type=Report)
    return Upload(**row)


# Housekeeping, across tenants --------------------------------------------------------------------------------------


async def find_silent(tx: Tx, before: datetime, *, receiving: bool) -> list[Row]:
    """Find uploads nobody has worked on since a moment: those that were arriving, or those being imported."""
    return await tx.rows(
        """
        SELECT id, tenant_id FROM uploads -- across tenants: housekeeping by age
        WHERE updated_at < %(before)s AND CASE WHEN %(receiving)s THEN state = 'receiving'
            ELSE state IN ('queued', 'checking', 'unpacking') END
        """,
        {"before": before, "receiving": receiving},
    )


async def touch(tx: Tx, upload_id: UUID) -> None:
    """Note that somebody cares for an upload."""
    await tx.run(
        "UPDATE uploads SET updated_at = now() WHERE tenant_id = %(tenant_id)s AND id = %(id)s", {"id": upload_id}
    )


async def find_owned(tx: Tx, tenant_id: UUID) -> tuple[set[UUID], set[UUID]] | None:
    """Return the versions and the packages (by upload) of a tenant whose objects belong to something; None: no such tenant."""
    if await tx.row("SELECT 1 AS known FROM tenants WHERE id = %(owner)s", {"owner": tenant_id}) is None:
        return None
    versions = await tx.rows(
        """
        SELECT id FROM course_versions WHERE tenant_id = %(owner)s -- across tenants: housekeeping, one owner at a time
        UNION ALL SELECT version_id FROM uploads WHERE tenant_id = %(owner)s AND version_id IS NOT NULL
            AND state NOT IN ('failed', 'cancelled')
        """,
        {"owner": tenant_id},
    )
    packages = await tx.rows(
        "SELECT id FROM uploads -- across tenants: housekeeping, one owner at a time\n"
        " WHERE tenant_id = %(owner)s AND state NOT IN ('failed', 'cancelled')",
        {"owner": tenant_id},
    )
    return {row["id"] for row in versions}, {row["id"] for row in packages}
