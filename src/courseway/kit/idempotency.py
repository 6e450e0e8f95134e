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


class AnswerNotKept(Conflict):
    """The first request with this key succeeded; its answer held a secret and is not kept. Make another if it is lost."""

    code, title = "idempotency.answer_not_kept", "Done before, and the answer is not kept"


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
    content_type: str = ""


async def reserve(tx: Tx, once: OnceKey, *, busy_seconds: float = BUSY_SECONDS) -> KeptAnswer | None:
    """
    Take a key for this request (None), or return the first request's answer.

    Raises KeyReused, StillUnderWay, and AnswerNotKept. A first request that has said nothing for `busy_seconds` is
    given up: its process died.
    """
    values = {"key": once.key, "route": once.route, "request_hash": once.request_hash, "busy": busy_seconds}
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
    row = await tx.row(
        "SELECT request_hash, status, content_type, body FROM idempotency_keys"
        " WHERE tenant_id = %(tenant_id)s AND key = %(key)s AND route = %(route)s",
        values,
    )
    if row is None:
        raise StillUnderWay  # the first one was refused between the two statements; the next try is the first
    if bytes(row["request_hash"]) != once.request_hash:
        raise KeyReused
    if row["status"] is None:
        raise StillUnderWay
    if row["body"] is None:
        raise AnswerNotKept
    return KeptAnswer(row["status"], bytes(row["body"]), row["content_type"])


async def finish(tx: Tx, once: OnceKey, status: int, body: bytes | None, content_type: str = "") -> None:
    """Keep the answer, in the transaction of the change where there is one; a body of None is not to be kept."""
    await tx.run(
        "UPDATE idempotency_keys SET status = %(status)s, body = %(body)s, content_type = %(content_type)s"
        " WHERE tenant_id = %(tenant_id)s AND key = %(key)s AND route = %(route)s",
        {"key": once.key, "route": once.route, "status": status, "body": body, "content_type": content_type},
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
