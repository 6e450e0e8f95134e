"""Dispatches: the list, one dispatch with everything around it, making and changing them."""

from datetime import date
from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect, Stream

from courseway.console.bars import draw_days
from courseway.console.dispatching import (
    FORMATS,
    administrator_text,
    fill_form,
    form_choices,
    keep_expiry,
    read_changes,
)
from courseway.console.exports import as_csv, every
from courseway.console.formats import organization_choices
from courseway.console.forms import read_form
from courseway.console.frame import AnyRequest, Frame
from courseway.console.lists import Choice, Listing, read_listing
from courseway.courses import Service as Courses
from courseway.dispatch import Dispatch, DispatchQuery, DispatchUser, DispatchUserQuery
from courseway.dispatch import Service as Dispatches
from courseway.errors import NotFound, Refusal
from courseway.kit.clock import utc_now

STATE = Choice(
    "state",
    "State",
    (
        ("open", "Open"),
        ("paused", "Paused"),
        ("full", "Full"),
        ("expired", "Expired"),
        ("closed", "Closed to new learners"),
        ("deleted", "In the bin"),
    ),
)
LMS = Choice("lms", "Their LMS", (("behind", "Has not taken the newest result"),))
TABS = (("", "Package"), ("learners", "Learners"), ("usage", "Usage"), ("selftests", "Self-tests"), ("edit", "Options"))


def _listing(request: AnyRequest) -> Listing:
    return read_listing("/dispatches", dict(request.query_params), (STATE,), "newest")


def _query(listing: Listing, cursor: str | None = None, limit: int | None = None) -> DispatchQuery:
    return DispatchQuery(
        search=listing.search,
        course_id=listing.uuid("course"),
        destination_id=listing.uuid("destination"),
        deleted=listing.value("state") == "deleted",
        standing=listing.value("state").replace("deleted", ""),
        by_name=listing.sort == "name",
        cursor=listing.cursor if cursor is None else cursor,
        limit=limit,
    )


@get("/dispatches")
async def list_dispatches(
    request: AnyRequest, frame: NamedDependency[Frame], dispatch: NamedDependency[Dispatches]
) -> Response[str]:
    """List dispatches."""
    listing = _listing(request)
    page = await dispatch.list_dispatches(frame.caller, _query(listing))
    context: dict[str, Any] = {"listing": listing, "page": page, "now": utc_now()}
    if frame.wants_fragment:
        return frame.fragment("dispatches/rows.html", **context)
    return frame.page("dispatches/list.html", here="dispatches", title="Dispatches", **context)


@get("/dispatches.csv")
async def export_dispatches(
    request: AnyRequest, frame: NamedDependency[Frame], dispatch: NamedDependency[Dispatches]
) -> Stream:
    """Download the list as it is narrowed."""
    listing, now = _listing(request), utc_now()
    heads = (
        "Name",
        "Course",
        "Destination",
        "State",
        "Seats used",
        "Seats",
        "Launches",
        "Completions",
        "Expires",
        "Last launch",
        "Id",
    )

    def row(one: Dispatch) -> tuple[Any, ...]:
        counted = (one.registration_count, one.registration_cap or "unlimited", one.launches, one.completions)
        return (
            one.name,
            one.course_title,
            one.destination_name,
            one.state(now),
            *counted,
            one.expires_at,
            one.last_launch_at,
            one.id,
        )

    rows = every(lambda cursor: dispatch.list_dispatches(frame.caller, _query(listing, cursor, 100)))
    return as_csv("dispatches", heads, rows, row)


def _tabs(one: Dispatch, here: str) -> list[dict[str, Any]]:
    counts = {"learners": one.registration_count}
    return [
        {
            "label": label,
            "href": f"/dispatches/{one.id}" + (f"/{key}" if key else ""),
            "here": key == here,
            "count": counts.get(key),
        }
        for key, label in TABS
    ]


