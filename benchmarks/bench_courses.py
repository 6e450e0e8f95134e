"""
Courses: importing against `unzip` on the same disk, the server's memory meanwhile, and serving a small file.

Run alone: `python -m benchmarks courses`.
"""

import asyncio
import os
import random
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

import httpx
from tests.conftest import make_tenant
from tests.live import free_port
from tests.packages import scorm12_manifest

from benchmarks.courses_apps import make_service
from benchmarks.figure import Figure
from benchmarks.load import request_rate
from courseway.kit.db import Database
from courseway.ops.migrate import upgrade
from courseway.ops.postgres import Cluster
from courseway.tenants import platform_caller

MIB = 1024 * 1024
ROUNDS = 3


@dataclass
class Bench:
    """A database, a folder, a tenant."""

    folder: Path
    database_url: str
    tenant_id: UUID

    def environment(self) -> dict[str, str]:
        return {
            **os.environ,
            "DATABASE_URL": self.database_url,
            "BENCH_DATA": str(self.folder / "data"),
            "BENCH_TENANT": str(self.tenant_id),
            "BENCH_FILE": str(self.folder / "asset.bin"),
        }


def main() -> list[Figure]:
    with tempfile.TemporaryDirectory(prefix="courseway-bench-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        folder.chmod(0o755)
        cluster = Cluster(folder / "cluster")
        cluster.start()
        try:
            cluster.create_database("bench")
            upgrade(cluster.url("bench"))
            bench = Bench(folder, cluster.url("bench"), asyncio.run(_tenant(cluster.url("bench"))))
            return [*_measure_imports(bench), *_measure_delivery(bench)]
        finally:
            cluster.stop(mode="immediate")


async def _tenant(url: str) -> UUID:
    db = Database(url, min_size=1, max_size=2)
    await db.open()
    tenant_id = await make_tenant(db)
    await db.close()
    return tenant_id


# Imports ------------------------------------------------------------------------------------------------------------


def _large_package(path: Path) -> Path:
    """512 MiB as courses that large are: videos, some pictures, many small texts."""
    noise = random.Random(7)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive:
        _write_course(archive)
        for number in range(300):
            words = " ".join(noise.choice(WORDS) for _ in range(3000))
            archive.writestr(f"pages/{number}.html", f"<p>{words}</p>")
        left, number = 512 * MIB - path.stat().st_size - 64 * 1024, 0
        while left > 0:
            size = min(24 * MIB, left)
            archive.writestr(f"media/{number}.mp4", noise.randbytes(size))
            left, number = left - size - 8192, number + 1
    return path


def _small_files_package(path: Path) -> Path:
    noise = random.Random(8)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        _write_course(archive)
        for number in range(2998):
            name = f"part{number % 40}/file{number}"
            if number % 3 == 0:
                archive.writestr(f"{name}.png", noise.randbytes(noise.randint(500, 12_000)))
            else:
                words = " ".join(noise.choice(WORDS) for _ in range(noise.randint(50, 1500)))
                archive.writestr(f"{name}.{'js' if number % 3 == 1 else 'html'}", words)
    return path


WORDS = [
    "function",
    "return",
    "learner",
    "course",
    "<div class='page'>",
    "</div>",
    "score",
    "0.75",
    "window.parent",
    "if",
    "let",
]


def _write_course(archive: zipfile.ZipFile) -> None:
    archive.writestr("imsmanifest.xml", scorm12_manifest("Benchmark"))
    archive.writestr("index.html", "<p>Hello")


def _measure_imports(bench: Bench) -> Iterator[Figure]:
    large = _large_package(bench.folder / "large.zip")
    small = _small_files_package(bench.folder / "small.zip")
    with _served(bench, "assets") as (port, process):
        before = _memory_mib(process.pid)
        upload_seconds, upload_id = _upload(port, large)
        grown = _memory_mib(process.pid, peak=True) - before
    yield Figure(
        "Memory the web server grows by while it receives 512 MiB",
        grown,
        "MiB",
        at_most=100,
        note=f"{upload_seconds:.1f} s",
    )
    unzip = _unzip_seconds(bench, large)
    seconds, grown = _import_in_worker(bench, upload_id)
    yield Figure("Memory the worker grows by while it imports 512 MiB", grown, "MiB", at_most=100)
    note = f"{seconds:.2f} s against {unzip:.2f} s"
    yield Figure("Import of 512 MiB against unzip", seconds / unzip, "×", at_most=2.5, note=note)
    pairs = [(_import_in_worker(bench, _receive(bench, small))[0], _unzip_seconds(bench, small)) for _ in range(ROUNDS)]
    ours, theirs = (statistics.median(side) for side in zip(*pairs, strict=True))
    note = f"{ours:.2f} s against {theirs:.2f} s"
    yield Figure("Import of 3,000 small files against unzip", ours / theirs, "×", at_most=3, note=note)


def _unzip_seconds(bench: Bench, package: Path) -> float:
    target = bench.folder / "unzipped"
    started = time.perf_counter()
    subprocess.run(["unzip", "-q", str(package), "-d", str(target)], check=True)
    seconds = time.perf_counter() - started
    shutil.rmtree(target)
    return seconds


def _upload(port: int, package: Path) -> tuple[float, str]:
    started = time.perf_counter()
    with package.open("rb") as file:
        answer = httpx.post(
            f"http://127.0.0.1:{port}/upload", content=iter(lambda: file.read(256 * 1024), b""), timeout=300
        )
    answer.raise_for_status()
    return time.perf_counter() - started, answer.text


def _receive(bench: Bench, package: Path) -> str:
    async def run() -> str:
        service = make_service(bench.database_url, bench.folder / "data")
        await service._db.open()
        await service._queue.open()

        async def parts():  # type: ignore[no-untyped-def]
            yield package.read_bytes()

        upload = await service.receive_package(platform_caller(bench.tenant_id), parts(), file_name="b.zip")
        await service._queue.close()
        await service._db.close()
        return str(upload.id)

    return asyncio.run(run())


def _import_in_worker(bench: Bench, upload_id: str) -> tuple[float, float]:
    """Import in a process of its own; returns seconds and the MiB its memory grew by."""
    code = "import sys; from benchmarks.bench_courses import worker; worker(sys.argv[1])"
    done = subprocess.run(
        [sys.executable, "-c", code, upload_id], env=bench.environment(), check=True, capture_output=True, text=True
    )
    seconds, grown = done.stdout.split()[-2:]
    return float(seconds), float(grown)


def worker(upload_id: str) -> None:
    """Run one import and print its seconds and the memory it took."""

    async def run() -> tuple[float, float]:
        service = make_service(os.environ["DATABASE_URL"], Path(os.environ["BENCH_DATA"]))
        tenant_id = UUID(os.environ["BENCH_TENANT"])
        await service._db.open()
        before = _memory_mib(os.getpid())
        started = time.perf_counter()
        await service.import_upload(tenant_id, UUID(upload_id))
        seconds = time.perf_counter() - started
        upload = await service.show_upload(platform_caller(tenant_id), UUID(upload_id))
        assert upload.state == "ready", upload
        await service._db.close()
        return seconds, _memory_mib(os.getpid(), peak=True) - before

    print(*asyncio.run(run()))


def _memory_mib(pid: int, *, peak: bool = False) -> float:
    wanted = "VmHWM" if peak else "VmRSS"
    total = 0.0
    for one in (pid, *_children(pid)):
        for line in Path(f"/proc/{one}/status").read_text().splitlines():
            if line.startswith(wanted):
                total += int(line.split()[1]) / 1024
    return total


def _children(pid: int) -> list[int]:
    return [
        int(child) for task in Path(f"/proc/{pid}/task").iterdir() for child in (task / "children").read_text().split()
    ]


# Delivery -----------------------------------------------------------------------------------------------------------


@contextmanager
def _served(bench: Bench, app: str) -> Iterator[tuple[int, subprocess.Popen[bytes]]]:
    port = free_port()
    (bench.folder / "asset.bin").write_bytes(random.Random(9).randbytes(20_000))
    granian = str(Path(sys.executable).parent / "granian")
    command = [
        granian,
        "--interface",
        "asgi",
        "--factory",
        f"benchmarks.courses_apps:{app}",
        "--port",
        str(port),
        "--workers",
        "1",
        "--no-ws",
        "--log-level",
        "error",
    ]
    process = subprocess.Popen(command, env={**bench.environment(), "BENCH_PORT": str(port)})
    try:
        deadline = time.monotonic() + 20
        while time.monotonic() < deadline:
            try:
                httpx.get(f"http://127.0.0.1:{port}/")
                break
            except httpx.HTTPError:
                time.sleep(0.05)
        yield port, process
    finally:
        process.terminate()
        process.wait()


def _measure_delivery(bench: Bench) -> list[Figure]:
    package = bench.folder / "assets.zip"
    with zipfile.ZipFile(package, "w", zipfile.ZIP_DEFLATED) as archive:
        _write_course(archive)
        archive.writestr("asset.png", random.Random(9).randbytes(20_000))
        archive.writestr("asset.mp4", random.Random(9).randbytes(200_000))
    upload_id = _receive(bench, package)
    _import_in_worker(bench, upload_id)
    path = asyncio.run(_address(bench, upload_id))
    rates: dict[str, list[float]] = {"bare": [], "assets": []}
    with _served(bench, "bare") as (bare, _), _served(bench, "site") as (ours, _):
        for _ in range(ROUNDS):
            rates["bare"].append(request_rate(bare, "/"))
            rates["assets"].append(request_rate(ours, path))
    bare_rate, our_rate = statistics.median(rates["bare"]), statistics.median(rates["assets"])
    note = f"{our_rate:,.0f}/s against {bare_rate:,.0f}/s"
    return [
        Figure("A 20 kB asset against a bare granian file response", our_rate / bare_rate, "×", at_least=0.6, note=note)
    ]


async def _address(bench: Bench, upload_id: str) -> str:
    service = make_service(bench.database_url, bench.folder / "data")
    await service._db.open()
    caller = platform_caller(bench.tenant_id)
    upload = await service.show_upload(caller, UUID(upload_id))
    assert upload.course_id is not None
    detail = await service.show(caller, upload.course_id)
    await service._db.close()
    return service.content_url(bench.tenant_id, upload.course_id, detail.version.id, "asset.png")


if __name__ == "__main__":
    print(*main(), sep="\n")
