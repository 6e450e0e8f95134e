"""
Rules about how the manifest is written: names, order, number and place of its elements and attributes.

Here: what an XML schema checks, in words. Not here: what the values mean.
"""

from collections.abc import Iterator

from courseway.standards.issues import Severity
from courseway.standards.manifests.rules.binding import EXTENDED_ATTRIBUTES, WORDS, Form, Vocabulary, vocabulary_of
from courseway.standards.manifests.rules.rule import Breach, Breaches, rule
from courseway.standards.manifests.rules.subject import Subject
from courseway.standards.manifests.xml import Element, attribute, children, local, namespace

_OTHER_12 = frozenset({"sequencing", "presentation", "completionthreshold", "sequencingcollection", "data"})
_OTHER_2004 = frozenset({"prerequisites", "masteryscore", "maxtimeallowed"})


def _known(subject: Subject) -> Iterator[tuple[Element, Vocabulary]]:
    """Yield the elements of the specification's own vocabularies, with theirs."""
    for element in subject.elements:
        vocabulary = vocabulary_of(element, subject.edition)
        if vocabulary is not None:
            yield element, vocabulary


def _formed(subject: Subject) -> Iterator[tuple[Element, Form, Vocabulary]]:
    for element, vocabulary in _known(subject):
        form = vocabulary.lowered.get(local(element))
        if form is not None:
            yield element, form[1], vocabulary


def _written(element: Element) -> str:
    return str(element.tag).rpartition("}")[2].rpartition(":")[2]


def _parent(element: Element) -> str:
    parent = element.getparent()
    return local(parent) if parent is not None else ""


def _attributes(element: Element) -> Iterator[tuple[str, str, str]]:
    """Yield namespace or prefix, name and value of each attribute."""
    for key, value in element.items():
        space, _, name = str(key).rpartition("}") if str(key).startswith("{") else str(key).rpartition(":")
        yield space.lstrip("{"), name, str(value)


@rule(
    "manifest.spelling",
    Severity.WARNING,
    "Write the name with the capitals of the specification; most systems tell them apart.",
    v12="manifest",
    v2004="manifest",
)
def names_are_spelled_as_in_the_binding(subject: Subject) -> Breaches:
    """Elements and attributes are spelled as in the binding, capitals included."""
    extended = EXTENDED_ATTRIBUTES["1.2" if subject.edition == "1.2" else "2004"]
    for element, vocabulary in _known(subject):
        named = vocabulary.lowered.get(local(element))
        if named is None:
            continue
        if named[0] != _written(element):
            yield Breach(f"<{_written(element)[:60]}> is called <{named[0]}>.", element)
        for right in (*named[1].attributes, *extended):
            for _, name, _ in _attributes(element):
                if name != right and name.lower() == right.lower():
                    yield Breach(f"The attribute {name} is called {right}.", element)


@rule(
    "manifest.unknown_element",
    Severity.WARNING,
    "Remove it, or correct its name or namespace.",
    v12="manifest",
    v2004="manifest",
)
def elements_are_those_of_the_binding(subject: Subject) -> Breaches:
    """Every element in a namespace of the specification is one of its elements, below a parent it may have."""
    for element, vocabulary in _known(subject):
        parent = element.getparent()
        if parent is None or _parent(element) == "sequencing" or _foreign(element, subject):
            continue
        above = vocabulary_of(parent, subject.edition)
        if above is not None and local(parent) not in above.lowered:
            continue
        if local(element) not in vocabulary.lowered:
            yield Breach(f"<{_written(element)[:60]}> is no element of the specification.", element)
        elif above is vocabulary and not _may_be_in(local(element), local(parent), vocabulary):
            yield Breach(f"<{_written(element)}> may not stand in <{_written(parent)[:60]}>.", element)


def _may_be_in(name: str, parent: str, vocabulary: Vocabulary) -> bool:
    above = vocabulary.lowered.get(parent)
    own = vocabulary.lowered[name][1]
    return above is None or name in {one.lower() for one in above[1].children} or parent in own.parents


def _foreign(element: Element, subject: Subject) -> bool:
    return "adlcp" in namespace(element).lower() and local(element) in (
        _OTHER_12 if subject.edition == "1.2" else _OTHER_2004
    )


@rule(
    "manifest.misplaced_element",
    Severity.WARNING,
    "Move it to where the specification wants it; here nothing reads it.",
    v12="item",
    v2004="item",
)
def extensions_stand_where_they_belong(subject: Subject) -> Breaches:
    """What ADL and IMS added to items and organizations stands in those and nowhere else."""
    for element, form, vocabulary in _formed(subject):
        parent = element.getparent()
        if not form.parents or parent is None or _parent(element) == "sequencing":
            continue
        if vocabulary_of(parent, subject.edition) is not vocabulary and local(parent) not in {
            one.lower() for one in form.parents
        }:
            yield Breach(
                f"<{_written(element)}> stands in <{_written(parent)[:60]}> and not in {' or '.join(form.parents)}.",
                element,
            )


