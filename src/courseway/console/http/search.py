"""Search over everything, as the palette's fragment and as a page of its own."""

from itertools import groupby

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import FromQuery

from courseway.console.frame import Frame
from courseway.reports import Hit
from courseway.reports import Service as Reports

GROUPS = {
    "course": ("Courses", "/courses/", "books"),
    "dispatch": ("Dispatches", "/dispatches/", "send"),
    "destination": ("Destinations", "/destinations/", "building"),
    "learner": ("Learners", "/learners/", "user"),
    "registration": ("Registrations", "/registrations/", "school"),
}


@get("/search")
async def search(
    frame: NamedDependency[Frame], reports: NamedDependency[Reports], q: FromQuery[str] = ""
) -> Response[str]:
    """Find courses, dispatches, destinations and learners."""
    hits = await reports.search(frame.caller, q[:200])
    groups = [(GROUPS[kind], list(found)) for kind, found in groupby(hits, key=_kind)]
    if frame.wants_fragment:
        return frame.fragment("search/results.html", groups=groups, query=q)
    return frame.page("search/page.html", here="", title="Search", groups=groups, query=q)


def _kind(hit: Hit) -> str:
    return hit.kind


ROUTES = [search]
