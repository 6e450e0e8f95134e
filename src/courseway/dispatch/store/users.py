"""The learners of dispatches, their LMSs' receipts and self-tests, in their tables; rows become model values here."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from courseway.dispatch.model.changes import DispatchUserQuery
from courseway.dispatch.model.values import DispatchUser, ReceiptEntry, SelfTest
from courseway.kit.db import Tx


async def find_newest_user(tx: Tx, dispatch_id: UUID, learner_key: str) -> DispatchUser | None:
    """Read a learner's newest instance under a dispatch."""
    row = await tx.row(
        """
        SELECT u.id, u.dispatch_id, u.learner_key, u.name, u.instance, u.registration_id, u.counted, u.created_at,
               u.last_launch_at, r.version_id, r.completion, r.success, r.score_scaled, r.score_raw, r.total_time_seconds,
               r.revision, r.completed_at, r.lms_revision, r.lms_taken_at, r.lms_error
        FROM dispatch_users u JOIN registrations r ON r.id = u.registration_id
        WHERE u.tenant_id = %(tenant_id)s AND u.dispatch_id = %(dispatch_id)s AND u.learner_key = %(learner_key)s
          AND r.deleted_at IS NULL
        ORDER BY u.instance DESC LIMIT 1
        """,
        {"dispatch_id": dispatch_id, "learner_key": learner_key},
    )
    return None if row is None else msgspec.convert(row, DispatchUser)


async def find_users(
    tx: Tx, dispatch_id: UUID, query: DispatchUserQuery, before: UUID | None, limit: int
) -> list[DispatchUser]:
    """List the learners of a dispatch, newest first, with their status here and what their LMS took."""
    rows = await tx.rows(
        """
        SELECT u.id, u.dispatch_id, u.learner_key, u.name, u.instance, u.registration_id, u.counted, u.created_at,
               u.last_launch_at, r.version_id, r.completion, r.success, r.score_scaled, r.score_raw, r.total_time_seconds,
               r.revision, r.completed_at, r.lms_revision, r.lms_taken_at, r.lms_error
        FROM dispatch_users u JOIN registrations r ON r.id = u.registration_id
        WHERE u.tenant_id = %(tenant_id)s AND u.dispatch_id = %(dispatch_id)s
          AND (%(before)s::uuid IS NULL OR u.id < %(before)s)
          AND (%(search)s = '' OR position(lower(%(search)s) IN lower(u.learner_key || ' ' || u.name)) > 0)
          AND (%(lms)s <> 'behind' OR (coalesce(r.lms_revision, 0) < r.revision
               AND (r.lms_error <> '' OR (r.completed_at IS NOT NULL AND coalesce(r.lms_taken_at < r.completed_at, true)))))
        ORDER BY u.id DESC LIMIT %(limit)s
        """,
        {"dispatch_id": dispatch_id, "before": before, "search": query.search, "lms": query.lms, "limit": limit},
    )
    return msgspec.convert(rows, list[DispatchUser])


async def insert_user(tx: Tx, values: Mapping[str, Any]) -> None:
    """Insert a learner's next instance; those whose registration was erased keep their numbers."""
    await tx.run(
        """
        INSERT INTO dispatch_users
            (id, tenant_id, dispatch_id, learner_key, name, instance, registration_id, counted, last_launch_at)
        VALUES (%(id)s, %(tenant_id)s, %(dispatch_id)s, %(learner_key)s, %(name)s,
            (SELECT coalesce(max(u.instance), 0) + 1 FROM dispatch_users u
             WHERE u.tenant_id = %(tenant_id)s AND u.dispatch_id = %(dispatch_id)s AND u.learner_key = %(learner_key)s),
            %(registration_id)s, %(counted)s, %(now)s)
        """,
        values,
    )


async def note_launch(tx: Tx, user_id: UUID, name: str, now: datetime) -> None:
    """Remember that a known learner launched again, and her name if it is known now."""
    await tx.run(
        """
        UPDATE dispatch_users SET last_launch_at = %(now)s, name = coalesce(nullif(%(name)s, ''), name)
        WHERE tenant_id = %(tenant_id)s AND id = %(id)s
        """,
        {"id": user_id, "name": name, "now": now},
    )


async def insert_receipt(tx: Tx, values: Mapping[str, Any]) -> None:
    """Insert what an LMS answered to one write."""
    await tx.run(
        """
        INSERT INTO dispatch_receipts (id, tenant_id, dispatch_id, registration_id, revision, ok, error, diagnostic, "values", at)
        VALUES (%(id)s, %(tenant_id)s, %(dispatch_id)s, %(registration_id)s, %(revision)s, %(ok)s, %(error)s, %(diagnostic)s,
                %(values)s::jsonb, %(now)s)
        """,
        {**values, "values": msgspec.json.encode(values["values"]).decode()},
    )


async def find_receipts(tx: Tx, registration_id: UUID, limit: int) -> list[ReceiptEntry]:
    """List the newest receipts of a registration."""
    rows = await tx.rows(
        """
        SELECT id, registration_id, revision, ok, error, diagnostic, "values", at FROM dispatch_receipts
        WHERE tenant_id = %(tenant_id)s AND registration_id = %(id)s ORDER BY id DESC LIMIT %(limit)s
        """,
        {"id": registration_id, "limit": limit},
    )
    return msgspec.convert(rows, list[ReceiptEntry])


async def launch_is_over(tx: Tx, registration_id: UUID, since: datetime) -> bool:
    """Tell whether a registration has no launch running that began after `since`, and one that ended."""
    row = await tx.row(
        """
        SELECT ended_at IS NOT NULL AS over FROM launches
        WHERE tenant_id = %(tenant_id)s AND registration_id = %(id)s AND started_at >= %(since)s ORDER BY id DESC LIMIT 1
        """,
        {"id": registration_id, "since": since},
    )
    return row is not None and bool(row["over"])


async def insert_self_test(tx: Tx, values: Mapping[str, Any]) -> None:
    """Insert what a self-test page found."""
    await tx.run(
        """
        INSERT INTO self_tests (id, tenant_id, dispatch_id, code, results, user_agent, at)
        VALUES (%(id)s, %(tenant_id)s, %(dispatch_id)s, %(code)s, %(results)s::jsonb, %(user_agent)s, %(now)s)
        """,
        {**values, "results": msgspec.json.encode(values["results"]).decode()},
    )


async def find_self_tests(tx: Tx, dispatch_id: UUID | None, code: str, limit: int) -> list[SelfTest]:
    """List self-tests, newest first, of one dispatch or with one code."""
    rows = await tx.rows(
        """
        SELECT id, dispatch_id, code, results, user_agent, at FROM self_tests
        WHERE tenant_id = %(tenant_id)s AND (%(dispatch_id)s::uuid IS NULL OR dispatch_id = %(dispatch_id)s)
          AND (%(code)s = '' OR code = %(code)s)
        ORDER BY id DESC LIMIT %(limit)s
        """,
        {"dispatch_id": dispatch_id, "code": code, "limit": limit},
    )
    return msgspec.convert(rows, list[SelfTest])
