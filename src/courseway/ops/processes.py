"""
Child processes that live and die with us: started, watched, restarted with growing pauses, stopped in order.

What does not live here: what the processes do.
"""

import contextlib
import ctypes
import os
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

PR_SET_PDEATHSIG = 1
LONGEST_PAUSE_SECONDS = 30.0
STEADY_SECONDS = 20.0
LONGEST_LOG_BYTES = 16 * 1024 * 1024


def die_with_parent(with_signal: int = signal.SIGKILL) -> None:
    """Ask the kernel to signal this process when the one that started it is gone. Linux only; elsewhere nothing happens."""
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, int(with_signal), 0, 0, 0)


def death_signal(with_signal: int) -> Callable[[], None]:
    """
    Return what a child runs between fork and exec, so that it cannot outlive its parent.

    The library is loaded here, in the parent: the child of a fork should do as little as possible.
    """
    parent = os.getpid()
    try:
        prctl = ctypes.CDLL(None, use_errno=True).prctl
    except (OSError, AttributeError):
        return lambda: None

    def arm() -> None:
        prctl(PR_SET_PDEATHSIG, int(with_signal), 0, 0, 0)
        if os.getppid() != parent:  # it died between fork and here
            os._exit(1)

    return arm


@dataclass
class Program:
    """A process to keep running. Its output goes to `log`; at our own death it gets `death`."""

    name: str
    command: Sequence[str]
    log: Path
    environment: Mapping[str, str] = field(default_factory=dict)
    stop_signal: int = signal.SIGTERM
    stop_seconds: float = 15.0
    death: int = signal.SIGKILL
    start: Callable[[], "subprocess.Popen[bytes]"] | None = None  # in place of `command`, for one with a way of its own

    def launch(self) -> "subprocess.Popen[bytes]":
        """Start it in a session of its own, so that a Ctrl-C in the terminal reaches only us."""
        keep_short(self.log)
        if self.start is not None:
            return self.start()
        with self.log.open("ab") as log:
            return subprocess.Popen(
                list(self.command),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                env=dict(self.environment),
                start_new_session=True,
                preexec_fn=death_signal(self.death),
            )


def keep_short(log: Path) -> None:
    """Put a log aside that has grown large; the one put aside before goes."""
    with contextlib.suppress(OSError):
        if log.stat().st_size > LONGEST_LOG_BYTES:
            log.replace(log.with_name(f"{log.name}.1"))


@dataclass
class _Running:
    program: Program
    process: "subprocess.Popen[bytes]"
    started_at: float
    failures: int = 0
    restart_at: float | None = None


class Supervisor:
    """Keeps programs running until it is told to stop them. Used by one thread."""

    def __init__(self, say: Callable[[str], None]) -> None:
        self._say = say
        self._running: list[_Running] = []

    def start(self, program: Program) -> "subprocess.Popen[bytes]":
        """Start a program and keep it running from now on; returns its first process."""
        process = program.launch()
        self._running.append(_Running(program, process, time.monotonic()))
        return process

    def failed(self, name: str) -> int | None:
        """Return the exit code of a program that has ended, None while it runs."""
        return next((one.process.poll() for one in self._running if one.program.name == name), None)

    def watch(self) -> None:
        """Look at every program once; start those again that died, after a pause that doubles up to 30 seconds."""
        for one in self._running:
            if one.process.poll() is None:
                if one.failures and time.monotonic() - one.started_at > STEADY_SECONDS:
                    one.failures = 0
                continue
            if one.restart_at is None:
                pause = min(LONGEST_PAUSE_SECONDS, 0.5 * 2**one.failures)
                one.restart_at = time.monotonic() + pause
                one.failures += 1
                how = describe_exit(one.process.returncode)
                self._say(
                    f"{one.program.name} ended ({how}); it starts again in {pause:g} s. Its log: {one.program.log}"
                )
            elif time.monotonic() >= one.restart_at:
                one.process, one.started_at, one.restart_at = one.program.launch(), time.monotonic(), None

    def stop(self) -> None:
        """Stop every program, the last started first; those that do not listen are killed."""
        while self._running:
            self.stop_together(self._running[-1].program.name)

    def stop_together(self, *names: str) -> None:
        """Stop some programs at the same time and wait until they are gone."""
        chosen = [one for one in self._running if one.program.name in names]
        for one in chosen:
            if one.process.poll() is None:
                with contextlib.suppress(ProcessLookupError):
                    one.process.send_signal(one.program.stop_signal)
        for one in chosen:
            try:
                one.process.wait(one.program.stop_seconds)
            except subprocess.TimeoutExpired:
                self._say(f"{one.program.name} did not stop in {one.program.stop_seconds:g} s and is killed.")
                with contextlib.suppress(ProcessLookupError):
                    os.killpg(one.process.pid, signal.SIGKILL)
                one.process.wait()
            self._running.remove(one)


def describe_exit(code: int) -> str:
    """Say how a process ended."""
    if code >= 0:
        return f"exit code {code}"
    with contextlib.suppress(ValueError):
        return signal.Signals(-code).name
    return f"signal {-code}"
