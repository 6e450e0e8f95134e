"""
Rules about resources, the files they list, and the files that lie in the package, in both SCORM versions.

Here: addresses, dependencies, metadata files, control documents. Not here: the items that refer to resources.
"""

import re

from courseway.standards.issues import Findings, Severity
from courseway.standards.manifests.links import follow
from courseway.standards.manifests.metadata import MAX_METADATA_BYTES
from courseway.standards.manifests.rules.circles import circles
from courseway.standards.manifests.rules.clauses import written_name
from courseway.standards.manifests.rules.rule import Breach, Breaches, rule
from courseway.standards.manifests.rules.subject import Subject
from courseway.standards.manifests.xml import (
    Element,
    attribute,
    child,
    children,
    local,
    parse_document,
    text_of,
    xml_base,
)

_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+:")
_CONTROL_DOCUMENTS = (".xsd", ".dtd")
_LOCATION = "{http://www.w3.org/2001/XMLSchema-instance}schemaLocation"
_SHOWN_FILES = 5
_MOST_METADATA_FILES = 200


@rule("manifest.resource_type", Severity.WARNING, 'Write type="webcontent".', v12="resource", v2004="resource")
def launchable_resources_are_web_content(subject: Subject) -> Breaches:
    """A resource that is a SCO or an asset has the type webcontent."""
    for one in subject.resources:
        kind = (attribute(one.element, "type") or "").strip()
        if kind and kind != "webcontent" and (one.kind or one.identifier in subject.launched):
            yield Breach(f'The resource "{one.identifier[:80]}" has the type "{kind[:40]}".', one.element)


@rule(
    "manifest.invalid_scormtype",
    Severity.WARNING,
    "Write sco for content that finds the API, asset for all else.",
    v12="resource",
    v2004="resource",
)
def scormtype_is_sco_or_asset(subject: Subject) -> Breaches:
    """The SCORM type of a resource is sco or asset."""
    for one in subject.resources:
        written = one.kind or (
            attribute(one.element, "scormtype") is not None and one.identifier not in subject.launched
        )
        if written and one.kind not in {"sco", "asset"}:
            yield Breach(
                f'The resource "{one.identifier[:80]}" is neither a SCO nor an asset but "{one.kind[:40]}".',
                one.element,
            )


@rule(
    "manifest.undeclared_scormtype",
    Severity.INFO,
    'Write adlcp:scormType="asset".',
    v2004="resource",
)
def every_resource_has_a_scormtype(subject: Subject) -> Breaches:
    """Every resource of a SCORM 2004 package says whether it is a SCO or an asset, also one no item refers to."""
    for one in subject.resources:
        if not one.kind and one.identifier not in subject.launched:
            yield Breach(
                f'The resource "{one.identifier[:80]}" does not say whether it is a SCO or an asset.', one.element
            )


@rule(
    "manifest.href_not_listed",
    Severity.WARNING,
    "Add <file href=...> with the same address to the resource.",
    v12="file",
    v2004="file",
)
def the_launched_file_is_listed(subject: Subject) -> Breaches:
    """The file a resource launches is one of the files it lists."""
    for one, files in subject.listed_files:
        link = subject.follow(one.href, one.bases) if one.href else None
        if link is None or link.remote or not link.found:
            continue
        if all(listed.path != link.path for _, listed in files):
            yield Breach(
                f'The resource "{one.identifier[:80]}" does not list its own file "{link.path[:120]}".', one.element
            )


@rule("manifest.file_listed_twice", Severity.INFO, "Keep one of the two.", v12="file", v2004="file")
def a_resource_lists_a_file_once(subject: Subject) -> Breaches:
    """A resource lists each of its files once."""
    for _, files in subject.listed_files:
        seen: set[str] = set()
        for file, link in files:
            if link.path in seen:
                yield Breach(f'The file "{link.path[:120]}" is listed twice.', file)
            seen.add(link.path)


@rule(
    "manifest.file_address",
    Severity.WARNING,
    "List files of the package only; refer to other sites from within the content.",
    v12="file",
    v2004="file",
)
def listed_files_are_in_the_package(subject: Subject) -> Breaches:
    """The files a resource lists are files of the package, not addresses elsewhere or above it."""
    for _, files in subject.listed_files:
        for file, link in files:
            if link.remote or {"outside", "scheme"} & set(link.repairs):
                yield Breach(f'The listed file "{(attribute(file, "href") or "")[:120]}" is not in the package.', file)


@rule(
    "manifest.unused_resource",
    Severity.INFO,
    "Remove it, or refer to it.",
    v12="resource",
    v2004="resource",
)
def every_resource_is_used(subject: Subject) -> Breaches:
    """Every resource is referred to by an item, a dependency or a sequencing definition."""
    used = set(subject.launched)
    used.update((attribute(one, "identifierref") or "").strip() for one in subject.called("dependency"))
    used.update((attribute(one, "auxiliaryResourceID") or "").strip() for one in subject.called("auxiliaryresource"))
    for one in subject.resources if subject.items else ():
        if one.identifier and one.identifier not in used:
            yield Breach(f'Nothing refers to the resource "{one.identifier[:80]}".', one.element)


