"""Tables of tenants, accounts, users, sessions and attempts to sign in."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from courseway.kit.db import Row, Tx
from courseway.tenants.model import Membership, Role, Tenant, User

USER_COLUMNS = "u.id, u.account_id, a.email, a.name, u.role, u.created_at, a.last_login_at"


@dataclass(frozen=True)
class Account:
    """An account as signing in needs it."""

    id: UUID
    email: str
    name: str
    password_hash: str
    disabled: bool


# tenants


async def insert_tenant(tx: Tx, tenant_id: UUID, name: str, slug: str) -> bool:
    """Make a tenant; False when the short name is taken."""
    return bool(
        await tx.run(
            "INSERT INTO tenants (id, name, slug) VALUES (%(tenant_id)s, %(name)s, %(slug)s) ON CONFLICT (slug) DO NOTHING",
            {"tenant_id": tenant_id, "name": name, "slug": slug},
        )
    )


async def find_tenant(tx: Tx, tenant_id: UUID) -> Tenant | None:
    """Read one tenant."""
    row = await tx.row(
        "SELECT id, name, slug, settings, created_at FROM tenants WHERE id = %(tenant_id)s AND deleted_at IS NULL",
        {"tenant_id": tenant_id},
    )
    return msgspec.convert(row, Tenant) if row else None


async def find_tenants(tx: Tx) -> list[Tenant]:
    """List every tenant of the platform, oldest first."""
    rows = await tx.rows(
        "SELECT id, name, slug, settings, created_at FROM tenants WHERE deleted_at IS NULL ORDER BY id"
    )
    return [msgspec.convert(row, Tenant) for row in rows]


async def find_tenant_by_slug(tx: Tx, slug: str) -> Tenant | None:
    """Read one tenant by its short name."""
    row = await tx.row(
        "SELECT id, name, slug, settings, created_at FROM tenants WHERE slug = %(slug)s AND deleted_at IS NULL",
        {"slug": slug},
    )
    return msgspec.convert(row, Tenant) if row else None


async def update_tenant(tx: Tx, name: str, settings: Mapping[str, Any]) -> None:
    """Write a tenant's name and settings."""
    await tx.run(
        "UPDATE tenants SET name = %(name)s, settings = %(settings)s::jsonb WHERE id = %(tenant_id)s",
        {"name": name, "settings": msgspec.json.encode(dict(settings)).decode()},
    )


# accounts and users


def _account(row: Row | None) -> Account | None:
    if row is None:
        return None
    return Account(row["id"], row["email"], row["name"], row["password_hash"], row["disabled_at"] is not None)


async def find_account(tx: Tx, email: str) -> Account | None:
    """Read an account by its address, whatever the case."""
    return _account(await tx.row("SELECT * FROM accounts WHERE lower(email) = lower(%(email)s)", {"email": email}))


async def load_account(tx: Tx, account_id: UUID) -> Account | None:
    """Read an account by its id."""
    return _account(await tx.row("SELECT * FROM accounts WHERE id = %(id)s", {"id": account_id}))


async def insert_account(tx: Tx, account_id: UUID, email: str, name: str, password_hash: str) -> bool:
    """Make an account; False when somebody has just made one for this address."""
    return bool(
        await tx.run(
            "INSERT INTO accounts (id, email, name, password_hash) VALUES (%(id)s, %(email)s, %(name)s, %(hash)s) "
            "ON CONFLICT ((lower(email))) DO NOTHING",
            {"id": account_id, "email": email, "name": name, "hash": password_hash},
        )
    )


async def update_password(tx: Tx, account_id: UUID, password_hash: str) -> None:
    """Write a new password's hash."""
    await tx.run(
        "UPDATE accounts SET password_hash = %(hash)s WHERE id = %(id)s", {"id": account_id, "hash": password_hash}
    )


async def insert_user(tx: Tx, tenant_id: UUID, user_id: UUID, account_id: UUID, role: Role) -> bool:
    """Put an account into a tenant; False when it is there already."""
    return bool(
        await tx.run(
            """
            INSERT INTO users (id, tenant_id, account_id, role)
            VALUES (%(id)s, %(tenant_id)s, %(account_id)s, %(role)s)
            ON CONFLICT (tenant_id, account_id) WHERE deleted_at IS NULL DO NOTHING
            """,
            {"id": user_id, "tenant_id": tenant_id, "account_id": account_id, "role": role.value},
        )
    )


async def find_users(tx: Tx, tenant_id: UUID, after: UUID | None, limit: int) -> list[User]:
    """List a tenant's users, oldest first. Needs the system's unit of work: addresses live with the platform."""
    rows = await tx.rows(
        f"SELECT {USER_COLUMNS} FROM users u JOIN accounts a ON a.id = u.account_id "  # noqa: S608 - constant columns
        "WHERE u.tenant_id = %(tenant_id)s AND u.deleted_at IS NULL AND (%(after)s::uuid IS NULL OR u.id > %(after)s) "
        "ORDER BY u.id LIMIT %(limit)s",
        {"tenant_id": tenant_id, "after": after, "limit": limit},
    )
    return [msgspec.convert(row, User) for row in rows]


async def find_user(tx: Tx, tenant_id: UUID, user_id: UUID) -> User | None:
    """Read one user of a tenant. Needs the system's unit of work."""
    row = await tx.row(
        f"SELECT {USER_COLUMNS} FROM users u JOIN accounts a ON a.id = u.account_id "  # noqa: S608 - constant columns
        "WHERE u.tenant_id = %(tenant_id)s AND u.id = %(id)s AND u.deleted_at IS NULL",
        {"tenant_id": tenant_id, "id": user_id},
    )
    return msgspec.convert(row, User) if row else None


async def lock_owners(tx: Tx, tenant_id: UUID) -> int:
    """Lock a tenant's owners against changes at the same time and count them."""
    rows = await tx.rows(
        "SELECT id FROM users WHERE tenant_id = %(tenant_id)s AND role = 'owner' AND deleted_at IS NULL "
        "ORDER BY id FOR UPDATE",
        {"tenant_id": tenant_id},
    )
    return len(rows)


async def update_role(tx: Tx, tenant_id: UUID, user_id: UUID, role: Role) -> None:
    """Write a user's role."""
    await tx.run(
        "UPDATE users SET role = %(role)s WHERE tenant_id = %(tenant_id)s AND id = %(id)s",
        {"tenant_id": tenant_id, "id": user_id, "role": role.value},
    )


async def delete_user(tx: Tx, tenant_id: UUID, user_id: UUID, now: datetime) -> None:
    """Take a user out of a tenant and end her sessions there."""
    values = {"tenant_id": tenant_id, "id": user_id, "now": now}
    await tx.run("UPDATE users SET deleted_at = %(now)s WHERE tenant_id = %(tenant_id)s AND id = %(id)s", values)
    await tx.run("DELETE FROM sessions WHERE tenant_id = %(tenant_id)s AND user_id = %(id)s", values)


async def find_memberships(tx: Tx, account_id: UUID) -> list[Membership]:
    """List the tenants of an account, the one joined first at the top."""
    rows = await tx.rows(
        """
        -- across tenants: the tenants of one person
        SELECT t.id AS tenant_id, t.name AS tenant_name, u.id AS user_id, u.role
        FROM users u JOIN tenants t ON t.id = u.tenant_id
        WHERE u.account_id = %(account_id)s AND u.deleted_at IS NULL AND t.deleted_at IS NULL
        ORDER BY u.id
        """,
        {"account_id": account_id},
    )
    return [msgspec.convert(row, Membership) for row in rows]
