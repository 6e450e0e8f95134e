"""Lists as CSV files: every page of a list, one after the other, sent as it is read."""

import csv
import io
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from datetime import datetime
from typing import Any, TypeVar

from litestar.response import Stream

from courseway.kit.paging import Page

T = TypeVar("T")
MOST_PAGES = 1000


async def every(fetch: Callable[[str], Awaitable[Page[T]]]) -> AsyncIterator[T]:
    """Yield every row of a list that is fetched by cursor."""
    cursor = ""
    for _ in range(MOST_PAGES):
        page = await fetch(cursor)
        for item in page.items:
            yield item
        if not page.next_cursor:
            return
        cursor = page.next_cursor


def as_csv(name: str, heads: Sequence[str], items: AsyncIterator[T], row: Callable[[T], Sequence[Any]]) -> Stream:
    """Answer with a CSV file of one row an item."""

    async def lines() -> AsyncIterator[bytes]:
        # The mark tells spreadsheets that this is UTF-8.
        yield b"\xef\xbb\xbf" + render_line(heads)
        async for item in items:
            yield render_line(row(item))

    headers = {"Content-Disposition": f'attachment; filename="{name}.csv"', "Cache-Control": "no-store"}
    return Stream(lines(), media_type="text/csv; charset=utf-8", headers=headers)


def render_line(cells: Sequence[Any]) -> bytes:
    """Render one row; moments in ISO 8601, and nothing a spreadsheet would run as a formula."""
    buffer = io.StringIO()
    csv.writer(buffer, lineterminator="\r\n").writerow([_cell(value) for value in cells])
    return buffer.getvalue().encode()


def _cell(value: Any) -> str | int | float:
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.isoformat(timespec="seconds")
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int | float):
        return value
    text = str(value)
    return f"'{text}" if text[:1] in {"=", "+", "-", "@", "\t", "\r"} else text
