"""What SCORM manifests say, and what is said about them. Clauses: SCORM 1.2 CAM 2.3, SCORM 2004 CAM 3.4."""

import msgspec
import pytest

from courseway.standards.issues import Severity
from courseway.standards.manifests.structure import CompletionThreshold, CourseStructure, DataMap, ItemKind, Standard
from tests.packages import Sco
from tests.standards.manifests.reading import codes, read12, read2004


def test_an_ordinary_scorm_12_package_is_read_without_a_word() -> None:
    reading = read12(title="Knots & bends")
    assert reading.report.issues == ()
    course = reading.structure
    assert course is not None
    assert (course.standard, course.edition, course.title, course.identifier) == (
        Standard.SCORM_12,
        "1.2",
        "Knots & bends",
        "course",
    )
    assert [(item.identifier, item.kind, item.href, item.title) for item in course.launchable()] == [
        ("item-1", ItemKind.SCO, "index.html", "Lesson")
    ]


@pytest.mark.parametrize(
    ("version", "edition"),
    [
        ("1.2", "1.2"),
        ("2004 2nd Edition", "2004-2"),
        ("2004 3rd Edition", "2004-3"),
        ("2004 4th Edition", "2004-4"),
        ("CAM 1.3", "2004-2"),
        ("2004 3RD  edition", "2004-3"),
        ("2004", "2004-2"),
        ("2004 4th", "2004-2"),
    ],
)
def test_schemaversion_names_the_edition(version: str, edition: str) -> None:
    reading = read12(version=version) if edition == "1.2" else read2004(version=version)
    assert reading.structure is not None
    assert reading.structure.edition == edition
    assert codes(reading) == set()


def test_without_a_version_the_elements_decide() -> None:
    old = read12(("<schemaversion>1.2</schemaversion>", ""))
    new = read2004(("<schemaversion>2004 4th Edition</schemaversion>", "<schemaversion>whatever</schemaversion>"))
    assert old.structure is not None
    assert new.structure is not None
    assert (old.structure.edition, codes(old)) == ("1.2", {"manifest.missing_schemaversion"})
    assert (new.structure.edition, codes(new)) == ("2004-3", {"manifest.unknown_schemaversion"})


def test_a_version_that_contradicts_the_elements_is_believed_and_told() -> None:
    reading = read2004(version="1.2")
    assert reading.structure is not None
    assert reading.structure.standard is Standard.SCORM_12
    assert codes(reading) == {"manifest.contradicting_version"}


def test_items_carry_what_scorm_12_says_about_them() -> None:
    extra = (
        "<adlcp:prerequisites type='aicc_script'>item-2 &amp; item-3</adlcp:prerequisites>"
        "<adlcp:maxtimeallowed>0001:30:00</adlcp:maxtimeallowed><adlcp:timelimitaction>exit,no message</adlcp:timelimitaction>"
        "<adlcp:datafromlms>a=1\n b=2</adlcp:datafromlms><adlcp:masteryscore>80</adlcp:masteryscore>"
    )
    reading = read12(scos=(Sco(extra=extra, attributes='isvisible="false" parameters="?p=1"'),))
    assert reading.structure is not None
    item = reading.structure.launchable()[0]
    assert item.prerequisites == "item-2 & item-3"
    assert (item.max_time_allowed, item.time_limit_action) == ("0001:30:00", "exit,no message")
    assert (item.launch_data, item.mastery_score) == ("a=1\n b=2", 80.0)
    assert (item.visible, item.parameters) == (False, "?p=1")
    assert codes(reading) == set()


@pytest.mark.parametrize(
    ("extra", "code"),
    [
        ("<adlcp:masteryscore>eighty</adlcp:masteryscore>", "manifest.invalid_mastery_score"),
        ("<adlcp:masteryscore>101</adlcp:masteryscore>", "manifest.invalid_mastery_score"),
        ("<adlcp:masteryscore>NaN</adlcp:masteryscore>", "manifest.invalid_mastery_score"),
        ("<adlcp:maxtimeallowed>90 minutes</adlcp:maxtimeallowed>", "manifest.invalid_max_time"),
        ("<adlcp:maxtimeallowed>PT1H</adlcp:maxtimeallowed>", "manifest.invalid_max_time"),
        ("<adlcp:timelimitaction>explode</adlcp:timelimitaction>", "manifest.invalid_time_limit_action"),
        ("<adlcp:datafromlms>" + "x" * 5000 + "</adlcp:datafromlms>", "manifest.long_launch_data"),
    ],
)
def test_values_that_cannot_be_are_left_out_and_told_with_their_place(extra: str, code: str) -> None:
    reading = read12(scos=(Sco(extra=extra),))
    assert reading.structure is not None
    item = reading.structure.launchable()[0]
    assert (item.mastery_score, item.max_time_allowed, item.time_limit_action) == (None, "", "")
    issue = reading.report.issues[0]
    assert (issue.code, issue.clause) == (code, "SCORM 1.2 CAM 2.3 (item)")
    assert issue.where == "imsmanifest.xml:5"
    assert issue.severity is not Severity.ERROR


