"""Plays cases of calls against the player's data model, in Node: the same test file that plays the cases kept here."""

import json
import os
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

FRONTEND = Path(__file__).parents[3] / "frontend"


def play_in_player(cases: Sequence[dict[str, Any]], folder: Path) -> None:
    """Fail with what the player answered otherwise."""
    vitest = FRONTEND / "node_modules" / ".bin" / "vitest"
    if not vitest.exists() or shutil.which("node") is None:
        pytest.skip("the front end's packages are not installed: make frontend")
    (folder / "cases.json").write_text(json.dumps(cases), encoding="utf-8")
    result = subprocess.run(
        [str(vitest), "run", "player/src/cmi/cases.test.ts"],
        cwd=FRONTEND,
        env={**os.environ, "CMI_CASES": f"{folder}/"},
        capture_output=True,
        text=True,
        timeout=110,
        check=False,
    )
    assert result.returncode == 0, result.stdout[-4000:] + result.stderr[-2000:]
