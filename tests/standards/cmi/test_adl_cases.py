"""ADL's own cases for the API and the data model, where they lie beside the checkout."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).parent
SUITE = HERE.parents[3] / "shared" / "conformance" / "scorm2004"


@pytest.mark.shared
@pytest.mark.parametrize("case", ["API", "DMI", "DMB"])
def test_every_value_and_error_is_what_adl_expects(case: str, tmp_path: Path) -> None:
    if not (SUITE / "run.py").exists():
        pytest.skip("ADL's cases are not there")
    results = tmp_path / "results.json"
    driver = f"{sys.executable} {HERE / 'data_model_driver.py'}"
    runner = [
        sys.executable,
        str(SUITE / "run.py"),
        "--driver",
        driver,
        "--layer",
        "dm",
        "--only",
        case,
        "--out",
        str(results),
    ]
    said = subprocess.run(runner, capture_output=True, text=True, timeout=100, check=False)
    played = json.loads(results.read_text()) if results.exists() else said.stderr
    cases = played["results"] if isinstance(played, dict) and "results" in played else played
    assert [(one["case"], one["pass"], one["failures"][:5]) for one in cases] == [(case, True, [])]