def _page(frame: Frame, one: Dispatch, tab: str, status: int = 200, **context: Any) -> Response[str]:
    return frame.page(
        f"dispatches/{tab or 'package'}.html",
        here="dispatches",
        title=one.name,
        status=status,
        dispatch=one,
        state=one.state(utc_now()),
        tabs=_tabs(one, tab),
        **context,
    )


@get("/dispatches/{dispatch_id:uuid}")
async def show_dispatch(
    frame: NamedDependency[Frame], dispatch: NamedDependency[Dispatches], dispatch_id: FromPath[UUID]
) -> Response[str]:
    """Show a dispatch: its licence, its packages, and what to send with them."""
    one = await dispatch.dispatch(frame.caller, dispatch_id)
    return _page(frame, one, "", formats=FORMATS, letter=administrator_text(one))


@get("/dispatches/{dispatch_id:uuid}/learners")
async def show_learners(
    request: AnyRequest,
    frame: NamedDependency[Frame],
    dispatch: NamedDependency[Dispatches],
    dispatch_id: FromPath[UUID],
) -> Response[str]:
    """Show a dispatch's learners: how far they are here, and what their LMS took and when."""
    listing = read_listing(f"/dispatches/{dispatch_id}/learners", dict(request.query_params), (LMS,))
    query = DispatchUserQuery(search=listing.search, lms=listing.value("lms"), cursor=listing.cursor)
    page = await dispatch.users(frame.caller, dispatch_id, query)
    if frame.wants_fragment:
        return frame.fragment("dispatches/users.html", listing=listing, page=page)
    return _page(frame, await dispatch.dispatch(frame.caller, dispatch_id), "learners", listing=listing, page=page)


@get("/dispatches/{dispatch_id:uuid}/learners.csv")
async def export_learners(
    request: AnyRequest,
    frame: NamedDependency[Frame],
    dispatch: NamedDependency[Dispatches],
    dispatch_id: FromPath[UUID],
) -> Stream:
    """Download a dispatch's learners."""
    listing = read_listing("", dict(request.query_params), (LMS,))
    heads = (
        "Learner",
        "Name",
        "Instance",
        "Completion",
        "Success",
        "Score",
        "Seconds",
        "First seen",
        "Last launch",
        "LMS took",
        "LMS error",
    )

    def row(user: DispatchUser) -> tuple[Any, ...]:
        reached = (user.completion, user.success, user.score_scaled, round(user.total_time_seconds))
        return (
            user.learner_key,
            user.name,
            user.instance,
            *reached,
            user.created_at,
            user.last_launch_at,
            user.lms_taken_at,
            user.lms_error,
        )

    def fetch(cursor: str) -> Any:
        query = DispatchUserQuery(search=listing.search, lms=listing.value("lms"), cursor=cursor, limit=100)
        return dispatch.users(frame.caller, dispatch_id, query)

    return as_csv("learners", heads, every(fetch), row)


@get("/dispatches/{dispatch_id:uuid}/usage")
async def show_usage(
    frame: NamedDependency[Frame], dispatch: NamedDependency[Dispatches], dispatch_id: FromPath[UUID]
) -> Response[str]:
    """Show how a dispatch is used."""
    one = await dispatch.dispatch(frame.caller, dispatch_id)
    usage = await dispatch.usage(frame.caller, dispatch_id, 90)
    rows = [(date.fromisoformat(day.day), (day.launches, day.completions)) for day in usage.days]
    return _page(frame, one, "usage", usage=usage, chart=draw_days(("Launches", "Completions"), rows))


@get("/dispatches/{dispatch_id:uuid}/selftests")
async def show_self_tests(
    frame: NamedDependency[Frame], dispatch: NamedDependency[Dispatches], dispatch_id: FromPath[UUID]
) -> Response[str]:
    """Show what self-test pages found in the customer's LMS."""
    one = await dispatch.dispatch(frame.caller, dispatch_id)
    return _page(frame, one, "selftests", tests=await dispatch.self_tests(frame.caller, dispatch_id=dispatch_id))


