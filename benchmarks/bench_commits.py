"""
Commits: the whole site under a typical 4 kB state, against pgbench doing the bare equivalent writes on the same server.

Both sides take turns, each several times; the figure is the median of the ratios. Run alone: `python -m benchmarks commits`.
"""

import asyncio
import json
import os
import random
import re
import select
import socket
import statistics
import string
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

import psycopg
from tests.conftest import make_tenant
from tests.live import free_port
from tests.rooms.learning_room import SINGLE_2004, Clock, Room, Window

from benchmarks.figure import Figure
from courseway import courses, learning, lrs
from courseway.kit.db import Database
from courseway.kit.objects import open_store
from courseway.kit.queue import Queue
from courseway.kit.tokens import Signer
from courseway.ops.migrate import upgrade
from courseway.ops.postgres import Cluster
from courseway.tenants import platform_caller

SECRET = "for benchmarks only, for benchmarks only"
SECONDS = 4.0
ROUNDS = 3
CLIENTS = 32
LENGTH = re.compile(rb"content-length: (\d+)", re.I)
STATE = "".join(random.Random(7).choices(string.ascii_letters + string.digits, k=4000))

BARE = """
\\set n random(1, {count})
BEGIN;
SELECT r.id AS registration, r.active_launch_id AS launch, a.cmi FROM registrations r
    JOIN launches l ON l.id = r.active_launch_id JOIN activity_states a ON a.registration_id = r.id
    WHERE r.id = (SELECT id FROM bench_registrations WHERE n = :n) FOR UPDATE OF r, l, a \\gset
UPDATE activity_states SET cmi = '{state}'::jsonb, total_time_seconds = 1, updated_at = now() WHERE registration_id = :registration;
UPDATE launches SET last_seq = last_seq + 1, last_seen_at = now() WHERE id = :launch;
INSERT INTO launch_commits (tenant_id, launch_id, seq, delivery, activity_id, kind, changes, calls)
    SELECT '{tenant}', :launch, nextval('bench_seq'), 1, 'one', 'commit', '{state}'::jsonb, '[]'::jsonb;
UPDATE registrations SET location = '1', revision = revision + 1, last_activity_at = now() WHERE id = :registration;
COMMIT;
"""


@dataclass
class Client:
    """One learner's window on a connection of its own."""

    port: int
    session: str
    seq: int = 0
    sent_at: float = 0.0
    left: int = -1
    buffer: bytearray = field(default_factory=lambda: bytearray(64 * 1024))

    def __post_init__(self) -> None:
        self.socket = socket.create_connection(("127.0.0.1", self.port))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.head = (
            f"POST /play/api/commit HTTP/1.1\r\nHost: 127.0.0.1:{self.port}\r\nContent-Type: text/plain\r\n".encode()
        )

    def ask(self) -> None:
        self.seq += 1
        commit = {
            "seq": self.seq, "delivery": 1, "kind": "commit", "session_time_seconds": None,
            "set": {"cmi.suspend_data": STATE[self.seq % 50 :], "cmi.location": str(self.seq), "cmi.session_time": f"PT{self.seq}S"},
            "calls": [[self.seq, "SetValue", "cmi.location", str(self.seq), "true", "0"], [self.seq, "Commit", "", "", "true", "0"]],
        }  # fmt: skip
        body = json.dumps({"session": self.session, "commits": [commit]}).encode()
        self.left, self.sent_at = -1, time.perf_counter()
        self.socket.sendall(self.head + f"Content-Length: {len(body)}\r\n\r\n".encode() + body)

    def take(self) -> bool:
        """Read what is there; True when the answer is complete."""
        count = self.socket.recv_into(self.buffer)
        if self.left < 0:
            end = self.buffer.find(b"\r\n\r\n", 0, count)
            if end < 0 or not self.buffer.startswith(b"HTTP/1.1 200"):
                raise ConnectionError(bytes(self.buffer[:400]).decode("latin-1"))
            found = LENGTH.search(self.buffer, 0, end)
            assert found is not None
            self.left = int(found[1]) - (count - end - 4)
        else:
            self.left -= count
        return self.left == 0


def drive(clients: list[Client], seconds: float) -> tuple[float, list[float]]:
    """Keep every client busy; returns commits a second and the seconds each took."""
    poll, taken = select.epoll(), []
    by_number = {one.socket.fileno(): one for one in clients}
    for number, one in by_number.items():
        poll.register(number, select.EPOLLIN)
        one.ask()
    started = time.perf_counter()
    busy = len(clients)
    while busy:
        for number, _ in poll.poll(1):
            if not by_number[number].take():
                continue
            now = time.perf_counter()
            taken.append(now - by_number[number].sent_at)
            if now - started < seconds:
                by_number[number].ask()
            else:
                busy -= 1
    return len(taken) / (time.perf_counter() - started), taken


