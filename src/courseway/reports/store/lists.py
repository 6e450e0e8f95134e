"""Lists across rooms, by keyset: completion by course and by destination, learners; and search over everything."""

from typing import Any
from uuid import UUID

from courseway.kit.db import Tx
from courseway.kit.words import word_params
from courseway.reports.model import CourseCompletion, DestinationCompletion, Hit, LearnerRow

# A subject matches when each of the typed words begins one of its own; the first (longest) word finds the candidates.
MATCHES = """
    SELECT f.subject_id FROM search_words f
    WHERE f.tenant_id = %(tenant_id)s AND f.kind = %(kind)s AND f.word >= %(first)s AND f.word < %(first_end)s
      AND NOT EXISTS (
          SELECT FROM unnest(%(words)s::text[], %(ends)s::text[]) AS typed (word, word_end)
          WHERE NOT EXISTS (SELECT FROM search_words s WHERE s.tenant_id = %(tenant_id)s AND s.subject_id = f.subject_id
                            AND s.word >= typed.word COLLATE "C" AND s.word < typed.word_end COLLATE "C"))
"""


def _search(kind: str, words: list[str]) -> dict[str, Any]:
    return {"kind": kind, **word_params(words)}


async def find_course_completion(
    tx: Tx, *, by_title: bool, words: list[str], after: tuple[str, UUID] | None, limit: int
) -> list[CourseCompletion]:
    """List courses with how far learners came, by title or the newest first; `after` is the last row's title and id."""
    params: dict[str, Any] = {"limit": limit, "title": after[0] if after else "", "after": after[1] if after else None}
    if words:
        params |= _search("courses", words)
    rows = await tx.rows(_course_completion_sql(by_title, bool(words), after is not None), params)
    return [CourseCompletion(**row) for row in rows]


def _course_completion_sql(by_title: bool, searched: bool, later: bool) -> Any:
    narrowed = f"AND c.id IN ({MATCHES})" if searched else ""
    place = "AND (lower(c.title), c.id) > (%(title)s, %(after)s)" if by_title else "AND c.id < %(after)s"
    order = "lower(c.title), c.id" if by_title else "c.id DESC"
    return f"""
        SELECT c.id AS course_id, c.title, c.standard, c.edition, coalesce(t.registrations, 0) AS registrations,
               coalesce(t.launches, 0) AS launches, coalesce(t.completions, 0) AS completions, t.last_launch_at
        FROM courses c LEFT JOIN course_totals t ON t.course_id = c.id AND t.tenant_id = %(tenant_id)s
        WHERE c.tenant_id = %(tenant_id)s AND c.deleted_at IS NULL {narrowed} {place if later else ""}
        ORDER BY {order} LIMIT %(limit)s
        """  # noqa: S608 - joined from constants of this file


async def find_destination_completion(
    tx: Tx, *, words: list[str], after: UUID | None, limit: int
) -> list[DestinationCompletion]:
    """List destinations, the newest first, with the sums of their dispatches."""
    params: dict[str, Any] = {"limit": limit, "after": after}
    if words:
        params |= _search("destinations", words)
    rows = await tx.rows(_destination_completion_sql(bool(words), after is not None), params)
    return [DestinationCompletion(**row) for row in rows]


def _destination_completion_sql(searched: bool, later: bool) -> Any:
    narrowed = f"AND id IN ({MATCHES})" if searched else ""
    return f"""
        SELECT p.id AS destination_id, p.name, s.dispatches, s.seats_used, s.seats_sold, s.learners, s.launches,
               s.completions, s.last_launch_at
        FROM (SELECT id, name FROM destinations WHERE tenant_id = %(tenant_id)s AND deleted_at IS NULL {narrowed}
              {"AND id < %(after)s" if later else ""} ORDER BY id DESC LIMIT %(limit)s) p,
        LATERAL (SELECT count(*) AS dispatches, coalesce(sum(registration_count), 0)::bigint AS learners,
                        coalesce(sum(registration_count) FILTER (WHERE registration_cap > 0), 0)::bigint AS seats_used,
                        coalesce(sum(registration_cap), 0)::bigint AS seats_sold,
                        coalesce(sum(d.launches), 0)::bigint AS launches,
                        coalesce(sum(t.completions), 0)::bigint AS completions, max(last_launch_at) AS last_launch_at
                 FROM dispatches d LEFT JOIN dispatch_totals t ON t.dispatch_id = d.id AND t.tenant_id = %(tenant_id)s
                 WHERE d.tenant_id = %(tenant_id)s AND destination_id = p.id AND deleted_at IS NULL) s
        ORDER BY p.id DESC
        """  # noqa: S608 - joined from constants of this file


