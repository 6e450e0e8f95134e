"""Tables of sessions and of attempts to sign in. All of it belongs to the platform: the tenant is known only afterwards."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from courseway.kit.db import Tx
from courseway.tenants.model import ROLE_SCOPES, Caller, Role, Session


@dataclass(frozen=True)
class NewSession:
    """A session about to be stored."""

    id_hash: bytes
    tenant_id: UUID
    account_id: UUID
    user_id: UUID
    csrf_token: str
    now: datetime
    expires_at: datetime
    user_agent: str
    address: str


async def insert_session(tx: Tx, new: NewSession) -> None:
    """Store a session and note the sign-in on its account."""
    values = {
        "id_hash": new.id_hash,
        "tenant_id": new.tenant_id,
        "account_id": new.account_id,
        "user_id": new.user_id,
        "csrf_token": new.csrf_token,
        "now": new.now,
        "expires_at": new.expires_at,
        "user_agent": new.user_agent[:300],
        "address": new.address,
    }
    await tx.run(
        """
        INSERT INTO sessions (id_hash, tenant_id, account_id, user_id, csrf_token, created_at, last_seen_at,
                              expires_at, user_agent, address)
        VALUES (%(id_hash)s, %(tenant_id)s, %(account_id)s, %(user_id)s, %(csrf_token)s, %(now)s, %(now)s,
                %(expires_at)s, %(user_agent)s, %(address)s)
        """,
        values,
    )
    await tx.run("UPDATE accounts SET last_login_at = %(now)s WHERE id = %(account_id)s", values)


async def find_session_caller(tx: Tx, id_hash: bytes, now: datetime, address: str) -> Caller | None:
    """Return who a session belongs to, with the rights of her role as it is now; None when it has ended."""
    row = await tx.row(
        """
        -- across tenants: a session is found before its tenant is known
        SELECT s.tenant_id, s.account_id, s.csrf_token, s.last_seen_at, u.id AS user_id, u.role, a.name, a.email
        FROM sessions s
        JOIN users u ON u.id = s.user_id AND u.deleted_at IS NULL
        JOIN accounts a ON a.id = s.account_id AND a.disabled_at IS NULL
        JOIN tenants t ON t.id = s.tenant_id AND t.deleted_at IS NULL
        WHERE s.id_hash = %(id_hash)s AND s.expires_at > %(now)s
        """,
        {"id_hash": id_hash, "now": now},
    )
    if row is None:
        return None
    if row["last_seen_at"] < now - timedelta(minutes=1):
        await tx.run(
            "UPDATE sessions -- across tenants: its tenant is known only now\nSET last_seen_at = %(now)s WHERE id_hash = %(id_hash)s",
            {"id_hash": id_hash, "now": now},
        )
    role = Role(row["role"])
    return Caller(
        tenant_id=row["tenant_id"],
        kind="user",
        id=str(row["user_id"]),
        name=row["name"] or row["email"],
        scopes=ROLE_SCOPES[role],
        address=address,
        role=role,
        csrf_token=row["csrf_token"],
        account_id=row["account_id"],
        session_hash=id_hash,
    )


async def find_sessions(tx: Tx, account_id: UUID, now: datetime, current: bytes) -> list[Session]:
    """List an account's live sessions, the newest first."""
    rows = await tx.rows(
        """
        -- across tenants: one person's sessions
        SELECT id_hash, created_at, last_seen_at, expires_at, user_agent, address FROM sessions
        WHERE account_id = %(account_id)s AND expires_at > %(now)s ORDER BY created_at DESC LIMIT 100
        """,
        {"account_id": account_id, "now": now},
    )
    return [
        Session(
            id=bytes(row["id_hash"]).hex()[:24],
            created_at=row["created_at"],
            last_seen_at=row["last_seen_at"],
            expires_at=row["expires_at"],
            user_agent=row["user_agent"],
            address=row["address"],
            current=bytes(row["id_hash"]) == current,
        )
        for row in rows
    ]


async def delete_session(tx: Tx, id_hash: bytes) -> int:
    """End one session."""
    return await tx.run(
        "DELETE FROM sessions -- across tenants: whoever holds the token may end it\nWHERE id_hash = %(id_hash)s",
        {"id_hash": id_hash},
    )


async def delete_session_by_prefix(tx: Tx, account_id: UUID, prefix: str) -> int:
    """End one of an account's sessions, named as lists show it."""
    return await tx.run(
        "DELETE FROM sessions -- across tenants: one person's sessions\nWHERE account_id = %(account_id)s AND encode(id_hash, 'hex') LIKE %(prefix)s || '%%'",
        {"account_id": account_id, "prefix": prefix},
    )


async def delete_other_sessions(tx: Tx, account_id: UUID, keep: bytes) -> int:
    """End every session of an account but one."""
    return await tx.run(
        "DELETE FROM sessions -- across tenants: one person's sessions\nWHERE account_id = %(account_id)s AND id_hash <> %(keep)s",
        {"account_id": account_id, "keep": keep},
    )


async def insert_attempt(tx: Tx, email: str, address: str, now: datetime, since: datetime) -> tuple[int, int, int]:
    """
    Count an attempt as failed until it succeeds, and return its number and the failures before it.

    Attempts for one address take turns, so that many at once cannot all slip under the limit. Answers
    (number, failures of this e-mail since its last success, failures from this network address).
    """
    values = {"email": email[:254], "address": address, "now": now, "since": since}
    await tx.run("SELECT pg_advisory_xact_lock(hashtextextended('sign-in:' || lower(%(email)s), 0))", values)
    counted = await tx.one(
        """
        SELECT
          (SELECT count(*) FROM login_attempts
           WHERE lower(email) = lower(%(email)s) AND at > %(since)s AND NOT succeeded
             AND at > coalesce((SELECT max(at) FROM login_attempts
                                WHERE lower(email) = lower(%(email)s) AND succeeded AND at > %(since)s), '-infinity')
          ) AS by_email,
          (SELECT count(*) FROM login_attempts
           WHERE address = %(address)s AND address <> '' AND at > %(since)s AND NOT succeeded) AS by_address
        """,
        values,
    )
    made = await tx.one(
        "INSERT INTO login_attempts (email, address, at, succeeded) VALUES (%(email)s, %(address)s, %(now)s, false) "
        "RETURNING id",
        values,
    )
    return made["id"], counted["by_email"], counted["by_address"]


async def mark_attempt(tx: Tx, attempt_id: int) -> None:
    """Note that an attempt succeeded."""
    await tx.run("UPDATE login_attempts SET succeeded = true WHERE id = %(id)s", {"id": attempt_id})


async def delete_expired(tx: Tx, now: datetime) -> None:
    """Drop ended sessions, and attempts older than 30 days."""
    await tx.run(
        "DELETE FROM sessions -- across tenants: housekeeping by age\nWHERE expires_at < %(now)s", {"now": now}
    )
    await tx.run("DELETE FROM login_attempts WHERE at < %(before)s", {"before": now - timedelta(days=30)})


async def delete_attempt(tx: Tx, attempt_id: int) -> None:
    """Take back an attempt that was refused before its password was looked at."""
    await tx.run("DELETE FROM login_attempts WHERE id = %(id)s", {"id": attempt_id})
