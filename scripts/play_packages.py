"""
Play packages to the end in a real browser: `python scripts/play_packages.py FOLDER` starts a Courseway of its own,
imports every package of the folder, plays each one as a learner does, and says what was seen.

A package is a zip file, or a folder with an imsmanifest.xml in it. The learner visits every activity by Continue and by
the contents, works the content where it can be worked, reports a result where the content reports none, leaves once
in the middle, and resumes. Needs Chromium. Nothing of the packages is kept.

Examples:
  python scripts/play_packages.py ~/packages
  python scripts/play_packages.py ~/packages --only golf --screenshots /tmp/pictures --json > seen.jsonl
  python scripts/play_packages.py ~/packages --fail-first      # every first attempt fails: retries and remediation
"""

import argparse
import asyncio
import io
import json
import signal
import sys
import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from tests.browser.learning import Desk, open_desk
from tests.browser.playthrough import Manner, Playing, Playthrough
from tests.live import LiveServer

from courseway.ops.migrate import upgrade
from courseway.ops.postgres import Cluster

HEADINGS = ("package", "standard", "SCOs", "deliveries", "begun", "end", "resumed", "result", "noted")


def find_packages(folder: Path, only: str = "") -> list[Path]:
    """Return the packages of a folder: its zip files, and its folders that hold a manifest."""
    found = [one for one in sorted(folder.iterdir()) if one.suffix == ".zip" or (one / "imsmanifest.xml").is_file()]
    return [one for one in found if only.lower() in one.name.lower()]


def pack(package: Path) -> bytes:
    """Return the bytes of a package; a folder is zipped."""
    if package.is_file():
        return package.read_bytes()
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for one in sorted(package.rglob("*")):
            if one.is_file():
                archive.write(one, one.relative_to(package).as_posix())
    return packed.getvalue()


@contextmanager
def platform() -> Iterator[LiveServer]:
    """Run a Courseway with a database of its own for the length of a block."""
    with tempfile.TemporaryDirectory(prefix="courseway-play-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        folder.chmod(0o755)
        cluster = Cluster(folder / "cluster")
        cluster.start()
        try:
            cluster.create_database("play")
            upgrade(cluster.url("play"))
            (folder / "data").mkdir()
            server = LiveServer(cluster.url("play"), folder / "data")
            asyncio.run(server.provision())
            try:
                server.start()
                yield server
            finally:
                server.stop()
        finally:
            cluster.stop()


def play(desk: Desk, package: Path, manner: Manner, screenshots: Path | None) -> Playing:
    """Import a package and play it; a package that is refused is told as such."""
    name = package.name.removesuffix(".zip")
    try:
        course = desk.server.import_course(pack(package), f"{name}.zip")
    except AssertionError as failed:
        return Playing(name, end=f"not imported: {why_not(failed.args[0])}")
    return Playthrough(desk, course, name, manner, screenshots).play()


def why_not(upload: object) -> str:
    """Say in words why a package was not imported."""
    if not isinstance(upload, dict):
        return str(upload)[:600]
    issues = (upload.get("report") or {}).get("issues", [])
    return " ".join(one["message"] for one in issues if one["severity"] == "error")[:600] or str(upload.get("error"))


def row(one: Playing) -> tuple[str, ...]:
    """One line of the table."""
    noted = [f"refused: {text}" for text in one.refused] + [f"{text} ×{n}" for text, n in one.api_errors.items()]
    noted += [f"player: {text}" for text in one.player_errors] + [f"server: {text}" for text in one.server_errors]
    if one.not_visited:
        noted.append(f"not visited: {', '.join(one.not_visited)}")
    score = "" if one.score is None else f", {one.score:.2f}"
    return (
        one.course,
        f"{one.standard} {one.edition}".strip(),
        f"{one.visited}/{one.leaves}",
        str(len(one.deliveries)),
        str(one.initialized),
        one.end,
        one.resumed,
        f"{one.completion}, {one.success}{score}",
        "; ".join(noted) or "-",
    )


def render_table(seen: list[Playing]) -> str:
    """Render the table as Markdown."""
    rows = [HEADINGS, tuple("---" for _ in HEADINGS), *(row(one) for one in seen)]
    return "\n".join("| " + " | ".join(cell.replace("|", "/") for cell in cells) + " |" for cells in rows)


def read_arguments(arguments: list[str] | None = None) -> argparse.Namespace:
    """Read the command line."""
    description, examples = (__doc__ or "").split("\nExamples:\n")
    parser = argparse.ArgumentParser(
        description=description,
        epilog=f"examples:\n{examples}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("folder", type=Path, help="where the packages are")
    parser.add_argument("--only", default="", metavar="TEXT", help="play packages with this in their name")
    parser.add_argument("--fail-first", action="store_true", help="report every first attempt as failed")
    parser.add_argument(
        "--results-only", action="store_true", help="press nothing in the content, only report a result"
    )
    parser.add_argument("--timeout", type=float, default=180, metavar="SECONDS", help="the longest for one package")
    parser.add_argument("--screenshots", type=Path, metavar="FOLDER", help="keep pictures of the middle and the end")
    parser.add_argument(
        "--json", action="store_true", help="print everything seen, one JSON object a line, instead of a table"
    )
    options = parser.parse_args(arguments)
    if not options.folder.is_dir():
        parser.error(f"{options.folder} is not a folder; name one that holds packages")
    return options


def main(arguments: list[str] | None = None) -> int:
    """Play, print, and return 1 when a course was not played to its end."""
    options = read_arguments(arguments)
    packages = find_packages(options.folder, options.only)
    if not packages:
        print(f"No package in {options.folder}: a zip file or a folder with an imsmanifest.xml.", file=sys.stderr)
        return 2
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that what was started is stopped
    manner = Manner(options.fail_first, not options.results_only, timeout_seconds=options.timeout)
    seen: list[Playing] = []
    with platform() as server, open_desk(server) as desk:
        for number, package in enumerate(packages, 1):
            print(f"[{number}/{len(packages)}] {package.name}", file=sys.stderr, flush=True)
            seen.append(play(desk, package, manner, options.screenshots))
            print(f"    {seen[-1].end}, {seen[-1].seconds:.0f} s", file=sys.stderr, flush=True)
            if options.json:
                print(json.dumps(seen[-1].as_json()), flush=True)
    if not options.json:
        print(render_table(seen))
    return 0 if all(one.ended_well for one in seen) else 1


if __name__ == "__main__":
    sys.exit(main())
