"""Uploads as the courses page shows them: how far each has come, its findings, cancelling."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery
from litestar.response import Redirect

from courseway.console.frame import Frame
from courseway.courses import Service as Courses
from courseway.courses import Upload, UploadState
from courseway.kit.clock import utc_now

STAYS = timedelta(minutes=15)
FAILURE_STAYS = timedelta(days=1)
NEWS = timedelta(minutes=1)


@dataclass(frozen=True)
class ShownUploads:
    """The uploads a page shows: in full, and folded away since they are ready for a while."""

    open: list[Upload]
    finished: list[Upload]

    def __bool__(self) -> bool:
        return bool(self.open or self.finished)

    @property
    def busy(self) -> bool:
        """Tell whether one is still under way."""
        return any(not upload.state.over for upload in self.open)


def shown_uploads(uploads: Sequence[Upload], now: datetime) -> ShownUploads:
    """Return the uploads a page still shows: those under way, those that just ended, failures for a day."""
    shown = [
        upload
        for upload in uploads
        if not upload.state.over
        or upload.updated_at > now - (FAILURE_STAYS if upload.state is UploadState.FAILED else STAYS)
    ]
    finished = [one for one in shown if one.state is UploadState.READY and one.updated_at < now - NEWS]
    return ShownUploads([one for one in shown if one not in finished], finished)


@get("/courses/uploads")
async def list_uploads(
    frame: NamedDependency[Frame], courses: NamedDependency[Courses], course: FromQuery[UUID | None] = None
) -> Response[str]:
    """Fill the list of uploads; it asks again each second while one is under way."""
    page = await courses.list_uploads(frame.caller, limit=8, course_id=course)
    return frame.fragment("courses/uploads.html", uploads=shown_uploads(page.items, utc_now()), course_id=course)


@get("/courses/uploads/{upload_id:uuid}")
async def show_upload(
    frame: NamedDependency[Frame], courses: NamedDependency[Courses], upload_id: FromPath[UUID]
) -> Response[str]:
    """Show what was found in an uploaded package, above all in one that was refused."""
    upload = await courses.show_upload(frame.caller, upload_id)
    return frame.page("courses/upload.html", here="courses", title=upload.file_name, upload=upload)


@post("/courses/uploads/{upload_id:uuid}/cancel", status_code=303)
async def cancel_upload(
    frame: NamedDependency[Frame], courses: NamedDependency[Courses], upload_id: FromPath[UUID]
) -> Redirect:
    """Cancel an upload."""
    upload = await courses.cancel_upload(frame.caller, upload_id)
    place = f"/courses/{upload.course_id}/versions" if upload.course_id else "/courses"
    return frame.go(place, f"The upload of {upload.file_name} is cancelled.")


ROUTES = [list_uploads, show_upload, cancel_upload]
