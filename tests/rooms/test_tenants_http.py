"""Who is calling, over HTTP: keys, cookies, CSRF; and the trail that refused requests leave."""

import base64
import uuid
from collections.abc import AsyncIterator

import httpx
import pytest
import structlog
from litestar import Litestar, get, post
from litestar.di import NamedDependency, Provide
from litestar.params import FromPath
from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher

from courseway.errors import NotFound, Refusal
from courseway.kit.db import Database
from courseway.kit.web import EXCEPTION_HANDLERS
from courseway.tenants import AuditQuery, Caller, KeyKind, Role, Scope, Service, platform_caller, provide_caller
from courseway.tenants.http import ROUTES, make_refusal_handler
from courseway.tenants.model import sender_address

QUICK = PasswordHash((Argon2Hasher(time_cost=1, memory_cost=8, parallelism=1),))
CONSOLE = "http://console.test"
EMAIL, PASSWORD = "ada@northwind.example", "correct horse battery"


@get("/api/things/{thing_id:str}")
async def show_thing(caller: NamedDependency[Caller], thing_id: FromPath[str]) -> dict[str, str]:
    caller.require(Scope.COURSE_READ)
    raise NotFound("No such thing.")


@get("/xapi/statements")
async def statements(caller: NamedDependency[Caller]) -> dict[str, str]:
    caller.require(Scope.XAPI_READ)
    return {"kind": caller.kind}


@post("/form")
async def post_form(caller: NamedDependency[Caller]) -> dict[str, str]:
    return {"name": caller.name}


@pytest.fixture
def service(db: Database) -> Service:
    return Service(db=db, console_url=CONSOLE, hasher=QUICK)


@pytest.fixture
async def client(service: Service) -> AsyncIterator[httpx.AsyncClient]:
    app = Litestar(
        [*ROUTES, show_thing, statements, post_form],
        dependencies={
            "caller": Provide(provide_caller),
            "tenants": Provide(lambda: service, sync_to_thread=False),
        },
        exception_handlers={**EXCEPTION_HANDLERS, Refusal: make_refusal_handler(service)},
        openapi_config=None,
        logging_config=None,
    )
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url=CONSOLE) as made:  # type: ignore[arg-type]
        yield made


@pytest.fixture
async def owner(service: Service, tenant_id: uuid.UUID) -> Caller:
    caller = platform_caller(tenant_id)
    await service.add_user(caller, email=EMAIL, role=Role.OWNER, name="Ada", password=PASSWORD)
    return caller


async def sign_in(client: httpx.AsyncClient) -> str:
    """Sign in and return the CSRF token."""
    answer = await client.post("/api/session", json={"email": EMAIL, "password": PASSWORD})
    assert answer.status_code == 200, answer.text
    return str(answer.json()["csrf_token"])


async def test_the_session_cookie_is_out_of_reach_of_scripts_and_other_sites(
    client: httpx.AsyncClient, owner: Caller, service: Service
) -> None:
    answer = await client.post("/api/session", json={"email": EMAIL, "password": PASSWORD})
    cookie = answer.headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie
    assert "Max-Age=86400" in cookie
    assert "Secure" not in cookie
    service.console_url = "https://console.test"
    over_tls = await client.post("/api/session", json={"email": EMAIL, "password": PASSWORD})
    assert "Secure" in over_tls.headers["set-cookie"]
    assert over_tls.headers["cache-control"] == "no-store"


async def test_me_tells_who_is_calling(client: httpx.AsyncClient, owner: Caller) -> None:
    assert (await client.get("/api/me")).status_code == 401
    token = await sign_in(client)
    me = (await client.get("/api/me")).json()
    assert (me["name"], me["role"], me["csrf_token"]) == ("Ada", "owner", token)
    assert me["tenant"]["id"] == str(owner.tenant_id)
    assert (await client.delete("/api/session", headers={"X-CSRF-Token": token})).status_code == 204
    assert (await client.get("/api/me")).status_code == 401


async def test_a_change_with_a_cookie_needs_the_token_of_the_session(client: httpx.AsyncClient, owner: Caller) -> None:
    token = await sign_in(client)
    for headers in ({}, {"X-CSRF-Token": "guess"}, {"X-CSRF-Token": token, "Origin": "http://evil.test"}):
        answer = await client.patch("/api/tenants/current", json={"name": "Evil"}, headers=headers)
        assert (answer.status_code, answer.json()["code"]) == (403, "tenants.csrf")
    cross_site = {"X-CSRF-Token": token, "Sec-Fetch-Site": "cross-site"}
    assert (await client.patch("/api/tenants/current", json={"name": "Evil"}, headers=cross_site)).status_code == 403
    answer = await client.patch(
        "/api/tenants/current", json={"name": "Good"}, headers={"X-CSRF-Token": token, "Origin": CONSOLE}
    )
    assert (answer.status_code, answer.json()["name"]) == (200, "Good")


