"""`courseway lint` as an author and a build use it: text, JSON, SARIF, thresholds, exit codes, whatever the package."""

import json
import os
import subprocess
import zipfile
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from courseway.cli import main as courseway
from courseway.commands.lint import lint_path
from tests.journeys.up_process import COURSEWAY
from tests.packages import HOSTILE, aicc_package, cmi5_package, scorm12_manifest, scorm2004_package, tincan_package
from tests.standards.manifests.good_packages import GOOD

BAD = (
    scorm12_manifest()
    .replace(' default="org"', "")
    .replace("<title>Lesson</title>", "<title>Lesson</title><title>x</title>")
)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def lint(*arguments: str) -> Result:
    return CliRunner().invoke(courseway, ["lint", *arguments])


def unpacked(folder: Path, files: dict[str, bytes | str]) -> Path:
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
    return folder


def bad_zip(path: Path) -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("imsmanifest.xml", BAD)
        archive.writestr("index.html", "x")
    return path


def test_a_good_package_is_told_in_a_line_and_a_build_goes_on(folder: Path) -> None:
    (folder / "course.zip").write_bytes(scorm2004_package("Knots & bends"))
    done = lint("course.zip")
    assert (done.exit_code, done.stdout) == (
        0,
        'course.zip: SCORM 2004 4th Edition, "Knots & bends", 1 to launch; 0 errors, 0 warnings, 0 notes\n',
    )


def test_findings_stand_by_level_with_place_clause_and_advice(folder: Path) -> None:
    bad_zip(folder / "course.zip")
    done = lint("course.zip")
    assert done.exit_code == 0
    lines = done.stdout.splitlines()
    assert lines[0].endswith("0 errors, 2 warnings, 0 notes")
    assert lines[2] == "  Warnings"
    assert lines[3:6] == [
        "    imsmanifest.xml:4: No default organization is named; the first is played.",
        "      manifest.missing_default · SCORM 1.2 CAM 2.3 (organizations)",
        "      Name it in the default attribute of <organizations>.",
    ]
    assert lines[6] == "    imsmanifest.xml:5: <title> stands in <item> more than once."


def test_a_folder_is_checked_like_its_archive_and_places_can_be_opened(folder: Path) -> None:
    unpacked(folder / "course", {"imsmanifest.xml": BAD, "index.html": "x"})
    for path in ("course", "course/imsmanifest.xml"):
        done = lint(path)
        assert "    course/imsmanifest.xml:4: No default organization" in done.stdout
        assert "0 errors, 2 warnings, 0 notes" in done.stdout


def test_what_lies_hidden_or_linked_in_a_folder_does_not_count(folder: Path) -> None:
    course = unpacked(folder / "course", {"imsmanifest.xml": scorm12_manifest(), "index.html": "x", ".git/config": "x"})
    (folder / "secret.txt").write_text("x")
    (course / "link.txt").symlink_to(folder / "secret.txt")
    (course / ".DS_Store").write_text("x")
    assert "0 errors, 0 warnings, 0 notes" in lint("course").stdout


@pytest.mark.parametrize(("threshold", "code"), [("error", 0), ("warning", 1), ("note", 1)])
def test_the_threshold_decides_whether_a_build_stops(folder: Path, threshold: str, code: int) -> None:
    bad_zip(folder / "course.zip")
    assert lint("course.zip", "--fail-on", threshold).exit_code == code


def test_a_note_stops_a_build_only_when_asked_to(folder: Path) -> None:
    unpacked(folder / "course", {"imsmanifest.xml": scorm12_manifest(), "index.html": "x", "beside.html": "x"})
    assert [lint("course", "--fail-on", level).exit_code for level in ("error", "warning", "note")] == [0, 0, 1]


def test_an_error_stops_a_build(folder: Path) -> None:
    unpacked(folder / "course", {"imsmanifest.xml": scorm12_manifest()})
    done = lint("course")
    assert done.exit_code == 1
    assert done.stdout.splitlines()[2] == "  Errors"


def test_findings_can_be_left_out_by_their_code(folder: Path) -> None:
    bad_zip(folder / "course.zip")
    codes = ("--ignore", "manifest.missing_default", "--ignore", "manifest.repeated_element")
    assert lint("course.zip", "--fail-on", "note", *codes).exit_code == 0
    refused = lint("course.zip", "--ignore", "manifest.nonsense")
    assert refused.exit_code == 2
    assert "There is no rule manifest.nonsense. docs/package-rules.md lists them all." in refused.stderr


