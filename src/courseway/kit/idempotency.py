"""
Idempotency keys inside a room's own units of work: reserve, finish or release, beside the change itself.

What lives here: the table of keys as a service uses it (uploads, whose bodies are streamed). What does not: the wrapper
around the whole API for small creation requests, which is `repeats`.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from courseway.errors import Conflict
from courseway.kit.db import Tx

BUSY_SECONDS = 3600
KEPT = timedelta(days=1)


class KeyReused(Conflict):
    """This Idempotency-Key came with another request before; use a new one for a new request."""

    code, title = "idempotency.key_reused", "The key belongs to another request"


class StillUnderWay(Conflict):
    """The first request with this Idempotency-Key has not finished; ask again in a moment."""

    code, title = "idempotency.under_way", "The first request is still under way"


@dataclass(frozen=True)
class OnceKey:
    """What makes a request the same one: the sender's key, the route, and a digest of the request."""

    key: str
    route: str
    request_hash: bytes


@dataclass(frozen=True)
class KeptAnswer:
    """The answer that the first request got."""

    status: int
    body: bytes


async def reserve(tx: Tx, once: OnceKey) -> KeptAnswer | None:
    """Take a key for this request (None), or return the first request's answer; KeyReused, StillUnderWay."""
    values = {"key": once.key, "route": once.route, "request_hash": once.request_hash, "busy": BUSY_SECONDS}
    taken = await tx.run(
        """
        INSERT INTO idempotency_keys (tenant_id, key, route, request_hash)
        VALUES (%(tenant_id)s, %(key)s, %(route)s, %(request_hash)s)
        ON CONFLICT (tenant_id, key, route) DO UPDATE SET created_at = now(), request_hash = %(request_hash)s
        WHERE idempotency_keys.status IS NULL AND idempotency_keys.created_at < now() - make_interval(secs => %(busy)s)
        """,
        values,
    )
    if taken:
        return None
    row = await tx.one(
        "SELECT request_hash, status, body FROM idempotency_keys"
        " WHERE tenant_id = %(tenant_id)s AND key = %(key)s AND route = %(route)s",
        values,
    )
    if bytes(row["request_hash"]) != once.request_hash:
        raise KeyReused
    if row["status"] is None:
        raise StillUnderWay
    return KeptAnswer(row["status"], bytes(row["body"]))


async def finish(tx: Tx, once: OnceKey, status: int, body: bytes) -> None:
    """Keep the answer, in the transaction of the change."""
    await tx.run(
        "UPDATE idempotency_keys SET status = %(status)s, body = %(body)s"
        " WHERE tenant_id = %(tenant_id)s AND key = %(key)s AND route = %(route)s",
        {"key": once.key, "route": once.route, "status": status, "body": body},
    )


async def release(tx: Tx, once: OnceKey) -> None:
    """Give a key back after a request that made nothing."""
    await tx.run(
        "DELETE FROM idempotency_keys WHERE tenant_id = %(tenant_id)s AND key = %(key)s AND route = %(route)s"
        " AND status IS NULL",
        {"key": once.key, "route": once.route},
    )


async def forget(tx: Tx, now: datetime) -> None:
    """Drop keys older than a day (the platform's housekeeping)."""
    await tx.run(
        "DELETE FROM idempotency_keys -- across tenants: housekeeping by age\nWHERE created_at < %(before)s",
        {"before": now - KEPT},
    )