async def find_learners(
    tx: Tx, *, by_name: bool, words: list[str], after: tuple[str, UUID] | None, limit: int
) -> list[LearnerRow]:
    """List learners with how many courses they began and finished, by name or the newest first."""
    params: dict[str, Any] = {"limit": limit, "name": after[0] if after else "", "after": after[1] if after else None}
    if words:
        params |= _search("learners", words)
    rows = await tx.rows(_learners_sql(by_name, bool(words), after is not None), params)
    return [LearnerRow(**row) for row in rows]


def _learners_sql(by_name: bool, searched: bool, later: bool) -> Any:
    narrowed = f"AND id IN ({MATCHES})" if searched else ""
    place = "AND (name_key, id) > (%(name)s, %(after)s)" if by_name else "AND id < %(after)s"
    order = "name_key, id" if by_name else "id DESC"
    return f"""
        SELECT p.id, p.external_id, p.own_id, p.name, p.email, p.created_at, s.registrations, s.completed, s.last_activity_at
        FROM (SELECT id, external_id, own_id, name, name_key, email, created_at FROM learners
              WHERE tenant_id = %(tenant_id)s AND deleted_at IS NULL {narrowed} {place if later else ""}
              ORDER BY {order} LIMIT %(limit)s) p,
        LATERAL (SELECT count(*) AS registrations, count(*) FILTER (WHERE completion = 'completed') AS completed,
                        max(last_activity_at) AS last_activity_at
                 FROM registrations WHERE tenant_id = %(tenant_id)s AND learner_id = p.id AND deleted_at IS NULL) s
        ORDER BY {order.replace("name_key", "p.name_key").replace("id", "p.id")}
        """  # noqa: S608 - joined from constants of this file


async def find_learner(tx: Tx, learner_id: UUID) -> LearnerRow | None:
    """Find one learner with how many courses she began and finished."""
    row = await tx.row(
        """
        SELECT p.id, p.external_id, p.own_id, p.name, p.email, p.created_at, count(r.id) AS registrations,
               count(r.id) FILTER (WHERE r.completion = 'completed') AS completed, max(r.last_activity_at) AS last_activity_at
        FROM learners p LEFT JOIN registrations r ON r.learner_id = p.id AND r.tenant_id = %(tenant_id)s AND r.deleted_at IS NULL
        WHERE p.tenant_id = %(tenant_id)s AND p.id = %(id)s AND p.deleted_at IS NULL GROUP BY p.id
        """,
        {"id": learner_id},
    )
    return LearnerRow(**row) if row else None


HITS = {
    "courses": """SELECT 'course' AS kind, id, title AS name, standard AS aside FROM courses
                  WHERE tenant_id = %(tenant_id)s AND deleted_at IS NULL""",
    "dispatches": """SELECT 'dispatch' AS kind, id, name, '' AS aside FROM dispatches
                     WHERE tenant_id = %(tenant_id)s AND deleted_at IS NULL""",
    "destinations": """SELECT 'destination' AS kind, id, name, '' AS aside FROM destinations
                       WHERE tenant_id = %(tenant_id)s AND deleted_at IS NULL""",
    "learners": """SELECT 'learner' AS kind, id, coalesce(nullif(name, ''), nullif(own_id, ''), external_id) AS name, coalesce(nullif(own_id, ''), external_id) AS aside
                   FROM learners WHERE tenant_id = %(tenant_id)s AND deleted_at IS NULL""",
}


async def find_hits(tx: Tx, kind: str, words: list[str], limit: int) -> list[Hit]:
    """
    Find what matches the typed words among one kind of thing, the newest first.

    Of a word that very many things have, only so many are looked at: whoever typed it will type more.
    """
    newest = f"SELECT subject_id FROM ({MATCHES} LIMIT 500) AS found ORDER BY subject_id DESC LIMIT 100"  # noqa: S608 - joined from constants of this file
    sql: Any = f"{HITS[kind]} AND id IN ({newest}) ORDER BY id DESC LIMIT %(limit)s"
    rows = await tx.rows(sql, {**_search(kind, words), "limit": limit})
    return [Hit(**row) for row in rows]


async def find_by_id(tx: Tx, subject_id: UUID) -> list[Hit]:
    """Find the thing that has a pasted id."""
    rows = await tx.rows(
        """
        SELECT 'course' AS kind, id, title AS name, '' AS aside FROM courses WHERE tenant_id = %(tenant_id)s AND id = %(id)s
        UNION ALL SELECT 'dispatch', id, name, '' FROM dispatches WHERE tenant_id = %(tenant_id)s AND id = %(id)s
        UNION ALL SELECT 'destination', id, name, '' FROM destinations WHERE tenant_id = %(tenant_id)s AND id = %(id)s
        UNION ALL SELECT 'learner', id, coalesce(nullif(name, ''), nullif(own_id, ''), external_id), '' FROM learners WHERE tenant_id = %(tenant_id)s AND id = %(id)s
        UNION ALL SELECT 'registration', id, 'Registration', completion FROM registrations WHERE tenant_id = %(tenant_id)s AND id = %(id)s
        """,
        {"id": subject_id},
    )
    return [Hit(**row) for row in rows]
