"""Dispatches in their table, with the names of destination and course; rows become model values here."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, LiteralString, NamedTuple
from uuid import UUID

import msgspec

from courseway.dispatch.model.changes import DispatchQuery
from courseway.dispatch.model.keys import DestinationKey
from courseway.dispatch.model.values import Dispatch, Usage, UsageDay
from courseway.kit.db import Row, Tx
from courseway.kit.words import read_words, word_params


class LaunchGround(NamedTuple):
    """What a launch is decided from: the dispatch, and of its destination the key and the allowed pages."""

    dispatch: Dispatch
    key: DestinationKey
    lms_origins: tuple[str, ...]
    hash_learners: bool


async def insert_dispatch(tx: Tx, id: UUID, postback_secret: str, values: Mapping[str, Any]) -> None:
    """Insert a dispatch."""
    await tx.run(
        """
        INSERT INTO dispatches (id, tenant_id, destination_id, course_id, name, enabled, allow_new_registrations,
            registration_cap, expires_at, instanced, version_policy, pinned_version_id, canary_percent, on_course_change,
            options, postback_url, postback_secret, owner_email, tags, notes)
        VALUES (%(id)s, %(tenant_id)s, %(destination_id)s, %(course_id)s, %(name)s, %(enabled)s, %(allow_new_registrations)s,
            %(registration_cap)s, %(expires_at)s, %(instanced)s, %(version_policy)s, %(pinned_version_id)s, %(canary_percent)s,
            %(on_course_change)s, %(options)s::jsonb, %(postback_url)s, %(postback_secret)s, %(owner_email)s, %(tags)s, %(notes)s)
        """,
        {**_written(values), "id": id, "postback_secret": postback_secret},
    )


async def find_dispatch(tx: Tx, id: UUID, *, deleted: bool = False) -> Dispatch | None:
    """Read a dispatch; with `deleted`, only one that lies in the bin."""
    row = await tx.row(
        """
        SELECT d.*, g.name AS destination_name, c.title AS course_title, c.current_version_id,
               coalesce((SELECT t.completions FROM dispatch_totals t
                         WHERE t.tenant_id = %(tenant_id)s AND t.dispatch_id = d.id), 0) AS completions
        FROM dispatches d JOIN destinations g ON g.id = d.destination_id JOIN courses c ON c.id = d.course_id
        WHERE d.tenant_id = %(tenant_id)s AND d.id = %(id)s AND (d.deleted_at IS NOT NULL) = %(deleted)s
        """,
        {"id": id, "deleted": deleted},
    )
    return None if row is None else msgspec.convert(row, Dispatch)


GROUND = """
    SELECT d.*, g.name AS destination_name, c.title AS course_title, c.current_version_id,
           g.learner_hash_key, g.lms_origins, g.hash_learners
    FROM dispatches d JOIN destinations g ON g.id = d.destination_id JOIN courses c ON c.id = d.course_id
    WHERE d.tenant_id = %(tenant_id)s AND (d.id = %(id)s OR d.destination_id = %(destination_id)s)
      AND d.deleted_at IS NULL AND g.deleted_at IS NULL AND c.deleted_at IS NULL
    ORDER BY d.id LIMIT %(limit)s
