"""`courseway up`: the whole platform on one machine, from nothing, with one command."""

import asyncio
import dataclasses
import os
import signal
import sys
import time
from pathlib import Path
from types import FrameType

import click
import httpx

from courseway.commands.provision import Credentials, provision
from courseway.commands.samples import SamplesMissing, import_samples
from courseway.commands.speech import Stop, box, examples, refusals_spoken, say_done, step
from courseway.ops.folder import DataFolder
from courseway.ops.migrate import upgrade
from courseway.ops.ports import check_port
from courseway.ops.postgres import Cluster
from courseway.ops.processes import Program, Supervisor, describe_exit
from courseway.settings import Settings, read_settings

DATABASE = "courseway"
SECONDS_TO_START = 120.0
# The server waits for a second at most before it drops connections, so that Ctrl-C is a matter of seconds.
PROGRAMS_STOP_SECONDS = 12.0
CLUSTER_SETTINGS = {"shared_buffers": "128MB", "max_wal_size": "1GB"}
CONNECTIONS_PER_PROCESS = 6  # beside the pool: the queue's, and a margin


class StopAsked(BaseException):
    """Ctrl-C, or SIGTERM from whoever started us. Not an Exception: nothing on the way may swallow it."""


class Platform:
    """One start of everything, step by step, and its end in the opposite order."""

    def __init__(self, settings: Settings, folder: DataFolder) -> None:
        self.settings = settings
        self.folder = folder
        self.supervisor = Supervisor(lambda sentence: click.echo(f"! {sentence}", err=True))
        self.logs = folder.path / "logs"

    def start_database(self) -> None:
        """Start the embedded PostgreSQL unless DATABASE_URL names another one."""
        if self.settings.database_url:
            say_done("PostgreSQL of DATABASE_URL is used")
            return
        with step("PostgreSQL started"):
            processes = self.settings.workers + 1
            connections = 30 + processes * (self.settings.pool_size + CONNECTIONS_PER_PROCESS)
            settings = {**CLUSTER_SETTINGS, "max_connections": str(max(100, connections))}
            cluster = Cluster(self.folder.path / "postgres", settings=settings)
            program = Program(
                "PostgreSQL",
                (),
                cluster.folder / "postgres.log",
                stop_signal=signal.SIGINT,  # a fast stop: clients are disconnected, nothing is lost
                stop_seconds=30,
                start=cluster.serve,
            )
            cluster.wait(self.supervisor.start(program))
            cluster.create_database(DATABASE)
        self.settings = dataclasses.replace(self.settings, database_url=cluster.url(DATABASE))

    def migrate(self) -> None:
        """Bring the tables to the newest schema."""
        with step("Tables are up to date"):
            upgrade(self.settings.database_url)

    def start_programs(self) -> None:
        """Start web and worker and wait until the web answers."""
        with step(f"Web ({self.settings.workers} processes) and worker started"):
            self.logs.mkdir(exist_ok=True)
            self.supervisor.start(self._web())
            self.supervisor.start(self._worker())
            self._wait_until_ready()

    def watch(self) -> None:
        """Keep everything running until asked to stop."""
        while True:
            self.supervisor.watch()
            time.sleep(0.25)

    def stop(self) -> None:
        """Stop web and worker together, the database last."""
        self.supervisor.stop_together("web", "worker")
        self.supervisor.stop()

    def _environment(self) -> dict[str, str]:
        settings = self.settings
        return {
            **os.environ,
            "DATABASE_URL": settings.database_url,
            "SESSION_SECRET": settings.session_secret,
            "CONSOLE_URL": settings.console_url,
            "CONTENT_URL": settings.content_url,
            "HOST": settings.host,
            "PORT": str(settings.port),
            "WORKERS": str(settings.workers),
            "DATA_DIR": settings.data_dir,
            "COURSEWAY_SUPERVISED": "1",
            "PYTHONUNBUFFERED": "1",
        }

    def _web(self) -> Program:
        command = [
            *(sys.executable, "-m", "granian", "--interface", "asgi", "--factory", "courseway.asgi:create_app"),
            *("--host", self.settings.host, "--port", str(self.settings.port)),
            *("--workers", str(self.settings.workers), "--respawn-failed-workers", "--workers-kill-timeout", "8"),
            *("--no-ws", "--log-level", "warning"),
        ]
        log = self.logs / "web.log"
        return Program("web", command, log, self._environment(), stop_seconds=PROGRAMS_STOP_SECONDS)

    def _worker(self) -> Program:
        command = [sys.executable, "-m", "courseway.worker"]
        return Program(
            "worker",
            command,
            self.logs / "worker.log",
            self._environment(),
            stop_seconds=PROGRAMS_STOP_SECONDS,
        )

    def local_address(self) -> str:
        """Return where this machine reaches the web."""
        host = self.settings.host
        if host in {"0.0.0.0", "::", "localhost"}:  # noqa: S104 - only compared
            host = "127.0.0.1"
        return f"http://[{host}]:{self.settings.port}" if ":" in host else f"http://{host}:{self.settings.port}"

    def _wait_until_ready(self) -> None:
        address = f"{self.local_address()}/health"
        deadline = time.monotonic() + SECONDS_TO_START
        while time.monotonic() < deadline:
            code = self.supervisor.failed("web")
            if code is not None:
                raise Stop(f"The web server ended ({describe_exit(code)}).{_tail(self.logs / 'web.log')}")
            try:
                if httpx.get(address, timeout=2, trust_env=False).status_code == 200:
                    return
            except httpx.HTTPError:
                pass
            time.sleep(0.05)
        raise Stop(f"The web server did not answer within {SECONDS_TO_START:.0f} s.{_tail(self.logs / 'web.log')}")


