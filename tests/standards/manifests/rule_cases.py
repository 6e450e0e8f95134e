"""
One package for each rule that breaks it: files by path, an archive's bytes, or the report of a listing.

`CASES` maps a rule's code to what breaks it, `GOOD` names packages that use everything and break nothing.
"""

import struct
from collections.abc import Callable, Mapping

from courseway.standards.archives.listing import judge_listing
from courseway.standards.archives.values import ArchiveEntry
from courseway.standards.issues import Report
from tests.packages import (
    HOSTILE,
    ODD,
    Raw,
    Sco,
    aicc_files,
    forge,
    scorm12_manifest,
    scorm12_package,
    scorm2004_manifest,
    zip_of,
)

Files = dict[str, bytes | str]
Broken = Files | bytes | Report
_FLOW = '<imsss:sequencing><imsss:controlMode choice="true" flow="true"/></imsss:sequencing>'


def _replaced(text: str, replacements: tuple[tuple[str, str], ...]) -> str:
    for old, new in replacements:
        assert old in text, old
        text = text.replace(old, new, 1)
    return text


def v12(*replacements: tuple[str, str], extra: str = "", files: Files | None = None) -> Files:
    """Return a SCORM 1.2 package of one SCO after text replacements, with XML inside its item."""
    manifest = scorm12_manifest(scos=(Sco(extra=extra),))
    return {"imsmanifest.xml": _replaced(manifest, replacements), "index.html": "x", **(files or {})}


def v2004(
    *replacements: tuple[str, str],
    extra: str = "",
    version: str = "2004 4th Edition",
    collection: str = "",
    **more: str,
) -> Files:
    """Return a SCORM 2004 package of one SCO after text replacements, with XML inside its item."""
    manifest = scorm2004_manifest(scos=(Sco(extra=extra),), version=version, collection=collection, **more)
    return {"imsmanifest.xml": _replaced(manifest, replacements), "index.html": "x"}


def sequenced(xml: str, *, version: str = "2004 4th Edition", collection: str = "") -> Files:
    """Return a package whose one SCO has this sequencing."""
    extra = f"<imsss:sequencing>{xml}</imsss:sequencing>"
    return v2004(extra=extra, version=version, collection=collection)


def cluster(xml: str, *, outer: str = _FLOW, attributes: str = "") -> Files:
    """Return a package of a cluster with this sequencing and two SCOs, and a SCO behind it."""
    scos = (
        Sco(
            "Cluster",
            identifier="cluster",
            extra=f"<imsss:sequencing>{xml}</imsss:sequencing>",
            children=(Sco(identifier="a", attributes=attributes), Sco(identifier="b")),
        ),
        Sco(identifier="c"),
    )
    return {"imsmanifest.xml": scorm2004_manifest(scos=scos, sequencing=outer), "index.html": "x"}


def objectives(xml: str) -> Files:
    """Return a package whose one SCO has these objectives."""
    return sequenced(f"<imsss:objectives>{xml}</imsss:objectives>")


def rules(condition: str, *, kind: str = "pre", action: str = "skip") -> Files:
    """Return a package whose one SCO has one rule with these conditions."""
    return sequenced(
        f"<imsss:sequencingRules><imsss:{kind}ConditionRule><imsss:ruleConditions>{condition}</imsss:ruleConditions>"
        f'<imsss:ruleAction action="{action}"/></imsss:{kind}ConditionRule></imsss:sequencingRules>'
    )


def rollup(attributes: str, condition: str = '<imsss:rollupCondition condition="satisfied"/>') -> str:
    """Return one rollup rule."""
    return (
        f"<imsss:rollupRules><imsss:rollupRule {attributes}><imsss:rollupConditions>{condition}</imsss:rollupConditions>"
        '<imsss:rollupAction action="satisfied"/></imsss:rollupRule></imsss:rollupRules>'
    )


def items12(*scos: Sco) -> Files:
    """Return a SCORM 1.2 package of these items."""
    return {"imsmanifest.xml": scorm12_manifest(scos=scos), "index.html": "x"}


def needs(expression: str, kind: str = "aicc_script") -> str:
    """Return prerequisites."""
    return f'<adlcp:prerequisites type="{kind}">{expression}</adlcp:prerequisites>'


