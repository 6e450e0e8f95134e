"""kill -9 of the web process while learners navigate: each navigation is carried out wholly or not at all, and once."""

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import psycopg
import pytest

from courseway.kit.db import Database
from courseway.learning import LearnerIdentity
from courseway.standards.manifests.sequencing import Objective, ObjectiveMap, Sequencing
from courseway.standards.manifests.structure import Standard
from courseway.tenants import Caller
from tests.live import LiveServer
from tests.rooms.learning_room import course, make_room, sco

LEARNERS, PARTS = 5, 400
GOAL = ObjectiveMap("urn:test:goal", read_normalized_measure=False, write_normalized_measure=True)
SCORED = Sequencing(objectives=(Objective(identifier="own", primary=True, maps=(GOAL,)),))
COURSE = course(Standard.SCORM_2004, *(sco(f"part-{number}", sequencing=SCORED) for number in range(PARTS)))


@pytest.fixture
def server(database_url: str, tmp_path: Path) -> Iterator[LiveServer]:
    found = LiveServer(database_url, tmp_path)
    found.start("web")
    yield found
    found.stop()


class Walker(threading.Thread):
    """One learner's player: scores, continues, and remembers which navigation was answered."""

    def __init__(self, content: str, session: str) -> None:
        super().__init__(daemon=True)
        self.content, self.session = content, session
        self.answered = self.sent = 0
        self.refused = ""

    def body(self, nav: int) -> dict[str, Any]:
        values = {"cmi.score.scaled": str(nav / 1000), "cmi.completion_status": "completed"}
        commit = {"seq": nav, "delivery": nav, "kind": "terminate", "set": values}
        return {"session": self.session, "nav": nav, "request": {"kind": "continue"}, "commits": [commit]}

    def run(self) -> None:
        with httpx.Client(timeout=10) as client:
            while self.sent < PARTS - 1:
                self.sent = self.answered + 1
                try:
                    answer = client.post(f"{self.content}/play/api/navigate", json=self.body(self.sent))
                except httpx.HTTPError:
                    return
                if answer.status_code != 200:
                    self.refused = answer.text
                    return
                self.answered = self.sent


async def test_navigations_survive_the_death_of_the_server_whole_and_once(
    server: LiveServer, db: Database, database_url: str, tmp_path: Path, caller: Caller
) -> None:
    room = make_room(db, database_url, tmp_path, caller)
    first = await room.register(COURSE, "learner-0")
    people = [first] + [
        await room.service.create(caller, first.course_id, LearnerIdentity(f"learner-{number}"))
        for number in range(1, LEARNERS)
    ]
    walkers = [Walker(server.content, (await room.opened(one)).start["session"]) for one in people]
    for one in walkers:
        one.start()
    while sum(one.answered for one in walkers) < 30:
        for one in walkers:
            one.join(0.02)
            assert one.is_alive(), one.refused
    server.kill("web")
    for one in walkers:
        one.join(15)
    with psycopg.connect(database_url) as connection:
        for registration, walker in zip(people, walkers, strict=True):
            check(connection, registration.id, walker)
    server.start("web")
    for walker in walkers:
        # What it does not know to be carried out it asks for again; and what it does know answers the same.
        again = httpx.post(
            f"{server.content}/play/api/navigate", json=walker.body(walker.answered + 1), timeout=10
        ).json()
        assert (again["acked"], again["delivery"]["number"]) == (walker.answered + 1, walker.answered + 2)
        assert again["delivery"]["activity"] == f"part-{walker.answered + 1}"


def check(connection: psycopg.Connection[Any], registration: UUID, walker: Walker) -> None:
    """Everything up to one navigation is there, everywhere, and that one was answered or under way."""
    row = connection.execute(
        "SELECT l.last_nav, l.last_seq, l.activity_id, l.delivery, r.sequencing -> 'sequencing' ->> 'current',"
        " (SELECT count(*) FROM navigations n WHERE n.launch_id = l.id),"
        " (SELECT count(*) FROM launch_commits c WHERE c.launch_id = l.id),"
        " (SELECT count(*) FROM activity_states a WHERE a.registration_id = r.id),"
        " (SELECT (o.status ->> 'measure')::float8 FROM learner_objectives o WHERE o.learner_id = r.learner_id)"
        " FROM registrations r JOIN launches l ON l.id = r.active_launch_id WHERE r.id = %s",
        (registration,),
    ).fetchone()
    assert row is not None
    nav, seq, activity, delivery, current, moves, commits, states, measure = row
    assert walker.answered <= nav <= walker.sent
    assert (seq, commits, delivery, moves, states) == (nav, nav, nav + 1, nav + 1, nav + 1)
    assert (activity, current) == (f"part-{nav}", f"part-{nav}")
    assert measure == nav / 1000
