"""
Console: the server's time for every page with 1,000 courses and 100,000 registrations, and how it grows with the data.

Each page is asked for over HTTP, one request at a time, from one web process; the median of the rounds counts. The
same is done with a tenth of the data, in the same run. Run alone: `python -m benchmarks console`.
"""

import asyncio
import gzip
import re
import statistics
import tempfile
import time
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

import httpx
from tests.live import REPOSITORY, LiveServer

from benchmarks.console_data import Size, fill
from benchmarks.figure import Figure
from courseway.kit.db import Database
from courseway.ops.migrate import upgrade
from courseway.ops.postgres import Cluster
from courseway.tenants import Role, Service, platform_caller

SMALL = Size(courses=100, registrations=10_000)
LARGE = Size(courses=1_000, registrations=100_000)
ROUNDS = 15
TRIVIAL = "/health"  # tells how busy the machine was meanwhile
LISTS = (
    "/courses", "/courses?q=safety", "/courses?sort=title", "/destinations", "/dispatches", "/dispatches?q=fire", "/learners", "/learners?sort=name", "/learners?q=sou",
    "/registrations", "/registrations?completion=completed", "/registrations?q=priya", "/statements", "/reports", "/reports/destinations", "/activity", "/search?q=safe",
)  # fmt: skip
PAGES = (
    "/", "{course}", "{course}/report", "{course}/versions", "{course}/registrations", "{course}/dispatches", "{course}/settings", "/destinations/01900003-0000-7000-8000-000000000002",
    "/dispatches/new", "{dispatch}", "{dispatch}/learners", "{dispatch}/usage", "{dispatch}/edit", "/learners/01900005-0000-7000-8000-000000000002",
    "{registration}", "{registration}/launches", "{registration}/launches/01900008-0000-7000-8000-00000000003a", "{registration}/answers", "{registration}/statements", "{registration}/lms",
    "/settings", "/settings/users", "/settings/api-keys", "/settings/account",
)  # fmt: skip
PLACES = {
    "course": "/courses/01900001-0000-7000-8000-000000000003",
    "dispatch": "/dispatches/01900004-0000-7000-8000-000000000004",
    "registration": "/registrations/01900006-0000-7000-8000-00000000003a",
}


@dataclass
class Measured:
    """Median milliseconds of each page."""

    pages: dict[str, float]

    def worst(self, names: tuple[str, ...]) -> tuple[str, float]:
        name = max(names, key=lambda one: self.pages[one])
        return name, self.pages[name]


def main() -> list[Figure]:
    with tempfile.TemporaryDirectory(prefix="courseway-bench-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        folder.chmod(0o755)
        cluster = Cluster(folder / "cluster", settings={"shared_buffers": "256MB", "fsync": "off"})
        cluster.start()
        servers: list[LiveServer] = []
        try:
            servers = [_prepare(cluster, folder, name, size) for name, size in (("small", SMALL), ("large", LARGE))]
            small, large = _measure(*servers)
        finally:
            for server in servers:
                server.stop()
            cluster.stop(mode="immediate")
    return _figures(small, large)


def _figures(small: Measured, large: Measured) -> list[Figure]:
    every = (*LISTS, *PAGES)
    page, worst = large.worst(every)
    growth = {name: large.pages[name] / small.pages[name] for name in LISTS}
    steepest = max(growth, key=lambda name: growth[name])
    note = f"{small.pages[steepest]:.1f} ms to {large.pages[steepest]:.1f} ms: {steepest}"
    typical = statistics.median(large.pages[name] for name in every)
    return [
        Figure("Console: its whole script, compressed", _script_kb(), "kB", at_most=150),
        Figure(
            "Console: median time of the slowest page, 1,000 courses and 100,000 registrations",
            worst,
            "ms",
            at_most=30,
            note=page,
        ),
        Figure(
            "Console: median time of the middle page",
            typical,
            "ms",
            at_most=30,
            note=f"the trivial answer {large.pages[TRIVIAL]:.1f} ms",
        ),
        Figure(
            "Console: the steepest growth of a list, ten times the data",
            growth[steepest],
            "times",
            at_most=1.6,
            note=note,
        ),
    ]


def _script_kb() -> float:
    built = REPOSITORY / "src" / "courseway" / "_frontend" / "console" / "assets"
    return sum(len(gzip.compress(path.read_bytes())) for path in built.glob("*.js")) / 1024


def _prepare(cluster: Cluster, folder: Path, name: str, size: Size) -> LiveServer:
    cluster.create_database(name)
    url = cluster.url(name)
    upgrade(url)
    home = folder / name
    home.mkdir()
    server = LiveServer(url, home)
    fill(url, asyncio.run(_tenant(server)), size)
    server.start("web")
    return server


def _measure(small: LiveServer, large: LiveServer) -> tuple[Measured, Measured]:
    """Ask both servers by turns, so that whatever else the machine does meets both alike."""
    found: tuple[dict[str, float], dict[str, float]] = ({}, {})
    with closing(_signed_in(small)) as first, closing(_signed_in(large)) as second:
        for page in (TRIVIAL, *LISTS, *PAGES):
            rounds = [(_time(first, page), _time(second, page)) for _ in range(ROUNDS + 2)]
            # The first two compile the template and warm the plans.
            for which, times in enumerate(zip(*rounds[2:], strict=True)):
                found[which][page] = statistics.median(times)
    return Measured(found[0]), Measured(found[1])


async def _tenant(server: LiveServer) -> UUID:
    db = Database(server.database_url, min_size=1, max_size=2)
    await db.open()
    service = Service(db=db, console_url=server.console, session_seconds=86_400)
    tenant = await service.create_tenant(name="Northwind Training", slug="northwind")
    await service.add_user(platform_caller(tenant.id), email=server.email, role=Role.OWNER, password=server.password)
    await db.close()
    return tenant.id


def _signed_in(server: LiveServer) -> httpx.Client:
    client = httpx.Client(base_url=server.console, timeout=60, follow_redirects=True)
    page = client.post(
        "/sign-in", data={"email": server.email, "password": server.password}, headers={"Origin": server.console}
    )
    assert re.search("Overview", page.text), page.status_code
    return client


def _time(client: httpx.Client, page: str) -> float:
    started = time.perf_counter()
    answer = client.get(page.format(**PLACES))
    taken = (time.perf_counter() - started) * 1000
    assert answer.status_code == 200, (page, answer.status_code)
    return taken


if __name__ == "__main__":
    for figure in main():
        print(figure.name, figure.shown(), figure.target_shown())