@rule(
    "manifest.foreign_element",
    Severity.WARNING,
    "Say it in the words of the version the manifest declares, or declare the other version.",
    v12="item",
    v2004="item",
)
def elements_are_of_the_declared_version(subject: Subject) -> Breaches:
    """Elements that only the other SCORM version has are not used; they have no effect."""
    other = "SCORM 2004" if subject.edition == "1.2" else "SCORM 1.2"
    for element in subject.elements:
        space = namespace(element).lower()
        if subject.edition == "1.2":
            found = "imsss" in space or "adlseq" in space or "adlnav" in space or _foreign(element, subject)
            found = found and local(element) in _OTHER_12
        else:
            found = _foreign(element, subject)
        if found:
            yield Breach(f"<{_written(element)}> belongs to {other} and has no effect here.", element)


@rule(
    "manifest.unknown_attribute",
    Severity.WARNING,
    "Correct its name, or remove it; nothing reads it.",
    v12="manifest",
    v2004="manifest",
)
def attributes_are_those_of_the_binding(subject: Subject) -> Breaches:
    """Elements of the specification have its attributes only, and those of other namespaces."""
    for element, form, _ in _formed(subject):
        known = {name.lower() for name in form.attributes}
        for space, name, _ in _attributes(element):
            extended = {one.lower() for both in EXTENDED_ATTRIBUTES.values() for one in both}
            if not space and name.lower() not in known | extended:
                yield Breach(f"<{_written(element)}> has no attribute {name[:60]}.", element)


@rule(
    "manifest.attribute_namespace",
    Severity.WARNING,
    "Write the attribute with the prefix of its namespace, as in adlcp:scormType; others may not see it.",
    v12="resource",
    v2004="resource",
)
def extended_attributes_have_their_namespace(subject: Subject) -> Breaches:
    """ADL's attributes stand in ADL's namespace, and the specification's own in none."""
    extended = EXTENDED_ATTRIBUTES["1.2" if subject.edition == "1.2" else "2004"]
    lowered = {name.lower() for name in extended}
    for element, form, _ in _formed(subject):
        own = {name.lower() for name in form.attributes} - {"base"}
        for space, name, _ in _attributes(element):
            if not space and name.lower() in lowered:
                yield Breach(f"The attribute {name} has no namespace.", element)
            if space and name.lower() in own and "adl" in space.lower():
                yield Breach(f"The attribute {name} of <{_written(element)}> may have no namespace.", element)


@rule(
    "manifest.missing_attribute",
    Severity.WARNING,
    "Add the attribute; without it the element says nothing.",
    v12="manifest",
    v2004="manifest",
)
def required_attributes_are_there(subject: Subject) -> Breaches:
    """Attributes the binding requires are there and not empty."""
    for element, form, _ in _formed(subject):
        for name in form.required:
            if not (attribute(element, name) or "").strip():
                yield Breach(f"<{_written(element)}> lacks {name}.", element)


@rule(
    "manifest.element_order",
    Severity.WARNING,
    "Put the elements in the order of the specification; strict readers refuse another.",
    v12="manifest",
    v2004="manifest",
)
def elements_are_in_order(subject: Subject) -> Breaches:
    """The elements inside an element stand in the order of the binding."""
    for element, form, vocabulary in _formed(subject):
        order = {name.lower(): place for place, name in enumerate(form.children)}
        reached = -1
        for one in children(element):
            if vocabulary_of(one, subject.edition) is not vocabulary:
                continue
            place = order.get(local(one), reached)
            if place < reached:
                yield Breach(f"In <{_written(element)}>, <{_written(one)}> comes too late.", one)
                break
            reached = max(reached, place)


@rule(
    "manifest.repeated_element",
    Severity.WARNING,
    "Keep one of them.",
    v12="manifest",
    v2004="manifest",
)
def single_elements_are_not_repeated(subject: Subject) -> Breaches:
    """What may stand in an element once stands there once."""
    for element, form, vocabulary in _formed(subject):
        if local(element) == "sequencing":
            continue
        many = {name.lower() for name in form.many}
        seen: set[tuple[str, str]] = set()
        for one in children(element):
            own = vocabulary_of(one, subject.edition)
            if own is None or local(one) not in own.lowered or (own is vocabulary and local(one) in many):
                continue
            key = (namespace(one), local(one))
            if key in seen and local(one) != "location":
                yield Breach(f"<{_written(one)}> stands in <{_written(element)}> more than once.", one)
            seen.add(key)


@rule(
    "manifest.value_spelling",
    Severity.WARNING,
    "Write the word as in the specification; other systems may take the default instead.",
    v12="manifest",
    v2004="manifest",
)
def words_are_spelled_as_in_the_binding(subject: Subject) -> Breaches:
    """The words of a vocabulary are spelled as in the binding, capitals included."""
    lenient = {"yes", "no"}
    for element, _, _ in _formed(subject):
        for _, name, value in _attributes(element):
            words = WORDS.get(name)
            text = value.strip()
            if not words or text in words:
                continue
            near = next((word for word in words if word.lower() == text.lower()), None)
            if near is not None or (words[0] == "true" and text.lower() in lenient):
                yield Breach(f'{name} is "{text[:40]}" instead of {near or "true or false"}.', element)
            elif name == "operator":
                yield Breach(f'operator is "{text[:40]}" and must be not or noOp; noOp was used.', element)


RULES = (
    names_are_spelled_as_in_the_binding,
    elements_are_those_of_the_binding,
    extensions_stand_where_they_belong,
    elements_are_of_the_declared_version,
    attributes_are_those_of_the_binding,
    extended_attributes_have_their_namespace,
    required_attributes_are_there,
    elements_are_in_order,
    single_elements_are_not_repeated,
    words_are_spelled_as_in_the_binding,
)
