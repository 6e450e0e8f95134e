"""The first page: what happened, what there is, what needs a person."""

from litestar import Response, get
from litestar.di import NamedDependency

from courseway.console.bars import draw_days
from courseway.console.frame import Frame
from courseway.courses import CourseQuery
from courseway.courses import Service as Courses
from courseway.reports import Attention, AttentionKind, Event
from courseway.reports import Service as Reports

SAID = {
    AttentionKind.IMPORT_FAILED: ("Import failed", "file-zip", "bad"),
    AttentionKind.NEAR_CAP: ("Licence", "users", "warn"),
    AttentionKind.EXPIRING: ("Expires", "clock", "warn"),
    AttentionKind.RESULT_REFUSED: ("The LMS has not taken a result", "plug", "bad"),
}
EVENT_ICONS = {"course": "books", "dispatch": "send", "registration": "school", "upload": "upload", "user": "user"}


def link_attention(one: Attention) -> str:
    """Return where something that needs attention is dealt with."""
    places = {
        AttentionKind.IMPORT_FAILED: f"/courses/uploads/{one.subject_id}",
        AttentionKind.RESULT_REFUSED: f"/registrations/{one.subject_id}",
    }
    return places.get(one.kind, f"/dispatches/{one.subject_id}")


def link_event(event: Event) -> str:
    """Return the page of what an event happened to; empty when there is none."""
    folders = {"course": "courses", "dispatch": "dispatches", "registration": "registrations"}
    return f"/{folders[event.subject_kind]}/{event.subject_id}" if event.subject_kind in folders else ""


@get("/")
async def show_overview(
    frame: NamedDependency[Frame], reports: NamedDependency[Reports], courses: NamedDependency[Courses]
) -> Response[str]:
    """Show the overview; a tenant that has sent nothing out yet sees what to do first."""
    overview = await reports.overview(frame.caller)
    days = [(day.day, (day.launches, day.completions)) for day in overview.days]
    first = await courses.list_courses(frame.caller, CourseQuery(limit=1)) if overview.is_new else None
    return frame.page(
        "overview.html",
        here="overview",
        title="Overview",
        overview=overview,
        chart=draw_days(("Launches", "Completions"), days),
        first_course=first.items[0] if first and first.items else None,
        said=SAID,
        event_icons=EVENT_ICONS,
        link_attention=link_attention,
        link_event=link_event,
    )


ROUTES = [show_overview]
