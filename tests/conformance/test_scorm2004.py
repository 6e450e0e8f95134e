"""The decoded cases of ADL's SCORM 2004 4th Edition test suite, played against the engine in process."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).parents[2]
SUITE = REPOSITORY.parent / "shared" / "conformance" / "scorm2004"


@pytest.mark.shared
@pytest.mark.skipif(not (SUITE / "run.py").exists(), reason="the conformance data does not lie beside the checkout")
def test_the_engine_passes_every_decoded_case(tmp_path: Path) -> None:
    out = tmp_path / "results.json"
    driver = f"{sys.executable} -m tests.conformance.engine_driver"
    command = [sys.executable, str(SUITE / "run.py"), "--driver", driver, "--strict", "--out", str(out)]
    subprocess.run(command, check=True, cwd=REPOSITORY, capture_output=True, timeout=110)
    results = json.loads(out.read_text())["results"]
    assert len(results) >= 101
    assert [one["case"] for one in results if not one["pass"]] == []
