"""The table of statements: many rows in, keyset pages out."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, LiteralString
from uuid import UUID

from courseway.kit.db import Row, Tx
from courseway.lrs.model import StatementQuery, StoredStatement
from courseway.standards.xapi import Filed, agent_digest

INSERT_STATEMENTS = """
    INSERT INTO xapi_statements (tenant_id, id, actor_id, verb_id, activity_id, registration, statement, "timestamp", created_at)
    SELECT %(tenant_id)s, one.id, one.actor, one.verb, one.activity, one.registration, one.body::jsonb, one.at, %(now)s
    FROM unnest(%(ids)s::uuid[], %(actors)s::bytea[], %(verbs)s::text[], %(activities)s::text[], %(registrations)s::uuid[],
                %(bodies)s::text[], %(times)s::timestamptz[]) AS one (id, actor, verb, activity, registration, body, at)
    ON CONFLICT (tenant_id, id) DO NOTHING
"""

SELECT_STATEMENTS = """
    SELECT id, sequence, verb_id, activity_id, registration, "timestamp", created_at, voided, statement
    FROM xapi_statements WHERE tenant_id = %(tenant_id)s
"""

FIND_STATEMENT = """
    SELECT id, sequence, verb_id, activity_id, registration, "timestamp", created_at, voided, statement
    FROM xapi_statements WHERE tenant_id = %(tenant_id)s AND id = %(id)s
"""

_CONDITIONS: Mapping[str, LiteralString] = {
    "actor_id": " AND actor_id = %(actor_id)s",
    "verb": " AND verb_id = %(verb)s",
    "activity": " AND activity_id = %(activity)s",
    "registration": " AND registration = %(registration)s",
    "since": " AND created_at > %(since)s",
    "until": " AND created_at <= %(until)s",
}


async def insert_statements(tx: Tx, filed: Sequence[Filed], now: datetime) -> int:
    """Add statements; one whose id is taken is left as it is. Returns how many were new."""
    return await tx.run(
        INSERT_STATEMENTS,
        {
            "now": now,
            "ids": [one.id for one in filed],
            "actors": [one.actor_digest for one in filed],
            "verbs": [one.verb for one in filed],
            "activities": [one.activity for one in filed],
            "registrations": [one.registration for one in filed],
            "bodies": [one.body.decode() for one in filed],
            "times": [one.timestamp for one in filed],
        },
    )


async def find_statement(tx: Tx, statement_id: UUID) -> StoredStatement | None:
    """Return one statement, voided or not."""
    row = await tx.row(FIND_STATEMENT, {"id": statement_id})
    return _stored(row) if row else None


async def select_statements(tx: Tx, query: StatementQuery) -> list[StoredStatement]:
    """Return up to one more than `query.limit` statements that were not voided, newest first unless ascending."""
    params: dict[str, Any] = {
        "actor_id": agent_digest(query.agent) if query.agent else None,
        "verb": query.verb,
        "activity": query.activity,
        "registration": query.registration,
        "since": query.since,
        "until": query.until,
        "after": query.after,
        "limit": query.limit + 1,
    }
    sql: LiteralString = SELECT_STATEMENTS + " AND NOT voided"
    for name, condition in _CONDITIONS.items():
        if params[name] is not None:
            sql += condition
    if query.after is not None:
        sql += " AND sequence > %(after)s" if query.ascending else " AND sequence < %(after)s"
    sql += " ORDER BY sequence ASC LIMIT %(limit)s" if query.ascending else " ORDER BY sequence DESC LIMIT %(limit)s"
    return [_stored(row) for row in await tx.rows(sql, params)]


def _stored(row: Row) -> StoredStatement:
    return StoredStatement(
        id=row["id"],
        sequence=row["sequence"],
        verb=row["verb_id"],
        activity=row["activity_id"],
        registration=row["registration"],
        timestamp=row["timestamp"],
        stored=row["created_at"],
        voided=row["voided"],
        statement=row["statement"],
    )
