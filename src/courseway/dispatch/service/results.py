"""What comes back from customers' LMSs: receipts and self-tests; and results on their way to postback addresses."""

import secrets
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, NamedTuple
from uuid import UUID

import msgspec

from courseway.dispatch.model.changes import DispatchUserQuery
from courseway.dispatch.model.keys import check_package_key, read_package_tenant, render_postback_signature
from courseway.dispatch.model.refusals import DispatchMissing
from courseway.dispatch.model.values import (
    DispatchUser,
    ReachedState,
    ReceiptEntry,
    ReceiptSent,
    ReceiptsSent,
    SelfTest,
    SelfTestSent,
)
from courseway.dispatch.service.destinations import cursor_id
from courseway.dispatch.service.dispatches import expect_dispatch
from courseway.dispatch.service.launching import TOKEN_PURPOSE
from courseway.dispatch.service.parts import DispatchParts
from courseway.dispatch.store import dispatches as dispatch_store
from courseway.dispatch.store import users as store
from courseway.kit.db import Tx
from courseway.kit.ids import new_id
from courseway.kit.paging import Page, make_page, page_limit
from courseway.kit.tokens import TokenRefused
from courseway.tenants import Caller, Scope

MOST_RECEIPTS = 20
LARGEST_SELF_TEST_BYTES = 16 * 1024
# Letters and digits that nobody confuses when reading them out.
CODE_LETTERS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
RESULT_ENDINGS = ("status", "score.raw", "score.scaled")


class Claims(NamedTuple):
    """Whose launch a token speaks for."""

    tenant_id: UUID
    dispatch_id: UUID
    registration_id: UUID
    launched_at: datetime


