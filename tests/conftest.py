"""Real parts for every test: one PostgreSQL cluster a run, a fresh database a test from a migrated template."""

import asyncio
import os
import shutil
import tempfile
import uuid
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import psycopg
import pytest
from filelock import FileLock

from courseway.kit.db import Database
from courseway.kit.ids import new_id
from courseway.ops.migrate import upgrade
from courseway.ops.postgres import Cluster
from courseway.tenants import Caller, platform_caller
from tests.live import LiveServer

FAST = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "max_connections": "300",
    "shared_buffers": "128MB",
}


def _run_folder() -> Path:
    """One folder a test run, shared by its workers; PostgreSQL's account must be able to enter it."""
    run = os.environ.get("PYTEST_XDIST_TESTRUNUID") or f"single-{os.getpid()}"
    folder = Path(tempfile.gettempdir()) / f"courseway-tests-{run[:12]}"
    folder.mkdir(mode=0o755, exist_ok=True)
    return folder


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Stop the cluster when the last process of the run ends (the controller, or the only one)."""
    if os.environ.get("PYTEST_XDIST_WORKER"):
        return
    run = getattr(session.config, "workerinput", {}).get("testrunuid") or os.environ.get("PYTEST_XDIST_TESTRUNUID")
    dsession = session.config.pluginmanager.getplugin("dsession")
    uid = getattr(getattr(dsession, "nodemanager", None), "testrunuid", None) or run
    folders = [Path(tempfile.gettempdir()) / f"courseway-tests-{uid[:12]}"] if uid else []
    folders.append(Path(tempfile.gettempdir()) / f"courseway-tests-single-{os.getpid()}"[:64])
    for folder in folders:
        if (folder / "cluster").exists():
            Cluster(folder / "cluster").stop(mode="immediate")
            shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def cluster() -> Cluster:
    """The run's PostgreSQL with a migrated template database."""
    folder = _run_folder()
    cluster = Cluster(folder / "cluster", settings=FAST)
    with FileLock(folder / "cluster.lock"):
        cluster.start()
        if not (folder / "template.done").exists():
            cluster.create_database("template_courseway")
            upgrade(cluster.url("template_courseway"))
            (folder / "template.done").touch()
    return cluster


@pytest.fixture
def database_url(cluster: Cluster) -> Iterator[str]:
    """A fresh, migrated database of this test alone."""
    yield from _fresh_database(cluster)


def _fresh_database(cluster: Cluster) -> Iterator[str]:
    name = f"test_{uuid.uuid4().hex[:12]}"
    with psycopg.connect(cluster.url("postgres"), autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name} TEMPLATE template_courseway STRATEGY FILE_COPY".encode())
    yield cluster.url(name)
    with psycopg.connect(cluster.url("postgres"), autocommit=True) as connection:
        connection.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)".encode())


@pytest.fixture
async def db(database_url: str) -> AsyncIterator[Database]:
    """An open pool on the test's database."""
    database = Database(database_url, min_size=1, max_size=10)
    await database.open()
    yield database
    await database.close()


@pytest.fixture
async def tenant_id(db: Database) -> uuid.UUID:
    """A tenant."""
    return await make_tenant(db)


async def make_tenant(db: Database, name: str = "Northwind Training") -> uuid.UUID:
    """Insert a tenant and return its id."""
    tenant = new_id()
    async with db.system() as tx:
        await tx.run(
            "INSERT INTO tenants (id, name, slug) VALUES (%(id)s, %(name)s, %(slug)s)",
            {"id": tenant, "name": name, "slug": tenant.hex},
        )
    return tenant


@pytest.fixture
def caller(tenant_id: uuid.UUID) -> Caller:
    """Somebody who may do everything in the tenant."""
    return platform_caller(tenant_id, "tests")


@pytest.fixture(scope="module")
def live_server(cluster: Cluster) -> Iterator[LiveServer]:
    """The real platform, web and worker, with one tenant, its owner and its keys; shared by the tests of a module."""
    folder = Path(tempfile.mkdtemp(prefix="courseway-live-"))
    databases = _fresh_database(cluster)
    server = LiveServer(next(databases), folder)
    try:
        asyncio.run(server.provision())
        server.start()
        yield server
    finally:
        server.stop()
        next(databases, None)
        shutil.rmtree(folder, ignore_errors=True)
