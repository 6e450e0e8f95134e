"""Keeping statements and answering questions about them."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from courseway.kit.clock import Clock, utc_now
from courseway.kit.db import Database, Tx
from courseway.lrs import store
from courseway.lrs.model import StatementMissing, StatementPage, StatementQuery, StoredStatement
from courseway.standards.xapi import Statement, file_statement
from courseway.tenants import Caller, Scope

STATEMENT_VERSION = "1.0.0"


class Service:
    """One method a user action; a first parameter `tx` means inside the caller's unit of work."""

    def __init__(self, *, db: Database, home_page: str, clock: Clock = utc_now) -> None:
        self._db = db
        self._home_page = home_page
        self._clock = clock

    async def append(self, tx: Tx, statements: Sequence[Statement]) -> None:
        """Keep statements the platform itself made, valid and with ids, in the transaction of what they tell of."""
        if not statements:
            return
        now = self._clock()
        assert tx.tenant_id is not None
        complete = [file_statement(self._completed(one, tx.tenant_id, now)) for one in statements]
        await store.insert_statements(tx, complete, now)

    async def list_statements(self, caller: Caller, query: StatementQuery) -> StatementPage:
        """List statements by keyset; needs xapi:read."""
        caller.require(Scope.XAPI_READ)
        async with self._db.tenant(caller.tenant_id) as tx:
            found = await store.select_statements(tx, query)
        more = len(found) > query.limit
        kept = tuple(found[: query.limit])
        return StatementPage(kept, kept[-1].sequence if more else None)

    async def statement(self, caller: Caller, statement_id: UUID, *, voided: bool = False) -> StoredStatement:
        """Return one statement by its id, a voided one only when asked for as such; StatementMissing otherwise."""
        caller.require(Scope.XAPI_READ)
        async with self._db.tenant(caller.tenant_id) as tx:
            found = await store.find_statement(tx, statement_id)
        if found is None or found.voided is not voided:
            raise StatementMissing
        return found

    def consistent_through(self) -> datetime:
        """Return until when every stored statement is sure to be found: now, for there is one database."""
        return self._clock()

    def _completed(self, statement: Statement, tenant_id: UUID, now: datetime) -> dict[str, Any]:
        authority = {"objectType": "Agent", "account": {"homePage": self._home_page, "name": f"tenant:{tenant_id}"}}
        stored = now.isoformat(timespec="milliseconds").replace("+00:00", "Z")
        return {**statement, "stored": stored, "authority": authority, "version": STATEMENT_VERSION}
