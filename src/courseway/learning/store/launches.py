"""Launches as people look at them afterwards: their calls, their navigations, and all that is needed to play them again."""

from collections.abc import Sequence
from typing import Any, LiteralString
from uuid import UUID

import msgspec

from courseway.kit.db import Row, Tx
from courseway.learning.model.launch_file import FileCommit, FileMove
from courseway.learning.model.play import ActivityRecord, Beginning, Shared
from courseway.learning.model.values import CallQuery, CallView, LaunchRecord, LoggedCall, Mode, NavigationRecord
from courseway.learning.store.plays import in_order
from courseway.standards.sequencing.values import RequestKind, Step

FIND_LAUNCHES = """
    SELECT l.id, l.registration_id, l.mode, l.created_at, l.started_at, l.last_seen_at, l.ended_at, l.end_reason, l.last_seq,
           l.last_nav, l.user_agent, l.address
    FROM launches l WHERE l.tenant_id = %(tenant_id)s AND l.registration_id = %(id)s ORDER BY l.id DESC LIMIT %(limit)s
"""

FIND_PREVIEWS = """
    SELECT l.id, l.registration_id, l.mode, l.created_at, l.started_at, l.last_seen_at, l.ended_at, l.end_reason, l.last_seq,
           l.last_nav, l.user_agent, l.address
    FROM launches l
    WHERE l.tenant_id = %(tenant_id)s AND l.course_id = %(id)s AND l.registration_id IS NULL AND l.mode = 'preview'
    ORDER BY l.id DESC LIMIT %(limit)s
"""

FIND_LAUNCH = """
    SELECT l.id, l.registration_id, l.mode, l.created_at, l.started_at, l.last_seen_at, l.ended_at, l.end_reason, l.last_seq,
           l.last_nav, l.user_agent, l.address, l.course_id, l.version_id, c.title, l.start_state IS NOT NULL AS exportable,
           coalesce(r.organization, l.scratch ->> 'organization', '') AS organization
    FROM launches l JOIN courses c ON c.id = l.course_id LEFT JOIN registrations r ON r.id = l.registration_id
    WHERE l.tenant_id = %(tenant_id)s AND l.id = %(id)s
"""

FIND_START = """
    SELECT l.start_state::text AS start_state, p.external_id, p.name, p.own_id
    FROM launches l LEFT JOIN registrations r ON r.id = l.registration_id LEFT JOIN learners p ON p.id = r.learner_id
    WHERE l.tenant_id = %(tenant_id)s AND l.id = %(id)s
"""

FIND_CALLS = """
    SELECT seq, received_at, delivery, activity_id, kind, changes, calls, rejected, change_order FROM launch_commits
    WHERE tenant_id = %(tenant_id)s AND launch_id = %(id)s AND seq > %(after)s ORDER BY seq LIMIT %(limit)s
"""

# What the server refused stands after the calls of its commit; a refusal without an element is about the whole commit.
FIND_LINES = """
    WITH lines AS (
        SELECT c.seq, c.delivery, c.activity_id, c.received_at, false AS refused, one.call, one.place
        FROM launch_commits c, jsonb_array_elements(c.calls) WITH ORDINALITY AS one (call, place)
        WHERE c.tenant_id = %(tenant_id)s AND c.launch_id = %(id)s AND jsonb_typeof(one.call) = 'array'
        UNION ALL
        SELECT c.seq, c.delivery, c.activity_id, c.received_at, true,
               jsonb_build_array(NULL, '', coalesce(one.item ->> 'element', ''), coalesce(one.item ->> 'value', ''),
                                 coalesce(one.item ->> 'reason', ''), coalesce(one.item ->> 'code', '')),
               one.place + 1000000
        FROM launch_commits c, jsonb_array_elements(c.rejected) WITH ORDINALITY AS one (item, place)
        WHERE c.tenant_id = %(tenant_id)s AND c.launch_id = %(id)s
    )
    SELECT seq, delivery, activity_id, received_at, refused, call,
           (SELECT min(n.at) FROM navigations n WHERE n.tenant_id = %(tenant_id)s AND n.launch_id = %(id)s
            AND n.delivery = lines.delivery AND n.delivered <> '') AS delivered_at
    FROM lines WHERE true
"""

_FAILED: LiteralString = "(refused OR coalesce(call ->> 5, '') NOT IN ('', '0'))"

FIND_NAVIGATIONS = """
    SELECT nav, at, request, target, delivered, refused, trace, commits_before, delivery, seen_at, recalled, heard,
           coalesce(timed_out, false) AS timed_out
    FROM navigations
    WHERE tenant_id = %(tenant_id)s AND launch_id = %(id)s ORDER BY coalesce(step, nav), nav
"""


async def find_launches(tx: Tx, registration_id: UUID, limit: int) -> list[LaunchRecord]:
    """List the launches of a registration, newest first."""
    return [_launch_of(row) for row in await tx.rows(FIND_LAUNCHES, {"id": registration_id, "limit": limit})]


