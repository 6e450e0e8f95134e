"""The REST interface of destinations and dispatches: parse, one call of the service, render."""

from datetime import datetime
from typing import Annotated, Any, Generic, TypeVar
from urllib.parse import quote
from uuid import UUID

import msgspec
from litestar import Response, delete, get, patch, post
from litestar.datastructures import CacheControlHeader
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, JSONBody, QueryParameter
from litestar.types import ControllerRouterHandler

from courseway.dispatch.model.changes import (
    DestinationChanges,
    DestinationQuery,
    DispatchChanges,
    DispatchQuery,
    DispatchUserQuery,
    NewDestination,
    NewDispatch,
)
from courseway.dispatch.model.values import Destination, Dispatch, DispatchUser, ReceiptEntry, SelfTest, Usage
from courseway.dispatch.service import Package, Service
from courseway.kit.clock import utc_now
from courseway.kit.paging import Page
from courseway.standards.shells import PackageFormat
from courseway.tenants import Caller

NOT_STORED = CacheControlHeader(no_store=True)
T = TypeVar("T")
Calling = NamedDependency[Caller]
Dispatches = NamedDependency[Service]
Limit = Annotated[int | None, QueryParameter(description="How many, 50 unless given, 100 at most")]
Cursor = Annotated[str, QueryParameter(description="`next_cursor` of the page before")]


class Listed(msgspec.Struct, Generic[T]):
    """A page of a list."""

    items: tuple[T, ...]
    next_cursor: str | None


class DispatchAnswer(Dispatch, frozen=True, kw_only=True):
    """A dispatch with what follows from it: how it stands in one word, and the seats that are left."""

    state_now: str = msgspec.field(name="state")
    left: int | None = msgspec.field(name="seats_left")


class SecretAnswer(msgspec.Struct):
    """What a dispatch's postbacks are signed with."""

    secret: str


class Receipts(msgspec.Struct):
    """What an LMS answered, newest first."""

    items: tuple[ReceiptEntry, ...]


class SelfTests(msgspec.Struct):
    """Self-tests, newest first."""

    items: tuple[SelfTest, ...]


def _answer(found: Dispatch, now: datetime) -> DispatchAnswer:
    fields: dict[str, Any] = msgspec.structs.asdict(found)
    return DispatchAnswer(**fields, state_now=found.state(now), left=found.seats_left)


def _listed(page: Page[T]) -> Listed[T]:
    return Listed(page.items, page.next_cursor)


# destinations -----------------------------------------------------------------------------------------------------


@get("/api/destinations", summary="List destinations", tags=["Dispatch"])
async def list_destinations(
    caller: Calling,
    dispatch: Dispatches,
    search: FromQuery[str] = "",
    tag: FromQuery[str] = "",
    deleted: FromQuery[bool] = False,
    limit: Limit = None,
    cursor: Cursor = "",
) -> Listed[Destination]:
    """List destinations, newest first."""
    query = DestinationQuery(search=search, tag=tag, deleted=deleted, limit=limit, cursor=cursor)
    return _listed(await dispatch.list_destinations(caller, query))


@post("/api/destinations", summary="Make a destination", tags=["Dispatch"])
async def create_destination(caller: Calling, dispatch: Dispatches, data: JSONBody[NewDestination]) -> Destination:
    """Make a destination."""
    return await dispatch.create_destination(caller, data)


@get("/api/destinations/{destination_id:uuid}", summary="Read a destination", tags=["Dispatch"])
async def read_destination(caller: Calling, dispatch: Dispatches, destination_id: FromPath[UUID]) -> Destination:
    """Read a destination."""
    return await dispatch.destination(caller, destination_id)


@patch("/api/destinations/{destination_id:uuid}", summary="Change a destination", tags=["Dispatch"])
async def update_destination(
    caller: Calling, dispatch: Dispatches, destination_id: FromPath[UUID], data: JSONBody[DestinationChanges]
) -> Destination:
    """Change what is given."""
    return await dispatch.update_destination(caller, destination_id, data)


@delete("/api/destinations/{destination_id:uuid}", summary="Delete a destination", tags=["Dispatch"])
async def delete_destination(caller: Calling, dispatch: Dispatches, destination_id: FromPath[UUID]) -> None:
    """Put a destination without dispatches into the bin."""
    await dispatch.delete_destination(caller, destination_id)


@post(
    "/api/destinations/{destination_id:uuid}/restore",
    summary="Restore a destination",
    tags=["Dispatch"],
    status_code=200,
)
async def restore_destination(caller: Calling, dispatch: Dispatches, destination_id: FromPath[UUID]) -> Destination:
    """Take a destination out of the bin."""
    return await dispatch.restore_destination(caller, destination_id)


