"""Courses: reading, listing by cursor, changing."""

from datetime import datetime
from typing import Any, LiteralString
from uuid import UUID

import msgspec

from courseway.courses.model import Course, CourseMissing, CourseQuery, CourseSort, CourseState, CourseTotals, Version
from courseway.kit.db import Row, Tx
from courseway.kit.paging import Page, decode_cursor, make_page, page_limit

COLUMNS: LiteralString = """c.id, c.tenant_id, c.title, c.description, c.standard, c.edition, c.playable,
    c.current_version_id, c.current_version_number, c.item_count, c.size_bytes, c.player_settings, c.tags,
    c.created_by, c.created_at, c.updated_at, c.deleted_at,
    coalesce(t.registrations, 0) AS registrations, coalesce(t.launches, 0) AS launches,
    coalesce(t.completions, 0) AS completions, t.last_launch_at"""
FROM: LiteralString = "FROM courses c LEFT JOIN course_totals t ON t.course_id = c.id"
ORDERS: dict[CourseSort, tuple[LiteralString, LiteralString]] = {
    # order, and "behind the cursor" in that order
    CourseSort.UPDATED: (
        "c.updated_at DESC, c.id DESC",
        "(c.updated_at, c.id) < (%(after)s::timestamptz, %(after_id)s)",
    ),
    CourseSort.CREATED: ("c.id DESC", "c.id < %(after_id)s"),
    CourseSort.TITLE: ("lower(c.title), c.id", "(lower(c.title), c.id) > (%(after)s, %(after_id)s)"),
}


async def load_course(tx: Tx, course_id: UUID, *, with_deleted: bool = False) -> Course:
    """Read one course; CourseMissing when there is none, or it lies in the bin and `with_deleted` is not given."""
    row = await tx.row(
        f"SELECT {COLUMNS} {FROM} WHERE c.tenant_id = %(tenant_id)s AND c.id = %(id)s", {"id": course_id}
    )
    if row is None or (row["deleted_at"] is not None and not with_deleted):
        raise CourseMissing
    return _course(row)


async def lock_course(tx: Tx, course_id: UUID) -> Course:
    """Read one live course and keep others from changing it until the unit of work ends."""
    await tx.run("SELECT 1 FROM courses WHERE tenant_id = %(tenant_id)s AND id = %(id)s FOR UPDATE", {"id": course_id})
    return await load_course(tx, course_id)


async def find_courses(tx: Tx, query: CourseQuery) -> Page[Course]:
    """List courses by cursor. The search looks into titles and tags."""
    limit = page_limit(query.limit)
    order, behind = ORDERS[query.sort]
    params: dict[str, Any] = {"limit": limit + 1}
    where: LiteralString = "c.deleted_at IS NULL" if query.state is CourseState.LIVE else "c.deleted_at IS NOT NULL"
    if query.search:
        escaped = query.search.lower().replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
        params["like"], params["word"] = f"%{escaped}%", query.search
        where += " AND (lower(c.title) LIKE %(like)s OR %(word)s = ANY (c.tags))"
    if query.standard:
        params["standard"] = query.standard
        where += " AND (c.standard = %(standard)s OR c.edition = %(standard)s)"
    if query.tag:
        params["tag"] = query.tag
        where += " AND %(tag)s = ANY (c.tags)"
    if query.cursor:
        after, after_id = decode_cursor(query.cursor, 2)
        params |= {"after": after, "after_id": UUID(after_id)}
        where += f" AND {behind}"
    rows = await tx.rows(
        f"SELECT {COLUMNS} {FROM} WHERE c.tenant_id = %(tenant_id)s AND {where} ORDER BY {order} LIMIT %(limit)s",
        params,
    )
    return make_page([_course(row) for row in rows], limit, lambda course: _keys(query.sort, course))


def _keys(sort: CourseSort, course: Course) -> tuple[str, str]:
    first = {CourseSort.UPDATED: course.updated_at.isoformat(), CourseSort.TITLE: course.title.lower()}
    return first.get(sort, ""), str(course.id)


async def insert_course(tx: Tx, version: Version, *, playable: bool, description: str, tags: tuple[str, ...]) -> None:
    """Make the course that a first version belongs to."""
    await tx.run(
        """
        INSERT INTO courses (id, tenant_id, title, description, standard, edition, playable, current_version_id,
            current_version_number, item_count, size_bytes, tags, created_by, created_at, updated_at)
        VALUES (%(id)s, %(tenant_id)s, %(title)s, %(description)s, %(standard)s, %(edition)s, %(playable)s,
            %(version_id)s, %(number)s, %(item_count)s, %(size_bytes)s, %(tags)s, %(created_by)s, %(at)s, %(at)s)
        """,
        {
            "id": version.course_id,
            "description": description,
            "playable": playable,
            "tags": list(tags),
            "created_by": version.created_by,
            **_of_version(version),
        },
    )


async def point_course_at(tx: Tx, version: Version, *, playable: bool, at: datetime) -> None:
    """Make a version the one that is shown and played; the title stays as people know it."""
    await tx.run(
        """
        UPDATE courses SET current_version_id = %(version_id)s, current_version_number = %(number)s,
            standard = %(standard)s, edition = %(edition)s, playable = %(playable)s, item_count = %(item_count)s,
            size_bytes = %(size_bytes)s, updated_at = %(at)s
        WHERE tenant_id = %(tenant_id)s AND id = %(id)s
        """,
        {"id": version.course_id, "playable": playable, **_of_version(version), "at": at},
    )


def _of_version(version: Version) -> dict[str, Any]:
    return {
        "title": version.title,
        "standard": version.standard,
        "edition": version.edition,
        "version_id": version.id,
        "number": version.number,
        "item_count": version.item_count,
        "size_bytes": version.size_bytes,
        "at": version.created_at,
    }


async def update_course(tx: Tx, course: Course) -> None:
    """Write what people may change about a course."""
    await tx.run(
        """
        UPDATE courses SET title = %(title)s, description = %(description)s, tags = %(tags)s,
            player_settings = %(player_settings)s::jsonb, updated_at = %(updated_at)s
        WHERE tenant_id = %(tenant_id)s AND id = %(id)s
        """,
        {
            "id": course.id,
            "title": course.title,
            "description": course.description,
            "tags": list(course.tags),
            "player_settings": msgspec.json.encode(course.player_settings).decode(),
            "updated_at": course.updated_at,
        },
    )


async def update_deleted_at(tx: Tx, course_id: UUID, deleted_at: datetime | None, now: datetime) -> None:
    """Put a course into the bin, or take it out again."""
    await tx.run(
        "UPDATE courses SET deleted_at = %(deleted_at)s, updated_at = %(now)s"
        " WHERE tenant_id = %(tenant_id)s AND id = %(id)s",
        {"id": course_id, "deleted_at": deleted_at, "now": now},
    )


def _course(row: Row) -> Course:
    totals = CourseTotals(
        row.pop("registrations"), row.pop("launches"), row.pop("completions"), row.pop("last_launch_at")
    )
    row["tags"] = tuple(row["tags"])
    return Course(totals=totals, **row)