async def find_previews(tx: Tx, course_id: UUID, limit: int) -> list[LaunchRecord]:
    """List the previews of a course, newest first."""
    return [_launch_of(row) for row in await tx.rows(FIND_PREVIEWS, {"id": course_id, "limit": limit})]


async def find_launch(tx: Tx, launch_id: UUID) -> tuple[LaunchRecord, Row] | None:
    """Read one launch, and of what it is one: course_id, version_id, title, exportable."""
    row = await tx.row(FIND_LAUNCH, {"id": launch_id})
    return None if row is None else (_launch_of(row), row)


async def load_start(tx: Tx, launch_id: UUID) -> tuple[Beginning | None, tuple[str, str]]:
    """Read what a launch began from, None when that was not kept, and its learner's id and name."""
    row = await tx.one(FIND_START, {"id": launch_id})
    start = msgspec.json.decode(row["start_state"], type=Beginning) if row["start_state"] else None
    if row["external_id"] is None:
        return start, ("preview", "Preview")
    return start, (row["own_id"] or row["external_id"], row["name"])


async def find_calls(tx: Tx, launch_id: UUID, after: int, limit: int) -> list[CallView]:
    """List the commits of a launch with their calls, in their order."""
    rows = await tx.rows(FIND_CALLS, {"id": launch_id, "after": after, "limit": limit})
    return [CallView(**_ordered(row)) for row in rows]


async def find_lines(tx: Tx, launch_id: UUID, query: CallQuery) -> list[LoggedCall]:
    """List calls and what the server refused, one line each, narrowed."""
    sql: LiteralString = FIND_LINES
    if query.element:
        sql += " AND strpos(lower(call ->> 2), lower(%(element)s)) > 0"
    if query.method:
        sql += " AND call ->> 1 IN (%(method)s, 'LMS' || %(method)s)"
    if query.failed:
        sql += " AND " + _FAILED
    sql += (
        " ORDER BY "
        + (_FAILED + " DESC, " if query.errors_first else "")
        + "seq, place OFFSET %(offset)s LIMIT %(limit)s"
    )
    params = {"id": launch_id, **msgspec.structs.asdict(query)}
    return [LoggedCall(**row) for row in await tx.rows(sql, params)]


async def find_navigations(tx: Tx, launch_id: UUID) -> list[NavigationRecord]:
    """List the navigations of a launch with their reasons, in their order."""
    rows: Sequence[Row] = await tx.rows(FIND_NAVIGATIONS, {"id": launch_id})
    return [NavigationRecord(**_without(row, "seen_at", "recalled", "heard"), trace=_trace(row)) for row in rows]


async def find_steps(tx: Tx, launch_id: UUID) -> list[tuple[int | None, FileMove]]:
    """List the moves of a launch as a file holds them, each with the newest commit before it."""
    rows: Sequence[Row] = await tx.rows(FIND_NAVIGATIONS, {"id": launch_id})
    return [
        (
            row["commits_before"],
            FileMove(
                **_without(row, "commits_before", "delivery", "recalled", "heard", "request"),
                request=RequestKind(row["request"]),
                trace=_trace(row),
                recalled=msgspec.convert(row["recalled"], ActivityRecord) if row["recalled"] else None,
                heard=msgspec.convert(row["heard"], Shared) if row["heard"] else None,
            ),
        )
        for row in rows
    ]


async def find_commits(tx: Tx, launch_id: UUID) -> list[FileCommit]:
    """List the commits of a launch as a file holds them."""
    rows = await tx.rows(FIND_CALLS, {"id": launch_id, "after": 0, "limit": None})
    return [
        FileCommit(
            seq=row["seq"], at=row["received_at"], delivery=row["delivery"], kind=row["kind"], set=row["changes"],
            calls=[one for one in row["calls"] if isinstance(one, list)], rejected=row["rejected"],
        )
        for row in map(_ordered, rows)
    ]  # fmt: skip


def _ordered(row: Row) -> dict[str, Any]:
    return _without(row, "change_order") | {"changes": in_order(row["changes"], row["change_order"])}


def _without(row: Row, *names: str) -> dict[str, Any]:
    return {name: value for name, value in row.items() if name not in names and name != "trace"}


def _trace(row: Row) -> list[Step]:
    return msgspec.convert(row["trace"], list[Step])


def _launch_of(row: Row) -> LaunchRecord:
    return LaunchRecord(
        id=row["id"], registration_id=row["registration_id"], mode=Mode(row["mode"]), created_at=row["created_at"],
        started_at=row["started_at"], last_seen_at=row["last_seen_at"], ended_at=row["ended_at"],
        end_reason=row["end_reason"], commits=row["last_seq"], navigations=row["last_nav"],
        user_agent=row["user_agent"], address=row["address"],
    )  # fmt: skip
