"""
The data folder of one node: who holds it, and the small secret files in it.

What does not live here: the database's own files (postgres) and the objects.
"""

import fcntl
import json
import os
import secrets
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from courseway.errors import Conflict, Invalid


class FolderInUse(Conflict):
    """Another `courseway up` runs on this data folder."""

    code, title = "up.folder_in_use", "The data folder is in use"


class FolderRefused(Invalid):
    """The data folder cannot be used."""

    code, title = "up.folder_refused", "The data folder cannot be used"


@dataclass
class DataFolder:
    """A data folder that this process holds until it ends, however it ends: the kernel drops the lock."""

    path: Path
    _lock: int = field(default=-1, repr=False)

    def hold(self) -> None:
        """Make the folder and take it for this process; FolderInUse names who has it."""
        try:
            self.path.mkdir(parents=True, exist_ok=True)
            self._lock = os.open(self.path / "up.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError as error:
            raise FolderRefused(f"{self.path} cannot be used as data folder: {error.strerror}.") from error
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            holder = os.pread(self._lock, 32, 0).decode(errors="replace").strip()
            os.close(self._lock)
            raise FolderInUse(
                f"Courseway runs on {self.path} already (process {holder or 'unknown'}). "
                "Stop it with Ctrl-C where it runs, or choose another folder with --data."
            ) from None
        os.ftruncate(self._lock, 0)
        os.pwrite(self._lock, str(os.getpid()).encode(), 0)

    def release(self) -> None:
        """Let others have the folder."""
        if self._lock >= 0:
            os.close(self._lock)
            self._lock = -1

    def read(self, name: str) -> dict[str, Any]:
        """Read a small JSON file of the folder; empty when there is none."""
        try:
            found = json.loads((self.path / name).read_text())
        except FileNotFoundError:
            return {}
        except ValueError:
            raise FolderRefused(f"{self.path / name} cannot be read; move it away to have a new one made.") from None
        return dict(found)

    def write(self, name: str, values: dict[str, Any]) -> None:
        """Write a small JSON file that only this account may read, whole or not at all."""
        making = self.path / f".{name}.{os.getpid()}"
        handle = os.open(making, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
        with os.fdopen(handle, "w") as file:
            json.dump(values, file, indent=2)
            file.write("\n")
            file.flush()
            os.fsync(file.fileno())
        making.replace(self.path / name)

    def session_secret(self) -> str:
        """Return the key material of every signature, made at the first start and kept."""
        kept = self.read("secrets.json")
        if "session_secret" not in kept:
            kept["session_secret"] = secrets.token_hex(32)
            self.write("secrets.json", kept)
        return str(kept["session_secret"])
