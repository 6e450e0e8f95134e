"""The REST interface of registrations, launches and previews: parse, one call of the service, render."""

from typing import Annotated
from uuid import UUID

import msgspec
from litestar import Response, delete, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, JSONBody, QueryParameter
from litestar.types import ControllerRouterHandler

from courseway.errors import Invalid
from courseway.learning.model import (
    CallView,
    Completion,
    LaunchDetail,
    LaunchRecord,
    LearnerIdentity,
    LinkOptions,
    NavigationRecord,
    PlayerSettings,
    Registration,
    RegistrationDetail,
    RegistrationQuery,
    Success,
)
from courseway.learning.model.launch_file import render_launch_file
from courseway.learning.service import Service
from courseway.tenants import Caller

Calling = NamedDependency[Caller]
Learning = NamedDependency[Service]
Limit = Annotated[int | None, QueryParameter(description="Rows of a page: 50 unless given, at most 100")]
Cursor = Annotated[str, QueryParameter(description="`next_cursor` of the page before")]
_TAGS = ["Registrations"]
LONGEST_LINK_SECONDS = 7 * 24 * 3600


class LearnerBody(msgspec.Struct):
    """Who is to learn: your own id for her, a name to show, perhaps an e-mail address."""

    id: str
    name: str = ""
    email: str = ""


class RegistrationBody(msgspec.Struct):
    """
    Register a learner for a course; `new_instance` makes another registration when there is one.

    `organization` is the identifier of one of the course's organizations; the default one is played unless given.
    """

    course_id: UUID
    learner: LearnerBody
    new_instance: bool = False
    organization: str = ""


class LinkBody(msgspec.Struct):
    """How a launch link is to behave; `expires_in_seconds` is when it must have been opened by."""

    exit_url: str | None = None
    frame_ancestors: list[str] = []
    expires_in_seconds: int | None = None
    settings: PlayerSettings | None = None


class PreviewBody(msgspec.Struct):
    """Which version to preview, and which of its organizations; the current one, and its default, unless given."""

    version_id: UUID | None = None
    organization: str = ""
    exit_url: str | None = None


class MarkBody(msgspec.Struct):
    """A result set by hand; the reason stays in the audit trail."""

    completion: Completion
    success: Success
    reason: str
    score_scaled: float | None = None


class LaunchLink(msgspec.Struct):
    """A signed address that starts a launch."""

    url: str


class RegistrationPage(msgspec.Struct):
    """A page of registrations."""

    items: tuple[Registration, ...]
    next_cursor: str | None


class Launches(msgspec.Struct):
    """Launches of a registration, or previews of a course, newest first."""

    items: list[LaunchRecord]


class Calls(msgspec.Struct):
    """Commits of a launch with their calls, in order; `next_after` goes on where this list stops."""

    items: list[CallView]
    next_after: int | None


class Navigations(msgspec.Struct):
    """Navigations of a launch and their reasons, in order."""

    items: list[NavigationRecord]


@post("/api/registrations", status_code=201, tags=_TAGS, summary="Register a learner for a course")
async def create_registration(
    learning: Learning, caller: Calling, data: JSONBody[RegistrationBody]
) -> Response[Registration]:
    """Register a learner; answers 200 with the one she has when she is registered already, unless another is asked for."""
    learner = LearnerIdentity(data.learner.id, data.learner.name, data.learner.email)
    made = await learning.create(
        caller, data.course_id, learner, another=data.new_instance, organization=data.organization
    )
    headers = {"Location": f"/api/registrations/{made.id}"}
    return Response(made, status_code=201 if made.created else 200, headers=headers)


