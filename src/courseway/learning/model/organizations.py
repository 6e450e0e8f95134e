"""Several organizations in one package: which of them is meant, and what is said when there is no such one. Pure."""

from courseway.learning.model.values import OrganizationUnknown
from courseway.standards.manifests.structure import CourseStructure, Organization

_LISTED = 20
_LONGEST_NAME = 100


def expect_organization(structure: CourseStructure, identifier: str) -> None:
    """Raise OrganizationUnknown, with those there are, unless the course has this organization; "" is its default."""
    if not identifier or structure.find_organization(identifier) is not None:
        return
    known = structure.organizations[:_LISTED]
    more = len(structure.organizations) - len(known)
    listed = "; ".join(map(name_organization, known)) + (f"; and {more} more" if more else "")
    raise OrganizationUnknown(
        f"This course has no organization “{identifier[:_LONGEST_NAME]}”. It has: {listed}.",
        field="organization",
        organizations=[one.identifier for one in structure.organizations],
    )


def missing_organization(structure: CourseStructure, identifier: str) -> str:
    """Say that a version does not have an organization any more, and what is played in its place."""
    instead = name_organization(structure.organization)
    return (
        f"This version has no organization “{identifier[:_LONGEST_NAME]}” any more; its default is played: {instead}."
    )


def name_organization(organization: Organization) -> str:
    """Name an organization by its identifier, with its title where that says more."""
    title, identifier = organization.title[:_LONGEST_NAME], organization.identifier[:_LONGEST_NAME]
    return f"{identifier} ({title})" if title and title != identifier else identifier