def aicc(**changed: str) -> Files:
    """Return an AICC course with some of its files changed."""
    return {**aicc_files(), **{f"course.{end}": text for end, text in changed.items()}}


def listing(*entries: ArchiveEntry, archive_size: int = 1_000_000_000_000) -> Report:
    """Return the report of a listing."""
    return judge_listing(entries, archive_size).report


def entry(name: str, size: int = 10, offset: int = 0) -> ArchiveEntry:
    """Return an entry of a listing."""
    return ArchiveEntry(name=name, raw_name=name.encode(), size=size, compressed_size=size, header_offset=offset)


def patched(at_from_end: int, value: int) -> bytes:
    """Return an archive with one number of its last record changed."""
    data = bytearray(scorm12_package())
    struct.pack_into("<H", data, len(data) - 22 + at_from_end, value)
    return bytes(data)


def _archive(*more: Raw) -> bytes:
    return forge([Raw(b"imsmanifest.xml", scorm12_manifest().encode()), Raw(b"index.html", b"x"), *more])


GIB = 1024**3
_MAP = '<imsss:mapInfo targetObjectiveID="g" writeSatisfiedStatus="true"/>'
_LOM = "<metadata><adlcp:location>meta.xml</adlcp:location></metadata>"

ARCHIVES: Mapping[str, Callable[[], Broken]] = {
    "archive.not_a_zip": lambda: b"plain text",
    "archive.truncated": lambda: HOSTILE["truncated"],
    "archive.split": lambda: patched(4, 1),
    "archive.damaged": lambda: forge(
        [Raw(b"imsmanifest.xml", scorm12_manifest().encode(), method=8, packed=b"\xff" * 900), Raw(b"index.html", b"x")]
    ),
    "archive.lying_count": lambda: patched(8, 9)[:-12] + struct.pack("<H", 9) + patched(8, 9)[-10:],
    "archive.lying_directory": lambda: patched(16, 3),
    "archive.lying_header": lambda: HOSTILE["lying local header"],
    "archive.lying_size": lambda: _archive(Raw(b"x.bin", b"x", size=500_000_000)),
    "archive.overlap": lambda: HOSTILE["overlap"],
    "archive.bomb": lambda: HOSTILE["ratio bomb"],
    "archive.too_large": lambda: listing(entry("a")),
    "archive.file_too_large": lambda: listing(entry("a", 3 * GIB)),
    "archive.too_many_files": lambda: listing(*(entry(f"{number}", offset=number * 100) for number in range(20_001))),
    "archive.unpacked_too_large": lambda: listing(*(entry(f"{n}", 2 * GIB, n * 3 * GIB) for n in range(3))),
    "archive.encrypted": lambda: HOSTILE["encrypted"],
    "archive.unsupported_method": lambda: HOSTILE["unknown method"],
    "archive.symlink": lambda: HOSTILE["symlink"],
    "archive.special_file": lambda: HOSTILE["device"],
    "archive.duplicate_name": lambda: HOSTILE["duplicates"],
    "archive.file_and_folder": lambda: HOSTILE["file and folder"],
    "archive.path_traversal": lambda: HOSTILE["traversal"],
    "archive.absolute_path": lambda: HOSTILE["absolute path"],
    "archive.drive_letter": lambda: HOSTILE["drive letter"],
    "archive.control_character": lambda: HOSTILE["control character in a name"],
    "archive.empty_name": lambda: _archive(Raw(b".", b"x")),
    "archive.name_too_long": lambda: _archive(Raw(b"a" * 300, b"x")),
    "archive.too_deep": lambda: _archive(Raw(b"a/" * 50 + b"b", b"x")),
    "archive.several_packages": lambda: HOSTILE["several packages"],
    "archive.nested_package": lambda: HOSTILE["hidden in another archive"],
    "archive.backslashes": lambda: ODD["backslashes"],
    "archive.case_conflict": lambda: _archive(Raw(b"INDEX.html", b"x")),
    "archive.wrapper_folder": lambda: ODD["wrapper folder"],
    "archive.outside_wrapper": lambda: zip_of(
        {"course/imsmanifest.xml": scorm12_manifest(), "course/index.html": "x", "beside.html": "x"}
    ),
    "archive.name_encoding": lambda: ODD["cp437 names"],
    "archive.nested_archive": lambda: scorm12_package(files={"handout.zip": "x"}),
    "manifest.too_large": lambda: forge(
        [Raw(b"imsmanifest.xml", b" " * (33 * 1024**2), method=0), Raw(b"index.html", b"x")]
    ),
}
TEXTS: Mapping[str, Callable[[], Broken]] = {
    "xml.not_xml": lambda: {"imsmanifest.xml": "no XML"},
    "xml.not_well_formed": lambda: {"imsmanifest.xml": "<<<"},
    "xml.doctype": lambda: HOSTILE["XXE"],
    "xml.too_deep": lambda: HOSTILE["deep manifest"],
    "xml.too_large": lambda: {"imsmanifest.xml": " " * (25 * 1024**2)},
    "xml.too_many_elements": lambda: {"imsmanifest.xml": "<manifest>" + "<a/>" * 250_001 + "</manifest>"},
    "xml.repaired": lambda: v12(("A course", "Salt & Pepper")),
    "xml.junk_before": lambda: v12(("<?xml", "junk<?xml")),
    "xml.plain_doctype": lambda: v12(("<manifest ", "<!DOCTYPE manifest><manifest ")),
    "text.wrong_encoding": lambda: {"imsmanifest.xml": scorm12_manifest("Größe").encode("latin-1"), "index.html": "x"},
    "text.undeclared_encoding": lambda: {
        "imsmanifest.xml": scorm12_manifest("Größe").replace(' encoding="UTF-8"', "").encode("latin-1"),
        "index.html": "x",
    },
}
READ: Mapping[str, Callable[[], Broken]] = {
    "package.no_manifest": lambda: {"index.html": "x"},
    "manifest.not_a_manifest": lambda: {"imsmanifest.xml": "<html/>"},
    "manifest.common_cartridge": lambda: v12(("ADL SCORM", "IMS Common Cartridge")),
    "manifest.nothing_to_play": lambda: v12((' href="index.html"><file href="index.html"/>', ">")),
    "manifest.launch_file_missing": lambda: {"imsmanifest.xml": scorm12_manifest()},
    "manifest.name_case": lambda: {"IMSManifest.xml": scorm12_manifest(), "index.html": "x"},
    "manifest.submanifest": lambda: v12(("</manifest>", '<manifest identifier="m2"/></manifest>')),
    "manifest.missing_schemaversion": lambda: v12(("<schemaversion>1.2</schemaversion>", "")),
    "manifest.unknown_schemaversion": lambda: v12((">1.2<", ">9.9<")),
    "manifest.contradicting_version": lambda: v12((">1.2<", ">2004 3rd Edition<")),
    "manifest.missing_default": lambda: v12((' default="org"', "")),
    "manifest.dangling_default": lambda: v12((' default="org"', ' default="gone"')),
    "manifest.empty_organization": lambda: v12(
        ("</organizations>", '<organization identifier="o2"><title>T</title></organization></organizations>')
    ),
    "manifest.several_organizations": lambda: v12(
        (
            "</organizations>",
            '<organization identifier="o2"><title>T</title><item identifier="i2" identifierref="res-item-1"><title>T</title>'
            "</item></organization></organizations>",
        )
    ),
    "manifest.resources_only": lambda: ODD["no organization"],
    "manifest.missing_identifier": lambda: v12((' identifier="item-1"', "")),
    "manifest.duplicate_identifier": lambda: ODD["duplicate identifiers"],
    "manifest.missing_title": lambda: v12(("<title>Lesson</title>", "")),
    "manifest.item_without_content": lambda: v12(
        ("</organization>", '<item identifier="i2"><title>T</title></item></organization>')
    ),
    "manifest.parent_with_content": lambda: v12(
        ("</item>", '<item identifier="i2" identifierref="res-item-1"><title>T</title></item></item>')
    ),
    "manifest.dangling_identifierref": lambda: v12(
        ("</organization>", '<item identifier="i2" identifierref="gone"><title>T</title></item></organization>')
    ),
    "manifest.missing_launch_file": lambda: {"imsmanifest.xml": scorm12_manifest()},
    "manifest.missing_scormtype": lambda: v12((' adlcp:scormtype="sco"', "")),
    "manifest.resource_without_href": lambda: v12((' href="index.html"><file', "><file")),
    "manifest.invalid_value": lambda: sequenced('<imsss:limitConditions attemptLimit="many"/>'),
    "manifest.long_launch_data": lambda: v12(extra=f"<adlcp:datafromlms>{'x' * 300}</adlcp:datafromlms>"),
    "manifest.invalid_time_limit_action": lambda: v12(extra="<adlcp:timelimitaction>stop</adlcp:timelimitaction>"),
    "manifest.invalid_mastery_score": lambda: v12(extra="<adlcp:masteryscore>101</adlcp:masteryscore>"),
    "manifest.invalid_max_time": lambda: v12(extra="<adlcp:maxtimeallowed>1h</adlcp:maxtimeallowed>"),
    "manifest.invalid_hide_lms_ui": lambda: v2004(
        extra="<adlnav:presentation><adlnav:navigationInterface><adlnav:hideLMSUI>menu</adlnav:hideLMSUI>"
        "</adlnav:navigationInterface></adlnav:presentation>"
    ),
    "manifest.missing_file": lambda: v12(("</resource>", '<file href="gone.png"/></resource>')),
    "manifest.file_without_href": lambda: v12(("</resource>", "<file/></resource>")),
    "manifest.dangling_dependency": lambda: v12(("</resource>", '<dependency identifierref="gone"/></resource>')),
    "manifest.backslash": lambda: v12(('href="index.html">', 'href=".\\index.html">')),
    "manifest.wrong_case": lambda: v12(('href="index.html">', 'href="INDEX.html">')),
    "manifest.absolute_href": lambda: v12(('href="index.html">', 'href="/index.html">')),
    "manifest.absolute_base": lambda: v12(("<resources>", '<resources xml:base="/">')),
    "manifest.base_without_slash": lambda: {
        "imsmanifest.xml": scorm12_manifest().replace("<resources>", '<resources xml:base="content">'),
        "content/index.html": "x",
    },
    "manifest.href_outside": lambda: v12(('href="index.html">', 'href="../index.html">')),
    "manifest.unknown_scheme": lambda: v12(('href="index.html">', 'href="ftp://x/index.html">')),
    "manifest.remote_href": lambda: ODD["remote page beside"],
    "sequencing.dangling_idref": lambda: v2004(extra='<imsss:sequencing IDRef="gone"/>'),
    "sequencing.too_much_shared": lambda: {
        "imsmanifest.xml": scorm2004_manifest(
            scos=tuple(Sco(identifier=f"i{n}", extra='<imsss:sequencing IDRef="s"/>') for n in range(520)),
            collection='<imsss:sequencingCollection><imsss:sequencing ID="s"><imsss:objectives>'
            + "<imsss:primaryObjective/>" * 1000
            + "</imsss:objectives></imsss:sequencing></imsss:sequencingCollection>",
        ),
        "index.html": "x",
    },
    "sequencing.collection_id": lambda: v2004(
        collection="<imsss:sequencingCollection><imsss:sequencing/></imsss:sequencingCollection>"
    ),
    "sequencing.unknown_element": lambda: sequenced("<imsss:magic/>"),
    "sequencing.repeated_element": lambda: sequenced("<imsss:deliveryControls/><imsss:deliveryControls/>"),
    "sequencing.rule_without_action": lambda: rules('<imsss:ruleCondition condition="satisfied"/>', action="exit"),
    "sequencing.unknown_condition": lambda: rules('<imsss:ruleCondition condition="happy"/>'),
    "sequencing.missing_primary_objective": lambda: objectives('<imsss:objective objectiveID="o"/>'),
    "sequencing.objective_identifier": lambda: objectives("<imsss:primaryObjective/><imsss:objective/>"),
    "sequencing.unknown_objective": lambda: sequenced(
        '<adlseq:objectives><adlseq:objective objectiveID="o"><adlseq:mapInfo targetObjectiveID="g"/></adlseq:objective>'
        "</adlseq:objectives>"
    ),
    "sequencing.auxiliary_resource": lambda: sequenced(
        '<imsss:auxiliaryResources><imsss:auxiliaryResource auxiliaryResourceID="gone" purpose="Help"/>'
        "</imsss:auxiliaryResources>"
    ),
    "report.more": lambda: v12(("</resource>", "".join(f'<file href="{n}"/>' for n in range(60)) + "</resource>")),
    "package.plays_later": lambda: aicc(),
    "aicc.no_units": lambda: aicc(au='"System_ID","File_Name"\r\n'),
    "aicc.too_large": lambda: aicc(au=" " * (17 * 1024**2)),
    "aicc.flat": lambda: aicc(cst=""),
    "aicc.circle": lambda: aicc(cst='"Block","Member"\n"ROOT","B1"\n"B1","B1","A1"\n'),
    "aicc.unknown_member": lambda: aicc(cst='"Block","Member"\n"ROOT","A1","A9"\n'),
    "cmi5.not_a_course": lambda: {"cmi5.xml": "<course/>"},
    "cmi5.no_units": lambda: {"cmi5.xml": '<courseStructure><course id="x"/></courseStructure>'},
    "tincan.not_a_course": lambda: {"tincan.xml": "<course/>"},
    "tincan.no_launch": lambda: {"tincan.xml": "<tincan><activities/></tincan>"},
}
CONTENTS: Mapping[str, Callable[[], Broken]] = {
    "manifest.root_identifier": lambda: v12((' identifier="course"', "")),
    "manifest.identifier_form": lambda: v12((' identifier="item-1"', ' identifier="1 item"')),
    "manifest.identifier_shared": lambda: v12((' identifier="item-1"', ' identifier="res-item-1"')),
    "manifest.schema": lambda: v12(("ADL SCORM", "SCORM")),
    "manifest.schemaversion_words": lambda: v2004(("2004 4th Edition", "2004 4TH edition")),
    "manifest.missing_part": lambda: v2004(("<metadata>", "<!--"), ("</metadata>", "-->")),
    "manifest.organization_title": lambda: v12(("<title>A course</title>", "")),
    "manifest.long_title": lambda: v12(("A course", "A" * 201)),
    "manifest.parameters_without_content": lambda: v12(
        (
            "</organization>",
            '<item identifier="i2" parameters="?a=1"><title>T</title><item identifier="i3" identifierref="res-item-1">'
            "<title>T</title></item></item></organization>",
        )
    ),
    "manifest.parameters_form": lambda: v12((' identifier="item-1"', ' identifier="item-1" parameters="?a=1 2"')),
    "manifest.long_parameters": lambda: v12(
        (' identifier="item-1"', f' identifier="item-1" parameters="?a={"x" * 1000}"')
    ),
    "manifest.hidden_course": lambda: items12(
        Sco(identifier="a", attributes='isvisible="false"'), Sco(identifier="b", attributes='isvisible="0"')
    ),
    "manifest.resource_type": lambda: v12(('type="webcontent"', 'type="text/html"')),
    "manifest.invalid_scormtype": lambda: v12(('scormtype="sco"', 'scormtype="scorm"')),
    "manifest.undeclared_scormtype": lambda: v2004(
        ("</resources>", '<resource identifier="r2" type="webcontent"/></resources>')
    ),
    "manifest.href_not_listed": lambda: v12(('<file href="index.html"/>', "")),
    "manifest.file_listed_twice": lambda: v12(("</resource>", '<file href="index.html"/></resource>')),
    "manifest.file_address": lambda: v12(("</resource>", '<file href="https://example.com/a.js"/></resource>')),
    "manifest.unused_resource": lambda: v12(
        ("</resources>", '<resource identifier="r2" type="webcontent"/></resources>')
    ),
    "manifest.dependency_circle": lambda: v12(("</resource>", '<dependency identifierref="res-item-1"/></resource>')),
    "manifest.base_form": lambda: v12(("<resources>", '<resources xml:base="https://example.com/">')),
    "package.undeclared_files": lambda: v12(files={"beside.html": "x"}),
    "package.control_documents": lambda: v12(
        (
            "<manifest ",
            '<manifest xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:schemaLocation="http://a.example a.xsd" ',
        )
    ),
    "metadata.missing_file": lambda: v12(("</organization>", f"{_LOM}</organization>")),
    "metadata.not_metadata": lambda: v12(("</organization>", f"{_LOM}</organization>"), files={"meta.xml": "<html/>"}),
    "metadata.without_title": lambda: v12(
        ("</metadata>", '<lom xmlns="http://ltsc.ieee.org/xsd/LOM"><general/></lom></metadata>')
    ),
    "manifest.spelling": lambda: v12(("adlcp:scormtype", "adlcp:scormType")),
    "manifest.unknown_element": lambda: v12(("<organizations ", "<organisations/><organizations ")),
    "manifest.misplaced_element": lambda: v12(
        ("</organization>", "<adlcp:masteryscore>80</adlcp:masteryscore></organization>")
    ),
    "manifest.foreign_element": lambda: v2004(extra="<adlcp:masteryscore>80</adlcp:masteryscore>"),
    "manifest.unknown_attribute": lambda: v12(("<item ", '<item hidden="true" ')),
    "manifest.attribute_namespace": lambda: v12(("adlcp:scormtype", "scormtype")),
    "manifest.missing_attribute": lambda: v12(('type="webcontent" ', "")),
    "manifest.element_order": lambda: v12(
        ('<file href="index.html"/>', '<dependency identifierref="r2"/><file href="index.html"/>')
    ),
    "manifest.missing_element": lambda: sequenced("<imsss:auxiliaryResources/>"),
    "manifest.empty_element": lambda: v12(extra="<adlcp:datafromlms/>"),
    "manifest.repeated_element": lambda: v12(("<title>Lesson</title>", "<title>Lesson</title><title>Again</title>")),
    "manifest.value_spelling": lambda: v12((' identifier="item-1"', ' identifier="item-1" isvisible="True"')),
}
ITEMS: Mapping[str, Callable[[], Broken]] = {
    "manifest.prerequisites_syntax": lambda: v12(extra=needs("A AND B")),
    "manifest.prerequisites_type": lambda: items12(
        Sco(identifier="a"), Sco(identifier="b", extra=needs("a", "javascript"))
    ),
    "manifest.prerequisites_target": lambda: v12(extra=needs("gone")),
    "manifest.prerequisites_circle": lambda: items12(
        Sco(identifier="a", extra=needs("b")), Sco(identifier="b", extra=needs("a|a"))
    ),
    "manifest.prerequisites_count": lambda: items12(Sco(identifier="a"), Sco(identifier="b", extra=needs("3*{a,a}"))),
    "manifest.long_prerequisites": lambda: items12(
        Sco(identifier="a"), Sco(identifier="b", extra=needs("|".join("a" * 150)))
    ),
    "manifest.time_limit_action_alone": lambda: v12(
        extra="<adlcp:timelimitaction>exit,message</adlcp:timelimitaction>"
    ),
    "manifest.only_for_scos": lambda: items12(Sco(kind="asset", extra="<adlcp:masteryscore>80</adlcp:masteryscore>")),
    "manifest.presentation_on_cluster": lambda: {
        "imsmanifest.xml": scorm2004_manifest(
            scos=(Sco(identifier="a", children=(Sco(),), extra="<adlnav:presentation/>"),)
        ),
        "index.html": "x",
    },
    "manifest.hidden_control_twice": lambda: v2004(
        extra="<adlnav:presentation><adlnav:navigationInterface><adlnav:hideLMSUI>exit</adlnav:hideLMSUI>"
        "<adlnav:hideLMSUI>exit</adlnav:hideLMSUI></adlnav:navigationInterface></adlnav:presentation>"
    ),
    "manifest.hidden_control_edition": lambda: v2004(
        extra="<adlnav:presentation><adlnav:navigationInterface><adlnav:hideLMSUI>exitAll</adlnav:hideLMSUI>"
        "</adlnav:navigationInterface></adlnav:presentation>",
        version="CAM 1.3",
    ),
    "manifest.threshold_on_cluster": lambda: v2004(
        ("</organization>", "<adlcp:completionThreshold>0.5</adlcp:completionThreshold></organization>"),
        version="2004 3rd Edition",
    ),
    "manifest.threshold_edition": lambda: v2004(extra="<adlcp:completionThreshold>0.5</adlcp:completionThreshold>"),
    "manifest.threshold_unused": lambda: v2004(extra='<adlcp:completionThreshold minProgressMeasure="0.5"/>'),
    "manifest.data_edition": lambda: v2004(
        extra='<adlcp:data><adlcp:map targetID="s"/></adlcp:data>', version="2004 3rd Edition"
    ),
    "manifest.data_map_twice": lambda: v2004(
        extra='<adlcp:data><adlcp:map targetID="s"/><adlcp:map targetID=" s "/></adlcp:data>'
    ),
    "manifest.data_without_map": lambda: v2004(extra="<adlcp:data/>"),
    "manifest.time_limit_action_unbound": lambda: v2004(
        extra="<adlcp:timeLimitAction>exit,message</adlcp:timeLimitAction>"
    ),
}
_COLLECTED = '<imsss:sequencingCollection><imsss:sequencing ID="s"{}/></imsss:sequencingCollection>'
SEQUENCING: Mapping[str, Callable[[], Broken]] = {
    "sequencing.collection_unused": lambda: v2004(collection=_COLLECTED.format("")),
    "sequencing.collection_refers": lambda: v2004(
        extra='<imsss:sequencing IDRef="s"/>', collection=_COLLECTED.format(' IDRef="s"')
    ),
    "sequencing.id_outside_collection": lambda: v2004(
        extra='<imsss:sequencing ID="s"><imsss:deliveryControls/></imsss:sequencing>'
    ),
    "sequencing.control_mode_on_leaf": lambda: sequenced('<imsss:controlMode flow="true"/>'),
    "sequencing.forward_only_without_flow": lambda: cluster(
        '<imsss:controlMode choice="false" flow="false" forwardOnly="true"/>'
    ),
    "sequencing.attempt_limit_zero": lambda: sequenced('<imsss:limitConditions attemptLimit="0"/>'),
    "sequencing.limit_ignored": lambda: sequenced('<imsss:limitConditions activityAbsoluteDurationLimit="PT1H"/>'),
    "sequencing.limit_moment": lambda: sequenced('<imsss:limitConditions beginTimeLimit="tomorrow"/>'),
    "sequencing.select_count": lambda: cluster(
        '<imsss:controlMode flow="true"/><imsss:randomizationControls selectionTiming="once" selectCount="3"/>'
    ),
    "sequencing.selection_incomplete": lambda: cluster(
        '<imsss:controlMode flow="true"/><imsss:randomizationControls selectCount="1"/>'
    ),
    "sequencing.reordering_incomplete": lambda: cluster(
        '<imsss:controlMode flow="true"/><imsss:randomizationControls reorderChildren="true"/>'
    ),
    "sequencing.randomization_on_leaf": lambda: sequenced(
        '<imsss:randomizationControls randomizationTiming="once" reorderChildren="true"/>'
    ),
    "sequencing.set_by_content_on_cluster": lambda: cluster(
        '<imsss:controlMode flow="true"/><imsss:deliveryControls completionSetByContent="true"/>'
    ),
    "sequencing.choice_constraint_on_leaf": lambda: sequenced(
        '<adlseq:constrainedChoiceConsiderations constrainChoice="true"/>'
    ),
    "sequencing.extension_edition": lambda: sequenced(
        '<imsss:objectives><imsss:primaryObjective objectiveID="o"/></imsss:objectives><adlseq:objectives>'
        '<adlseq:objective objectiveID="o"><adlseq:mapInfo targetObjectiveID="g"/></adlseq:objective></adlseq:objectives>',
        version="2004 3rd Edition",
    ),
    "sequencing.empty_definition": lambda: v2004(extra="<imsss:sequencing/>"),
    "sequencing.rule_without_conditions": lambda: rules(""),
    "sequencing.condition_of_other_kind": lambda: rules('<imsss:ruleCondition condition="never"/>'),
    "sequencing.condition_not_looked_at": lambda: rules('<imsss:ruleCondition condition="timeLimitExceeded"/>'),
    "sequencing.threshold_missing": lambda: rules('<imsss:ruleCondition condition="objectiveMeasureLessThan"/>'),
    "sequencing.threshold_unused": lambda: rules('<imsss:ruleCondition condition="satisfied" measureThreshold="0.5"/>'),
    "sequencing.rule_objective": lambda: rules('<imsss:ruleCondition condition="satisfied" referencedObjective="o"/>'),
    "sequencing.objective_not_asked": lambda: rules(
        '<imsss:ruleCondition condition="attempted" referencedObjective="o"/>'
    ),
    "sequencing.rollup_minimum_missing": lambda: cluster(
        '<imsss:controlMode flow="true"/>' + rollup('childActivitySet="atLeastCount"')
    ),
    "sequencing.rollup_minimum_unused": lambda: cluster(
        '<imsss:controlMode flow="true"/>' + rollup('childActivitySet="all" minimumCount="2"')
    ),
    "sequencing.rollup_minimum_unreachable": lambda: cluster(
        '<imsss:controlMode flow="true"/>' + rollup('childActivitySet="atLeastCount" minimumCount="3"')
    ),
    "sequencing.rollup_on_leaf": lambda: sequenced(rollup("")),
    "sequencing.always_disabled": lambda: rules('<imsss:ruleCondition condition="always"/>', action="disabled"),
    "sequencing.several_primary_objectives": lambda: objectives(
        '<imsss:primaryObjective objectiveID="a"/><imsss:primaryObjective objectiveID="b"/>'
    ),
    "sequencing.primary_without_identifier": lambda: objectives(
        f"<imsss:primaryObjective>{_MAP}</imsss:primaryObjective>"
    ),
    "sequencing.measure_unused": lambda: objectives(
        "<imsss:primaryObjective><imsss:minNormalizedMeasure>0.5</imsss:minNormalizedMeasure></imsss:primaryObjective>"
    ),
    "sequencing.measure_missing": lambda: objectives('<imsss:primaryObjective satisfiedByMeasure="true"/>'),
    "sequencing.map_twice": lambda: objectives(
        f'<imsss:primaryObjective objectiveID="o">{_MAP}{_MAP}</imsss:primaryObjective>'
    ),
    "sequencing.several_readers": lambda: objectives(
        '<imsss:primaryObjective objectiveID="o"><imsss:mapInfo targetObjectiveID="g1"/>'
        '<imsss:mapInfo targetObjectiveID="g2"/></imsss:primaryObjective>'
    ),
    "sequencing.several_writers": lambda: objectives(
        f'<imsss:primaryObjective objectiveID="o">{_MAP}</imsss:primaryObjective>'
        f'<imsss:objective objectiveID="p">{_MAP}</imsss:objective>'
    ),
    "sequencing.map_without_effect": lambda: objectives(
        '<imsss:primaryObjective objectiveID="o"><imsss:mapInfo targetObjectiveID="g" readSatisfiedStatus="false" '
        'readNormalizedMeasure="false"/></imsss:primaryObjective>'
    ),
    "sequencing.global_never_written": lambda: objectives(
        '<imsss:primaryObjective objectiveID="o"><imsss:mapInfo targetObjectiveID="g"/></imsss:primaryObjective>'
    ),
    "sequencing.extended_objective_twice": lambda: sequenced(
        '<imsss:objectives><imsss:primaryObjective objectiveID="o"/></imsss:objectives><adlseq:objectives>'
        + '<adlseq:objective objectiveID="o"><adlseq:mapInfo targetObjectiveID="g"/></adlseq:objective>' * 2
        + "</adlseq:objectives>"
    ),
    "sequencing.empty_objective_identifier": lambda: objectives('<imsss:primaryObjective objectiveID=" "/>'),
    "sequencing.unreachable": lambda: cluster('<imsss:controlMode choice="false" flow="false"/>'),
    "sequencing.hidden_and_without_flow": lambda: cluster(
        '<imsss:controlMode choice="true" flow="false"/>', attributes='isvisible="false"'
    ),
    "sequencing.flow_stops": lambda: cluster('<imsss:controlMode flow="false"/>'),
    "sequencing.nothing_begins": lambda: cluster('<imsss:controlMode flow="true"/>', outer=""),
}
CASES: Mapping[str, Callable[[], Broken]] = {
    **ARCHIVES,
    **TEXTS,
    **READ,
    **CONTENTS,
    **ITEMS,
    **SEQUENCING,
}
