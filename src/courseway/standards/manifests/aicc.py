"""
AICC course structure files, far enough to describe the course. [AICC CMI001 chapter 5]

Here: .crs, .au, .des and .cst. Not here: playing such a course.
"""

import csv
import io
import re
from dataclasses import dataclass

from courseway.standards.issues import Findings
from courseway.standards.manifests.links import PackageFiles, follow, with_parameters
from courseway.standards.manifests.structure import CourseStructure, Item, ItemKind, Organization, Standard
from courseway.standards.manifests.text import decode_text, without_illegal_characters
from courseway.standards.manifests.values import parse_number

CLAUSE = "AICC CMI001 5"

_SECTION = re.compile(r"^\s*\[([^\]]+)\]\s*$")
_MAX_FILE_BYTES = 8 * 1024 * 1024
_MAX_DEPTH = 60

Row = dict[str, str]


@dataclass(frozen=True, slots=True)
class _Course:
    """The four files of a course, read."""

    units: dict[str, Row]
    descriptions: dict[str, Row]
    members: dict[str, list[str]]


def read_aicc(path: str, title: str, files: PackageFiles, findings: Findings) -> CourseStructure | None:
    """Describe an AICC course by its .crs file and those of the same name beside it; None when it has no unit."""
    sections = read_ini(_text(path, files, findings))
    course = sections.get("course", {})
    read = _Course(
        units=_by_id(_table(path, ".au", files, findings)),
        descriptions=_by_id(_table(path, ".des", files, findings)),
        members=_members(path, files, findings),
    )
    if not read.units:
        findings.error(
            "aicc.no_units",
            "The course has no assignable unit.",
            path,
            CLAUSE,
            "Export the course again from its tool.",
        )
        return None
    items = _items("root", read, files, findings, path, ()) if "root" in read.members else ()
    if not items:
        findings.note("aicc.flat", "No course structure is given; the units stand one after another.", path, CLAUSE)
        items = tuple(_unit(identifier, row, read, files, findings, path) for identifier, row in read.units.items())
    name = course.get("course_title", "").strip() or title
    identifier = course.get("course_id", "").strip() or "course"
    return CourseStructure(
        standard=Standard.AICC,
        edition="aicc",
        identifier=identifier,
        title=name,
        description=sections.get("course_description", {}).get("", "").strip(),
        organizations=(Organization(identifier=identifier, title=name, items=items),),
        default_organization=identifier,
    )


def read_ini(text: str) -> dict[str, Row]:
    """Read an AICC initialisation file: sections of keys in lower case; free lines of a section are its key ""."""
    sections: dict[str, Row] = {}
    current: Row = sections.setdefault("", {})
    for line in text.splitlines():
        header = _SECTION.match(line)
        if header:
            current = sections.setdefault(header.group(1).strip().lower(), {})
        elif line.strip() and not line.lstrip().startswith(";"):
            key, equals, value = line.partition("=")
            if equals and re.fullmatch(r"\s*[\w .-]{1,60}\s*", key):
                current[key.strip().lower()] = value.strip()
            else:
                current[""] = (current.get("", "") + "\n" + line.strip()).strip()
    return sections


def _items(
    block: str, read: _Course, files: PackageFiles, findings: Findings, path: str, above: tuple[str, ...]
) -> tuple[Item, ...]:
    if block in above or len(above) > _MAX_DEPTH:
        findings.warn(
            "aicc.circle",
            f'The block "{block}" contains itself; it was cut there.',
            path,
            CLAUSE,
            advice="Correct the course structure (.cst).",
        )
        return ()
    items: list[Item] = []
    for member in read.members.get(block, ()):
        if member in read.units:
            items.append(_unit(member, read.units[member], read, files, findings, path))
        elif member in read.members:
            below = _items(member, read, files, findings, path, (*above, block))
            items.append(Item(identifier=member, title=_title(member, read), children=below))
        elif member and not member.startswith("j"):  # objectives may be members; they are nothing to play
            findings.warn(
                "aicc.unknown_member",
                f'"{member}" is neither a unit nor a block.',
                path,
                CLAUSE,
                advice="Correct the course structure (.cst), or add the unit to the .au file.",
            )
    return tuple(items)


def _unit(identifier: str, row: Row, read: _Course, files: PackageFiles, findings: Findings, path: str) -> Item:
    address = row.get("file_name", "")
    link = follow(address, (), files) if address else None
    if link is None or not link.found:
        findings.warn(
            "manifest.missing_file",
            f'The unit "{identifier}" launches "{address[:120]}", which is not there.',
            path,
            CLAUSE,
            advice="Put the file in, or correct File_Name in the .au file.",
        )
    mastery = parse_number(row.get("mastery_score", "").strip())
    return Item(
        identifier=identifier,
        title=_title(identifier, read),
        kind=ItemKind.AU,
        href=link.path if link is not None else None,
        remote=link.remote if link is not None else False,
        parameters=with_parameters(link, row.get("web_launch", "")) if link is not None else "",
        launch_data=row.get("core_vendor", ""),
        mastery_score=mastery if mastery is not None and 0 <= mastery <= 100 else None,
        max_time_allowed=row.get("max_time_allowed", ""),
        time_limit_action=row.get("time_limit_action", ""),
    )


def _title(identifier: str, read: _Course) -> str:
    return read.descriptions.get(identifier, {}).get("title", "").strip() or identifier


def _members(path: str, files: PackageFiles, findings: Findings) -> dict[str, list[str]]:
    text = _beside(path, ".cst", files, findings)
    members: dict[str, list[str]] = {}
    for cells in _rows(text)[1:]:
        names = [cell.strip().lower() for cell in cells if cell.strip()]
        if names:
            members.setdefault(names[0], []).extend(names[1:])
    return members


def _table(path: str, ending: str, files: PackageFiles, findings: Findings) -> list[Row]:
    rows = _rows(_beside(path, ending, files, findings))
    if not rows:
        return []
    header = [cell.strip().lower() for cell in rows[0]]
    return [dict(zip(header, (cell.strip() for cell in cells), strict=False)) for cells in rows[1:]]


def _by_id(rows: list[Row]) -> dict[str, Row]:
    found: dict[str, Row] = {}
    for row in rows:
        identifier = row.get("system_id", "").lower()
        if identifier:
            found.setdefault(identifier, row)
    return found


def _rows(text: str) -> list[list[str]]:
    try:
        reader = csv.reader(io.StringIO(text.replace("\x00", "")), skipinitialspace=True)
        return [cells for cells in reader if any(cell.strip() for cell in cells)]
    except csv.Error:
        return [[cell.strip(' "') for cell in line.split(",")] for line in text.splitlines() if line.strip()]


def _beside(path: str, ending: str, files: PackageFiles, findings: Findings) -> str:
    """Return the text of the file with the same name, else of the only one with the ending; "" if there is none."""
    same = files.find(path.rpartition(".")[0] + ending)
    others = sorted(one for one in files.sizes if "/" not in one and one.lower().endswith(ending))
    chosen = same or (others[0] if others else None)
    return _text(chosen, files, findings) if chosen else ""


def _text(path: str, files: PackageFiles, findings: Findings) -> str:
    if files.sizes.get(path, 0) > _MAX_FILE_BYTES:
        findings.error(
            "aicc.too_large",
            "The file is too large for a course structure.",
            path,
            CLAUSE,
            advice="Export the course again from its tool.",
        )
        return ""
    return without_illegal_characters(decode_text(files.read(path), path, findings))
