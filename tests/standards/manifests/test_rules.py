"""Every rule about packages is broken by a package made for it, and kept by good ones. Clauses: each rule's own."""

import ast
import copy
from collections.abc import Iterator
from pathlib import Path

import pytest
from lxml import etree

from courseway.courses.service.checking import check_package
from courseway.standards.archives.values import Limits
from courseway.standards.issues import Issue, Report, Severity
from courseway.standards.manifests.rules.binding import ADLCP_12, ADLCP_2004, ADLNAV, ADLSEQ, CONTENT_PACKAGING, IMSSS
from courseway.standards.manifests.rules.catalogue import BY_CODE, CHECKED, RULES
from tests.packages import scorm12_manifest, scorm2004_manifest, zip_of
from tests.standards.manifests.good_packages import GOOD
from tests.standards.manifests.reading import read
from tests.standards.manifests.rule_cases import CASES, v2004

ELEMENTS = {*CONTENT_PACKAGING, *ADLCP_12, *ADLCP_2004, *ADLNAV, *ADLSEQ, *IMSSS}
SOURCE = Path(__file__).parents[3] / "src" / "courseway"
# Functions through which the readers of packages say what they found; the code is their first or second argument.
_SAYING = {"error", "warn", "note", "_warn", "ZipDamaged", "UnsafeName", "Issue"}
_READERS = ("standards/archives", "standards/manifests", "courses/service/checking.py", "kit/zips.py")


def report_of(code: str, folder: Path) -> Report:
    broken = CASES[code]()
    if isinstance(broken, Report):
        return broken
    if isinstance(broken, dict):
        return read(broken).report
    package = folder / "package.zip"
    package.write_bytes(broken)
    return check_package(package, Limits(), package.name).report


def report_of_files(code: str) -> tuple[Issue, ...]:
    files = CASES[code]()
    assert isinstance(files, dict)
    return read(files).report.issues


@pytest.mark.parametrize("code", sorted(BY_CODE))
def test_a_package_that_breaks_a_rule_is_told_so(code: str, tmp_path: Path) -> None:
    rule = BY_CODE[code]
    found = [issue for issue in report_of(code, tmp_path).issues if issue.code == code]
    assert found
    assert {issue.severity for issue in found} == {rule.severity}
    assert all(len(issue.message) > 8 and issue.message.endswith((".", ")")) for issue in found)


@pytest.mark.parametrize("code", sorted(BY_CODE))
def test_a_finding_carries_the_clause_that_is_listed_for_its_rule(code: str, tmp_path: Path) -> None:
    for issue in report_of(code, tmp_path).issues:
        rule = BY_CODE[issue.code]
        if rule.any_element:
            element = issue.clause.partition("(")[2].rstrip(")")
            wanted = {rule.clause("1.2", element), rule.clause("2004-4", element)} if element in ELEMENTS else set()
        else:
            wanted = {clause for clause in (rule.clause_12, rule.clause_2004) if clause} or {""}
        assert issue.clause in wanted, issue


@pytest.mark.parametrize("code", sorted(set(BY_CODE) - {"report.more"}))
def test_a_finding_says_what_can_be_done(code: str, tmp_path: Path) -> None:
    found = [issue for issue in report_of(code, tmp_path).issues if issue.code == code]
    assert [issue for issue in found if not issue.advice.endswith((".", ")"))] == []


def test_a_clause_is_that_of_the_standard_the_package_follows(tmp_path: Path) -> None:
    for manifest, book in ((scorm12_manifest(), "SCORM 1.2 CAM 2.3"), (scorm2004_manifest(), "SCORM 2004 CAM 3.4.1")):
        package = tmp_path / "package.zip"
        package.write_bytes(zip_of({"course/imsmanifest.xml": manifest, "beside.html": "x"}))
        report = check_package(package, Limits(), package.name).report
        clauses = {issue.code: issue.clause for issue in report.issues}
        assert clauses["manifest.launch_file_missing"] == f"{book} (resource)"
        assert clauses["archive.outside_wrapper"].startswith(book)
        assert {clause.rpartition(" (")[0] or clause for clause in clauses.values()} == {book}


def test_a_finding_about_aicc_cites_no_clause_of_scorm() -> None:
    issues = report_of_files("aicc.circle")
    assert issues
    assert [issue for issue in issues if "SCORM" in issue.clause] == []


def test_of_several_organizations_all_are_named_and_how_one_is_chosen() -> None:
    [issue] = [one for one in report_of_files("manifest.several_organizations") if "organizations" in one.message]
    assert '2 organizations: "org" (default), "o2".' in issue.message
    assert "preview, registration and dispatch" in issue.message
    assert "--organization" in issue.advice


@pytest.mark.parametrize("name", sorted(GOOD))
def test_a_good_package_that_uses_everything_breaks_no_rule(name: str) -> None:
    assert [(issue.code, issue.where, issue.message) for issue in read(GOOD[name]).report.issues] == []


