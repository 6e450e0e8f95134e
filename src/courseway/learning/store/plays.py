"""
What playing loads and saves, in as few round trips as can be.

The row of the registration is the lock: everything that plays takes it first, then the launch's row. A preview has no
registration; there the launch's row alone is the lock.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from courseway.kit.db import Row, Tx
from courseway.learning.model.play import ActivityRecord, Delivered, Held, Launch, Play, Scratch
from courseway.learning.model.values import Completion, LearnerIdentity, Mode, Score, Success, Summary

LOAD_PLAY = """
    SELECT l.registration_id, l.course_id, l.version_id, l.mode, l.last_seq, l.last_nav, l.delivery, l.activity_id,
           l.ended_at, l.end_reason, l.scratch::text AS scratch, l.tab_key_hash, l.last_seen_at, l.link_expires_at,
           CASE WHEN %(nav)s BETWEEN 1 AND l.last_nav THEN l.nav_answer::text END AS nav_answer,
           r.active_launch_id, r.completion, r.success, r.score_scaled, r.score_raw, r.score_min, r.score_max,
           r.progress, r.location, r.total_time_seconds, r.revision, r.sequencing::text AS held,
           p.external_id, p.name, p.email,
           a.cmi::text AS cmi, a.attempt, a.total_time_seconds AS activity_seconds, a.suspended
    FROM registrations r
    JOIN launches l ON l.registration_id = r.id
    JOIN learners p ON p.id = r.learner_id
    JOIN activity_states a ON a.registration_id = r.id AND a.activity_id = l.activity_id
    WHERE r.tenant_id = %(tenant_id)s AND r.id = %(registration_id)s AND l.id = %(launch_id)s AND r.deleted_at IS NULL
    FOR UPDATE OF r, l, a
"""

# Where nothing is being played there is no row of activity_states to join, so the lock comes first.
LOAD_IDLE_PLAY = """
    SELECT l.registration_id, l.course_id, l.version_id, l.mode, l.last_seq, l.last_nav, l.delivery, l.activity_id,
           l.ended_at, l.end_reason, l.scratch::text AS scratch, l.tab_key_hash, l.last_seen_at, l.link_expires_at,
           CASE WHEN %(nav)s BETWEEN 1 AND l.last_nav THEN l.nav_answer::text END AS nav_answer,
           r.active_launch_id, r.completion, r.success, r.score_scaled, r.score_raw, r.score_min, r.score_max,
           r.progress, r.location, r.total_time_seconds, r.revision, r.sequencing::text AS held,
           p.external_id, p.name, p.email, NULL AS cmi
    FROM registrations r
    JOIN launches l ON l.registration_id = r.id
    JOIN learners p ON p.id = r.learner_id
    WHERE r.tenant_id = %(tenant_id)s AND r.id = %(registration_id)s AND l.id = %(launch_id)s AND r.deleted_at IS NULL
    FOR UPDATE OF r, l
"""

LOAD_PREVIEW = """
    SELECT registration_id, course_id, version_id, mode, last_seq, last_nav, delivery, activity_id, ended_at, end_reason,
           scratch::text AS scratch, tab_key_hash, last_seen_at, link_expires_at, nav_answer::text AS nav_answer
    FROM launches WHERE tenant_id = %(tenant_id)s AND id = %(launch_id)s FOR UPDATE
"""

LOCK_REGISTRATION = """
    SELECT r.course_id, r.version_id, r.active_launch_id, r.completion, r.success, r.score_scaled, r.score_raw,
           r.score_min, r.score_max, r.progress, r.location, r.total_time_seconds, r.revision, r.sequencing::text AS held,
           r.settings AS registration_settings, p.external_id, p.name, p.email
    FROM registrations r JOIN learners p ON p.id = r.learner_id
    WHERE r.tenant_id = %(tenant_id)s AND r.id = %(registration_id)s AND r.deleted_at IS NULL
    FOR UPDATE OF r
"""

# Read in a statement of its own after the lock, so that it sees what the last holder of the lock wrote.
LOAD_LAST_LAUNCH = """
    SELECT (SELECT to_jsonb(l) FROM launches l WHERE l.tenant_id = %(tenant_id)s AND l.id = %(launch_id)s)::text AS launch,
           (SELECT jsonb_object_agg(a.activity_id, jsonb_build_object('cmi', a.cmi, 'attempt', a.attempt,
                   'total_time_seconds', a.total_time_seconds, 'suspended', a.suspended))
            FROM activity_states a WHERE a.tenant_id = %(tenant_id)s AND a.registration_id = %(registration_id)s
              AND a.activity_id = ANY(%(activities)s))::text AS records
