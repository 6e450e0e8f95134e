"""A sample of the check that every rule of the engine is tested; the whole of it is `make mutants`."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).parents[3]
PROCESSES_OF_THE_BOOK = 35


@pytest.mark.timeout(600)
def test_a_broken_process_of_the_book_is_noticed() -> None:
    """One change in each process, always the same ones."""
    command = [sys.executable, "scripts/mutate_engine.py", "--json", "--sample", str(PROCESSES_OF_THE_BOOK)]
    done = subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True, timeout=590)
    verdicts = [json.loads(line) for line in done.stdout.splitlines() if line.strip()]
    assert [one for one in verdicts if one["noticed_by"] is None] == [], done.stderr
    assert done.returncode == 0, done.stderr
    assert len({one["function"] for one in verdicts}) == PROCESSES_OF_THE_BOOK
    assert all(one["function"].endswith("process") for one in verdicts)


@pytest.mark.timeout(600)
def test_a_change_that_nothing_notices_and_a_listed_one_that_is_gone_are_told_and_fail_the_check(
    tmp_path: Path,
) -> None:
    """The same engine with another check of lengths that are equal anyway, were it not listed with its reason."""
    listed = tmp_path / "gone.toml"
    listed.write_text('[[mutant]]\nfunction = "flow.gone"\nbefore = "a"\nafter = "b"\nreason = "none"\n')
    asked = ["--only", "tracking.py", "--function", "_first_known", "--equivalents", str(listed)]
    command = [sys.executable, "scripts/mutate_engine.py", *asked]
    done = subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True, timeout=590)
    assert done.returncode == 1, done.stderr
    assert "0 equivalent, 1 survived" in done.stdout
    assert "+ values = zip(msgspec.structs.astuple(own), msgspec.structs.astuple(listed), strict=False)" in done.stdout
    assert "listed as equivalent, but there is no such mutant: flow.gone a b" in done.stderr
