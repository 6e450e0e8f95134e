"""
`courseway lint`: check packages where they lie, without a server or a database. [SCORM 1.2 CAM, SCORM 2004 CAM]

Here: the command, and reading archives and folders. Not here: the rules (`standards.manifests.rules`) and how findings
are written down (`findings`, `sarif`).
"""

import os
from collections import deque
from collections.abc import Iterator, Sequence
from pathlib import Path

import click

from courseway.commands.findings import THRESHOLDS, Linted, count_line, render_json, render_text
from courseway.commands.sarif import render_sarif
from courseway.commands.speech import NOT_UNDERSTOOD, REFUSED, Stop, examples, say_done
from courseway.courses.service.checking import MANIFEST_BYTES, Checked, check_package, damage
from courseway.kit.zips import ZipDamaged, ZipReader
from courseway.standards.archives.names import is_left_behind
from courseway.standards.archives.values import Limits
from courseway.standards.issues import Issue, Report
from courseway.standards.manifests.package import read_package
from courseway.standards.manifests.rules.catalogue import BY_CODE
from courseway.standards.manifests.structure import CourseStructure

_MANIFESTS = {"imsmanifest.xml", "cmi5.xml", "tincan.xml"}
_UNUSABLE = {"archive.not_a_zip"}


class Unusable(Exception):
    """A path that is no package at all; the message says it to a person."""


@click.command(
    epilog=examples(
        "courseway lint course.zip",
        "courseway lint build/course --fail-on warning --ignore manifest.element_order",
        "courseway lint *.zip --format sarif --output lint.sarif",
    )
)
@click.argument("paths", metavar="PATH...", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json", "sarif"]),
    default="text",
    help="How findings are written  [default: text]",
)
@click.option("--output", type=click.Path(path_type=Path, dir_okay=False), help="Write the findings into a file")
@click.option(
    "--fail-on",
    type=click.Choice(list(THRESHOLDS)),
    default="error",
    help="The least that makes the exit code 1  [default: error]",
)
@click.option("--ignore", multiple=True, metavar="CODE", help="Leave out findings of this code; may be repeated")
@click.option("--quiet", "-q", is_flag=True, help="Leave out findings below --fail-on; say nothing where all is well")
def lint(
    paths: tuple[Path, ...], form: str, output: Path | None, fail_on: str, ignore: tuple[str, ...], quiet: bool
) -> None:
    """
    Check packages against every rule a program can check, offline.

    A PATH is a zip file or the folder of an unpacked package. An error keeps the package from being played, a warning
    is a breach of the standard that is tolerated here, a note is worth knowing. All rules, with their clauses, are in
    docs/package-rules.md. Exit codes: 0 nothing at or above --fail-on, 1 something, 2 a path that is no package.
    """
    if unknown := sorted(set(ignore) - set(BY_CODE)):
        raise Stop(f"There is no rule {unknown[0]}. docs/package-rules.md lists them all.", NOT_UNDERSTOOD)
    found, unusable = _lint_all(paths)
    failed = any(one.reaches(fail_on) for one in (package.without(ignore) for package in found))
    shown = [package.without(ignore).from_level(fail_on if quiet else "note") for package in found]
    if form == "text":
        text = render_text([one for one in shown if one.issues or not quiet])
    else:
        text = render_json(shown, failed=failed) if form == "json" else render_sarif(shown, unusable)
    _deliver(text, output, quiet, shown)
    for sentence in unusable:
        Stop(sentence).show()
    if unusable:
        raise SystemExit(NOT_UNDERSTOOD)
    if failed:
        raise SystemExit(REFUSED)


def _lint_all(paths: Sequence[Path]) -> tuple[list[Linted], list[str]]:
    found: list[Linted] = []
    unusable: list[str] = []
    for path in paths:
        try:
            found.append(lint_path(path))
        except Unusable as reason:
            unusable.append(str(reason))
    return found, unusable


def lint_path(path: Path) -> Linted:
    """Check one package: an archive, a folder, or the manifest in a folder. Raises Unusable for anything else."""
    try:
        if path.is_dir():
            return _lint_folder(path)
        if path.name.lower() in _MANIFESTS and path.is_file():
            return _lint_folder(path.parent)
        if not path.exists():
            raise Unusable(f"{path} does not exist.")
        if not path.is_file():
            raise Unusable(f"{path} is neither a file nor a folder.")
        checked = check_package(path, Limits(), path.name)
    except OSError as error:
        raise Unusable(f"{path} cannot be read: {error.strerror or error}.") from error
    if any(issue.code in _UNUSABLE for issue in checked.report.issues):
        raise Unusable(f"{path} is not a zip archive. Name a package as it is uploaded, or its unpacked folder.")
    return _linted(path, checked.structure, checked.report.joined(*_damage_in(path, checked)), folder=False)


def _damage_in(path: Path, checked: Checked) -> Iterator[Report]:
    """Unpack every file into nothing, as an import would into its store; only that shows damage inside."""
    with ZipReader(path) as reader:
        for file in checked.files if checked.report.playable else ():
            try:
                deque(reader.parts(file.entry), maxlen=0)
            except ZipDamaged as error:
                yield damage(error)


def _lint_folder(folder: Path) -> Linted:
    files = dict(_files_below(folder))

    def read(name: str) -> bytes:
        if files[name] > MANIFEST_BYTES:
            raise Unusable(f"{folder / name} has more than {MANIFEST_BYTES // 1024**2} MiB.")
        return (folder / name).read_bytes()

    reading = read_package(files, read, folder.resolve().name)
    return _linted(folder, reading.structure, reading.report, folder=True)


def _files_below(folder: Path) -> Iterator[tuple[str, int]]:
    """Yield the files of a folder with their sizes; links, hidden folders and what systems leave behind do not count."""
    for where, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(names):
            path = Path(where, name)
            relative = path.relative_to(folder).as_posix()
            if not path.is_symlink() and path.is_file() and not is_left_behind(relative):
                yield relative, path.stat().st_size


def _linted(path: Path, structure: CourseStructure | None, report: Report, *, folder: bool) -> Linted:
    issues: tuple[Issue, ...] = report.issues
    return Linted(
        path=path,
        folder=folder,
        edition=structure.edition if structure is not None else "",
        title=structure.title if structure is not None else "",
        activities=len(structure.launchable()) if structure is not None else 0,
        issues=issues,
    )


def _deliver(text: str, output: Path | None, quiet: bool, shown: Sequence[Linted]) -> None:
    """Print the findings, or write them into a file whole or not at all and say in a line what they are."""
    if output is None:
        if text:
            click.echo(text)
        return
    making = output.with_name(f".{output.name}.part")
    try:
        making.write_text(text + "\n", "utf-8")
        making.replace(output)
    except OSError as error:
        raise Stop(f"{output} cannot be written: {error.strerror}.", NOT_UNDERSTOOD) from error
    finally:
        making.unlink(missing_ok=True)
    if not quiet:
        say_done(f"{count_line(shown)} written to {output}")
