"""
An archive's listing, the limits it is judged by, and the verdict, as values.

Here: what the judges read and what they answer. Not here: opening archives (the engine that reads zip files makes
`ArchiveEntry` values) and the rules themselves (`listing`, `names`, `sizes`).
"""

import msgspec

from courseway.standards.issues import Report

_MIB = 1024 * 1024


class ArchiveEntry(msgspec.Struct, frozen=True, kw_only=True):
    """
    One entry of a zip's central directory, unchecked.

    `name` is what the reader decoded, `raw_name` the bytes in the archive. `external_attr` carries the Unix mode in
    its upper half when `create_system` is 3 (Unix) or 19 (macOS). Sizes in bytes.
    """

    name: str
    raw_name: bytes
    size: int
    compressed_size: int
    crc: int = 0
    method: int = 0
    flag_bits: int = 0
    external_attr: int = 0
    create_system: int = 0
    header_offset: int = 0
    is_dir: bool = False


class Limits(msgspec.Struct, frozen=True, kw_only=True):
    """
    What an archive may be at most. Sizes in bytes.

    `ratio` is unpacked to packed, an entry or the whole; unpacked sizes below `ratio_floor` are never a bomb.
    """

    archive_size: int = 512 * _MIB
    files: int = 20_000
    unpacked_size: int = 4096 * _MIB
    entry_size: int = 2048 * _MIB
    ratio: float = 200.0
    ratio_floor: int = 8 * _MIB
    path_length: int = 500
    path_depth: int = 40
    part_bytes: int = 255


class PlannedFile(msgspec.Struct, frozen=True, kw_only=True):
    """
    A file that may be unpacked: entry number `index` of the listing goes to `path`.

    `path` is NFC, has forward slashes, no empty, `.` or `..` part, and does not start with a slash. `size` and `crc`
    are what the archive declares; who unpacks must stop at `size` and compare `crc`.
    """

    index: int
    path: str
    size: int
    crc: int


class ArchivePlan(msgspec.Struct, frozen=True, kw_only=True):
    """
    The verdict on a listing.

    Nothing of the archive may be unpacked when the report has errors; `files` is then empty. `ignored` are the
    names of entries that operating systems leave behind. `wrapper` is the folder that was stripped, "" if none.
    """

    files: tuple[PlannedFile, ...]
    report: Report
    ignored: tuple[str, ...] = ()
    wrapper: str = ""

    @property
    def unpacked_size(self) -> int:
        """Return the declared size of all planned files together, in bytes."""
        return sum(file.size for file in self.files)

    def sizes(self) -> dict[str, int]:
        """Return path to size, as `manifests.package.read_package` wants it."""
        return {file.path: file.size for file in self.files}