def test_empty_elements_mean_nothing() -> None:
    extra = (
        "<adlcp:masteryscore/><adlcp:maxtimeallowed></adlcp:maxtimeallowed><adlcp:timelimitaction/><adlcp:datafromlms/>"
    )
    assert read12(scos=(Sco(extra=extra),)).report.warnings == ()


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ('default="org"', 'default="nothing"', "manifest.dangling_default"),
        (' default="org"', "", "manifest.missing_default"),
        ('identifierref="res-item-1"', 'identifierref=" res-item-1 "', ""),
        ('adlcp:scormtype="sco"', "", "manifest.missing_scormtype"),
        ('adlcp:scormtype="sco"', 'adlcp:scormType="SCO"', ""),
        ('adlcp:scormtype="sco"', 'adlcp:scormtype=""', "manifest.missing_scormtype"),
        ('href="index.html">', 'href="INDEX.html">', "manifest.wrong_case"),
        ('href="index.html">', 'href=".\\index.html">', "manifest.backslash"),
        ('href="index.html">', 'href="/index.html">', "manifest.absolute_href"),
        ('href="index.html">', ">", "manifest.resource_without_href"),
        ("<title>Lesson</title>", "", "manifest.missing_title"),
        ('<item identifier="item-1"', "<item", "manifest.missing_identifier"),
        ("</resources>", "</resources><manifest identifier='inner'/>", "manifest.submanifest"),
        ("</resource>", '<dependency identifierref="nothing"/></resource>', "manifest.dangling_dependency"),
        ("</resource>", '<file href="gone.png"/></resource>', "manifest.missing_file"),
        ("</resource>", "<file/></resource>", "manifest.file_without_href"),
        ("</organization>", '<item identifier="x" identifierref="gone"><title>x</title></item></organization>', "manifest.dangling_identifierref"),
        ("</organization>", '<item identifier="x"><title>x</title></item></organization>', "manifest.item_without_content"),
        ("</organization>", '</organization><organization identifier="empty"><title>x</title></organization>', "manifest.empty_organization"),
        ("</resources>", '<resource identifier="res-item-1" type="webcontent" adlcp:scormtype="asset"/></resources>', "manifest.duplicate_identifier"),
        (' isvisible="', ' isvisible="', ""),
    ],
)  # fmt: skip
def test_what_can_be_repaired_is_played_and_told(old: str, new: str, code: str) -> None:
    reading = read12((old, new), scos=(Sco(attributes='isvisible="true"'),))
    assert reading.structure is not None
    assert reading.structure.launchable()[0].href == "index.html"
    assert reading.report.playable
    assert codes(reading) == ({code} if code else set())


def test_of_several_organizations_the_default_is_played() -> None:
    second = '</organization><organization identifier="two"><title>Two</title><item identifier="b" identifierref="res-item-1"><title>b</title></item></organization>'
    reading = read12(("</organization>", second), ('default="org"', 'default="two"'))
    course = reading.structure
    assert course is not None
    assert (course.title, len(course.organizations), course.organization.identifier) == ("Two", 2, "two")
    assert codes(reading) == {"manifest.several_organizations"}


def test_identifiers_used_twice_are_told_apart() -> None:
    reading = read12(scos=(Sco(identifier="a"), Sco(identifier="a"), Sco(identifier="b")))
    assert reading.structure is not None
    assert [item.identifier for item in reading.structure.organization.walk()] == ["a", "a-2", "b"]


def test_a_package_of_resources_only_gets_an_organization_of_its_scos() -> None:
    reading = read12(
        ('<organizations default="org">', "<!--"),
        ("</organizations>", "--><organizations/>"),
        scos=(Sco(href="a.html"), Sco(href="b.png", kind="asset"), Sco(href="c.html")),
        files={"a.html": "x", "b.png": "x", "c.html": "x"},
    )
    assert reading.structure is not None
    assert [(item.href, item.title) for item in reading.structure.launchable()] == [("a.html", "a"), ("c.html", "c")]
    assert reading.structure.title == "Some file"
    assert codes(reading) == {"manifest.resources_only"}


