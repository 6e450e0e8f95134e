"""Versions and their files."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import msgspec

from courseway.courses.model import StoredFile, Version, VersionChanges, VersionFiles, VersionMissing, VersionSummary
from courseway.kit.db import Row, Tx
from courseway.standards.issues import Report
from courseway.standards.manifests.structure import CourseStructure

SUMMARY = """v.id, v.course_id, v.number, v.standard, v.edition, v.title, v.item_count, v.file_count, v.size_bytes,
    v.stored_bytes, v.original_name, v.original_sha256, v.note, v.created_by, v.created_at"""


async def load_version(tx: Tx, version_id: UUID) -> Version:
    """Read one version with its structure; VersionMissing when there is none."""
    row = await tx.row(
        f"SELECT {SUMMARY}, v.tenant_id, v.structure::text AS structure, v.prefix, v.original_key"  # noqa: S608
        " FROM course_versions v WHERE v.tenant_id = %(tenant_id)s AND v.id = %(id)s",
        {"id": version_id},
    )
    if row is None:
        raise VersionMissing
    structure = msgspec.json.decode(row.pop("structure"), type=CourseStructure)
    return Version(structure=structure, **row)


async def load_version_by_number(tx: Tx, course_id: UUID, number: int) -> VersionSummary:
    """Read a course's version by its number; VersionMissing when there is none."""
    row = await tx.row(
        f"SELECT {SUMMARY} FROM course_versions v"  # noqa: S608
        " WHERE v.tenant_id = %(tenant_id)s AND v.course_id = %(course_id)s AND v.number = %(number)s",
        {"course_id": course_id, "number": number},
    )
    if row is None:
        raise VersionMissing(f"This course has no version {number}.")
    return VersionSummary(**row)


async def load_original_key(tx: Tx, version_id: UUID) -> str:
    """Return where a version's original package is kept."""
    row = await tx.one(
        "SELECT original_key FROM course_versions WHERE tenant_id = %(tenant_id)s AND id = %(id)s", {"id": version_id}
    )
    return str(row["original_key"])


async def find_versions(tx: Tx, course_id: UUID, *, limit: int, below: int | None) -> list[VersionSummary]:
    """List a course's versions, newest first."""
    rows = await tx.rows(
        f"SELECT {SUMMARY} FROM course_versions v"  # noqa: S608
        " WHERE v.tenant_id = %(tenant_id)s AND v.course_id = %(course_id)s"
        " AND (%(below)s::int IS NULL OR v.number < %(below)s::int) ORDER BY v.number DESC LIMIT %(limit)s",
        {"course_id": course_id, "below": below, "limit": limit},
    )
    return [VersionSummary(**row) for row in rows]


async def load_report(tx: Tx, version_id: UUID) -> Report:
    """Read everything that was found in a version's package."""
    row = await tx.row(
        "SELECT report::text AS report FROM course_versions WHERE tenant_id = %(tenant_id)s AND id = %(id)s",
        {"id": version_id},
    )
    if row is None:
        raise VersionMissing
    return msgspec.json.decode(row["report"], type=Report)


async def next_number(tx: Tx, course_id: UUID) -> int:
    """Return the number a course's next version gets; the caller holds the course's row."""
    row = await tx.one(
        "SELECT coalesce(max(number), 0) + 1 AS number FROM course_versions"
        " WHERE tenant_id = %(tenant_id)s AND course_id = %(course_id)s",
        {"course_id": course_id},
    )
    return int(row["number"])


async def insert_version(tx: Tx, version: Version, report: Report) -> None:
    """Record a version."""
    values: dict[str, Any] = msgspec.structs.asdict(version)
    values["structure"] = msgspec.json.encode(version.structure).decode()
    values["report"] = msgspec.json.encode(report).decode()
    await tx.run(
        """
        INSERT INTO course_versions (id, tenant_id, course_id, number, standard, edition, title, structure, report,
            item_count, file_count, size_bytes, stored_bytes, prefix, original_key, original_name, original_sha256,
            note, created_by, created_at)
        VALUES (%(id)s, %(tenant_id)s, %(course_id)s, %(number)s, %(standard)s, %(edition)s, %(title)s,
            %(structure)s::jsonb, %(report)s::jsonb, %(item_count)s, %(file_count)s, %(size_bytes)s, %(stored_bytes)s,
            %(prefix)s, %(original_key)s, %(original_name)s, %(original_sha256)s, %(note)s, %(created_by)s,
            %(created_at)s)
        """,
        values,
    )


