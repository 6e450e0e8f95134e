"""
SCORM 2004 manifests, 2nd to 4th edition. [SCORM 2004 CAM 3.4, 5]

Here: what only 2004 has: sequencing, presentation, completion thresholds, shared data. Not here: items and resources
in general (`organizations`, `resources`) and reading sequencing (`sequencing_xml`).
"""

import msgspec

from courseway.standards.manifests.organizations import read_organizations
from courseway.standards.manifests.resources import Clauses, Package, read_resources
from courseway.standards.manifests.scorm12 import launch_data, time_limit_action
from courseway.standards.manifests.sequencing_xml import SequencingReader, sequencing_reader
from courseway.standards.manifests.structure import CompletionThreshold, DataMap, Item, Organization
from courseway.standards.manifests.values import Values, parse_number, uri
from courseway.standards.manifests.xml import Element, attribute, child, children, text_of

CLAUSES = Clauses(
    manifest="SCORM 2004 CAM 3.4.1 (manifest)",
    schemaversion="SCORM 2004 CAM 3.4.1 (schemaversion)",
    organizations="SCORM 2004 CAM 3.4.1 (organizations)",
    organization="SCORM 2004 CAM 3.4.1 (organization)",
    item="SCORM 2004 CAM 3.4.1 (item)",
    resource="SCORM 2004 CAM 3.4.1 (resource)",
)

_HIDEABLE = ("previous", "continue", "exit", "exitAll", "abandon", "abandonAll", "suspendAll")
_LAUNCH_DATA_CHARACTERS = 4000
_PRESENTATION = "SCORM 2004 CAM 5.2 (presentation)"


def read_scorm2004(package: Package) -> tuple[tuple[Organization, ...], str]:
    """Read a SCORM 2004 manifest's organizations, and which of them is played."""
    resources = read_resources(package)
    addresses = {name: one.link.path for name, one in resources.items() if one.link is not None}
    reader = sequencing_reader(package.document, package.findings, addresses)
    values = Values(package.document, package.findings)

    def read_item(element: Element, item: Item) -> Item:
        return _read_extras(element, item, reader, values, package)

    def read_organization(element: Element, organization: Organization) -> Organization:
        read = reader.read(element)
        return msgspec.structs.replace(
            organization,
            sequencing=read[0] if read is not None else None,
            completion_threshold=_threshold(child(element, "completionThreshold"), values),
            objectives_global_to_system=values.boolean(element, "objectivesGlobalToSystem", True),
            shared_data_global_to_system=values.boolean(element, "sharedDataGlobalToSystem", True),
        )

    return read_organizations(package, resources, read_item, read_organization, parents_may_launch=False)


def _read_extras(element: Element, item: Item, reader: SequencingReader, values: Values, package: Package) -> Item:
    read = reader.read(element)
    return msgspec.structs.replace(
        item,
        sequencing=read[0] if read is not None else None,
        max_time_allowed=read[1] if read is not None else "",
        launch_data=launch_data(element, package, _LAUNCH_DATA_CHARACTERS),
        time_limit_action=time_limit_action(element, package),
        completion_threshold=_threshold(child(element, "completionThreshold"), values),
        hide_lms_ui=_hidden(element, package),
        data=_data(child(element, "data"), values),
    )


def _threshold(element: Element | None, values: Values) -> CompletionThreshold | None:
    """Read the 4th edition's attributes, or the bare number of the editions before, which makes it count."""
    if element is None:
        return None
    text = text_of(element)
    if text and attribute(element, "completedByMeasure", "minProgressMeasure") is None:
        measure = parse_number(text)
        if measure is None or not 0.0 <= measure <= 1.0:
            values.findings.warn(
                "manifest.invalid_value",
                f'completionThreshold is "{text[:60]}" but must be a number from 0 to 1; it is left out.',
                values.document.where(element),
                "SCORM 2004 CAM 3.4.1 (completionThreshold)",
                advice="Write a number from 0 to 1.",
            )
            return None
        return CompletionThreshold(completed_by_measure=True, min_progress_measure=measure)
    return CompletionThreshold(
        completed_by_measure=values.boolean(element, "completedByMeasure", False),
        min_progress_measure=values.number(element, "minProgressMeasure", 1.0, 0.0, 1.0),
        progress_weight=values.number(element, "progressWeight", 1.0, 0.0, 1.0),
    )


def _hidden(element: Element, package: Package) -> tuple[str, ...]:
    presentation = child(element, "presentation")
    interface = child(presentation, "navigationInterface") if presentation is not None else None
    found: list[str] = []
    for one in children(interface, "hideLMSUI") if interface is not None else ():
        word = next((name for name in _HIDEABLE if name.lower() == text_of(one).lower()), None)
        if word is None:
            package.findings.warn(
                "manifest.invalid_hide_lms_ui",
                f'hideLMSUI "{text_of(one)[:40]}" names no control.',
                package.document.where(one),
                _PRESENTATION,
                "Write one of: " + ", ".join(_HIDEABLE) + ".",
            )
        elif word not in found:
            found.append(word)
    return tuple(found)


def _data(element: Element | None, values: Values) -> tuple[DataMap, ...]:
    maps: dict[str, DataMap] = {}
    for one in children(element, "map") if element is not None else ():
        target = uri(attribute(one, "targetID"))
        if target:
            maps[target] = DataMap(
                target=target,
                read_shared_data=values.boolean(one, "readSharedData", True),
                write_shared_data=values.boolean(one, "writeSharedData", True),
            )
    return tuple(maps.values())
