"""Parts that tests of the dispatch room share: a course in the tables, the services put together, a launch as a shell sends it."""

import base64
import io
import json
import re
import zipfile
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import msgspec

from courseway import courses, dispatch, learning, lrs
from courseway.dispatch.model.values import Launched, LaunchRequest, LearnerSent, LmsSent
from courseway.kit.db import Database
from courseway.kit.ids import new_id
from courseway.kit.objects import open_store
from courseway.kit.outgoing import Outgoing
from courseway.kit.queue import Queue
from courseway.kit.tokens import Signer
from courseway.standards.manifests.structure import CourseStructure, Item, ItemKind, Organization, Standard
from courseway.standards.shells import SHELL_FILES
from courseway.tenants import Caller

STRUCTURE = CourseStructure(
    standard=Standard.SCORM_12,
    edition="1.2",
    title="Fire safety",
    organizations=(
        Organization(
            identifier="org",
            title="Fire safety",
            items=(Item(identifier="one", title="One", kind=ItemKind.SCO, href="index.html"),),
        ),
    ),
    default_organization="org",
)


@dataclass
class Clock:
    """A clock that tests set."""

    now: datetime = field(default_factory=lambda: datetime.now(UTC))

    def __call__(self) -> datetime:
        return self.now

    def forward(self, **span: float) -> None:
        """Let time pass."""
        self.now += timedelta(**span)


@dataclass
class Room:
    """The dispatch service on a real database, with one course of two versions and one destination."""

    service: dispatch.Service
    learning: learning.Service
    db: Database
    queue: Queue
    caller: Caller
    clock: Clock
    course_id: UUID
    versions: tuple[UUID, UUID]
    destination: dispatch.Destination

    async def make(self, **options: Any) -> dispatch.Dispatch:
        """Dispatch the course."""
        new = dispatch.NewDispatch(destination_id=self.destination.id, course_id=self.course_id, **options)
        return await self.service.create_dispatch(self.caller, new)

    async def key(self, one: dispatch.Dispatch) -> str:
        """The key that the dispatch's package carries."""
        return str((await self.config(one))["key"])

    async def config(self, one: dispatch.Dispatch) -> dict[str, Any]:
        """The configuration inside the dispatch's package."""
        package = await self.service.package(self.caller, one.id, dispatch.PackageFormat.SCORM_12)
        return config_of(package.content)

    async def launch(
        self,
        one: dispatch.Dispatch,
        learner: str = "ann",
        *,
        key: str = "",
        fresh: bool = False,
        mode: str = "normal",
        origin: str = "",
    ) -> Launched:
        """Launch as the shell does."""
        request = LaunchRequest(
            key=key or await self.key(one),
            learner=LearnerSent(learner, learner.title()),
            fresh=fresh,
            lms=LmsSent(mode=mode),
            shell_origin=origin,
        )
        return await self.service.launch(one.id, request)

    async def finish(self, launched: Launched, **values: Any) -> None:
        """Let the registration be finished, as the learning room would write it."""
        columns = {"completion": "completed", "success": "passed", **values}
        async with self.db.tenant(self.caller.tenant_id) as tx:
            await tx.run(
                "UPDATE registrations SET completion = %(completion)s, success = %(success)s, revision = revision + 1, completed_at = now()"
                " WHERE tenant_id = %(tenant_id)s AND id = %(id)s",
                {**columns, "id": launched.registration_id},
            )

    async def count(self, one: dispatch.Dispatch) -> int:
        """The registration count as stored."""
        return (await self.service.dispatch(self.caller, one.id)).registration_count

    async def use_version(self, number: int) -> None:
        """Make another version of the course the current one."""
        async with self.db.tenant(self.caller.tenant_id) as tx:
            await tx.run(
                "UPDATE courses SET current_version_id = %(version)s WHERE tenant_id = %(tenant_id)s AND id = %(id)s",
                {"id": self.course_id, "version": self.versions[number]},
            )


def config_of(package: bytes) -> dict[str, Any]:
    """Read the configuration out of a package."""
    with zipfile.ZipFile(io.BytesIO(package)) as archive:
        page = archive.read("index.html").decode()
    found = re.search(r'id="courseway-config">(.*?)</script>', page, re.S)
    assert found
    config: dict[str, Any] = json.loads(found[1])
    return config


async def insert_course(db: Database, tenant_id: UUID) -> tuple[UUID, tuple[UUID, UUID]]:
    """Insert a course of two versions, the first one current."""
    course_id, versions = new_id(), (new_id(), new_id())
    structure = msgspec.json.encode(STRUCTURE).decode()
    async with db.tenant(tenant_id) as tx:
        await tx.run(
            "INSERT INTO courses (id, tenant_id, title, standard, edition, current_version_id)"
            " VALUES (%(id)s, %(tenant_id)s, 'Fire safety', 'scorm12', '1.2', %(version)s)",
            {"id": course_id, "version": versions[0]},
        )
        for number, version in enumerate(versions, 1):
            await tx.run(
                "INSERT INTO course_versions (id, tenant_id, course_id, number, standard, edition, title, structure, report,"
                " prefix, original_key, original_name, original_sha256) VALUES (%(id)s, %(tenant_id)s, %(course)s, %(number)s,"
                " 'scorm12', '1.2', 'Fire safety', %(structure)s::jsonb, '{\"issues\":[]}', %(prefix)s, '', 'x.zip', '')",
                {"id": version, "course": course_id, "number": number, "structure": structure, "prefix": version.hex},
            )
        await tx.run(
            "INSERT INTO course_totals (course_id, tenant_id) VALUES (%(id)s, %(tenant_id)s)", {"id": course_id}
        )
    return course_id, versions


async def make_room(
    db: Database, database_url: str, folder: Path, caller: Caller, *, allow_private: bool = True
) -> Room:
    """Put the services together on a fresh database."""
    clock = Clock()
    queue = Queue(database_url)
    signer = Signer("for tests only, for tests only, for tests only")
    objects = open_store(str(folder / "objects"))
    courses_service = courses.Service(
        db=db,
        queue=queue,
        signer=signer,
        objects=objects,
        staging_dir=folder / "staging",
        content_origin="http://127.0.0.1:5000",
    )
    learning_service = learning.Service(
        db=db,
        signer=signer,
        courses=courses_service,
        lrs=lrs.Service(db=db, home_page="http://localhost:5000"),
        content_url="http://127.0.0.1:5000",
        link_seconds=900,
        session_seconds=3600,
    )
    shell = folder / "shell"
    shell.mkdir()
    for name in SHELL_FILES:
        (shell / name).write_bytes(b"/* built by the front end */")
    service = dispatch.Service(
        db=db,
        queue=queue,
        signer=signer,
        courses=courses_service,
        learning=learning_service,
        outgoing=Outgoing(allow_private=allow_private),
        content_url="http://127.0.0.1:5000",
        shell_folder=shell,
        clock=clock,
    )
    course_id, versions = await insert_course(db, caller.tenant_id)
    destination = await service.create_destination(caller, dispatch.NewDestination(name="Contoso Academy"))
    return Room(service, learning_service, db, queue, caller, clock, course_id, versions, destination)


def from_base64(text: str) -> bytes:
    """Read base64."""
    return base64.b64decode(text, validate=True)