@rule(
    "manifest.dependency_circle",
    Severity.WARNING,
    "Remove one of the dependencies.",
    v12="dependency",
    v2004="dependency",
)
def dependencies_run_in_no_circle(subject: Subject) -> Breaches:
    """No resource depends on itself, directly or through others."""
    leads = {
        one.identifier: [(attribute(d, "identifierref") or "").strip() for d in children(one.element, "dependency")]
        for one in subject.resources
    }
    for name in circles(leads):
        yield Breach(f'The resource "{name[:80]}" depends on itself.', subject.resources_by_name[name].element)


@rule(
    "manifest.base_form",
    Severity.WARNING,
    "Write a folder of the package, ending with a slash.",
    v12="manifest",
    v2004="manifest",
)
def bases_are_folders(subject: Subject) -> Breaches:
    """An xml:base is a folder of the package and ends with a slash."""
    for element in subject.elements:
        base = xml_base(element)
        if base and (_SCHEME.match(base) or not base.endswith("/") or "\\" in base):
            yield Breach(f'xml:base is "{base[:120]}".', element)


@rule(
    "package.undeclared_files",
    Severity.INFO,
    "List every file in the resource that needs it; systems that copy only listed files lose the others.",
    v12="file",
    v2004="file",
)
def every_file_is_listed(subject: Subject) -> Breaches:
    """Every file of the package is listed in a resource, but the manifest, metadata and control documents."""
    listed = {link.path for _, files in subject.listed_files for _, link in files}
    listed |= {subject.follow(text_of(one), ()).path for one in _locations(subject)}
    listed |= {subject.follow(one.href, one.bases).path for one in subject.resources if one.href}
    missing = sorted(
        path
        for path in subject.files.sizes
        if path not in listed and path != subject.document.name and not path.lower().endswith(_CONTROL_DOCUMENTS)
    )
    if missing:
        some = ", ".join(missing[:_SHOWN_FILES]) + (" and others" if len(missing) > _SHOWN_FILES else "")
        count = "One file is" if len(missing) == 1 else f"{len(missing):,} files are"
        yield Breach(f"{count} in no resource: {some[:400]}.")


@rule(
    "package.control_documents",
    Severity.INFO,
    "Put the schema files the manifest names at the root of the package.",
    v12="manifest",
    v2004="manifest",
)
def control_documents_are_there(subject: Subject) -> Breaches:
    """The XML schemas that the manifest names by relative addresses are in the package."""
    words = (subject.document.root.get(_LOCATION) or "").split()
    missing = [word for word in words[1::2] if not _SCHEME.match(word) and not follow(word, (), subject.files).found]
    if missing:
        yield Breach(f"Control documents are missing: {', '.join(sorted(missing))[:300]}.", subject.document.root)


def _locations(subject: Subject) -> list[Element]:
    found = list(subject.called("location"))
    return [one for one in found if (parent := one.getparent()) is not None and local(parent) == "metadata"]


@rule(
    "metadata.missing_file",
    Severity.WARNING,
    "Put the file in, or remove adlcp:location.",
    v12="location",
    v2004="location",
)
def metadata_files_are_there(subject: Subject) -> Breaches:
    """A file of metadata that the manifest names is in the package."""
    for one in _locations(subject):
        link = subject.follow(text_of(one), ())
        if not link.found:
            yield Breach(f'The file of metadata "{text_of(one)[:120]}" is not in the package.', one)


@rule(
    "metadata.not_metadata",
    Severity.WARNING,
    "Write it as a LOM document, or remove adlcp:location.",
    v12="location",
    v2004="location",
)
def metadata_files_can_be_read(subject: Subject) -> Breaches:
    """A file of metadata is an XML document whose root is lom."""
    for one in _locations(subject)[:_MOST_METADATA_FILES]:
        link = subject.follow(text_of(one), ())
        if link.remote or not link.found or subject.files.sizes.get(link.path, 0) > MAX_METADATA_BYTES:
            continue
        document = parse_document(subject.files.read(link.path), link.path, Findings())
        if document is None:
            yield Breach("The file of metadata is no XML document.", where=link.path)
        elif local(document.root) != "lom" and child(document.root, "lom") is None:
            yield Breach(f"The file of metadata begins with <{written_name(document.root)[:40]}>.", where=link.path)


@rule(
    "metadata.without_title",
    Severity.INFO,
    "Add general and title; search and catalogues live on it.",
    v12="metadata",
    v2004="metadata",
)
def metadata_has_a_title(subject: Subject) -> Breaches:
    """Learning object metadata in the manifest has a title."""
    for lom in subject.called("lom"):
        general = child(lom, "general")
        if not text_of(child(general, "title") if general is not None else None):
            yield Breach("The metadata has no title.", lom)


RULES = (
    launchable_resources_are_web_content,
    scormtype_is_sco_or_asset,
    every_resource_has_a_scormtype,
    the_launched_file_is_listed,
    a_resource_lists_a_file_once,
    listed_files_are_in_the_package,
    every_resource_is_used,
    dependencies_run_in_no_circle,
    bases_are_folders,
    every_file_is_listed,
    control_documents_are_there,
    metadata_files_are_there,
    metadata_files_can_be_read,
    metadata_has_a_title,
)
