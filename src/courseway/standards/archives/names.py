"""
From the bytes an archive calls a file by to a path that cannot leave its folder.

Here: repairing encodings, backslashes and odd parts of a name, and refusing dangerous ones. Not here: rules about the
whole listing (`listing`) or about sizes (`sizes`).
"""

import itertools
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

from courseway.standards.archives.values import ArchiveEntry, Limits

_UTF8_FLAG = 0x800
_DRIVE = re.compile(r"[A-Za-z]:")
_UNSAFE_CATEGORIES = frozenset({"Cc", "Cs", "Zl", "Zp"})
_LEGACY = ("cp437", "cp850", "cp1252", "cp866", "cp1251", "shift_jis", "gb18030", "euc_kr", "big5")
_SCRIPT_POINTS = {"CYRILLIC": 0.8, "GREEK": 0.7, "KANA": 1.0, "HANGUL": 0.9, "CJK": 0.7}
_TOGETHER = ({"KANA", "CJK"},)
_LEFT_BEHIND = frozenset({".ds_store", "thumbs.db", "desktop.ini", "__macosx", ".spotlight-v100", ".trashes"})


class UnsafeName(ValueError):
    """A name no file may be unpacked under; `code` says why, the message says it to a person."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


@dataclass(frozen=True, slots=True)
class SafeName:
    """A path that is safe to append to a prefix, and whether backslashes were turned round for it."""

    path: str
    backslashes: bool


def shown(name: str, limit: int = 160) -> str:
    """Return a name fit for a report: one line, no control characters, not endless."""
    if name.isprintable() and len(name) <= limit:
        return name
    visible = "".join(
        char if char.isprintable() else char.encode("unicode_escape", "surrogatepass").decode("ascii") for char in name
    )
    return visible if len(visible) <= limit else visible[: limit - 1] + "…"


def choose_encoding(entries: Iterable[ArchiveEntry]) -> str:
    """Return the encoding that reads best for the names that are neither ASCII nor UTF-8; "cp437" when none is."""
    odd = {entry.raw_name for entry in entries if not entry.raw_name.isascii() and not _is_utf8(entry.raw_name)}
    if not odd:
        return "cp437"
    sample = b"\n".join(sorted(odd)[:500])
    return max(_LEGACY, key=lambda encoding: (_readability(sample, encoding), -_LEGACY.index(encoding)))


def decode_name(entry: ArchiveEntry, legacy: str) -> tuple[str, bool]:
    """
    Return the entry's name as text, and whether its encoding had to be guessed. [APPNOTE appendix D]

    A name is UTF-8 if it says so or can be; otherwise it is in the archive's `legacy` encoding.
    """
    raw = entry.raw_name
    if not raw:
        return entry.name, False
    if raw.isascii():
        return raw.decode("ascii"), False
    if _is_utf8(raw):
        return raw.decode("utf-8"), not entry.flag_bits & _UTF8_FLAG
    return raw.decode(legacy, "replace"), True


def safe_name(name: str, limits: Limits) -> SafeName:
    """
    Return the NFC path with forward slashes a name stands for. [APPNOTE 4.4.17.1]

    Empty and `.` parts are dropped. Raises UnsafeName for everything that could leave the folder or hide in it.
    """
    text = unicodedata.normalize("NFC", name)
    if not (text.isascii() and text.isprintable()) and any(
        unicodedata.category(char) in _UNSAFE_CATEGORIES for char in text
    ):
        raise UnsafeName("archive.control_character", "The name contains a control character.")
    forward = text.replace("\\", "/")
    if forward.startswith("/"):
        raise UnsafeName("archive.absolute_path", "The name is an absolute path.")
    if _DRIVE.match(forward):
        raise UnsafeName("archive.drive_letter", "The name starts with a drive letter.")
    parts = [part for part in forward.split("/") if part not in {"", "."}]
    _check_parts(parts, limits)
    return SafeName("/".join(parts), backslashes="\\" in text)


def is_left_behind(path: str) -> bool:
    """Say whether a path is something an operating system left behind and no course needs."""
    parts = path.split("/")
    return parts[-1].startswith("._") or any(part.lower() in _LEFT_BEHIND for part in parts)


def _check_parts(parts: list[str], limits: Limits) -> None:
    if not parts:
        raise UnsafeName("archive.empty_name", "The name is empty.")
    for part in parts:
        if not part.strip(". "):
            raise UnsafeName("archive.path_traversal", "The name climbs out of its folder.")
        if len(part.encode()) > limits.part_bytes:
            raise UnsafeName("archive.name_too_long", f"A part of the name is longer than {limits.part_bytes} bytes.")
    if len(parts) > limits.path_depth:
        raise UnsafeName("archive.too_deep", f"The folders are nested deeper than {limits.path_depth}.")
    if sum(len(part.encode()) + 1 for part in parts) - 1 > limits.path_length:
        raise UnsafeName("archive.name_too_long", f"The path is longer than {limits.path_length} bytes.")


def _is_utf8(raw: bytes) -> bool:
    try:
        raw.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _readability(raw: bytes, encoding: str) -> float:
    """Return how much a decoding looks like something people write: letters of few scripts, no drawing characters."""
    try:
        text = raw.decode(encoding)
    except UnicodeDecodeError:
        return -1.0
    odd = [char for char in text if ord(char) > 0x7F]
    if not odd:
        return 0.0
    points = sum(_points(char) for char in odd) / len(odd)
    return points - _mixed_scripts(text) - 0.5 * _case_flips(text) - 0.5 * _accents_in_a_row(text)


def _points(char: str) -> float:
    if not char.isalpha():
        return 0.2 if unicodedata.category(char) in {"Pd", "Po", "Pi", "Pf"} else -1.0
    script = _script(char)
    if script == "LATIN":
        return 0.85 if char.isupper() else 0.9
    return _SCRIPT_POINTS.get(script, 0.5)


def _mixed_scripts(text: str) -> float:
    """Return the share of odd letters right after a letter of another script; words keep to one."""
    pairs = [(a, b) for a, b in itertools.pairwise(text) if a.isalpha() and b.isalpha() and not (a + b).isascii()]
    return (
        sum({_script(a), _script(b)} not in _TOGETHER and _script(a) != _script(b) for a, b in pairs) / len(pairs)
        if pairs
        else 0.0
    )


def _script(char: str) -> str:
    script = unicodedata.name(char, "").split(" ", 1)[0]
    return "KANA" if script in {"HIRAGANA", "KATAKANA", "KATAKANA-HIRAGANA"} else script


def _accents_in_a_row(text: str) -> float:
    """Return the share of accented Latin letters right beside another one; languages rarely write two together."""
    odd = [ord(char) > 0x7F and _script(char) == "LATIN" for char in text]
    pairs = [after for before, after in itertools.pairwise(odd) if before]
    return sum(pairs) / len(pairs) if pairs else 0.0


def _case_flips(text: str) -> float:
    """Return the share of odd capitals right after a small letter, which no language writes."""
    pairs = [(a, b) for a, b in itertools.pairwise(text) if ord(b) > 0x7F and b.isalpha() and a.isalpha()]
    return sum(a.islower() and b.isupper() for a, b in pairs) / len(pairs) if pairs else 0.0