def test_quiet_says_nothing_where_all_is_well_and_only_what_counts_where_not(folder: Path) -> None:
    bad_zip(folder / "course.zip")
    assert lint("course.zip", "--quiet").stdout == ""
    shown = lint("course.zip", "--quiet", "--fail-on", "warning").stdout
    assert "manifest.missing_default" in shown


def test_several_packages_are_checked_at_once_and_the_unusable_named(folder: Path) -> None:
    (folder / "good.zip").write_bytes(scorm2004_package())
    bad_zip(folder / "bad.zip")
    (folder / "text.zip").write_text("no archive")
    done = lint("good.zip", "bad.zip", "text.zip", "gone.zip", "--fail-on", "warning")
    assert done.exit_code == 2
    assert "2 packages: 0 errors, 2 warnings, 0 notes" in done.stdout
    assert "text.zip is not a zip archive." in done.stderr
    assert "gone.zip does not exist." in done.stderr


def test_machines_get_json_with_every_field(folder: Path) -> None:
    bad_zip(folder / "course.zip")
    answer = json.loads(lint("course.zip", "--format", "json", "--fail-on", "warning").stdout)
    assert answer["failed"] is True
    package = answer["packages"][0]
    assert (package["path"], package["edition"], package["standard"], package["title"], package["launchable"]) == (
        "course.zip",
        "1.2",
        "SCORM 1.2",
        "A course",
        1,
    )
    assert package["counts"] == {"errors": 0, "warnings": 2, "notes": 0}
    assert package["findings"][0] == {
        "code": "manifest.missing_default",
        "level": "warning",
        "message": "No default organization is named; the first is played.",
        "file": "imsmanifest.xml",
        "line": 4,
        "clause": "SCORM 1.2 CAM 2.3 (organizations)",
        "advice": "Name it in the default attribute of <organizations>.",
    }


def sarif_of(*paths: str) -> dict[str, Any]:
    log: dict[str, Any] = json.loads(lint(*paths, "--format", "sarif").stdout)
    assert log["version"] == "2.1.0"
    assert log["$schema"].endswith("sarif-schema-2.1.0.json")
    (run,) = log["runs"]
    check_run(run)
    return dict(run)


def check_run(run: dict[str, Any]) -> None:
    """Check what SARIF 2.1.0 requires of a run, and that all its indices lead where they say."""
    driver = run["tool"]["driver"]
    assert driver["name"] == "courseway"
    assert len({rule["id"] for rule in driver["rules"]}) == len(driver["rules"])
    for rule in driver["rules"]:
        assert rule["shortDescription"]["text"]
        assert rule["help"]["text"]
        assert rule["defaultConfiguration"]["level"] in {"error", "warning", "note"}
    assert isinstance(run["invocations"][0]["executionSuccessful"], bool)
    for artifact in run["artifacts"]:
        assert artifact.get("parentIndex", 0) < len(run["artifacts"])
    for result in run["results"]:
        assert driver["rules"][result["ruleIndex"]]["id"] == result["ruleId"]
        assert result["level"] in {"error", "warning", "note"}
        assert result["message"]["text"]
        (location,) = result["locations"]
        place = location["physicalLocation"]
        assert (
            run["artifacts"][place["artifactLocation"]["index"]]["location"]["uri"] == place["artifactLocation"]["uri"]
        )
        assert place.get("region", {"startLine": 1})["startLine"] >= 1
        assert result["partialFingerprints"]


def test_code_hosts_get_sarif_with_files_and_lines_of_the_folder(folder: Path) -> None:
    unpacked(folder / "my course", {"imsmanifest.xml": BAD, "index.html": "x"})
    run = sarif_of("my course")
    place = run["results"][0]["locations"][0]["physicalLocation"]
    assert place == {"artifactLocation": {"uri": "my%20course/imsmanifest.xml", "index": 0}, "region": {"startLine": 4}}
    assert [result["ruleId"] for result in run["results"]] == ["manifest.missing_default", "manifest.repeated_element"]


def test_in_an_archive_findings_lie_in_a_file_of_the_archive(folder: Path) -> None:
    bad_zip(folder / "course.zip")
    run = sarif_of("course.zip")
    assert run["artifacts"] == [
        {"location": {"uri": "course.zip"}},
        {"location": {"uri": "imsmanifest.xml"}, "parentIndex": 0},
    ]
    location = run["results"][0]["locations"][0]
    assert location["logicalLocations"] == [{"fullyQualifiedName": "course.zip/imsmanifest.xml"}]


