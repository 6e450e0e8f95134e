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
from urllib.parse import quote
from uuid import UUID

import msgspec

from courseway.errors import Conflict, Invalid, Kind, NotFound, Refusal
from courseway.standards.issues import Report
from courseway.standards.manifests.structure import CourseStructure, Standard


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


class UploadCancelled(Conflict):
    """This upload was cancelled while it arrived."""

    code, title = "upload.cancelled", "The upload was cancelled"


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


TITLE_LENGTH, DESCRIPTION_LENGTH, TAG_LENGTH, MOST_TAGS = 300, 5000, 60, 50
SETTINGS_BYTES = 8 * 1024
PLAYABLE = frozenset({Standard.SCORM_12, Standard.SCORM_2004})


def is_playable(standard: Standard) -> bool:
    """Tell whether courses of a standard can be played here already."""
    return standard in PLAYABLE


def changed_course(course: Course, changes: CourseChanges, now: datetime) -> Course:
    """Return the course with its changes applied; Invalid when they cannot be."""
    title = course.title if changes.title is None else " ".join(changes.title.split())
    if not title or len(title) > TITLE_LENGTH:
        raise Invalid(f"A title has 1 to {TITLE_LENGTH} characters.")
    description = course.description if changes.description is None else changes.description.strip()
    if len(description) > DESCRIPTION_LENGTH:
        raise Invalid(f"A description has at most {DESCRIPTION_LENGTH} characters.")
    settings = course.player_settings if changes.player_settings is None else changes.player_settings
    if len(msgspec.json.encode(settings)) > SETTINGS_BYTES:
        raise Invalid(f"Player settings have at most {SETTINGS_BYTES} bytes.")
    return msgspec.structs.replace(
        course,
        title=title,
        description=description,
        tags=course.tags if changes.tags is None else clean_tags(changes.tags),
        player_settings=settings,
        updated_at=now,
    )


def clean_tags(tags: tuple[str, ...]) -> tuple[str, ...]:
    """Return tags trimmed and without repetition; Invalid when there are too many or one is too long."""
    cleaned = tuple(dict.fromkeys(tag for tag in (" ".join(tag.split()) for tag in tags) if tag))
    if len(cleaned) > MOST_TAGS or any(len(tag) > TAG_LENGTH for tag in cleaned):
        raise Invalid(f"A course has at most {MOST_TAGS} tags of at most {TAG_LENGTH} characters.")
    return cleaned


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


def was_capability(key: bytes, course_id: UUID, text: str) -> bool:
    """Tell whether a capability opened this course on some day, so that its holder can be told that it is over."""
    matched = _CAPABILITY.fullmatch(text)
    if matched is None:
        return False
    try:
        day = date.fromisoformat(matched[2])
    except ValueError:
        return False
    return hmac.compare_digest(make_capability(key, course_id, UUID(matched[1]), day), text)


def looks_like_capability(text: str) -> bool:
    """Tell whether a part of a path has the form of a capability, good or not."""
    return _CAPABILITY.fullmatch(text) is not None


def package_key(tenant_id: UUID, upload_id: UUID) -> str:
    """Return where an uploaded package is kept; it stays there as the version's original."""
    return f"{packages_prefix(tenant_id)}/{upload_id.hex}"


def packages_prefix(tenant_id: UUID) -> str:
    """Return the folder of a tenant's packages."""
    return f"t/{tenant_id.hex}/packages"


def versions_prefix(tenant_id: UUID) -> str:
    """Return the folder of a tenant's unpacked versions."""
    return f"t/{tenant_id.hex}/versions"


def version_prefix(tenant_id: UUID, version_id: UUID) -> str:
    """Return the folder one version's files are stored in."""
    return f"{versions_prefix(tenant_id)}/{version_id.hex}"


SMALL_BYTES = 64 * 1024  # stored sizes up to this share objects, and are sent from memory


def alone_name(number: int) -> str:
    """Return the name of an object that is one file. Names are counted, so that no archive can choose one."""
    return f"file-{number}"


def shared_name(number: int) -> str:
    """Return the name of an object that several small files share."""
    return f"small-{number}"


def is_alone(file: StoredFile) -> bool:
    """Tell whether a file has its object for itself."""
    return file.object_name.startswith("file-")