def _tail(log: Path) -> str:
    text = log.read_text(errors="replace")[-1500:].strip() if log.exists() else ""
    return f" The end of {log}:\n{text}" if text else ""


def _ask_to_stop(number: int, frame: FrameType | None) -> None:
    for one in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(one, signal.SIG_IGN)  # once is enough; the end is on its way
    raise StopAsked


def _settings(data: Path | None, host: str | None, port: int | None, workers: int | None) -> Settings:
    read = read_settings(os.environ)
    chosen = dataclasses.replace(
        read,
        data_dir=str((data or Path(read.data_dir)).expanduser().resolve()),
        host=host or read.host,
        port=port or read.port,
        workers=workers or read.workers,
    )
    # The two origins follow the port unless somebody said where they are.
    return dataclasses.replace(
        chosen,
        console_url=read.console_url if os.environ.get("CONSOLE_URL") else f"http://localhost:{chosen.port}",
        content_url=read.content_url if os.environ.get("CONTENT_URL") else f"http://127.0.0.1:{chosen.port}",
    )


def _show(credentials: Credentials, folder: Path) -> None:
    pairs = {
        "Console": credentials.console_url,
        "E-mail": credentials.email,
        "Password": credentials.password,
        "Keys": str(folder / "credentials.json"),
    }
    click.echo("\n" + box("Courseway is ready", pairs) + "\n\nPress Ctrl-C to stop it. Start it again the same way.")
    sys.stdout.flush()


def _start(platform: Platform, demo: bool) -> None:
    settings = platform.settings
    check_port(settings.host, settings.port)
    platform.settings = dataclasses.replace(
        settings, session_secret=settings.session_secret or platform.folder.session_secret()
    )
    platform.start_database()
    platform.migrate()
    name = "Northwind Academy" if demo else "Courseway"
    credentials = asyncio.run(provision(platform.settings, platform.folder, tenant_name=name))
    platform.start_programs()
    if demo:
        started = time.monotonic()
        try:
            fresh = import_samples(credentials, platform.folder, platform.local_address())
            took = f" ({time.monotonic() - started:.1f} s)"
            say_done(f"{fresh} sample courses imported{took}" if fresh else "Sample courses are there")
        except (SamplesMissing, httpx.HTTPError) as error:
            click.echo(f"! Sample courses: {error}", err=True)
    _show(credentials, platform.folder.path)


@click.command(epilog=examples("courseway up", "courseway up --data /srv/courseway --port 8080 --no-demo"))
@click.option("--data", type=click.Path(path_type=Path, file_okay=False), help="Data folder  [default: ./data]")
@click.option("--port", type=click.IntRange(1, 65535), help="Port to listen on  [default: 5000]")
@click.option("--host", help="Address to listen on  [default: 127.0.0.1]")
@click.option("--workers", type=click.IntRange(1, 64), help="Web processes  [default: 2]")
@click.option("--demo/--no-demo", default=True, show_default=True, help="Import the three sample courses")
@refusals_spoken
def up(data: Path | None, port: int | None, host: str | None, workers: int | None, demo: bool) -> None:
    """
    Start the whole platform on this machine and keep it running.

    Starts a PostgreSQL of its own in the data folder (or uses DATABASE_URL), brings the tables up to date, makes a
    tenant with an owner and keys, starts the web and the worker, and prints where to sign in. Everything is in the
    data folder; Ctrl-C stops it, the next start goes on where it was.
    """
    settings = _settings(data, host, port, workers)
    folder = DataFolder(Path(settings.data_dir))
    folder.hold()
    platform = Platform(settings, folder)
    for one in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(one, _ask_to_stop)
    try:
        _start(platform, demo)
        platform.watch()
    except StopAsked:
        click.echo("\nStopping …")
    finally:
        for one in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(one, signal.SIG_IGN)
        platform.stop()
        folder.release()
    say_done("Stopped")
