"""
Rules about how the manifest is written: names, order, number and place of its elements and attributes.

Here: what an XML schema checks, in words. Not here: what the values mean.
"""

from collections.abc import Iterator

from courseway.standards.issues import Severity
from courseway.standards.manifests.rules.binding import (
    ADLCP_12,
    ADLCP_2004,
    EXTENDED_ATTRIBUTES,
    TEXTS,
    WORDS,
    Form,
    Vocabulary,
    Written,
    vocabulary_of,
)
from courseway.standards.manifests.rules.clauses import written_name
from courseway.standards.manifests.rules.rule import Breach, Breaches, rule
from courseway.standards.manifests.rules.subject import Subject
from courseway.standards.manifests.xml import Element, attribute, children, local, namespace, text_of

_OTHER_12 = frozenset({"sequencing", "presentation", "completionthreshold", "sequencingcollection", "data"})
_OTHER_2004 = frozenset({"prerequisites", "masteryscore", "maxtimeallowed"})


def _formed(subject: Subject) -> Iterator[tuple[Written, Form]]:
    """Yield the elements whose names are known, with what may be in them."""
    for one in subject.written:
        if one.form is not None:
            yield one, one.form


def _tag(element: Element) -> str:
    return str(element.tag).rpartition("}")[2].rpartition(":")[2][:60]


def _parent(element: Element) -> str:
    parent = element.getparent()
    return local(parent) if parent is not None else ""


@rule(
    "manifest.spelling",
    Severity.WARNING,
    "Write the name with the capitals of the specification; most systems tell them apart.",
    v12="manifest",
    v2004="manifest",
    any_element=True,
)
def names_are_spelled_as_in_the_binding(subject: Subject) -> Breaches:
    """Elements and attributes are spelled as in the binding, capitals included."""
    extended = EXTENDED_ATTRIBUTES["1.2" if subject.edition == "1.2" else "2004"]
    for one, form in _formed(subject):
        if one.name != one.tag:
            yield Breach(f"<{one.tag[:60]}> is called <{one.name}>.", one.element, about=one.name)
        for _, name, _ in one.attributes:
            if name in form.attributes or name in extended:
                continue
            right = next((word for word in (*form.attributes, *extended) if word.lower() == name.lower()), None)
            if right is not None:
                yield Breach(f"The attribute {name} is called {right}.", one.element, about=one.name)


@rule(
    "manifest.unknown_element",
    Severity.WARNING,
    "Remove it, or correct its name or namespace.",
    v12="manifest",
    v2004="manifest",
    any_element=True,
)
def elements_are_those_of_the_binding(subject: Subject) -> Breaches:
    """Every element in a namespace of the specification is one of its elements, below a parent it may have."""
    for one in subject.written:
        parent = one.element.getparent()
        if parent is None or local(parent) == "sequencing" or _foreign(one.element, subject):
            continue
        above = vocabulary_of(parent, subject.edition)
        if above is not None and local(parent) not in above.lowered:
            continue
        if one.form is None:
            yield Breach(
                f"<{one.tag[:60]}> is no element of the specification.", one.element, about=_binding_name(parent, above)
            )
        elif above is one.vocabulary and not _may_be_in(one.name, one.form, above.lowered[local(parent)]):
            yield Breach(f"<{one.tag}> may not stand in <{_tag(parent)}>.", one.element, about=one.name)


def _binding_name(element: Element, vocabulary: Vocabulary | None) -> str:
    return vocabulary.lowered[local(element)][0] if vocabulary is not None else ""


def _may_be_in(name: str, form: Form, above: tuple[str, Form]) -> bool:
    return name in above[1].children or above[0] in form.parents


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
    any_element=True,
)
def extensions_stand_where_they_belong(subject: Subject) -> Breaches:
    """What ADL and IMS added to items and organizations stands in those and nowhere else."""
    for one, form in _formed(subject):
        parent = one.element.getparent()
        if not form.parents or parent is None or local(parent) == "sequencing":
            continue
        if vocabulary_of(parent, subject.edition) is not one.vocabulary and local(parent) not in {
            name.lower() for name in form.parents
        }:
            wanted = " or ".join(form.parents)
            yield Breach(f"<{one.tag}> stands in <{_tag(parent)}> and not in {wanted}.", one.element, about=one.name)


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
            yield Breach(f"<{_tag(element)}> belongs to {other} and has no effect here.", element)


@rule(
    "manifest.unknown_attribute",
    Severity.WARNING,
    "Correct its name, or remove it; nothing reads it.",
    v12="manifest",
    v2004="manifest",
    any_element=True,
)
def attributes_are_those_of_the_binding(subject: Subject) -> Breaches:
    """Elements of the specification have its attributes only, and those of other namespaces."""
    extended = {name.lower() for both in EXTENDED_ATTRIBUTES.values() for name in both}
    for one, form in _formed(subject):
        for space, name, _ in one.attributes:
            if space or name in form.attributes or name.lower() in extended:
                continue
            if name.lower() not in {word.lower() for word in form.attributes}:
                yield Breach(f"<{one.tag}> has no attribute {name[:60]}.", one.element, about=one.name)


@rule(
    "manifest.attribute_namespace",
    Severity.WARNING,
    "Write the attribute with the prefix of its namespace, as in adlcp:scormType; others may not see it.",
    v12="resource",
    v2004="resource",
    any_element=True,
)
def extended_attributes_have_their_namespace(subject: Subject) -> Breaches:
    """ADL's attributes stand in ADL's namespace, and the specification's own in none."""
    extended = EXTENDED_ATTRIBUTES["1.2" if subject.edition == "1.2" else "2004"]
    lowered = {name.lower() for name in extended}
    for one, form in _formed(subject):
        for space, name, _ in one.attributes:
            if not space and name.lower() in lowered:
                yield Breach(f"The attribute {name} has no namespace.", one.element, about=one.name)
            elif "adl" in space.lower() and name in form.attributes:
                yield Breach(f"The attribute {name} of <{one.tag}> may have no namespace.", one.element, about=one.name)