class Results(DispatchParts):
    """Take receipts and self-tests in, give learners and receipts out, post results back."""

    async def receive_receipts(self, sent: ReceiptsSent) -> int:
        """Keep what an LMS answered; returns how many receipts were kept. Late and repeated ones do no harm."""
        claims = self._read_token(sent.token)
        receipts = sent.all()[-MOST_RECEIPTS:]
        now = self._clock()
        async with self._db.tenant(claims.tenant_id) as tx:
            for receipt in receipts:
                await store.insert_receipt(tx, _receipt_values(claims, receipt, now))
            await self._note(tx, claims.registration_id, receipts)
            url, _ = await dispatch_store.load_postback(tx, claims.dispatch_id)
            if url and any(_tells_result(receipt) for receipt in receipts):
                await self._queue_postback(tx, claims.tenant_id, claims.dispatch_id, claims.registration_id)
        return len(receipts)

    async def state(self, token: str) -> ReachedState:
        """Tell how far a launch is, to a shell that an LMS's headers keep apart from its player."""
        claims = self._read_token(token)
        async with self._db.tenant(claims.tenant_id) as tx:
            summary = await self._learning.summary(tx, claims.tenant_id, claims.registration_id)
            ended = await store.launch_is_over(tx, claims.registration_id, claims.launched_at)
        return ReachedState(revision=summary.revision, summary=summary, ended=ended)

    async def receive_self_test(self, sent: SelfTestSent, user_agent: str) -> str:
        """Keep what a self-test page found; returns the short code that people quote."""
        tenant_id = read_package_tenant(sent.key)
        code = "".join(secrets.choice(CODE_LETTERS) for _ in range(6))
        results = sent.results if len(msgspec.json.encode(sent.results)) <= LARGEST_SELF_TEST_BYTES else {}
        async with self._db.tenant(tenant_id) as tx:
            ground = await dispatch_store.load_ground(tx, sent.dispatch_id)
            if ground is None:
                raise DispatchMissing
            check_package_key(sent.key, tenant_id, sent.dispatch_id, ground.key)
            values = {
                "id": new_id(),
                "dispatch_id": sent.dispatch_id,
                "code": code,
                "results": results,
                "user_agent": user_agent[:300],
                "now": self._clock(),
            }
            await store.insert_self_test(tx, values)
        return code

    async def users(
        self, caller: Caller, dispatch_id: UUID, query: DispatchUserQuery | None = None
    ) -> Page[DispatchUser]:
        """List a dispatch's learners with their status here, and what their LMS took and when."""
        caller.require(Scope.DISPATCH_READ)
        query = query or DispatchUserQuery()
        limit = page_limit(query.limit)
        before = cursor_id(query.cursor)
        async with self._db.tenant(caller.tenant_id) as tx:
            await expect_dispatch(tx, dispatch_id)
            found = await store.find_users(tx, dispatch_id, query, before, limit + 1)
        return make_page(found, limit, lambda user: (user.id,))

    async def receipts(self, caller: Caller, registration_id: UUID, limit: int = 100) -> tuple[ReceiptEntry, ...]:
        """List what the LMS answered for one registration, newest first, at most 100."""
        caller.require(Scope.DISPATCH_READ)
        async with self._db.tenant(caller.tenant_id) as tx:
            return tuple(await store.find_receipts(tx, registration_id, page_limit(limit)))

    async def self_tests(
        self, caller: Caller, *, dispatch_id: UUID | None = None, code: str = ""
    ) -> tuple[SelfTest, ...]:
        """List self-tests of a dispatch, or those with a quoted code, newest first."""
        caller.require(Scope.DISPATCH_READ)
        async with self._db.tenant(caller.tenant_id) as tx:
            return tuple(await store.find_self_tests(tx, dispatch_id, code.strip().upper(), 100))

    async def post_back(self, tenant_id: UUID, dispatch_id: UUID, registration_id: UUID) -> bool:
        """Post a registration's newest result; False when there is no address any more. Raises when it was not taken."""
        async with self._db.tenant(tenant_id) as tx:
            url, secret = await dispatch_store.load_postback(tx, dispatch_id)
            if not url:
                return False
            registration = await self._learning.registration(tx, tenant_id, registration_id)
        now = self._clock()
        body = msgspec.json.encode(
            {
                "event": "registration.changed",
                "dispatch_id": dispatch_id,
                "registration_id": registration_id,
                "course_id": registration.course_id,
                "learner_id": registration.learner.external_id.partition(":")[2],
                "instance": registration.instance,
                "revision": registration.summary.revision,
                "result": registration.summary,
                "sent_at": now,
            }
        )
        signature = render_postback_signature(secret, int(now.timestamp()), body)
        headers = {"Content-Type": "application/json", "Courseway-Signature": signature}
        await self._outgoing.post(url, body, headers)
        return True

    async def _note(self, tx: Tx, registration_id: UUID, receipts: tuple[ReceiptSent, ...]) -> None:
        """Tell the learning room the newest revision that was taken, and why a later one was not."""
        taken = [receipt.revision for receipt in receipts if receipt.ok]
        if taken:
            await self._learning.take_receipt(tx, registration_id, revision=max(taken), ok=True)
        if receipts and not receipts[-1].ok:
            last = receipts[-1]
            await self._learning.take_receipt(
                tx, registration_id, revision=last.revision, ok=False, error=last.error[:200] or "refused"
            )

    def _read_token(self, token: str) -> Claims:
        claims = self._signer.check(TOKEN_PURPOSE, token, self._clock())
        try:
            launched_at = datetime.fromtimestamp(claims["s"], UTC)
            return Claims(UUID(claims["t"]), UUID(claims["d"]), UUID(claims["r"]), launched_at)
        except (KeyError, ValueError, TypeError) as error:
            raise TokenRefused from error


def _tells_result(receipt: ReceiptSent) -> bool:
    return any(element.endswith(RESULT_ENDINGS) for element in receipt.values)


def _receipt_values(claims: Claims, receipt: ReceiptSent, now: datetime) -> Mapping[str, Any]:
    # The marker in suspend data is ours; what matters of a receipt is the result.
    values = {name: text[:300] for name, text in receipt.values.items() if not name.endswith("suspend_data")}
    return {
        "id": new_id(),
        "dispatch_id": claims.dispatch_id,
        "registration_id": claims.registration_id,
        "revision": receipt.revision,
        "ok": receipt.ok,
        "error": receipt.error[:300],
        "diagnostic": receipt.diagnostic[:1000],
        "values": values,
        "now": now,
    }