# dispatches -------------------------------------------------------------------------------------------------------


@get("/api/dispatches", summary="List dispatches", tags=["Dispatch"])
async def list_dispatches(
    caller: Calling,
    dispatch: Dispatches,
    search: FromQuery[str] = "",
    destination_id: FromQuery[UUID | None] = None,
    course_id: FromQuery[UUID | None] = None,
    tag: FromQuery[str] = "",
    deleted: FromQuery[bool] = False,
    limit: Limit = None,
    cursor: Cursor = "",
) -> Listed[DispatchAnswer]:
    """List dispatches, newest first."""
    query = DispatchQuery(
        search=search,
        destination_id=destination_id,
        course_id=course_id,
        tag=tag,
        deleted=deleted,
        limit=limit,
        cursor=cursor,
    )
    page = await dispatch.list_dispatches(caller, query)
    now = utc_now()
    return Listed(tuple(_answer(one, now) for one in page.items), page.next_cursor)


@post("/api/dispatches", summary="Dispatch a course", tags=["Dispatch"])
async def create_dispatch(caller: Calling, dispatch: Dispatches, data: JSONBody[NewDispatch]) -> DispatchAnswer:
    """Send a course to a destination."""
    return _answer(await dispatch.create_dispatch(caller, data), utc_now())


@get("/api/dispatches/{dispatch_id:uuid}", summary="Read a dispatch", tags=["Dispatch"])
async def read_dispatch(caller: Calling, dispatch: Dispatches, dispatch_id: FromPath[UUID]) -> DispatchAnswer:
    """Read a dispatch."""
    return _answer(await dispatch.dispatch(caller, dispatch_id), utc_now())


@patch("/api/dispatches/{dispatch_id:uuid}", summary="Change a dispatch", tags=["Dispatch"])
async def update_dispatch(
    caller: Calling, dispatch: Dispatches, dispatch_id: FromPath[UUID], data: JSONBody[DispatchChanges]
) -> DispatchAnswer:
    """Change what is given; null takes a date or a version away."""
    return _answer(await dispatch.update_dispatch(caller, dispatch_id, data), utc_now())


@delete("/api/dispatches/{dispatch_id:uuid}", summary="Delete a dispatch", tags=["Dispatch"])
async def delete_dispatch(caller: Calling, dispatch: Dispatches, dispatch_id: FromPath[UUID]) -> None:
    """Put a dispatch into the bin; its packages stop working, its results stay."""
    await dispatch.delete_dispatch(caller, dispatch_id)


@post("/api/dispatches/{dispatch_id:uuid}/restore", summary="Restore a dispatch", tags=["Dispatch"], status_code=200)
async def restore_dispatch(caller: Calling, dispatch: Dispatches, dispatch_id: FromPath[UUID]) -> DispatchAnswer:
    """Take a dispatch out of the bin."""
    return _answer(await dispatch.restore_dispatch(caller, dispatch_id), utc_now())


@post("/api/dispatches/{dispatch_id:uuid}/pause", summary="Pause a dispatch", tags=["Dispatch"], status_code=200)
async def pause_dispatch(caller: Calling, dispatch: Dispatches, dispatch_id: FromPath[UUID]) -> DispatchAnswer:
    """Let nobody launch until it is resumed."""
    return _answer(await dispatch.pause(caller, dispatch_id), utc_now())


@post("/api/dispatches/{dispatch_id:uuid}/resume", summary="Resume a dispatch", tags=["Dispatch"], status_code=200)
async def resume_dispatch(caller: Calling, dispatch: Dispatches, dispatch_id: FromPath[UUID]) -> DispatchAnswer:
    """Let learners launch again."""
    return _answer(await dispatch.resume(caller, dispatch_id), utc_now())


@post(
    "/api/dispatches/{dispatch_id:uuid}/reset-count",
    summary="Reset the registration count",
    tags=["Dispatch"],
    status_code=200,
)
async def reset_count(caller: Calling, dispatch: Dispatches, dispatch_id: FromPath[UUID]) -> DispatchAnswer:
    """Count registrations from zero again."""
    return _answer(await dispatch.reset_count(caller, dispatch_id), utc_now())


@post(
    "/api/dispatches/{dispatch_id:uuid}/revert-version",
    summary="Go back to the version before",
    tags=["Dispatch"],
    status_code=200,
)
async def revert_version(caller: Calling, dispatch: Dispatches, dispatch_id: FromPath[UUID]) -> DispatchAnswer:
    """Pin the version that was played before the last change of version."""
    return _answer(await dispatch.revert_version(caller, dispatch_id), utc_now())