async def _versions(frame: Frame, courses: Courses, one: Dispatch) -> list[tuple[UUID, str]]:
    page = await courses.list_versions(frame.caller, one.course_id, limit=100)
    return [(version.id, f"Version {version.number}, {version.created_at:%d %b %Y}") for version in page.items]


async def _edit_choices(frame: Frame, courses: Courses, dispatch: Dispatches, one: Dispatch) -> dict[str, Any]:
    structure = await dispatch.organizations(frame.caller, one.id)
    return {
        **form_choices(),
        "versions": await _versions(frame, courses, one),
        "organizations": organization_choices(structure, one.options.organization),
    }


@get("/dispatches/{dispatch_id:uuid}/edit")
async def edit_dispatch(
    frame: NamedDependency[Frame],
    courses: NamedDependency[Courses],
    dispatch: NamedDependency[Dispatches],
    dispatch_id: FromPath[UUID],
) -> Response[str]:
    """Show every option of a dispatch."""
    one = await dispatch.dispatch(frame.caller, dispatch_id)
    choices = await _edit_choices(frame, courses, dispatch, one)
    return _page(frame, one, "edit", form=fill_form(one), **choices)


@post("/dispatches/{dispatch_id:uuid}/edit", status_code=200)
async def update_dispatch(
    request: AnyRequest,
    frame: NamedDependency[Frame],
    courses: NamedDependency[Courses],
    dispatch: NamedDependency[Dispatches],
    dispatch_id: FromPath[UUID],
) -> Response[Any]:
    """Change a dispatch."""
    form = read_form((await request.form()).multi_items())
    changes = read_changes(form)
    if not form["name"].strip():
        form.wrong["name"] = "A dispatch needs a name."
    if not form.wrong:
        try:
            before = await dispatch.dispatch(frame.caller, dispatch_id)
            await dispatch.update_dispatch(frame.caller, dispatch_id, keep_expiry(changes, before.expires_at))
            return frame.go(f"/dispatches/{dispatch_id}/edit", "The dispatch is saved.")
        except Refusal as refusal:
            form.refuse(refusal)
    one = await dispatch.dispatch(frame.caller, dispatch_id)
    choices = await _edit_choices(frame, courses, dispatch, one)
    return _page(frame, one, "edit", 400, form=form, **choices)


@post("/dispatches/{dispatch_id:uuid}/{act:str}", status_code=303)
async def act_on_dispatch(
    frame: NamedDependency[Frame],
    dispatch: NamedDependency[Dispatches],
    dispatch_id: FromPath[UUID],
    act: FromPath[str],
) -> Redirect:
    """Pause, resume, reset the count, go back a version, delete, restore."""
    place = f"/dispatches/{dispatch_id}"
    if act == "pause":
        await dispatch.pause(frame.caller, dispatch_id)
        return frame.go(place, "Paused: nobody can launch it.", undo=f"{place}/resume")
    if act == "resume":
        await dispatch.resume(frame.caller, dispatch_id)
        return frame.go(place, "Learners can launch it again.", undo=f"{place}/pause")
    if act == "reset":
        await dispatch.reset_count(frame.caller, dispatch_id)
        return frame.go(place, "The count starts from zero.")
    if act == "revert":
        await dispatch.revert_version(frame.caller, dispatch_id)
        return frame.go(f"{place}/edit", "The version before is pinned.")
    if act == "restore":
        one = await dispatch.restore_dispatch(frame.caller, dispatch_id)
        return frame.go(place, f"“{one.name}” is back; its packages work again.")
    if act != "delete":
        raise NotFound
    one = await dispatch.dispatch(frame.caller, dispatch_id)
    await dispatch.delete_dispatch(frame.caller, dispatch_id)
    return frame.go("/dispatches", f"“{one.name}” is in the bin.", undo=f"{place}/restore")


ROUTES = [
    list_dispatches,
    export_dispatches,
    show_dispatch,
    show_learners,
    export_learners,
    show_usage,
    show_self_tests,
    edit_dispatch,
    update_dispatch,
    act_on_dispatch,
]
