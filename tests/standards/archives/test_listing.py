"""Which archives may be unpacked, and under which names."""

import io
import posixpath
import stat
import unicodedata
import zipfile
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from courseway.standards.archives.listing import judge_listing
from courseway.standards.archives.names import choose_encoding, decode_name
from courseway.standards.archives.values import ArchiveEntry, ArchivePlan, Limits
from tests.packages import HOSTILE, ODD, scorm12_package

KIB, MIB = 1024, 1024 * 1024


def entry(name: str | bytes, size: int = 10, packed: int | None = None, offset: int = 0, **more: int) -> ArchiveEntry:
    raw = name if isinstance(name, bytes) else name.encode("utf-8", "surrogatepass")
    fields: dict[str, int] = {"method": 8, "external_attr": 0o100644 << 16, "create_system": 3, **more}
    return ArchiveEntry(
        name=raw.decode("latin-1"),
        raw_name=raw,
        size=size,
        compressed_size=size if packed is None else packed,
        header_offset=offset,
        is_dir=raw.endswith(b"/"),
        **fields,
    )


def laid_out(*entries: ArchiveEntry) -> tuple[list[ArchiveEntry], int]:
    """Put entries one after another, as an honest archive does."""
    at, placed = 0, []
    for one in entries:
        placed.append(ArchiveEntry(**{**{f: getattr(one, f) for f in one.__struct_fields__}, "header_offset": at}))
        at += 30 + len(one.raw_name) + max(one.compressed_size, 0)
    return placed, at + 1000


def judge(*entries: ArchiveEntry, limits: Limits | None = None) -> ArchivePlan:
    placed, size = laid_out(*entries)
    return judge_listing(placed, size, limits)


def codes(plan: ArchivePlan) -> set[str]:
    return {issue.code for issue in plan.report.errors}


def listed(data: bytes) -> list[ArchiveEntry]:
    """List an archive the way any reader of zip files would."""
    entries = []
    for info in zipfile.ZipFile(io.BytesIO(data)).infolist():
        raw = info.orig_filename.encode("utf-8" if info.flag_bits & 0x800 else "cp437")
        entries.append(
            ArchiveEntry(
                name=info.orig_filename,
                raw_name=raw,
                size=info.file_size,
                compressed_size=info.compress_size,
                crc=info.CRC,
                method=info.compress_type,
                flag_bits=info.flag_bits,
                external_attr=info.external_attr,
                create_system=info.create_system,
                header_offset=info.header_offset,
                is_dir=raw.endswith((b"/", b"\\")),
            )
        )
    return entries


def test_an_ordinary_package_is_accepted_whole_and_without_a_word() -> None:
    data = scorm12_package()
    plan = judge_listing(listed(data), len(data))
    assert plan.report.issues == ()
    assert sorted(file.path for file in plan.files) == ["imsmanifest.xml", "index.html"]
    assert plan.sizes()["index.html"] == plan.files[1].size > 0


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("../x", "archive.path_traversal"),
        ("a/../../x", "archive.path_traversal"),
        ("a/..", "archive.path_traversal"),
        ("..\\x", "archive.path_traversal"),
        ("a/. ./x", "archive.path_traversal"),
        ("a/.../x", "archive.path_traversal"),
        ("/etc/passwd", "archive.absolute_path"),
        ("\\\\server\\share\\x", "archive.absolute_path"),
        ("//server/share/x", "archive.absolute_path"),
        ("C:/x", "archive.drive_letter"),
        ("c:x", "archive.drive_letter"),
        ("a\x00b", "archive.control_character"),
        ("a\nb", "archive.control_character"),
        ("a\x7fb", "archive.control_character"),
        ("a\u2028b", "archive.control_character"),
        ("", "archive.empty_name"),
        ("./", "archive.empty_name"),
        ("x" * 256, "archive.name_too_long"),
        ("/".join(["abcdefghi"] * 60), "archive.too_deep"),
        ("/".join(["a" * 100] * 6), "archive.name_too_long"),
    ],
)
def test_a_name_that_could_do_harm_refuses_the_archive(name: str, code: str) -> None:
    plan = judge(entry("imsmanifest.xml"), entry(name))
    assert code in codes(plan)
    assert plan.files == ()


