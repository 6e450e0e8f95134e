"""Looking into a package before anything of it is unpacked: listing, headers, manifest. Blocks; runs in a thread."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from courseway.kit.zips import ZipDamaged, ZipEntry, ZipReader
from courseway.standards.archives.listing import judge_listing
from courseway.standards.archives.values import ArchiveEntry, Limits
from courseway.standards.issues import Findings, Report
from courseway.standards.manifests.package import read_package
from courseway.standards.manifests.rules.catalogue import cite
from courseway.standards.manifests.structure import CourseStructure

MANIFEST_BYTES = 32 * 1024 * 1024  # no manifest anybody wrote is larger


@dataclass(frozen=True, slots=True)
class FileToUnpack:
    """A file that goes to `path` of the version, and where it is in the archive."""

    path: str
    entry: ZipEntry


@dataclass(frozen=True)
class Checked:
    """What is in a package and what is wrong with it. Without a structure, or with errors, it may not be unpacked."""

    structure: CourseStructure | None
    report: Report
    files: tuple[FileToUnpack, ...] = ()

    @property
    def total_bytes(self) -> int:
        """Return the size of all files once unpacked."""
        return sum(file.entry.size for file in self.files)


def check_package(path: Path, limits: Limits, file_name: str) -> Checked:
    """Read and judge a package. The report has everything that was found; nothing is written."""
    try:
        with ZipReader(path) as reader:
            return _check(reader, limits, file_name)
    except ZipDamaged as error:
        return Checked(structure=None, report=damage(error))


def _check(reader: ZipReader, limits: Limits, file_name: str) -> Checked:
    entries = reader.entries(2 * limits.files)
    plan = judge_listing([_archive_entry(entry) for entry in entries], reader.size_bytes, limits)
    report = plan.report.joined(*_lies(reader, entries)) if len(entries) <= 2 * limits.files else plan.report
    if not report.playable:
        return Checked(structure=None, report=cite(report, ""))
    by_path = {file.path: entries[file.index] for file in plan.files}
    reading = read_package(plan.sizes(), lambda wanted: _read(reader, by_path, wanted), _title_from(file_name))
    files = tuple(FileToUnpack(path=path, entry=entry) for path, entry in by_path.items())
    edition = reading.structure.edition if reading.structure is not None else ""
    return Checked(structure=reading.structure, report=cite(report, edition).joined(reading.report), files=files)


def _lies(reader: ZipReader, entries: list[ZipEntry]) -> list[Report]:
    findings = Findings()
    for lie in reader.lies(entries):
        _find(findings, lie)
    return [findings.report()]


def damage(error: ZipDamaged) -> Report:
    """Return the report of an archive that turned out to be damaged."""
    findings = Findings()
    _find(findings, error)
    return cite(findings.report(), "")


def _find(findings: Findings, error: ZipDamaged) -> None:
    findings.error(
        error.code,
        str(error),
        error.name[:160],
        "APPNOTE 4.3",
        "The archive is damaged or was cut off; make it again and upload it again.",
    )


def _read(reader: ZipReader, entries: Mapping[str, ZipEntry], path: str) -> bytes:
    entry = entries[path]
    if entry.size > MANIFEST_BYTES:
        raise ZipDamaged("manifest.too_large", f"The file has more than {MANIFEST_BYTES // 1024**2} MiB.", path)
    return b"".join(reader.parts(entry))


def _archive_entry(entry: ZipEntry) -> ArchiveEntry:
    return ArchiveEntry(
        **{name: getattr(entry, name) for name in ArchiveEntry.__struct_fields__},
    )


def _title_from(file_name: str) -> str:
    stem = file_name.rpartition(".")[0] or file_name
    return " ".join(stem.replace("_", " ").split())
