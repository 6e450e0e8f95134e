"""Registrations as people see them: made, found, listed, looked into, put back to the beginning."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, LiteralString
from uuid import UUID

import msgspec

from courseway.kit.db import Row, Tx
from courseway.kit.words import read_words, word_params
from courseway.learning.model.play import ActivityRecord, Held
from courseway.learning.model.values import (
    LearnerIdentity,
    Registration,
    RegistrationNotFound,
    RegistrationQuery,
    Summary,
)
from courseway.learning.store.plays import held_of, summary_of

SELECT_REGISTRATIONS = """
    SELECT r.id, r.tenant_id, r.course_id, r.version_id, r.learner_id, r.dispatch_id, r.instance, r.completion, r.success,
           r.score_scaled, r.score_raw, r.score_min, r.score_max, r.progress, r.location, r.total_time_seconds, r.revision,
           r.launch_count, r.created_at, r.first_launched_at, r.last_activity_at, r.completed_at, r.lms_revision,
           r.lms_taken_at, r.lms_error, r.organization, p.external_id, p.name, p.email, p.own_id, c.title
    FROM registrations r JOIN learners p ON p.id = r.learner_id JOIN courses c ON c.id = r.course_id
    WHERE r.tenant_id = %(tenant_id)s AND r.deleted_at IS NULL
"""

INSERT_LEARNER = """
    INSERT INTO learners (id, tenant_id, external_id, name, email, own_id)
    VALUES (%(id)s, %(tenant_id)s, %(external_id)s, %(name)s, %(email)s, %(own_id)s)
    ON CONFLICT (tenant_id, external_id) DO UPDATE SET
        name = coalesce(nullif(excluded.name, ''), learners.name),
        email = coalesce(nullif(excluded.email, ''), learners.email), deleted_at = NULL
    RETURNING id, name, email, own_id
"""

INSERT_REGISTRATION = """
    INSERT INTO registrations (id, tenant_id, course_id, version_id, organization, learner_id, dispatch_id, instance, created_at)
    VALUES (%(id)s, %(tenant_id)s, %(course_id)s, %(version_id)s, %(organization)s, %(learner_id)s, %(dispatch_id)s,
            (SELECT coalesce(max(instance), 0) + 1 FROM registrations WHERE tenant_id = %(tenant_id)s AND course_id = %(course_id)s
                AND learner_id = %(learner_id)s AND dispatch_id IS NOT DISTINCT FROM %(dispatch_id)s), %(now)s)
    RETURNING instance
"""

DELETE_REGISTRATION = """
    UPDATE registrations SET deleted_at = %(now)s, active_launch_id = NULL
    WHERE tenant_id = %(tenant_id)s AND id = %(id)s AND deleted_at IS NULL
"""

RESET_REGISTRATION = """
    UPDATE registrations SET completion = 'not attempted', success = 'unknown', score_scaled = NULL, score_raw = NULL,
           score_min = NULL, score_max = NULL, progress = NULL, location = '', total_time_seconds = 0,
           revision = revision + 1, sequencing = '{}', active_launch_id = NULL, completed_at = NULL
    WHERE tenant_id = %(tenant_id)s AND id = %(id)s AND deleted_at IS NULL
"""

MARK_REGISTRATION = """
    UPDATE registrations SET completion = %(completion)s, success = %(success)s, score_scaled = %(scaled)s,
           score_raw = %(raw)s, score_min = %(min)s, score_max = %(max)s, revision = revision + 1,
           sequencing = %(held)s::jsonb,
           completed_at = CASE WHEN %(completion)s = 'completed' THEN coalesce(completed_at, %(now)s) END
    WHERE tenant_id = %(tenant_id)s AND id = %(id)s AND deleted_at IS NULL
