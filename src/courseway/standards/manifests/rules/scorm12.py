"""
Rules that only SCORM 1.2 has: prerequisites, and what belongs to SCOs.

Here: whether expressions can be read, met, and ever be fulfilled. Not here: evaluating them for a learner.
"""

from collections.abc import Iterator

from courseway.standards.issues import Severity
from courseway.standards.manifests.prerequisites import (
    AtLeast,
    Every,
    LessonStatus,
    Prerequisite,
    PrerequisiteError,
    Reached,
    Some,
    StatusIs,
    names_of,
    parse_prerequisites,
)
from courseway.standards.manifests.rules.circles import circles
from courseway.standards.manifests.rules.rule import Breach, Breaches, rule
from courseway.standards.manifests.rules.subject import Subject
from courseway.standards.manifests.xml import Element, attribute, child, text_of

_LONGEST_EXPRESSION = 200
_DONE = {LessonStatus.PASSED, LessonStatus.COMPLETED}


def _expressions(subject: Subject) -> Iterator[tuple[Element, Element, Prerequisite]]:
    """Yield each item that has prerequisites which can be read, their element, and what they say."""
    for item in subject.items:
        element = child(item, "prerequisites")
        text = text_of(element)
        if element is None or not text:
            continue
        try:
            yield item, element, parse_prerequisites(text)
        except PrerequisiteError:
            continue


@rule(
    "manifest.prerequisites_syntax",
    Severity.WARNING,
    "Write identifiers joined by & and |, negated by ~, or compared to a status as in A=passed.",
    v12="prerequisites",
)
def prerequisites_can_be_read(subject: Subject) -> Breaches:
    """Prerequisites are an expression of the AICC script language."""
    for item in subject.items:
        element = child(item, "prerequisites")
        text = text_of(element)
        if not text:
            continue
        try:
            parse_prerequisites(text)
        except PrerequisiteError as wrong:
            yield Breach(f"The prerequisites of {subject.named(item)} cannot be read: {wrong}.", element)


@rule(
    "manifest.prerequisites_type",
    Severity.WARNING,
    'Write type="aicc_script".',
    v12="prerequisites",
)
def prerequisites_are_aicc_script(subject: Subject) -> Breaches:
    """Prerequisites are of the type aicc_script."""
    for item in subject.items:
        element = child(item, "prerequisites")
        kind = (attribute(element, "type") or "").strip() if element is not None else ""
        if kind and kind != "aicc_script":
            yield Breach(f'The prerequisites are of the type "{kind[:40]}".', element)


@rule(
    "manifest.prerequisites_target",
    Severity.WARNING,
    "Correct the identifier.",
    v12="prerequisites",
)
def prerequisites_name_items(subject: Subject) -> Breaches:
    """Prerequisites speak of items of the package."""
    for item, element, expression in _expressions(subject):
        for name in dict.fromkeys(names_of(expression)):
            if name not in subject.item_names:
                yield Breach(
                    f'The prerequisites of {subject.named(item)} speak of "{name[:80]}", which is no item.', element
                )


@rule(
    "manifest.prerequisites_circle",
    Severity.WARNING,
    "Remove one of the prerequisites; no learner can begin any of these items.",
    v12="prerequisites",
)
def prerequisites_can_be_met(subject: Subject) -> Breaches:
    """No item has itself as a prerequisite, directly or through others."""
    needs: dict[str, list[str]] = {}
    places: dict[str, Element] = {}
    for item, element, expression in _expressions(subject):
        name = (attribute(item, "identifier") or "").strip()
        needs[name] = sorted(_needed(expression))
        places[name] = element
    for name in circles(needs):
        yield Breach(f'The item "{name[:80]}" can only begin when it is done.', places[name])


def _needed(one: Prerequisite) -> set[str]:
    """Return the items that must be done in every case in which the expression holds."""
    match one:
        case Reached(name):
            return {name}
        case StatusIs(name, status, negated):
            return {name} if status in _DONE and not negated else set()
        case Every(parts):
            return set().union(*map(_needed, parts))
        case Some(parts):
            return set.intersection(*map(_needed, parts))
        case AtLeast(count, parts):
            return set().union(*map(_needed, parts)) if count >= len(parts) else set()
        case _:
            return set()


@rule(
    "manifest.prerequisites_count",
    Severity.WARNING,
    "Ask for at least one and for no more than the set has.",
    v12="prerequisites",
)
def prerequisites_count_what_is_there(subject: Subject) -> Breaches:
    """A prerequisite of the form n*{A, B, C} asks for at least one and for no more than there are in the set."""
    for _, element, expression in _expressions(subject):
        for one in _sets(expression):
            if not 1 <= one.count <= len(one.parts):
                yield Breach(f"{one.count} of {len(one.parts)} are asked for.", element)


def _sets(one: Prerequisite) -> Iterator[AtLeast]:
    if isinstance(one, AtLeast):
        yield one
    for part in getattr(one, "parts", ()) or ((one.one,) if hasattr(one, "one") else ()):
        yield from _sets(part)


@rule(
    "manifest.long_prerequisites",
    Severity.INFO,
    "Shorten them; other systems may cut them.",
    v12="prerequisites",
)
def prerequisites_are_short_enough(subject: Subject) -> Breaches:
    """Prerequisites have at most 200 characters, which is what every system must keep."""
    for _, element, _ in _expressions(subject):
        if len(text_of(element)) > _LONGEST_EXPRESSION:
            yield Breach(f"The prerequisites have {len(text_of(element)):,} characters.", element)


@rule(
    "manifest.time_limit_action_alone",
    Severity.INFO,
    "Add adlcp:maxtimeallowed, or remove adlcp:timelimitaction.",
    v12="timelimitaction",
)
def a_time_limit_action_has_a_limit(subject: Subject) -> Breaches:
    """An item that says what happens after its time says how long that is."""
    for item in subject.items:
        action = child(item, "timelimitaction")
        if text_of(action) and not text_of(child(item, "maxtimeallowed")):
            yield Breach(f"The item {subject.named(item)} has a time limit action and no limit.", action)


RULES = (
    prerequisites_can_be_read,
    prerequisites_are_aicc_script,
    prerequisites_name_items,
    prerequisites_can_be_met,
    prerequisites_count_what_is_there,
    prerequisites_are_short_enough,
    a_time_limit_action_has_a_limit,
)
