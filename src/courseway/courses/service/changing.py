"""Changing courses: their words and settings, which version counts, the bin."""

from typing import Any
from uuid import UUID

import msgspec

from courseway.courses.model import Course, CourseChanges, changed_course, is_playable
from courseway.courses.service.parts import CourseParts
from courseway.courses.store import courses as course_rows
from courseway.courses.store import versions as version_rows
from courseway.kit.outbox import add_fact
from courseway.tenants import Caller, Scope, record


class Changing(CourseParts):
    """What authors do with a course that is there."""

    async def change_course(self, caller: Caller, course_id: UUID, changes: CourseChanges) -> Course:
        """Change title, description, tags or player settings; what is not given stays."""
        caller.require(Scope.COURSE_WRITE)
        async with self._db.tenant(caller.tenant_id) as tx:
            course = await course_rows.lock_course(tx, course_id)
            changed = changed_course(course, changes, self._clock())
            await course_rows.update_course(tx, changed)
            await record(tx, caller, "course.updated", "course", course_id, changed.title, detail=_given(changes))
            await add_fact(tx, "course.updated", course_id)
        return changed

    async def make_current(self, caller: Caller, course_id: UUID, number: int) -> Course:
        """Make a version, older or newer, the one that is shown and played. Running registrations keep theirs."""
        caller.require(Scope.COURSE_WRITE)
        async with self._db.tenant(caller.tenant_id) as tx:
            await course_rows.lock_course(tx, course_id)
            summary = await version_rows.load_version_by_number(tx, course_id, number)
            version = await version_rows.load_version(tx, summary.id)
            await course_rows.point_course_at(
                tx, version, playable=is_playable(version.structure.standard), at=self._clock()
            )
            course = await course_rows.load_course(tx, course_id)
            await record(
                tx, caller, "course.version_changed", "course", course_id, course.title, detail={"version": number}
            )
            await add_fact(tx, "course.version_changed", course_id, version_id=version.id, number=number)
        return course

    async def delete_course(self, caller: Caller, course_id: UUID) -> None:
        """Put a course into the bin: it is listed nowhere and starts no more, and its results stay."""
        caller.require(Scope.COURSE_DELETE)
        now = self._clock()
        async with self._db.tenant(caller.tenant_id) as tx:
            course = await course_rows.lock_course(tx, course_id)
            await course_rows.update_deleted_at(tx, course_id, now, now)
            await record(tx, caller, "course.deleted", "course", course_id, course.title)
            await add_fact(tx, "course.deleted", course_id)

    async def restore_course(self, caller: Caller, course_id: UUID) -> Course:
        """Take a course out of the bin, as it was. Restoring one that is not in the bin changes nothing."""
        caller.require(Scope.COURSE_DELETE)
        async with self._db.tenant(caller.tenant_id) as tx:
            course = await course_rows.load_course(tx, course_id, with_deleted=True)
            if course.deleted_at is None:
                return course
            await course_rows.update_deleted_at(tx, course_id, None, self._clock())
            await record(tx, caller, "course.restored", "course", course_id, course.title)
            await add_fact(tx, "course.restored", course_id)
            return await course_rows.load_course(tx, course_id)


def _given(changes: CourseChanges) -> dict[str, Any]:
    return {name: value for name, value in msgspec.structs.asdict(changes).items() if value is not None}