"""

TAKE_RECEIPT = """
    UPDATE registrations SET lms_error = %(error)s,
           lms_revision = CASE WHEN %(ok)s THEN greatest(coalesce(lms_revision, 0), %(revision)s) ELSE lms_revision END,
           lms_taken_at = CASE WHEN %(ok)s THEN %(now)s ELSE lms_taken_at END
    WHERE tenant_id = %(tenant_id)s AND id = %(id)s AND (coalesce(lms_revision, -1) < %(revision)s OR (%(ok)s AND lms_revision = %(revision)s))
"""

FIND_STATES = """
    SELECT activity_id, cmi, attempt, total_time_seconds, suspended FROM activity_states
    WHERE tenant_id = %(tenant_id)s AND registration_id = %(id)s
"""

HELD = "SELECT r.sequencing::text AS held FROM registrations r WHERE r.tenant_id = %(tenant_id)s AND r.id = %(id)s"

_FILTERS: Mapping[str, LiteralString] = {
    "course_id": " AND r.course_id = %(course_id)s",
    "dispatch_id": " AND r.dispatch_id = %(dispatch_id)s",
    "completion": " AND r.completion = %(completion)s",
    "success": " AND r.success = %(success)s",
    "learner": " AND p.external_id = %(learner)s",
    # Through the index of words: each typed word begins one of the learner's own.
    "search": """ AND r.learner_id IN (
        SELECT f.subject_id FROM search_words f
        WHERE f.tenant_id = %(tenant_id)s AND f.kind = 'learners' AND f.word >= %(first)s AND f.word < %(first_end)s
          AND NOT EXISTS (SELECT FROM unnest(%(words)s::text[], %(ends)s::text[]) AS typed (word, word_end)
                          WHERE NOT EXISTS (SELECT FROM search_words s WHERE s.tenant_id = %(tenant_id)s
                                            AND s.subject_id = f.subject_id AND s.word >= typed.word COLLATE "C"
                                            AND s.word < typed.word_end COLLATE "C")))""",
    "before": " AND r.id < %(before)s",
}


async def upsert_learner(tx: Tx, new_id: UUID, learner: LearnerIdentity) -> tuple[UUID, LearnerIdentity]:
    """Find a learner by her external id, or make her; a name or an address that is given now replaces the older."""
    row = await tx.one(INSERT_LEARNER, {"id": new_id, **msgspec.structs.asdict(learner)})
    return row["id"], LearnerIdentity(learner.external_id, row["name"], row["email"], row["own_id"])


async def insert_registration(
    tx: Tx, *, id: UUID, course_id: UUID, version_id: UUID, organization: str, learner_id: UUID,
    dispatch_id: UUID | None, now: datetime,
) -> int:  # fmt: skip
    """Make the next instance of a learner's registration; returns its number."""
    row = await tx.one(
        INSERT_REGISTRATION,
        {"id": id, "course_id": course_id, "version_id": version_id, "organization": organization, "learner_id": learner_id,
         "dispatch_id": dispatch_id, "now": now},
    )  # fmt: skip
    return int(row["instance"])


async def load_registration(tx: Tx, registration_id: UUID) -> Registration:
    """Read one; RegistrationNotFound when there is none."""
    row = await tx.row(SELECT_REGISTRATIONS + " AND r.id = %(id)s", {"id": registration_id})
    if row is None:
        raise RegistrationNotFound
    return registration_of(row)


async def find_of_learner(tx: Tx, course_id: UUID, external_id: str, dispatch_id: UUID | None) -> list[Registration]:
    """List a learner's registrations of a course, under a dispatch or under none, newest instance first."""
    sql = (
        SELECT_REGISTRATIONS + " AND p.external_id = %(external_id)s AND r.course_id = %(course_id)s"
        " AND r.dispatch_id IS NOT DISTINCT FROM %(dispatch_id)s ORDER BY r.instance DESC"
    )
    params = {"course_id": course_id, "external_id": external_id, "dispatch_id": dispatch_id}
    return [registration_of(row) for row in await tx.rows(sql, params)]


