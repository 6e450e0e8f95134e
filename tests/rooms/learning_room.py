"""Parts that tests of the learning room share: courses in the tables, the services put together, a player that talks to them."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import msgspec

from courseway import courses, learning, lrs
from courseway.kit.db import Database
from courseway.kit.ids import new_id
from courseway.kit.objects import open_store
from courseway.kit.queue import Queue
from courseway.kit.tokens import Signer
from courseway.learning import LearnerIdentity, LinkOptions, Registration
from courseway.learning.model.protocol import (
    Commit,
    CommitAnswer,
    CommitBody,
    HeartbeatBody,
    NavigateBody,
    NavigationWish,
    StartBody,
)
from courseway.standards.manifests.sequencing import ControlMode, Sequencing
from courseway.standards.manifests.structure import CourseStructure, Item, ItemKind, Organization, Standard
from courseway.tenants import Caller

HOME = "http://localhost:5000"


def sco(identifier: str, **more: Any) -> Item:
    """A SCO of one page."""
    return Item(identifier=identifier, title=identifier.title(), kind=ItemKind.SCO, href=f"{identifier}.html", **more)


def course(standard: Standard, *items: Item, title: str = "Fire safety") -> CourseStructure:
    """A course of these items, freely chosen and flowing."""
    flow = Sequencing(control_mode=ControlMode(flow=True)) if standard is Standard.SCORM_2004 else None
    return CourseStructure(
        standard=standard,
        edition="1.2" if standard is Standard.SCORM_12 else "2004-4",
        title=title,
        organizations=(Organization(identifier="org", title=title, items=items, sequencing=flow),),
        default_organization="org",
    )


SINGLE_12 = course(Standard.SCORM_12, sco("one", mastery_score=80.0))
SINGLE_2004 = course(Standard.SCORM_2004, sco("one"))
THREE_2004 = course(Standard.SCORM_2004, sco("one"), sco("two"), sco("three"))
THREE_12 = course(Standard.SCORM_12, sco("one"), sco("two"), sco("three"))


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
class Window:
    """A player in one window of a browser, numbering what it sends."""

    service: learning.Service
    link: str
    tab_key: str = field(default_factory=lambda: new_id().hex)
    start: Any = None
    seq: int = 0
    nav: int = 0
    delivery: Any = None

    async def open(self, *, takeover: bool = False) -> Any:
        """Start, or start again after a reload."""
        answer = await self.service.start(StartBody(self.link, self.tab_key, takeover))
        self.start = msgspec.json.decode(msgspec.json.encode(answer))
        self.seq, self.nav, self.delivery = answer.next_seq, answer.next_nav, self.start["delivery"]
        return self.start

    def commit_of(self, kind: Any = "commit", **values: str) -> Commit:
        """The next commit; element names with __ for dots and no leading cmi."""
        self.seq += 1
        changes = {
            ("cmi." + name if name != "adl__nav__request" else name).replace("__", "."): value
            for name, value in values.items()
        }
        call = msgspec.Raw(b'[12,"SetValue","x","y","true","0"]')
        return Commit(self.seq - 1, self.delivery["number"], kind, changes, None, [call])

    async def send(self, *commits: Commit, **more: Any) -> CommitAnswer:
        """Send commits."""
        return await self.service.commit(CommitBody(self.start["session"], list(commits), **more))

    async def commit(self, kind: Any = "commit", **values: str) -> CommitAnswer:
        """Number a commit and send it."""
        return await self.send(self.commit_of(kind, **values))

    async def go(self, kind: Any, target: str | None = None, *commits: Commit) -> Any:
        """Ask for a navigation."""
        self.nav += 1
        return await self.again(kind, target, *commits)

    async def again(self, kind: Any, target: str | None = None, *commits: Commit) -> Any:
        """Ask for the last navigation once more."""
        body = NavigateBody(self.start["session"], self.nav - 1, NavigationWish(kind, target), list(commits))
        answer = msgspec.json.decode(await self.service.navigate(body))
        self.delivery = answer["delivery"] or self.delivery
        return answer

    async def beat(self) -> None:
        """Say that the window is there."""
        await self.service.heartbeat(HeartbeatBody(self.start["session"]))


@dataclass
class Room:
    """The learning room on a real database."""

    service: learning.Service
    lrs: lrs.Service
    db: Database
    caller: Caller
    clock: Clock

    async def insert_course(self, structure: CourseStructure) -> UUID:
        """Put a course of one version into the tables."""
        course_id, version_id = new_id(), new_id()
        async with self.db.tenant(self.caller.tenant_id) as tx:
            await tx.run(
                "INSERT INTO courses (id, tenant_id, title, standard, edition, current_version_id)"
                " VALUES (%(id)s, %(tenant_id)s, %(title)s, %(standard)s, %(edition)s, %(version)s)",
                {
                    "id": course_id,
                    "title": structure.title,
                    "standard": structure.standard.value,
                    "edition": structure.edition,
                    "version": version_id,
                },
            )
            await tx.run(
                "INSERT INTO course_versions (id, tenant_id, course_id, number, standard, edition, title, structure, report, prefix,"
                " original_key, original_name, original_sha256) VALUES (%(id)s, %(tenant_id)s, %(course)s, 1, %(standard)s,"
                " %(edition)s, %(title)s, %(structure)s::jsonb, '{\"issues\":[]}', %(prefix)s, '', 'x.zip', '')",
                {
                    "id": version_id,
                    "course": course_id,
                    "standard": structure.standard.value,
                    "edition": structure.edition,
                    "title": structure.title,
                    "structure": msgspec.json.encode(structure).decode(),
                    "prefix": version_id.hex,
                },
            )
        return course_id

    async def register(self, structure: CourseStructure, learner: str = "ann") -> Registration:
        """Make a course and register a learner for it."""
        course_id = await self.insert_course(structure)
        return await self.service.create(self.caller, course_id, LearnerIdentity(learner, learner.title()))

    async def window(self, registration: Registration, **options: Any) -> Window:
        """A window with a fresh link, not opened yet."""
        path = await self.service.create_link(None, registration.tenant_id, registration.id, LinkOptions(**options))
        return Window(self.service, path.removeprefix("/play/"))

    async def opened(self, registration: Registration, **options: Any) -> Window:
        """A window in which the course runs."""
        window = await self.window(registration, **options)
        await window.open()
        return window

    async def read(self, registration: Registration) -> Registration:
        """The registration as it is now."""
        return await self.service.registration(None, registration.tenant_id, registration.id)

    async def statements(self, registration: Registration) -> list[dict[str, Any]]:
        """The statements of a registration, oldest first."""
        query = lrs.StatementQuery(registration=registration.id, ascending=True, limit=500)
        page = await self.lrs.list_statements(self.caller, query)
        return [one.statement for one in page.statements]

    async def verbs(self, registration: Registration) -> list[str]:
        """The verbs of its statements, oldest first."""
        return [one["verb"]["id"].rsplit("/", 1)[1] for one in await self.statements(registration)]

    async def count(self, table: str) -> int:
        """How many rows a table has."""
        async with self.db.system() as tx:
            return int((await tx.one(f"SELECT count(*) AS n FROM {table}"))["n"])  # type: ignore[arg-type]


def make_room(db: Database, database_url: str, folder: Path, caller: Caller) -> Room:
    """Put the services together on a fresh database."""
    clock = Clock()
    signer = Signer("for tests only, for tests only, for tests only")
    courses_service = courses.Service(
        db=db,
        queue=Queue(database_url),
        signer=signer,
        objects=open_store(str(folder / "objects")),
        staging_dir=folder / "staging",
        content_origin="http://127.0.0.1:5000",
    )
    lrs_service = lrs.Service(db=db, home_page=HOME, clock=clock)
    service = learning.Service(
        db=db,
        signer=signer,
        courses=courses_service,
        lrs=lrs_service,
        content_url="http://127.0.0.1:5000",
        home_page=HOME,
        clock=clock,
    )
    return Room(service, lrs_service, db, caller, clock)
