"""API keys and LRS keys: made, listed, revoked, and looked up for every request that brings one."""

import hmac
import secrets
from collections.abc import Iterable
from datetime import datetime, timedelta
from uuid import UUID

from courseway.errors import Invalid
from courseway.kit.ids import new_id
from courseway.kit.paging import Page, make_page, page_limit
from courseway.tenants.model import (
    LRS_SCOPES,
    ApiKey,
    Caller,
    KeyKind,
    KeyNotFound,
    KeyRefused,
    NewKey,
    Scope,
    ScopeMissing,
    digest,
    parse_scopes,
    render_credential,
)
from courseway.tenants.service.parts import KEY_CACHE_SECONDS, Parts, cursor_id
from courseway.tenants.store import keys
from courseway.tenants.store.trail import record


class Keys(Parts):
    """Keys of a tenant."""

    async def create_key(
        self,
        caller: Caller,
        *,
        name: str,
        kind: KeyKind = KeyKind.API,
        scopes: Iterable[Scope] | None = None,
        expires_at: datetime | None = None,
    ) -> NewKey:
        """
        Make a key and answer its secret this once. LRS keys read and write statements unless told otherwise.

        ScopeMissing when the key would be able to do more than its maker.
        """
        caller.require(Scope.ADMIN)
        wanted = _check_scopes(kind, scopes)
        for scope in sorted(wanted):
            if not caller.may(scope):
                raise ScopeMissing(f"A key cannot have the right {scope.value}, which its maker does not have.")
        now = self.clock()
        if expires_at is not None and expires_at <= now:
            raise Invalid("The expiry lies in the past.", field="expires_at")
        clean = " ".join(name.split())[:200]
        if not clean:
            raise Invalid("Give the key a name, so that people know what uses it.", field="name")
        secret = secrets.token_urlsafe(32)
        public_id = ("lrs" if kind is KeyKind.LRS else "") + secrets.token_hex(8)
        key = ApiKey(new_id(), kind, clean, public_id, sorted(wanted), caller.name, now, expires_at, None, None)
        async with self.db.tenant(caller.tenant_id) as tx:
            await keys.insert_key(tx, key, digest(secret))
            detail = {"kind": kind.value, "scopes": sorted(wanted), "public_id": public_id}
            await record(tx, caller, "key.created", "key", key.id, clean, detail=detail)
        return NewKey(key, secret, render_credential(kind, public_id, secret))

    async def list_keys(self, caller: Caller, *, cursor: str | None = None, limit: int | None = None) -> Page[ApiKey]:
        """List the tenant's keys, the newest first, without their secrets."""
        caller.require(Scope.ADMIN)
        size = page_limit(limit)
        before = cursor_id(cursor)
        async with self.db.tenant(caller.tenant_id) as tx:
            found = await keys.find_keys(tx, before, size + 1)
        return make_page(found, size, lambda key: [key.id])

    async def revoke_key(self, caller: Caller, key_id: UUID) -> None:
        """Revoke a key: at once in this process, within five seconds in every other."""
        caller.require(Scope.ADMIN)
        async with self.db.tenant(caller.tenant_id) as tx:
            key = await keys.revoke_key(tx, key_id, self.clock())
            if key is None:
                raise KeyNotFound("No such key, or it is revoked already.")
            await record(tx, caller, "key.revoked", "key", key_id, key.name)
        self.key_cache.forget(str(key_id))

    async def find_key_caller(self, public_id: str, secret: str, kind: KeyKind, address: str = "") -> Caller:
        """Return the caller of a key; KeyRefused when it is unknown, wrong, revoked or expired."""
        now = self.clock()
        cached_as = digest(f"{kind.value}\n{public_id}\n{secret}")
        caller = self.key_cache.get(cached_as, now)
        if caller is None:
            caller = await self._load_key_caller(public_id, secret, kind, now, cached_as)
        return caller if caller.address == address else _at(caller, address)

    async def _load_key_caller(
        self, public_id: str, secret: str, kind: KeyKind, now: datetime, cached_as: bytes
    ) -> Caller:
        async with self.db.system() as tx:
            stored = await keys.find_stored_key(tx, public_id, kind)
            refusal = _judge_key(stored, secret, now)
            if refusal is None and stored is not None and _is_stale(stored.key.last_used_at, now):
                await keys.touch_keys(tx, [stored.key.id], now)
        if refusal is not None or stored is None:
            raise refusal or KeyRefused
        key = stored.key
        caller = Caller(
            tenant_id=stored.tenant_id,
            kind="lrs_key" if kind is KeyKind.LRS else "api_key",
            id=str(key.id),
            name=key.name,
            scopes=parse_scopes(key.scopes),
        )
        until = now + timedelta(seconds=KEY_CACHE_SECONDS)
        self.key_cache.put(cached_as, caller, min(until, key.expires_at) if key.expires_at else until)
        return caller


def _check_scopes(kind: KeyKind, scopes: Iterable[Scope] | None) -> frozenset[Scope]:
    wanted = frozenset(scopes or ()) or (LRS_SCOPES if kind is KeyKind.LRS else frozenset())
    if not wanted:
        raise Invalid("Choose at least one right for the key.", field="scopes")
    if kind is KeyKind.LRS and not wanted <= LRS_SCOPES:
        raise Invalid("An LRS key has xapi:read, xapi:write or both.", field="scopes")
    return wanted


def _judge_key(stored: keys.StoredKey | None, secret: str, now: datetime) -> KeyRefused | None:
    # The same comparison is made for an unknown key, so that time does not tell which half was wrong.
    matches = hmac.compare_digest(stored.secret_hash if stored else bytes(32), digest(secret))
    if stored is None:
        return KeyRefused()
    refusal = KeyRefused()
    refusal.tenant_id, refusal.key_id = stored.tenant_id, str(stored.key.id)
    if not matches or stored.key.revoked_at is not None:
        return refusal
    if stored.key.expires_at is not None and stored.key.expires_at <= now:
        return refusal
    return None


def _is_stale(last_used_at: datetime | None, now: datetime) -> bool:
    return last_used_at is None or last_used_at < now - timedelta(minutes=1)


def _at(caller: Caller, address: str) -> Caller:
    return Caller(caller.tenant_id, caller.kind, caller.id, caller.name, caller.scopes, address)