def test_what_could_not_be_read_is_told_in_sarif_too(folder: Path) -> None:
    run = sarif_of("gone.zip")
    assert run["invocations"] == [
        {
            "executionSuccessful": False,
            "toolExecutionNotifications": [{"level": "error", "message": {"text": "gone.zip does not exist."}}],
        }
    ]


def test_findings_can_be_written_into_a_file_whole_or_not_at_all(folder: Path) -> None:
    bad_zip(folder / "course.zip")
    done = lint("course.zip", "--format", "sarif", "--output", "lint.sarif")
    assert done.exit_code == 0
    assert "0 errors, 2 warnings, 0 notes written to lint.sarif" in done.stdout
    assert json.loads((folder / "lint.sarif").read_text())["runs"]
    refused = lint("course.zip", "--output", "nowhere/lint.txt")
    assert refused.exit_code == 2
    assert "nowhere/lint.txt cannot be written: No such file or directory." in refused.stderr
    assert sorted(path.name for path in folder.iterdir()) == ["course.zip", "lint.sarif"]


def test_it_runs_without_a_platform_a_key_or_a_database(folder: Path) -> None:
    bad_zip(folder / "course.zip")
    environment = {"PATH": os.environ["PATH"], "HOME": str(folder)}
    done = subprocess.run(
        [COURSEWAY, "lint", "course.zip", "--fail-on", "warning"],
        capture_output=True,
        text=True,
        timeout=60,
        cwd=folder,
        env=environment,
    )
    assert (done.returncode, done.stderr) == (1, "")
    assert sorted(path.name for path in folder.iterdir()) == ["course.zip"]


@pytest.mark.parametrize("package", [aicc_package, cmi5_package, tincan_package])
def test_packages_of_other_standards_are_described(folder: Path, package: Any) -> None:
    (folder / "course.zip").write_bytes(package())
    done = lint("course.zip")
    assert done.exit_code == 0
    assert "package.plays_later" in done.stdout


@pytest.mark.parametrize("name", sorted(HOSTILE))
def test_hostile_archives_are_judged_and_named(folder: Path, name: str) -> None:
    (folder / "course.zip").write_bytes(HOSTILE[name])
    done = lint("course.zip")
    assert done.exit_code in {1, 2}
    assert done.exception is None or isinstance(done.exception, SystemExit)
    assert (done.stdout + done.stderr).strip()


def test_text_from_a_package_cannot_steer_the_terminal(folder: Path) -> None:
    hostile = scorm12_manifest("\u202eeltit\u0085x").replace(' default="org"', ' default="\u202eorg"')
    unpacked(folder / "course", {"imsmanifest.xml": hostile, "index.html": "x", "bad\x1b[2J.html": "x"})
    shown = lint("course").stdout
    assert "\\u202eorg" in shown
    assert not {"\u202e", "\u0085", "\x1b"} & set(shown)


def test_names_that_are_no_text_can_be_told(folder: Path) -> None:
    unpacked(folder / "course", {"imsmanifest.xml": scorm12_manifest(), "index.html": "x"})
    Path(os.fsdecode(os.fsencode(folder / "course") + b"/\xff.html")).write_text("x")
    for form in ("text", "json", "sarif"):
        done = lint("course", "--format", form)
        assert done.exit_code == 0, done.exception
        assert "udcff" in done.stdout


# Whatever comes ---------------------------------------------------------------------------------------------------

_SEEDS = [str(files["imsmanifest.xml"]).encode() for files in GOOD.values()]


@given(st.sampled_from(_SEEDS), st.data())
@settings(
    max_examples=250, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture]
)
def test_however_a_good_manifest_is_mangled_its_findings_come_back(
    tmp_path: Path, seed: bytes, data: st.DataObject
) -> None:
    words = seed.replace(b"=", b" ").split(b'"')
    mangled = seed
    for _ in range(data.draw(st.integers(1, 4))):
        old = data.draw(st.sampled_from(words))
        new = data.draw(
            st.sampled_from([b"", b"true", b"-1", b"9" * 40, b"nan", b"\xff", b"&", b"x y", b"<x/>", *words])
        )
        mangled = mangled.replace(old, new, data.draw(st.integers(1, 3))) if old else mangled
    (tmp_path / "imsmanifest.xml").write_bytes(mangled)
    found = lint_path(tmp_path)
    assert found.edition or any(issue.severity == "error" for issue in found.issues)
    assert all(issue.message for issue in found.issues)


@given(st.binary(max_size=400))
@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_a_manifest_holds_its_findings_come_back(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "imsmanifest.xml").write_bytes(data)
    assert lint_path(tmp_path).issues
