"""Tenants apart: a stranger walks every table and every route with credentials of her own, and gets nothing."""

import re
import uuid
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import psycopg
import pytest
from litestar.routes import HTTPRoute

from courseway.kit.db import Database
from courseway.settings import Settings
from courseway.tenants import Caller, KeyKind, Role, Scope, platform_caller
from courseway.wiring import Platform, build, console_app
from tests.conftest import make_tenant
from tests.live import REPOSITORY

SECRET_WORD = "Zugspitze"  # in every name of the first tenant; nobody else may ever read it
PASSWORD = "correct horse battery"

# the tables ---------------------------------------------------------------------------------------------------------

# What belongs to the platform and to nobody's tenant.
PLATFORM_TABLES = {"accounts", "login_attempts", "alembic_version"}
CHECKED = {
    ("users", "role"): "viewer",
    ("api_keys", "kind"): "api",
    ("audit_events", "outcome"): "done",
    ("uploads", "state"): "ready",
    ("launches", "mode"): "normal",
}
OF_TYPE = {
    "uuid": lambda: str(uuid.uuid4()),
    "text": lambda: SECRET_WORD,
    "bytea": lambda: b"x",
    "jsonb": lambda: "{}",
    "ARRAY": lambda: "{}",
    "boolean": lambda: True,
    "integer": lambda: 1,
    "bigint": lambda: 1,
    "date": lambda: "2030-01-01",
    "timestamp with time zone": lambda: "2030-01-01T00:00:00Z",
    "double precision": lambda: 1.0,
}


def tables(connection: psycopg.Connection[Any]) -> list[str]:
    """Every table that holds a tenant's things."""
    found = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").fetchall()
    return sorted(name for (name,) in found if name not in PLATFORM_TABLES and not name.startswith("procrastinate_"))


def fill(connection: psycopg.Connection[Any], table: str, tenant: str) -> None:
    """Put one row of a tenant into a table, whatever its columns are."""
    columns = connection.execute(
        "SELECT column_name, data_type FROM information_schema.columns WHERE table_schema = 'public' "
        "AND table_name = %s AND is_nullable = 'NO' AND column_default IS NULL AND is_identity = 'NO' AND is_generated = 'NEVER'",
        [table],
    ).fetchall()
    values = {name: CHECKED.get((table, name), OF_TYPE[kind]()) for name, kind in columns}
    values["id" if table == "tenants" else "tenant_id"] = tenant
    names = ", ".join(f'"{name}"' for name in values)
    marks = ", ".join(["%s"] * len(values))
    connection.execute("SET session_replication_role = replica")  # no foreign keys: one row stands alone
    connection.execute(f"INSERT INTO {table} ({names}) VALUES ({marks})".encode(), list(values.values()))
    connection.execute("SET session_replication_role = origin")


@pytest.fixture
def connection(database_url: str) -> Iterator[psycopg.Connection[Any]]:
    with psycopg.connect(database_url, autocommit=True) as made:
        yield made


def as_tenant(connection: psycopg.Connection[Any], tenant: str) -> None:
    """Become what a request of this tenant is."""
    connection.execute("SET ROLE courseway_app")
    connection.execute(f"SET courseway.tenant = '{tenant}'".encode())


def test_no_table_shows_or_gives_a_stranger_anything(connection: psycopg.Connection[Any]) -> None:
    mine, theirs = str(uuid.uuid4()), str(uuid.uuid4())
    names = tables(connection)
    assert len(names) > 20
    for table in names:
        fill(connection, table, mine)
    as_tenant(connection, mine)
    for table in names:
        assert connection.execute(f"SELECT 1 FROM {table}".encode()).rowcount >= 1, f"{table}: its own tenant sees it"
    as_tenant(connection, theirs)
    for table in names:
        column = "id" if table == "tenants" else "tenant_id"
        assert connection.execute(f"SELECT * FROM {table}".encode()).fetchall() == [], table
        assert connection.execute(f"UPDATE {table} SET {column} = {column}".encode()).rowcount == 0, table
        assert connection.execute(f"DELETE FROM {table}".encode()).rowcount == 0, table
    for table in PLATFORM_TABLES - {"alembic_version"}:
        assert connection.execute(f"SELECT * FROM {table}".encode()).fetchall() == []


def test_nobody_can_put_a_row_into_another_tenant(connection: psycopg.Connection[Any]) -> None:
    mine, theirs = str(uuid.uuid4()), str(uuid.uuid4())
    fill(connection, "tenants", mine)
    as_tenant(connection, theirs)
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        connection.execute("INSERT INTO outbox (tenant_id, name) VALUES (%s, 'x')", [mine])


# the routes ---------------------------------------------------------------------------------------------------------


@dataclass
class World:
    """Two tenants on one platform: the first has one of everything, the second is the stranger."""

    platform: Platform
    client: httpx.AsyncClient
    owner: dict[str, str]
    stranger: dict[str, str]
    ids: dict[str, str]
    routes: list[tuple[str, str]]


