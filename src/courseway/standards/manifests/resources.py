"""
The resources of an IMS content package, as both SCORM versions use them.

Here: `<resource>`, its files and what it launches. Not here: the items that refer to resources (`organizations`).
"""

from collections.abc import Iterator
from dataclasses import dataclass

from courseway.standards.issues import Findings
from courseway.standards.manifests.links import Link, PackageFiles, follow
from courseway.standards.manifests.structure import ItemKind
from courseway.standards.manifests.xml import Document, Element, attribute, children, local, xml_base

_MAX_LISTED_FILES = 50_000
_PAGES = (".html", ".htm", ".xhtml")
_REPAIRS = {
    "backslash": (
        "manifest.backslash",
        "The address has backslashes; they were turned round.",
        "Write addresses with forward slashes.",
    ),
    "case": (
        "manifest.wrong_case",
        "The file's name differs from the address in case; the file was found all the same.",
        "Write the address as the file is called; most web servers tell capitals from small letters.",
    ),
    "base": (
        "manifest.base_without_slash",
        "xml:base lacks its closing slash; it was taken for a folder.",
        "End xml:base with a slash.",
    ),
    "absolute": (
        "manifest.absolute_href",
        "The address starts with a slash; it was taken from the package's root.",
        "Write it relative to the package's root.",
    ),
    "outside": (
        "manifest.href_outside",
        "The address climbs out of the package.",
        "Put the file into the package and correct the address.",
    ),
    "scheme": (
        "manifest.unknown_scheme",
        "The address is neither in the package nor on the web.",
        "Refer to a file of the package.",
    ),
}


@dataclass(frozen=True, slots=True)
class Clauses:
    """Where the rules of one SCORM version stand."""

    manifest: str
    schemaversion: str
    organizations: str
    organization: str
    item: str
    resource: str


@dataclass(frozen=True, slots=True)
class Package:
    """What is being read: the manifest, the files around it, the rules, and the list of findings."""

    document: Document
    files: PackageFiles
    findings: Findings
    clauses: Clauses


@dataclass(frozen=True, slots=True)
class Resource:
    """A resource that can be referred to; `link` is None when there is nothing to launch."""

    identifier: str
    kind: ItemKind
    link: Link | None
    where: str
    declared_type: str = ""


def read_resources(package: Package) -> dict[str, Resource]:
    """Read all resources, those of manifests inside the manifest too, by identifier; the first of equals counts."""
    resources: dict[str, Resource] = {}
    listed = 0
    for element, bases in resource_elements(package.document.root):
        resource = _read_resource(element, bases, package)
        if resource.identifier in resources:
            package.findings.warn(
                "manifest.duplicate_identifier",
                f'Two resources are called "{resource.identifier}"; the first is used.',
                resource.where,
                package.clauses.resource,
                "Give every resource an identifier of its own.",
            )
        else:
            resources[resource.identifier] = resource
        for file in children(element, "file"):
            listed += 1
            if listed <= _MAX_LISTED_FILES:
                _check_file(file, (*bases, xml_base(element)), package)
    _check_dependencies(resources, package)
    return resources


def resource_elements(manifest: Element, outer: tuple[str, ...] = ()) -> Iterator[tuple[Element, tuple[str, ...]]]:
    """Yield every resource with the `xml:base` values around it, those of manifests inside the manifest too."""
    bases = (*outer, xml_base(manifest))
    for group in children(manifest, "resources"):
        for element in children(group, "resource"):
            yield element, (*bases, xml_base(group))
    for inner in children(manifest, "manifest"):
        yield from resource_elements(inner, bases)


def _read_resource(element: Element, bases: tuple[str, ...], package: Package) -> Resource:
    where = package.document.where(element)
    identifier = (attribute(element, "identifier") or "").strip()
    if not identifier:
        package.findings.warn(
            "manifest.missing_identifier",
            "A resource has no identifier.",
            where,
            package.clauses.resource,
            advice="Give every resource an identifier of its own.",
        )
    href = (attribute(element, "href") or "").strip()
    own = (*bases, xml_base(element))
    _check_bases(own, where, package)
    link = follow(href, own, package.files) if href else _first_page(element, own, where, package)
    if link is not None and href:
        report_repairs(link, href, where, package)
    # Whatever is not plainly an asset may look for the API and is treated as a SCO.
    kind = ItemKind.ASSET if _scorm_type(element) == "asset" else ItemKind.SCO
    return Resource(identifier, kind, link, where, _scorm_type(element))


def _scorm_type(element: Element) -> str:
    return (attribute(element, "scormtype") or "").strip().lower()


def _first_page(element: Element, bases: tuple[str, ...], where: str, package: Package) -> Link | None:
    """Return a page among the files of a SCO that forgot its address."""
    if _scorm_type(element) != "sco":
        return None
    for file in children(element, "file"):
        href = (attribute(file, "href") or "").strip()
        if href.partition("?")[0].lower().endswith(_PAGES):
            package.findings.warn(
                "manifest.resource_without_href",
                f'The SCO has no address; its file "{href}" is launched.',
                where,
                package.clauses.resource,
                "Give the resource an href.",
            )
            return follow(href, bases, package.files)
    return None


def report_repairs(link: Link, href: str, where: str, package: Package) -> None:
    """Find what had to be repaired to follow an address, and that it leads out of the package or nowhere."""
    for repair in link.repairs:
        code, message, advice = _REPAIRS[repair]
        package.findings.warn(code, f'{message} ("{href[:120]}")', where, package.clauses.resource, advice)
    if link.remote:
        package.findings.note(
            "manifest.remote_href",
            f'The address lies outside the package: "{link.path[:160]}".',
            where,
            package.clauses.resource,
            "It cannot talk to the LMS from another site, and is gone when that site is.",
        )


def _check_file(element: Element, bases: tuple[str, ...], package: Package) -> None:
    href = (attribute(element, "href") or "").strip()
    where = package.document.where(element)
    if not href:
        package.findings.warn(
            "manifest.file_without_href", "A file has no address.", where, package.clauses.resource, "Add its href."
        )
        return
    link = follow(href, (*bases, xml_base(element)), package.files)
    if not link.found:
        package.findings.warn(
            "manifest.missing_file",
            f'The file "{href[:160]}" is listed but not in the package.',
            where,
            package.clauses.resource,
            "Put the file in, or take it off the list.",
        )
    elif "case" in link.repairs:
        report_repairs(link, href, where, package)


def _check_bases(bases: tuple[str, ...], where: str, package: Package) -> None:
    for base in bases:
        if base.startswith("/"):
            package.findings.warn(
                "manifest.absolute_base",
                f'xml:base "{base[:80]}" starts with a slash.',
                where,
                package.clauses.manifest,
                "Write it relative to the package's root.",
            )


def _check_dependencies(resources: dict[str, Resource], package: Package) -> None:
    for element in package.document.root.iter():
        if local(element) == "dependency":
            target = (attribute(element, "identifierref") or "").strip()
            if target and target not in resources:
                package.findings.warn(
                    "manifest.dangling_dependency",
                    f'The dependency "{target[:160]}" does not exist.',
                    package.document.where(element),
                    package.clauses.resource,
                    "Add the resource, or remove the dependency.",
                )