"""

LOAD_RECORDS = """
    SELECT activity_id, cmi::text AS cmi, attempt, total_time_seconds, suspended FROM activity_states
    WHERE tenant_id = %(tenant_id)s AND registration_id = %(registration_id)s AND activity_id = ANY(%(activities)s)
"""

SAVE_COMMITS = """
    WITH logged AS (
        INSERT INTO launch_commits (tenant_id, launch_id, seq, delivery, activity_id, kind, changes, calls, rejected, received_at)
        SELECT %(tenant_id)s, %(launch_id)s, one.seq, one.delivery, one.activity, one.kind, one.changes::jsonb,
               one.calls::jsonb, one.rejected::jsonb, %(now)s
        FROM unnest(%(seqs)s::int[], %(deliveries)s::int[], %(activities)s::text[], %(kinds)s::text[], %(changes)s::text[],
                    %(calls)s::text[], %(rejected)s::text[]) AS one (seq, delivery, activity, kind, changes, calls, rejected)
    ), launched AS (
        UPDATE launches SET last_seq = %(last_seq)s, last_seen_at = %(now)s, end_reason = %(end_reason)s,
               scratch = %(scratch)s::jsonb
        WHERE tenant_id = %(tenant_id)s AND id = %(launch_id)s
    ), stated AS (
        UPDATE activity_states SET cmi = %(cmi)s::jsonb, total_time_seconds = %(activity_seconds)s,
               suspended = %(suspended)s, updated_at = %(now)s
        WHERE tenant_id = %(tenant_id)s AND registration_id = %(registration_id)s AND activity_id = %(activity_id)s
    )
    UPDATE registrations SET completion = %(completion)s, success = %(success)s, score_scaled = %(score_scaled)s,
           score_raw = %(score_raw)s, score_min = %(score_min)s, score_max = %(score_max)s, progress = %(progress)s,
           location = %(location)s, total_time_seconds = %(total_time_seconds)s, revision = %(revision)s,
           last_activity_at = %(now)s,
           completed_at = CASE WHEN %(finished_now)s THEN coalesce(completed_at, %(now)s) ELSE completed_at END
    WHERE tenant_id = %(tenant_id)s AND id = %(registration_id)s
