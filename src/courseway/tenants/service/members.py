"""A tenant and its users, as its owners manage them; and making a tenant, as the operator does."""

import re
import secrets
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from courseway.errors import Invalid
from courseway.kit.db import Tx
from courseway.kit.ids import new_id
from courseway.kit.paging import Page, make_page, page_limit
from courseway.tenants.model import (
    Caller,
    EmailTaken,
    NewUser,
    Role,
    Scope,
    SlugTaken,
    Tenant,
    User,
    UserNotFound,
    check_email,
    check_last_owner,
    check_password,
    merge_settings,
    platform_caller,
)
from courseway.tenants.service.parts import Parts, cursor_id
from courseway.tenants.store import people, sessions
from courseway.tenants.store.trail import record


class Members(Parts):
    """Tenants and users."""

    async def current_tenant(self, caller: Caller) -> Tenant:
        """Read the caller's own tenant."""
        async with self.db.tenant(caller.tenant_id) as tx:
            tenant = await people.find_tenant(tx, caller.tenant_id)
        if tenant is None:
            raise UserNotFound("This tenant is gone.")
        return tenant

    async def update_tenant(
        self, caller: Caller, *, name: str | None = None, settings: Mapping[str, Any] | None = None
    ) -> Tenant:
        """Rename the caller's tenant or change some of its settings; a setting of null is removed."""
        caller.require(Scope.ADMIN)
        async with self.db.tenant(caller.tenant_id) as tx:
            before = await people.find_tenant(tx, caller.tenant_id)
            if before is None:
                raise UserNotFound("This tenant is gone.")
            new_name = _check_name(name) if name is not None else before.name
            merged = merge_settings(before.settings, settings or {})
            await people.update_tenant(tx, new_name, merged)
            changed = sorted(settings or {})
            detail = {"settings": changed, "name_before": before.name}
            await record(tx, caller, "tenant.updated", "tenant", caller.tenant_id, new_name, detail=detail)
            return Tenant(before.id, new_name, before.slug, merged, before.created_at)

    async def list_users(self, caller: Caller, *, cursor: str | None = None, limit: int | None = None) -> Page[User]:
        """List the tenant's users, oldest first."""
        caller.require(Scope.ADMIN)
        size = page_limit(limit)
        after = cursor_id(cursor)
        async with self.db.system() as tx:
            users = await people.find_users(tx, caller.tenant_id, after, size + 1)
        return make_page(users, size, lambda user: [user.id])

    async def get_user(self, caller: Caller, user_id: UUID) -> User:
        """Read one user; a user may always read herself."""
        if caller.id != str(user_id):
            caller.require(Scope.ADMIN)
        async with self.db.system() as tx:
            return await _require_user(tx, caller, user_id)

    async def add_user(
        self, caller: Caller, *, email: str, role: Role, name: str = "", password: str | None = None
    ) -> NewUser:
        """
        Put a person into the tenant, and make her an account when she has none yet.

        Without a password a random one is made and answered this once. An existing account keeps its own password.
        EmailTaken when she is in the tenant already.
        """
        caller.require(Scope.ADMIN)
        address = check_email(email)
        if password is not None:
            check_password(password, address)
        chosen = password or secrets.token_urlsafe(15)
        password_hash = await self.passwords.hash(chosen)
        async with self.db.system() as tx:
            # Whoever comes second, even by a moment, joins the account that is there.
            fresh = await people.insert_account(tx, new_id(), address, name.strip(), password_hash)
            account = await people.find_account(tx, address)
            if account is None:
                raise LookupError("an account that was just made or in the way was not found")
            user_id = new_id()
            if not await people.insert_user(tx, caller.tenant_id, user_id, account.id, role):
                raise EmailTaken
            await record(tx, caller, "user.added", "user", user_id, address, detail={"role": role.value})
            user = await _require_user(tx, caller, user_id)
        return NewUser(user, chosen if fresh and password is None else None)

    async def change_role(self, caller: Caller, user_id: UUID, role: Role) -> User:
        """Give a user another role; LastOwner when that would leave the tenant without an owner."""
        caller.require(Scope.ADMIN)
        async with self.db.system() as tx:
            owners = await people.lock_owners(tx, caller.tenant_id)
            before = await _require_user(tx, caller, user_id)
            check_last_owner(owners, before.role, role)
            await people.update_role(tx, caller.tenant_id, user_id, role)
            detail = {"before": before.role.value, "role": role.value}
            await record(tx, caller, "user.role_changed", "user", user_id, before.email, detail=detail)
            return await _require_user(tx, caller, user_id)

    async def remove_user(self, caller: Caller, user_id: UUID) -> None:
        """Take a user out of the tenant and end her sessions in it; LastOwner when she is the last."""
        caller.require(Scope.ADMIN)
        async with self.db.system() as tx:
            owners = await people.lock_owners(tx, caller.tenant_id)
            before = await _require_user(tx, caller, user_id)
            check_last_owner(owners, before.role, None)
            await people.delete_user(tx, caller.tenant_id, user_id, self.clock())
            await record(tx, caller, "user.removed", "user", user_id, before.email)

    # what only the operator of the platform does

    async def create_tenant(self, *, name: str, slug: str = "") -> Tenant:
        """Make a tenant; SlugTaken when the short name is in use."""
        tenant_id, clean = new_id(), _check_name(name)
        short = slug or _make_slug(clean) or tenant_id.hex
        if not re.fullmatch(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?", short):
            raise Invalid("A short name has lower-case letters, digits and hyphens, 63 at most.", field="slug")
        async with self.db.system() as tx:
            if not await people.insert_tenant(tx, tenant_id, clean, short):
                raise SlugTaken(f"Another tenant has the short name {short} already. Choose one with --slug.")
            await record(tx, platform_caller(tenant_id), "tenant.created", "tenant", tenant_id, clean)
            tenant = await people.find_tenant(tx, tenant_id)
        if tenant is None:
            raise LookupError("a tenant made in this transaction was not found in it")
        return tenant

    async def reset_password(self, email: str) -> str:
        """Give an account a new random password and end all its sessions; UserNotFound when there is no such account."""
        chosen = secrets.token_urlsafe(15)
        password_hash = await self.passwords.hash(chosen)
        async with self.db.system() as tx:
            account = await people.find_account(tx, email.strip())
            if account is None:
                raise UserNotFound(f"There is no account {email.strip()}.")
            await people.update_password(tx, account.id, password_hash)
            await sessions.delete_other_sessions(tx, account.id, b"")
            for membership in await people.find_memberships(tx, account.id):
                actor = platform_caller(membership.tenant_id, "operator")
                await record(tx, actor, "user.password_reset", "user", membership.user_id, account.email)
        return chosen

    async def list_tenants(self) -> list[Tenant]:
        """List every tenant of the platform, oldest first."""
        async with self.db.system() as tx:
            return await people.find_tenants(tx)

    async def find_tenant_by_slug(self, slug: str) -> Tenant | None:
        """Read a tenant by its short name."""
        async with self.db.system() as tx:
            return await people.find_tenant_by_slug(tx, slug)


async def _require_user(tx: Tx, caller: Caller, user_id: UUID) -> User:
    user = await people.find_user(tx, caller.tenant_id, user_id)
    if user is None:
        raise UserNotFound
    return user


def _check_name(name: str) -> str:
    clean = " ".join(name.split())
    if not clean or len(clean) > 200:
        raise Invalid("A name has between 1 and 200 characters.", field="name")
    return clean


def _make_slug(name: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")[:63].strip("-")