async def test_a_form_carries_the_token_as_a_field(client: httpx.AsyncClient, owner: Caller) -> None:
    token = await sign_in(client)
    assert (await client.post("/form", data={"csrf_token": token})).status_code == 201
    assert (await client.post("/form", data={"csrf_token": "guess"})).status_code == 403
    assert (await client.post("/form", data={"csrf_token": token}, files={"f": b"x"})).status_code == 201


async def test_another_site_cannot_sign_a_browser_in(client: httpx.AsyncClient, owner: Caller) -> None:
    answer = await client.post(
        "/api/session", json={"email": EMAIL, "password": PASSWORD}, headers={"Origin": "http://evil.test"}
    )
    assert answer.status_code == 403


async def test_a_key_comes_in_either_header_and_never_in_the_address(
    client: httpx.AsyncClient, owner: Caller, service: Service
) -> None:
    key = (await service.create_key(owner, name="Robot", scopes=[Scope.ADMIN])).credential
    assert (await client.get("/api/users", headers={"X-API-Key": key})).status_code == 200
    assert (await client.get("/api/users", headers={"Authorization": f"Bearer {key}"})).status_code == 200
    for query in ({"api_key": key}, {"anything": key}, {"access_token": "x"}):
        answer = await client.get("/api/users", params=query, headers={"X-API-Key": key})
        assert (answer.status_code, answer.json()["code"]) == (401, "tenants.key_refused")
        assert key not in answer.text


@pytest.mark.parametrize(
    ("peer", "forwarded", "sender"),
    [
        ("192.0.2.1", "", "192.0.2.1"),
        ("192.0.2.1", "198.51.100.7", "192.0.2.1"),
        ("127.0.0.1", "", "127.0.0.1"),
        ("127.0.0.1", "198.51.100.7", "198.51.100.7"),
        ("::1", "10.0.0.1, 198.51.100.7", "198.51.100.7"),
    ],
)
def test_only_a_proxy_on_this_machine_says_who_sent_a_request(peer: str, forwarded: str, sender: str) -> None:
    assert sender_address(peer, forwarded) == sender


@pytest.mark.parametrize("key", ["", "x", "cw_", "cw__", "cw_a_b", "cw_a", "Bearer", "cw_\xff_\xff", "\x00"])
async def test_nonsense_as_a_key_is_refused_politely(client: httpx.AsyncClient, owner: Caller, key: str) -> None:
    answer = await client.get("/api/users", headers=[(b"x-api-key", key.encode("latin-1"))])
    assert answer.status_code == 401
    assert answer.headers["content-type"].startswith("application/problem+json")


async def test_lrs_credentials_open_the_statement_store_only(
    client: httpx.AsyncClient, owner: Caller, service: Service
) -> None:
    made = await service.create_key(owner, name="Authoring tool", kind=KeyKind.LRS)
    auth = (made.key.public_id, made.secret)
    assert (await client.get("/xapi/statements", auth=auth)).json() == {"kind": "lrs_key"}
    assert (await client.get("/api/me", auth=auth)).status_code == 401
    assert (await client.get("/xapi/statements", auth=(made.key.public_id, "wrong"))).status_code == 401
    broken = base64.b64encode(b"no colon").decode()
    assert (await client.get("/xapi/statements", headers={"Authorization": f"Basic {broken}"})).status_code == 401
    assert (await client.get("/xapi/statements", headers={"Authorization": "Basic ???"})).status_code == 401


async def test_refused_requests_are_in_the_audit_trail(
    client: httpx.AsyncClient, owner: Caller, service: Service
) -> None:
    made = await service.create_key(owner, name="Robot", scopes=[Scope.COURSE_READ])
    token = await sign_in(client)
    await client.patch("/api/tenants/current", json={"name": "Evil"})
    await client.delete("/api/session", headers={"X-CSRF-Token": token})
    await client.get("/api/users", headers={"X-API-Key": made.credential})
    await client.get(f"/api/things/{uuid.uuid4()}", headers={"X-API-Key": made.credential})
    await client.get("/api/me", headers={"X-API-Key": f"cw_{made.key.public_id}_wrong"})
    await client.get("/api/me", headers={"X-API-Key": "cw_nobody_wrong"})
    events = (await service.list_audit(owner, AuditQuery(outcome="refused"))).items
    assert [(e.action, e.actor_name, e.target_kind) for e in events][::-1] == [
        ("tenants.csrf", "Ada", "request"),
        ("forbidden.scope", "Robot", "request"),
        ("not_found", "Robot", "request"),
        ("tenants.key_refused", "", "key"),
    ]
    async with service.db.system() as tx:
        nobodys = await tx.rows("SELECT action FROM audit_events WHERE tenant_id IS NULL")
    assert [row["action"] for row in nobodys] == ["tenants.key_refused"]


