"""Courses: the list, one course with all its sides, changing it, and the bin."""

from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect, Stream

from courseway.console.exports import as_csv, every
from courseway.console.formats import TESTER, organization_choices, say_standard
from courseway.console.forms import Form, read_form
from courseway.console.frame import AnyRequest, Frame
from courseway.console.http.launching import read_launch
from courseway.console.http.uploads import shown_uploads
from courseway.console.lists import Choice, Listing, read_listing
from courseway.courses import Course, CourseChanges, CourseQuery, CourseSort, CourseState
from courseway.courses import Service as Courses
from courseway.dispatch import DispatchQuery
from courseway.dispatch import Service as Dispatches
from courseway.errors import NotFound, Refusal
from courseway.kit.clock import utc_now
from courseway.learning import LearnerIdentity, LinkOptions, PlayerSettings, RegistrationQuery
from courseway.learning import Service as Learning

STANDARD = Choice(
    "standard",
    "Standard",
    (("scorm12", "SCORM 1.2"), ("scorm2004", "SCORM 2004"), ("aicc", "AICC"), ("cmi5", "cmi5"), ("tincan", "Tin Can")),
)
STATE = Choice("state", "State", (("deleted", "In the bin"),))
SETTINGS = (
    ("show_toc", "Show the table of contents", "Learners can open the list of the course's parts."),
    ("toc_open", "Open the table of contents at the start", "On wide screens; narrow ones start with the course."),
    ("show_nav", "Show Previous and Continue", "Turn this off when the course brings buttons of its own."),
    ("show_progress_bar", "Show progress", "A thin bar with how much of the course is done."),
    (
        "keep_time_limits",
        "Keep the course's limits on time and dates",
        "SCORM 2004's limit conditions other than the one on attempts. Old courses may have dates long past.",
    ),
)
TABS = (
    ("", "Content"),
    ("files", "Files"),
    ("report", "Validation"),
    ("versions", "Versions"),
    ("registrations", "Registrations"),
    ("dispatches", "Dispatches"),
    ("previews", "Previews"),
    ("settings", "Settings"),
)
PREVIEWS = 20


def _query(listing: Listing, cursor: str | None = None, limit: int | None = None) -> CourseQuery:
    sorts = {sort.value for sort in CourseSort}
    return CourseQuery(
        search=listing.search,
        standard=listing.value("standard"),
        state=CourseState.DELETED if listing.value("state") == "deleted" else CourseState.LIVE,
        sort=CourseSort(listing.sort) if listing.sort in sorts else CourseSort.UPDATED,
        tag=listing.value("tag"),
        limit=limit,
        cursor=listing.cursor if cursor is None else cursor,
    )


def _listing(request: AnyRequest) -> Listing:
    return read_listing("/courses", dict(request.query_params), (STANDARD, STATE), "updated")


@get("/courses")
async def list_courses(
    request: AnyRequest, frame: NamedDependency[Frame], courses: NamedDependency[Courses]
) -> Response[str]:
    """List courses, with what is being uploaded above them."""
    listing = _listing(request)
    page = await courses.list_courses(frame.caller, _query(listing))
    if frame.wants_fragment:
        return frame.fragment("courses/rows.html", listing=listing, page=page)
    uploads = await courses.list_uploads(frame.caller, limit=8)
    return frame.page(
        "courses/list.html",
        here="courses",
        title="Courses",
        listing=listing,
        page=page,
        uploads=shown_uploads(uploads.items, utc_now()),
    )


@get("/courses.csv")
async def export_courses(
    request: AnyRequest, frame: NamedDependency[Frame], courses: NamedDependency[Courses]
) -> Stream:
    """Download the list as it is narrowed."""
    listing = _listing(request)
    heads = ("Title", "Standard", "Version", "Items", "Registrations", "Completions", "Size in bytes", "Updated", "Id")

    def row(course: Course) -> tuple[Any, ...]:
        totals = course.totals
        said = say_standard(course.standard, course.edition)
        counted = (course.item_count, totals.registrations, totals.completions, course.size_bytes)
        return (course.title, said, course.current_version_number, *counted, course.updated_at, course.id)

    rows = every(lambda cursor: courses.list_courses(frame.caller, _query(listing, cursor, 100)))
    return as_csv("courses", heads, rows, row)


