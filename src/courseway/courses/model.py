"""
Courses, their versions and their uploads, as values, and what may be done with them.

What lives here: the values the room shows to others, its refusals, and its pure decisions.
What does not: what is inside a course (`standards.manifests.structure`), tables, files.
"""

import hashlib
import hmac
import re
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

import msgspec

from courseway.errors import Conflict, Kind, NotFound, Refusal
from courseway.standards.issues import Report
from courseway.standards.manifests.structure import CourseStructure


class CourseMissing(NotFound):
    """This course does not exist, was deleted, or is not yours."""

    code, title = "course.not_found", "No such course"


class VersionMissing(NotFound):
    """This version does not exist, or is not yours."""

    code, title = "course.version_not_found", "No such version"


class UploadMissing(NotFound):
    """This upload does not exist, or is not yours."""

    code, title = "upload.not_found", "No such upload"


class UploadOver(Conflict):
    """This upload has ended already and cannot be cancelled."""

    code, title = "upload.over", "The upload has ended"


class PackageTooLarge(Refusal):
    """The package is larger than may be uploaded."""

    kind, code, title = Kind.TOO_LARGE, "upload.too_large", "The package is too large"


class UploadCutOff(Refusal):
    """The upload stopped before its end; send it again."""

    code, title = "upload.cut_off", "The upload is not complete"


class CourseState(StrEnum):
    """Whether a course can be used or lies in the bin."""

    LIVE = "live"
    DELETED = "deleted"


class CourseSort(StrEnum):
    """Orders a list of courses can have."""

    UPDATED = "updated"
    TITLE = "title"
    CREATED = "created"


class UploadState(StrEnum):
    """How far an upload has come."""

    RECEIVING = "receiving"
    QUEUED = "queued"
    CHECKING = "checking"
    UNPACKING = "unpacking"
    READY = "ready"
    FAILED = "failed"
    CANCELLED = "cancelled"

    @property
    def over(self) -> bool:
        """Tell whether nothing more will happen to the upload."""
        return self in {UploadState.READY, UploadState.FAILED, UploadState.CANCELLED}


class CourseTotals(msgspec.Struct, frozen=True):
    """What learners did with a course, counted."""

    registrations: int = 0
    launches: int = 0
    completions: int = 0
    last_launch_at: datetime | None = None


class Course(msgspec.Struct, frozen=True, kw_only=True):
    """A course as lists show it. What is in it belongs to its current version."""

    id: UUID
    tenant_id: UUID
    title: str
    description: str
    standard: str
    edition: str
    playable: bool
    current_version_id: UUID
    current_version_number: int
    item_count: int
    size_bytes: int
    player_settings: dict[str, Any]
    tags: tuple[str, ...]
    created_by: str
    created_at: datetime
    updated_at: datetime
    deleted_at: datetime | None = None
    totals: CourseTotals = CourseTotals()

    @property
    def state(self) -> CourseState:
        """Return whether the course is live or deleted."""
        return CourseState.LIVE if self.deleted_at is None else CourseState.DELETED


class VersionSummary(msgspec.Struct, frozen=True, kw_only=True):
    """A version as lists show it. Sizes in bytes."""

    id: UUID
    course_id: UUID
    number: int
    standard: str
    edition: str
    title: str
    item_count: int
    file_count: int
    size_bytes: int
    stored_bytes: int
    original_name: str
    original_sha256: str
    note: str
    created_by: str
    created_at: datetime


class Version(VersionSummary, frozen=True, kw_only=True):
    """One immutable state of a course: what is in it, and where its files are."""

    tenant_id: UUID
    structure: CourseStructure
    prefix: str
    original_key: str

    @property
    def summary(self) -> VersionSummary:
        """Return what lists show of this version."""
        return VersionSummary(**{name: getattr(self, name) for name in VersionSummary.__struct_fields__})


class StoredFile(msgspec.Struct, frozen=True, kw_only=True):
    """
    One file of a version.

    `size_bytes` is the file's own size, `stored_bytes` what it takes in the store; they differ when `encoding` is
    "gzip" and the store holds it compressed.
    """

    path: str
    size_bytes: int
    stored_bytes: int
    encoding: str
    content_type: str
    etag: str


class VersionFiles(msgspec.Struct, frozen=True, kw_only=True):
    """Every file of a version by its path, and the prefix all of them are stored under."""

    version_id: UUID
    course_id: UUID
    prefix: str
    files: dict[str, StoredFile]


class CourseDetail(msgspec.Struct, frozen=True, kw_only=True):
    """A course with its current version's content and its newest upload's fate."""

    course: Course
    version: VersionSummary
    structure: CourseStructure
    report: Report


class Upload(msgspec.Struct, frozen=True, kw_only=True):
    """
    A package on its way in.

    `progress_done` of `progress_total` are bytes; `error` is one sentence, empty unless the upload failed; `report`
    holds every finding once the package has been looked at.
    """

    id: UUID
    state: UploadState
    file_name: str
    size_bytes: int | None
    received_bytes: int
    progress_done: int
    progress_total: int
    course_id: UUID | None
    version_id: UUID | None
    error: str
    report: Report | None
    attempts: int
    created_by: str
    created_at: datetime
    updated_at: datetime
    finished_at: datetime | None


class CourseQuery(msgspec.Struct, frozen=True, kw_only=True):
    """Which courses are wanted, in which order, from where on."""

    search: str = ""
    standard: str = ""
    state: CourseState = CourseState.LIVE
    sort: CourseSort = CourseSort.UPDATED
    tag: str = ""
    limit: int | None = None
    cursor: str = ""


class CourseChanges(msgspec.Struct, frozen=True, kw_only=True):
    """What a caller wants to change about a course; None leaves a value as it is."""

    title: str | None = None
    description: str | None = None
    tags: tuple[str, ...] | None = None
    player_settings: dict[str, Any] | None = None


_CAPABILITY = re.compile(r"([0-9a-f]{32})\.([0-9]{8})\.([0-9a-f]{32})")


def make_capability(key: bytes, course_id: UUID, version_id: UUID, day: date) -> str:
    """
    Return the part of an address that opens one version's files, the same for everybody for a day.

    Bound to the course, so that it opens nothing under another course's address.
    """
    signed = f"{version_id.hex}.{day:%Y%m%d}"
    mac = hmac.new(key, f"{course_id.hex}.{signed}".encode(), hashlib.sha256).hexdigest()
    return f"{signed}.{mac[:32]}"


def read_capability(key: bytes, course_id: UUID, text: str, today: date) -> UUID | None:
    """Return the version a capability opens; None when it is forged, for another course, or older than yesterday."""
    matched = _CAPABILITY.fullmatch(text)
    if matched is None:
        return None
    version_id = UUID(matched[1])
    for day in (today, today - timedelta(days=1)):
        if hmac.compare_digest(make_capability(key, course_id, version_id, day), text):
            return version_id
    return None


def looks_like_capability(text: str) -> bool:
    """Tell whether a part of a path has the form of a capability, good or not."""
    return _CAPABILITY.fullmatch(text) is not None
