"""
The one door: from a package's files to its course structure and everything that is wrong with it.

Here: choosing the reader, the course's title, and whether anything can be played. Not here: unpacking, storing, and
the rules of each standard.
"""

from collections.abc import Callable, Mapping

import msgspec

from courseway.standards.issues import Findings, Report
from courseway.standards.manifests.aicc import read_aicc
from courseway.standards.manifests.cmi5 import read_cmi5
from courseway.standards.manifests.detect import Candidate, detect_scorm, find_manifest
from courseway.standards.manifests.links import PackageFiles
from courseway.standards.manifests.metadata import read_metadata
from courseway.standards.manifests.resources import Package
from courseway.standards.manifests.rules.catalogue import cite, judge
from courseway.standards.manifests.rules.clauses import written_name
from courseway.standards.manifests.rules.subject import Subject
from courseway.standards.manifests.scorm12 import CLAUSES as SCORM_12_CLAUSES
from courseway.standards.manifests.scorm12 import read_scorm12
from courseway.standards.manifests.scorm2004 import CLAUSES as SCORM_2004_CLAUSES
from courseway.standards.manifests.scorm2004 import read_scorm2004
from courseway.standards.manifests.structure import CourseStructure, Standard
from courseway.standards.manifests.tincan import read_tincan
from courseway.standards.manifests.xml import Document, child, local, parse_document, text_of

_UNTITLED = "Untitled course"


class Reading(msgspec.Struct, frozen=True):
    """What was read. `structure` is None when nothing could be; it may be there although the report has errors."""

    structure: CourseStructure | None
    report: Report


def read_package(paths: Mapping[str, int], read: Callable[[str], bytes], name: str = "") -> Reading:
    """
    Read a package of any standard.

    `paths` maps every file, relative to where the manifest lies, to its size in bytes; `read` returns a file's
    content and is called for manifests and metadata only; `name` is the title when the package has none.
    """
    findings = Findings()
    files = PackageFiles(paths, read)
    structure = _read(files, " ".join(name.split()) or _UNTITLED, findings)
    if structure is not None:
        manifest = find_manifest(paths)
        _judge_playable(structure, files, findings, manifest.path if manifest is not None else "")
    return Reading(structure, cite(findings.report(), structure.edition if structure is not None else ""))


def _read(files: PackageFiles, title: str, findings: Findings) -> CourseStructure | None:
    manifest = find_manifest(files.sizes)
    if manifest is None:
        findings.error(
            "package.no_manifest",
            "No manifest was found: neither imsmanifest.xml nor cmi5.xml, tincan.xml or AICC files.",
            clause="SCORM 2004 CAM 3.4.1",
            advice="Export the course as SCORM 1.2 or SCORM 2004; the manifest must be at the root of the archive.",
        )
        return None
    if manifest.kind == "aicc":
        return read_aicc(manifest.path, title, files, findings)
    document = parse_document(files.read(manifest.path), manifest.path, findings)
    return None if document is None else _read_document(manifest, document, title, files, findings)


def _read_document(
    manifest: Candidate, document: Document, title: str, files: PackageFiles, findings: Findings
) -> CourseStructure | None:
    if manifest.path != manifest.path.lower():
        findings.warn(
            "manifest.name_case",
            f"The manifest is called {manifest.path} instead of {manifest.path.lower()}.",
            manifest.path,
            "SCORM 2004 CAM 3.4.1",
            advice="Rename it; other systems may not find it.",
        )
    if manifest.kind == "cmi5":
        return read_cmi5(document, title, files, findings)
    if manifest.kind == "tincan":
        return read_tincan(document, title, files, findings)
    return _read_scorm(document, title, files, findings)


def _read_scorm(document: Document, title: str, files: PackageFiles, findings: Findings) -> CourseStructure | None:
    if not _is_scorm(document, findings):
        return None
    standard, edition = detect_scorm(document, findings)
    clauses = SCORM_12_CLAUSES if standard is Standard.SCORM_12 else SCORM_2004_CLAUSES
    package = Package(document, files, findings, clauses)
    read_organizations = read_scorm12 if standard is Standard.SCORM_12 else read_scorm2004
    organizations, default = read_organizations(package)
    judge(Subject(document, files, edition), findings)
    if not organizations:
        findings.error(
            "manifest.nothing_to_play",
            "The manifest has neither items nor resources that could be launched.",
            document.name,
            clauses.organizations,
            "Export the package again from its tool.",
        )
        return None
    metadata = read_metadata(document, files)
    structure = CourseStructure(
        standard=standard,
        edition=edition,
        identifier=(document.root.get("identifier") or "").strip(),
        title="",
        description=metadata.description,
        language=metadata.language,
        organizations=organizations,
        default_organization=default,
    )
    return msgspec.structs.replace(structure, title=structure.organization.title or metadata.title or title)


def _is_scorm(document: Document, findings: Findings) -> bool:
    if local(document.root) != "manifest":
        findings.error(
            "manifest.not_a_manifest",
            f"The file's root is <{written_name(document.root)}>, not <manifest>.",
            document.where(document.root),
            "SCORM 2004 CAM 3.4.1 (manifest)",
            advice="Export the package again from its tool.",
        )
        return False
    metadata = child(document.root, "metadata")
    if metadata is not None and "common cartridge" in text_of(child(metadata, "schema")).lower():
        findings.error(
            "manifest.common_cartridge",
            "This is an IMS Common Cartridge, which is material for an LMS and not a course to play.",
            document.where(metadata),
            advice="Export the course as SCORM.",
        )
        return False
    inner = child(document.root, "manifest")
    if inner is not None:
        findings.warn(
            "manifest.submanifest",
            "There are manifests inside the manifest; of those only the resources are used.",
            document.where(inner),
            "SCORM 2004 CAM 3.4.1 (manifest)",
            "Put everything into one manifest.",
        )
    return True


def _judge_playable(structure: CourseStructure, files: PackageFiles, findings: Findings, where: str) -> None:
    launchable = structure.launchable()
    if not launchable:
        findings.error(
            "manifest.nothing_to_play",
            "No item of the course has anything to launch.",
            where,
            advice="Let the items refer to resources with an address.",
        )
    elif not any(item.remote or item.href in files.sizes for item in launchable):
        findings.error(
            "manifest.launch_file_missing",
            f'Nothing the course launches is in the package; the first would be "{launchable[0].href}".',
            where,
            advice="Put the files in, under the names the manifest uses.",
        )
    if structure.standard in {Standard.AICC, Standard.CMI5, Standard.TIN_CAN}:
        spoken = {Standard.AICC: "AICC", Standard.CMI5: "cmi5", Standard.TIN_CAN: "Tin Can"}[structure.standard]
        findings.note(
            "package.plays_later",
            f"{spoken} packages are kept and described; playing them comes later.",
            advice="Export the course as SCORM 1.2 or SCORM 2004 to play it now.",
        )
