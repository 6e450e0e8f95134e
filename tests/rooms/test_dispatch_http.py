"""What shells in customers' LMSs and operators' programs get over HTTP."""

from collections.abc import AsyncIterator
from pathlib import Path

import msgspec
import pytest
from litestar import Litestar
from litestar.di import Provide
from litestar.testing import AsyncTestClient

from courseway.dispatch import Messages
from courseway.dispatch.http import CONTENT_ROUTES, ROUTES
from courseway.dispatch.model.values import DispatchOptions
from courseway.kit.db import Database
from courseway.kit.web import EXCEPTION_HANDLERS
from courseway.tenants import Caller
from tests.rooms.dispatching import Room, make_room


@pytest.fixture
async def room(db: Database, database_url: str, tmp_path: Path, caller: Caller) -> AsyncIterator[Room]:
    yield await make_room(db, database_url, tmp_path, caller)


@pytest.fixture
async def client(room: Room) -> AsyncIterator[AsyncTestClient[Litestar]]:
    app = Litestar(
        [*ROUTES, *CONTENT_ROUTES],
        dependencies={
            "caller": Provide(lambda: room.caller, sync_to_thread=False),
            "dispatch": Provide(lambda: room.service, sync_to_thread=False),
        },
        exception_handlers=EXCEPTION_HANDLERS,
        openapi_config=None,
    )
    async with AsyncTestClient(app) as client:
        yield client


async def test_a_shell_launches_with_a_body_that_needs_no_preflight(
    room: Room, client: AsyncTestClient[Litestar]
) -> None:
    one = await room.make()
    body = {"key": await room.key(one), "learner": {"id": "ann"}, "unknown": "ignored"}
    headers = {"Content-Type": "text/plain", "Origin": "https://lms.example"}
    answer = await client.post(f"/dispatch/{one.id}/launch", content=msgspec.json.encode(body), headers=headers)
    assert answer.status_code == 200
    assert answer.headers["access-control-allow-origin"] == "*"
    assert "set-cookie" not in answer.headers
    told = answer.json()
    assert told["player_url"].startswith("http://127.0.0.1:5000/play/")
    receipts = {"token": told["token"], "revision": 1, "ok": True, "values": {}}
    assert (await client.post("/dispatch/receipts", content=msgspec.json.encode(receipts))).json() == {"kept": 1}
    state = (await client.post("/dispatch/state", content=msgspec.json.encode({"token": told["token"]}))).json()
    assert (state["revision"], state["ended"]) == (0, False)


async def test_a_refusal_can_be_read_by_the_page_that_asked(room: Room, client: AsyncTestClient[Litestar]) -> None:
    words = DispatchOptions(messages=Messages(disabled="Back on Monday."))
    one = await room.make(options=words, enabled=False)
    key = await room.key(one)
    answer = await client.post(f"/dispatch/{one.id}/launch", json={"key": key, "learner": {"id": "ann"}})
    assert (answer.status_code, answer.headers["access-control-allow-origin"]) == (409, "*")
    assert (answer.json()["code"], answer.json()["detail"]) == ("dispatch.disabled", "Back on Monday.")
    assert answer.json()["id"]


@pytest.mark.parametrize(
    "body", [b"", b"{", b"[]", b'{"key": 7}', b'{"learner": {}}', b"\xff\xfe", b'{"key":"' + b"x" * 70_000 + b'"}']
)
async def test_nonsense_is_refused_readably(room: Room, client: AsyncTestClient[Litestar], body: bytes) -> None:
    one = await room.make()
    for path in (f"/dispatch/{one.id}/launch", "/dispatch/receipts", "/dispatch/state", "/dispatch/selftest"):
        answer = await client.post(path, content=body, headers={"Content-Type": "text/plain"})
        assert answer.status_code in {400, 401}, (path, answer.text)
        assert answer.headers["access-control-allow-origin"] == "*"
        assert answer.json()["code"]


async def test_a_page_that_asks_first_is_let(room: Room, client: AsyncTestClient[Litestar]) -> None:
    one = await room.make()
    for path in (
        f"/dispatch/{one.id}/launch",
        "/dispatch/receipts",
        "/dispatch/state",
        "/dispatch/selftest",
        "/dispatch/ping",
    ):
        answer = await client.options(
            path, headers={"Origin": "https://lms.example", "Access-Control-Request-Method": "POST"}
        )
        assert answer.status_code == 204
        assert answer.headers["access-control-allow-origin"] == "*"
        assert "access-control-allow-credentials" not in answer.headers


async def test_the_test_page_may_be_framed_by_anybody_and_runs_only_its_own_line(
    client: AsyncTestClient[Litestar],
) -> None:
    answer = await client.get("/dispatch/frame-test")
    assert answer.headers["content-type"].startswith("text/html")
    assert "frame-ancestors *" in answer.headers["content-security-policy"]
    assert "default-src 'none'" in answer.headers["content-security-policy"]


async def test_an_operators_program_dispatches_a_course_and_downloads_the_package(
    room: Room, client: AsyncTestClient[Litestar]
) -> None:
    destination = (await client.post("/api/destinations", json={"name": "Fabrikam", "tags": ["eu"]})).json()
    body = {
        "destination_id": destination["id"],
        "course_id": str(room.course_id),
        "registration_cap": 10,
        "options": {"window": "popup"},
    }
    answer = await client.post("/api/dispatches", json=body)
    assert answer.status_code == 201
    made = answer.json()
    assert (made["state"], made["seats_left"], made["options"]["window"]) == ("open", 10, "popup")
    paused = (await client.post(f"/api/dispatches/{made['id']}/pause")).json()
    assert paused["state"] == "paused"
    package = await client.get(f"/api/dispatches/{made['id']}/package", params={"format": "scorm2004-3"})
    assert package.headers["content-type"] == "application/zip"
    assert 'filename="fire-safety-scorm2004-3.zip"' in package.headers["content-disposition"]
    assert package.content.startswith(b"PK")
    listed = (await client.get("/api/dispatches", params={"destination_id": destination["id"]})).json()
    assert [one["id"] for one in listed["items"]] == [made["id"]]
    assert (await client.delete(f"/api/dispatches/{made['id']}")).status_code == 204
    assert (await client.get(f"/api/dispatches/{made['id']}")).status_code == 404


@pytest.mark.parametrize(
    "change", [{"registration_cap": -1}, {"colour": "red"}, {"version_policy": "latest"}, {"expires_at": "soon"}]
)
async def test_what_makes_no_sense_is_a_bad_request(
    room: Room, client: AsyncTestClient[Litestar], change: dict[str, object]
) -> None:
    one = await room.make()
    assert (await client.patch(f"/api/dispatches/{one.id}", json=change)).status_code == 400
    assert (await client.get(f"/api/dispatches/{one.id}/package", params={"format": "scorm13"})).status_code == 400
    assert (await client.get("/api/dispatches", params={"limit": 101})).status_code == 400


async def test_an_unknown_format_is_refused_with_the_parameter_and_what_it_may_be(
    room: Room, client: AsyncTestClient[Litestar]
) -> None:
    one = await room.make()
    answer = await client.get(f"/api/dispatches/{one.id}/package", params={"format": "aicc"})
    assert answer.status_code == 400
    (error,) = answer.json()["errors"]
    assert error["key"] == "format"
    assert error["allowed"] == ["scorm12", "scorm2004-3", "scorm2004-4"]
    assert error["message"] == "Invalid enum value 'aicc'; it is one of scorm12, scorm2004-3, scorm2004-4"