"""

SAVE_MOVE = """
    WITH launched AS (
        INSERT INTO launches (id, tenant_id, registration_id, course_id, version_id, mode, tab_key_hash, link_expires_at,
               started_at, last_seen_at, ended_at, end_reason, last_seq, last_nav, nav_answer, delivery, activity_id,
               scratch, user_agent, address)
        VALUES (%(launch_id)s, %(tenant_id)s, %(registration_id)s, %(course_id)s, %(version_id)s, %(mode)s, %(tab_key_hash)s,
               %(link_expires_at)s, %(now)s, %(now)s, %(ended_at)s, %(end_reason)s, %(last_seq)s, %(last_nav)s,
               %(nav_answer)s::jsonb, %(delivery)s, %(activity_id)s, %(scratch)s::jsonb, %(user_agent)s, %(address)s)
        ON CONFLICT (id) DO UPDATE SET last_seen_at = excluded.last_seen_at, ended_at = excluded.ended_at,
               end_reason = excluded.end_reason, last_seq = excluded.last_seq, last_nav = excluded.last_nav,
               nav_answer = excluded.nav_answer, delivery = excluded.delivery, activity_id = excluded.activity_id,
               scratch = excluded.scratch, tab_key_hash = excluded.tab_key_hash
        RETURNING id
    ), replaced AS (
        UPDATE launches SET ended_at = %(now)s, end_reason = %(replaced_why)s
        WHERE tenant_id = %(tenant_id)s AND id = %(replaced)s AND ended_at IS NULL
    ), logged AS (
        INSERT INTO launch_commits (tenant_id, launch_id, seq, delivery, activity_id, kind, changes, calls, rejected, received_at)
        SELECT %(tenant_id)s, launched.id, one.seq, one.delivery, one.activity, one.kind, one.changes::jsonb,
               one.calls::jsonb, one.rejected::jsonb, %(now)s
        FROM launched, unnest(%(seqs)s::int[], %(deliveries)s::int[], %(activities)s::text[], %(kinds)s::text[],
             %(changes)s::text[], %(calls)s::text[], %(rejected)s::text[])
             AS one (seq, delivery, activity, kind, changes, calls, rejected)
    ), moved AS (
        INSERT INTO navigations (tenant_id, launch_id, nav, at, request, target, delivered, refused, trace)
        SELECT %(tenant_id)s, launched.id, %(last_nav)s, %(now)s, %(request)s, %(target)s, %(delivered)s, %(refused)s,
               %(trace)s::jsonb FROM launched
        ON CONFLICT (launch_id, nav) DO UPDATE SET at = excluded.at, request = excluded.request, target = excluded.target,
               delivered = excluded.delivered, refused = excluded.refused, trace = excluded.trace
    ), stated AS (
        INSERT INTO activity_states (tenant_id, registration_id, activity_id, attempt, cmi, total_time_seconds, suspended, updated_at)
        SELECT %(tenant_id)s, %(registration_id)s, one.activity, one.attempt, one.cmi::jsonb, one.seconds, one.suspended, %(now)s
        FROM unnest(%(state_activities)s::text[], %(state_attempts)s::int[], %(state_cmi)s::text[],
                    %(state_seconds)s::float8[], %(state_suspended)s::bool[]) AS one (activity, attempt, cmi, seconds, suspended)
        ON CONFLICT (registration_id, activity_id) DO UPDATE SET attempt = excluded.attempt, cmi = excluded.cmi,
               total_time_seconds = excluded.total_time_seconds, suspended = excluded.suspended, updated_at = excluded.updated_at
    )
    UPDATE registrations SET completion = %(completion)s, success = %(success)s, score_scaled = %(score_scaled)s,
           score_raw = %(score_raw)s, score_min = %(score_min)s, score_max = %(score_max)s, progress = %(progress)s,
           location = %(location)s, total_time_seconds = %(total_time_seconds)s, revision = %(revision)s,
           sequencing = %(held)s::jsonb, active_launch_id = %(active_launch_id)s, last_activity_at = %(now)s,
           launch_count = launch_count + %(new_launch)s::int,
           first_launched_at = coalesce(first_launched_at, %(now)s),
           completed_at = CASE WHEN %(finished_now)s THEN coalesce(completed_at, %(now)s) ELSE completed_at END
    WHERE tenant_id = %(tenant_id)s AND id = %(registration_id)s
"""

SAVE_PREVIEW = """
    INSERT INTO launches (id, tenant_id, course_id, version_id, mode, tab_key_hash, link_expires_at, started_at, last_seen_at,
           ended_at, end_reason, last_seq, last_nav, nav_answer, delivery, activity_id, scratch, user_agent, address)
    VALUES (%(launch_id)s, %(tenant_id)s, %(course_id)s, %(version_id)s, %(mode)s, %(tab_key_hash)s, %(link_expires_at)s,
           %(now)s, %(now)s, %(ended_at)s, %(end_reason)s, %(last_seq)s, %(last_nav)s, %(nav_answer)s::jsonb, %(delivery)s,
           %(activity_id)s, %(scratch)s::jsonb, %(user_agent)s, %(address)s)
    ON CONFLICT (id) DO UPDATE SET last_seen_at = excluded.last_seen_at, ended_at = excluded.ended_at,
           end_reason = excluded.end_reason, last_seq = excluded.last_seq, last_nav = excluded.last_nav,
           nav_answer = excluded.nav_answer, delivery = excluded.delivery, activity_id = excluded.activity_id,
           scratch = excluded.scratch, tab_key_hash = excluded.tab_key_hash
"""

BEAT = """
    UPDATE launches l SET last_seen_at = %(now)s,
           end_reason = CASE WHEN l.ended_at IS NULL THEN '' ELSE l.end_reason END
    WHERE l.tenant_id = %(tenant_id)s AND l.id = %(launch_id)s
    RETURNING l.ended_at IS NOT NULL AS ended, l.end_reason, l.tab_key_hash,
        (SELECT r.active_launch_id FROM registrations r WHERE r.id = l.registration_id) AS active_launch_id
