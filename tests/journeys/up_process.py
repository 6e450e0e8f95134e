"""A `courseway up` of a test: started as people start it, watched from outside, stopped or killed."""

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

from tests.live import free_port

COURSEWAY = str(Path(sys.executable).parent / "courseway")
SECONDS_TO_START = 90.0


@dataclass
class Up:
    """One data folder and the `courseway up` that runs on it."""

    folder: Path
    port: int = field(default_factory=free_port)
    process: "subprocess.Popen[str] | None" = None
    data: Path = Path()

    def __post_init__(self) -> None:
        self.data = self.data if self.data.is_absolute() else self.folder / "data"

    @property
    def output(self) -> str:
        """Everything it printed so far."""
        return (self.folder / "up.log").read_text()

    def spawn(self, *options: str) -> "subprocess.Popen[str]":
        """Start it and return at once."""
        command = [COURSEWAY, "up", "--data", str(self.data), "--port", str(self.port), "--workers", "1", *options]
        environment = {k: v for k, v in os.environ.items() if k not in {"DATABASE_URL", "CONSOLE_URL", "CONTENT_URL"}}
        with (self.folder / "up.log").open("w") as log:
            self.process = subprocess.Popen(
                command, stdout=log, stderr=subprocess.STDOUT, env=environment, text=True, start_new_session=True
            )
        return self.process

    def start(self, *options: str) -> None:
        """Start it and wait until it says that it is ready."""
        process = self.spawn(*options)
        wait_until(lambda: "Press Ctrl-C" in self.output or process.poll() is not None, SECONDS_TO_START, self.output)
        assert process.poll() is None, self.output

    def interrupt(self) -> int:
        """Press Ctrl-C and return the exit code."""
        assert self.process is not None
        self.process.send_signal(signal.SIGINT)
        code = self.process.wait(40)
        self.process = None
        return code

    def kill(self) -> None:
        """kill -9 the one process that people see."""
        assert self.process is not None
        self.process.kill()
        self.process.wait()
        self.process = None

    def credentials(self) -> dict[str, str]:
        """What was written for scripts."""
        found: dict[str, str] = json.loads((self.data / "credentials.json").read_text())
        return found

    def api(self) -> httpx.Client:
        """A client with the API key of the credentials."""
        found = self.credentials()
        return httpx.Client(base_url=found["console_url"], headers={"X-API-Key": found["api_key"]}, timeout=20)

    def children(self) -> dict[int, str]:
        """Every process that works on this data folder or was started for it, by id."""
        found = {}
        for entry in Path("/proc").iterdir():
            if not entry.name.isdigit():
                continue
            try:
                text = (entry / "cmdline").read_bytes() + (entry / "environ").read_bytes()
                state = (entry / "stat").read_text().rsplit(")", 1)[1].split()[0]
            except OSError:
                continue
            if str(self.data).encode() in text and state != "Z":
                found[int(entry.name)] = (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode()[:200]
        return found

    def child(self, part: str) -> int:
        """The process of a part whose command holds some words; the eldest one."""
        return min(number for number, command in self.children().items() if part in command)


def wait_until(true: Callable[[], Any], timeout_seconds: float, explain: Any = "") -> None:
    """Wait for something to become true."""
    deadline = time.monotonic() + timeout_seconds
    while not true():
        assert time.monotonic() < deadline, explain or "it did not happen in time"
        time.sleep(0.1)


@contextmanager
def up_folder() -> Iterator[Up]:
    """A folder that the database's account may enter; whatever still runs at the end is killed."""
    folder = Path(tempfile.mkdtemp(prefix="courseway-up-"))
    folder.chmod(0o755)
    up = Up(folder)
    try:
        yield up
    finally:
        for number in [*([up.process.pid] if up.process else []), *up.children()]:
            try:
                os.kill(number, signal.SIGKILL)
            except ProcessLookupError:
                continue
        wait_until(lambda: not up.children(), 20)
        shutil.rmtree(folder, ignore_errors=True)
