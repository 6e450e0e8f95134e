"""
The organizations of an IMS content package: the trees of items, as both SCORM versions use them.

Here: which organization is played, identifiers, titles, references to resources. Not here: what only one version has
(the `ItemReader` of `scorm12` and `scorm2004`) and resources (`resources`).
"""

from collections.abc import Callable
from dataclasses import dataclass, field

import msgspec

from courseway.standards.manifests.links import with_parameters
from courseway.standards.manifests.resources import Package, Resource
from courseway.standards.manifests.structure import Item, ItemKind, Organization
from courseway.standards.manifests.xml import Element, attribute, child, children, text_of

ItemReader = Callable[[Element, Item], Item]
OrganizationReader = Callable[[Element, Organization], Organization]
_NAMED = 6  # identifiers in a sentence


@dataclass
class _Tree:
    """What is known while one manifest's items are read."""

    package: Package
    resources: dict[str, Resource]
    read_item: ItemReader
    parents_may_launch: bool
    taken: set[str] = field(default_factory=set)
    repeats: dict[str, int] = field(default_factory=dict)
    elements: dict[str, Element] = field(default_factory=dict)


def read_organizations(
    package: Package,
    resources: dict[str, Resource],
    read_item: ItemReader,
    read_organization: OrganizationReader,
    *,
    parents_may_launch: bool,
) -> tuple[tuple[Organization, ...], str]:
    """
    Read every organization that has items, and the identifier of the one that is played.

    A package without any gets one made of its resources. A default that leads nowhere gives way to the first.
    """
    tree = _Tree(package, resources, read_item, parents_may_launch)
    found: list[Organization] = []
    group = child(package.document.root, "organizations")
    for element in children(group, "organization") if group is not None else ():
        organization = read_organization(element, _read_organization(element, tree, len(found)))
        if organization.items:
            found.append(organization)
        else:
            package.findings.warn(
                "manifest.empty_organization",
                "The organization has no items and was left out.",
                package.document.where(element),
                package.clauses.organization,
                advice="Add items, or remove the organization.",
            )
    if not found:
        made = _from_resources(package, resources)
        return ((made,), made.identifier) if made is not None else ((), "")
    return tuple(found), _default(group, found, package)


def _default(group: Element | None, found: list[Organization], package: Package) -> str:
    wanted = ((attribute(group, "default") if group is not None else None) or "").strip()
    names = [organization.identifier for organization in found]
    played = wanted if wanted in names else names[0]
    where = package.document.where(group) if group is not None else package.document.name
    if not wanted:
        package.findings.warn(
            "manifest.missing_default",
            "No default organization is named; the first is played.",
            where,
            package.clauses.organizations,
            "Name it in the default attribute of <organizations>.",
        )
    elif wanted not in names:
        package.findings.warn(
            "manifest.dangling_default",
            f'The default organization "{wanted}" does not exist; the first is played.',
            where,
            package.clauses.organizations,
            "Correct the default attribute of <organizations>.",
        )
    if len(found) > 1:
        package.findings.note(
            "manifest.several_organizations",
            f"The package has {len(found)} organizations: {_named(names, played)}. Which is played is chosen at "
            "preview, registration and dispatch, and is the default unless another is named.",
            where,
            package.clauses.organizations,
        )
    return played


def _named(names: list[str], default: str) -> str:
    """Return identifiers for a sentence, the default first, no more than a person reads."""
    others = [name for name in names if name != default]
    shown = [f'"{default[:60]}" (default)', *(f'"{name[:60]}"' for name in others[: _NAMED - 1])]
    left = len(names) - len(shown)
    return ", ".join(shown) + (f" and {left} more" if left > 0 else "")


def _read_organization(element: Element, tree: _Tree, index: int) -> Organization:
    identifier = _identifier(element, tree, f"organization-{index + 1}", tree.package.clauses.organization)
    items = tuple(_read_item(item, tree, f"{identifier}-{count + 1}") for count, item in _items(element))
    return Organization(identifier=identifier, title=text_of(child(element, "title")), items=items)


def _items(element: Element) -> list[tuple[int, Element]]:
    return list(enumerate(children(element, "item")))


def _read_item(element: Element, tree: _Tree, fallback: str) -> Item:
    package = tree.package
    identifier = _identifier(element, tree, f"item-{fallback}", package.clauses.item)
    nested = tuple(_read_item(item, tree, f"{fallback}-{count + 1}") for count, item in _items(element))
    item = Item(
        identifier=identifier,
        title=text_of(child(element, "title")),
        visible=_visible(element, package),
        children=nested,
    )
    reference = (attribute(element, "identifierref") or "").strip()
    if reference:
        item = _attach(item, element, reference, tree)
    elif not nested:
        package.findings.warn(
            "manifest.item_without_content",
            f'The item "{identifier}" has neither content nor items below it.',
            package.document.where(element),
            package.clauses.item,
            advice="Give the item an identifierref, or remove it.",
        )
    item = tree.read_item(element, item)
    return _titled(item, element, package)


