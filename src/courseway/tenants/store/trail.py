"""The audit trail's table: writing an event beside the change it tells of, and reading events back."""

from collections.abc import Mapping
from typing import Any

import msgspec

from courseway.kit.db import Tx
from courseway.kit.ids import new_id
from courseway.tenants.model import Caller

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
