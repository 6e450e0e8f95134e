"""The player's endpoints and page over HTTP: statuses, problems, headers, and bodies that browsers really send."""

import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from litestar import Litestar
from litestar.di import Provide
from litestar.testing import AsyncTestClient

from courseway.kit.db import Database
from courseway.kit.web import EXCEPTION_HANDLERS
from courseway.learning.http import CONTENT_ROUTES, ROUTES, hot_routes
from courseway.learning.http.player import LARGEST_BODY_BYTES
from courseway.tenants import Caller
from tests.rooms.learning_room import SINGLE_2004, Room, make_room


@pytest.fixture
async def room(db: Database, database_url: str, tmp_path: Path, caller: Caller) -> AsyncIterator[Room]:
    yield make_room(db, database_url, tmp_path, caller)


@pytest.fixture
async def client(room: Room) -> AsyncIterator[httpx.AsyncClient]:
    app = hot_routes(room.service)["/play/api"]
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://content.test") as found:
        yield found


async def post(client: httpx.AsyncClient, name: str, body: Any) -> httpx.Response:
    """Send what the player sends: JSON as text/plain."""
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    return await client.post(f"/play/api/{name}", content=content, headers={"Content-Type": "text/plain;charset=UTF-8"})


async def test_a_whole_session_as_the_player_plays_it(room: Room, client: httpx.AsyncClient) -> None:
    window = await room.window(await room.register(SINGLE_2004))
    start = (await post(client, "start", {"link": window.link, "tab_key": "t"})).json()
    assert start["delivery"]["valid"]["suspendAll"] is True
    commit = {
        "seq": 1, "delivery": 1, "kind": "push", "set": {"cmi.location": "2"}, "session_time_seconds": 3.5,
        "calls": [[10, "SetValue", "cmi.location", "2", "true", "0"]],
    }  # fmt: skip
    answer = await post(client, "commit", {"session": start["session"], "commits": [commit]})
    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "no-store"
    assert answer.json()["acked"] == 1
    assert (await post(client, "heartbeat", {"session": start["session"]})).json() == {}
    body = {"session": start["session"], "nav": 1, "commits": [], "request": {"kind": "suspendAll"}}
    left = (await post(client, "navigate", body)).json()
    assert (left["ended"], left["delivery"], left["refused"]) == (True, None, None)
    refused = await post(client, "commit", {"session": start["session"], "commits": [{**commit, "seq": 2}]})
    assert (refused.status_code, refused.json()["code"]) == (410, "learning.ended")


async def test_refusals_are_problems_with_stable_codes(room: Room, client: httpx.AsyncClient) -> None:
    window = await room.window(await room.register(SINGLE_2004))
    start = (await post(client, "start", {"link": window.link, "tab_key": "t"})).json()
    elsewhere = await post(client, "start", {"link": window.link, "tab_key": "other"})
    assert (elsewhere.status_code, elsewhere.json()["code"]) == (409, "learning.open_elsewhere")
    assert elsewhere.headers["content-type"] == "application/problem+json"
    gap = await post(client, "commit", {"session": start["session"], "commits": [{"seq": 9, "delivery": 1}]})
    assert (gap.status_code, gap.json()["code"], gap.json()["expected"]) == (409, "learning.gap", 1)
    assert (await post(client, "start", {"link": "x.y.z", "tab_key": "t"})).json()["code"] == "learning.link_invalid"
    assert (await post(client, "commit", {"session": "x", "commits": []})).json()["code"] == "learning.session_invalid"
    assert (await post(client, "commit", b"{")).status_code == 400
    assert (await post(client, "commit", {"commits": []})).status_code == 400
    assert (await post(client, "commit", b"\xff\xfe")).status_code == 400
    assert (await post(client, "commit", b"x" * (LARGEST_BODY_BYTES + 1))).status_code == 413
    assert (await post(client, "nothing", {})).status_code == 404
    assert (await client.get("/play/api/commit")).status_code == 405