@pytest.mark.parametrize(
    ("name", "path"),
    [
        ("a//b.html", "a/b.html"),
        ("./a/./b.html", "a/b.html"),
        ("a\\b.html", "a/b.html"),
        ("e\u0301te\u0301.html", "été.html"),
        ("%2e%2e/x.html", "%2e%2e/x.html"),
        ("a..b/..c.html", "a..b/..c.html"),
        ("a b/c;d.html", "a b/c;d.html"),
        ("日本語.html", "日本語.html"),
    ],
)
def test_odd_names_become_safe_paths(name: str, path: str) -> None:
    plan = judge(entry("imsmanifest.xml"), entry(name))
    assert plan.report.playable
    assert path in plan.sizes()


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"flag_bits": 0x1}, "archive.encrypted"),
        ({"flag_bits": 0x40}, "archive.encrypted"),
        ({"flag_bits": 0x2000}, "archive.encrypted"),
        ({"method": 99}, "archive.encrypted"),
        ({"method": 9}, "archive.unsupported_method"),
        ({"method": 93}, "archive.unsupported_method"),
        ({"flag_bits": 0x20}, "archive.unsupported_method"),
        ({"external_attr": (stat.S_IFLNK | 0o777) << 16}, "archive.symlink"),
        ({"external_attr": (stat.S_IFLNK | 0o777) << 16, "create_system": 0}, "archive.symlink"),
        ({"external_attr": (stat.S_IFIFO | 0o600) << 16}, "archive.special_file"),
        ({"external_attr": (stat.S_IFCHR | 0o600) << 16}, "archive.special_file"),
        ({"external_attr": (stat.S_IFSOCK | 0o600) << 16}, "archive.special_file"),
    ],
)
def test_an_entry_of_a_forbidden_kind_refuses_the_archive(changes: dict[str, int], code: str) -> None:
    assert codes(judge(entry("imsmanifest.xml"), entry("x.html", **changes))) == {code}


@pytest.mark.parametrize("method", [0, 8, 12, 14])
def test_the_usual_methods_are_read(method: int) -> None:
    assert judge(entry("imsmanifest.xml"), entry("x.html", method=method)).report.playable


def test_unix_modes_mean_nothing_in_an_archive_from_windows() -> None:
    odd = entry("x.html", external_attr=(stat.S_IFIFO << 16) | 0x20, create_system=0)
    assert judge(entry("imsmanifest.xml"), odd).report.playable


@pytest.mark.parametrize(
    ("big", "code"),
    [
        (entry("x.bin", size=64 * MIB, packed=70 * KIB), "archive.bomb"),
        (entry("x.bin", size=3000 * MIB, packed=200 * MIB), "archive.file_too_large"),
        (entry("x.bin", size=10 * MIB, packed=10), "archive.lying_size"),
        (entry("x.bin", size=500, packed=0), "archive.lying_size"),
        (entry("x.bin", size=500, packed=400, method=0), "archive.lying_size"),
        (entry("x.bin", size=-1, packed=10), "archive.lying_size"),
    ],
)
def test_sizes_that_lie_or_explode_refuse_the_archive(big: ArchiveEntry, code: str) -> None:
    assert code in codes(judge(entry("imsmanifest.xml"), big))


def test_a_folder_may_claim_the_size_it_has_on_a_disk() -> None:
    plan = judge(entry("imsmanifest.xml"), entry("pages/", size=4096, packed=0), entry("pages/a.html"))
    assert plan.report.issues == ()
    assert [file.path for file in plan.files] == ["imsmanifest.xml", "pages/a.html"]


def test_a_small_file_may_shrink_as_much_as_it_likes() -> None:
    assert judge(entry("imsmanifest.xml"), entry("zeros.bin", size=7 * MIB, packed=8 * KIB)).report.playable


def test_many_harmless_files_can_be_a_bomb_together() -> None:
    parts = [entry(f"{number}.bin", size=7 * MIB, packed=8 * KIB) for number in range(100)]
    assert codes(judge(entry("imsmanifest.xml"), *parts)) == {"archive.bomb"}


def test_too_much_unpacked_too_many_files_and_too_large_an_archive_are_refused() -> None:
    small = Limits(unpacked_size=1000, files=5, archive_size=2000)
    plan = judge(*[entry(f"{number}.html", size=300) for number in range(6)], limits=small)
    assert codes(plan) == {"archive.unpacked_too_large", "archive.too_many_files", "archive.too_large"}


