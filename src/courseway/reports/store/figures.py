"""The numbers of the overview and what needs attention."""

from datetime import date, datetime
from typing import Any

from courseway.kit.db import Tx
from courseway.reports.model import Attention, AttentionKind, DayTotals, Event, Figures, name_event


async def find_day_totals(tx: Tx, first: date, last: date) -> dict[date, DayTotals]:
    """Sum what happened on each of the days, over all courses and dispatches."""
    rows = await tx.rows(
        """
        SELECT day, sum(registrations)::bigint AS registrations, sum(launches)::bigint AS launches,
               sum(completions)::bigint AS completions
        FROM daily_totals WHERE tenant_id = %(tenant_id)s AND day BETWEEN %(first)s AND %(last)s GROUP BY day
        """,
        {"first": first, "last": last},
    )
    return {row["day"]: DayTotals(**row) for row in rows}


async def load_figures(tx: Tx) -> Figures:
    """Count what a tenant has."""
    row = await tx.one(
        """
        SELECT (SELECT count(*) FROM courses WHERE tenant_id = %(tenant_id)s AND deleted_at IS NULL) AS courses,
               d.dispatches, d.seats_used, d.seats_sold, d.unlimited_dispatches, v.versions, v.stored_bytes
        FROM (SELECT count(*) AS dispatches,
                     coalesce(sum(registration_count) FILTER (WHERE registration_cap > 0), 0)::bigint AS seats_used,
                     coalesce(sum(registration_cap), 0)::bigint AS seats_sold,
                     count(*) FILTER (WHERE registration_cap = 0) AS unlimited_dispatches
              FROM dispatches WHERE tenant_id = %(tenant_id)s AND deleted_at IS NULL) d,
             (SELECT count(*) AS versions, coalesce(sum(size_bytes + stored_bytes), 0)::bigint AS stored_bytes
              FROM course_versions WHERE tenant_id = %(tenant_id)s) v
        """
    )
    return Figures(**row)


async def has_previewed(tx: Tx) -> bool:
    """Tell whether anybody in the tenant has looked at a course yet."""
    row = await tx.row("SELECT 1 AS yes FROM launches WHERE tenant_id = %(tenant_id)s AND mode = 'preview' LIMIT 1")
    return row is not None


async def find_attention(tx: Tx, now: datetime, limit: int) -> list[Attention]:
    """Find what needs a person, a few of each kind."""
    rows = await tx.rows(
        """
        (SELECT 'import_failed' AS kind, id AS subject_id, file_name AS name,
                coalesce(jsonb_path_query_first(report, '$.issues[*] ? (@.severity == "error").message') #>> '{}', error) AS detail,
                updated_at AS at
         FROM uploads WHERE tenant_id = %(tenant_id)s AND state = 'failed' AND updated_at > %(now)s - interval '7 days'
         ORDER BY id DESC LIMIT %(limit)s)
        UNION ALL
        (SELECT 'near_cap', id, name, registration_count || ' of ' || registration_cap || ' seats used', last_launch_at
         FROM dispatches WHERE tenant_id = %(tenant_id)s AND deleted_at IS NULL AND enabled AND registration_cap > 0
           AND registration_count >= registration_cap * 0.9 ORDER BY registration_count::float / registration_cap DESC, id LIMIT %(limit)s)
        UNION ALL
        (SELECT 'expiring', id, name, '', expires_at
         FROM dispatches WHERE tenant_id = %(tenant_id)s AND deleted_at IS NULL AND enabled
           AND expires_at BETWEEN %(now)s - interval '3 days' AND %(now)s + interval '14 days' ORDER BY expires_at LIMIT %(limit)s)
        UNION ALL
        (SELECT 'result_refused', r.id, coalesce(nullif(l.name, ''), nullif(l.own_id, ''), l.external_id), r.lms_error, r.last_activity_at
         FROM registrations r JOIN learners l ON l.id = r.learner_id AND l.tenant_id = %(tenant_id)s
         WHERE r.tenant_id = %(tenant_id)s AND r.lms_error <> '' AND r.deleted_at IS NULL ORDER BY r.id DESC LIMIT %(limit)s)
        """,
        {"now": now, "limit": limit},
    )
    return [Attention(**{**row, "kind": AttentionKind(row["kind"])}) for row in rows]


async def find_events(tx: Tx, limit: int) -> list[Event]:
    """Find the newest facts with the names of what they happened to."""
    rows = await tx.rows(
        """
        SELECT o.at, o.name, o.subject_id, o.payload, c.title AS course, d.name AS dispatch,
               coalesce(nullif(l.name, ''), nullif(l.own_id, ''), l.external_id) AS learner, rc.title AS learner_course
        FROM (SELECT id, at, name, subject_id, payload FROM outbox
              WHERE tenant_id = %(tenant_id)s ORDER BY id DESC LIMIT %(limit)s) o
        LEFT JOIN courses c ON c.id = o.subject_id AND c.tenant_id = %(tenant_id)s
        LEFT JOIN dispatches d ON d.id = o.subject_id AND d.tenant_id = %(tenant_id)s
        LEFT JOIN registrations r ON r.id = o.subject_id AND r.tenant_id = %(tenant_id)s
        LEFT JOIN learners l ON l.id = r.learner_id AND l.tenant_id = %(tenant_id)s
        LEFT JOIN courses rc ON rc.id = r.course_id AND rc.tenant_id = %(tenant_id)s
        ORDER BY o.id DESC
        """,
        {"limit": limit},
    )
    return [_make_event(row) for row in rows]


def _make_event(row: dict[str, Any]) -> Event:
    kind = next((kind for kind in ("course", "dispatch", "learner") if row[kind] is not None), "")
    return Event(
        at=row["at"],
        name=row["name"],
        subject_id=row["subject_id"],
        subject_kind="registration" if kind == "learner" else kind,
        subject_name=row[kind] if kind else "",
        detail=row["learner_course"] or name_event(row["name"], row["payload"]),
    )
