"""Any package, any bytes: a reading and a report come back."""

import io
import zipfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from courseway.standards.manifests.package import read_package
from courseway.standards.manifests.structure import ItemKind, Standard
from tests.packages import (
    HOSTILE,
    ODD,
    aicc_files,
    aicc_package,
    cmi5_package,
    scorm12_manifest,
    scorm2004_manifest,
    scorm2004_package,
    tincan_package,
)
from tests.standards.manifests.reading import codes, read, read_zip

_ADL = Path(__file__).parents[4] / "shared" / "conformance" / "scorm2004" / "manifests"


def test_an_aicc_course_is_described_and_plays_later() -> None:
    reading = read_zip(aicc_package())
    course = reading.structure
    assert course is not None
    assert (course.standard, course.title, course.identifier) == (Standard.AICC, "Knots", "C1")
    assert course.description == "Tying them,\nand undoing them."
    block = course.organization.items[0]
    assert (block.title, [item.title for item in block.children]) == ("Knots to know", ["Reef knot", "Bowline"])
    first, second = course.launchable()
    assert (first.href, first.parameters, first.mastery_score, first.launch_data) == (
        "reef.html",
        "?mode=a",
        80.0,
        "rope=3",
    )
    assert (second.href, second.parameters) == ("bowline.html", "?x=1&mode=b")
    assert codes(reading) == {"package.plays_later"}


def test_an_aicc_course_without_a_structure_is_a_list_of_its_units() -> None:
    files = aicc_files()
    files["course.cst"] = ""
    reading = read(files)
    assert reading.structure is not None
    assert [item.title for item in reading.structure.organization.items] == ["Reef knot", "Bowline"]
    assert "aicc.flat" in codes(reading)


def test_an_aicc_block_that_contains_itself_is_cut() -> None:
    files = aicc_files()
    files["course.cst"] = '"Block","Member"\n"ROOT","B1"\n"B1","B1","A1"\n'
    reading = read(files)
    assert reading.structure is not None
    assert [item.identifier for item in reading.structure.launchable()] == ["a1"]
    assert "aicc.circle" in codes(reading)


def test_a_cmi5_course_is_described_and_plays_later() -> None:
    reading = read_zip(cmi5_package())
    course = reading.structure
    assert course is not None
    assert (course.standard, course.title, course.language, course.description) == (
        Standard.CMI5,
        "Knots",
        "en-GB",
        "Tying them",
    )
    first, second = course.launchable()
    assert (first.kind, first.href, first.parameters, first.move_on) == (ItemKind.AU, "reef.html", "?a=1", "Passed")
    assert (first.mastery_score, first.launch_method) == (80.0, "OwnWindow")
    assert (second.remote, second.launch_data, second.move_on) == (True, "deep", "NotApplicable")
    assert codes(reading) == {"package.plays_later"}


def test_a_tin_can_package_is_described_and_plays_later() -> None:
    reading = read_zip(tincan_package())
    course = reading.structure
    assert course is not None
    assert (course.standard, course.edition, course.title) == (Standard.TIN_CAN, "1.0", "Knots")
    assert [(item.iri, item.href) for item in course.launchable()] == [("https://example.com/knots", "reef.html")]
    assert codes(reading) == {"package.plays_later"}


def test_scorm_is_preferred_when_a_package_follows_several_standards() -> None:
    archive = zipfile.ZipFile(io.BytesIO(tincan_package()))
    files = {info.filename: archive.read(info) for info in archive.infolist()}
    reading = read({**files, "imsmanifest.xml": scorm12_manifest(), "index.html": "x"})
    assert reading.structure is not None
    assert reading.structure.standard is Standard.SCORM_12


def test_the_title_is_the_organizations_then_the_metadatas_then_the_files() -> None:
    untitled = scorm12_manifest().replace("<title>A course</title>", "")
    reading = read({"imsmanifest.xml": untitled, "index.html": "x"}, "  harbour   safety ")
    assert reading.structure is not None
    assert reading.structure.title == "harbour safety"
    assert read({"imsmanifest.xml": untitled, "index.html": "x"}, "").structure.title == "Untitled course"  # type: ignore[union-attr]


def test_a_folder_without_a_manifest_says_what_was_looked_for() -> None:
    reading = read({"index.html": "x"})
    assert reading.structure is None
    assert [issue.code for issue in reading.report.errors] == ["package.no_manifest"]
    assert "imsmanifest.xml" in reading.report.errors[0].message


