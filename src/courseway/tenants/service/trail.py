"""Reading the audit trail, and writing refused attempts into it without letting them fill the disk."""

from dataclasses import dataclass

import structlog

from courseway.errors import Kind, Refusal
from courseway.kit.paging import Page, make_page, page_limit
from courseway.tenants.model import (
    AuditEvent,
    AuditQuery,
    Caller,
    KeyRefused,
    Scope,
    SignInLocked,
    SignInRefused,
    safe_path,
)
from courseway.tenants.service.parts import Parts, cursor_id
from courseway.tenants.store import trail

log = structlog.get_logger(__name__)
RECORDED_KINDS = frozenset({Kind.UNAUTHENTICATED, Kind.FORBIDDEN, Kind.NOT_FOUND, Kind.TOO_MANY})


@dataclass(frozen=True)
class Attempt:
    """A request that was refused, as the web edge saw it."""

    refusal: Refusal
    method: str
    path: str
    address: str = ""
    caller: Caller | None = None


class AuditTrail(Parts):
    """The audit trail."""

    async def list_audit(self, caller: Caller, query: AuditQuery | None = None) -> Page[AuditEvent]:
        """List what was done and what was refused, the newest first."""
        caller.require(Scope.ADMIN)
        query = query or AuditQuery()
        size = page_limit(query.limit)
        before = cursor_id(query.cursor)
        async with self.db.tenant(caller.tenant_id) as tx:
            events = await trail.find_events(tx, query, before, size + 1)
        return make_page(events, size, lambda event: [event.id])

    async def record_refusal(self, attempt: Attempt) -> None:
        """
        Write a refused attempt in a transaction of its own; never raises.

        Held to a burst of 20 and then two a minute for each caller and reason, and to 300 and then one a second in
        this process. What was held back is counted in the next event that is written (`held_back`).
        """
        # What sign_in refuses it writes itself, into every tenant of the account that it was tried on.
        if attempt.refusal.kind not in RECORDED_KINDS or isinstance(attempt.refusal, SignInRefused | SignInLocked):
            return
        try:
            await self._record_refusal(attempt)
        except Refusal:
            log.warning("audit.not_written", code=attempt.refusal.code)

    async def _record_refusal(self, attempt: Attempt) -> None:
        now, refusal, caller = self.clock(), attempt.refusal, attempt.caller
        held = self.refusals_each.admit(f"{caller.id if caller else attempt.address} {refusal.code}", now)
        if held is None or self.refusals_all.admit("", now) is None:
            return
        pretended = refusal if isinstance(refusal, KeyRefused) else None
        tenant_id = caller.tenant_id if caller else pretended.tenant_id if pretended else None
        event = {
            "tenant_id": tenant_id,
            "actor_kind": caller.kind if caller else "unknown",
            "actor_id": caller.id if caller else "",
            "actor_name": caller.name if caller else "",
            "action": refusal.code,
            "target_kind": "key" if pretended and pretended.key_id else "request",
            "target_id": pretended.key_id if pretended else "",
            "target_name": f"{attempt.method} {safe_path(attempt.path)}",
            "outcome": "refused",
            "address": attempt.address,
        }
        detail = {"reason": refusal.detail, **({"held_back": held} if held else {})}
        async with self.db.system() as tx:
            await trail.insert_refusal(tx, event, detail)