"""

COUNT = """
    WITH kept AS (
        INSERT INTO course_totals (course_id, tenant_id, registrations, launches, completions, last_launch_at)
        VALUES (%(course_id)s, %(tenant_id)s, %(registrations)s, %(launches)s, %(completions)s,
                CASE WHEN %(launches)s > 0 THEN %(now)s::timestamptz END)
        ON CONFLICT (course_id) DO UPDATE SET registrations = course_totals.registrations + excluded.registrations,
               launches = course_totals.launches + excluded.launches,
               completions = course_totals.completions + excluded.completions,
               last_launch_at = coalesce(excluded.last_launch_at, course_totals.last_launch_at)
    ), told AS (
        INSERT INTO outbox (tenant_id, name, subject_id, payload)
        SELECT %(tenant_id)s, fact, %(subject_id)s, %(payload)s::jsonb FROM unnest(%(facts)s::text[]) AS fact
    )
    INSERT INTO daily_totals (tenant_id, day, course_id, dispatch_id, registrations, launches, completions)
    SELECT %(tenant_id)s, (%(now)s::timestamptz AT TIME ZONE 'UTC')::date, %(course_id)s,
           coalesce((SELECT dispatch_id FROM registrations WHERE id = %(subject_id)s), '00000000-0000-0000-0000-000000000000'),
           %(registrations)s, %(launches)s, %(completions)s
    WHERE %(registrations)s + %(launches)s + %(completions)s > 0
    ON CONFLICT (tenant_id, day, course_id, dispatch_id) DO UPDATE
        SET registrations = daily_totals.registrations + excluded.registrations,
            launches = daily_totals.launches + excluded.launches,
            completions = daily_totals.completions + excluded.completions
"""

REPLACED = ("superseded", "lost")
"""Why a launch ended that another took the place of: it was open still, or had not been heard of for a while."""

_values = msgspec.json.Decoder(dict[str, str])
_records = msgspec.json.Decoder(dict[str, ActivityRecord])
_scratches = msgspec.json.Decoder(Scratch)
_held = msgspec.json.Decoder(Held)


class _LaunchRow(msgspec.Struct):
    """A launch as PostgreSQL writes it as JSON, as far as it is needed."""

    id: UUID
    registration_id: UUID | None
    course_id: UUID
    version_id: UUID
    mode: Mode
    last_seq: int
    last_nav: int
    delivery: int
    activity_id: str
    ended_at: datetime | None
    end_reason: str
    scratch: Scratch | None
    tab_key_hash: str | None
    last_seen_at: datetime | None
    link_expires_at: datetime | None


_launch_rows = msgspec.json.Decoder(_LaunchRow)


async def load_play(tx: Tx, registration_id: UUID, launch_id: UUID, *, nav: int = 0) -> Play | None:
    """Lock and load what a commit or a navigation of a registration's launch needs; None when there is no such launch."""
    params = {"registration_id": registration_id, "launch_id": launch_id, "nav": nav}
    row = await tx.row(LOAD_PLAY, params)
    if row is None:
        # Nothing is being played, or the learner moved on while we waited for the lock.
        row = await tx.row(LOAD_IDLE_PLAY, params)
        if row is None:
            return None
        if row["activity_id"]:
            row = await tx.row(LOAD_PLAY, params) or row
    return _play(tx, launch_id, row)


async def load_preview(tx: Tx, launch_id: UUID) -> Play | None:
    """Lock and load a preview."""
    row = await tx.row(LOAD_PREVIEW, {"launch_id": launch_id})
    if row is None:
        return None
    scratch = _scratches.decode(row["scratch"]) if row["scratch"] else Scratch()
    return Play(
        launch=_launch(tx, launch_id, row, superseded=False),
        learner=LearnerIdentity("preview", "Preview"),
        summary=scratch.summary or Summary(),
        held=scratch.held or Held(),
        delivered=scratch.delivered,
        records=scratch.records or {},
    )


async def lock_registration(tx: Tx, registration_id: UUID) -> Row | None:
    """Take the registration's lock and read its row."""
    return await tx.row(LOCK_REGISTRATION, {"registration_id": registration_id})


