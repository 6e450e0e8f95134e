"""Destinations: the customers' LMSs."""

from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery
from litestar.response import Redirect, Stream

from courseway.console.exports import as_csv, every
from courseway.console.forms import Form, read_form
from courseway.console.frame import AnyRequest, Frame
from courseway.console.lists import Choice, Listing, read_listing
from courseway.dispatch import Destination, DestinationChanges, DestinationQuery, DispatchQuery, NewDestination
from courseway.dispatch import Service as Dispatches
from courseway.errors import Refusal
from courseway.kit.clock import utc_now

STATE = Choice("state", "State", (("deleted", "In the bin"),))


def _listing(request: AnyRequest) -> Listing:
    return read_listing("/destinations", dict(request.query_params), (STATE,), "newest")


def _query(listing: Listing, cursor: str | None = None, limit: int | None = None) -> DestinationQuery:
    return DestinationQuery(
        search=listing.search,
        deleted=listing.value("state") == "deleted",
        by_name=listing.sort == "name",
        cursor=listing.cursor if cursor is None else cursor,
        limit=limit,
    )


@get("/destinations")
async def list_destinations(
    request: AnyRequest, frame: NamedDependency[Frame], dispatch: NamedDependency[Dispatches]
) -> Response[str]:
    """List destinations."""
    listing = _listing(request)
    page = await dispatch.list_destinations(frame.caller, _query(listing))
    if frame.wants_fragment:
        return frame.fragment("destinations/rows.html", listing=listing, page=page)
    return frame.page("destinations/list.html", here="destinations", title="Destinations", listing=listing, page=page)


@get("/destinations.csv")
async def export_destinations(
    request: AnyRequest, frame: NamedDependency[Frame], dispatch: NamedDependency[Dispatches]
) -> Stream:
    """Download the list as it is narrowed."""
    listing = _listing(request)
    heads = ("Name", "Dispatches", "Owner", "Origins", "Learner ids hashed", "Tags", "Created", "Id")

    def row(one: Destination) -> tuple[Any, ...]:
        said = (" ".join(one.lms_origins), one.hash_learners, ", ".join(one.tags))
        return (one.name, one.dispatch_count, one.owner_email, *said, one.created_at, one.id)

    rows = every(lambda cursor: dispatch.list_destinations(frame.caller, _query(listing, cursor, 100)))
    return as_csv("destinations", heads, rows, row)


def _read(form: Form) -> NewDestination:
    return NewDestination(
        name=form.text("name", required="Name the customer, or their LMS.", longest=200),
        lms_origins=form.words("lms_origins"),
        owner_email=form.text("owner_email", longest=254),
        tags=form.words("tags"),
        notes=form.text("notes", longest=5000),
        hash_learners=form.flag("hash_learners"),
    )


@get("/destinations/new")
async def new_destination(frame: NamedDependency[Frame], back: FromQuery[str] = "") -> Response[str]:
    """Show the form of a new destination."""
    return frame.page(
        "destinations/form.html",
        here="destinations",
        title="New destination",
        form=Form({"back": back}),
        destination=None,
    )


@post("/destinations/new", status_code=200)
async def create_destination(
    request: AnyRequest, frame: NamedDependency[Frame], dispatch: NamedDependency[Dispatches]
) -> Response[Any]:
    """Make a destination; then its page, or back to the dispatch that wanted it."""
    form = read_form((await request.form()).multi_items())
    new = _read(form)
    if not form.wrong:
        try:
            made = await dispatch.create_destination(frame.caller, new)
            place = (
                f"/dispatches/new?destination={made.id}" if form["back"] == "dispatch" else f"/destinations/{made.id}"
            )
            return frame.go(place, f"“{made.name}” is made.")
        except Refusal as refusal:
            form.refuse(refusal)
    return frame.page(
        "destinations/form.html", here="destinations", title="New destination", status=400, form=form, destination=None
    )


@get("/destinations/{destination_id:uuid}")
async def show_destination(
    request: AnyRequest,
    frame: NamedDependency[Frame],
    dispatch: NamedDependency[Dispatches],
    destination_id: FromPath[UUID],
) -> Response[str]:
    """Show a destination with its dispatches."""
    destination = await dispatch.destination(frame.caller, destination_id)
    listing = read_listing(f"/destinations/{destination_id}", dict(request.query_params))
    page = await dispatch.list_dispatches(
        frame.caller, DispatchQuery(destination_id=destination_id, search=listing.search, cursor=listing.cursor)
    )
    return frame.page(
        "destinations/show.html",
        here="destinations",
        title=destination.name,
        destination=destination,
        listing=listing,
        page=page,
        now=utc_now(),
    )


@get("/destinations/{destination_id:uuid}/edit")
async def edit_destination(
    frame: NamedDependency[Frame], dispatch: NamedDependency[Dispatches], destination_id: FromPath[UUID]
) -> Response[str]:
    """Show the form of a destination."""
    one = await dispatch.destination(frame.caller, destination_id)
    values = {"name": one.name, "owner_email": one.owner_email, "notes": one.notes, "tags": ", ".join(one.tags)}
    values |= {"lms_origins": "\n".join(one.lms_origins), "hash_learners": "yes" if one.hash_learners else ""}
    return frame.page(
        "destinations/form.html", here="destinations", title=f"Edit {one.name}", form=Form(values), destination=one
    )


@post("/destinations/{destination_id:uuid}/edit", status_code=200)
async def update_destination(
    request: AnyRequest,
    frame: NamedDependency[Frame],
    dispatch: NamedDependency[Dispatches],
    destination_id: FromPath[UUID],
) -> Response[Any]:
    """Change a destination."""
    form = read_form((await request.form()).multi_items())
    new = _read(form)
    if not form.wrong:
        changes = DestinationChanges(
            name=new.name,
            lms_origins=new.lms_origins,
            owner_email=new.owner_email,
            tags=new.tags,
            notes=new.notes,
            hash_learners=new.hash_learners,
        )
        try:
            await dispatch.update_destination(frame.caller, destination_id, changes)
            return frame.go(f"/destinations/{destination_id}", "The destination is saved.")
        except Refusal as refusal:
            form.refuse(refusal)
    one = await dispatch.destination(frame.caller, destination_id)
    return frame.page(
        "destinations/form.html", here="destinations", title=f"Edit {one.name}", status=400, form=form, destination=one
    )


@post("/destinations/{destination_id:uuid}/delete", status_code=303)
async def delete_destination(
    frame: NamedDependency[Frame], dispatch: NamedDependency[Dispatches], destination_id: FromPath[UUID]
) -> Redirect:
    """Put a destination without dispatches into the bin."""
    one = await dispatch.destination(frame.caller, destination_id)
    try:
        await dispatch.delete_destination(frame.caller, destination_id)
    except Refusal as refusal:
        return frame.go(f"/destinations/{destination_id}", refusal.detail, tone="bad")
    return frame.go("/destinations", f"“{one.name}” is in the bin.", undo=f"/destinations/{destination_id}/restore")


@post("/destinations/{destination_id:uuid}/restore", status_code=303)
async def restore_destination(
    frame: NamedDependency[Frame], dispatch: NamedDependency[Dispatches], destination_id: FromPath[UUID]
) -> Redirect:
    """Take a destination out of the bin."""
    one = await dispatch.restore_destination(frame.caller, destination_id)
    return frame.go(f"/destinations/{one.id}", f"“{one.name}” is back.")


ROUTES = [
    list_destinations,
    export_destinations,
    new_destination,
    create_destination,
    show_destination,
    edit_destination,
    update_destination,
    delete_destination,
    restore_destination,
]