@get("/api/dispatches/{dispatch_id:uuid}/package", summary="Download the package", tags=["Dispatch"])
async def download_package(
    caller: Calling,
    dispatch: Dispatches,
    dispatch_id: FromPath[UUID],
    package_format: Annotated[PackageFormat, QueryParameter(name="format")] = PackageFormat.SCORM_12,
) -> Response[bytes]:
    """Download the package to import into the customer's LMS."""
    return _send(await dispatch.package(caller, dispatch_id, package_format))


@get(
    "/api/destinations/{destination_id:uuid}/package",
    summary="Download one package for the whole destination",
    tags=["Dispatch"],
)
async def download_destination_package(
    caller: Calling,
    dispatch: Dispatches,
    destination_id: FromPath[UUID],
    package_format: Annotated[PackageFormat, QueryParameter(name="format")] = PackageFormat.SCORM_12,
) -> Response[bytes]:
    """Download one package with every dispatch of a destination, an item for each."""
    return _send(await dispatch.destination_package(caller, destination_id, package_format))


def _send(package: Package) -> Response[bytes]:
    disposition = f"attachment; filename=\"{package.filename}\"; filename*=UTF-8''{quote(package.filename)}"
    headers = {"Content-Disposition": disposition, "Cache-Control": "no-store"}
    return Response(package.content, media_type="application/zip", headers=headers)


@get(
    "/api/dispatches/{dispatch_id:uuid}/postback-secret",
    summary="Read the secret of postbacks",
    tags=["Dispatch"],
    cache_control=NOT_STORED,
)
async def read_postback_secret(caller: Calling, dispatch: Dispatches, dispatch_id: FromPath[UUID]) -> SecretAnswer:
    """Read what postbacks are signed with: `Courseway-Signature: t=<time>,v1=<HMAC-SHA256 of "<time>.<body>">`."""
    return SecretAnswer(await dispatch.postback_secret(caller, dispatch_id))


@get("/api/dispatches/{dispatch_id:uuid}/users", summary="List a dispatch's learners", tags=["Dispatch"])
async def list_users(
    caller: Calling,
    dispatch: Dispatches,
    dispatch_id: FromPath[UUID],
    search: FromQuery[str] = "",
    lms: FromQuery[str] = "",
    limit: Limit = None,
    cursor: Cursor = "",
) -> Listed[DispatchUser]:
    """List learners with their status here, and what their LMS took; `lms=behind` for those it has not taken."""
    query = DispatchUserQuery(search=search, lms=lms, limit=limit, cursor=cursor)
    return _listed(await dispatch.users(caller, dispatch_id, query))


@get("/api/dispatches/{dispatch_id:uuid}/usage", summary="See how a dispatch is used", tags=["Dispatch"])
async def read_usage(
    caller: Calling, dispatch: Dispatches, dispatch_id: FromPath[UUID], days: FromQuery[int] = 90
) -> Usage:
    """See how much of a dispatch is used, with its last days."""
    return await dispatch.usage(caller, dispatch_id, days)


@get("/api/dispatches/{dispatch_id:uuid}/self-tests", summary="List self-tests of a dispatch", tags=["Dispatch"])
async def list_self_tests(caller: Calling, dispatch: Dispatches, dispatch_id: FromPath[UUID]) -> SelfTests:
    """List what self-test pages of this dispatch found, newest first."""
    return SelfTests(await dispatch.self_tests(caller, dispatch_id=dispatch_id))


@get("/api/self-tests", summary="Look up a self-test by its quoted id", tags=["Dispatch"])
async def find_self_tests(caller: Calling, dispatch: Dispatches, code: FromQuery[str]) -> SelfTests:
    """Look up what a self-test page found by the id that somebody quotes."""
    return SelfTests(await dispatch.self_tests(caller, code=code))


@get(
    "/api/registrations/{registration_id:uuid}/receipts", summary="See what the customer's LMS took", tags=["Dispatch"]
)
async def list_receipts(caller: Calling, dispatch: Dispatches, registration_id: FromPath[UUID]) -> Receipts:
    """List what the customer's LMS answered for one registration, newest first."""
    return Receipts(await dispatch.receipts(caller, registration_id))


ROUTES: list[ControllerRouterHandler] = [
    list_destinations,
    create_destination,
    read_destination,
    update_destination,
    delete_destination,
    restore_destination,
    list_dispatches,
    create_dispatch,
    read_dispatch,
    update_dispatch,
    delete_dispatch,
    restore_dispatch,
    pause_dispatch,
    resume_dispatch,
    reset_count,
    revert_version,
    download_package,
    download_destination_package,
    read_postback_secret,
    list_users,
    read_usage,
    list_self_tests,
    find_self_tests,
    list_receipts,
]