async def find_registrations(tx: Tx, query: RegistrationQuery, limit: int, before: UUID | None) -> list[Registration]:
    """List up to `limit` registrations, newest first."""
    params: dict[str, Any] = {
        "course_id": query.course_id,
        "dispatch_id": query.dispatch_id,
        "completion": query.completion.value if query.completion else None,
        "success": query.success.value if query.success else None,
        "learner": query.learner or None,
        "search": query.search or None,
        "before": before,
        "limit": limit,
    }
    words = read_words(query.search)
    if query.search and not words:
        return []
    params |= word_params(words) if words else {}
    sql: LiteralString = SELECT_REGISTRATIONS
    for name, condition in _FILTERS.items():
        if params[name] is not None:
            sql += condition
    return [registration_of(row) for row in await tx.rows(sql + " ORDER BY r.id DESC LIMIT %(limit)s", params)]


async def delete_registration(tx: Tx, registration_id: UUID, now: datetime) -> None:
    """Take a registration away; its rows stay until they are erased."""
    if not await tx.run(DELETE_REGISTRATION, {"id": registration_id, "now": now}):
        raise RegistrationNotFound


async def reset_registration(tx: Tx, registration_id: UUID) -> None:
    """Put a registration back to its beginning; its launches and calls stay in the history."""
    if not await tx.run(RESET_REGISTRATION, {"id": registration_id}):
        raise RegistrationNotFound
    await tx.run(
        "DELETE FROM activity_states WHERE tenant_id = %(tenant_id)s AND registration_id = %(id)s",
        {"id": registration_id},
    )


async def mark_registration(tx: Tx, registration_id: UUID, marked: Summary, held: Held, now: datetime) -> None:
    """Write a result that a person decided."""
    score = marked.score
    params = {
        "id": registration_id, "completion": marked.completion.value, "success": marked.success.value,
        "scaled": score.scaled, "raw": score.raw, "min": score.min, "max": score.max,
        "held": msgspec.json.encode(held).decode(), "now": now,
    }  # fmt: skip
    if not await tx.run(MARK_REGISTRATION, params):
        raise RegistrationNotFound


async def take_receipt(tx: Tx, registration_id: UUID, *, revision: int, ok: bool, error: str, now: datetime) -> None:
    """Note what a customer's LMS took, or why it did not."""
    params = {"id": registration_id, "revision": revision, "ok": ok, "error": error[:500], "now": now}
    await tx.run(TAKE_RECEIPT, params)


async def load_held(tx: Tx, registration_id: UUID) -> Held:
    """Read the sequencing state of a registration."""
    return held_of(await tx.one(HELD, {"id": registration_id}))


async def load_states(tx: Tx, registration_id: UUID) -> dict[str, ActivityRecord]:
    """Read the values of every activity that was opened."""
    return {
        row["activity_id"]: ActivityRecord(row["cmi"], row["attempt"], row["total_time_seconds"], row["suspended"])
        for row in await tx.rows(FIND_STATES, {"id": registration_id})
    }


def registration_of(row: Row) -> Registration:
    """Make a registration of a row."""
    return Registration(
        id=row["id"], tenant_id=row["tenant_id"], course_id=row["course_id"], version_id=row["version_id"],
        learner_id=row["learner_id"], learner=LearnerIdentity(row["external_id"], row["name"], row["email"], row["own_id"]),
        instance=row["instance"], summary=summary_of(row), created_at=row["created_at"], dispatch_id=row["dispatch_id"],
        course_title=row["title"], launch_count=row["launch_count"], first_launched_at=row["first_launched_at"],
        last_activity_at=row["last_activity_at"], completed_at=row["completed_at"], lms_revision=row["lms_revision"],
        lms_taken_at=row["lms_taken_at"], lms_error=row["lms_error"], organization=row["organization"],
    )  # fmt: skip
