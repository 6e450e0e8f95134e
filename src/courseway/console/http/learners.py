"""Learners: the list, and one learner with her registrations."""

from typing import Any
from uuid import UUID

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Stream

from courseway.console.exports import as_csv, every
from courseway.console.frame import AnyRequest, Frame
from courseway.console.lists import read_listing
from courseway.learning import RegistrationQuery
from courseway.learning import Service as Learning
from courseway.reports import LearnerRow, LearnerSort, ListQuery
from courseway.reports import Service as Reports


@get("/learners")
async def list_learners(
    request: AnyRequest, frame: NamedDependency[Frame], reports: NamedDependency[Reports]
) -> Response[str]:
    """List learners."""
    listing = read_listing("/learners", dict(request.query_params), (), LearnerSort.NEWEST.value)
    query = ListQuery(search=listing.search, sort=listing.sort, cursor=listing.cursor)
    page = await reports.list_learners(frame.caller, query)
    if frame.wants_fragment:
        return frame.fragment("learners/rows.html", listing=listing, page=page)
    return frame.page("learners/list.html", here="learners", title="Learners", listing=listing, page=page)


@get("/learners.csv")
async def export_learners(
    request: AnyRequest, frame: NamedDependency[Frame], reports: NamedDependency[Reports]
) -> Stream:
    """Download the list as it is narrowed."""
    listing = read_listing("/learners", dict(request.query_params))
    heads = ("Learner", "Name", "E-mail", "Registrations", "Completed", "Last activity", "First seen", "Id")

    def row(one: LearnerRow) -> tuple[Any, ...]:
        return (
            one.shown_id,
            one.name,
            one.email,
            one.registrations,
            one.completed,
            one.last_activity_at,
            one.created_at,
            one.id,
        )

    rows = every(
        lambda cursor: reports.list_learners(
            frame.caller, ListQuery(search=listing.search, sort=listing.sort, cursor=cursor, limit=100)
        )
    )
    return as_csv("learners", heads, rows, row)


@get("/learners/{learner_id:uuid}")
async def show_learner(
    request: AnyRequest,
    frame: NamedDependency[Frame],
    reports: NamedDependency[Reports],
    learning: NamedDependency[Learning],
    learner_id: FromPath[UUID],
) -> Response[str]:
    """Show a learner with everything she is registered for."""
    learner = await reports.learner(frame.caller, learner_id)
    listing = read_listing(f"/learners/{learner_id}", dict(request.query_params))
    query = RegistrationQuery(learner=learner.external_id, cursor=listing.cursor)
    page = await learning.list_registrations(frame.caller, query)
    title = learner.name or learner.shown_id
    return frame.page("learners/show.html", here="learners", title=title, learner=learner, listing=listing, page=page)


ROUTES = [list_learners, export_learners, show_learner]