def _attach(item: Item, element: Element, reference: str, tree: _Tree) -> Item:
    package, where = tree.package, tree.package.document.where(element)
    resource = tree.resources.get(reference)
    if resource is None:
        package.findings.warn(
            "manifest.dangling_identifierref",
            f'The item refers to "{reference}", which is no resource of the package.',
            where,
            package.clauses.item,
            "Correct identifierref, or add the resource.",
        )
        return item
    if resource.link is None:
        package.findings.warn(
            "manifest.resource_without_href",
            f'The resource "{reference}" has no address, so its item cannot be launched.',
            resource.where,
            package.clauses.resource,
            "Give the resource an href.",
        )
        return item
    _check_launched(item, resource, package)
    content = _launchable(item, resource, (attribute(element, "parameters") or "").strip())
    if not item.children:
        return content
    package.findings.warn(
        "manifest.parent_with_content",
        f'The item "{item.identifier}" has items below it and content of its own'
        + ("; the content became its first item." if tree.parents_may_launch else ", which is not played."),
        where,
        package.clauses.item,
        "Give the content an item of its own.",
    )
    if not tree.parents_may_launch:
        return item
    own = msgspec.structs.replace(content, identifier=_unique(item.identifier + "-content", tree), children=())
    return msgspec.structs.replace(item, children=(tree.read_item(element, own), *item.children))


def _check_launched(item: Item, resource: Resource, package: Package) -> None:
    if resource.link is not None and not resource.link.found:
        package.findings.warn(
            "manifest.missing_launch_file",
            f'The item "{item.identifier}" launches "{resource.link.path[:160]}", which is not in the package.',
            resource.where,
            package.clauses.resource,
            "Put the file in, or correct the address.",
        )
    if not resource.declared_type:
        package.findings.warn(
            "manifest.missing_scormtype",
            f'The resource "{resource.identifier}" does not say whether it is a SCO or an asset; it is treated as a SCO.',
            resource.where,
            package.clauses.resource,
            "Add scormtype (SCORM 1.2) or scormType (SCORM 2004).",
        )


def _launchable(item: Item, resource: Resource, parameters: str) -> Item:
    assert resource.link is not None
    return msgspec.structs.replace(
        item,
        kind=resource.kind,
        href=resource.link.path,
        remote=resource.link.remote,
        parameters=with_parameters(resource.link, parameters),
        resource=resource.identifier,
    )


def _visible(element: Element, package: Package) -> bool:
    written = attribute(element, "isvisible")
    text = written.strip().lower() if written is not None else "true"
    if text not in {"true", "false", "1", "0"}:
        package.findings.warn(
            "manifest.invalid_value",
            f'isvisible is "{text[:40]}"; true was used.',
            package.document.where(element),
            package.clauses.item,
            "Write true or false.",
        )
    return text not in {"false", "0"}


def _titled(item: Item, element: Element, package: Package) -> Item:
    if item.title:
        return item
    package.findings.warn(
        "manifest.missing_title",
        f'The item "{item.identifier}" has no title.',
        package.document.where(element),
        package.clauses.item,
        "Give every item a title; learners choose by it.",
    )
    name = (item.href or "").rpartition("/")[2].rpartition(".")[0]
    return msgspec.structs.replace(item, title=name or item.identifier)


def _identifier(element: Element, tree: _Tree, fallback: str, clause: str) -> str:
    """Return the element's identifier, made up or made unique where needed; activities are told apart by it."""
    package, where = tree.package, tree.package.document.where(element)
    declared = (attribute(element, "identifier") or "").strip()
    if not declared:
        package.findings.warn(
            "manifest.missing_identifier",
            f'An identifier is missing; "{fallback}" was used.',
            where,
            clause,
            advice="Give everything an identifier of its own.",
        )
    elif declared in tree.taken:
        package.findings.warn(
            "manifest.duplicate_identifier",
            f'The identifier "{declared}" is used twice; the second got another.',
            where,
            clause,
            "Give everything an identifier of its own.",
        )
    return _unique(declared or fallback, tree)


def _unique(wanted: str, tree: _Tree) -> str:
    name, count = wanted, tree.repeats.get(wanted, 1)
    while name in tree.taken:
        count += 1
        name = f"{wanted}-{count}"
    tree.taken.add(name)
    tree.repeats[wanted] = count
    return name


def _from_resources(package: Package, resources: dict[str, Resource]) -> Organization | None:
    """Return an organization of what can be launched when the package has none: its SCOs, else its assets."""
    launchable = [resource for resource in resources.values() if resource.link is not None]
    chosen = [resource for resource in launchable if resource.kind is ItemKind.SCO] or launchable
    if not chosen:
        return None
    package.findings.note(
        "manifest.resources_only",
        f"The package has no organization; one was made of its {len(chosen)} resources.",
        package.document.name,
        package.clauses.organizations,
    )
    items = tuple(
        _launchable(Item(identifier=f"item-{count}-{one.identifier}", title=_file_title(one)), one, "")
        for count, one in enumerate(chosen, 1)
    )
    return Organization(identifier="organization", items=items)


def _file_title(resource: Resource) -> str:
    path = resource.link.path if resource.link is not None else ""
    return path.rpartition("/")[2].rpartition(".")[0] or resource.identifier