async def test_a_flood_of_refused_requests_does_not_fill_the_trail(
    client: httpx.AsyncClient, owner: Caller, service: Service
) -> None:
    for number in range(300):
        await client.get("/api/me", headers={"X-API-Key": f"cw_nobody{number}_wrong"})
    async with service.db.system() as tx:
        count = (await tx.one("SELECT count(*) AS n FROM audit_events WHERE outcome = 'refused'"))["n"]
    assert count <= 25


async def test_the_trail_holds_no_launch_link(client: httpx.AsyncClient, owner: Caller, service: Service) -> None:
    key = (await service.create_key(owner, name="Robot", scopes=[Scope.COURSE_READ])).credential
    await client.get("/api/things/play/SECRETLINK", headers={"X-API-Key": key})
    await client.get("/api/things/SECRETLINK?x=QUERYSECRET", headers={"X-API-Key": key})
    async with service.db.system() as tx:
        assert "QUERYSECRET" not in str(await tx.rows("SELECT * FROM audit_events"))


async def test_no_secret_is_in_the_log(client: httpx.AsyncClient, owner: Caller, service: Service) -> None:
    with structlog.testing.capture_logs() as lines:
        token = await sign_in(client)
        made = (
            await client.post(
                "/api/keys", json={"name": "Robot", "scopes": ["course:read"]}, headers={"X-CSRF-Token": token}
            )
        ).json()
        await client.get("/api/users", headers={"X-API-Key": made["credential"]})
        await client.get("/api/users", params={"api_key": made["credential"]})
        await client.post("/api/session", json={"email": EMAIL, "password": "a secret that was wrong"})
    text = str(lines)
    for secret in (token, made["secret"], PASSWORD, "a secret that was wrong", client.cookies.get("courseway_session")):
        assert secret not in text


async def test_the_rest_interface_manages_users_and_keys(client: httpx.AsyncClient, owner: Caller) -> None:
    headers = {"X-CSRF-Token": await sign_in(client)}
    added = await client.post("/api/users", json={"email": "bob@northwind.example", "role": "viewer"}, headers=headers)
    assert added.status_code == 201
    user = added.json()["user"]
    assert added.json()["initial_password"]
    assert (await client.patch(f"/api/users/{user['id']}", json={"role": "author"}, headers=headers)).json()[
        "role"
    ] == "author"
    assert (await client.get(f"/api/users/{user['id']}")).json()["email"] == "bob@northwind.example"
    assert (await client.delete(f"/api/users/{user['id']}", headers=headers)).status_code == 204
    assert (await client.get(f"/api/users/{user['id']}")).status_code == 404
    made = await client.post("/api/keys", json={"name": "Robot", "scopes": ["course:read"]}, headers=headers)
    assert made.status_code == 201
    listed = (await client.get("/api/keys")).json()["items"]
    assert made.json()["secret"] not in str(listed)
    assert (await client.delete(f"/api/keys/{listed[0]['id']}", headers=headers)).status_code == 204
    wrong = await client.post("/api/keys", json={"name": "Robot", "scopes": ["course:destroy"]}, headers=headers)
    assert (wrong.status_code, "course:read" in wrong.json()["detail"]) == (400, True)
    first = (await client.get("/api/audit", params={"limit": 2})).json()
    rest = (await client.get("/api/audit", params={"cursor": first["next_cursor"]})).json()
    assert len(first["items"]) == 2
    assert {e["id"] for e in first["items"]}.isdisjoint(e["id"] for e in rest["items"])


async def test_characters_no_database_keeps_are_refused_not_stumbled_over(
    client: httpx.AsyncClient, owner: Caller, service: Service
) -> None:
    headers = {"X-API-Key": (await service.create_key(owner, name="Robot", scopes=[Scope.ADMIN])).credential}
    answers = [
        await client.post("/api/session", json={"email": "a\x00@b.example", "password": "x"}),
        await client.post("/api/session", json={"email": EMAIL, "password": "\x00"}),
        await client.post("/api/keys", json={"name": "a\x00", "scopes": ["course:read"]}, headers=headers),
        await client.post("/api/users", json={"email": "c@d.example", "name": "a\x00"}, headers=headers),
        await client.patch("/api/tenants/current", json={"name": "a\x00"}, headers=headers),
        await client.patch("/api/tenants/current", json={"settings": {"a": "\x00"}}, headers=headers),
        await client.get("/api/audit", params={"action": "\x00"}, headers=headers),
    ]
    assert [answer.status_code for answer in answers] == [400, 401, 400, 400, 400, 400, 400]


@pytest.mark.parametrize("cursor", ["nonsense", "WyJub3QgYW4gaWQiXQ", "W10"])
async def test_a_cursor_of_no_list_is_refused(client: httpx.AsyncClient, owner: Caller, cursor: str) -> None:
    await sign_in(client)
    for path in ("/api/users", "/api/keys", "/api/audit"):
        assert (await client.get(path, params={"cursor": cursor})).status_code == 400