def _tabs(course: Course, here: str, issues: int) -> list[dict[str, Any]]:
    counts = {"report": issues, "versions": course.current_version_number, "registrations": course.totals.registrations}
    return [
        {
            "label": label,
            "href": f"/courses/{course.id}" + (f"/{key}" if key else ""),
            "here": key == here,
            "count": counts.get(key),
        }
        for key, label in TABS
    ]


@get(["/courses/{course_id:uuid}", *(f"/courses/{{course_id:uuid}}/{key}" for key, _ in TABS if key)])
async def show_course(
    request: AnyRequest,
    frame: NamedDependency[Frame],
    courses: NamedDependency[Courses],
    learning: NamedDependency[Learning],
    dispatch: NamedDependency[Dispatches],
    course_id: FromPath[UUID],
) -> Response[str]:
    """Show one side of a course."""
    detail = await courses.show(frame.caller, course_id)
    tab = frame.path.removeprefix(f"/courses/{course_id}").strip("/")
    listing = read_listing(f"/courses/{course_id}/{tab}", dict(request.query_params))
    context: dict[str, Any] = {"listing": listing, "form": Form()}
    if tab == "versions":
        context["page"] = await courses.list_versions(frame.caller, course_id, cursor=listing.cursor)
    elif tab == "files":
        context["page"] = await courses.list_files(frame.caller, course_id, limit=100, cursor=listing.cursor)
    elif tab == "registrations":
        query = RegistrationQuery(course_id=course_id, search=listing.search, cursor=listing.cursor)
        context["page"] = await learning.list_registrations(frame.caller, query)
        if frame.wants_fragment:
            return frame.fragment("registrations/rows.html", **context)
    elif tab == "dispatches":
        context["page"] = await dispatch.list_dispatches(
            frame.caller, DispatchQuery(course_id=course_id, cursor=listing.cursor)
        )
    elif tab == "previews":
        context |= {"launches": await learning.previews(frame.caller, course_id, limit=PREVIEWS), "most": PREVIEWS}
    elif tab == "settings":
        context["form"] = _settings_form(detail.course)
    return frame.page(
        f"courses/{tab or 'content'}.html",
        here="courses",
        title=detail.course.title,
        detail=detail,
        course=detail.course,
        tabs=_tabs(detail.course, tab, len(detail.report.issues)),
        settings=SETTINGS,
        now=utc_now(),
        organizations=organization_choices(detail.structure),
        **context,
    )


@get("/courses/{course_id:uuid}/previews/{launch_id:uuid}")
async def show_preview(
    request: AnyRequest,
    frame: NamedDependency[Frame],
    courses: NamedDependency[Courses],
    learning: NamedDependency[Learning],
    course_id: FromPath[UUID],
    launch_id: FromPath[UUID],
) -> Response[str]:
    """Show one preview: why each navigation went as it did, and every call the course made."""
    context = await read_launch(request, frame, learning, launch_id)
    if frame.wants_fragment:
        return frame.fragment("launches/calls.html", **context)
    launch = context["detail_of_launch"]
    if launch.course_id != course_id or launch.launch.registration_id is not None:
        raise NotFound("This preview belongs to another course.")
    detail = await courses.show(frame.caller, course_id)
    return frame.page(
        "courses/preview.html",
        here="courses",
        title=detail.course.title,
        detail=detail,
        course=detail.course,
        tabs=_tabs(detail.course, "previews", len(detail.report.issues)),
        organizations=organization_choices(detail.structure),
        **context,
    )


def _settings_form(course: Course) -> Form:
    usual = PlayerSettings()
    values = {name: "yes" for name, _, _ in SETTINGS if course.player_settings.get(name, getattr(usual, name))}
    values |= {"title": course.title, "description": course.description, "tags": ", ".join(course.tags)}
    return Form(values)


