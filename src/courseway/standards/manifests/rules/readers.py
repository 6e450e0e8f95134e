"""
The rules that the readers of packages check while they read, as a list.

Here: what each of their findings means. Not here: finding anything; the words of a finding are the reader's.
"""

from courseway.standards.issues import Severity
from courseway.standards.manifests.rules.clauses import clause_12, clause_2004
from courseway.standards.manifests.rules.rule import Rule

_ERROR, _WARNING, _NOTE = Severity.ERROR, Severity.WARNING, Severity.INFO


def _zip(code: str, says: str, severity: Severity = _ERROR, clause: str = "", advice: str = "") -> Rule:
    cited = f"APPNOTE {clause}" if clause else ""
    return Rule(code, severity, says, cited, cited, advice)


def _xml(code: str, says: str, severity: Severity, clause: str = "") -> Rule:
    return Rule(code, severity, says, f"XML 1.0 {clause}" if clause else "", f"XML 1.0 {clause}" if clause else "")


def _both(
    code: str, says: str, severity: Severity, element: str, advice: str = "", *, any_element: bool = False
) -> Rule:
    return Rule(code, severity, says, clause_12(element), clause_2004(element), advice, any_element=any_element)


def _v12(code: str, says: str, severity: Severity, element: str) -> Rule:
    return Rule(code, severity, says, clause_12(element), "")


def _v2004(code: str, says: str, severity: Severity, element: str) -> Rule:
    return Rule(code, severity, says, "", clause_2004(element))


def _other(code: str, says: str, severity: Severity, clause: str = "", advice: str = "") -> Rule:
    return Rule(code, severity, says, clause, clause, advice)


