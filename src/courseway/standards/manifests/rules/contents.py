"""
Rules about the manifest as a whole, its organizations and their items, in both SCORM versions.

Here: identifiers, versions, titles, references from items. Not here: resources and files, and what one version has
alone.
"""

import re
from collections.abc import Iterator

from courseway.standards.issues import Severity
from courseway.standards.manifests.detect import version_from_text
from courseway.standards.manifests.rules.clauses import written_name
from courseway.standards.manifests.rules.rule import Breach, Breaches, rule
from courseway.standards.manifests.rules.subject import Subject
from courseway.standards.manifests.xml import Element, attribute, child, children, local, text_of

_NAME = re.compile(r"[^\W\d][\w.\-·]*")
_QUERY = re.compile(r"[?&]?[^\s?#\"<>\\^`{|}]*(?:#[^\s#\"<>\\^`{|}]*)?")
_WORDINGS = {
    "1.2": ("1.2",),
    "2004-2": ("CAM 1.3",),
    "2004-3": ("2004 3rd Edition",),
    "2004-4": ("2004 4th Edition",),
}
_LONGEST_TITLE, _LONGEST_PARAMETERS = 200, 1000


def _named(subject: Subject) -> Iterator[tuple[Element, str, str]]:
    """Yield every element that carries an xs:ID of the binding: the element, the attribute's name, and its value."""
    for element in subject.elements:
        name = local(element)
        if name in {"manifest", "organization", "item", "resource"}:
            yield element, "identifier", (attribute(element, "identifier") or "").strip()
        elif name == "sequencing" and attribute(element, "ID") is not None:
            yield element, "ID", (attribute(element, "ID") or "").strip()


@rule(
    "manifest.root_identifier",
    Severity.WARNING,
    "Give <manifest> an identifier that no other course of yours has.",
    v12="manifest",
    v2004="manifest",
)
def the_manifest_has_an_identifier(subject: Subject) -> Breaches:
    """The manifest has an identifier."""
    if not (attribute(subject.document.root, "identifier") or "").strip():
        yield Breach("The manifest has no identifier.", subject.document.root)


@rule(
    "manifest.identifier_form",
    Severity.WARNING,
    "Begin it with a letter or an underscore, and use letters, digits, points, hyphens and underscores only.",
    v12="manifest",
    v2004="manifest",
)
def identifiers_are_names(subject: Subject) -> Breaches:
    """Identifiers are of the type xs:ID: they begin with a letter or underscore and hold no spaces or colons."""
    for element, name, value in _named(subject):
        if value and _NAME.fullmatch(value) is None:
            yield Breach(f'The {name} "{value[:80]}" of <{written_name(element)}> is no xs:ID.', element)


@rule(
    "manifest.identifier_shared",
    Severity.WARNING,
    "Give each an identifier of its own.",
    v12="manifest",
    v2004="manifest",
)
def identifiers_are_used_once(subject: Subject) -> Breaches:
    """No two elements of different kinds, such as an item and a resource, share an identifier."""
    kinds: dict[str, str] = {}
    for element, _, value in _named(subject):
        kind = local(element) if local(element) != "organization" else "item"
        if value and kinds.setdefault(value, kind) != kind:
            yield Breach(f'<{written_name(element)}> has the identifier "{value[:80]}" of another element.', element)


@rule(
    "manifest.schema",
    Severity.WARNING,
    "Write <schema>ADL SCORM</schema> into the manifest's metadata.",
    v12="schema",
    v2004="schema",
)
def the_schema_is_adl_scorm(subject: Subject) -> Breaches:
    """The manifest's metadata names the schema: ADL SCORM. SCORM 1.2 lets it be absent."""
    metadata = child(subject.document.root, "metadata")
    schema = child(metadata, "schema") if metadata is not None else None
    if schema is None:
        if subject.edition != "1.2":
            yield Breach("The metadata names no schema.", metadata if metadata is not None else subject.document.root)
    elif text_of(schema) != "ADL SCORM":
        yield Breach(f'The schema is "{text_of(schema)[:60]}".', schema)


@rule(
    "manifest.schemaversion_words",
    Severity.WARNING,
    'Write exactly "1.2", "CAM 1.3", "2004 3rd Edition" or "2004 4th Edition".',
    v12="schemaversion",
    v2004="schemaversion",
)
def the_version_is_written_in_its_words(subject: Subject) -> Breaches:
    """The schemaversion is written in the words its edition wants."""
    metadata = child(subject.document.root, "metadata")
    version = child(metadata, "schemaversion") if metadata is not None else None
    text = text_of(version)
    if version_from_text(text) is not None and text not in _WORDINGS[subject.edition]:
        yield Breach(f'The schemaversion is "{text[:60]}" instead of "{_WORDINGS[subject.edition][0]}".', version)


