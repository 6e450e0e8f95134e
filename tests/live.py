"""The real platform for journeys and browsers: web and worker as processes of their own, on a fresh database."""

import os
import secrets
import signal
import socket
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

import httpx

from courseway import tenants
from courseway.kit.db import Database

REPOSITORY = Path(__file__).parents[1]


def free_port() -> int:
    """A port that nobody listens on right now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class LiveServer:
    """Web and worker of one platform. `console` and `content` are its two origins."""

    database_url: str
    folder: Path
    port: int = field(default_factory=free_port)
    settings: dict[str, str] = field(default_factory=dict)
    api_key: str = ""
    lrs_key: str = ""
    lrs_secret: str = ""
    email: str = "owner@northwind.example"
    password: str = "correct horse battery"
    tenant_id: str = ""
    processes: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    @property
    def console(self) -> str:
        """The origin of console and API."""
        return f"http://localhost:{self.port}"

    @property
    def content(self) -> str:
        """The origin of player and courses."""
        return f"http://127.0.0.1:{self.port}"

    def environment(self) -> dict[str, str]:
        """The settings of both processes."""
        return {
            **os.environ,
            "DATABASE_URL": self.database_url,
            "DATA_DIR": str(self.folder),
            "SESSION_SECRET": "for tests only, for tests only, for tests only",
            "CONSOLE_URL": self.console,
            "CONTENT_URL": self.content,
            "PORT": str(self.port),
            "ALLOW_PRIVATE_POSTBACKS": "yes",
            "LOG_LEVEL": "info",
            **self.settings,
        }

    async def provision(self) -> None:
        """Make the tenant, its owner and its keys."""
        db = Database(self.database_url, min_size=1, max_size=2)
        await db.open()
        try:
            service = tenants.Service(db=db, console_url=self.console)
            tenant = await service.create_tenant(name="Northwind Training", slug="northwind")
            caller = tenants.platform_caller(tenant.id, "tests")
            await service.add_user(
                caller, email=self.email, name="Olive Owner", role=tenants.Role.OWNER, password=self.password
            )
            self.tenant_id = str(tenant.id)
            self.api_key = (await service.create_key(caller, name="tests", scopes=tuple(tenants.Scope))).credential
            lrs = await service.create_key(caller, name="tests (LRS)", kind=tenants.KeyKind.LRS)
            self.lrs_key, self.lrs_secret = lrs.key.public_id, lrs.secret
        finally:
            await db.close()

    def start(self, *names: str) -> None:
        """Start web and worker (or the named one) and wait until the web answers."""
        commands = {
            "web": [
                str(Path(sys.executable).parent / "granian"),
                "--interface",
                "asgi",
                "--factory",
                "courseway.asgi:create_app",
                "--host",
                "127.0.0.1",
                "--port",
                str(self.port),
                "--workers",
                self.settings.get("WORKERS", "1"),
                "--no-ws",
            ],
            "worker": [sys.executable, "-m", "courseway.worker"],
        }
        for name in names or tuple(commands):
            with (self.folder / f"{name}.log").open("ab") as log:
                self.processes[name] = subprocess.Popen(
                    commands[name],
                    env=self.environment(),
                    stdout=log,
                    stderr=log,
                    cwd=REPOSITORY,
                    start_new_session=True,
                )
        self.wait_until_ready()

    def wait_until_ready(self, timeout_seconds: float = 30.0) -> None:
        """Wait for /health; shows the log when it never answers."""
        deadline = time.monotonic() + timeout_seconds
        while time.monotonic() < deadline:
            try:
                if httpx.get(f"{self.content}/health", timeout=2).status_code == 200:
                    return
            except httpx.HTTPError:
                pass
            if self.processes["web"].poll() is not None:
                break
            time.sleep(0.05)
        raise AssertionError("the web did not start:\n" + (self.folder / "web.log").read_text(errors="replace")[-4000:])

    def kill(self, name: str) -> None:
        """kill -9 one process and everything it started."""
        process = self.processes.pop(name)
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()

    def stop(self) -> None:
        """Stop both processes kindly, then the hard way."""
        for process in self.processes.values():
            process.terminate()
        for process in self.processes.values():
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()
        self.processes.clear()

    def api(self, **options: object) -> httpx.Client:
        """A client with the tenant's API key."""
        return httpx.Client(base_url=self.console, headers={"X-API-Key": self.api_key}, timeout=60, **options)  # type: ignore[arg-type]

    def import_course(self, package: bytes, name: str = "course.zip", timeout_seconds: float = 60.0) -> str:
        """Upload a package through the API, wait for its import, return the course's id."""
        with self.api() as api:
            answer = api.post(
                "/api/courses",
                content=package,
                headers={"Content-Type": "application/zip", "Content-Disposition": f'attachment; filename="{name}"'},
            )
            assert answer.status_code == 202, answer.text
            upload = answer.json()
            deadline = time.monotonic() + timeout_seconds
            while upload["state"] not in {"ready", "failed", "cancelled"} and time.monotonic() < deadline:
                time.sleep(0.1)
                upload = api.get(f"/api/uploads/{upload['id']}").json()
            assert upload["state"] == "ready", upload
            return str(upload["course_id"])


def random_name(prefix: str) -> str:
    """A name nothing else has."""
    return f"{prefix}-{secrets.token_hex(4)}"