"""


async def load_ground(tx: Tx, id: UUID) -> LaunchGround | None:
    """Read what a launch is decided from; None when dispatch, destination or course were deleted."""
    row = await tx.row(GROUND, {"id": id, "destination_id": None, "limit": 1})
    return None if row is None else _ground(row)


async def load_grounds(tx: Tx, destination_id: UUID, limit: int) -> list[LaunchGround]:
    """Read the same of every dispatch of a destination, oldest first."""
    rows = await tx.rows(GROUND, {"id": None, "destination_id": destination_id, "limit": limit})
    return [_ground(row) for row in rows]


def _ground(row: Row) -> LaunchGround:
    key = DestinationKey(bytes(row["learner_hash_key"]))
    return LaunchGround(msgspec.convert(row, Dispatch), key, tuple(row["lms_origins"]), row["hash_learners"])


async def lock_count(tx: Tx, id: UUID) -> int:
    """Lock a dispatch until the end of the unit of work and return its registration count as it stands now."""
    row = await tx.one(
        "SELECT registration_count FROM dispatches WHERE tenant_id = %(tenant_id)s AND id = %(id)s FOR UPDATE",
        {"id": id},
    )
    return int(row["registration_count"])


SELECT_DISPATCHES: LiteralString = """
        SELECT d.*, g.name AS destination_name, c.title AS course_title, c.current_version_id,
               coalesce((SELECT t.completions FROM dispatch_totals t
                         WHERE t.tenant_id = %(tenant_id)s AND t.dispatch_id = d.id), 0) AS completions
        FROM dispatches d JOIN destinations g ON g.id = d.destination_id JOIN courses c ON c.id = d.course_id
        WHERE d.tenant_id = %(tenant_id)s"""
# Through the index of words: by the dispatch's own name, its course's or its destination's; each typed word begins one.
FOUND: LiteralString = """
    WITH found AS (
        SELECT f.kind, f.subject_id FROM search_words f
        WHERE f.tenant_id = %(tenant_id)s AND f.kind IN ('dispatches', 'courses', 'destinations')
          AND f.word >= %(first)s AND f.word < %(first_end)s
          AND NOT EXISTS (SELECT FROM unnest(%(words)s::text[], %(ends)s::text[]) AS typed (word, word_end)
                          WHERE NOT EXISTS (SELECT FROM search_words s WHERE s.tenant_id = %(tenant_id)s
                                            AND s.subject_id = f.subject_id AND s.word >= typed.word COLLATE "C"
                                            AND s.word < typed.word_end COLLATE "C")))
    SELECT subject_id FROM found WHERE kind = 'dispatches'
    UNION SELECT x.id FROM dispatches x JOIN found ON x.course_id = subject_id AND kind = 'courses' WHERE x.tenant_id = %(tenant_id)s
    UNION SELECT x.id FROM dispatches x JOIN found ON x.destination_id = subject_id AND kind = 'destinations' WHERE x.tenant_id = %(tenant_id)s