@pytest.mark.parametrize(
    ("extra", "wanted"),
    [
        ("<adlcp:timeLimitAction>Exit, Message</adlcp:timeLimitAction>", "exit,message"),
        (
            "<adlnav:presentation><adlnav:navigationInterface><adlnav:hideLMSUI>suspendall</adlnav:hideLMSUI>"
            "</adlnav:navigationInterface></adlnav:presentation>",
            "suspendAll",
        ),
    ],
)
def test_words_between_tags_are_compared_letter_by_letter_too(extra: str, wanted: str) -> None:
    issues = [issue for issue in read(v2004(extra=extra)).report.issues if issue.code == "manifest.value_spelling"]
    assert [issue.message.rpartition(" of ")[2].rstrip(".") for issue in issues] == [wanted]


def test_shared_data_of_the_course_is_of_the_fourth_edition() -> None:
    package = v2004(
        ('<organization identifier="org"', '<organization identifier="org" adlcp:sharedDataGlobalToSystem="true"'),
        version="2004 3rd Edition",
    )
    assert "manifest.data_edition" in {issue.code for issue in read(package).report.issues}


# Attributes that may hold any text, and elements that may stand there again.
_FREE = {"version", "structure", "parameters", "purpose", "targetID", "targetObjectiveID", "objectiveID"}
_MANY = ("Rule", "Condition", "}dependency", "}location", "}auxiliaryResource")


def mutations(text: str) -> Iterator[tuple[str, str]]:
    """Yield what was done to a manifest and the manifest: names nobody knows, values nobody can read, parts twice."""
    count = len([one for one in etree.fromstring(text.encode()).iter() if isinstance(one.tag, str)])
    for index in range(count):
        for change in ("element", "attribute", "twice", *(f"value {number}" for number in range(8))):
            root = etree.fromstring(text.encode())
            element = [one for one in root.iter() if isinstance(one.tag, str)][index]
            what = f"{change} of {index} {element.tag}"
            if _mutate(element, change):
                yield what, etree.tostring(root, encoding="unicode")


def _mutate(element: etree._Element, change: str) -> bool:
    name = etree.QName(element)
    if "LOM" in (name.namespace or ""):
        return False
    if change == "attribute":
        element.set("nobody", "x")
    elif element.getparent() is None and not change.startswith("value"):
        return False
    elif change == "element":
        element.tag = f"{{{name.namespace}}}nobody"
    elif change == "twice":
        element.addnext(copy.deepcopy(element))
    else:
        return _garble(element, int(change.rpartition(" ")[2]))
    return True


def _garble(element: etree._Element, number: int) -> bool:
    attributes = [key for key in element.attrib if etree.QName(key).localname not in {*_FREE, "schemaLocation"}]
    if number >= len(attributes):
        return False
    element.set(attributes[number], "bogus!")
    return True


@pytest.mark.parametrize("name", ["SCORM 1.2", "SCORM 2004 3rd Edition", "SCORM 2004 4th Edition"])
def test_no_breach_of_the_binding_goes_untold(name: str) -> None:
    untold = [
        what
        for what, manifest in mutations(str(GOOD[name]["imsmanifest.xml"]))
        if not read({**GOOD[name], "imsmanifest.xml": manifest}).report.issues
    ]
    assert [what for what in untold if not (what.startswith("twice") and what.endswith(_MANY))] == []


def test_every_rule_has_a_package_that_breaks_it_and_a_name_of_its_own() -> None:
    assert set(CASES) == set(BY_CODE)
    assert len(BY_CODE) == len(RULES)


def test_every_rule_says_what_holds_and_what_to_do() -> None:
    assert [rule.code for rule in RULES if not rule.says.endswith(".") or len(rule.says) > 160] == []
    assert [rule.code for rule in CHECKED if not rule.advice.endswith(".")] == []
    assert [rule.code for rule in CHECKED if not (rule.clause_12 or rule.clause_2004)] == []


def test_rules_that_are_checked_after_reading_never_keep_a_package_from_being_played() -> None:
    assert {rule.severity for rule in CHECKED} == {Severity.WARNING, Severity.INFO}


def said_codes() -> set[str]:
    """Return the codes that the readers of packages can say, from the source."""
    found: set[str] = set()
    for path in sorted(SOURCE.rglob("*.py")):
        if not path.relative_to(SOURCE).as_posix().startswith(_READERS):
            continue
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "attr", getattr(node.func, "id", "")) in _SAYING:
                for argument in node.args[:2]:
                    found |= {text.value for text in ast.walk(argument) if _is_code(text)}  # type: ignore[attr-defined]
    return found


def _is_code(node: ast.AST) -> bool:
    return (
        isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and node.value.partition(".")[0] in {rule.code.partition(".")[0] for rule in RULES}
        and node.value.replace(".", "").replace("_", "").isalnum()
        and "." in node.value
        and not node.value.endswith(".xml")
    )


def test_everything_the_readers_can_say_is_a_rule_on_the_list() -> None:
    said = said_codes()
    assert len(said) > 80
    assert said - set(BY_CODE) == set()