def test_an_endless_listing_is_not_even_looked_through() -> None:
    entries = [entry("../evil")] * 50
    assert codes(judge_listing(entries, 10_000, Limits(files=10))) == {"archive.too_many_files"}


def test_entries_that_share_bytes_are_refused() -> None:
    shared = [entry("imsmanifest.xml", offset=0), entry("a.html", offset=500), entry("b.html", offset=510)]
    assert codes(judge_listing(shared, 5000)) == {"archive.overlap"}


def test_an_entry_beyond_the_end_means_the_archive_was_cut_off() -> None:
    assert codes(judge_listing([entry("imsmanifest.xml", offset=9000)], 5000)) == {"archive.truncated"}


@pytest.mark.parametrize("twin", ["a/b.html", "a//b.html", "a\\b.html", "./a/b.html"])
def test_two_files_of_one_name_are_refused(twin: str) -> None:
    assert codes(judge(entry("imsmanifest.xml"), entry("a/b.html"), entry(twin))) == {"archive.duplicate_name"}


def test_names_that_differ_in_unicode_form_only_are_one_name() -> None:
    assert codes(judge(entry("imsmanifest.xml"), entry("é.html"), entry("e\u0301.html"))) == {"archive.duplicate_name"}


def test_names_that_differ_in_case_only_are_kept_with_a_warning() -> None:
    plan = judge(entry("imsmanifest.xml"), entry("Logo.png"), entry("logo.png"))
    assert [issue.code for issue in plan.report.warnings] == ["archive.case_conflict"]
    assert len(plan.files) == 3


def test_a_name_cannot_be_file_and_folder_at_once() -> None:
    assert codes(judge(entry("imsmanifest.xml"), entry("a"), entry("a/b.html"))) == {"archive.file_and_folder"}
    assert codes(judge(entry("imsmanifest.xml"), entry("a"), entry("a/", size=0))) == {"archive.file_and_folder"}


def test_what_operating_systems_leave_behind_is_ignored() -> None:
    left = ["__MACOSX/._index.html", ".DS_Store", "media/Thumbs.db", "media/._photo.jpg"]
    plan = judge(entry("imsmanifest.xml"), *[entry(name) for name in left])
    assert set(plan.ignored) == set(left)
    assert [file.path for file in plan.files] == ["imsmanifest.xml"]


def test_even_ignored_names_must_not_climb() -> None:
    assert codes(judge(entry("imsmanifest.xml"), entry("__MACOSX/../../x"))) == {"archive.path_traversal"}


def test_one_wrapper_folder_is_stripped_and_what_lies_beside_is_told() -> None:
    plan = judge(entry("my course/imsmanifest.xml"), entry("my course/a/index.html"), entry("readme.txt"))
    assert plan.wrapper == "my course"
    assert sorted(plan.sizes()) == ["a/index.html", "imsmanifest.xml"]
    assert plan.ignored == ("readme.txt",)
    assert {issue.code for issue in plan.report.issues} == {"archive.wrapper_folder", "archive.outside_wrapper"}


def test_a_manifest_at_the_root_wins_over_those_below() -> None:
    plan = judge(entry("imsmanifest.xml"), entry("old/imsmanifest.xml"))
    assert (plan.wrapper, len(plan.files)) == ("", 2)


def test_sounds_called_au_are_no_manifest() -> None:
    plan = judge(entry("course/imsmanifest.xml"), entry("sound/bell.au"))
    assert plan.wrapper == "course"


def test_two_packages_in_one_archive_are_refused() -> None:
    assert codes(judge(entry("a/imsmanifest.xml"), entry("b/imsmanifest.xml"))) == {"archive.several_packages"}


def test_an_archive_inside_is_noted_unless_it_hides_the_package() -> None:
    assert judge(entry("imsmanifest.xml"), entry("handout.zip")).report.notes[0].code == "archive.nested_archive"
    assert codes(judge(entry("course.zip"), entry("readme.txt"))) == {"archive.nested_package"}


