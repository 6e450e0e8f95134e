"""What a launch's page shows, of a registration's launch and of a preview alike: decisions, calls, and what narrows them."""

from typing import Any
from uuid import UUID

from courseway.console.frame import AnyRequest, Frame
from courseway.console.lists import Choice, Listing, read_listing
from courseway.console.looking import FAILED_FIRST, FAILED_ONLY, METHODS, say_calls
from courseway.learning import CallQuery, LaunchDetail, NavigationRecord, cut, explain
from courseway.learning import Service as Learning

CALLS_PER_PAGE = 100
UNFOLDED = 12
"""How many decisions of a navigation are shown before the rest is folded."""

MOST_MOVES = 50
CHOICES = (
    Choice("method", "Call", tuple((one, one) for one in METHODS)),
    Choice("only", "Show", ((FAILED_ONLY, "failures only"),)),
    Choice("order", "Order", ((FAILED_FIRST, "errors first"),)),
)


async def read_launch(request: AnyRequest, frame: Frame, learning: Learning, launch_id: UUID) -> dict[str, Any]:
    """Read a launch for its page; for htmx, its calls alone."""
    listing = read_listing(frame.path, dict(request.query_params), CHOICES)
    detail = await learning.launch(frame.caller, launch_id)
    context = {"listing": listing, "detail_of_launch": detail, **await _calls(frame, learning, listing, detail)}
    if frame.wants_fragment:
        return context
    navigations = await learning.navigations(frame.caller, launch_id)
    shown = navigations if listing.value("moves") == "all" else navigations[:MOST_MOVES]
    moves = [_move(one, detail) for one in shown]
    return {**context, "moves": moves, "moves_left": len(navigations) - len(shown)}


async def _calls(frame: Frame, learning: Learning, listing: Listing, detail: LaunchDetail) -> dict[str, Any]:
    offset = int(listing.cursor) if listing.cursor.isdecimal() and len(listing.cursor) < 9 else 0
    query = CallQuery(
        element=listing.search,
        method=listing.value("method"),
        failed=listing.value("only") == FAILED_ONLY,
        errors_first=listing.value("order") == FAILED_FIRST,
        offset=offset,
        limit=CALLS_PER_PAGE + 1,
    )
    found = await learning.call_lines(frame.caller, detail.launch.id, query)
    more = offset + CALLS_PER_PAGE if len(found) > CALLS_PER_PAGE else None
    return {"lines": say_calls(found[:CALLS_PER_PAGE], detail.standard), "offset": offset, "more": more}


def _move(navigation: NavigationRecord, detail: LaunchDetail) -> dict[str, Any]:
    explained = explain(navigation, detail.activities)
    head, rest = cut(explained.processes, UNFOLDED)
    # A few more are no reason to fold.
    if sum(len(one.reasons) for one in rest) <= UNFOLDED // 4:
        head, rest = list(explained.processes), []
    return {"record": navigation, "said": explained, "head": head, "rest": rest}
