"""The audit trail: what was done, by whom, and what was refused."""

from typing import Any

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.response import Stream

from courseway.console.exports import as_csv, every
from courseway.console.frame import AnyRequest, Frame
from courseway.console.lists import Choice, Listing, read_listing
from courseway.tenants import AuditEvent, AuditQuery
from courseway.tenants import Service as Tenants

OUTCOME = Choice("outcome", "Outcome", (("done", "done"), ("refused", "refused")))
KINDS = {
    "course": "/courses/",
    "dispatch": "/dispatches/",
    "destination": "/destinations/",
    "registration": "/registrations/",
}


def _query(listing: Listing, cursor: str | None = None, limit: int | None = None) -> AuditQuery:
    return AuditQuery(
        action=listing.value("action").strip(),
        target_id=listing.value("target").strip(),
        outcome=listing.value("outcome"),
        actor=listing.search,
        cursor=(listing.cursor if cursor is None else cursor) or None,
        limit=limit,
    )


@get("/activity")
async def list_activity(
    request: AnyRequest, frame: NamedDependency[Frame], tenants: NamedDependency[Tenants]
) -> Response[str]:
    """List the audit trail, the newest first."""
    listing = read_listing("/activity", dict(request.query_params), (OUTCOME,))
    page = await tenants.list_audit(frame.caller, _query(listing))
    if frame.wants_fragment:
        return frame.fragment("activity/rows.html", listing=listing, page=page, kinds=KINDS)
    return frame.page("activity/list.html", here="activity", title="Activity", listing=listing, page=page, kinds=KINDS)


@get("/activity.csv")
async def export_activity(
    request: AnyRequest, frame: NamedDependency[Frame], tenants: NamedDependency[Tenants]
) -> Stream:
    """Download the audit trail as it is narrowed."""
    listing = read_listing("/activity", dict(request.query_params), (OUTCOME,))
    heads = ("At", "Actor", "Kind of actor", "Action", "Outcome", "Target", "Target id", "Address")

    def row(one: AuditEvent) -> tuple[Any, ...]:
        return (
            one.at,
            one.actor_name,
            one.actor_kind,
            one.action,
            one.outcome,
            one.target_name,
            one.target_id,
            one.address,
        )

    rows = every(lambda cursor: tenants.list_audit(frame.caller, _query(listing, cursor, 100)))
    return as_csv("activity", heads, rows, row)


ROUTES = [list_activity, export_activity]
