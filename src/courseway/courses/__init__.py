"""Courses, versions, uploads, validation reports, preview and content delivery: the face of the courses room."""

from courseway.courses.model import (
    Course,
    CourseChanges,
    CourseDetail,
    CourseMissing,
    CourseQuery,
    CourseSort,
    CourseState,
    CourseTotals,
    PackageTooLarge,
    Upload,
    UploadMissing,
    UploadOver,
    UploadState,
    Version,
    VersionChanges,
    VersionMissing,
    VersionSummary,
)
from courseway.courses.service import Service, UploadRules

__all__ = [
    "Course",
    "CourseChanges",
    "CourseDetail",
    "CourseMissing",
    "CourseQuery",
    "CourseSort",
    "CourseState",
    "CourseTotals",
    "PackageTooLarge",
    "Service",
    "Upload",
    "UploadMissing",
    "UploadOver",
    "UploadRules",
    "UploadState",
    "Version",
    "VersionChanges",
    "VersionMissing",
    "VersionSummary",
]