async def load_last_launch(
    tx: Tx, registration_id: UUID, launch_id: UUID | None, activities: Iterable[str]
) -> tuple[Launch | None, Delivered, dict[str, ActivityRecord]]:
    """Read, under the lock, the launch that was active last and the values of the activities that may go on."""
    row = await tx.one(
        LOAD_LAST_LAUNCH,
        {"registration_id": registration_id, "launch_id": launch_id, "activities": list(activities)},
    )
    records = _records.decode(row["records"]) if row["records"] else {}
    if row["launch"] is None:
        return None, Delivered(), records
    found = _launch_rows.decode(row["launch"])
    assert tx.tenant_id is not None
    launch = Launch(
        id=found.id, tenant_id=tx.tenant_id, registration_id=found.registration_id, course_id=found.course_id,
        version_id=found.version_id, mode=found.mode, last_seq=found.last_seq, last_nav=found.last_nav,
        delivery=found.delivery, activity_id=found.activity_id, ended=found.ended_at is not None,
        end_reason=found.end_reason, tab_key_hash=bytes.fromhex((found.tab_key_hash or "").removeprefix("\\x")),
        last_seen_at=found.last_seen_at, link_expires_at=found.link_expires_at,
    )  # fmt: skip
    return launch, (found.scratch or Scratch()).delivered, records


async def load_records(tx: Tx, registration_id: UUID, activities: Iterable[str]) -> dict[str, ActivityRecord]:
    """Read the values of some activities."""
    rows = await tx.rows(LOAD_RECORDS, {"registration_id": registration_id, "activities": list(activities)})
    return {
        row["activity_id"]: ActivityRecord(
            _values.decode(row["cmi"]), row["attempt"], row["total_time_seconds"], row["suspended"]
        )
        for row in rows
    }


async def save_commits(tx: Tx, play: Play, now: datetime) -> None:
    """Write everything a commit changed in one statement."""
    launch, record = play.launch, play.record
    params = _summary_params(play, now) | _log_params(play)
    params |= {
        "launch_id": launch.id,
        "registration_id": launch.registration_id,
        "activity_id": launch.activity_id,
        "last_seq": launch.last_seq,
        "end_reason": launch.end_reason,
        "scratch": msgspec.json.encode(Scratch(delivered=play.delivered)).decode(),
        "cmi": msgspec.json.encode(record.cmi if record else {}).decode(),
        "activity_seconds": record.total_time_seconds if record else 0.0,
        "suspended": record.suspended if record else False,
    }
    await tx.run(SAVE_COMMITS, params)


async def save_move(tx: Tx, play: Play, now: datetime, move: dict[str, Any]) -> None:
    """Write a start or a navigation, with everything it changed, in one statement."""
    touched = {name: play.records[name] for name in sorted(play.touched) if name in play.records}
    params = _summary_params(play, now) | _log_params(play) | _launch_params(play, now, move)
    params |= {
        "registration_id": play.launch.registration_id,
        "held": msgspec.json.encode(play.held).decode(),
        "active_launch_id": None if play.launch.ended else play.launch.id,
        "new_launch": play.launch.fresh,
        "scratch": msgspec.json.encode(Scratch(delivered=play.delivered)).decode(),
        "state_activities": list(touched),
        "state_attempts": [one.attempt for one in touched.values()],
        "state_cmi": [msgspec.json.encode(one.cmi).decode() for one in touched.values()],
        "state_seconds": [one.total_time_seconds for one in touched.values()],
        "state_suspended": [one.suspended for one in touched.values()],
    }
    await tx.run(SAVE_MOVE, params)


async def save_preview(tx: Tx, play: Play, now: datetime, move: dict[str, Any]) -> None:
    """Write a preview's whole state into its launch."""
    scratch = Scratch(play.delivered, play.held, play.summary, play.records)
    params = _launch_params(play, now, move) | {"scratch": msgspec.json.encode(scratch).decode()}
    await tx.run(SAVE_PREVIEW, params)


async def beat(tx: Tx, launch_id: UUID, now: datetime) -> Row | None:
    """Note that a window is still there; None when there is no such launch."""
    return await tx.row(BEAT, {"launch_id": launch_id, "now": now})


async def count(
    tx: Tx, course_id: UUID, registration_id: UUID, now: datetime, *, registrations: int = 0, launches: int = 0,
    completions: int = 0, facts: Iterable[str] = (), payload: Any = None,
) -> None:  # fmt: skip
    """Add to the totals of a course and of the day, and leave facts for those above."""
    params = {
        "course_id": course_id, "subject_id": registration_id, "now": now, "registrations": registrations,
        "launches": launches, "completions": completions, "facts": list(facts),
        "payload": msgspec.json.encode(payload or {}).decode(),
    }  # fmt: skip
    await tx.run(COUNT, params)


