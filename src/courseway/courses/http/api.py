"""The REST interface of courses, versions and uploads: parse, one call of the service, render."""

import hashlib
from typing import Annotated, Any
from uuid import UUID

import msgspec
from litestar import MediaType, Request, Response, delete, get, patch, post, route
from litestar.di import NamedDependency
from litestar.enums import HttpMethod
from litestar.params import FromPath, FromQuery, HeaderParameter, JSONBody, QueryParameter
from litestar.response import Redirect, Stream
from litestar.types import ControllerRouterHandler

from courseway.courses.http.incoming import Incoming, open_package
from courseway.courses.http.ranges import matches, read_range
from courseway.courses.model import (
    Course,
    CourseChanges,
    CourseQuery,
    CourseSort,
    CourseState,
    Original,
    Upload,
    UploadOptions,
    VersionChanges,
    VersionSummary,
    clean_tags,
    looks_like_capability,
)
from courseway.courses.service import Service
from courseway.errors import Invalid
from courseway.kit.idempotency import OnceKey
from courseway.standards.issues import Report
from courseway.standards.manifests.structure import CourseStructure
from courseway.tenants import Caller

AnyRequest = Request[Any, Any, Any]
Calling = NamedDependency[Caller]
Courses = NamedDependency[Service]
Once = Annotated[
    str | None, HeaderParameter(name="Idempotency-Key", description="Makes a repeated request create once")
]
Limit = Annotated[int | None, QueryParameter(description="Rows of a page: 50 unless given, at most 100")]
Cursor = Annotated[str, QueryParameter(description="`next_cursor` of the page before")]
KEY_LENGTH = 200
STREAMED: dict[str, Any] = {"request_max_body_size": None}  # the service counts, and knows the setting


class CoursePatch(msgspec.Struct):
    """What may be changed about a course; what is left out stays."""

    title: str | None = None
    description: str | None = None
    tags: list[str] | None = None
    player_settings: dict[str, Any] | None = None


class CourseShown(Course, frozen=True, kw_only=True):
    """A course with what is in its current version."""

    version: VersionSummary
    structure: CourseStructure
    report: Report


class VersionShown(VersionSummary, frozen=True, kw_only=True):
    """A version with what is in it."""

    structure: CourseStructure
    report: Report


class CoursePage(msgspec.Struct):
    """A page of courses."""

    items: tuple[Course, ...]
    next_cursor: str | None


class VersionPage(msgspec.Struct):
    """A page of versions."""

    items: tuple[VersionSummary, ...]
    next_cursor: str | None


class FileShown(msgspec.Struct):
    """A file of a course. `path` is its path in the package."""

    path: str
    size_bytes: int
    content_type: str


class FilePage(msgspec.Struct):
    """A page of files."""

    items: tuple[FileShown, ...]
    next_cursor: str | None


class UploadPage(msgspec.Struct):
    """A page of uploads."""

    items: tuple[Upload, ...]
    next_cursor: str | None


# Uploads ----------------------------------------------------------------------------------------------------------


@post("/api/courses", status_code=202, tags=["Courses"], summary="Upload a package as a new course", **STREAMED)
async def upload_course(request: AnyRequest, courses: Courses, caller: Calling, once: Once = None) -> Response[Upload]:
    """Receive a package and queue its import; the answer comes when the last byte is kept."""
    return await _receive(request, courses, caller, once, None)


@post(
    "/api/courses/{course_id:uuid}/versions",
    status_code=202,
    tags=["Courses"],
    summary="Upload a package as a new version of a course",
    **STREAMED,
)
async def upload_version(
    request: AnyRequest, courses: Courses, caller: Calling, course_id: FromPath[UUID], once: Once = None
) -> Response[Upload]:
    """Receive a package as the course's next version; `make_current=false` keeps the present one current."""
    return await _receive(request, courses, caller, once, course_id)


async def _receive(
    request: AnyRequest, courses: Service, caller: Caller, once: str | None, course_id: UUID | None
) -> Response[Upload]:
    incoming = await open_package(request)
    upload = await courses.receive_package(
        caller,
        incoming.parts,
        file_name=incoming.file_name,
        size_bytes=incoming.size_bytes,
        body_bytes=incoming.body_bytes,
        course_id=course_id,
        options=_options(request, incoming),
        once=_once(once, request, incoming),
    )
    return Response(upload, status_code=202, headers={"Location": f"/api/uploads/{upload.id}"})


def _options(request: AnyRequest, incoming: Incoming) -> UploadOptions:
    asked = request.query_params
    fields = incoming.fields
    tags = tuple(asked.getall("tag", [])) or tuple(fields.get("tags", "").split(","))
    return UploadOptions(
        title=" ".join((asked.get("title") or fields.get("title", "")).split())[:300],
        note=(asked.get("note") or fields.get("note", "")).strip()[:2000],
        tags=clean_tags(tags),
        make_current=(asked.get("make_current") or fields.get("make_current", "true")).lower()
        not in {"false", "0", "no"},
    )


