"""Reading packages from a table of files, for the tests beside it."""

import io
import zipfile
from collections.abc import Mapping

from courseway.standards.manifests.package import Reading, read_package
from courseway.standards.manifests.rules.catalogue import CHECKED
from tests.packages import scorm12_manifest, scorm2004_manifest


def read(files: Mapping[str, bytes | str], name: str = "Some file") -> Reading:
    """Read a package given as path to content."""
    table = {path: content.encode() if isinstance(content, str) else content for path, content in files.items()}
    return read_package({path: len(content) for path, content in table.items()}, table.__getitem__, name)


def read_zip(data: bytes) -> Reading:
    """Read an ordinary archive whose manifest is at its root."""
    archive = zipfile.ZipFile(io.BytesIO(data))
    return read({info.filename: archive.read(info) for info in archive.infolist()})


def read12(*replacements: tuple[str, str], files: Mapping[str, bytes | str] | None = None, **more: object) -> Reading:
    """Read the ordinary SCORM 1.2 manifest after text replacements."""
    return read(
        {"imsmanifest.xml": _replaced(scorm12_manifest(**more), replacements), **(files or {"index.html": "x"})}
    )  # type: ignore[arg-type]


def read2004(*replacements: tuple[str, str], files: Mapping[str, bytes | str] | None = None, **more: object) -> Reading:
    """Read the ordinary SCORM 2004 manifest after text replacements."""
    return read(
        {"imsmanifest.xml": _replaced(scorm2004_manifest(**more), replacements), **(files or {"index.html": "x"})}
    )  # type: ignore[arg-type]


def codes(reading: Reading) -> set[str]:
    """Return the codes of what the reader found while reading; what the rules find is tested rule by rule."""
    return {issue.code for issue in reading.report.issues} - {rule.code for rule in CHECKED}


def _replaced(text: str, replacements: tuple[tuple[str, str], ...]) -> str:
    for old, new in replacements:
        assert old in text
        text = text.replace(old, new)
    return text
