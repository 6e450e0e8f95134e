"""
Reading zip files that strangers made: their listing, and the bytes of one entry, checked.

What lives here: the records of the format (central directory, local headers, zip64) and decompression, bounded in
memory whatever the file claims. What does not: whether an archive is acceptable, and where its files go.

Everything reads with `pread` on one open file, so threads may share a reader. [APPNOTE 4.3, 4.4, 4.5]
"""

import bz2
import lzma
import os
import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any

STORED, DEFLATED, BZIP2, LZMA = 0, 8, 12, 14
PART_BYTES = 1024 * 1024
ENCRYPTED, HAS_DESCRIPTOR, UTF8_NAME = 0x1, 0x8, 0x800

_END = struct.Struct("<4s4H2LH")
_END64_LOCATOR = struct.Struct("<4sLQL")
_END64 = struct.Struct("<4sQ2H2L4Q")
_CENTRAL = struct.Struct("<4s6H3L5H2L")
_LOCAL = struct.Struct("<4s5H3L2H")
_GZIP_HEADER = b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xff"
_NONE32 = 0xFFFFFFFF
_GREATEST_DICTIONARY = 64 * 1024 * 1024


class ZipDamaged(Exception):
    """The archive cannot be read as it claims; `code` says why, the message says it to a person, `name` where."""

    def __init__(self, code: str, message: str, name: str = "") -> None:
        super().__init__(message)
        self.code = code
        self.name = name


@dataclass(frozen=True, slots=True)
class ZipEntry:
    """One record of the central directory, unchecked. Sizes in bytes."""

    name: str
    raw_name: bytes
    size: int
    compressed_size: int
    crc: int
    method: int
    flag_bits: int
    external_attr: int
    create_system: int
    header_offset: int

    @property
    def is_dir(self) -> bool:
        """Tell whether the entry names a folder."""
        return self.raw_name.endswith((b"/", b"\\"))


