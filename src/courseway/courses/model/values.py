"""The values of courses, versions and uploads."""

import re
from datetime import datetime
from enum import StrEnum
from typing import Any
from urllib.parse import quote
from uuid import UUID

import msgspec

from courseway.standards.issues import Report
from courseway.standards.manifests.structure import CourseStructure


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


class VersionChanges(msgspec.Struct, frozen=True, kw_only=True):
    """
    Which files differ between two versions.

    `against` is the number of the older one, None for a first version. The paths are the first ones only, the counts
    are whole.
    """

    number: int
    against: int | None
    added_count: int = 0
    removed_count: int = 0
    changed_count: int = 0
    added: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()


class Original(msgspec.Struct, frozen=True, kw_only=True):
    """A package as it was uploaded, ready to be downloaded."""

    key: str
    name: str
    sha256: str
    size_bytes: int

    @property
    def disposition(self) -> str:
        """Return the Content-Disposition header: a plain name for old clients, the real one for the others."""
        plain = re.sub(r"[^A-Za-z0-9._ -]", "_", self.name)
        return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(self.name, safe='')}"


class StoredFile(msgspec.Struct, frozen=True, kw_only=True):
    """
    One file of a version.

    `size_bytes` is the file's own size, `stored_bytes` what it takes in the store; they differ when `encoding` is
    "gzip" and the store holds it compressed. It begins at `byte_offset` of its object; small files share one.
    """

    path: str
    size_bytes: int
    stored_bytes: int
    object_name: str
    byte_offset: int = 0
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
    size_bytes: int | None = None
    received_bytes: int = 0
    progress_done: int = 0
    progress_total: int = 0
    course_id: UUID | None = None
    version_id: UUID | None = None
    error: str = ""
    report: Report | None = None
    attempts: int = 0
    created_by: str = ""
    created_at: datetime
    updated_at: datetime
    finished_at: datetime | None = None


class UploadOptions(msgspec.Struct, frozen=True, kw_only=True):
    """What the sender wants, and who it was, so that the audit trail of a background import names a person."""

    title: str = ""
    tags: tuple[str, ...] = ()
    note: str = ""
    make_current: bool = True
    sha256: str = ""
    caller_kind: str = "platform"
    caller_id: str = ""
    caller_name: str = ""
    caller_address: str = ""


class ImportJob(msgspec.Struct, frozen=True, kw_only=True):
    """One try of an import. `abandoned_version_id` is what the try before it left half-made."""

    id: UUID
    tenant_id: UUID
    course_id: UUID | None
    file_name: str
    size_bytes: int
    package_key: str
    options: UploadOptions
    attempts: int
    created_by: str
    abandoned_version_id: UUID | None


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
