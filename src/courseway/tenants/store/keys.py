"""The table of API and LRS keys."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import msgspec

from courseway.kit.db import Tx
from courseway.tenants.model import ApiKey, KeyKind

KEY_COLUMNS = "id, kind, name, public_id, scopes, created_by, created_at, expires_at, last_used_at, revoked_at"


@dataclass(frozen=True)
class StoredKey:
    """A key as checking a credential needs it."""

    tenant_id: UUID
    key: ApiKey
    secret_hash: bytes


async def insert_key(tx: Tx, key: ApiKey, secret_hash: bytes) -> None:
    """Store a key."""
    await tx.run(
        """
        INSERT INTO api_keys (id, tenant_id, kind, name, public_id, secret_hash, scopes, created_by, created_at, expires_at)
        VALUES (%(id)s, %(tenant_id)s, %(kind)s, %(name)s, %(public_id)s, %(secret_hash)s, %(scopes)s, %(created_by)s,
                %(created_at)s, %(expires_at)s)
        """,
        {
            "id": key.id,
            "kind": key.kind.value,
            "name": key.name,
            "public_id": key.public_id,
            "secret_hash": secret_hash,
            "scopes": key.scopes,
            "created_by": key.created_by,
            "created_at": key.created_at,
            "expires_at": key.expires_at,
        },
    )


async def find_keys(tx: Tx, before: UUID | None, limit: int) -> list[ApiKey]:
    """List a tenant's keys, the newest first, revoked ones too."""
    rows = await tx.rows(
        f"SELECT {KEY_COLUMNS} FROM api_keys WHERE tenant_id = %(tenant_id)s "  # noqa: S608 - constant columns
        "AND (%(before)s::uuid IS NULL OR id < %(before)s) ORDER BY id DESC LIMIT %(limit)s",
        {"before": before, "limit": limit},
    )
    return [msgspec.convert(row, ApiKey) for row in rows]


async def revoke_key(tx: Tx, key_id: UUID, now: datetime) -> ApiKey | None:
    """Revoke a key that is not yet; None when there is none."""
    row = await tx.row(
        "UPDATE api_keys SET revoked_at = %(now)s "  # noqa: S608 - constant columns
        f"WHERE tenant_id = %(tenant_id)s AND id = %(id)s AND revoked_at IS NULL RETURNING {KEY_COLUMNS}",
        {"id": key_id, "now": now},
    )
    return msgspec.convert(row, ApiKey) if row else None


async def find_stored_key(tx: Tx, public_id: str, kind: KeyKind) -> StoredKey | None:
    """Read a key by its public part, whatever its tenant. Needs the system's unit of work."""
    row = await tx.row(
        f"SELECT k.tenant_id, k.secret_hash, {', '.join('k.' + c for c in KEY_COLUMNS.split(', '))} "  # noqa: S608
        "FROM api_keys k JOIN tenants t ON t.id = k.tenant_id AND t.deleted_at IS NULL "
        "WHERE k.public_id = %(public_id)s AND k.kind = %(kind)s",
        {"public_id": public_id, "kind": kind.value},
    )
    if row is None:
        return None
    return StoredKey(row["tenant_id"], msgspec.convert(row, ApiKey), bytes(row["secret_hash"]))


async def touch_keys(tx: Tx, key_ids: Sequence[UUID], now: datetime) -> None:
    """Note that keys were used, at most once a minute each."""
    await tx.run(
        "-- across tenants: a key is looked up before its tenant is known\n"
        "UPDATE api_keys SET last_used_at = %(now)s WHERE id = ANY(%(ids)s) "
        "AND (last_used_at IS NULL OR last_used_at < %(before)s)",
        {"ids": list(key_ids), "now": now, "before": now - timedelta(minutes=1)},
    )
