"""
SCORM 1.2 manifests. [SCORM 1.2 CAM 2.3]

Here: what only version 1.2 has: prerequisites, mastery score, time limits, launch data. Not here: items and resources
in general (`organizations`, `resources`).
"""

import msgspec

from courseway.standards.manifests.organizations import read_organizations
from courseway.standards.manifests.resources import Clauses, Package, read_resources
from courseway.standards.manifests.structure import Item, Organization
from courseway.standards.manifests.values import is_timespan, parse_number
from courseway.standards.manifests.xml import Element, child, raw_text_of, text_of

CLAUSES = Clauses(
    manifest="SCORM 1.2 CAM 2.3 (manifest)",
    schemaversion="SCORM 1.2 CAM 2.3 (schemaversion)",
    organizations="SCORM 1.2 CAM 2.3 (organizations)",
    organization="SCORM 1.2 CAM 2.3 (organization)",
    item="SCORM 1.2 CAM 2.3 (item)",
    resource="SCORM 1.2 CAM 2.3 (resource)",
)

_ACTIONS = ("exit,message", "exit,no message", "continue,message", "continue,no message")
_LAUNCH_DATA_CHARACTERS = 255


def read_scorm12(package: Package) -> tuple[tuple[Organization, ...], str]:
    """Read a SCORM 1.2 manifest's organizations, and which of them is played."""
    resources = read_resources(package)

    def read_item(element: Element, item: Item) -> Item:
        return _read_extras(element, item, package)

    def read_organization(_element: Element, organization: Organization) -> Organization:
        return organization

    return read_organizations(package, resources, read_item, read_organization, parents_may_launch=True)


def _read_extras(element: Element, item: Item, package: Package) -> Item:
    return msgspec.structs.replace(
        item,
        prerequisites=text_of(child(element, "prerequisites")),
        launch_data=launch_data(element, package, _LAUNCH_DATA_CHARACTERS),
        mastery_score=_mastery_score(child(element, "masteryscore"), package),
        max_time_allowed=_max_time(child(element, "maxtimeallowed"), package),
        time_limit_action=time_limit_action(element, package),
    )


def launch_data(element: Element, package: Package, limit: int) -> str:
    """Read `datafromlms`, whole even when it is longer than content may count on."""
    found = child(element, "datafromlms")
    text = raw_text_of(found)
    if found is not None and len(text) > limit:
        package.findings.note(
            "manifest.long_launch_data",
            f"The launch data has {len(text):,} characters; other systems may cut it at {limit:,}.",
            package.document.where(found),
            package.clauses.item,
        )
    return text


def time_limit_action(element: Element, package: Package) -> str:
    """Read `timelimitaction`; "" when absent or not one of the four."""
    found = child(element, "timelimitaction")
    text = text_of(found).lower().replace(", ", ",")
    if found is None or not text or text in _ACTIONS:
        return text
    package.findings.warn(
        "manifest.invalid_time_limit_action",
        f'The time limit action is "{text[:60]}"; it is left out.',
        package.document.where(found),
        package.clauses.item,
        "Write one of: " + "; ".join(_ACTIONS) + ".",
    )
    return ""


def _mastery_score(element: Element | None, package: Package) -> float | None:
    text = text_of(element)
    if element is None or not text:
        return None
    score = parse_number(text.removesuffix("%").strip())
    if score is None or not 0 <= score <= 100:
        package.findings.warn(
            "manifest.invalid_mastery_score",
            f'The mastery score "{text[:60]}" is not a number from 0 to 100; there is none.',
            package.document.where(element),
            package.clauses.item,
            "Write a number from 0 to 100.",
        )
        return None
    return score


def _max_time(element: Element | None, package: Package) -> str:
    text = text_of(element)
    if element is None or not text or is_timespan(text):
        return text
    package.findings.warn(
        "manifest.invalid_max_time",
        f'The time allowed "{text[:60]}" is not of the form HHHH:MM:SS.SS; there is no limit.',
        package.document.where(element),
        package.clauses.item,
        "Write it like 0001:30:00.",
    )
    return ""