class ZipReader:
    """An open zip file."""

    def __init__(self, path: Path) -> None:
        self._file = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
        self.size_bytes = os.fstat(self._file).st_size

    def __enter__(self) -> "ZipReader":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        os.close(self._file)

    def _read(self, count: int, at: int) -> bytes:
        """Read what is there; nothing beyond either end, wherever a forged offset points."""
        if not 0 <= at < self.size_bytes or count <= 0:
            return b""
        return os.pread(self._file, min(count, self.size_bytes - at), at)

    # The listing ------------------------------------------------------------------------------------------------

    def entries(self, limit: int) -> list[ZipEntry]:
        """
        Read the central directory, at most `limit` + 1 entries of it.

        Raises ZipDamaged when the file is no zip, was cut off, is split over several files, or has another number of
        entries than it says.
        """
        offset, size, count = self._find_directory()
        if offset + size > self.size_bytes:
            raise ZipDamaged("archive.truncated", "The archive was cut off: its table of contents is incomplete.")
        entries: list[ZipEntry] = []
        at, end = offset, offset + size
        window, start = b"", at
        while at < end and len(entries) <= limit:
            if at + _CENTRAL.size + 3 * 65535 > start + len(window) < end:
                window, start = self._read(min(PART_BYTES, end - at), at), at
            entry, at = _read_central(window, at - start, start)
            entries.append(entry)
        if len(entries) <= limit and len(entries) != count:
            raise ZipDamaged(
                "archive.lying_count", f"The archive says it holds {count:,} entries and holds {len(entries):,}."
            )
        return entries

    def _find_directory(self) -> tuple[int, int, int]:
        tail_at = max(0, self.size_bytes - _END.size - 65535)
        tail = self._read(self.size_bytes - tail_at, tail_at)
        at = tail.rfind(b"PK\x05\x06")
        while at >= 0:
            if at + _END.size <= len(tail):
                end = _END.unpack_from(tail, at)
                if at + _END.size + end[7] <= len(tail):
                    return self._directory_of(end, tail_at + at)
            at = tail.rfind(b"PK\x05\x06", 0, at)
        if self._read(4, 0) == b"PK\x03\x04":
            raise ZipDamaged("archive.truncated", "The archive was cut off: its end is missing.")
        raise ZipDamaged("archive.not_a_zip", "The file is not a zip archive.")

    def _directory_of(self, end: tuple[Any, ...], end_at: int) -> tuple[int, int, int]:
        _, disk, directory_disk, here, count, size, offset, _ = end
        if count == 0xFFFF or _NONE32 in (size, offset):
            disk, directory_disk, here, count, size, offset = self._directory64(end, end_at)
        if disk or directory_disk or here != count:
            raise ZipDamaged("archive.split", "The archive is one part of several.")
        if size and self._read(4, offset) != b"PK\x01\x02":
            raise ZipDamaged("archive.lying_directory", "The archive's table of contents is not where it says.")
        return offset, size, count

    def _directory64(self, end: tuple[Any, ...], end_at: int) -> tuple[int, int, int, int, int, int]:
        _, disk, directory_disk, here, count, size, offset, _ = end
        locator = self._read(_END64_LOCATOR.size, max(0, end_at - _END64_LOCATOR.size))
        if len(locator) == _END64_LOCATOR.size and locator.startswith(b"PK\x06\x07"):
            record = self._read(_END64.size, _END64_LOCATOR.unpack(locator)[2])
            if len(record) == _END64.size and record.startswith(b"PK\x06\x06"):
                _, _, _, _, disk, directory_disk, here, count, size, offset = _END64.unpack(record)
        return disk, directory_disk, here, count, size, offset

    def lies(self, entries: list[ZipEntry]) -> Iterator[ZipDamaged]:
        """
        Compare each entry with its local header: the two must say the same.

        A reader that trusts one and a checker that trusts the other would see different files.
        """
        for entry in entries:
            try:
                self._find_data(entry)
            except ZipDamaged as lie:
                yield lie

    def _find_data(self, entry: ZipEntry) -> int:
        head = self._read(_LOCAL.size + len(entry.raw_name), entry.header_offset)
        if len(head) < _LOCAL.size or not head.startswith(b"PK\x03\x04"):
            raise ZipDamaged("archive.lying_header", "There is no file where the table of contents says.", entry.name)
        _, _, flags, method, _, _, crc, packed, size, name_length, extra_length = _LOCAL.unpack_from(head)
        open_ended = {0, _NONE32} if flags & HAS_DESCRIPTOR else {_NONE32}  # written before the writer knew
        if head[_LOCAL.size :] != entry.raw_name or name_length != len(entry.raw_name):
            raise ZipDamaged("archive.lying_header", "The file has two names.", entry.name)
        if method != entry.method or (flags ^ entry.flag_bits) & ENCRYPTED:
            raise ZipDamaged("archive.lying_header", "The file is packed otherwise than the contents say.", entry.name)
        said = ((crc, entry.crc), (packed, entry.compressed_size), (size, entry.size))
        if any(one != other and one not in open_ended for one, other in said):
            raise ZipDamaged("archive.lying_header", "The file has another size than the contents say.", entry.name)
        return entry.header_offset + _LOCAL.size + len(entry.raw_name) + int(extra_length)

    # The bytes of an entry --------------------------------------------------------------------------------------

    def parts(self, entry: ZipEntry) -> Iterator[bytes]:
        """Yield an entry's content. Raises ZipDamaged, at the end at the latest, when size or CRC are not as declared."""
        checker = _Checker(entry)
        for _, part in self._unpack(entry, checker):
            if part:
                yield part

    def gzip_parts(self, entry: ZipEntry) -> Iterator[bytes]:
        """Yield a deflated entry as a gzip file, from the same packed bytes, with the same checks as `parts`."""
        if entry.method != DEFLATED:
            raise ValueError("only deflated entries can become gzip files as they are")
        checker = _Checker(entry)
        yield _GZIP_HEADER
        for packed, _ in self._unpack(entry, checker):
            yield packed
        yield struct.pack("<LL", entry.crc, entry.size & _NONE32)

    def _unpack(self, entry: ZipEntry, checker: "_Checker") -> Iterator[tuple[bytes, bytes]]:
        unpacker = _unpacker(entry.method)
        at = self._find_data(entry)
        left = entry.compressed_size
        while left:
            packed = self._read(min(PART_BYTES, left), at)
            if not packed:
                raise ZipDamaged("archive.truncated", "The archive ends within the file.", entry.name)
            at, left = at + len(packed), left - len(packed)
            yield from checker.unpack(unpacker, packed)
        checker.finish(unpacker)


class _Checker:
    """Counts and sums what comes out of an entry, and stops as soon as it is more than declared."""

    def __init__(self, entry: ZipEntry) -> None:
        self._entry = entry
        self._size = 0
        self._crc = 0

    def unpack(self, unpacker: Any, packed: bytes) -> Iterator[tuple[bytes, bytes]]:
        """Yield (packed bytes taken, content); the packed bytes come with their first content."""
        if unpacker is None:
            self._take(packed)
            yield packed, packed
            return
        taken, rest = packed, packed
        while True:
            if unpacker.eof:
                raise ZipDamaged(
                    "archive.lying_size", "There is more packed data than the file needs.", self._entry.name
                )
            try:
                part = unpacker.decompress(rest, PART_BYTES)
            except (zlib.error, lzma.LZMAError, OSError, EOFError, ValueError) as error:
                raise ZipDamaged("archive.damaged", "The packed data is damaged.", self._entry.name) from error
            self._take(part)
            yield taken, part
            taken = b""
            if unpacker.unused_data:
                raise ZipDamaged(
                    "archive.lying_size", "There is more packed data than the file needs.", self._entry.name
                )
            rest = getattr(unpacker, "unconsumed_tail", b"")  # zlib hands input back, the others keep it
            if unpacker.eof or (not rest and len(part) < PART_BYTES):
                return

    def _take(self, part: bytes) -> None:
        self._size += len(part)
        if self._size > self._entry.size:
            raise ZipDamaged("archive.lying_size", "The file unpacks to more than it declares.", self._entry.name)
        self._crc = zlib.crc32(part, self._crc)

    def finish(self, unpacker: Any) -> None:
        """Raise unless the content was complete and is the declared one."""
        # LZMA may go without an end marker; size and checksum tell then. [APPNOTE 5.8.9]
        if unpacker is not None and not unpacker.eof and self._entry.method != LZMA:
            raise ZipDamaged("archive.truncated", "The packed data ends too early.", self._entry.name)
        if self._size != self._entry.size:
            raise ZipDamaged("archive.lying_size", "The file unpacks to less than it declares.", self._entry.name)
        if self._crc != self._entry.crc:
            raise ZipDamaged("archive.damaged", "The content does not match its checksum.", self._entry.name)


