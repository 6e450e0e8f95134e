"""Looking at courses and versions, for people and for the rooms above."""

from collections.abc import AsyncIterator
from urllib.parse import quote
from uuid import UUID

from courseway.courses.model import (
    Course,
    CourseDetail,
    CourseQuery,
    Original,
    StoredFile,
    Version,
    VersionChanges,
    VersionSummary,
    make_capability,
)
from courseway.courses.service.parts import CourseParts
from courseway.courses.store import courses as course_rows
from courseway.courses.store import versions as version_rows
from courseway.errors import Invalid
from courseway.kit.db import Tx
from courseway.kit.paging import Page, decode_cursor, make_page, page_limit
from courseway.standards.issues import Report
from courseway.tenants import Caller, Scope

SHOWN_CHANGES = 100
UNQUOTED = "/!$&'()*+,;=:@"


class Reading(CourseParts):
    """What changes nothing."""

    # For the rooms above, inside their unit of work -----------------------------------------------------------

    async def get_course(self, tx: Tx, course_id: UUID) -> Course:
        """Read a live course; CourseMissing when there is none or it was deleted."""
        return await course_rows.load_course(tx, course_id)

    async def current_version(self, tx: Tx, course_id: UUID) -> Version:
        """Read the version of a live course that is shown and played now; CourseMissing otherwise."""
        course = await course_rows.load_course(tx, course_id)
        return await self.version(tx, course.current_version_id)

    async def version(self, tx: Tx, version_id: UUID) -> Version:
        """
        Read any version with its structure, of deleted courses too; VersionMissing when there is none.

        Versions never change, so they are kept in the process: asking again costs no query.
        """
        kept = self._versions.get((tx.tenant_id, version_id))
        if kept is None:
            kept = await version_rows.load_version(tx, version_id)
            self._versions.put((tx.tenant_id, version_id), kept)
        return kept

    def content_url(self, tenant_id: UUID, course_id: UUID, version_id: UUID, path: str) -> str:
        """
        Return the address of a file of a version, from the root of the content origin; good today and tomorrow.

        `path` is the file's path in the package, not yet percent-encoded; parameters are appended by the caller.
        """
        opened = make_capability(self._content_key, course_id, version_id, self._clock().date())
        return f"/api/preview/{course_id}/assets/{opened}/{quote(path, safe=UNQUOTED)}"

    def content_origin(self, tenant_id: UUID) -> str:
        """Return the origin a tenant's courses are served from, without a closing slash."""
        return self._content_origin.replace("{tenant}", tenant_id.hex)

    # For people -------------------------------------------------------------------------------------------------

    async def list_courses(self, caller: Caller, query: CourseQuery) -> Page[Course]:
        """List courses by cursor; the bin when `query.state` is deleted."""
        caller.require(Scope.COURSE_READ)
        async with self._db.tenant(caller.tenant_id) as tx:
            return await course_rows.find_courses(tx, query)

    async def show(self, caller: Caller, course_id: UUID) -> CourseDetail:
        """Show a course with what is in its current version and what was found in it. Deleted ones can be seen."""
        caller.require(Scope.COURSE_READ)
        async with self._db.tenant(caller.tenant_id) as tx:
            course = await course_rows.load_course(tx, course_id, with_deleted=True)
            version = await self.version(tx, course.current_version_id)
            report = await version_rows.load_report(tx, version.id)
        return CourseDetail(course=course, version=version.summary, structure=version.structure, report=report)

    async def list_versions(
        self, caller: Caller, course_id: UUID, *, limit: int | None = None, cursor: str = ""
    ) -> Page[VersionSummary]:
        """List a course's versions, newest first."""
        caller.require(Scope.COURSE_READ)
        rows = page_limit(limit)
        below = _number(decode_cursor(cursor, 1)[0]) if cursor else None
        async with self._db.tenant(caller.tenant_id) as tx:
            await course_rows.load_course(tx, course_id, with_deleted=True)
            versions = await version_rows.find_versions(tx, course_id, limit=rows + 1, below=below)
        return make_page(versions, rows, lambda version: (version.number,))

    async def show_version(self, caller: Caller, course_id: UUID, number: int) -> tuple[Version, Report]:
        """Show one version with its structure, and what was found in its package."""
        caller.require(Scope.COURSE_READ)
        async with self._db.tenant(caller.tenant_id) as tx:
            summary = await version_rows.load_version_by_number(tx, course_id, number)
            return await self.version(tx, summary.id), await version_rows.load_report(tx, summary.id)

    async def compare_versions(
        self, caller: Caller, course_id: UUID, number: int, against: int | None = None
    ) -> VersionChanges:
        """Say which files a version has added, removed or changed against an older one, by default the one before."""
        caller.require(Scope.COURSE_READ)
        async with self._db.tenant(caller.tenant_id) as tx:
            newer = await version_rows.load_version_by_number(tx, course_id, number)
            if number == 1 and against is None:
                return VersionChanges(number=1, against=None, added_count=newer.file_count)
            older = await version_rows.load_version_by_number(tx, course_id, against or number - 1)
            return await version_rows.compare_files(tx, older, newer, limit=SHOWN_CHANGES)

    async def original(self, caller: Caller, course_id: UUID, number: int) -> Original:
        """Return a version's package as it was uploaded, ready to be streamed."""
        caller.require(Scope.COURSE_READ)
        async with self._db.tenant(caller.tenant_id) as tx:
            summary = await version_rows.load_version_by_number(tx, course_id, number)
            key = await version_rows.load_original_key(tx, summary.id)
        return Original(
            key=key, name=summary.original_name, sha256=summary.original_sha256, size_bytes=summary.size_bytes
        )

    def stream_original(self, original: Original, start: int = 0, end: int | None = None) -> AsyncIterator[bytes]:
        """Yield a package, or a range of it, part by part."""
        return self._objects.stream(original.key, start, end)

    async def list_files(
        self, caller: Caller, course_id: UUID, *, limit: int | None = None, cursor: str = ""
    ) -> Page[StoredFile]:
        """List the files of a course's current version by path."""
        caller.require(Scope.COURSE_READ)
        rows = page_limit(limit)
        after = str(decode_cursor(cursor, 1)[0]) if cursor else ""
        async with self._db.tenant(caller.tenant_id) as tx:
            course = await course_rows.load_course(tx, course_id, with_deleted=True)
            files = await version_rows.find_files(tx, course.current_version_id, after=after, limit=rows + 1)
        return make_page(files, rows, lambda file: (file.path,))

    async def show_report(self, caller: Caller, course_id: UUID, number: int | None = None) -> Report:
        """Show everything that was found in a version's package; of the current version when no number is given."""
        caller.require(Scope.COURSE_READ)
        async with self._db.tenant(caller.tenant_id) as tx:
            if number is None:
                course = await course_rows.load_course(tx, course_id, with_deleted=True)
                return await version_rows.load_report(tx, course.current_version_id)
            version = await version_rows.load_version_by_number(tx, course_id, number)
            return await version_rows.load_report(tx, version.id)

    async def preview_url(self, caller: Caller, course_id: UUID, path: str) -> str:
        """Return the whole address of a file of a course's current version on the content origin."""
        caller.require(Scope.COURSE_READ)
        async with self._db.tenant(caller.tenant_id) as tx:
            course = await course_rows.load_course(tx, course_id)
        return self.content_origin(caller.tenant_id) + self.content_url(
            caller.tenant_id, course_id, course.current_version_id, path
        )


def _number(value: object) -> int:
    if not isinstance(value, int):
        raise Invalid("cursor is not one that this list gave out; start again without it")
    return value
