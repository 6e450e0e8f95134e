"""
What a course consists of, whatever standard it was written for: values that go into the database as they are.

Here: course, organizations, items and what an item carries. Not here: the sequencing definition (`sequencing`),
reading any of it from a package, and judging it.
"""

from collections.abc import Iterator
from enum import StrEnum

import msgspec

from courseway.standards.manifests.sequencing import Sequencing


class Standard(StrEnum):
    """The specifications a package can follow."""

    SCORM_12 = "scorm12"
    SCORM_2004 = "scorm2004"
    AICC = "aicc"
    CMI5 = "cmi5"
    TIN_CAN = "tincan"


class ItemKind(StrEnum):
    """What is behind an item."""

    SCO = "sco"
    ASSET = "asset"
    CLUSTER = "cluster"
    AU = "au"


class CompletionThreshold(msgspec.Struct, frozen=True, omit_defaults=True):
    """When progress makes an activity complete. [CAM 3.4.1.9]"""

    completed_by_measure: bool = False
    min_progress_measure: float = 1.0
    progress_weight: float = 1.0


class DataMap(msgspec.Struct, frozen=True, omit_defaults=True):
    """A data store an activity shares with others under `adl.data`. [CAM 3.4.1.19]"""

    target: str
    read_shared_data: bool = True
    write_shared_data: bool = True


class Item(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """
    One node of a course: something to play, or a cluster of others.

    `href` is the path inside the package (after every `xml:base`, percent-decoded, in the real case, with forward
    slashes), or the whole address when `remote`. `parameters` is ready to be appended to the address: it is empty or
    starts with ? or #. `mastery_score` is as written, 0 to 100. `max_time_allowed` and `time_limit_action` are in the
    standard's own form, "" when absent or invalid. `iri`, `move_on`, `launch_method` belong to cmi5 and Tin Can.
    """

    identifier: str
    title: str = ""
    visible: bool = True
    children: tuple["Item", ...] = ()
    kind: ItemKind = ItemKind.CLUSTER
    href: str | None = None
    remote: bool = False
    parameters: str = ""
    resource: str = ""
    launch_data: str = ""
    mastery_score: float | None = None
    max_time_allowed: str = ""
    time_limit_action: str = ""
    prerequisites: str = ""
    completion_threshold: CompletionThreshold | None = None
    sequencing: Sequencing | None = None
    hide_lms_ui: tuple[str, ...] = ()
    data: tuple[DataMap, ...] = ()
    iri: str = ""
    move_on: str = ""
    launch_method: str = ""

    def walk(self) -> Iterator["Item"]:
        """Yield this item and everything below it, parents first, in the order of the course."""
        pending = [self]
        while pending:
            item = pending.pop()
            yield item
            pending.extend(reversed(item.children))


class Organization(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """One way through the course; its root activity in the words of sequencing."""

    identifier: str
    title: str = ""
    items: tuple[Item, ...] = ()
    sequencing: Sequencing | None = None
    completion_threshold: CompletionThreshold | None = None
    objectives_global_to_system: bool = True
    shared_data_global_to_system: bool = True

    def walk(self) -> Iterator[Item]:
        """Yield every item, parents first, in the order of the course."""
        for item in self.items:
            yield from item.walk()


class CourseStructure(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """
    A whole course. At least one organization, and `default_organization` names one of them.

    `edition` is one of "1.2", "2004-2", "2004-3", "2004-4", "aicc", "cmi5", "1.0" (Tin Can).
    """

    standard: Standard
    edition: str
    title: str
    identifier: str = ""
    description: str = ""
    language: str = ""
    organizations: tuple[Organization, ...]
    default_organization: str

    @property
    def organization(self) -> Organization:
        """Return the default organization: the one that is played when nobody names another."""
        return self.find_organization(self.default_organization) or self.organizations[0]

    def find_organization(self, identifier: str) -> Organization | None:
        """Return the organization of this identifier, None when there is none."""
        return next((one for one in self.organizations if one.identifier == identifier), None)

    def launchable(self) -> tuple[Item, ...]:
        """Return what can be launched in the default organization, in the order of the course."""
        return tuple(item for item in self.organization.walk() if item.href is not None)
