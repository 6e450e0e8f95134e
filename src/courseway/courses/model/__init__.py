"""
Courses, their versions and their uploads, as values, and what may be done with them.

What lives here: the values the room shows to others, its refusals, and its pure decisions.
What does not: what is inside a course (`standards.manifests.structure`), tables, files.
"""

from courseway.courses.model.capability import (
    looks_like_capability,
    make_capability,
    read_capability,
    was_capability,
)
from courseway.courses.model.places import (
    SMALL_BYTES,
    alone_name,
    is_alone,
    package_key,
    packages_prefix,
    shared_name,
    version_prefix,
    versions_prefix,
)
from courseway.courses.model.refusals import (
    CourseMissing,
    PackageTooLarge,
    UploadCancelled,
    UploadCutOff,
    UploadMissing,
    UploadOver,
    VersionMissing,
)
from courseway.courses.model.rules import (
    changed_course,
    clean_tags,
    is_playable,
)
from courseway.courses.model.values import (
    Course,
    CourseChanges,
    CourseDetail,
    CourseQuery,
    CourseSort,
    CourseState,
    CourseTotals,
    ImportJob,
    Original,
    StoredFile,
    Upload,
    UploadOptions,
    UploadState,
    Version,
    VersionChanges,
    VersionFiles,
    VersionSummary,
)

__all__ = [
    "SMALL_BYTES",
    "Course",
    "CourseChanges",
    "CourseDetail",
    "CourseMissing",
    "CourseQuery",
    "CourseSort",
    "CourseState",
    "CourseTotals",
    "ImportJob",
    "Original",
    "PackageTooLarge",
    "StoredFile",
    "Upload",
    "UploadCancelled",
    "UploadCutOff",
    "UploadMissing",
    "UploadOptions",
    "UploadOver",
    "UploadState",
    "Version",
    "VersionChanges",
    "VersionFiles",
    "VersionMissing",
    "VersionSummary",
    "alone_name",
    "changed_course",
    "clean_tags",
    "is_alone",
    "is_playable",
    "looks_like_capability",
    "make_capability",
    "package_key",
    "packages_prefix",
    "read_capability",
    "shared_name",
    "version_prefix",
    "versions_prefix",
    "was_capability",
]
