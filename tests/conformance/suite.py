"""Where the decoded cases lie, and playing them against one of our drivers. Both drivers are held to every answer (`--strict`)."""

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

REPOSITORY = Path(__file__).parents[2]
BESIDE = REPOSITORY.parent / "shared" / "conformance" / "scorm2004"
SUITE = Path(os.environ.get("CONFORMANCE_SUITE") or BESIDE)
DRIVERS = {"engine": "tests.conformance.engine_driver", "player": "tests.conformance.player_driver"}
WHOLE = 101


class SuiteAbsent(Exception):
    """The cases do not lie beside the checkout."""


@dataclass(frozen=True)
class Played:
    """What came of the cases that were played."""

    results: tuple[dict[str, Any], ...]

    @property
    def failed(self) -> list[str]:
        """The cases that did not pass."""
        return [one["case"] for one in self.results if not one["pass"]]


def is_present() -> bool:
    """Say whether there is anything to play."""
    return (SUITE / "run.py").exists()


def play_cases(driver: str, out: Path, *, only: Sequence[str] = (), quiet: bool = True) -> Played:
    """Play cases whose names begin with one of `only` (all, when empty); `out` keeps every check. Raises SuiteAbsent."""
    if not is_present():
        raise SuiteAbsent(
            f"The conformance cases are not there: {SUITE}/run.py does not exist. "
            "Put the folder shared/conformance/scorm2004 beside the checkout, or name it with CONFORMANCE_SUITE."
        )
    command = [sys.executable, "-u", str(SUITE / "run.py"), "--driver", f"{sys.executable} -m {DRIVERS[driver]}"]
    command += ["--strict", "--out", str(out), "--only", ",".join(only), *([] if quiet else ["-v"])]
    log = out.with_suffix(".log")
    environment = {**os.environ, "DRIVER_STDERR": str(log)}
    ran = subprocess.run(command, cwd=REPOSITORY, env=environment, capture_output=quiet, text=True, check=False)
    assert ran.returncode == 0, f"{ran.stdout}\n{ran.stderr}\n{log.read_text()[-4000:]}"
    return Played(tuple(json.loads(out.read_text())["results"]))