def summary_of(row: Row) -> Summary:
    """Read a summary from the columns of a registration."""
    return Summary(
        completion=Completion(row["completion"]),
        success=Success(row["success"]),
        score=Score(row["score_scaled"], row["score_raw"], row["score_min"], row["score_max"]),
        total_time_seconds=row["total_time_seconds"],
        progress=row["progress"],
        location=row["location"],
        revision=row["revision"],
    )


def held_of(row: Row) -> Held:
    """Read what a registration remembers besides its summary."""
    return _held.decode(row["held"])


def _play(tx: Tx, launch_id: UUID, row: Row) -> Play:
    launch = _launch(tx, launch_id, row, superseded=_is_superseded(row, launch_id))
    records = {}
    if row["cmi"] is not None:
        records[launch.activity_id] = ActivityRecord(
            _values.decode(row["cmi"]), row["attempt"], row["activity_seconds"], row["suspended"]
        )
    scratch = _scratches.decode(row["scratch"]) if row["scratch"] else Scratch()
    return Play(
        launch=launch,
        learner=LearnerIdentity(row["external_id"], row["name"], row["email"]),
        summary=summary_of(row),
        held=held_of(row),
        delivered=scratch.delivered,
        records=records,
    )


def _is_superseded(row: Row, launch_id: UUID) -> bool:
    if row["ended_at"] is not None:
        return row["end_reason"] in REPLACED
    return bool(row["active_launch_id"] != launch_id)


def _launch(tx: Tx, launch_id: UUID, row: Row, *, superseded: bool) -> Launch:
    assert tx.tenant_id is not None
    return Launch(
        id=launch_id, tenant_id=tx.tenant_id, registration_id=row["registration_id"], course_id=row["course_id"],
        version_id=row["version_id"], mode=Mode(row["mode"]), last_seq=row["last_seq"], last_nav=row["last_nav"],
        delivery=row["delivery"], activity_id=row["activity_id"], ended=row["ended_at"] is not None,
        end_reason=row["end_reason"], nav_answer=row["nav_answer"].encode() if row["nav_answer"] else None,
        tab_key_hash=row["tab_key_hash"] or b"", superseded=superseded, last_seen_at=row["last_seen_at"],
        link_expires_at=row["link_expires_at"],
    )  # fmt: skip


def _summary_params(play: Play, now: datetime) -> dict[str, Any]:
    summary = play.summary
    return {
        "completion": summary.completion.value, "success": summary.success.value, "score_scaled": summary.score.scaled,
        "score_raw": summary.score.raw, "score_min": summary.score.min, "score_max": summary.score.max,
        "progress": summary.progress, "location": summary.location, "total_time_seconds": summary.total_time_seconds,
        "revision": summary.revision, "finished_now": play.finished_now, "now": now,
    }  # fmt: skip


def _log_params(play: Play) -> dict[str, Any]:
    entered = play.entered
    return {
        "seqs": [one.seq for one in entered],
        "deliveries": [one.delivery for one in entered],
        "activities": [one.activity_id for one in entered],
        "kinds": [one.kind for one in entered],
        "changes": [msgspec.json.encode(one.changes).decode() for one in entered],
        "calls": [one.calls.decode() for one in entered],
        "rejected": [msgspec.json.encode(one.rejected).decode() for one in entered],
    }


def _launch_params(play: Play, now: datetime, move: dict[str, Any]) -> dict[str, Any]:
    launch = play.launch
    return {
        "launch_id": launch.id, "course_id": launch.course_id, "version_id": launch.version_id, "mode": launch.mode.value,
        "tab_key_hash": launch.tab_key_hash, "link_expires_at": launch.link_expires_at or now,
        "ended_at": now if launch.ended else None, "end_reason": launch.end_reason, "last_seq": launch.last_seq,
        "last_nav": launch.last_nav, "nav_answer": launch.nav_answer.decode() if launch.nav_answer else None,
        "delivery": launch.delivery, "activity_id": launch.activity_id, "now": now, **move,
    }  # fmt: skip
