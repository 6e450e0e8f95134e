"""
cmi5 course structures, far enough to describe the course. [cmi5 13]

Here: `cmi5.xml`. Not here: playing such a course.
"""

from courseway.standards.issues import Findings
from courseway.standards.manifests.links import PackageFiles, follow, with_parameters
from courseway.standards.manifests.structure import CourseStructure, Item, ItemKind, Organization, Standard
from courseway.standards.manifests.values import Values, parse_number
from courseway.standards.manifests.xml import Document, Element, attribute, child, children, local, raw_text_of, text_of

CLAUSE = "cmi5 13.1"


def read_cmi5(document: Document, title: str, files: PackageFiles, findings: Findings) -> CourseStructure | None:
    """Describe a cmi5 course; None when the file is no course structure or has no assignable unit."""
    course = child(document.root, "course")
    if local(document.root) != "coursestructure" or course is None:
        findings.error(
            "cmi5.not_a_course",
            "The file is no cmi5 course structure.",
            document.name,
            CLAUSE,
            advice="The root must be <courseStructure> with a <course>; export the course again.",
        )
        return None
    values = Values(document, findings)
    items = _items(document.root, values, files)
    if not any(item.href for top in items for item in top.walk()):
        findings.error(
            "cmi5.no_units",
            "The course has no assignable unit with an address.",
            document.name,
            CLAUSE,
            advice="Add an <au> with a <url>.",
        )
        return None
    name = _spoken(child(course, "title")) or title
    identifier = (attribute(course, "id") or "").strip() or "course"
    return CourseStructure(
        standard=Standard.CMI5,
        edition="cmi5",
        identifier=identifier,
        title=name,
        description=_spoken(child(course, "description")),
        language=_language(child(course, "title")),
        organizations=(Organization(identifier=identifier, title=name, items=items),),
        default_organization=identifier,
    )


def _items(parent: Element, values: Values, files: PackageFiles) -> tuple[Item, ...]:
    return tuple(
        _unit(element, values, files) if local(element) == "au" else _block(element, values, files)
        for element in children(parent, "au", "block")
    )


def _block(element: Element, values: Values, files: PackageFiles) -> Item:
    identifier = (attribute(element, "id") or "").strip()
    return Item(
        identifier=identifier,
        iri=identifier,
        title=_spoken(child(element, "title")) or identifier,
        children=_items(element, values, files),
    )


def _unit(element: Element, values: Values, files: PackageFiles) -> Item:
    identifier = (attribute(element, "id") or "").strip()
    address = text_of(child(element, "url"))
    link = follow(address, (), files) if address else None
    if link is None or not link.found:
        values.findings.warn(
            "manifest.missing_file",
            f'The unit "{identifier}" launches "{address[:120]}", which is not there.',
            values.document.where(element),
            CLAUSE,
            advice="Put the file in, or correct the <url>.",
        )
    mastery = parse_number((attribute(element, "masteryScore") or "").strip())
    return Item(
        identifier=identifier,
        iri=identifier,
        title=_spoken(child(element, "title")) or identifier,
        kind=ItemKind.AU,
        href=link.path if link is not None else None,
        remote=link.remote if link is not None else False,
        parameters=with_parameters(link, "") if link is not None else "",
        launch_data=raw_text_of(child(element, "launchParameters")),
        mastery_score=mastery * 100 if mastery is not None and 0 <= mastery <= 1 else None,
        move_on=(attribute(element, "moveOn") or "NotApplicable").strip(),
        launch_method=(attribute(element, "launchMethod") or "AnyWindow").strip(),
    )


def _spoken(element: Element | None) -> str:
    if element is None:
        return ""
    first = child(element, "langstring")
    return text_of(first if first is not None else element)


def _language(element: Element | None) -> str:
    first = child(element, "langstring") if element is not None else None
    return (attribute(first, "lang") or "").strip() if first is not None else ""
