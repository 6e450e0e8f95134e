"""
Tin Can packages, far enough to describe the course.

Here: `tincan.xml`, as authoring tools write it. Not here: playing such a course.
"""

from courseway.standards.issues import Findings
from courseway.standards.manifests.links import PackageFiles, follow, with_parameters
from courseway.standards.manifests.structure import CourseStructure, Item, ItemKind, Organization, Standard
from courseway.standards.manifests.xml import Document, Element, attribute, child, children, local, text_of


def read_tincan(document: Document, title: str, files: PackageFiles, findings: Findings) -> CourseStructure | None:
    """Describe a Tin Can package by the activities that have a launch; None when none has."""
    group = child(document.root, "activities")
    if local(document.root) != "tincan" or group is None:
        findings.error(
            "tincan.not_a_course",
            "The file describes no Tin Can activities.",
            document.name,
            advice="Export the package again from its tool.",
        )
        return None
    activities = list(children(group, "activity"))
    items = tuple(
        _item(activity, launch, document, files, findings)
        for activity in activities
        if (launch := child(activity, "launch")) is not None
    )
    if not items:
        findings.error(
            "tincan.no_launch",
            "No activity has an address to launch.",
            document.name,
            advice="Add a <launch> to the activity.",
        )
        return None
    first = next(one for one in activities if child(one, "launch") is not None)
    name = items[0].title if items[0].title != items[0].identifier else title
    return CourseStructure(
        standard=Standard.TIN_CAN,
        edition="1.0",
        identifier=items[0].identifier,
        title=name,
        description=text_of(child(first, "description")),
        language=(attribute(first[0], "lang") or "").strip() if len(first) else "",
        organizations=(Organization(identifier=items[0].identifier, title=name, items=items),),
        default_organization=items[0].identifier,
    )


def _item(activity: Element, launch: Element, document: Document, files: PackageFiles, findings: Findings) -> Item:
    identifier = (attribute(activity, "id") or "").strip() or f"activity-{activity.sourceline}"
    address = text_of(launch)
    link = follow(address, (), files)
    if not link.found:
        findings.warn(
            "manifest.missing_file",
            f'The activity launches "{address[:120]}", which is not there.',
            document.where(launch),
            advice="Put the file in, or correct the <launch>.",
        )
    return Item(
        identifier=identifier,
        iri=identifier,
        title=text_of(child(activity, "name")) or identifier,
        kind=ItemKind.AU,
        href=link.path,
        remote=link.remote,
        parameters=with_parameters(link, ""),
    )
