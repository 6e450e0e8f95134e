"""Statements: kept once, found by everything one may ask for, apart by tenant, and the xAPI's own manners."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from litestar import Litestar
from litestar.di import Provide
from litestar.testing import AsyncTestClient

from courseway.kit.db import Database
from courseway.kit.web import EXCEPTION_HANDLERS
from courseway.lrs import StatementQuery
from courseway.lrs.http import router
from courseway.lrs.model import StatementMissing
from courseway.tenants import Caller, Scope, ScopeMissing, platform_caller
from tests.conftest import make_tenant
from tests.rooms.learning_room import SINGLE_2004, Room, make_room

VERSION = {"X-Experience-API-Version": "1.0.3"}


@pytest.fixture
async def room(db: Database, database_url: str, tmp_path: Path, caller: Caller) -> AsyncIterator[Room]:
    yield make_room(db, database_url, tmp_path, caller)


@pytest.fixture
async def client(room: Room) -> AsyncIterator[AsyncTestClient[Litestar]]:
    app = Litestar(
        [router(room.lrs)],
        dependencies={"caller": Provide(lambda: room.caller, sync_to_thread=False)},
        exception_handlers=EXCEPTION_HANDLERS,
    )
    async with AsyncTestClient(app) as found:
        yield found


async def finish(room: Room, learner: str = "ann") -> Any:
    """Let a learner pass a course: four statements."""
    registration = await room.register(SINGLE_2004, learner)
    window = await room.opened(registration)
    await window.commit(success_status="passed", completion_status="completed", score__scaled="0.9")
    return registration


async def test_the_same_statement_twice_is_kept_once(room: Room) -> None:
    registration = await finish(room)
    statements = await room.statements(registration)
    async with room.db.tenant(room.caller.tenant_id) as tx:
        await room.lrs.append(tx, statements)
        await room.lrs.append(tx, [])
    assert await room.statements(registration) == statements


async def test_statements_are_found_by_what_they_are_about(room: Room) -> None:
    ann, ben = await finish(room), await finish(room, "ben")
    agent = {"account": {"homePage": "http://localhost:5000", "name": "ben"}, "name": "spelled otherwise"}

    async def verbs(**query: Any) -> list[str]:
        page = await room.lrs.list_statements(room.caller, StatementQuery(**query))
        return [one.verb.rsplit("/", 1)[1] for one in page.statements]

    assert await verbs(agent=agent) == ["completed", "passed", "scored", "initialized"]
    assert await verbs(verb="http://adlnet.gov/expapi/verbs/passed") == ["passed", "passed"]
    assert await verbs(registration=ann.id, ascending=True) == ["initialized", "scored", "passed", "completed"]
    assert len(await verbs(activity=f"http://localhost:5000/activities/{ben.course_id}")) == 4
    assert await verbs(since=room.clock.now) == []
    assert len(await verbs(until=room.clock.now)) == 8
    assert await verbs(until=room.clock.now - timedelta(seconds=1)) == []


async def test_a_list_goes_on_without_gaps_or_doubles_while_statements_arrive(room: Room) -> None:
    await finish(room)
    seen, after = [], None
    while True:
        page = await room.lrs.list_statements(room.caller, StatementQuery(limit=3, after=after))
        seen += [one.id for one in page.statements]
        if page.next_after is None:
            break
        after = page.next_after
        if len(seen) == 3:
            await finish(room, "late")
    assert len(seen) == len(set(seen)) == 4


async def test_another_tenant_and_a_caller_without_the_right_see_nothing(room: Room) -> None:
    registration = await finish(room)
    stranger = platform_caller(await make_tenant(room.db, "Stranger"))
    assert (await room.lrs.list_statements(stranger, StatementQuery())).statements == ()
    known = (await room.statements(registration))[0]["id"]
    with pytest.raises(StatementMissing):
        await room.lrs.statement(stranger, known)
    nobody = Caller(room.caller.tenant_id, "lrs_key", "k", "nobody", frozenset({Scope.COURSE_READ}))
    with pytest.raises(ScopeMissing):
        await room.lrs.list_statements(nobody, StatementQuery())


async def test_statements_come_over_http_with_more_and_the_right_headers(room: Room, client: Any) -> None:
    registration = await finish(room)
    asked = {"registration": str(registration.id), "limit": 3, "ascending": "true"}
    answer = await client.get("/xapi/statements", params=asked, headers=VERSION)
    assert answer.status_code == 200
    assert answer.headers["x-experience-api-version"] == "1.0.3"
    assert answer.headers["x-experience-api-consistent-through"].endswith("Z")
    body = answer.json()
    assert len(body["statements"]) == 3
    for name in ("id", "stored", "timestamp", "authority", "version"):
        assert name in body["statements"][0]
    rest = await client.get(body["more"], headers=VERSION)
    assert [one["verb"]["display"]["en"] for one in rest.json()["statements"]] == ["completed"]
    assert rest.json()["more"] == ""
    one = await client.get("/xapi/statements", params={"statementId": body["statements"][0]["id"]}, headers=VERSION)
    assert one.json() == body["statements"][0]


@pytest.mark.parametrize(
    "asked",
    [
        {"limit": "-1"}, {"limit": "many"}, {"agent": "nobody"}, {"agent": "{}"}, {"registration": "1"}, {"since": "soon"},
        {"ascending": "yes"}, {"colour": "red"}, {"statementId": "1"}, {"related_agents": "true"},
        {"statementId": "01a20a05-cfb1-74fc-843f-bced003c80d5", "verb": "http://adlnet.gov/expapi/verbs/passed"},
    ],
    ids=str,
)  # fmt: skip
async def test_a_query_the_xapi_does_not_know_is_refused_with_a_version(client: Any, asked: dict[str, str]) -> None:
    answer = await client.get("/xapi/statements", params=asked, headers=VERSION)
    assert answer.status_code == 400
    assert answer.headers["x-experience-api-version"] == "1.0.3"


async def test_a_request_says_which_version_it_speaks(client: Any) -> None:
    assert (await client.get("/xapi/statements")).status_code == 400
    assert (await client.get("/xapi/statements", headers={"X-Experience-API-Version": "0.9"})).status_code == 400
    newer = await client.get("/xapi/statements", headers={"X-Experience-API-Version": "2.0.0"})
    assert (newer.status_code, newer.headers["x-experience-api-version"]) == (200, "2.0.0")
    assert (await client.get("/xapi/about")).json() == {"version": ["1.0.3", "2.0.0"]}


async def test_an_unknown_statement_is_not_found(client: Any) -> None:
    answer = await client.get(
        "/xapi/statements", params={"statementId": "01a20a05-cfb1-74fc-843f-bced003c80d5"}, headers=VERSION
    )
    assert answer.status_code == 404


async def test_writing_over_http_is_refused_in_plain_words(client: Any) -> None:
    answer = await client.post("/xapi/statements", json={}, headers=VERSION)
    assert (answer.status_code, answer.json()["code"]) == (501, "lrs.not_yet")
    assert (await client.put("/xapi/activities/state", json={}, headers=VERSION)).status_code == 501
