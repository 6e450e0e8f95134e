"""
What an archive claims about its sizes, and whether the claims can be true and bearable.

Here: bombs by ratio, total and overlap, and sizes that lie. Not here: names, and checking the real bytes while
unpacking (who unpacks stops at the declared size and compares the CRC).
"""

import itertools
from collections.abc import Sequence

from courseway.standards.archives.names import shown
from courseway.standards.archives.values import ArchiveEntry, Limits
from courseway.standards.issues import Findings

_STORED, _DEFLATED = 0, 8
_LOCAL_HEADER = 30
_DEFLATE_BEST = 1032  # one deflated bit pair can stand for at most 258 bytes
_MIB = 1024 * 1024


def judge_totals(entries: Sequence[ArchiveEntry], archive_size: int, limits: Limits, findings: Findings) -> None:
    """Check the archive as a whole against the limits."""
    if archive_size > limits.archive_size:
        findings.error(
            "archive.too_large",
            f"The archive has {_mib(archive_size)}; at most {_mib(limits.archive_size)} are allowed.",
            advice="Make videos smaller, or ask for a higher limit.",
        )
    files = [entry for entry in entries if not entry.is_dir]
    if len(files) > limits.files:
        findings.error(
            "archive.too_many_files",
            f"The archive has {len(files):,} files; at most {limits.files:,} are allowed.",
            advice="Leave out what the course does not use.",
        )
    unpacked = sum(max(entry.size, 0) for entry in entries)
    if unpacked > limits.unpacked_size:
        findings.error(
            "archive.unpacked_too_large",
            f"Unpacked the archive would have {_mib(unpacked)}; at most {_mib(limits.unpacked_size)} are allowed.",
            advice="Make videos smaller, or ask for a higher limit.",
        )
    packed = sum(max(entry.compressed_size, 0) for entry in entries)
    if _is_bomb(unpacked, packed, limits):
        findings.error(
            "archive.bomb",
            f"The archive unpacks to {unpacked / max(packed, 1):,.0f} times its size, as archives made to do harm do.",
            advice="Leave out files that are empty space; no course needs them.",
        )


def judge_sizes(entry: ArchiveEntry, archive_size: int, limits: Limits, findings: Findings) -> None:
    """Check one entry's sizes: not a bomb, not too large, inside the archive, and possible for its method."""
    where = shown(entry.name)
    if entry.size > limits.entry_size:
        findings.error(
            "archive.file_too_large",
            f"The file has {_mib(entry.size)}; at most {_mib(limits.entry_size)} are allowed.",
            where,
            advice="Make the file smaller, or ask for a higher limit.",
        )
    if _is_bomb(entry.size, entry.compressed_size, limits):
        findings.error(
            "archive.bomb",
            f"The file unpacks to {entry.size / max(entry.compressed_size, 1):,.0f} times its packed size.",
            where,
            advice="Leave out files that are empty space; no course needs them.",
        )
    if _lies(entry):
        findings.error(
            "archive.lying_size",
            f"The file claims {entry.size:,} bytes out of {entry.compressed_size:,} packed ones, which cannot be.",
            where,
            advice="The archive is damaged or forged; make it again.",
        )
    if entry.header_offset < 0 or _end(entry) > archive_size:
        findings.error(
            "archive.truncated",
            "The file's data would lie outside the archive.",
            where,
            advice="The archive was cut off on its way; upload it again.",
        )


def judge_overlaps(entries: Sequence[ArchiveEntry], findings: Findings) -> None:
    """Refuse entries that share bytes of the archive, the way the most compact bombs are built."""
    ordered = sorted(entries, key=lambda entry: (entry.header_offset, _end(entry)))
    for first, second in itertools.pairwise(ordered):
        if _end(first) > second.header_offset:
            findings.error(
                "archive.overlap",
                f"The data of this file and of {shown(first.name, 80)} are the same bytes of the archive.",
                shown(second.name),
                advice="No ordinary program makes such an archive; make it again.",
            )


def _end(entry: ArchiveEntry) -> int:
    return entry.header_offset + _LOCAL_HEADER + len(entry.raw_name) + entry.compressed_size


def _is_bomb(size: int, packed: int, limits: Limits) -> bool:
    return size > limits.ratio_floor and size > limits.ratio * max(packed, 1)


def _lies(entry: ArchiveEntry) -> bool:
    if entry.size < 0 or entry.compressed_size < 0:
        return True
    if entry.is_dir:
        # Some programs give a folder the size it has on their disk; nothing is unpacked from it.
        return False
    if entry.method == _STORED:
        return entry.size != entry.compressed_size
    if entry.size and not entry.compressed_size:
        return True
    return entry.method == _DEFLATED and entry.size > _DEFLATE_BEST * entry.compressed_size + _DEFLATE_BEST


def _mib(size: int) -> str:
    return f"{size / _MIB:,.1f} MiB"
