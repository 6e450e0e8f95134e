"""Signing in and out, sessions, one's own password, and switching between tenants."""

import secrets
from datetime import datetime, timedelta
from uuid import UUID

from courseway.errors import NotFound
from courseway.kit.db import Tx
from courseway.tenants.model import (
    ATTEMPT_WINDOW,
    Caller,
    Membership,
    Session,
    SessionEnded,
    SignedIn,
    SignInLocked,
    SignInRefused,
    check_attempts,
    check_password,
    digest,
    is_loopback,
)
from courseway.tenants.service.parts import Parts
from courseway.tenants.store import people, sessions
from courseway.tenants.store.trail import record


class SignIn(Parts):
    """Everything about one's own way in."""

    async def sign_in(
        self, email: str, password: str, *, address: str = "", user_agent: str = "", previous_token: str = ""
    ) -> SignedIn:
        """
        Start a session of 24 hours in the tenant joined first; the previous session of this browser ends.

        SignInRefused for a wrong address or password (the same answer in the same time for both);
        SignInLocked after too many failures, before the password is looked at.
        """
        attempt = await self._begin_attempt(email.strip(), address)
        async with self.db.system() as tx:
            account = await people.find_account(tx, email.strip())
        right = await self.passwords.verify(password, account.password_hash if account else None)
        if not right or account is None or account.disabled:
            await self._note_refused(account, address, "wrong password")
            raise SignInRefused
        async with self.db.system() as tx:
            await sessions.mark_attempt(tx, attempt)
            memberships = await people.find_memberships(tx, account.id)
            if not memberships:
                raise SignInRefused("This account belongs to no tenant any more. Ask an owner to add you again.")
            if previous_token:
                await sessions.delete_session(tx, digest(previous_token))
            return await self._start(tx, account, memberships[0], address, user_agent, "session.started")

    async def sign_out(self, caller: Caller) -> None:
        """End the session this request came with."""
        async with self.db.system() as tx:
            if await sessions.delete_session(tx, caller.session_hash):
                await record(tx, caller, "session.ended", "user", caller.id, caller.name)

    async def find_session(self, token: str, address: str = "") -> Caller:
        """Return the caller of a session cookie; SessionEnded when it is unknown, expired or revoked."""
        async with self.db.system() as tx:
            caller = await sessions.find_session_caller(tx, digest(token), self.clock(), address)
        if caller is None:
            raise SessionEnded
        return caller

    async def list_sessions(self, caller: Caller) -> list[Session]:
        """List one's own live sessions."""
        account_id = _own_account(caller)
        async with self.db.system() as tx:
            return await sessions.find_sessions(tx, account_id, self.clock(), caller.session_hash)

    async def revoke_session(self, caller: Caller, session_id: str) -> None:
        """End one of one's own sessions, named as the list shows it."""
        account_id = _own_account(caller)
        if len(session_id) != 24 or not session_id.isalnum():
            raise NotFound("No such session.")
        async with self.db.system() as tx:
            if not await sessions.delete_session_by_prefix(tx, account_id, session_id):
                raise NotFound("No such session.")
            await record(tx, caller, "session.revoked", "session", session_id)

    async def revoke_other_sessions(self, caller: Caller) -> int:
        """End every other session of one's own; returns how many."""
        account_id = _own_account(caller)
        async with self.db.system() as tx:
            ended = await sessions.delete_other_sessions(tx, account_id, caller.session_hash)
            await record(tx, caller, "session.others_revoked", "user", caller.id, caller.name, detail={"count": ended})
        return ended

    async def change_password(self, caller: Caller, current: str, new: str) -> None:
        """Change one's own password; every other session ends. SignInRefused when the current one is wrong."""
        account_id = _own_account(caller)
        async with self.db.system() as tx:
            account = await people.load_account(tx, account_id)
        if account is None:
            raise SessionEnded
        check_password(new, account.email)
        attempt = await self._begin_attempt(account.email, caller.address)
        if not await self.passwords.verify(current, account.password_hash):
            raise SignInRefused("The current password is not right.")
        password_hash = await self.passwords.hash(new)
        async with self.db.system() as tx:
            await sessions.mark_attempt(tx, attempt)
            await people.update_password(tx, account_id, password_hash)
            await sessions.delete_other_sessions(tx, account_id, caller.session_hash)
            await record(tx, caller, "user.password_changed", "user", caller.id, caller.name)

    async def list_memberships(self, caller: Caller) -> list[Membership]:
        """List the tenants one may switch to."""
        account_id = _own_account(caller)
        async with self.db.system() as tx:
            return await people.find_memberships(tx, account_id)

    async def switch_tenant(self, caller: Caller, tenant_id: UUID, *, user_agent: str = "") -> SignedIn:
        """Start a session in another tenant of the same account in place of this one; NotFound when it is not one's own."""
        account_id = _own_account(caller)
        async with self.db.system() as tx:
            memberships = await people.find_memberships(tx, account_id)
            account = await people.load_account(tx, account_id)
            chosen = next((m for m in memberships if m.tenant_id == tenant_id), None)
            if chosen is None or account is None:
                raise NotFound("No such tenant, or you are not one of its users.")
            await sessions.delete_session(tx, caller.session_hash)
            return await self._start(tx, account, chosen, caller.address, user_agent, "session.switched")

    async def delete_expired(self) -> None:
        """Drop sessions that have ended and attempts nobody counts any more (run daily)."""
        async with self.db.system() as tx:
            await sessions.delete_expired(tx, self.clock())

    async def _begin_attempt(self, email: str, address: str) -> int:
        now = self.clock()
        async with self.db.system() as tx:
            number, by_email, by_address = await sessions.insert_attempt(tx, email, address, now, now - ATTEMPT_WINDOW)
            # Behind a proxy that does not say for whom it asks everybody has this machine's address.
            locked = _locked(by_email, 0 if is_loopback(address) else by_address)
            if locked is not None:
                # Looking at a locked door does not lengthen the lock: only attempts that were checked count.
                await sessions.delete_attempt(tx, number)
        if locked is not None:
            await self._note_locked(email, address, now)
            raise locked
        return number

    async def _note_locked(self, email: str, address: str, now: datetime) -> None:
        if self.refusals_each.admit(f"{email.lower()} locked", now) is None:
            return  # many who knock on a locked door must not fill the trail
        async with self.db.system() as tx:
            account = await people.find_account(tx, email)
        await self._note_refused(account, address, "too many attempts")

    async def _note_refused(self, account: people.Account | None, address: str, reason: str) -> None:
        if account is None:
            return
        async with self.db.system() as tx:
            for membership in await people.find_memberships(tx, account.id):
                actor = Caller(membership.tenant_id, "unknown", "", account.email, frozenset(), address)
                detail = {"reason": reason}
                await record(tx, actor, "session.start", "user", membership.user_id, account.email, "refused", detail)

    async def _start(
        self, tx: Tx, account: people.Account, membership: Membership, address: str, user_agent: str, action: str
    ) -> SignedIn:
        now = self.clock()
        token, csrf_token = secrets.token_urlsafe(32), secrets.token_urlsafe(24)
        new = sessions.NewSession(
            id_hash=digest(token),
            tenant_id=membership.tenant_id,
            account_id=account.id,
            user_id=membership.user_id,
            csrf_token=csrf_token,
            now=now,
            expires_at=now + timedelta(seconds=self.session_seconds),
            user_agent=user_agent,
            address=address,
        )
        await sessions.insert_session(tx, new)
        name = account.name or account.email
        actor = Caller(membership.tenant_id, "user", str(membership.user_id), name, frozenset(), address)
        await record(tx, actor, action, "user", membership.user_id, account.email)
        return SignedIn(
            token=token,
            csrf_token=csrf_token,
            expires_at=new.expires_at,
            tenant_id=membership.tenant_id,
            tenant_name=membership.tenant_name,
            user_id=membership.user_id,
            email=account.email,
            name=account.name,
            role=membership.role,
        )


def _own_account(caller: Caller) -> UUID:
    if caller.account_id is None:
        raise SessionEnded("This needs a person who is signed in, not a key.")
    return caller.account_id


def _locked(by_email: int, by_address: int) -> SignInLocked | None:
    try:
        check_attempts(by_email, by_address)
    except SignInLocked as refusal:
        return refusal
    return None
