"""Launches as people look at them afterwards: what the content called, why each navigation went as it did, and a file of it all."""

from uuid import UUID

from courseway.kit.db import Row, Tx
from courseway.learning.model import (
    CallQuery,
    CallView,
    LaunchDetail,
    LaunchRecord,
    LoggedCall,
    NavigationRecord,
    NotExportable,
    RegistrationNotFound,
)
from courseway.learning.model.launch_file import FileLearner, FileStep, LaunchFile, anonymous, played_only
from courseway.learning.model.moving import draw_seed
from courseway.learning.service.parts import LearningParts
from courseway.learning.store import launches as rows
from courseway.learning.store.registrations import load_registration
from courseway.tenants import Caller, Scope

MOST_LAUNCHES = 200
CALLS_PER_PAGE = 200


class Launches(LearningParts):
    """Everything here needs analytics:read; of a preview course:read is enough."""

    async def launches(self, caller: Caller, registration_id: UUID) -> list[LaunchRecord]:
        """List the launches of a registration, newest first, at most 200."""
        caller.require(Scope.ANALYTICS_READ)
        async with self._db.tenant(caller.tenant_id) as tx:
            await load_registration(tx, registration_id)
            return await rows.find_launches(tx, registration_id, MOST_LAUNCHES)

    async def previews(self, caller: Caller, course_id: UUID, *, limit: int = 20) -> list[LaunchRecord]:
        """List the newest previews of a course."""
        caller.require(Scope.COURSE_READ)
        async with self._db.tenant(caller.tenant_id) as tx:
            await self._courses.get_course(tx, course_id)
            return await rows.find_previews(tx, course_id, limit)

    async def launch(self, caller: Caller, launch_id: UUID) -> LaunchDetail:
        """Read one launch, with the titles of its course's activities. RegistrationNotFound."""
        async with self._db.tenant(caller.tenant_id) as tx:
            found, row = await self._check(tx, caller, launch_id)
            course = await self._playable(tx, row["version_id"], row["organization"])
        return LaunchDetail(
            launch=found, course_id=row["course_id"], course_title=row["title"], standard=course.standard,
            edition=course.structure.edition, exportable=row["exportable"],
            activities={one.identifier: one.title or one.identifier for one in course.tree.activities},
        )  # fmt: skip

    async def calls(self, caller: Caller, launch_id: UUID, *, after: int = 0) -> list[CallView]:
        """List the commits of a launch with the calls they carried, 200 at a time; `after` is the last one seen."""
        async with self._db.tenant(caller.tenant_id) as tx:
            await self._check(tx, caller, launch_id)
            return await rows.find_calls(tx, launch_id, after, CALLS_PER_PAGE)

    async def call_lines(self, caller: Caller, launch_id: UUID, query: CallQuery) -> list[LoggedCall]:
        """List calls one line each, narrowed, with what the server refused between them."""
        async with self._db.tenant(caller.tenant_id) as tx:
            await self._check(tx, caller, launch_id)
            return await rows.find_lines(tx, launch_id, query)

    async def navigations(self, caller: Caller, launch_id: UUID) -> list[NavigationRecord]:
        """List the navigations of a launch, and why each went as it did."""
        async with self._db.tenant(caller.tenant_id) as tx:
            await self._check(tx, caller, launch_id)
            return await rows.find_navigations(tx, launch_id)

    async def export_launch(self, caller: Caller, launch_id: UUID, *, without_learner: bool = False) -> LaunchFile:
        """
        Put a launch into a file that can be played again.

        `without_learner` takes her id and name out. RegistrationNotFound, NotExportable.
        """
        async with self._db.tenant(caller.tenant_id) as tx:
            found, row = await self._check(tx, caller, launch_id)
            start, learner = await rows.load_start(tx, launch_id)
            course = await self._playable(tx, row["version_id"], row["organization"])
            commits = await rows.find_commits(tx, launch_id)
            moves = await rows.find_steps(tx, launch_id)
        if start is None or not moves:
            raise NotExportable
        steps: list[FileStep] = []
        taken = 0
        for before, move in moves:
            if before is None:
                raise NotExportable
            steps += commits[taken:before]
            taken = max(taken, before)
            steps.append(move)
        file = LaunchFile(
            launch=str(launch_id), mode=found.mode, course=played_only(course.structure, course.organization),
            learner=FileLearner(*learner), seed=draw_seed(found.registration_id or launch_id), start=start, steps=[*steps, *commits[taken:]],
        )  # fmt: skip
        return anonymous(file) if without_learner else file

    async def _check(self, tx: Tx, caller: Caller, launch_id: UUID) -> tuple[LaunchRecord, Row]:
        found = await rows.find_launch(tx, launch_id)
        of_learner = found is None or found[0].registration_id is not None or found[0].mode.value != "preview"
        caller.require(Scope.ANALYTICS_READ if of_learner else Scope.COURSE_READ)
        if found is None:
            raise RegistrationNotFound("There is no such launch, or it is not yours.")
        return found
