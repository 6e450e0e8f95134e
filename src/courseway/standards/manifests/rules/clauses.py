"""
Where an element of the XML bindings stands in the books, and how it is written there.

Here: clauses and names for findings, for readers and rules alike. Not here: the vocabularies (`binding`).
"""

from courseway.standards.manifests.rules.binding import (
    ADLCP_12,
    ADLCP_2004,
    ADLNAV,
    ADLSEQ,
    CONTENT_PACKAGING,
    IMSSS,
    vocabulary_of,
)
from courseway.standards.manifests.xml import Element, local

_VOCABULARIES = (CONTENT_PACKAGING, IMSSS, ADLSEQ, ADLNAV, ADLCP_2004, ADLCP_12)
# How a rule is listed that is about many elements; a finding names the one it is about.
ANY_ELEMENT_12 = "SCORM 1.2 CAM 2.3 (the element)"
ANY_ELEMENT_2004 = "SCORM 2004 CAM 3.4.1, 5.1 or 5.2 (the element)"


def clause_12(element: str) -> str:
    """Return where SCORM 1.2 speaks of an element."""
    return f"SCORM 1.2 CAM 2.3 ({element})" if element else ""


def clause_2004(element: str) -> str:
    """Return where SCORM 2004 speaks of an element: packaging, sequencing, or presentation."""
    if not element:
        return ""
    if element in CONTENT_PACKAGING or element in ADLCP_2004:
        section = "3.4.1"
    else:
        section = "5.2" if element in ADLNAV else "5.1"
    return f"SCORM 2004 CAM {section} ({element})"


def written_name(element: Element) -> str:
    """Return an element's name as the specification writes it, as the manifest does where it is none of its own."""
    own = vocabulary_of(element, "2004-4")
    for vocabulary in (own, *_VOCABULARIES) if own is not None else _VOCABULARIES:
        if local(element) in vocabulary.lowered:
            return vocabulary.lowered[local(element)][0]
    return str(element.tag).rpartition("}")[2].rpartition(":")[2][:60]