def _once(key: str | None, request: AnyRequest, incoming: Incoming) -> OnceKey | None:
    if not key:
        return None
    if len(key) > KEY_LENGTH:
        raise Invalid(f"Idempotency-Key has at most {KEY_LENGTH} characters.")
    asked = f"{request.url.query}\n{incoming.file_name}\n{incoming.body_bytes}"
    return OnceKey(key, f"upload {request.url.path}", hashlib.sha256(asked.encode("utf-8", "replace")).digest())


@get("/api/uploads", tags=["Uploads"], summary="List uploads, newest first")
async def list_uploads(
    courses: Courses,
    caller: Calling,
    limit: Limit = None,
    cursor: Cursor = "",
    open_only: Annotated[bool, QueryParameter(name="open", description="Only those still under way")] = False,
    course_id: FromQuery[UUID | None] = None,
) -> UploadPage:
    """List uploads by cursor."""
    page = await courses.list_uploads(caller, limit=limit, cursor=cursor, open_only=open_only, course_id=course_id)
    return UploadPage(page.items, page.next_cursor)


@get("/api/uploads/{upload_id:uuid}", tags=["Uploads"], summary="Show how far an upload has come, and its report")
async def show_upload(courses: Courses, caller: Calling, upload_id: FromPath[UUID]) -> Upload:
    """Show an upload: its state, its progress in bytes, its report, and the course once it is ready."""
    return await courses.show_upload(caller, upload_id)


@delete("/api/uploads/{upload_id:uuid}", status_code=200, tags=["Uploads"], summary="Cancel an upload")
async def cancel_upload(courses: Courses, caller: Calling, upload_id: FromPath[UUID]) -> Upload:
    """Stop an upload that is not over; nothing of it stays."""
    return await courses.cancel_upload(caller, upload_id)


# Courses ----------------------------------------------------------------------------------------------------------


@get("/api/courses", tags=["Courses"], summary="List courses")
async def list_courses(
    courses: Courses,
    caller: Calling,
    limit: Limit = None,
    cursor: Cursor = "",
    search: FromQuery[str] = "",
    standard: FromQuery[str] = "",
    tag: FromQuery[str] = "",
    course_state: Annotated[CourseState, QueryParameter(name="state")] = CourseState.LIVE,
    sort: FromQuery[CourseSort] = CourseSort.UPDATED,
) -> CoursePage:
    """List courses by cursor; the search looks into titles and tags."""
    query = CourseQuery(
        search=search, standard=standard, tag=tag, state=course_state, sort=sort, limit=limit, cursor=cursor
    )
    page = await courses.list_courses(caller, query)
    return CoursePage(page.items, page.next_cursor)


@get("/api/courses/{course_id:uuid}", tags=["Courses"], summary="Show a course with its structure, totals and report")
async def show_course(courses: Courses, caller: Calling, course_id: FromPath[UUID]) -> CourseShown:
    """Show a course, live or in the bin."""
    detail = await courses.show(caller, course_id)
    fields = {name: getattr(detail.course, name) for name in Course.__struct_fields__}
    return CourseShown(**fields, version=detail.version, structure=detail.structure, report=detail.report)


@patch("/api/courses/{course_id:uuid}", tags=["Courses"], summary="Change title, description, tags, player settings")
async def change_course(
    courses: Courses, caller: Calling, course_id: FromPath[UUID], data: JSONBody[CoursePatch]
) -> Course:
    """Change what is given; what is left out stays."""
    changes = CourseChanges(
        title=data.title,
        description=data.description,
        tags=None if data.tags is None else tuple(data.tags),
        player_settings=data.player_settings,
    )
    return await courses.change_course(caller, course_id, changes)


@delete("/api/courses/{course_id:uuid}", status_code=204, tags=["Courses"], summary="Put a course into the bin")
async def delete_course(courses: Courses, caller: Calling, course_id: FromPath[UUID]) -> None:
    """Delete a course so that it can be restored; its results stay."""
    await courses.delete_course(caller, course_id)


@post(
    "/api/courses/{course_id:uuid}/restore", status_code=200, tags=["Courses"], summary="Take a course out of the bin"
)
async def restore_course(courses: Courses, caller: Calling, course_id: FromPath[UUID]) -> Course:
    """Restore a deleted course as it was."""
    return await courses.restore_course(caller, course_id)


@get("/api/courses/{course_id:uuid}/report", tags=["Courses"], summary="Show everything found in the current version")
async def show_report(courses: Courses, caller: Calling, course_id: FromPath[UUID]) -> Report:
    """Show every finding with severity (`error`, `warning`, or `info` for a note), place, clause and advice."""
    return await courses.show_report(caller, course_id)


@get("/api/courses/{course_id:uuid}/files", tags=["Courses"], summary="List the files of the current version")
async def list_files(
    courses: Courses, caller: Calling, course_id: FromPath[UUID], limit: Limit = None, cursor: Cursor = ""
) -> FilePage:
    """List files by path; each can be seen at `/api/preview/{course_id}/assets/{path}`."""
    page = await courses.list_files(caller, course_id, limit=limit, cursor=cursor)
    files = tuple(FileShown(file.path, file.size_bytes, file.content_type) for file in page.items)
    return FilePage(files, page.next_cursor)