@pytest.fixture
async def world(db: Database, database_url: str, tmp_path: Path) -> AsyncIterator[World]:
    settings = Settings(database_url=database_url, data_dir=str(tmp_path), session_secret="for tests only " * 4)
    platform = build(settings)
    await platform.open()
    app = console_app(platform)
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)  # type: ignore[arg-type]
    async with httpx.AsyncClient(transport=transport, base_url=settings.console_url, timeout=60) as client:
        owner = platform_caller(await make_tenant(db, SECRET_WORD))
        stranger = platform_caller(await make_tenant(db, "Strangers"))
        keys = {one.tenant_id: await make_key(platform, one) for one in (owner, stranger)}
        mine = {"X-API-Key": keys[owner.tenant_id]}
        ids = await make_one_of_everything(platform, client, owner, mine)
        yield World(platform, client, mine, {"X-API-Key": keys[stranger.tenant_id]}, ids, list(walk(app)))
    await platform.close()


async def make_key(platform: Platform, caller: Caller) -> str:
    """A key that may do everything in its tenant."""
    return (await platform.tenants.create_key(caller, name="Key", scopes=tuple(Scope))).credential


async def make_one_of_everything(
    platform: Platform, client: httpx.AsyncClient, owner: Caller, headers: dict[str, str]
) -> dict[str, str]:
    """Fill the first tenant through its own interface; returns the ids by the names that routes use."""
    package = next((REPOSITORY / "samples").glob("build/*quiz*.zip"), None) or build_samples(platform)
    upload = await client.post(
        "/api/courses",
        content=package.read_bytes(),
        headers={
            **headers,
            "Content-Type": "application/zip",
            "Content-Disposition": f"attachment; filename={SECRET_WORD}.zip",
        },
    )
    assert upload.status_code == 202, upload.text
    await platform.queue.run_worker(stop_when_empty=True)
    course = (await client.get(f"/api/uploads/{upload.json()['id']}", headers=headers)).json()["course_id"]
    await put(client, "PATCH", f"/api/courses/{course}", headers, {"title": SECRET_WORD})
    learner = {"id": SECRET_WORD, "name": SECRET_WORD}
    registration = await put(client, "POST", "/api/registrations", headers, {"course_id": course, "learner": learner})
    await put(client, "POST", f"/api/registrations/{registration['id']}/launch-link", headers, {})
    destination = await put(client, "POST", "/api/destinations", headers, {"name": SECRET_WORD})
    wanted = {"course_id": course, "destination_id": destination["id"], "name": SECRET_WORD}
    dispatch = await put(client, "POST", "/api/dispatches", headers, wanted)
    user = await platform.tenants.add_user(owner, email=f"{SECRET_WORD}@x.example", role=Role.OWNER, password=PASSWORD)
    lrs = await platform.tenants.create_key(owner, name=SECRET_WORD, kind=KeyKind.LRS)
    shown = (await client.get(f"/api/registrations/{registration['id']}", headers=headers)).json()["registration"]
    return {
        "course_id": course,
        "upload_id": upload.json()["id"],
        "registration_id": registration["id"],
        "learner_id": shown["learner_id"],
        "version_id": shown["version_id"],
        "destination_id": destination["id"],
        "dispatch_id": dispatch["id"],
        "user_id": str(user.user.id),
        "key_id": str(lrs.key.id),
        "tenant_id": str(owner.tenant_id),
    }


def build_samples(platform: Platform) -> Path:
    """Build the sample packages when they were not."""
    raise AssertionError("run `make samples` first")


async def put(client: httpx.AsyncClient, method: str, path: str, headers: dict[str, str], body: Any) -> dict[str, Any]:
    """Send JSON that must be accepted."""
    answer = await client.request(method, path, json=body, headers=headers)
    assert answer.status_code < 300, (path, answer.text)
    found: dict[str, Any] = answer.json()
    return found


def walk(app: Any) -> Iterator[tuple[str, str]]:
    """Every method and path of the console origin."""
    for route in app.routes:
        if isinstance(route, HTTPRoute):
            for method in sorted(route.methods - {"OPTIONS", "HEAD"}):
                yield method, route.path


def address(path: str, ids: dict[str, str]) -> str:
    """Fill a route's parameters with the first tenant's ids."""

    def one(match: "re.Match[str]") -> str:
        name = match[1].partition(":")[0]
        if name in ids:
            return ids[name]
        return {"number": "1", "path": "index.html", "file_path": "x", "rest": "x", "part": "x", "kind": "courses"}.get(
            name, str(uuid.uuid4())
        )

    return re.sub(r"\{([^}]+)\}", one, path).replace("//", "/")