async def test_characters_no_database_keeps_do_not_block_a_learner(room: Room, client: httpx.AsyncClient) -> None:
    window = await room.window(await room.register(SINGLE_2004))
    start = (await post(client, "start", {"link": window.link, "tab_key": "t"})).json()
    raw = (
        '{"session":"TOKEN","commits":[{"seq":1,"delivery":1,"kind":"commit","session_time_seconds":null,'
        '"set":{"cmi.suspend_data":"a\\u0000b\\ud800c\\\\u0000"},'
        '"calls":[[1,"SetValue","cmi.suspend_data","a\\u0000b","true","0"]]}]}'
    ).replace("TOKEN", start["session"])
    assert (await post(client, "commit", raw.encode())).status_code == 200
    again = (await post(client, "start", {"link": window.link, "tab_key": "t"})).json()
    assert again["delivery"]["cmi"]["cmi.suspend_data"] == "ab�c\\u0000"


async def test_the_page_may_be_framed_by_those_the_link_names_and_leaks_nothing(room: Room) -> None:
    registration = await room.register(SINGLE_2004)
    app = Litestar(CONTENT_ROUTES, dependencies={"learning": Provide(lambda: room.service, sync_to_thread=False)})
    async with AsyncTestClient(app) as client:

        async def policy(**options: Any) -> str:
            window = await room.window(registration, **options)
            answer = await client.get(f"/play/{window.link}")
            assert answer.status_code == 200
            assert answer.headers["referrer-policy"] == "no-referrer"
            assert "set-cookie" not in answer.headers
            return str(answer.headers["content-security-policy"]).split("frame-ancestors ")[1]

        assert await policy() == "'self'"
        assert await policy(frame_ancestors=("https://lms.example.org",)) == "'self' https://lms.example.org"
        assert await policy(frame_ancestors=("*",)) == "*"
        assert (await client.get("/play/forged")).status_code == 401
        goodbye = await client.get("/play/goodbye")
        assert "close this window" in goodbye.text


async def test_registrations_over_rest(room: Room) -> None:
    course_id = str(await room.insert_course(SINGLE_2004))
    provided = {
        "learning": Provide(lambda: room.service, sync_to_thread=False),
        "caller": Provide(lambda: room.caller, sync_to_thread=False),
    }
    app = Litestar(ROUTES, dependencies=provided, exception_handlers=EXCEPTION_HANDLERS)
    async with AsyncTestClient(app) as client:
        body = {"course_id": course_id, "learner": {"id": "ann", "name": "Ann"}}
        made = await client.post("/api/registrations", json=body)
        assert (made.status_code, made.json()["summary"]["completion"]) == (201, "not attempted")
        at = made.headers["location"]
        assert (await client.post("/api/registrations", json=body)).status_code == 200
        link = (await client.post(f"{at}/launch-link")).json()["url"]
        assert link.startswith("http://127.0.0.1:5000/play/")
        assert (await client.post(f"{at}/launch-link", json={"exit_url": "javascript:alert(1)"})).status_code == 400
        assert (
            await client.post(f"{at}/launch-link", json={"frame_ancestors": ["*; script-src x"]})
        ).status_code == 400
        assert (await client.post(f"{at}/launch-link", json={"expires_in_seconds": 60})).status_code == 201
        assert (await client.post(f"/api/courses/{course_id}/preview-link")).status_code == 201
        window = await room.window(await room.register(SINGLE_2004, "ben"))
        window.link = link.rsplit("/", 1)[1]
        await window.open()
        await window.commit(location="2")
        launch = (await client.get(f"{at}/launches")).json()["items"][0]
        assert launch["commits"] == 1
        calls = (await client.get(f"/api/launches/{launch['id']}/calls")).json()
        assert (calls["items"][0]["changes"], calls["next_after"]) == ({"cmi.location": "2"}, None)
        moves = (await client.get(f"/api/launches/{launch['id']}/navigations")).json()["items"]
        assert moves[0]["request"] == "start"
        shown = (await client.get(at)).json()
        assert shown["activities"][1]["location"] == "2"
        assert len((await client.get("/api/registrations", params={"course_id": course_id})).json()["items"]) == 1
        assert (await client.get("/api/registrations", params={"limit": 101})).status_code == 400
        mark = {"completion": "completed", "success": "passed", "reason": "Seen in class"}
        assert (await client.post(f"{at}/mark", json=mark)).json()["summary"]["success"] == "passed"
        assert (await client.post(f"{at}/instances")).json()["instance"] == 2
        assert (await client.post(f"{at}/reset")).json()["summary"]["completion"] == "not attempted"
        assert (await client.delete(at)).status_code == 204
        gone = await client.get(at)
        assert (gone.status_code, gone.json()["code"]) == (404, "learning.registration_not_found")
