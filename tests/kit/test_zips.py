"""Reading zip files: whatever ordinary programs write comes back; whatever else arrives is refused and never believed."""

import gzip
import io
import struct
import zipfile
import zlib
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from courseway.kit.zips import DEFLATED, ZipDamaged, ZipEntry, ZipReader
from tests import packages

METHODS = st.sampled_from([zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
NAMES = st.text(st.characters(codec="utf-8", exclude_characters="\x00/"), min_size=1, max_size=20)
CONTENTS = st.one_of(st.binary(max_size=300), st.binary(min_size=1, max_size=20).map(lambda part: part * 200_000))
ANY_FOLDER = settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def archive_of(entries: dict[str, tuple[bytes, int]], *, streamed: bool = False, zip64: bool = False) -> bytes:
    """An archive as Python's own library writes it; `streamed` puts sizes behind the data."""
    target = io.BytesIO()
    out = _Unseekable(target) if streamed else target
    with zipfile.ZipFile(out, "w") as archive:  # type: ignore[arg-type]
        for name, (content, method) in entries.items():
            info = zipfile.ZipInfo(name)
            info.compress_type = method
            with archive.open(info, "w", force_zip64=zip64) as file:
                file.write(content)
    return target.getvalue()


class _Unseekable(io.RawIOBase):
    def __init__(self, out: io.BytesIO) -> None:
        self._out = out

    def writable(self) -> bool:
        return True

    def write(self, data: object) -> int:
        return self._out.write(data)  # type: ignore[arg-type]


def read_all(path: Path) -> dict[str, bytes]:
    """Every entry's content, read as an import does."""
    with ZipReader(path) as reader:
        entries = reader.entries(1000)
        for lie in reader.lies(entries):
            raise lie
        return {entry.name: b"".join(reader.parts(entry)) for entry in entries}


@ANY_FOLDER
@given(
    entries=st.dictionaries(NAMES, st.tuples(CONTENTS, METHODS), max_size=5),
    streamed=st.booleans(),
    zip64=st.booleans(),
)
def test_what_an_ordinary_program_packs_comes_back(
    tmp_path: Path, entries: dict[str, tuple[bytes, int]], streamed: bool, zip64: bool
) -> None:
    path = tmp_path / "a.zip"
    path.write_bytes(archive_of(entries, streamed=streamed, zip64=zip64))
    assert read_all(path) == {name: content for name, (content, _) in entries.items()}


@ANY_FOLDER
@given(content=CONTENTS)
def test_a_deflated_entry_is_a_gzip_file_without_packing_it_again(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "a.zip"
    path.write_bytes(archive_of({"a": (content, DEFLATED)}))
    with ZipReader(path) as reader:
        (entry,) = reader.entries(10)
        assert gzip.decompress(b"".join(reader.gzip_parts(entry))) == content


@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_a_damaged_archive_gives_the_true_bytes_or_is_refused(tmp_path: Path, data: st.DataObject) -> None:
    entries = {
        "one.txt": (b"a" * 3000, DEFLATED),
        "two.bin": (bytes(range(256)), 0),
        "three": (b"b" * 500, data.draw(METHODS)),
    }
    good = bytearray(archive_of(entries, zip64=data.draw(st.booleans())))
    for _ in range(data.draw(st.integers(1, 4))):
        good[data.draw(st.integers(0, len(good) - 1))] = data.draw(st.integers(0, 255))
    if data.draw(st.booleans()):
        good = good[: data.draw(st.integers(0, len(good)))]
    path = tmp_path / "a.zip"
    path.write_bytes(good)
    try:
        found = read_all(path)
    except ZipDamaged as refused:
        assert refused.code.startswith("archive.")
        assert str(refused).endswith(".")
    else:
        assert set(found.values()) <= {content for content, _ in entries.values()}


@pytest.mark.parametrize("offset", [2**63, 2**64 - 1, 2**62, 10**9])
def test_an_offset_beyond_everything_is_a_lie_and_no_crash(tmp_path: Path, offset: int) -> None:
    path = tmp_path / "a.zip"
    path.write_bytes(archive_of({"a": (b"x", 0)}))
    lying = ZipEntry("a", b"a", 1, 1, zlib.crc32(b"x"), 0, 0, 0, 3, offset)
    with ZipReader(path) as reader:
        assert [lie.code for lie in reader.lies([lying])] == ["archive.lying_header"]
        with pytest.raises(ZipDamaged):
            list(reader.parts(lying))


@pytest.mark.parametrize(
    ("entry", "code"),
    [
        (packages.Raw(b"a", b"x" * 100, size=99), "archive.lying_size"),
        (packages.Raw(b"a", b"x" * 100, size=101), "archive.lying_size"),
        (packages.Raw(b"a", b"x" * 100, crc=5), "archive.damaged"),
        (packages.Raw(b"a", b"x" * 5_000_000, size=4_000_000), "archive.lying_size"),
        (packages.Raw(b"a", b"x" * 100, packed=b"\xff" * 40), "archive.damaged"),
    ],
)
def test_content_that_is_not_as_declared_is_refused(tmp_path: Path, entry: packages.Raw, code: str) -> None:
    path = tmp_path / "a.zip"
    path.write_bytes(packages.forge([entry]))
    with pytest.raises(ZipDamaged) as refused:
        read_all(path)
    assert refused.value.code == code


def test_data_behind_the_end_of_a_packed_file_is_refused(tmp_path: Path) -> None:
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    packed = packer.compress(b"x" * 100) + packer.flush() + b"hidden"
    path = tmp_path / "a.zip"
    path.write_bytes(packages.forge([packages.Raw(b"a", b"x" * 100, packed=packed)]))
    with pytest.raises(ZipDamaged, match="more packed data"):
        read_all(path)


def test_a_table_of_contents_without_end_is_read_up_to_the_limit(tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    path.write_bytes(packages.forge([packages.Raw(b"%d" % number, method=0) for number in range(500)]))
    with ZipReader(path) as reader:
        assert len(reader.entries(100)) == 101


def test_a_number_of_entries_that_is_not_true_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    content = bytearray(archive_of({"a": (b"x", 0), "b": (b"y", 0)}))
    end = content.rfind(b"PK\x05\x06")
    struct.pack_into("<HH", content, end + 8, 1, 1)
    path.write_bytes(content)
    with pytest.raises(ZipDamaged) as refused:
        read_all(path)
    assert refused.value.code == "archive.lying_count"
