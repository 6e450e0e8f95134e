"""The sample courses are packages without a fault."""

import zipfile
from pathlib import Path

import pytest
from samples.build import build

from courseway.standards.manifests.package import read_package


def test_building_twice_gives_the_same_bytes(tmp_path: Path) -> None:
    first, second = build(tmp_path / "one"), build(tmp_path / "two")
    assert [path.name for path in first] == ["harbour-safety-quiz.zip", "first-week.zip", "ship-to-shore-video.zip"]
    assert [path.read_bytes() for path in first] == [path.read_bytes() for path in second]


@pytest.mark.parametrize(
    ("name", "edition", "title", "pages"),
    [
        ("harbour-safety-quiz.zip", "1.2", "Harbour safety quiz", 1),
        ("first-week.zip", "2004-4", "Your first week", 5),
        ("ship-to-shore-video.zip", "2004-3", "Ship to shore", 1),
    ],
)
def test_nothing_is_wrong_with_a_sample(tmp_path: Path, name: str, edition: str, title: str, pages: int) -> None:
    path = next(path for path in build(tmp_path) if path.name == name)
    with zipfile.ZipFile(path) as archive:
        sizes = {info.filename: info.file_size for info in archive.infolist()}
        reading = read_package(sizes, archive.read, "x")
    assert reading.report.issues == ()
    assert reading.structure is not None
    assert (reading.structure.edition, reading.structure.title) == (edition, title)
    assert len(reading.structure.launchable()) == pages
    assert reading.structure.description


def test_the_film_is_large_enough_to_need_ranges_and_can_be_sought_in(tmp_path: Path) -> None:
    path = build(tmp_path)[2]
    with zipfile.ZipFile(path) as archive:
        film = archive.read("media/ship-to-shore.webm")
        assert archive.getinfo("media/ship-to-shore.webm").compress_type == zipfile.ZIP_STORED
    assert len(film) > 3 * 1024 * 1024
    assert film.startswith(b"\x1a\x45\xdf\xa3")
    assert b"\x1c\x53\xbb\x6b" in film[:4096]  # the index, before the pictures
    assert b"\x44\x89" in film[:512]  # the length