def bodies(ids: dict[str, str]) -> dict[str, Any]:
    """Bodies that name the first tenant's things, so that routes that take ids in the body are tried for real."""
    learner = {"id": "mallory", "name": "Mallory"}
    return {
        "POST /api/registrations": {"course_id": ids["course_id"], "learner": learner},
        "POST /api/dispatches": {"course_id": ids["course_id"], "destination_id": ids["destination_id"]},
        "PATCH /api/courses/{course_id:uuid}": {"title": "stolen"},
        "PATCH /api/users/{user_id:uuid}": {"role": "viewer"},
        "PATCH /api/destinations/{destination_id:uuid}": {"name": "stolen"},
        "PATCH /api/dispatches/{dispatch_id:uuid}": {"name": "stolen", "registration_cap": 1},
        "POST /api/registrations/{registration_id:uuid}/mark": {
            "completion": "completed", "success": "passed", "reason": "stolen",
        },
        "POST /api/me/tenant": {"tenant_id": ids["tenant_id"]},
    }  # fmt: skip


async def first_tenants_rows(world: World) -> dict[str, Any]:
    """Everything the first tenant has, except what merely looking at it changes."""
    found = {}
    with psycopg.connect(world.platform.settings.database_url) as connection:
        for table in tables(connection):
            if table in {"audit_events", "idempotency_keys", "api_keys", "tenants"}:
                continue
            rows = connection.execute(
                f"SELECT md5(string_agg(t::text, '' ORDER BY t::text)) FROM {table} t WHERE tenant_id = %s".encode(),
                [world.ids["tenant_id"]],
            )
            found[table] = rows.fetchone()
    return found


async def test_no_route_shows_or_gives_a_stranger_anything(world: World) -> None:
    before = await first_tenants_rows(world)
    known = bodies(world.ids)
    tried = 0
    for method, path in world.routes:
        if "{" not in path and f"{method} {path}" not in known and method != "GET":
            continue  # makes something of the stranger's own
        body = None if method == "GET" else known.get(f"{method} {path}", {})
        where = address(path, world.ids)
        answer = await world.client.request(method, where, json=body, headers=world.stranger)
        tried += 1
        assert answer.status_code < 500 or answer.status_code == 501, (
            method,
            where,
            answer.status_code,
            answer.text[:300],
        )
        assert SECRET_WORD not in answer.text, (method, where)
        if '"items":[]' in answer.text or (path.endswith(".csv") and answer.text.count("\n") <= 1):
            continue  # a list of nothing
        if any(name in path for name in world.ids) and method == "GET":
            assert answer.status_code in {301, 302, 303, 401, 403, 404}, (
                method,
                where,
                answer.status_code,
                answer.text[:300],
            )
        elif any(f"{{{name}" in path for name in world.ids):
            assert answer.status_code >= 300, (method, where, answer.status_code, answer.text[:300])
    assert tried > 60
    assert await first_tenants_rows(world) == before


async def test_the_walk_is_a_real_one_for_the_owner_reads_what_the_stranger_cannot(world: World) -> None:
    read = 0
    for method, path in world.routes:
        if method == "GET" and path.startswith("/api/"):
            answer = await world.client.get(address(path, world.ids), headers=world.owner)
            read += answer.status_code == 200 and SECRET_WORD in answer.text
    assert read >= 12


async def test_no_page_shows_a_signed_in_stranger_anything(world: World) -> None:
    stranger = (await world.client.get("/api/me", headers=world.stranger)).json()
    caller = platform_caller(uuid.UUID(stranger["tenant"]["id"]))
    await world.platform.tenants.add_user(caller, email="mallory@x.example", role=Role.OWNER, password=PASSWORD)
    signed_in = await world.client.post("/api/session", json={"email": "mallory@x.example", "password": PASSWORD})
    headers = {"X-CSRF-Token": signed_in.json()["csrf_token"]}
    before = await first_tenants_rows(world)
    for method, path in world.routes:
        if path in {"/sign-out", "/api/session"} or "{session_id" in path or ("{" not in path and method != "GET"):
            continue
        where = address(path, world.ids)
        answer = await world.client.request(
            method, where, headers=headers, data=None if method == "GET" else {"name": "x"}
        )
        assert answer.status_code < 500 or answer.status_code == 501, (
            method,
            where,
            answer.status_code,
            answer.text[:300],
        )
        assert SECRET_WORD not in answer.text, (method, where)
    assert await first_tenants_rows(world) == before


async def test_nobody_gets_anything_without_credentials(world: World) -> None:
    public = {
        "/sign-in",
        "/api",
        "/api/openapi.json",
        "/api/docs",
        "/api/health",
        "/api/session",
        "/xapi/about",
        "/favicon.ico",
    }
    for method, path in world.routes:
        if path in public or path.startswith(("/static", "/api/docs", "/api/openapi")):
            continue
        answer = await world.client.request(method, address(path, world.ids), json=None if method == "GET" else {})
        assert answer.status_code in {301, 302, 303, 400, 401, 403, 404, 405, 415}, (method, path, answer.status_code)
        assert SECRET_WORD not in answer.text