@get("/api/registrations", tags=_TAGS, summary="List registrations, newest first")
async def list_registrations(
    learning: Learning,
    caller: Calling,
    limit: Limit = None,
    cursor: Cursor = "",
    search: FromQuery[str] = "",
    learner: FromQuery[str] = "",
    course_id: FromQuery[UUID | None] = None,
    dispatch_id: FromQuery[UUID | None] = None,
    completion: FromQuery[Completion | None] = None,
    success: FromQuery[Success | None] = None,
) -> RegistrationPage:
    """List registrations by cursor; `search` looks at the learner's name, id and e-mail address."""
    query = RegistrationQuery(
        search=search,
        course_id=course_id,
        dispatch_id=dispatch_id,
        learner=learner,
        completion=completion,
        success=success,
        limit=limit,
        cursor=cursor,
    )
    page = await learning.list_registrations(caller, query)
    return RegistrationPage(page.items, page.next_cursor)


@get("/api/registrations/{registration_id:uuid}", tags=_TAGS, summary="Show a registration with its activity tree")
async def show_registration(learning: Learning, caller: Calling, registration_id: FromPath[UUID]) -> RegistrationDetail:
    """Show what was reached as a whole and in every activity: status, score, time, objectives, interactions."""
    return await learning.show(caller, registration_id)


@delete("/api/registrations/{registration_id:uuid}", status_code=204, tags=_TAGS, summary="Delete a registration")
async def delete_registration(learning: Learning, caller: Calling, registration_id: FromPath[UUID]) -> None:
    """Take a registration away; it can no longer be launched."""
    await learning.delete(caller, registration_id)


@post(
    "/api/registrations/{registration_id:uuid}/launch-link",
    status_code=201, tags=_TAGS, summary="Make a link that launches a registration",
)  # fmt: skip
async def create_launch_link(
    learning: Learning, caller: Calling, registration_id: FromPath[UUID], data: JSONBody[LinkBody | None] = None
) -> LaunchLink:
    """Make a signed link, good for 15 minutes unless asked otherwise; opening it starts the course."""
    return LaunchLink(await learning.launch_link(caller, registration_id, _options(data or LinkBody())))


@post("/api/registrations/{registration_id:uuid}/reset", status_code=200, tags=_TAGS, summary="Reset a registration")
async def reset_registration(learning: Learning, caller: Calling, registration_id: FromPath[UUID]) -> Registration:
    """Put a registration back to its beginning; its launches stay in the history."""
    return await learning.reset(caller, registration_id)


@post(
    "/api/registrations/{registration_id:uuid}/instances",
    status_code=201, tags=_TAGS, summary="Register the same learner once more",
)  # fmt: skip
async def create_instance(learning: Learning, caller: Calling, registration_id: FromPath[UUID]) -> Registration:
    """Make another registration of the same learner, on the course's current version."""
    return await learning.new_instance(caller, registration_id)


@post("/api/registrations/{registration_id:uuid}/mark", status_code=200, tags=_TAGS, summary="Set a result by hand")
async def mark_registration(
    learning: Learning, caller: Calling, registration_id: FromPath[UUID], data: JSONBody[MarkBody]
) -> Registration:
    """Set a result by hand; it stays until the course itself does better."""
    return await learning.mark(
        caller,
        registration_id,
        completion=data.completion,
        success=data.success,
        score_scaled=data.score_scaled,
        reason=data.reason,
    )


@get("/api/registrations/{registration_id:uuid}/launches", tags=_TAGS, summary="List the launches of a registration")
async def list_launches(learning: Learning, caller: Calling, registration_id: FromPath[UUID]) -> Launches:
    """List launches, newest first, with how each ended."""
    return Launches(await learning.launches(caller, registration_id))


@get("/api/courses/{course_id:uuid}/previews", tags=_TAGS, summary="List the last previews of a course")
async def list_previews(learning: Learning, caller: Calling, course_id: FromPath[UUID]) -> Launches:
    """List the newest 20 previews; of each the calls and navigations can be read like those of a launch."""
    return Launches(await learning.previews(caller, course_id))


