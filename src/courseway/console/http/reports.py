"""Completion by course and by destination, on the page and as CSV."""

from typing import Any

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.response import Stream

from courseway.console.exports import as_csv, every
from courseway.console.frame import AnyRequest, Frame
from courseway.console.lists import read_listing
from courseway.reports import CourseCompletion, CourseCompletionSort, DestinationCompletion, ListQuery
from courseway.reports import Service as Reports

TABS = (("/reports", "By course"), ("/reports/destinations", "By destination"))


def _tabs(here: str) -> list[dict[str, Any]]:
    return [{"label": label, "href": href, "here": href == here} for href, label in TABS]


@get("/reports")
async def by_course(
    request: AnyRequest, frame: NamedDependency[Frame], reports: NamedDependency[Reports]
) -> Response[str]:
    """Show how far learners came with each course."""
    listing = read_listing("/reports", dict(request.query_params), (), CourseCompletionSort.TITLE.value)
    query = ListQuery(search=listing.search, sort=listing.sort, cursor=listing.cursor)
    page = await reports.completion_by_course(frame.caller, query)
    if frame.wants_fragment:
        return frame.fragment("reports/course_rows.html", listing=listing, page=page)
    return frame.page(
        "reports/courses.html", here="reports", title="Reports", listing=listing, page=page, tabs=_tabs("/reports")
    )


@get("/reports.csv")
async def export_by_course(
    request: AnyRequest, frame: NamedDependency[Frame], reports: NamedDependency[Reports]
) -> Stream:
    """Download completion by course."""
    search = request.query_params.get("q", "")
    heads = ("Course", "Standard", "Registrations", "Launches", "Completions", "Last launch", "Id")

    def row(one: CourseCompletion) -> tuple[Any, ...]:
        return (
            one.title,
            one.standard,
            one.registrations,
            one.launches,
            one.completions,
            one.last_launch_at,
            one.course_id,
        )

    rows = every(
        lambda cursor: reports.completion_by_course(frame.caller, ListQuery(search=search, cursor=cursor, limit=100))
    )
    return as_csv("completion-by-course", heads, rows, row)


@get("/reports/destinations")
async def by_destination(
    request: AnyRequest, frame: NamedDependency[Frame], reports: NamedDependency[Reports]
) -> Response[str]:
    """Show how far the learners of each destination came."""
    listing = read_listing("/reports/destinations", dict(request.query_params))
    page = await reports.completion_by_destination(
        frame.caller, ListQuery(search=listing.search, cursor=listing.cursor)
    )
    if frame.wants_fragment:
        return frame.fragment("reports/destination_rows.html", listing=listing, page=page)
    return frame.page(
        "reports/destinations.html",
        here="reports",
        title="Reports",
        listing=listing,
        page=page,
        tabs=_tabs("/reports/destinations"),
    )


@get("/reports/destinations.csv")
async def export_by_destination(
    request: AnyRequest, frame: NamedDependency[Frame], reports: NamedDependency[Reports]
) -> Stream:
    """Download completion by destination."""
    search = request.query_params.get("q", "")
    heads = (
        "Destination",
        "Dispatches",
        "Learners",
        "Seats used",
        "Seats sold",
        "Launches",
        "Completions",
        "Last launch",
        "Id",
    )

    def row(one: DestinationCompletion) -> tuple[Any, ...]:
        seats = (one.seats_used, one.seats_sold)
        return (
            one.name,
            one.dispatches,
            one.learners,
            *seats,
            one.launches,
            one.completions,
            one.last_launch_at,
            one.destination_id,
        )

    rows = every(
        lambda cursor: reports.completion_by_destination(
            frame.caller, ListQuery(search=search, cursor=cursor, limit=100)
        )
    )
    return as_csv("completion-by-destination", heads, rows, row)


ROUTES = [by_course, export_by_course, by_destination, export_by_destination]