@post("/courses/{course_id:uuid}/settings", status_code=200)
async def change_course(
    request: AnyRequest, frame: NamedDependency[Frame], courses: NamedDependency[Courses], course_id: FromPath[UUID]
) -> Response[Any]:
    """Change a course's words and what its player shows."""
    form = read_form((await request.form()).multi_items())
    title = form.text("title", required="A course needs a title.", longest=300)
    changes = CourseChanges(
        title=title,
        description=form.text("description", longest=5000),
        tags=form.words("tags"),
        player_settings={name: form.flag(name) for name, _, _ in SETTINGS},
    )
    if not form.wrong:
        try:
            await courses.change_course(frame.caller, course_id, changes)
            return frame.go(f"/courses/{course_id}/settings", "The course is saved.")
        except Refusal as refusal:
            form.refuse(refusal)
    detail = await courses.show(frame.caller, course_id)
    return frame.page(
        "courses/settings.html",
        here="courses",
        title=detail.course.title,
        status=400,
        detail=detail,
        course=detail.course,
        tabs=_tabs(detail.course, "settings", len(detail.report.issues)),
        settings=SETTINGS,
        organizations=organization_choices(detail.structure),
        form=form,
    )


@post("/courses/{course_id:uuid}/versions/{number:int}/current", status_code=303)
async def make_current(
    frame: NamedDependency[Frame], courses: NamedDependency[Courses], course_id: FromPath[UUID], number: FromPath[int]
) -> Redirect:
    """Make a version the one that is shown and played."""
    before = (await courses.show(frame.caller, course_id)).course.current_version_number
    await courses.make_current(frame.caller, course_id, number)
    undo = f"/courses/{course_id}/versions/{before}/current" if before != number else ""
    return frame.go(f"/courses/{course_id}/versions", f"Version {number} is current now.", undo=undo)


@post("/courses/{course_id:uuid}/delete", status_code=303)
async def delete_course(
    frame: NamedDependency[Frame], courses: NamedDependency[Courses], course_id: FromPath[UUID]
) -> Redirect:
    """Put a course into the bin."""
    course = (await courses.show(frame.caller, course_id)).course
    await courses.delete_course(frame.caller, course_id)
    return frame.go("/courses", f"“{course.title}” is in the bin.", undo=f"/courses/{course_id}/restore")


@post("/courses/{course_id:uuid}/restore", status_code=303)
async def restore_course(
    frame: NamedDependency[Frame], courses: NamedDependency[Courses], course_id: FromPath[UUID]
) -> Redirect:
    """Take a course out of the bin."""
    course = await courses.restore_course(frame.caller, course_id)
    return frame.go(f"/courses/{course_id}", f"“{course.title}” is back.")


@post("/courses/{course_id:uuid}/preview", status_code=303)
async def preview_course(
    request: AnyRequest, frame: NamedDependency[Frame], learning: NamedDependency[Learning], course_id: FromPath[UUID]
) -> Redirect:
    """Open the course, or the organization chosen, in the player, without tracking."""
    form = read_form((await request.form()).multi_items())
    link = await learning.preview_link(
        frame.caller,
        course_id,
        organization=form["organization"],
        exit_url=frame.back_to(f"/courses/{course_id}"),
    )
    return Redirect(link, status_code=303)


@post("/courses/{course_id:uuid}/try", status_code=303)
async def try_course(
    request: AnyRequest, frame: NamedDependency[Frame], learning: NamedDependency[Learning], course_id: FromPath[UUID]
) -> Redirect:
    """Open the course, or the organization chosen, as a learner, with tracking, under one's own name."""
    form = read_form((await request.form()).multi_items())
    learner = LearnerIdentity(external_id=f"{TESTER}{frame.caller.id}", name=f"{frame.caller.name} (test)")
    registration = await learning.create(frame.caller, course_id, learner, organization=form["organization"])
    options = LinkOptions(exit_url=frame.back_to(f"/registrations/{registration.id}"))
    return Redirect(await learning.launch_link(frame.caller, registration.id, options), status_code=303)


ROUTES = [
    list_courses,
    export_courses,
    show_course,
    show_preview,
    change_course,
    make_current,
    delete_course,
    restore_course,
    preview_course,
    try_course,
]