async def insert_files(tx: Tx, version_id: UUID, files: Sequence[StoredFile]) -> None:
    """Record a version's files in one statement (COPY does not go with row-level security)."""
    columns = StoredFile.__struct_fields__
    params: dict[str, Any] = {name: [getattr(file, name) for file in files] for name in columns}
    await tx.run(
        """
        INSERT INTO version_files (tenant_id, version_id, path, size_bytes, stored_bytes, object_name, byte_offset,
            encoding, content_type, etag)
        SELECT %(tenant_id)s, %(version_id)s, * FROM unnest(%(path)s::text[], %(size_bytes)s::bigint[],
            %(stored_bytes)s::bigint[], %(object_name)s::text[], %(byte_offset)s::bigint[], %(encoding)s::text[],
            %(content_type)s::text[], %(etag)s::text[])
        """,
        {**params, "version_id": version_id},
    )


async def find_files(tx: Tx, version_id: UUID, *, after: str, limit: int) -> list[StoredFile]:
    """List a version's files by path, from after a path on."""
    rows = await tx.rows(
        """
        SELECT path, size_bytes, stored_bytes, object_name, byte_offset, encoding, content_type, etag FROM version_files
        WHERE tenant_id = %(tenant_id)s AND version_id = %(version_id)s AND path > %(after)s ORDER BY path LIMIT %(limit)s
        """,
        {"version_id": version_id, "after": after, "limit": limit},
    )
    return [_file(row) for row in rows]


async def compare_files(tx: Tx, older: VersionSummary, newer: VersionSummary, *, limit: int) -> VersionChanges:
    """Compare two versions file by file; at most `limit` paths of each kind."""
    rows = await tx.rows(
        """
        WITH before AS (SELECT path, etag FROM version_files WHERE tenant_id = %(tenant_id)s AND version_id = %(older)s),
            now AS (SELECT path, etag FROM version_files WHERE tenant_id = %(tenant_id)s AND version_id = %(newer)s),
            differing AS (
                SELECT coalesce(now.path, before.path) AS path, CASE WHEN before.path IS NULL THEN 'added'
                    WHEN now.path IS NULL THEN 'removed' ELSE 'changed' END AS kind
                FROM before FULL JOIN now ON now.path = before.path
                WHERE before.etag IS DISTINCT FROM now.etag)
        SELECT kind, count(*) AS count, (array_agg(path ORDER BY path))[1:%(limit)s] AS paths FROM differing GROUP BY kind
        """,
        {"older": older.id, "newer": newer.id, "limit": limit},
    )
    found: dict[str, Any] = {f"{row['kind']}_count": row["count"] for row in rows}
    found |= {row["kind"]: tuple(row["paths"]) for row in rows}
    return VersionChanges(number=newer.number, against=older.number, **found)


async def load_version_files(tx: Tx, version_id: UUID) -> VersionFiles | None:
    """
    Read the index of a version's files; None when there is no such version.

    Called in the platform's own scope: the capability in the address has been checked and names no tenant.
    """
    head = await tx.row(
        "SELECT course_id, prefix FROM course_versions WHERE id = %(id)s -- across tenants: a checked capability names it",
        {"id": version_id},
    )
    if head is None:
        return None
    rows = await tx.rows(
        "SELECT path, size_bytes, stored_bytes, object_name, byte_offset, encoding, content_type, etag"
        " FROM version_files WHERE version_id = %(id)s -- across tenants: as above",
        {"id": version_id},
    )
    files = {row["path"]: _file(row) for row in rows}
    return VersionFiles(version_id=version_id, course_id=head["course_id"], prefix=head["prefix"], files=files)


def _file(row: Row) -> StoredFile:
    return StoredFile(**row)
