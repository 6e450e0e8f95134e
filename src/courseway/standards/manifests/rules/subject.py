"""
What the rules look at: one SCORM manifest and the files around it, with the things rules ask for again and again.

Here: the items, resources and activities of a manifest as lists. Not here: any rule.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from courseway.standards.issues import Findings
from courseway.standards.manifests.links import Link, PackageFiles, follow
from courseway.standards.manifests.resources import resource_elements
from courseway.standards.manifests.rules.binding import Written, written
from courseway.standards.manifests.sequencing import Sequencing
from courseway.standards.manifests.sequencing_xml import Parts, SequencingReader, sequencing_reader
from courseway.standards.manifests.values import uri
from courseway.standards.manifests.xml import Document, Element, attribute, child, children, local, text_of, xml_base


@dataclass(frozen=True, eq=False)
class Listed:
    """A resource as the manifest lists it, with the `xml:base` values that count for it."""

    element: Element
    identifier: str
    bases: tuple[str, ...]

    @property
    def href(self) -> str:
        """Return its address as written, "" if none."""
        return (attribute(self.element, "href") or "").strip()

    @property
    def kind(self) -> str:
        """Return "sco", "asset" or whatever is written, in lower case."""
        return (attribute(self.element, "scormtype") or "").strip().lower()


@dataclass(frozen=True, eq=False)
class Activity:
    """An item or organization with its sequencing; the defaults where it has none."""

    element: Element
    identifier: str
    sequencing: Sequencing
    parts: Parts
    children: tuple["Activity", ...]

    @property
    def visible(self) -> bool:
        """Say whether the learner sees it in the contents."""
        return (attribute(self.element, "isvisible") or "true").strip().lower() not in {"false", "0"}

    @cached_property
    def extended_maps(self) -> frozenset[tuple[str, str]]:
        """Return the extended maps as pairs of objective and global objective."""
        group = self.parts.get("adl:objectives")
        return frozenset(
            (uri(attribute(one, "objectiveID")), uri(attribute(info, "targetObjectiveID")))
            for one in (children(group, "objective") if group is not None else ())
            for info in children(one, "mapInfo")
        )

    def place(self, part: str) -> Element:
        """Return the element a part of the sequencing stands in, the activity's own where it has none."""
        return self.parts.get(part, self.element)

    def walk(self) -> Iterator["Activity"]:
        """Yield this activity and all below it."""
        pending = [self]
        while pending:
            one = pending.pop()
            yield one
            pending.extend(reversed(one.children))


@dataclass(frozen=True)
class Subject:
    """One manifest of SCORM 1.2 or 2004; `edition` is one of "1.2", "2004-2", "2004-3", "2004-4"."""

    document: Document
    files: PackageFiles
    edition: str

    @property
    def fourth(self) -> bool:
        """Say whether this is the 4th edition."""
        return self.edition == "2004-4"

    @cached_property
    def elements(self) -> list[Element]:
        """Return every element, in the order of the file."""
        return [one for one in self.document.root.iter() if isinstance(one.tag, str)]

    @cached_property
    def written(self) -> list[Written]:
        """Return the elements of the specification's own vocabularies as they are written."""
        return [found for one in self.elements if (found := written(one, self.edition)) is not None]

    @cached_property
    def _by_name(self) -> dict[str, list[Element]]:
        found: dict[str, list[Element]] = {}
        for one in self.elements:
            found.setdefault(local(one), []).append(one)
        return found

    def called(self, *names: str) -> Iterator[Element]:
        """Yield the elements with one of the local names, given in lower case."""
        for name in names:
            yield from self._by_name.get(name, ())

    @cached_property
    def organizations(self) -> list[Element]:
        """Return the organizations."""
        group = child(self.document.root, "organizations")
        return list(children(group, "organization")) if group is not None else []

    @cached_property
    def items(self) -> list[Element]:
        """Return the items of all organizations."""
        return [item for organization in self.organizations for item in _items_below(organization)]

    @cached_property
    def resources(self) -> list[Listed]:
        """Return the resources, those of manifests inside too."""
        return [
            Listed(element, (attribute(element, "identifier") or "").strip(), (*bases, xml_base(element)))
            for element, bases in resource_elements(self.document.root)
        ]

    @cached_property
    def listed_files(self) -> list[tuple[Listed, list[tuple[Element, Link]]]]:
        """Return each resource with the files it lists: the element, and where it leads."""
        return [(one, list(self._files_of(one))) for one in self.resources]

    def _files_of(self, one: Listed) -> Iterator[tuple[Element, Link]]:
        for file in children(one.element, "file"):
            href = (attribute(file, "href") or "").strip()
            if href:
                yield file, self.follow(href, (*one.bases, xml_base(file)))

    @cached_property
    def resources_by_name(self) -> dict[str, Listed]:
        """Return the resources by identifier; of two with one name the first."""
        return {one.identifier: one for one in reversed(self.resources)}

    @cached_property
    def item_names(self) -> set[str]:
        """Return the identifiers of all items."""
        return {(attribute(item, "identifier") or "").strip() for item in self.items}

    def resource_of(self, item: Element) -> Listed | None:
        """Return the resource an item refers to, None when there is none."""
        return self.resources_by_name.get((attribute(item, "identifierref") or "").strip())

    def follow(self, href: str, bases: tuple[str, ...]) -> Link:
        """Find the file an address leads to."""
        return follow(href, bases, self.files)

    @cached_property
    def launched(self) -> set[str]:
        """Return the identifiers of the resources that items refer to."""
        return {one.identifier for item in self.items if (one := self.resource_of(item)) is not None}

    @cached_property
    def roots(self) -> list[Activity]:
        """Return the organizations as activity trees; none for SCORM 1.2."""
        if self.edition == "1.2":
            return []
        reader = sequencing_reader(self.document, Findings(), {})
        return [_activity(one, reader) for one in self.organizations]

    @cached_property
    def activities(self) -> list[Activity]:
        """Return every activity of every organization."""
        return [one for root in self.roots for one in root.walk()]

    def distinct(self, *names: str) -> list[Activity]:
        """Return one activity for each set of these parts; those that share a definition would tell the same twice."""
        found = {tuple(id(one.parts.get(name)) for name in names): one for one in reversed(self.activities)}
        return list(reversed(found.values()))

    def named(self, element: Element) -> str:
        """Return how to speak of an item or organization."""
        name = (attribute(element, "identifier") or "").strip() or text_of(child(element, "title"))
        return f'"{name[:80]}"' if name else "without a name"


def _items_below(parent: Element) -> Iterator[Element]:
    for item in children(parent, "item"):
        yield item
        yield from _items_below(item)


def _activity(element: Element, reader: SequencingReader) -> Activity:
    definition = child(element, "sequencing")
    parts = reader.parts(definition) if definition is not None else {}
    return Activity(
        element=element,
        identifier=(attribute(element, "identifier") or "").strip(),
        sequencing=reader.sequencing(parts) if parts else Sequencing(),
        parts=parts,
        children=tuple(_activity(item, reader) for item in children(element, "item")),
    )