@get("/api/launches/{launch_id:uuid}", tags=_TAGS, summary="Show a launch, or a preview")
async def show_launch(learning: Learning, caller: Calling, launch_id: FromPath[UUID]) -> LaunchDetail:
    """Show one launch: of which course, how it ended, the titles of the activities, whether it can be exported."""
    return await learning.launch(caller, launch_id)


@get(
    "/api/launches/{launch_id:uuid}/export", tags=_TAGS, summary="Download a launch as a file that can be played again"
)
async def export_launch(
    learning: Learning,
    caller: Calling,
    launch_id: FromPath[UUID],
    anonymous: Annotated[bool, QueryParameter(description="Leave the learner's id and name out")] = False,
) -> Response[bytes]:
    """Download what the launch began from and everything that happened in it, for `courseway launches replay`."""
    file = await learning.export_launch(caller, launch_id, without_learner=anonymous)
    headers = {"Content-Disposition": f'attachment; filename="launch-{launch_id}.json"', "Cache-Control": "no-store"}
    return Response(render_launch_file(file), media_type="application/json", headers=headers)


@get("/api/launches/{launch_id:uuid}/calls", tags=_TAGS, summary="List what the content called during a launch")
async def list_calls(
    learning: Learning,
    caller: Calling,
    launch_id: FromPath[UUID],
    after: Annotated[int, QueryParameter(description="`next_after` of the page before")] = 0,
) -> Calls:
    """List the commits of a launch with every call of the content's API that they carried."""
    found = await learning.calls(caller, launch_id, after=after)
    return Calls(found, found[-1].seq if len(found) == 200 else None)


@get("/api/launches/{launch_id:uuid}/navigations", tags=_TAGS, summary="List the navigations of a launch, and why")
async def list_navigations(learning: Learning, caller: Calling, launch_id: FromPath[UUID]) -> Navigations:
    """List what was asked, what was delivered or refused, and the steps of the reasoning with their clauses."""
    return Navigations(await learning.navigations(caller, launch_id))


@post(
    "/api/courses/{course_id:uuid}/preview-link",
    status_code=201, tags=["Courses"], summary="Make a link that plays a course without tracking",
)  # fmt: skip
async def create_preview_link(
    learning: Learning, caller: Calling, course_id: FromPath[UUID], data: JSONBody[PreviewBody | None] = None
) -> LaunchLink:
    """Make a signed link that plays a course without results; its calls and decisions are kept for the author."""
    body = data or PreviewBody()
    url = await learning.preview_link(
        caller,
        course_id,
        version_id=body.version_id,
        organization=body.organization,
        exit_url=_web_address(body.exit_url),
    )
    return LaunchLink(url)


def _options(body: LinkBody) -> LinkOptions:
    seconds = body.expires_in_seconds
    if seconds is not None and not 1 <= seconds <= LONGEST_LINK_SECONDS:
        raise Invalid(f"expires_in_seconds is between 1 and {LONGEST_LINK_SECONDS}")
    for origin in body.frame_ancestors:
        if not origin.startswith(("https://", "http://")) or any(one in origin for one in " ;,'\"\r\n"):
            raise Invalid(f"frame_ancestors holds origins like https://lms.example.org, not {origin[:80]!r}")
    return LinkOptions(
        frame_ancestors=tuple(body.frame_ancestors),
        exit_url=_web_address(body.exit_url),
        settings=body.settings,
        ttl_seconds=seconds,
    )


def _web_address(text: str | None) -> str | None:
    if text is not None and not text.startswith(("https://", "http://")):
        raise Invalid("exit_url is an http or https address")
    return text


ROUTES: list[ControllerRouterHandler] = [
    create_registration,
    list_registrations,
    show_registration,
    delete_registration,
    create_launch_link,
    reset_registration,
    create_instance,
    mark_registration,
    list_launches,
    list_previews,
    show_launch,
    export_launch,
    list_calls,
    list_navigations,
    create_preview_link,
]
