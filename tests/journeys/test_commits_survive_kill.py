"""kill -9 of the web process while learners save: nothing acknowledged is lost, nothing half-made is visible."""

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
from courseway.tenants import Caller
from tests.live import LiveServer
from tests.rooms.learning_room import SINGLE_12, make_room

LEARNERS = 6


@pytest.fixture
def server(database_url: str, tmp_path: Path) -> Iterator[LiveServer]:
    found = LiveServer(database_url, tmp_path)
    found.start("web")
    yield found
    found.stop()


class Saver(threading.Thread):
    """One learner's player: saves again and again, and remembers what was acknowledged."""

    def __init__(self, content: str, session: str) -> None:
        super().__init__(daemon=True)
        self.content, self.session = content, session
        self.acked = self.sent = 0
        self.enough = threading.Event()

    def body(self, seq: int) -> dict[str, Any]:
        values = {"cmi.core.lesson_location": str(seq), "cmi.suspend_data": f"{seq}:" + "x" * 3000}
        values |= {f"cmi.interactions.{seq - 1}.id": f"q{seq}", f"cmi.interactions.{seq - 1}.result": "correct"}
        return {"session": self.session, "commits": [{"seq": seq, "delivery": 1, "kind": "commit", "set": values}]}

    def run(self) -> None:
        with httpx.Client(timeout=10) as client:
            while not self.enough.is_set():
                self.sent = self.acked + 1
                try:
                    answer = client.post(f"{self.content}/play/api/commit", json=self.body(self.sent))
                except httpx.HTTPError:
                    return
                if answer.status_code != 200:
                    return
                self.acked = answer.json()["acked"]


async def test_what_was_acknowledged_survives_the_death_of_the_server(
    server: LiveServer, db: Database, database_url: str, tmp_path: Path, caller: Caller
) -> None:
    room = make_room(db, database_url, tmp_path, caller)
    first = await room.register(SINGLE_12, "learner-0")
    people = [first] + [
        await room.service.create(caller, first.course_id, LearnerIdentity(f"learner-{number}"))
        for number in range(1, LEARNERS)
    ]
    windows = [await room.opened(one) for one in people]
    savers = [Saver(server.content, one.start["session"]) for one in windows]
    for one in savers:
        one.start()
    while sum(one.acked for one in savers) < 40:
        for one in savers:
            one.join(0.02)
            assert one.is_alive(), "a learner could not save"
    server.kill("web")
    for one in savers:
        one.join(15)
    with psycopg.connect(database_url) as connection:
        # The killed server's transactions end when PostgreSQL notices that it is gone.
        for registration, saver in zip(people, savers, strict=True):
            check(connection, registration.id, saver)
    server.start("web")
    for saver in savers:
        # The player sends again what it does not know to be acknowledged; it is taken once.
        answer = httpx.post(f"{server.content}/play/api/commit", json=saver.body(saver.acked + 1), timeout=10).json()
        assert answer["acked"] == saver.acked + 1
        assert answer["summary"]["location"] == str(saver.acked + 1)


def check(connection: psycopg.Connection[Any], registration: UUID, saver: Saver) -> None:
    """Everything up to one number is there, everywhere, and that number was acknowledged or under way."""
    row = connection.execute(
        "SELECT r.location, l.last_seq, a.cmi ->> 'cmi.suspend_data', a.cmi ->> 'cmi.interactions._count',"
        " (SELECT count(*) FROM launch_commits c WHERE c.launch_id = l.id),"
        " (SELECT count(*) FROM xapi_statements x WHERE x.registration = r.id AND x.verb_id LIKE '%%responded')"
        " FROM registrations r JOIN launches l ON l.id = r.active_launch_id JOIN activity_states a ON a.registration_id = r.id"
        " WHERE r.id = %s",
        (registration,),
    ).fetchone()
    assert row is not None
    location, last_seq, state, interactions, commits, statements = row
    assert saver.acked <= last_seq <= saver.sent
    assert (location, interactions, commits, statements) == (str(last_seq), str(last_seq), last_seq, last_seq)
    assert state.startswith(f"{last_seq}:")
