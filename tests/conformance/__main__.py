"""
Play every decoded case of ADL's SCORM 2004 4th Edition test suite: `make conformance`, or `python -m tests.conformance`.

First against the engine in process, then against the real player in Chromium. Exit code 1 when a case fails, 2 when the
cases are not there.
"""

import argparse
import sys
import tempfile
from pathlib import Path

from tests.conformance.suite import DRIVERS, SuiteAbsent, play_cases


def main() -> int:
    """Play, and say which cases fail."""
    parser = argparse.ArgumentParser(
        prog="python -m tests.conformance",
        description="Play the decoded cases of ADL's SCORM 2004 4th Edition test suite against the engine and the player.",
        epilog="example: python -m tests.conformance --driver player --only CM-09,SX-",
    )
    parser.add_argument("--driver", choices=list(DRIVERS), action="append", help="play against this one alone")
    parser.add_argument("--only", default="", help="names of cases, or how they begin, separated by commas")
    parser.add_argument("--out", type=Path, help="folder in which every check of every case is kept as JSON")
    asked = parser.parse_args()
    folder = asked.out or Path(tempfile.mkdtemp(prefix="courseway-conformance-"))
    folder.mkdir(parents=True, exist_ok=True)
    failed = {}
    for driver in asked.driver or DRIVERS:
        print(f"▸ {driver}", flush=True)
        try:
            played = play_cases(driver, folder / f"{driver}.json", only=asked.only.split(","), quiet=False)
        except SuiteAbsent as absent:
            print(absent, file=sys.stderr)
            return 2
        if not played.results:
            print(f"No case begins with {asked.only}.", file=sys.stderr)
            return 2
        if played.failed:
            failed[driver] = played.failed
    for driver, names in failed.items():
        print(f"{driver}: {len(names)} failed: {', '.join(names)}", file=sys.stderr)
    print(f"Every check is in {folder}.")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