_ARCHIVE = (
    _zip("archive.not_a_zip", "The file is a zip archive.", clause="4.3"),
    _zip("archive.truncated", "The archive is whole.", clause="4.3"),
    _zip("archive.split", "The archive is in one piece.", clause="4.3"),
    _zip("archive.damaged", "Every file of the archive can be unpacked, and its checksum is right.", clause="4.3"),
    _zip("archive.lying_count", "The archive holds as many files as it says.", clause="4.3"),
    _zip("archive.lying_directory", "The table of contents is where the archive says, and can be read.", clause="4.3"),
    _zip(
        "archive.lying_header", "A file is called and packed the same in the contents and where it lies.", clause="4.3"
    ),
    _zip("archive.lying_size", "A file has the size the archive says."),
    _zip("archive.overlap", "Every file has bytes of its own."),
    _zip("archive.bomb", "Unpacking does not make far more out of little."),
    _zip("archive.too_large", "The archive is not larger than allowed."),
    _zip("archive.file_too_large", "No file is larger than allowed."),
    _zip("archive.too_many_files", "There are not more files than allowed."),
    _zip("archive.unpacked_too_large", "All files together are not larger than allowed."),
    _zip("archive.encrypted", "No file is encrypted.", clause="4.4.4"),
    _zip("archive.unsupported_method", "Files are packed by a usual method.", clause="4.4.5"),
    _zip("archive.symlink", "No entry is a link."),
    _zip("archive.special_file", "Entries are files and folders."),
    _zip("archive.duplicate_name", "No two files have one name."),
    _zip("archive.file_and_folder", "No name is a file and a folder at once."),
    _zip("archive.path_traversal", "No name climbs out of its folder.", clause="4.4.17.1"),
    _zip("archive.absolute_path", "No name is an absolute path.", clause="4.4.17.1"),
    _zip("archive.drive_letter", "No name begins with a drive letter.", clause="4.4.17.1"),
    _zip("archive.control_character", "No name has control characters.", clause="4.4.17.1"),
    _zip("archive.empty_name", "No name is empty.", clause="4.4.17.1"),
    _zip("archive.name_too_long", "No name is longer than systems can keep.", clause="4.4.17.1"),
    _zip("archive.too_deep", "Folders are not nested without end.", clause="4.4.17.1"),
    _zip("archive.several_packages", "The archive holds one package."),
    _zip("archive.nested_package", "The package is not packed twice."),
    _zip("archive.backslashes", "Names separate folders by forward slashes.", _WARNING, "4.4.17.1"),
    _zip("archive.case_conflict", "No two names differ in case only.", _WARNING),
    Rule(
        "archive.wrapper_folder",
        _WARNING,
        "The manifest is at the root of the archive.",
        clause_12("manifest"),
        "SCORM 2004 CAM 3.4.1",
    ),
    Rule(
        "archive.outside_wrapper",
        _WARNING,
        "No file lies beside the package's folder.",
        clause_12("manifest"),
        "SCORM 2004 CAM 3.4.1",
    ),
    _zip(
        "archive.name_encoding",
        "Names say that they are UTF-8.",
        _NOTE,
        "appendix D",
        "Pack it with a tool that marks names as UTF-8.",
    ),
    _zip(
        "archive.nested_archive",
        "Archives inside are not opened.",
        _NOTE,
        advice="Unpack it into the package if learners should see what is in it; a file to download may stay.",
    ),
    _zip("manifest.too_large", "The manifest is not larger than any manifest needs to be.", clause="4.3"),
)
_TEXT = (
    _xml("xml.not_xml", "The manifest is XML.", _ERROR, "2.1"),
    _xml("xml.not_well_formed", "The manifest can be read as XML.", _ERROR, "2.1"),
    _xml("xml.doctype", "The manifest declares no entities and no external document type.", _ERROR, "2.8"),
    _xml("xml.too_deep", "Elements are not nested without end.", _ERROR),
    _xml("xml.too_large", "The manifest is not larger than any manifest needs to be.", _ERROR),
    _xml("xml.too_many_elements", "The manifest does not have more elements than any manifest needs.", _ERROR),
    _xml("xml.repaired", "The manifest is well-formed.", _WARNING, "2.1"),
    _xml("xml.junk_before", "Nothing stands before the first tag.", _WARNING, "2.8"),
    _xml("xml.plain_doctype", "The manifest declares no document type.", _WARNING, "2.8"),
    _xml("text.wrong_encoding", "The manifest is in the encoding it declares.", _WARNING, "4.3.3"),
    _xml("text.undeclared_encoding", "A manifest that is not UTF-8 declares its encoding.", _WARNING, "4.3.3"),
)
_MANIFEST = (
    Rule("package.no_manifest", _ERROR, "The package has a manifest.", clause_12("manifest"), "SCORM 2004 CAM 3.4.1"),
    _both("manifest.not_a_manifest", "The root of the manifest is <manifest>.", _ERROR, "manifest"),
    _other("manifest.common_cartridge", "The package is not an IMS Common Cartridge.", _ERROR),
    _both("manifest.nothing_to_play", "Something in the package can be launched.", _ERROR, "organizations"),
    _both("manifest.launch_file_missing", "At least one of the pages to launch is in the package.", _ERROR, "resource"),
    _both("manifest.name_case", "The manifest is called imsmanifest.xml, in small letters.", _WARNING, "manifest"),
    _both("manifest.submanifest", "There is one manifest, without others inside.", _WARNING, "manifest"),
    _both(
        "manifest.missing_schemaversion",
        "The metadata says which version the package follows.",
        _WARNING,
        "schemaversion",
    ),
    _both("manifest.unknown_schemaversion", "The schemaversion is one there is.", _WARNING, "schemaversion"),
    _both("manifest.contradicting_version", "Version and elements are of one standard.", _WARNING, "schemaversion"),
    _both("manifest.missing_default", "The manifest names its default organization.", _WARNING, "organizations"),
    _both("manifest.dangling_default", "The default organization exists.", _WARNING, "organizations"),
    _both("manifest.empty_organization", "Every organization has items.", _WARNING, "organization"),
    _both(
        "manifest.several_organizations",
        "Of several organizations the default is played where no other is chosen.",
        _NOTE,
        "organizations",
        "Make the one most learners need the default. Choose another at preview, registration or dispatch: "
        "--organization IDENTIFIER, the field Organization of the form, or organization in the API.",
    ),
    _both(
        "manifest.resources_only",
        "A package without organization is played resource by resource.",
        _NOTE,
        "organizations",
        "Add an organization with an item for each page, in the order and with the titles learners should see.",
    ),
    _both("manifest.missing_identifier", "Organizations, items and resources have identifiers.", _WARNING, "item"),
    _both(
        "manifest.duplicate_identifier",
        "No two organizations or items, and no two resources, share an identifier.",
        _WARNING,
        "item",
        any_element=True,
    ),
    _both("manifest.missing_title", "Every item has a title.", _WARNING, "item"),
    _both("manifest.item_without_content", "An item has content or items below it.", _WARNING, "item"),
    _both("manifest.parent_with_content", "Only an item without items below it has content.", _WARNING, "item"),
    _both("manifest.dangling_identifierref", "An item refers to a resource that exists.", _WARNING, "item"),
    _both("manifest.missing_launch_file", "What an item launches is in the package.", _WARNING, "resource"),
    _both(
        "manifest.missing_scormtype",
        "A resource that is launched says whether it is a SCO or an asset.",
        _WARNING,
        "resource",
    ),
    _both("manifest.resource_without_href", "A resource that an item refers to has an address.", _WARNING, "resource"),
    _both(
        "manifest.invalid_value",
        "Values are of the type and in the range of their attribute.",
        _WARNING,
        "item",
        any_element=True,
    ),
    _both(
        "manifest.long_launch_data",
        "Launch data is not longer than every system must keep.",
        _NOTE,
        "item",
        "Shorten it, or let the content load the rest from a file of the package.",
    ),
    _both("manifest.invalid_time_limit_action", "A time limit action is one of the four.", _WARNING, "item"),
    _v12("manifest.invalid_mastery_score", "A mastery score is a number from 0 to 100.", _WARNING, "item"),
    _v12("manifest.invalid_max_time", "The time allowed is written HHHH:MM:SS.SS.", _WARNING, "item"),
    _v2004("manifest.invalid_hide_lms_ui", "hideLMSUI names a control there is.", _WARNING, "presentation"),
    _both("manifest.missing_file", "Files that are listed are in the package.", _WARNING, "resource"),
    _both("manifest.file_without_href", "A listed file has an address.", _WARNING, "resource"),
    _both("manifest.dangling_dependency", "A dependency names a resource that exists.", _WARNING, "resource"),
    _both("manifest.backslash", "Addresses have forward slashes.", _WARNING, "resource"),
    _both(
        "manifest.wrong_case", "Addresses are written as the files are called, capitals included.", _WARNING, "resource"
    ),
    _both("manifest.absolute_href", "Addresses are relative to the package.", _WARNING, "resource"),
    _both("manifest.absolute_base", "An xml:base is relative to the package.", _WARNING, "manifest"),
    _both(
        "manifest.base_without_slash", "An xml:base that stands for a folder ends with a slash.", _WARNING, "resource"
    ),
    _both("manifest.href_outside", "Addresses stay inside the package.", _WARNING, "resource"),
    _both("manifest.unknown_scheme", "Addresses lead into the package or to the web.", _WARNING, "resource"),
    _both("manifest.remote_href", "Content lies in the package.", _NOTE, "resource"),
)
_SEQUENCING = (
    _v2004(
        "sequencing.too_much_shared", "Shared sequencing does not grow without end.", _ERROR, "sequencingCollection"
    ),
    _v2004("sequencing.dangling_idref", "IDRef names a sequencing of the collection.", _WARNING, "sequencing"),
    _v2004(
        "sequencing.collection_id",
        "Every sequencing of the collection has an ID of its own.",
        _WARNING,
        "sequencingCollection",
    ),
    _v2004("sequencing.unknown_element", "A sequencing holds the elements of the binding.", _WARNING, "sequencing"),
    _v2004("sequencing.repeated_element", "A sequencing holds each element once.", _WARNING, "sequencing"),
    _v2004("sequencing.rule_without_action", "A rule has an action its kind can have.", _WARNING, "sequencingRules"),
    _v2004("sequencing.unknown_condition", "A condition is one there is.", _WARNING, "ruleCondition"),
    _v2004("sequencing.missing_primary_objective", "Objectives include a primary one.", _WARNING, "objectives"),
    _v2004("sequencing.objective_identifier", "Every objective has an identifier of its own.", _WARNING, "objectives"),
    _v2004(
        "sequencing.unknown_objective",
        "An extended objective extends one that is declared.",
        _WARNING,
        "adlseq:objectives",
    ),
    _v2004(
        "sequencing.auxiliary_resource",
        "An auxiliary resource is a resource with an address.",
        _WARNING,
        "auxiliaryResources",
    ),
)
_OTHERS = (
    _other("report.more", "Of findings of one kind the first fifty are listed, and the rest are counted.", _NOTE),
    _other("package.plays_later", "The package follows a standard that is played.", _NOTE),
    _other("aicc.no_units", "An AICC course has assignable units.", _ERROR, "AICC CMI001 5"),
    _other("aicc.too_large", "No AICC file is larger than it needs to be.", _ERROR, "AICC CMI001 5"),
    _other(
        "aicc.flat",
        "An AICC course says how its units are arranged.",
        _NOTE,
        "AICC CMI001 5",
        "Add a course structure file (.cst).",
    ),
    _other("aicc.circle", "No AICC block contains itself.", _WARNING, "AICC CMI001 5"),
    _other("aicc.unknown_member", "An AICC block contains what the course declares.", _WARNING, "AICC CMI001 5"),
    _other("cmi5.not_a_course", "The root of cmi5.xml is <courseStructure>.", _ERROR, "cmi5 13.1"),
    _other("cmi5.no_units", "A cmi5 course has assignable units.", _ERROR, "cmi5 13.1"),
    _other("tincan.not_a_course", "The root of tincan.xml is <tincan>.", _ERROR),
    _other("tincan.no_launch", "A Tin Can course has something to launch.", _ERROR),
)
READER_RULES: tuple[Rule, ...] = (*_ARCHIVE, *_TEXT, *_MANIFEST, *_SEQUENCING, *_OTHERS)
