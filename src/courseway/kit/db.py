"""
PostgreSQL: one pool, units of work, and the first of the two locks that keep tenants apart.

What lives here: opening transactions for one tenant or for the platform, and running SQL in them.
What does not: any table or product word. Rows come back as dicts; stores turn them into model values.

The first lock: inside a tenant's unit of work every statement must name `%(tenant_id)s`, which is bound here and
cannot be given by the caller. The second is row-level security, switched on by the session setting
`courseway.tenant` that every transaction starts with.
"""

import functools
import re
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any, LiteralString
from uuid import UUID

import psycopg
from psycopg import AsyncConnection, AsyncCursor
from psycopg.rows import DictRow, dict_row
from psycopg_pool import AsyncConnectionPool, PoolTimeout

from courseway.errors import Invalid, Kind, Refusal

Row = dict[str, Any]
Params = Mapping[str, Any]


class DatabaseUnavailable(Refusal):
    """The database does not answer right now; try again in a moment."""

    kind, code, title = Kind.UNAVAILABLE, "database.unavailable", "The database is not available"


class MissingTenant(AssertionError):
    """A statement inside a tenant's unit of work does not name its tenant."""


@functools.lru_cache(maxsize=4096)
def names_tenant(sql: str) -> bool:
    """Tell whether a statement binds the tenant."""
    return re.search(r"%\(tenant_id\)[sb]", sql) is not None


class Tx:
    """A unit of work: SQL in one transaction. Commits when its block ends, rolls back when it raises."""

    def __init__(self, connection: AsyncConnection[DictRow], tenant_id: UUID | None) -> None:
        self.connection = connection
        self.tenant_id = tenant_id

    async def _execute(self, sql: LiteralString, params: Params | None) -> AsyncCursor[DictRow]:
        bound: dict[str, Any] = dict(params or {})
        if self.tenant_id is not None:
            if not names_tenant(sql):
                raise MissingTenant(sql)
            bound["tenant_id"] = self.tenant_id
        return await self.connection.execute(sql, bound)

    async def rows(self, sql: LiteralString, params: Params | None = None) -> list[Row]:
        """Return every row."""
        return await (await self._execute(sql, params)).fetchall()

    async def row(self, sql: LiteralString, params: Params | None = None) -> Row | None:
        """Return the first row or None."""
        return await (await self._execute(sql, params)).fetchone()

    async def one(self, sql: LiteralString, params: Params | None = None) -> Row:
        """Return the only row; a missing row is a defect, not a refusal."""
        row = await self.row(sql, params)
        if row is None:
            raise LookupError("a statement that always answers gave no row")
        return row

    async def run(self, sql: LiteralString, params: Params | None = None) -> int:
        """Execute and return the number of rows touched."""
        return (await self._execute(sql, params)).rowcount


class Database:
    """The pool, and the two ways into it."""

    def __init__(self, url: str, *, min_size: int, max_size: int, timeout_seconds: float = 10.0) -> None:
        self.url = url
        self._pool: AsyncConnectionPool[AsyncConnection[DictRow]] = AsyncConnectionPool(
            url,
            min_size=min_size,
            max_size=max_size,
            timeout=timeout_seconds,
            open=False,
            kwargs={"row_factory": dict_row, "autocommit": True, "application_name": "courseway"},
            check=None,
        )

    async def open(self) -> None:
        """Connect; raises DatabaseUnavailable when nothing answers in time."""
        try:
            await self._pool.open(wait=True)
        except PoolTimeout as error:
            raise DatabaseUnavailable from error

    async def close(self) -> None:
        """Give all connections back."""
        await self._pool.close()

    @asynccontextmanager
    async def tenant(self, tenant_id: UUID) -> AsyncIterator[Tx]:
        """Open a unit of work that sees one tenant's rows and no other's."""
        async with self._transaction(f"SET LOCAL courseway.tenant = '{UUID(str(tenant_id))}'") as connection:
            yield Tx(connection, tenant_id)

    @asynccontextmanager
    async def system(self) -> AsyncIterator[Tx]:
        """
        Open a unit of work for the platform itself, across tenants.

        For what must happen before the tenant is known (sign-in, looking up a key) and for housekeeping.
        A test lists every caller.
        """
        async with self._transaction("SET LOCAL courseway.scope = 'system'") as connection:
            yield Tx(connection, None)

    @asynccontextmanager
    async def _transaction(self, scope: str) -> AsyncIterator[AsyncConnection[DictRow]]:
        try:
            async with self._pool.connection() as connection:
                # One round trip: the transaction, its role without bypass, and its tenant.
                await connection.execute(f"BEGIN; SET LOCAL ROLE courseway_app; {scope}".encode())
                try:
                    yield connection
                except BaseException:
                    if not connection.closed:
                        await connection.execute(b"ROLLBACK")
                    raise
                await connection.execute(b"COMMIT")
        except PoolTimeout as error:
            raise DatabaseUnavailable from error
        except psycopg.OperationalError as error:
            if is_lost(error):
                raise DatabaseUnavailable from error
            raise
        except psycopg.DataError as error:
            if holds_unkept_text(error):
                raise Invalid("A text holds a character that cannot be kept: NUL or half of a pair.") from error
            raise

    async def ping(self, timeout_seconds: float = 2.0) -> None:
        """Ask the server a trivial question; raises when it does not answer in time."""
        async with self._pool.connection(timeout=timeout_seconds) as connection:
            await connection.execute(b"SELECT 1")


def is_lost(error: psycopg.OperationalError) -> bool:
    """Tell a lost or refused connection from an error of the statement (deadlock, serialization)."""
    return error.sqlstate is None or error.sqlstate[:2] in {"08", "57", "53"}


def holds_unkept_text(error: psycopg.DataError) -> bool:
    """Tell text that PostgreSQL cannot keep (NUL, lone surrogates: the sender's mistake) from a defect of ours."""
    return (error.sqlstate is None and "NUL" in str(error)) or error.sqlstate in {"22021", "22P05"}
