"""What is asked of the store of statements and what it answers, as values. Nothing here reads or writes."""

from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from courseway.errors import Invalid, NotFound

GREATEST_LIMIT = 500
DEFAULT_LIMIT = 100


class StatementMissing(NotFound):
    """There is no statement with this id, or it is not yours."""

    code, title = "lrs.statement_not_found", "No such statement"


class QueryRefused(Invalid):
    """This query is not one the xAPI knows."""

    code, title = "lrs.query_invalid", "The query is not valid"


class StoredStatement(msgspec.Struct, frozen=True, kw_only=True):
    """One statement as stored: `statement` is complete, with stored, authority and version."""

    id: UUID
    sequence: int
    verb: str
    activity: str
    registration: UUID | None
    timestamp: datetime
    stored: datetime
    voided: bool
    statement: dict[str, Any]


class StatementQuery(msgspec.Struct, frozen=True, kw_only=True):
    """
    Which statements are wanted; None means any. [xAPI Communication 2.1.3]

    `since` (exclusive) and `until` (inclusive) look at when a statement was stored. `after` is the sequence number of
    the last one already seen, in the direction of the list.
    """

    agent: dict[str, Any] | None = None
    verb: str | None = None
    activity: str | None = None
    registration: UUID | None = None
    since: datetime | None = None
    until: datetime | None = None
    ascending: bool = False
    limit: int = DEFAULT_LIMIT
    after: int | None = None


class StatementPage(msgspec.Struct, frozen=True):
    """A page of statements; `next_after` is None on the last."""

    statements: tuple[StoredStatement, ...]
    next_after: int | None = None


def page_limit(asked: int | None) -> int:
    """Return how many statements a page has; none and 0 leave it to the server. [xAPI Communication 2.1.3]"""
    if asked is not None and asked < 0:
        raise QueryRefused(f"limit is 0 or more, not {asked}")
    return min(asked or DEFAULT_LIMIT, GREATEST_LIMIT)
