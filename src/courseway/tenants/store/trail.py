"""The audit trail's table: writing an event beside the change it tells of, and reading events back."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

import msgspec

from courseway.kit.db import Tx
from courseway.kit.ids import new_id
from courseway.tenants.model import AuditEvent, AuditQuery, Caller

INSERT_EVENT = """
    INSERT INTO audit_events (id, tenant_id, actor_kind, actor_id, actor_name, action, target_kind, target_id,
                              target_name, outcome, detail, address)
    VALUES (%(id)s, %(tenant_id)s, %(actor_kind)s, %(actor_id)s, %(actor_name)s, %(action)s, %(target_kind)s,
            %(target_id)s, %(target_name)s, %(outcome)s, %(detail)s::jsonb, %(address)s)
"""


async def record(
    tx: Tx,
    caller: Caller,
    action: str,
    target_kind: str = "",
    target_id: object = "",
    target_name: str = "",
    outcome: str = "done",
    detail: Mapping[str, Any] | None = None,
) -> None:
    """
    Write one event of the audit trail, in the transaction of the change itself.

    `action` is the room's word and a past tense verb (`course.imported`); `detail` is small JSON without secrets.
    """
    await tx.run(
        INSERT_EVENT,
        {
            "id": new_id(),
            "tenant_id": caller.tenant_id,
            "actor_kind": caller.kind,
            "actor_id": caller.id,
            "actor_name": caller.name,
            "action": action,
            "target_kind": target_kind,
            "target_id": str(target_id),
            "target_name": target_name[:300],
            "outcome": outcome,
            "detail": msgspec.json.encode(dict(detail or {})).decode(),
            "address": caller.address,
        },
    )


async def insert_refusal(tx: Tx, event: Mapping[str, Any], detail: Mapping[str, Any]) -> None:
    """Write a refused attempt; `tenant_id` may be None when it named no tenant, and then only the platform sees it."""
    await tx.run(INSERT_EVENT, {**event, "id": new_id(), "detail": msgspec.json.encode(dict(detail)).decode()})


async def find_events(tx: Tx, query: AuditQuery, before: UUID | None, limit: int) -> list[AuditEvent]:
    """List events, newest first."""
    rows = await tx.rows(
        """
        SELECT id, at, actor_kind, actor_id, actor_name, action, target_kind, target_id, target_name, outcome,
               detail, address
        FROM audit_events
        WHERE tenant_id = %(tenant_id)s
          AND (%(before)s::uuid IS NULL OR id < %(before)s)
          AND (%(action)s = '' OR action = %(action)s OR action LIKE %(action)s || '.%%')
          AND (%(target_id)s = '' OR target_id = %(target_id)s)
          AND (%(outcome)s = '' OR outcome = %(outcome)s)
          AND (%(actor)s = '' OR actor_id = %(actor)s)
        ORDER BY id DESC LIMIT %(limit)s
        """,
        {
            "before": before,
            "action": query.action,
            "target_id": query.target_id,
            "outcome": query.outcome,
            "actor": query.actor,
            "limit": limit,
        },
    )
    return [msgspec.convert(row, AuditEvent) for row in rows]
