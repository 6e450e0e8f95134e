"""
The verdict on an archive's listing: what may be unpacked, where to, and everything that is wrong.

Here: the order of the rules, and those about kinds of entries, duplicates and the wrapper folder. Not here: rules
about one name (`names`) and about sizes (`sizes`), and reading the archive.
"""

import stat
from collections.abc import Sequence

from courseway.standards.archives.names import (
    SafeName,
    UnsafeName,
    choose_encoding,
    decode_name,
    is_left_behind,
    safe_name,
    shown,
)
from courseway.standards.archives.sizes import judge_overlaps, judge_sizes, judge_totals
from courseway.standards.archives.values import ArchiveEntry, ArchivePlan, Limits, PlannedFile
from courseway.standards.archives.wrapper import strip_wrapper
from courseway.standards.issues import Findings

_METHODS = {0: "stored", 8: "deflate", 12: "bzip2", 14: "LZMA"}
_ENCRYPTED, _PATCHED, _STRONG, _MASKED, _AES = 0x1, 0x20, 0x40, 0x2000, 99
_UNIX, _MACOS = 3, 19
_DOS_VOLUME_LABEL = 0x08


def judge_listing(entries: Sequence[ArchiveEntry], archive_size: int, limits: Limits | None = None) -> ArchivePlan:
    """
    Judge an archive by its listing before anything of it is unpacked.

    `archive_size` in bytes. The plan has files only when the report has no error. Repaired: encodings of names,
    backslashes, Unicode form, one wrapper folder. Refused: whatever could write elsewhere, exhaust the machine,
    or hide what it is.
    """
    limits = limits or Limits()
    findings = Findings()
    judge_totals(entries, archive_size, limits, findings)
    if len(entries) > 2 * limits.files:
        return ArchivePlan(files=(), report=findings.report())
    legacy = choose_encoding(entries)
    planned: list[PlannedFile] = []
    ignored: list[str] = []
    folders: set[str] = set()
    for index, entry in enumerate(entries):
        _judge_kind(entry, findings)
        judge_sizes(entry, archive_size, limits, findings)
        path = _path_of(entry, legacy, limits, findings)
        if path is None:
            continue
        if entry.is_dir or entry.name.endswith(("/", "\\")):
            folders.add(path)
        elif is_left_behind(path) or _is_label(entry):
            ignored.append(path)
        else:
            planned.append(PlannedFile(index=index, path=path, size=entry.size, crc=entry.crc))
    judge_overlaps(entries, findings)
    _judge_duplicates(planned, folders, findings)
    wrapper, planned, outside = strip_wrapper(planned, findings)
    report = findings.report()
    files = tuple(planned) if report.playable else ()
    return ArchivePlan(files=files, report=report, ignored=(*ignored, *outside), wrapper=wrapper)


def _path_of(entry: ArchiveEntry, legacy: str, limits: Limits, findings: Findings) -> str | None:
    name, guessed = decode_name(entry, legacy)
    try:
        safe = safe_name(name, limits)
    except UnsafeName as unsafe:
        findings.error(
            unsafe.code,
            str(unsafe),
            shown(name),
            "APPNOTE 4.4.17.1",
            "Make the archive again with an ordinary program, from inside the course's folder.",
        )
        return None
    _note_repairs(safe, guessed, findings)
    return safe.path


def _note_repairs(safe: SafeName, guessed: bool, findings: Findings) -> None:
    if safe.backslashes:
        findings.warn(
            "archive.backslashes",
            "The name separates folders by backslashes; they were turned round.",
            shown(safe.path),
            "APPNOTE 4.4.17.1",
            "Make the archive with a program that follows the zip specification.",
        )
    if guessed:
        findings.note(
            "archive.name_encoding",
            "The encoding of the name is not declared and was recognised.",
            shown(safe.path),
            "APPNOTE appendix D",
        )


def _judge_kind(entry: ArchiveEntry, findings: Findings) -> None:
    where = shown(entry.name)
    if entry.flag_bits & (_ENCRYPTED | _STRONG | _MASKED) or entry.method == _AES:
        findings.error(
            "archive.encrypted",
            "The file is encrypted.",
            where,
            "APPNOTE 4.4.4",
            "Make the archive again without a password.",
        )
    elif entry.method not in _METHODS or entry.flag_bits & _PATCHED:
        findings.error(
            "archive.unsupported_method",
            f"The file is packed by method {entry.method}, which cannot be read here.",
            where,
            "APPNOTE 4.4.5",
            "Make the archive again with the usual method, deflate.",
        )
    form = stat.S_IFMT(entry.external_attr >> 16)
    if stat.S_ISLNK(form):
        findings.error(
            "archive.symlink", "The entry is a link to another place.", where, advice="Put the file itself in."
        )
    elif entry.create_system in {_UNIX, _MACOS} and form and not (stat.S_ISREG(form) or stat.S_ISDIR(form)):
        findings.error(
            "archive.special_file",
            "The entry is neither a file nor a folder.",
            where,
            advice="Leave it out; a course consists of files and folders.",
        )


def _is_label(entry: ArchiveEntry) -> bool:
    return entry.create_system not in {_UNIX, _MACOS} and bool(entry.external_attr & _DOS_VOLUME_LABEL)


def _judge_duplicates(planned: list[PlannedFile], folders: set[str], findings: Findings) -> None:
    seen: set[str] = set()
    folded: dict[str, str] = {}
    parents = set(folders)
    for file in planned:
        if file.path in seen:
            findings.error(
                "archive.duplicate_name",
                "Two files of the archive have this name; which one is meant cannot be known.",
                shown(file.path),
                advice="Make the archive again from a fresh folder.",
            )
        elif (other := folded.setdefault(file.path.casefold(), file.path)) != file.path:
            findings.warn(
                "archive.case_conflict",
                f"This name and {shown(other, 80)} differ in case only.",
                shown(file.path),
                advice="Authors on Windows and macOS see one file only; give them different names.",
            )
        seen.add(file.path)
        parents.update(_parents(file.path))
    for path in sorted(seen & parents):
        findings.error(
            "archive.file_and_folder",
            "This name is a file and a folder at once.",
            shown(path),
            advice="Rename one of the two.",
        )


def _parents(path: str) -> list[str]:
    parts = path.split("/")[:-1]
    return ["/".join(parts[: count + 1]) for count in range(len(parts))]
