"""Lists by cursor: 50 rows unless asked otherwise, 100 at most. A cursor is opaque to callers and carries sort keys only."""

import base64
import binascii
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from courseway.errors import Invalid

DEFAULT_LIMIT = 50
GREATEST_LIMIT = 100

T = TypeVar("T")


@dataclass(frozen=True)
class Page(Generic[T]):
    """A page of a list; `next_cursor` is None on the last."""

    items: tuple[T, ...]
    next_cursor: str | None = None


def page_limit(limit: int | None) -> int:
    """Return how many rows a page has; refuses sizes below 1 and above 100."""
    if limit is None:
        return DEFAULT_LIMIT
    if not 1 <= limit <= GREATEST_LIMIT:
        raise Invalid(f"limit is between 1 and {GREATEST_LIMIT}, not {limit}")
    return limit


def encode_cursor(*keys: Any) -> str:
    """Pack the sort keys of a page's last row."""
    return base64.urlsafe_b64encode(json.dumps(keys, default=str).encode()).decode().rstrip("=")


def decode_cursor(cursor: str, count: int) -> list[Any]:
    """Unpack a cursor of `count` keys; Invalid when it is not one of ours."""
    try:
        keys = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except (ValueError, binascii.Error):
        raise Invalid("cursor is not one that this list gave out; start again without it") from None
    if not isinstance(keys, list) or len(keys) != count:
        raise Invalid("cursor is not one that this list gave out; start again without it")
    return keys


def make_page(rows: Sequence[T], limit: int, keys: Callable[[T], Sequence[Any]]) -> Page[T]:
    """Make a page of `limit` rows from a query that asked for one more."""
    if len(rows) <= limit:
        return Page(tuple(rows))
    return Page(tuple(rows[:limit]), encode_cursor(*keys(rows[limit - 1])))
