"""Registering a learner for a course by hand, and the launch link that is then sent to her."""

from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from courseway.console.formats import organization_choices
from courseway.console.forms import Form, read_form
from courseway.console.frame import AnyRequest, Frame
from courseway.courses import Service as Courses
from courseway.errors import Refusal
from courseway.learning import LearnerIdentity
from courseway.learning import Service as Learning
from courseway.tenants import Scope


async def _page(frame: Frame, courses: Courses, course_id: UUID, form: Form, status: int = 200) -> Response[str]:
    frame.caller.require(Scope.COURSE_WRITE)
    detail = await courses.show(frame.caller, course_id)
    return frame.page(
        "registrations/new.html",
        here="courses",
        title="Register a learner",
        status=status,
        course=detail.course,
        organizations=organization_choices(detail.structure),
        form=form,
    )


@get("/courses/{course_id:uuid}/registrations/new")
async def new_registration(
    frame: NamedDependency[Frame], courses: NamedDependency[Courses], course_id: FromPath[UUID]
) -> Response[str]:
    """Show the form that registers a learner."""
    return await _page(frame, courses, course_id, Form())


@post("/courses/{course_id:uuid}/registrations/new", status_code=200)
async def register_learner(
    request: AnyRequest,
    frame: NamedDependency[Frame],
    courses: NamedDependency[Courses],
    learning: NamedDependency[Learning],
    course_id: FromPath[UUID],
) -> Response[Any]:
    """Register a learner; her launch link is shown next."""
    form = read_form((await request.form()).multi_items())
    learner = read_learner(form)
    if not form.wrong:
        try:
            made = await learning.create(frame.caller, course_id, learner, organization=form["organization"])
            note = "The learner is registered." if made.created else "This learner was registered before; here she is."
            return frame.go(f"/registrations/{made.id}/link", note)
        except Refusal as refusal:
            form.refuse(refusal)
    return await _page(frame, courses, course_id, form, 400)


def read_learner(form: Form) -> LearnerIdentity:
    """Read who learns; what is wrong is noted beside its field."""
    external_id = form.text("external_id", required="Give the id by which you know this learner.", longest=255)
    email = form.text("email", longest=320)
    before, at, after = email.rpartition("@")
    if email and (not at or not before or "." not in after or any(c.isspace() for c in email)):
        form.wrong.setdefault("email", "An e-mail address, for example lena@example.com.")
    return LearnerIdentity(external_id=external_id, name=form.text("name", longest=255), email=email)


ROUTES = [new_registration, register_learner]