@pytest.mark.parametrize(
    "name", [name for name in sorted(ODD) if name not in {"wrapper folder", "cp437 names", "backslashes"}]
)
def test_odd_packages_are_playable(name: str) -> None:
    reading = read_zip(ODD[name])
    assert reading.structure is not None
    assert reading.report.playable
    assert reading.structure.launchable()
    assert all(issue.where and issue.advice and issue.clause for issue in reading.report.warnings)


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("XXE", "xml.doctype"),
        ("billion laughs", "xml.doctype"),
        ("external DTD", "xml.doctype"),
        ("launch file missing", "manifest.launch_file_missing"),
        ("manifest is garbage", "xml.not_well_formed"),
        ("deep manifest", "xml.too_deep"),
        ("no manifest", "package.no_manifest"),
    ],
)
def test_hostile_manifests_are_refused(name: str, code: str) -> None:
    assert [issue.code for issue in read_zip(HOSTILE[name]).report.errors] == [code]


def test_reports_stay_small_however_much_is_wrong() -> None:
    listed = "".join(f'<file href="{number}.png"/>' for number in range(3000))
    reading = read(
        {"imsmanifest.xml": scorm12_manifest().replace("</resource>", listed + "</resource>"), "index.html": "x"}
    )
    assert len(reading.report.issues) < 60
    assert reading.report.issues[-1].code == "report.more"


@pytest.mark.shared
@pytest.mark.skipif(not _ADL.is_dir(), reason="the conformance manifests do not lie beside this checkout")
def test_every_manifest_of_adls_test_suite_is_read_without_a_complaint() -> None:
    missing = {"manifest.missing_file", "manifest.missing_launch_file", "manifest.launch_file_missing", "report.more"}
    for path in sorted(_ADL.glob("*.xml")):
        data = path.read_bytes()
        reading = read_package({"imsmanifest.xml": len(data)}, lambda _, data=data: data)  # type: ignore[misc]
        assert reading.structure is not None, path.name
        assert reading.structure.edition == "2004-4", path.name
        assert codes(reading) <= missing, path.name


@pytest.mark.shared
@pytest.mark.skipif(not _ADL.is_dir(), reason="the conformance manifests do not lie beside this checkout")
def test_adls_own_manifests_break_no_rule_but_where_they_mean_to() -> None:
    found: dict[str, set[str]] = {}
    for path in sorted(_ADL.glob("*.xml")):
        data = path.read_bytes()
        reading = read_package({"imsmanifest.xml": len(data)}, lambda _, data=data: data)  # type: ignore[misc]
        for issue in reading.report.warnings:
            found.setdefault(issue.code, set()).add(path.stem)
    # Their files are elsewhere. CM-14 has clusters that nothing but a jump leads into, which is what it tests.
    assert set(found) == {"manifest.missing_file", "manifest.missing_launch_file", "sequencing.unreachable"}
    assert found["sequencing.unreachable"] == {"CM-14"}


# Whatever comes ---------------------------------------------------------------------------------------------------

_NAMES = st.sampled_from(["imsmanifest.xml", "cmi5.xml", "tincan.xml", "c.crs", "IMSMANIFEST.XML"])
_SEEDS = [
    scorm12_manifest().encode(),
    scorm2004_manifest(
        collection="<imsss:sequencingCollection><imsss:sequencing ID='a'/></imsss:sequencingCollection>"
    ).encode(),
    zipfile.ZipFile(io.BytesIO(scorm2004_package())).read("imsmanifest.xml"),
    zipfile.ZipFile(io.BytesIO(cmi5_package())).read("cmi5.xml"),
    zipfile.ZipFile(io.BytesIO(tincan_package())).read("tincan.xml"),
    str(aicc_files()["course.crs"]).encode(),
]


@given(_NAMES, st.binary(max_size=300), st.binary(max_size=100))
def test_whatever_the_manifest_holds_a_report_comes_back(name: str, data: bytes, other: bytes) -> None:
    files = {name: data, "c.au": other, "c.cst": other, "c.des": data, "index.html": b"x"}
    reading = read(files)
    assert reading.structure is not None or reading.report.errors


@given(_NAMES, st.sampled_from(_SEEDS), st.data())
@settings(max_examples=300, suppress_health_check=[HealthCheck.too_slow])
def test_however_a_good_manifest_is_mangled_a_report_comes_back(name: str, seed: bytes, data: st.DataObject) -> None:
    cuts = sorted(data.draw(st.lists(st.integers(0, len(seed)), min_size=2, max_size=6)))
    pieces = [seed[low:high] for low, high in zip([0, *cuts], [*cuts, len(seed)], strict=True)]
    order = data.draw(st.permutations(range(len(pieces))))
    noise = data.draw(st.binary(max_size=8))
    mangled = noise.join(pieces[index] for index in order)
    files = {name: mangled, "c.au": mangled, "c.cst": mangled, "index.html": b"x"}
    reading = read(files)
    assert reading.structure is not None or reading.report.errors
    if reading.structure is not None:
        identifiers = [item.identifier for item in reading.structure.organization.walk()]
        assert reading.structure.standard is not Standard.SCORM_12 or len(identifiers) == len(set(identifiers))
