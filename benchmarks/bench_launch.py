"""
A launch: how many statements the server sends to the database, and how much code of ours the learner's browser loads.

Run alone: `python -m benchmarks launch`.
"""

import asyncio
import gzip
import re
import tempfile
from pathlib import Path
from typing import Any

import httpx
from tests.live import LiveServer
from tests.packages import Sco, scorm12_package

from benchmarks.figure import Figure
from courseway.ops.migrate import upgrade
from courseway.ops.postgres import Cluster

CODE = re.compile(r'(?:src|href)="(/player-assets/[^"]+)"')
BOUNDARIES = ("BEGIN", "COMMIT", "ROLLBACK", "SET LOCAL", "SELECT pg_", "LISTEN", "UNLISTEN")


def main() -> list[Figure]:
    with tempfile.TemporaryDirectory(prefix="courseway-bench-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        folder.chmod(0o755)
        cluster = Cluster(folder / "cluster", settings={"log_statement": "all", "log_line_prefix": "%a|"})
        cluster.start()
        try:
            cluster.create_database("bench")
            upgrade(cluster.url("bench"))
            return _measure(folder, cluster)
        finally:
            cluster.stop()


def _measure(folder: Path, cluster: Cluster) -> list[Figure]:
    (folder / "data").mkdir()
    server = LiveServer(cluster.url("bench"), folder / "data")
    asyncio.run(server.provision())
    server.start()
    try:
        course = server.import_course(scorm12_package("A quiz", (Sco("Quiz", "quiz.html"),)))
        _launch(server, course, "warm")
        server.kill("worker")  # its polling would be counted with the launch
        link = _link(server, course, "measured")
        log = cluster.folder / "postgres.log"
        before = len(log.read_text(errors="replace"))
        _play(server, link, "measured")
        queries = _statements(log.read_text(errors="replace")[before:])
        size, parts = _code(server, link)
    finally:
        server.stop()
    return [
        Figure("Statements of a launch", len(queries), at_most=6, note="transaction boundaries not counted"),
        Figure("The player's own code, compressed", size / 1000, "kB", at_most=60, note=parts),
    ]


def _link(server: LiveServer, course: str, learner: str) -> str:
    with server.api() as api:
        made = api.post("/api/registrations", json={"course_id": course, "learner": {"id": learner, "name": learner}})
        answer: dict[str, Any] = api.post(f"/api/registrations/{made.json()['id']}/launch-link", json={}).json()
    return str(answer["url"])


def _play(server: LiveServer, link: str, key: str) -> None:
    body = {"link": link.rsplit("/", 1)[-1], "tab_key": key, "takeover": False}
    httpx.get(link).raise_for_status()
    httpx.post(f"{server.content}/play/api/start", json=body).raise_for_status()


def _launch(server: LiveServer, course: str, learner: str) -> None:
    _play(server, _link(server, course, learner), learner)


def _statements(log: str) -> list[str]:
    found = re.findall(r"^courseway\|LOG:  (?:execute [^:]*|statement): (.*)$", log, re.M)
    return [one for one in found if not one.startswith(BOUNDARIES)]


def _code(server: LiveServer, link: str) -> tuple[int, str]:
    page = httpx.get(link).text
    names = dict.fromkeys(CODE.findall(page))
    sizes = {
        name.rsplit(".", 1)[-1]: len(gzip.compress(httpx.get(f"{server.content}{name}").content, 9)) for name in names
    }
    sizes["html"] = len(gzip.compress(page.encode(), 9))
    return sum(sizes.values()), ", ".join(f"{kind} {size / 1000:.1f}" for kind, size in sizes.items())


if __name__ == "__main__":
    print(main())