class _ZipLzma:
    """LZMA as zip files wrap it: a header with the coder's properties comes first. [APPNOTE 5.8]"""

    def __init__(self) -> None:
        self._head = b""
        self._inner: lzma.LZMADecompressor | None = None

    @property
    def eof(self) -> bool:
        """Tell whether the end marker was met."""
        return self._inner is not None and self._inner.eof

    @property
    def unused_data(self) -> bytes:
        """Return what follows the end."""
        return b"" if self._inner is None else self._inner.unused_data

    def decompress(self, packed: bytes, limit: int) -> bytes:
        """Unpack, at most `limit` bytes at once."""
        if self._inner is None:
            self._head += packed
            if len(self._head) < 9:
                return b""
            if self._head[2:4] != b"\x05\x00" or self._head[4] >= 225:
                raise ValueError("not the header of an LZMA entry")
            packed = self._head[9:]
            self._inner = lzma.LZMADecompressor(lzma.FORMAT_RAW, filters=[_lzma_filter(self._head)])
        return self._inner.decompress(packed, limit)


def _lzma_filter(head: bytes) -> dict[str, int]:
    rest, literal_context = divmod(head[4], 9)
    position, literal_position = divmod(rest, 5)
    dictionary = min(int.from_bytes(head[5:9], "little"), _GREATEST_DICTIONARY)
    return {
        "id": lzma.FILTER_LZMA1,
        "lc": literal_context,
        "lp": literal_position,
        "pb": position,
        "dict_size": max(dictionary, 4096),
    }


def _unpacker(method: int) -> Any:
    if method == STORED:
        return None
    if method == DEFLATED:
        return zlib.decompressobj(-15)
    if method == BZIP2:
        return bz2.BZ2Decompressor()
    if method == LZMA:
        return _ZipLzma()
    raise ZipDamaged("archive.unsupported_method", f"Packing method {method} cannot be read.")


def _read_central(window: bytes, at: int, start: int) -> tuple[ZipEntry, int]:
    if at + _CENTRAL.size > len(window) or window[at : at + 4] != b"PK\x01\x02":
        raise ZipDamaged("archive.lying_directory", "The archive's table of contents is damaged.")
    fields = _CENTRAL.unpack_from(window, at)
    _, made_by, _, flags, method, _, _, crc, packed, size, *lengths, _, _, attributes, offset = fields
    name_length, extra_length, comment_length = lengths
    name_at = at + _CENTRAL.size
    extra_at = name_at + name_length
    end = extra_at + extra_length + comment_length
    if end > len(window):
        raise ZipDamaged("archive.lying_directory", "The archive's table of contents is damaged.")
    raw_name = window[name_at:extra_at]
    size, packed, offset = _widen(window[extra_at : extra_at + extra_length], size, packed, offset)
    name = raw_name.decode("utf-8" if flags & UTF8_NAME else "cp437", "replace")
    entry = ZipEntry(
        name=name,
        raw_name=raw_name,
        size=size,
        compressed_size=packed,
        crc=crc,
        method=method,
        flag_bits=flags,
        external_attr=attributes,
        create_system=made_by >> 8,
        header_offset=offset,
    )
    return entry, start + end


def _widen(extra: bytes, size: int, packed: int, offset: int) -> tuple[int, int, int]:
    """Return sizes and offset with their zip64 values, where they have some. [APPNOTE 4.5.3]"""
    if _NONE32 not in (size, packed, offset):
        return size, packed, offset
    at = 0
    while at + 4 <= len(extra):
        kind, length = struct.unpack_from("<HH", extra, at)
        if kind == 1:
            wide = iter(struct.unpack_from(f"<{min(length, len(extra) - at - 4) // 8}Q", extra, at + 4))
            widened = [next(wide, _NONE32) if one == _NONE32 else one for one in (size, packed, offset)]
            return widened[0], widened[1], widened[2]
        at += 4 + length
    return size, packed, offset