@rule(
    "manifest.missing_part",
    Severity.WARNING,
    "Add the element, empty if need be.",
    v12="manifest",
    v2004="manifest",
)
def the_manifest_has_its_parts(subject: Subject) -> Breaches:
    """The manifest has organizations and resources, and in SCORM 2004 metadata."""
    wanted = ("organizations", "resources") if subject.edition == "1.2" else ("metadata", "organizations", "resources")
    for name in wanted:
        if child(subject.document.root, name) is None:
            yield Breach(f"The manifest has no <{name}>.", subject.document.root)


@rule(
    "manifest.organization_title",
    Severity.WARNING,
    "Give the organization a title; it is what learners know the course by.",
    v12="organization",
    v2004="organization",
)
def organizations_have_titles(subject: Subject) -> Breaches:
    """Every organization has a title."""
    for element in subject.organizations:
        if not text_of(child(element, "title")):
            yield Breach(f"The organization {subject.named(element)} has no title.", element)


@rule("manifest.long_title", Severity.INFO, "Shorten it; other systems may cut it.", v12="title", v2004="title")
def titles_are_short_enough(subject: Subject) -> Breaches:
    """Titles have at most 200 characters, which is what every system must keep."""
    for element in (*subject.organizations, *subject.items):
        title = child(element, "title")
        if len(text_of(title)) > _LONGEST_TITLE:
            yield Breach(f"The title has {len(text_of(title)):,} characters.", title)


@rule(
    "manifest.parameters_without_content",
    Severity.WARNING,
    "Remove the parameters, or give the item an identifierref.",
    v12="item",
    v2004="item",
)
def parameters_belong_to_content(subject: Subject) -> Breaches:
    """Only an item that refers to a resource has parameters."""
    for item in subject.items:
        if (attribute(item, "parameters") or "").strip() and not (attribute(item, "identifierref") or "").strip():
            yield Breach(f"The item {subject.named(item)} has parameters and nothing to launch with them.", item)


@rule(
    "manifest.parameters_form",
    Severity.WARNING,
    "Write name=value pairs joined by &, or a fragment after #, with other characters percent-encoded.",
    v12="item",
    v2004="item",
)
def parameters_can_be_appended(subject: Subject) -> Breaches:
    """Parameters can be appended to an address: a query, a fragment, or both, and nothing that must be encoded."""
    for item in subject.items:
        text = (attribute(item, "parameters") or "").strip()
        if text and _QUERY.fullmatch(text) is None:
            yield Breach(f'The parameters "{text[:80]}" are no query and no fragment.', item)


@rule(
    "manifest.long_parameters",
    Severity.INFO,
    "Shorten them; other systems may cut them.",
    v12="item",
    v2004="item",
)
def parameters_are_short_enough(subject: Subject) -> Breaches:
    """Parameters have at most 1,000 characters, which is what every system must keep."""
    for item in subject.items:
        text = attribute(item, "parameters") or ""
        if len(text) > _LONGEST_PARAMETERS:
            yield Breach(f"The parameters have {len(text):,} characters.", item)


@rule(
    "manifest.hidden_course",
    Severity.WARNING,
    "Let learners see at least one item, or remove isvisible.",
    v12="item",
    v2004="item",
)
def something_can_be_seen(subject: Subject) -> Breaches:
    """An organization of several items shows at least one of them to the learner."""
    for organization in subject.organizations:
        items = list(children(organization, "item"))
        hidden = [one for one in items if (attribute(one, "isvisible") or "").strip().lower() in {"false", "0"}]
        if len(items) > 1 and len(hidden) == len(items):
            yield Breach(f"Every item of the organization {subject.named(organization)} is hidden.", organization)


RULES = (
    the_manifest_has_an_identifier,
    identifiers_are_names,
    identifiers_are_used_once,
    the_schema_is_adl_scorm,
    the_version_is_written_in_its_words,
    the_manifest_has_its_parts,
    organizations_have_titles,
    titles_are_short_enough,
    parameters_belong_to_content,
    parameters_can_be_appended,
    parameters_are_short_enough,
    something_can_be_seen,
)
