"""
Which standard a package follows, from the names of its files and what its manifest declares.

Here: finding the manifest and the edition. Not here: reading it.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from courseway.standards.issues import Findings
from courseway.standards.manifests.structure import Standard
from courseway.standards.manifests.xml import Document, Element, attribute, child, children, local, namespace, text_of

_XML_MANIFESTS = ("imsmanifest.xml", "cmi5.xml", "tincan.xml")
_COURSE_FILE, _AU_FILE = ".crs", ".au"
_VERSION_12 = re.compile(r"^(?:adl )?(?:scorm ?)?(?:cam )?v?1\.[012]\b")
_EDITION = re.compile(r"\b([234])(?:nd|rd|th)? *edition")
_VERSION_2004 = re.compile(r"2004|\b1\.3\b")
_NS_2004 = ("adlcp_v1p3", "adlcp_rootv1p3", "adlseq", "adlnav", "imsss", "imscp_v1p1")
_NS_12 = ("adlcp_rootv1p2", "imscp_rootv1p1p2", "imsproject")


@dataclass(frozen=True, slots=True)
class Candidate:
    """A manifest to try, by its real path."""

    kind: str
    path: str


def find_manifest(paths: Iterable[str]) -> Candidate | None:
    """Return the manifest a package is read by: SCORM before cmi5 before Tin Can before AICC; None if there is none."""
    root = {path.lower(): path for path in sorted(paths, reverse=True) if "/" not in path}
    for name in _XML_MANIFESTS:
        if name in root:
            return Candidate(name.partition(".")[0], root[name])
    courses = sorted(lower for lower in root if lower.endswith(_COURSE_FILE))
    if courses and any(lower.endswith(_AU_FILE) for lower in root):
        return Candidate("aicc", root[courses[0]])
    return None


def detect_scorm(document: Document, findings: Findings) -> tuple[Standard, str]:
    """
    Return the SCORM version and edition of a manifest, as structure.CourseStructure names them.

    What `schemaversion` says wins; where it is silent or unknown, the namespaces and elements used decide.
    """
    declared, where = _declared(document)
    by_text = version_from_text(declared)
    by_shape = _from_shape(document.root)
    if by_text is None:
        findings.warn(
            "manifest.unknown_schemaversion" if declared else "manifest.missing_schemaversion",
            (f'schemaversion is "{declared[:60]}"' if declared else "schemaversion is missing")
            + f"; by its elements the package is taken for {_spoken(by_shape)}.",
            where,
            "SCORM 2004 CAM 3.4.1 (schemaversion)",
            'Write "1.2", "2004 3rd Edition" or "2004 4th Edition".',
        )
        return by_shape
    if by_text[0] is not by_shape[0] and _has_namespaces(document.root):
        findings.warn(
            "manifest.contradicting_version",
            f"schemaversion says {_spoken(by_text)}, the elements look like {_spoken(by_shape)}; the first was believed.",
            where,
            "SCORM 2004 CAM 3.4.1 (schemaversion)",
            "Export the package again for one version.",
        )
    return by_text


def _declared(document: Document) -> tuple[str, str]:
    metadata = child(document.root, "metadata")
    if metadata is None:
        return "", document.where(document.root)
    element = child(metadata, "schemaversion")
    return text_of(element), document.where(element if element is not None else metadata)


def version_from_text(declared: str) -> tuple[Standard, str] | None:
    """Return the version and edition a schemaversion names; None when it names none."""
    text = declared.lower()
    edition = _EDITION.search(text)
    if edition and "1.2" not in text:
        return Standard.SCORM_2004, f"2004-{edition.group(1)}"
    if _VERSION_2004.search(text):
        return Standard.SCORM_2004, "2004-2"
    if _VERSION_12.search(text):
        return Standard.SCORM_12, "1.2"
    return None


def _from_shape(root: Element) -> tuple[Standard, str]:
    spaces = _namespaces(root)
    if any(mark in space for space in spaces for mark in _NS_12):
        return Standard.SCORM_12, "1.2"
    fourth = any(_fourth_only(one) for one in root.iter() if isinstance(one.tag, str))
    if any(mark in space for space in spaces for mark in _NS_2004[:-1]):
        return Standard.SCORM_2004, "2004-4" if fourth else "2004-3"
    if any(attribute(one, "scormType") is not None and "scormType" in str(one.attrib) for one in _resources(root)):
        return Standard.SCORM_2004, "2004-3"
    return Standard.SCORM_12, "1.2"


def _fourth_only(element: Element) -> bool:
    """Say whether an element came with the 4th edition: shared data, and maps of more than status and measure."""
    space = namespace(element).lower()
    return (local(element) == "map" and "adlcp" in space) or (local(element) == "objectives" and "adlseq" in space)


def _resources(root: Element) -> Iterable[Element]:
    group = child(root, "resources")
    return children(group, "resource") if group is not None else ()


def _namespaces(root: Element) -> set[str]:
    found = {str(space).lower() for space in root.nsmap.values()}
    return found | {namespace(one).lower() for one in root.iter() if isinstance(one.tag, str)}


def _has_namespaces(root: Element) -> bool:
    spaces = _namespaces(root)
    return any(mark in space for space in spaces for mark in (*_NS_12, *_NS_2004[:-1]))


def _spoken(version: tuple[Standard, str]) -> str:
    if version[0] is Standard.SCORM_12:
        return "SCORM 1.2"
    ordinal = {"2": "2nd", "3": "3rd", "4": "4th"}[version[1][-1]]
    return f"SCORM 2004 {ordinal} Edition"