def test_in_12_content_of_a_parent_becomes_its_first_item_in_2004_it_is_not_played() -> None:
    change = ('<item identifier="top"', '<item identifierref="res-one" identifier="top"')
    scos = (Sco("Top", identifier="top", children=(Sco(identifier="one"),)),)
    old, new = read12(change, scos=scos), read2004(change, scos=scos)
    assert old.structure is not None
    assert new.structure is not None
    assert [item.identifier for item in old.structure.launchable()] == ["top-content", "one"]
    assert [item.identifier for item in new.structure.launchable()] == ["one"]
    assert codes(old) == codes(new) == {"manifest.parent_with_content"}


def test_items_may_share_a_resource_and_differ_in_parameters() -> None:
    more = (
        '<item identifier="two" identifierref="res-item-1" parameters="part=2"><title>Two</title></item></organization>'
    )
    reading = read12(("</organization>", more))
    assert reading.structure is not None
    assert [(item.href, item.parameters) for item in reading.structure.launchable()] == [
        ("index.html", ""),
        ("index.html", "?part=2"),
    ]
    assert codes(reading) == set()


def test_bases_of_every_level_are_followed() -> None:
    reading = read12(
        ("<resources>", '<resources xml:base="content/">'),
        ('type="webcontent"', 'xml:base="one/" type="webcontent"'),
        ('<manifest identifier="course"', '<manifest xml:base="deep/" identifier="course"'),
        files={"deep/content/one/index.html": "x"},
    )
    assert reading.structure is not None
    assert reading.structure.launchable()[0].href == "deep/content/one/index.html"
    assert codes(reading) == set()


def test_a_page_elsewhere_on_the_web_is_noted() -> None:
    reading = read12(scos=(Sco(href="https://example.com/a?b=1", attributes='parameters="c=2"'),))
    assert reading.structure is not None
    item = reading.structure.launchable()[0]
    assert (item.href, item.remote, item.parameters) == ("https://example.com/a?b=1", True, "&c=2")
    assert codes(reading) == {"manifest.remote_href"}


def test_a_missing_page_is_a_warning_while_another_can_be_played_and_an_error_when_none_can() -> None:
    scos = (Sco(href="here.html"), Sco(href="gone.html"))
    some, none = read12(scos=scos, files={"here.html": "x"}), read12(scos=scos, files={})
    assert codes(some) == {"manifest.missing_file", "manifest.missing_launch_file"}
    assert some.report.playable
    assert [issue.code for issue in none.report.errors] == ["manifest.launch_file_missing"]
    assert none.structure is not None


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("<manifest ", "<package ", "manifest.not_a_manifest"),
        ("<schema>ADL SCORM", "<schema>IMS Common Cartridge", "manifest.common_cartridge"),
        ('identifierref="res-item-1"', "", "manifest.nothing_to_play"),
    ],
)
def test_what_cannot_be_played_is_refused(old: str, new: str, code: str) -> None:
    replacements = [(old, new)] + ([("</manifest>", "</package>")] if "package" in new else [])
    assert [issue.code for issue in read12(*replacements).report.errors] == [code]


def test_a_manifest_without_anything_to_launch_is_refused() -> None:
    reading = read12(("<resources>", "<!--"), ("</resources>", "-->"))
    assert reading.report.errors[-1].code == "manifest.nothing_to_play"


@pytest.mark.parametrize("space", ["imsmd", "lom"])
def test_title_description_and_language_come_from_the_metadata(space: str) -> None:
    string = "langstring" if space == "imsmd" else "string"
    lom = (
        f'<{space}:lom xmlns:{space}="urn:x"><{space}:general><{space}:title><{space}:{string}>From metadata</{space}:{string}></{space}:title>'
        f"<{space}:language>de</{space}:language><{space}:description><{space}:{string} language='en'>English</{space}:{string}>"
        f"<{space}:{string} language='de-AT'>Deutsch</{space}:{string}></{space}:description></{space}:general></{space}:lom></metadata>"
    )
    reading = read12(("</metadata>", lom), ("<title>A course</title>", ""))
    course = reading.structure
    assert course is not None
    assert (course.title, course.description, course.language) == ("From metadata", "Deutsch", "de")