@rule(
    "manifest.missing_attribute",
    Severity.WARNING,
    "Add the attribute; without it the element says nothing.",
    v12="manifest",
    v2004="manifest",
    any_element=True,
)
def required_attributes_are_there(subject: Subject) -> Breaches:
    """Attributes the binding requires are there and not empty."""
    for one, form in _formed(subject):
        for name in form.required:
            if not (attribute(one.element, name) or "").strip():
                yield Breach(f"<{one.tag}> lacks {name}.", one.element, about=one.name)


@rule(
    "manifest.element_order",
    Severity.WARNING,
    "Put the elements in the order of the specification; strict readers refuse another.",
    v12="manifest",
    v2004="manifest",
    any_element=True,
)
def elements_are_in_order(subject: Subject) -> Breaches:
    """The elements inside an element stand in the order of the binding, those of other namespaces behind them."""
    for whole, form in _formed(subject):
        if not form.children:
            continue
        order = {name.lower(): place for place, name in enumerate(form.children)}
        reached = -1
        for one in children(whole.element):
            own = vocabulary_of(one, subject.edition) is whole.vocabulary
            place = order.get(local(one), reached) if own else len(order)
            if place < reached:
                yield Breach(f"In <{whole.tag}>, <{_tag(one)}> comes too late.", one, about=whole.name)
                break
            reached = place


@rule(
    "manifest.missing_element",
    Severity.WARNING,
    "Add the element, or remove the empty one around it.",
    v2004="sequencing",
    any_element=True,
)
def elements_hold_what_they_must(subject: Subject) -> Breaches:
    """Elements that are there to hold others hold at least one."""
    for one, form in _formed(subject):
        if form.least and next(children(one.element, form.least), None) is None:
            yield Breach(f"<{one.tag}> holds no <{form.least}>.", one.element, about=one.name)


@rule(
    "manifest.empty_element",
    Severity.INFO,
    "Leave the element out where it says nothing.",
    v12="item",
    v2004="item",
)
def elements_with_text_have_some(subject: Subject) -> Breaches:
    """Elements that ADL added to an item say something."""
    for name in ("timelimitaction", "datafromlms", "masteryscore", "maxtimeallowed", "prerequisites"):
        for element in subject.called(name):
            if not text_of(element) and local(element) in _adlcp(subject).lowered:
                yield Breach(f"<{_tag(element)}> is empty.", element)


def _adlcp(subject: Subject) -> Vocabulary:
    return ADLCP_12 if subject.edition == "1.2" else ADLCP_2004


@rule(
    "manifest.repeated_element",
    Severity.WARNING,
    "Keep one of them.",
    v12="manifest",
    v2004="manifest",
    any_element=True,
)
def single_elements_are_not_repeated(subject: Subject) -> Breaches:
    """What may stand in an element once stands there once."""
    for whole, form in _formed(subject):
        if whole.name == "sequencing" or not len(whole.element):
            continue
        seen: set[object] = set()
        for one in children(whole.element):
            own = vocabulary_of(one, subject.edition)
            name = own.lowered.get(local(one), ("",))[0] if own is not None else ""
            if not name or name == "location" or (own is whole.vocabulary and name in form.many):
                continue
            if one.tag in seen:
                yield Breach(f"<{_tag(one)}> stands in <{whole.tag}> more than once.", one, about=whole.name)
            seen.add(one.tag)


@rule(
    "manifest.value_spelling",
    Severity.WARNING,
    "Write the word as in the specification; other systems may take the default instead.",
    v12="manifest",
    v2004="manifest",
    any_element=True,
)
def words_are_spelled_as_in_the_binding(subject: Subject) -> Breaches:
    """The words of a vocabulary are spelled as in the binding, capitals included."""
    lenient = {"yes", "no"}
    for one, _ in _formed(subject):
        for _, name, value in one.attributes:
            words = WORDS.get(name)
            text = value.strip()
            if not words or text in words:
                continue
            near = next((word for word in words if word.lower() == text.lower()), None)
            if near is not None or (words[0] == "true" and text.lower() in lenient):
                yield Breach(
                    f'{name} is "{text[:40]}" instead of {near or "true or false"}.', one.element, about=one.name
                )
            elif name == "operator":
                yield Breach(
                    f'operator is "{text[:40]}" and must be not or noOp; noOp was used.', one.element, about=one.name
                )
    for element in subject.called("hidelmsui", "timelimitaction"):
        text = text_of(element)
        near = next((word for word in TEXTS if word.lower() == text.lower().replace(", ", ",")), text)
        if near != text:
            yield Breach(f'<{_tag(element)}> is "{text[:40]}" instead of {near}.', element, about=written_name(element))


RULES = (
    names_are_spelled_as_in_the_binding,
    elements_are_those_of_the_binding,
    extensions_stand_where_they_belong,
    elements_are_of_the_declared_version,
    attributes_are_those_of_the_binding,
    extended_attributes_have_their_namespace,
    required_attributes_are_there,
    elements_are_in_order,
    elements_hold_what_they_must,
    elements_with_text_have_some,
    single_elements_are_not_repeated,
    words_are_spelled_as_in_the_binding,
)
