"""Facts for those above, written in the transaction that makes them true. Delivering them comes with their first reader."""

from typing import Any
from uuid import UUID

import msgspec

from courseway.kit.db import Tx


async def add_fact(tx: Tx, name: str, subject_id: UUID | None = None, **payload: Any) -> None:
    """Write one fact, for example `course.imported`, beside the change it tells of."""
    await tx.run(
        "INSERT INTO outbox (tenant_id, name, subject_id, payload) VALUES (%(tenant_id)s, %(name)s, %(subject_id)s, %(payload)s::jsonb)",
        {"name": name, "subject_id": subject_id, "payload": msgspec.json.encode(payload).decode()},
    )
