"""The explorer of xAPI statements."""

from typing import Any
from uuid import UUID

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath

from courseway.console.frame import AnyRequest, Frame
from courseway.console.lists import Choice, read_listing
from courseway.console.looking import read_day, say_agent, say_statement
from courseway.lrs import Service as Lrs
from courseway.lrs import StatementQuery

ADL = "http://adlnet.gov/expapi/verbs/"
VERBS = Choice(
    "verb",
    "Verb",
    tuple(
        (ADL + word, word)
        for word in (
            "initialized",
            "launched",
            "answered",
            "completed",
            "passed",
            "failed",
            "scored",
            "progressed",
            "suspended",
            "resumed",
            "terminated",
            "voided",
        )
    ),
)


@get("/statements")
async def list_statements(
    request: AnyRequest, frame: NamedDependency[Frame], lrs: NamedDependency[Lrs]
) -> Response[str]:
    """List statements, the newest first."""
    listing = read_listing("/statements", dict(request.query_params), (VERBS,))
    query = StatementQuery(
        agent=say_agent(listing.value("agent")),
        verb=listing.value("verb") or None,
        activity=listing.value("activity").strip() or None,
        registration=listing.uuid("registration"),
        since=read_day(listing.value("since")),
        until=read_day(listing.value("until")),
        limit=50,
        after=int(listing.cursor) if listing.cursor.isdigit() else None,
    )
    page = await lrs.list_statements(frame.caller, query)
    context: dict[str, Any] = {"listing": listing, "page": page, "say": say_statement}
    if frame.wants_fragment:
        return frame.fragment("statements/rows.html", **context)
    return frame.page("statements/list.html", here="statements", title="Statements", **context)


@get("/statements/{statement_id:uuid}")
async def show_statement(
    frame: NamedDependency[Frame], lrs: NamedDependency[Lrs], statement_id: FromPath[UUID]
) -> Response[str]:
    """Show one statement whole."""
    found = await lrs.statement(frame.caller, statement_id)
    return frame.page(
        "statements/show.html", here="statements", title="Statement", found=found, line=say_statement(found.statement)
    )


ROUTES = [list_statements, show_statement]