def test_metadata_in_a_file_beside_the_manifest_is_read_and_never_breaks_anything() -> None:
    change = ("</metadata>", "<adlcp:location>meta.xml</adlcp:location></metadata>")
    good = "<lom><general><description><langstring>Hello</langstring></description></general></lom>"
    for content, expected in ((good, "Hello"), ("<!DOCTYPE lom SYSTEM 'x'><lom/>", ""), ("garbage", "")):
        reading = read12(change, files={"index.html": "x", "meta.xml": content})
        assert reading.structure is not None
        assert reading.structure.description == expected
        assert codes(reading) == set()


def test_items_carry_what_scorm_2004_says_about_them() -> None:
    extra = (
        "<adlcp:timeLimitAction>continue,message</adlcp:timeLimitAction><adlcp:dataFromLMS>x</adlcp:dataFromLMS>"
        '<adlcp:completionThreshold completedByMeasure="true" minProgressMeasure="0.75" progressWeight="0.5"/>'
        '<adlcp:data><adlcp:map targetID=" store%201 " writeSharedData="false"/><adlcp:map targetID="two"/></adlcp:data>'
        "<adlnav:presentation><adlnav:navigationInterface><adlnav:hideLMSUI>continue</adlnav:hideLMSUI>"
        "<adlnav:hideLMSUI>SuspendAll</adlnav:hideLMSUI></adlnav:navigationInterface></adlnav:presentation>"
        '<imsss:sequencing><imsss:limitConditions attemptAbsoluteDurationLimit="PT1H30M"/></imsss:sequencing>'
    )
    reading = read2004(scos=(Sco(extra=extra),))
    assert reading.structure is not None
    item = reading.structure.launchable()[0]
    assert (item.time_limit_action, item.launch_data, item.max_time_allowed) == ("continue,message", "x", "PT1H30M")
    assert item.completion_threshold == CompletionThreshold(True, 0.75, 0.5)
    assert item.data == (DataMap("store 1", write_shared_data=False), DataMap("two"))
    assert item.hide_lms_ui == ("continue", "suspendAll")
    assert codes(reading) == set()


@pytest.mark.parametrize(
    ("xml", "expected"),
    [
        ("<adlcp:completionThreshold>0.6</adlcp:completionThreshold>", CompletionThreshold(True, 0.6)),
        ("<adlcp:completionThreshold/>", CompletionThreshold()),
        ("<adlcp:completionThreshold>lots</adlcp:completionThreshold>", None),
        ('<adlcp:completionThreshold minProgressMeasure="2"/>', CompletionThreshold()),
    ],
)
def test_a_completion_threshold_is_read_as_any_edition_writes_it(
    xml: str, expected: CompletionThreshold | None
) -> None:
    reading = read2004(scos=(Sco(extra=xml),))
    assert reading.structure is not None
    assert reading.structure.launchable()[0].completion_threshold == expected


def test_a_control_that_does_not_exist_cannot_be_hidden() -> None:
    extra = "<adlnav:presentation><adlnav:navigationInterface><adlnav:hideLMSUI>everything</adlnav:hideLMSUI></adlnav:navigationInterface></adlnav:presentation>"
    assert codes(read2004(scos=(Sco(extra=extra),))) == {"manifest.invalid_hide_lms_ui"}


def test_the_root_says_whether_objectives_and_data_outlive_it() -> None:
    change = (
        '<organization identifier="org">',
        '<organization identifier="org" adlseq:objectivesGlobalToSystem="false" adlcp:sharedDataGlobalToSystem="0">',
    )
    reading = read2004(change)
    assert reading.structure is not None
    root = reading.structure.organization
    assert (root.objectives_global_to_system, root.shared_data_global_to_system) == (False, False)


def test_a_structure_survives_being_kept_as_json() -> None:
    scos = (Sco("Top", children=(Sco(extra="<adlcp:completionThreshold/>"), Sco(href="b.html"))), Sco(href="c.html"))
    course = read2004(scos=scos, files={"index.html": "", "b.html": "", "c.html": ""}).structure
    assert course is not None
    kept = msgspec.json.encode(course)
    assert msgspec.json.decode(kept, type=CourseStructure) == course
    assert msgspec.convert(msgspec.to_builtins(course), CourseStructure) == course


def test_trees_of_ten_thousand_activities_are_read() -> None:
    leaves = tuple(Sco(f"L{number}", identifier=f"l{number}") for number in range(100))
    clusters = tuple(
        Sco(
            f"C{top}",
            identifier=f"c{top}",
            children=tuple(Sco(one.title, identifier=f"{one.identifier}-{top}") for one in leaves),
        )
        for top in range(100)
    )
    reading = read12(scos=clusters)
    assert reading.structure is not None
    assert len(reading.structure.launchable()) == 10_000