"""
# Only what was asked for becomes part of the statement, so that each list has the index it needs.
FILTERS: Mapping[str, LiteralString] = {
    "before": " AND d.id < %(before)s",
    "after_name": " AND (lower(d.name), d.id) > (%(after_name)s, %(after_id)s)",
    "destination_id": " AND d.destination_id = %(destination_id)s",
    "course_id": " AND d.course_id = %(course_id)s",
    "tag": " AND %(tag)s = ANY(d.tags)",
    "search": " AND d.id IN (" + FOUND + ")",
}
LASTING: LiteralString = " AND d.enabled AND (d.expires_at IS NULL OR d.expires_at > %(now)s)"
ROOM_LEFT: LiteralString = " AND (d.registration_cap = 0 OR d.registration_count < d.registration_cap)"
# The same order of questions as `Dispatch.state` asks.
STANDINGS: Mapping[str, LiteralString] = {
    "paused": " AND NOT d.enabled",
    "expired": " AND d.enabled AND d.expires_at <= %(now)s",
    "full": LASTING + " AND d.registration_cap > 0 AND d.registration_count >= d.registration_cap",
    "closed": LASTING + ROOM_LEFT + " AND NOT d.allow_new_registrations",
    "open": LASTING + ROOM_LEFT + " AND d.allow_new_registrations",
}


async def find_dispatches(
    tx: Tx, query: DispatchQuery, place: tuple[str, UUID] | None, limit: int, now: datetime
) -> list[Dispatch]:
    """List dispatches in the order asked for; `place` is the name and the id of the last one already seen."""
    name, last = place or ("", None)
    wanted: dict[str, Any] = {
        "before": None if query.by_name else last,
        "after_name": last is not None and query.by_name and name,
        "destination_id": query.destination_id,
        "course_id": query.course_id,
        "tag": query.tag,
    }
    words = read_words(query.search)
    if query.search.strip() and not words:
        return []
    wanted["search"] = bool(words)
    sql = SELECT_DISPATCHES + (" AND d.deleted_at IS NOT NULL" if query.deleted else " AND d.deleted_at IS NULL")
    sql += STANDINGS.get(query.standing, "")
    for one, condition in FILTERS.items():
        if wanted[one]:
            sql += condition
    order: LiteralString = " ORDER BY lower(d.name), d.id" if query.by_name else " ORDER BY d.id DESC"
    params = {**wanted, **(word_params(words) if words else {}), "after_id": last, "now": now, "limit": limit}
    return msgspec.convert(await tx.rows(sql + order + " LIMIT %(limit)s", params), list[Dispatch])


async def update_dispatch(tx: Tx, id: UUID, values: Mapping[str, Any]) -> None:
    """Write every changeable column of a dispatch."""
    await tx.run(
        """
        UPDATE dispatches SET name = %(name)s, enabled = %(enabled)s, allow_new_registrations = %(allow_new_registrations)s,
            registration_cap = %(registration_cap)s, expires_at = %(expires_at)s, instanced = %(instanced)s,
            version_policy = %(version_policy)s, previous_version_id = %(previous_version_id)s,
            pinned_version_id = %(pinned_version_id)s, canary_percent = %(canary_percent)s,
            on_course_change = %(on_course_change)s, options = %(options)s::jsonb, postback_url = %(postback_url)s,
            owner_email = %(owner_email)s, tags = %(tags)s, notes = %(notes)s, updated_at = now()
        WHERE tenant_id = %(tenant_id)s AND id = %(id)s
        """,
        {**_written(values), "id": id},
    )


async def mark_dispatch(tx: Tx, id: UUID, *, deleted: bool) -> None:
    """Put a dispatch into the bin, or take it out."""
    await tx.run(
        """
        UPDATE dispatches SET deleted_at = CASE WHEN %(deleted)s THEN now() END, updated_at = now()
        WHERE tenant_id = %(tenant_id)s AND id = %(id)s
        """,
        {"id": id, "deleted": deleted},
    )


async def reset_count(tx: Tx, id: UUID, now: datetime) -> None:
    """Count registrations from zero again, and remember since when."""
    await tx.run(
        """
        UPDATE dispatches SET registration_count = 0, count_reset_at = %(now)s, updated_at = now()
        WHERE tenant_id = %(tenant_id)s AND id = %(id)s
        """,
        {"id": id, "now": now},
    )


async def count_launch(tx: Tx, id: UUID, seats: int, now: datetime) -> None:
    """Count one launch, and the seat it took (0 or 1)."""
    await tx.run(
        """
        UPDATE dispatches SET launches = launches + 1, registration_count = registration_count + %(seats)s, last_launch_at = %(now)s
        WHERE tenant_id = %(tenant_id)s AND id = %(id)s
        """,
        {"id": id, "seats": seats, "now": now},
    )


async def is_version_of(tx: Tx, course_id: UUID, version_id: UUID) -> bool:
    """Tell whether a version belongs to a course."""
    row = await tx.row(
        """
        SELECT 1 AS found FROM course_versions
        WHERE tenant_id = %(tenant_id)s AND course_id = %(course_id)s AND id = %(version_id)s
        """,
        {"course_id": course_id, "version_id": version_id},
    )
    return row is not None


async def find_course_title(tx: Tx, course_id: UUID) -> str | None:
    """Return the title of a course that can be dispatched; None when there is none."""
    row = await tx.row(
        "SELECT title FROM courses WHERE tenant_id = %(tenant_id)s AND id = %(id)s AND deleted_at IS NULL AND playable",
        {"id": course_id},
    )
    return None if row is None else str(row["title"])


async def load_postback(tx: Tx, id: UUID) -> tuple[str, str]:
    """Return where results are posted and the secret they are signed with; empty when nowhere."""
    row = await tx.row(
        "SELECT postback_url, postback_secret FROM dispatches WHERE tenant_id = %(tenant_id)s AND id = %(id)s",
        {"id": id},
    )
    return ("", "") if row is None else (row["postback_url"], row["postback_secret"])


async def load_usage(tx: Tx, dispatch: Dispatch, days: int) -> Usage:
    """Read how much of a dispatch is used, with its last days."""
    rows = await tx.rows(
        """
        SELECT to_char(day, 'YYYY-MM-DD') AS day, registrations, launches, completions FROM daily_totals
        WHERE tenant_id = %(tenant_id)s AND course_id = %(course_id)s AND dispatch_id = %(id)s AND day > current_date - %(days)s::int
        ORDER BY day
        """,
        {"course_id": dispatch.course_id, "id": dispatch.id, "days": days},
    )
    counts = await tx.one(
        """
        SELECT count(DISTINCT u.learner_key) AS learners FROM dispatch_users u
        WHERE u.tenant_id = %(tenant_id)s AND u.dispatch_id = %(id)s
        """,
        {"id": dispatch.id},
    )
    return Usage(
        registration_cap=dispatch.registration_cap,
        registration_count=dispatch.registration_count,
        count_reset_at=dispatch.count_reset_at,
        seats_left=dispatch.seats_left,
        launches=dispatch.launches,
        completions=dispatch.completions,
        learners=counts["learners"],
        last_launch_at=dispatch.last_launch_at,
        days=tuple(msgspec.convert(rows, list[UsageDay])),
    )


def _written(values: Mapping[str, Any]) -> dict[str, Any]:
    return {**values, "options": msgspec.json.encode(values["options"]).decode()}
