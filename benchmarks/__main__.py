"""
Run the benchmarks and print one table: `python -m benchmarks [name ...] [--json FILE]`.

Each `bench_*.py` has `main() -> list[Figure]`. A figure is a ratio (or a count) with its target, so that it means the
same on any machine.
"""

import argparse
import importlib
import json
import sys
from pathlib import Path

from benchmarks.figure import Figure


def run(names: list[str]) -> list[Figure]:
    figures: list[Figure] = []
    for path in sorted(Path(__file__).parent.glob("bench_*.py")):
        if names and path.stem.removeprefix("bench_") not in names:
            continue
        print(f"▸ {path.stem}", file=sys.stderr, flush=True)
        figures += importlib.import_module(f"benchmarks.{path.stem}").main()
    return figures


def render(figures: list[Figure]) -> str:
    lines = ["| what | measured | target | |", "|---|---|---|---|"]
    lines += [
        f"| {f.name} | {f.shown()} | {f.target_shown()} | {'met' if f.met() else '**missed**'} |" for f in figures
    ]
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", help="which benchmarks; all when none is named")
    parser.add_argument("--json", type=Path, help="also write the figures to this file")
    arguments = parser.parse_args()
    figures = run(arguments.names)
    print(render(figures))
    if arguments.json:
        arguments.json.write_text(json.dumps([f.__dict__ for f in figures], indent=2))


if __name__ == "__main__":
    main()
