"""Making a dispatch: the form, which asks for an organization where the course has several, and what it makes."""

from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromQuery

from courseway.console.dispatching import empty_form, form_choices, name_course, plan_new, read_changes, read_new
from courseway.console.formats import organization_choices
from courseway.console.forms import Form, read_form
from courseway.console.frame import AnyRequest, Frame
from courseway.courses import CourseQuery, CourseSort
from courseway.courses import Service as Courses
from courseway.dispatch import DestinationQuery
from courseway.dispatch import Service as Dispatches
from courseway.errors import Refusal


async def _form_page(
    frame: Frame, courses: Courses, dispatch: Dispatches, form: Form, status: int = 200
) -> Response[str]:
    found = await courses.list_courses(frame.caller, CourseQuery(sort=CourseSort.TITLE, limit=100))
    places = await dispatch.list_destinations(frame.caller, DestinationQuery(limit=100))
    chosen = form["course_id"]
    if chosen and chosen not in {str(course.id) for course in found.items}:
        found_items = (*found.items, (await courses.show(frame.caller, UUID(chosen))).course)
    else:
        found_items = found.items
    organizations = await _organizations(frame, courses, form)
    return frame.page(
        "dispatches/new.html",
        here="dispatches",
        title="New dispatch",
        status=status,
        form=form,
        courses=[(course.id, name_course(course)) for course in found_items if course.playable],
        destinations=[(place.id, place.name) for place in places.items],
        dispatch=None,
        organizations=organizations,
        **form_choices(),
    )


async def _organizations(frame: Frame, courses: Courses, form: Form) -> list[tuple[str, str]]:
    """Return the organizations of the course that is chosen, none while none is."""
    course_id = form.uuid("course_id")
    if course_id is None:
        return []
    return organization_choices((await courses.show(frame.caller, course_id)).structure)


@get("/dispatches/new")
async def new_dispatch(
    frame: NamedDependency[Frame],
    courses: NamedDependency[Courses],
    dispatch: NamedDependency[Dispatches],
    course: FromQuery[UUID | None] = None,
    destination: FromQuery[UUID | None] = None,
) -> Response[str]:
    """Show the form of a new dispatch."""
    return await _form_page(frame, courses, dispatch, empty_form(str(course or ""), str(destination or "")))


@get("/dispatches/new/organization")
async def choose_organization(
    frame: NamedDependency[Frame], courses: NamedDependency[Courses], course_id: FromQuery[str] = ""
) -> Response[str]:
    """Show the organizations of the course that was just chosen, where it has several."""
    form = Form({"course_id": course_id})
    organizations = await _organizations(frame, courses, form)
    return frame.fragment("dispatches/organization.html", form=form, dispatch=None, organizations=organizations)


@post("/dispatches/new", status_code=200)
async def create_dispatch(
    request: AnyRequest,
    frame: NamedDependency[Frame],
    courses: NamedDependency[Courses],
    dispatch: NamedDependency[Dispatches],
) -> Response[Any]:
    """Make a dispatch; its page then offers the package."""
    form = read_form((await request.form()).multi_items())
    course_id, destination_id = read_new(form)
    changes = read_changes(form)
    if not form.wrong and course_id is not None and destination_id is not None:
        try:
            made = await dispatch.create_dispatch(frame.caller, plan_new(course_id, destination_id, changes))
            return frame.go(f"/dispatches/{made.id}", "The dispatch is made. Download its package below.")
        except Refusal as refusal:
            form.refuse(refusal)
    return await _form_page(frame, courses, dispatch, form, 400)


ROUTES = [new_dispatch, choose_organization, create_dispatch]