# Versions ---------------------------------------------------------------------------------------------------------


@get("/api/courses/{course_id:uuid}/versions", tags=["Courses"], summary="List a course's versions, newest first")
async def list_versions(
    courses: Courses, caller: Calling, course_id: FromPath[UUID], limit: Limit = None, cursor: Cursor = ""
) -> VersionPage:
    """List versions by cursor."""
    page = await courses.list_versions(caller, course_id, limit=limit, cursor=cursor)
    return VersionPage(page.items, page.next_cursor)


@get("/api/courses/{course_id:uuid}/versions/{number:int}", tags=["Courses"], summary="Show a version")
async def show_version(
    courses: Courses, caller: Calling, course_id: FromPath[UUID], number: FromPath[int]
) -> VersionShown:
    """Show a version with its structure and its report."""
    version, report = await courses.show_version(caller, course_id, number)
    fields = {name: getattr(version, name) for name in VersionSummary.__struct_fields__}
    return VersionShown(**fields, structure=version.structure, report=report)


@get(
    "/api/courses/{course_id:uuid}/versions/{number:int}/changes",
    tags=["Courses"],
    summary="Say which files differ from an older version",
)
async def show_changes(
    courses: Courses,
    caller: Calling,
    course_id: FromPath[UUID],
    number: FromPath[int],
    against: FromQuery[int | None] = None,
) -> VersionChanges:
    """Compare with the version before, or with the one given as `against`."""
    return await courses.compare_versions(caller, course_id, number, against)


@post(
    "/api/courses/{course_id:uuid}/versions/{number:int}/current",
    status_code=200,
    tags=["Courses"],
    summary="Make a version the current one",
)
async def make_current(courses: Courses, caller: Calling, course_id: FromPath[UUID], number: FromPath[int]) -> Course:
    """Let new registrations and previews use this version; running registrations keep theirs."""
    return await courses.make_current(caller, course_id, number)


@get(
    "/api/courses/{course_id:uuid}/versions/{number:int}/original",
    tags=["Courses"],
    summary="Download the package as it was uploaded",
    media_type="application/zip",
    uncompressed=True,
)
async def download_original(
    request: AnyRequest, courses: Courses, caller: Calling, course_id: FromPath[UUID], number: FromPath[int]
) -> Response[Any]:
    """Send the package byte by byte as it came; ranges resume a download."""
    original = await courses.original(caller, course_id, number)
    return _original_answer(request, courses, original)


def _original_answer(request: AnyRequest, courses: Service, original: Original) -> Response[Any]:
    etag = f'"{original.sha256}"'.encode()
    headers = {
        "ETag": etag.decode(),
        "Accept-Ranges": "bytes",
        "Cache-Control": "private, no-cache",
        "Content-Disposition": original.disposition,
    }
    held = request.headers.get("if-none-match")
    if held is not None and matches(held.encode(), etag):
        return Response(b"", status_code=304, media_type=MediaType.TEXT, headers=headers)
    size = original.size_bytes
    text, condition = request.headers.get("range"), request.headers.get("if-range")
    wanted = read_range(text.encode(), size) if text and condition in {None, etag.decode()} else None
    if wanted is None:
        headers["Content-Length"] = str(size)
        return Stream(courses.stream_original(original), media_type="application/zip", headers=headers)
    if wanted.start >= wanted.end:
        headers["Content-Range"] = f"bytes */{size}"
        return Response(b"", status_code=416, media_type=MediaType.TEXT, headers=headers)
    headers["Content-Range"] = f"bytes {wanted.start}-{wanted.end - 1}/{size}"
    headers["Content-Length"] = str(wanted.end - wanted.start)
    parts = courses.stream_original(original, wanted.start, wanted.end)
    return Stream(parts, status_code=206, media_type="application/zip", headers=headers)


# Preview ----------------------------------------------------------------------------------------------------------


@route(
    "/api/preview/{course_id:uuid}/assets/{path:path}",
    http_method=[HttpMethod.GET, HttpMethod.HEAD],
    tags=["Courses"],
    summary="Find a file of the current version",
)
async def preview_asset(courses: Courses, caller: Calling, course_id: FromPath[UUID], path: FromPath[str]) -> Redirect:
    """Send the caller to the content origin: a course's pages never run where the console's cookie is."""
    wanted = path.lstrip("/")
    first, _, rest = wanted.partition("/")
    address = await courses.preview_url(caller, course_id, rest if looks_like_capability(first) else wanted)
    return Redirect(address, status_code=302, headers={"Cache-Control": "no-store"})


ROUTES: list[ControllerRouterHandler] = [
    upload_course,
    upload_version,
    list_uploads,
    show_upload,
    cancel_upload,
    list_courses,
    show_course,
    change_course,
    delete_course,
    restore_course,
    show_report,
    list_files,
    list_versions,
    show_version,
    show_changes,
    make_current,
    download_original,
    preview_asset,
]