async def prepare(database_url: str, folder: Path, port: int) -> tuple[str, list[Window]]:
    """A tenant, a course, and a window open for each learner."""
    db = Database(database_url, min_size=1, max_size=4)
    await db.open()
    tenant = await make_tenant(db)
    signer, content = Signer(SECRET), f"http://127.0.0.1:{port}"
    objects = open_store(str(folder / "objects"))
    courses_service = courses.Service(
        db=db,
        queue=Queue(database_url),
        signer=signer,
        objects=objects,
        staging_dir=folder / "staging",
        content_origin=content,
    )
    lrs_service = lrs.Service(db=db, home_page=content)
    service = learning.Service(db=db, signer=signer, courses=courses_service, lrs=lrs_service, content_url=content)
    room = Room(service, lrs_service, db, platform_caller(tenant), Clock())
    first = await room.register(SINGLE_2004, "learner-0")
    people = [first] + [
        await service.create(room.caller, first.course_id, learning.LearnerIdentity(f"learner-{n}"))
        for n in range(1, CLIENTS)
    ]
    windows = [await room.opened(one) for one in people]
    await db.close()
    with psycopg.connect(database_url, autocommit=True) as connection:
        connection.execute("CREATE SEQUENCE bench_seq START 1000000")
        connection.execute(
            "CREATE TABLE bench_registrations AS SELECT row_number() OVER () AS n, id FROM registrations"
        )
        connection.execute("CREATE UNIQUE INDEX ON bench_registrations (n)")
    return str(tenant), windows


def pgbench(cluster: Cluster, script: Path, clients: int, seconds: float) -> tuple[float, float]:
    """Return transactions a second and the p99 in seconds of the bare writes."""
    with tempfile.TemporaryDirectory(prefix="pgbench-") as logs:
        command = [
            str(cluster.binaries / "pgbench"), "-n", "-M", "prepared", "-c", str(clients), "-j", "2", "-T", str(int(seconds)),
            "-f", str(script), "-l", "--log-prefix", f"{logs}/log", cluster.url("courseway"),
        ]  # fmt: skip
        out = subprocess.run(command, check=True, capture_output=True, text=True).stdout
        lines = [line.split() for path in Path(logs).iterdir() for line in path.read_text().splitlines()]
    found = re.search(r"tps = ([\d.]+)", out)
    assert found is not None, out
    return float(found[1]), percentile([int(line[2]) / 1e6 for line in lines], 0.99)


def percentile(values: list[float], share: float) -> float:
    return sorted(values)[min(len(values) - 1, int(len(values) * share))]


def main() -> list[Figure]:
    with tempfile.TemporaryDirectory(prefix="courseway-bench-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        folder.chmod(0o755)
        cluster = Cluster(
            folder / "cluster", settings={"max_connections": "100", "shared_buffers": "256MB", "max_wal_size": "4GB"}
        )
        cluster.start()
        try:
            cluster.create_database("courseway")
            upgrade(cluster.url("courseway"))
            return measure(cluster, folder)
        finally:
            cluster.stop(mode="immediate")


def measure(cluster: Cluster, folder: Path) -> list[Figure]:
    port = free_port()
    tenant, windows = asyncio.run(prepare(cluster.url("courseway"), folder, port))
    script = folder / "bare.sql"
    state = json.dumps({"cmi.suspend_data": STATE, "cmi.location": "1"})
    script.write_text(BARE.format(count=CLIENTS, state=state, tenant=tenant))
    server = start_server(cluster, folder, port)
    try:
        clients = [Client(port, one.start["session"]) for one in windows]
        drive(clients, 1.0)
        ours, bare, alone, bare_alone = [], [], [], []
        for _ in range(ROUNDS):
            bare.append(pgbench(cluster, script, CLIENTS, SECONDS)[0])
            ours.append(drive(clients, SECONDS)[0])
            bare_alone.append(pgbench(cluster, script, 1, SECONDS)[1])
            alone.append(percentile(drive(clients[:1], SECONDS)[1], 0.99))
    finally:
        server.terminate()
        server.wait(20)
    rates = statistics.median(one / other for one, other in zip(ours, bare, strict=True))
    waits = statistics.median(one / other for one, other in zip(alone, bare_alone, strict=True))
    note = f"{statistics.median(ours):,.0f}/s against {statistics.median(bare):,.0f}/s"
    slow = f"{statistics.median(alone) * 1000:.1f} ms against {statistics.median(bare_alone) * 1000:.1f} ms"
    return [
        Figure(f"Commits of 4 kB at {CLIENTS} clients, share of pgbench's bare writes", rates, at_least=0.4, note=note),
        Figure("p99 of a commit at 1 client, times pgbench's own", waits, at_most=10, note=slow),
    ]


def start_server(cluster: Cluster, folder: Path, port: int) -> "subprocess.Popen[bytes]":
    environment = {
        **os.environ, "DATABASE_URL": cluster.url("courseway"), "SESSION_SECRET": SECRET, "DATA_DIR": str(folder),
        "CONTENT_URL": f"http://127.0.0.1:{port}", "CONSOLE_URL": f"http://localhost:{port}", "LOG_LEVEL": "warning",
    }  # fmt: skip
    command = [
        str(Path(sys.executable).parent / "granian"), "--interface", "asgi", "--factory", "courseway.asgi:create_app",
        "--host", "127.0.0.1", "--port", str(port), "--workers", "2", "--no-ws", "--no-access-log",
    ]  # fmt: skip
    log = (folder / "web.log").open("ab")
    server = subprocess.Popen(command, env=environment, stdout=log, stderr=log, start_new_session=True)
    for _ in range(200):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                time.sleep(1.5)  # both workers
                return server
        time.sleep(0.1)
    server.kill()
    raise AssertionError((folder / "web.log").read_text()[-3000:])