@pytest.mark.parametrize(
    ("name", "encoding"),
    [
        ("Übung/Größe Prüfung.html", "cp437"),
        ("été/leçon à côté.html", "cp1252"),
        ("ã coração não.html", "cp850"),
        ("Урок первый.html", "cp866"),
        ("Урок первый.html", "cp1251"),
        ("日本語テスト.html", "shift_jis"),
        ("中文课程.html", "gb18030"),
        ("한국어 강의.html", "euc_kr"),
        ("señal niño.html", "utf-8"),
    ],
)
def test_names_in_old_encodings_are_read_as_they_were_meant(name: str, encoding: str) -> None:
    one = entry(name.encode(encoding))
    assert decode_name(one, choose_encoding([one])) == (name, True)


# The tables -------------------------------------------------------------------------------------------------------

_LISTING_CANNOT_TELL = {  # found when the bytes are read, or by the manifest
    "lying size", "lying CRC", "lying local header", "truncated", "truncated in the data", "not a zip", "empty file",
    "no manifest", "XXE", "billion laughs", "external DTD", "launch file missing", "manifest is garbage", "deep manifest",
}  # fmt: skip


@pytest.mark.parametrize("name", sorted(set(HOSTILE) - _LISTING_CANNOT_TELL))
def test_hostile_archives_are_refused_by_their_listing(name: str) -> None:
    data = HOSTILE[name]
    plan = judge_listing(listed(data), len(data))
    assert plan.report.errors
    assert plan.files == ()
    assert all(issue.advice and issue.message.endswith(".") for issue in plan.report.errors)


@pytest.mark.parametrize("name", sorted(ODD))
def test_odd_archives_are_accepted(name: str) -> None:
    data = ODD[name]
    plan = judge_listing(listed(data), len(data))
    assert plan.report.playable
    assert any(file.path.lower() == "imsmanifest.xml" for file in plan.files)


# Whatever comes ---------------------------------------------------------------------------------------------------

_PARTS = st.sampled_from(
    ["a", "B", "..", ".", "", " ", "c:", "\\", "x.html", "imsmanifest.xml", "é", "\x00", "__MACOSX", "~"]
)
_NAMES = st.one_of(
    st.binary(max_size=40),
    st.text(max_size=20).map(lambda text: text.encode("utf-8", "surrogatepass")),
    st.lists(_PARTS, max_size=6).map(lambda parts: "/".join(parts).encode()),
)
_ENTRIES = st.builds(
    lambda raw, size, packed, flags, method, attributes, system, offset: ArchiveEntry(
        name=raw.decode("utf-8", "replace"),
        raw_name=raw,
        size=size,
        compressed_size=packed,
        flag_bits=flags,
        method=method,
        external_attr=attributes,
        create_system=system,
        header_offset=offset,
        is_dir=raw.endswith(b"/"),
    ),
    _NAMES,
    st.integers(-1, 2**33),
    st.integers(-1, 2**33),
    st.sampled_from([0, 0, 0, 0x800, 1]),
    st.sampled_from([0, 8, 8, 8, 9]),
    st.integers(0, 2**32 - 1),
    st.integers(0, 20),
    st.integers(-1, 2**33),
)


@given(st.lists(_ENTRIES, max_size=12), st.integers(0, 2**34))
def test_whatever_is_listed_nothing_is_unpacked_outside_its_prefix(entries: list[ArchiveEntry], size: int) -> None:
    plan = judge_listing(entries, size)
    prefix = "/objects/tenant/version"
    for file in plan.files:
        assert plan.report.playable
        landing = posixpath.normpath(posixpath.join(prefix, file.path))
        assert landing.startswith(prefix + "/")
        assert landing == f"{prefix}/{file.path}"
        assert "\\" not in file.path
        assert "\x00" not in file.path
        assert unicodedata.is_normalized("NFC", file.path)
    assert len({file.path for file in plan.files}) == len(plan.files)


@given(st.lists(_NAMES, min_size=1, max_size=8))
def test_whatever_the_names_are_honest_sizes_never_break_the_judge(names: list[bytes]) -> None:
    plan = judge(*[entry(name or b"x") for name in names])
    prefix = "/p"
    assert all(posixpath.normpath(f"{prefix}/{file.path}") == f"{prefix}/{file.path}" for file in plan.files)


@given(st.binary(max_size=2000))
def test_real_compression_is_never_called_a_lie(content: bytes) -> None:
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    packed = packer.compress(content) + packer.flush()
    assert judge(entry("imsmanifest.xml"), entry("x", size=len(content), packed=len(packed))).report.playable
