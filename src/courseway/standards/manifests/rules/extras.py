"""
Rules about what ADL adds to the items of a SCORM 2004 package: thresholds, shared data, launch data, hidden controls.

Here: those of all editions, with their differences. Not here: sequencing.
"""

from courseway.standards.issues import Severity
from courseway.standards.manifests.rules.rule import Breach, Breaches, rule
from courseway.standards.manifests.rules.subject import Subject
from courseway.standards.manifests.values import uri
from courseway.standards.manifests.xml import Element, attribute, child, children, local, text_of

_FOR_SCOS = {
    "datafromlms": "dataFromLMS",
    "timelimitaction": "timeLimitAction",
    "data": "data",
    "masteryscore": "masteryscore",
}
_LATER_CONTROLS = {"exitall", "abandonall", "suspendall"}


@rule(
    "manifest.only_for_scos",
    Severity.WARNING,
    "Move it to an item that refers to a SCO; nothing else can use it.",
    v12="item",
    v2004="item",
)
def what_a_sco_reads_stands_on_its_item(subject: Subject) -> Breaches:
    """Launch data, time limit actions, mastery scores and shared data stand on items that refer to a SCO."""
    for item in subject.items:
        resource = subject.resource_of(item)
        if resource is not None and resource.kind != "asset":
            continue
        for element in children(item):
            if local(element) in _FOR_SCOS and (text_of(element) or child(element, "map") is not None):
                kind = "an asset" if resource is not None else "no content"
                yield Breach(f"<{_FOR_SCOS[local(element)]}> stands on an item with {kind}.", element)


@rule(
    "manifest.presentation_on_cluster",
    Severity.INFO,
    "Move it to the items that have content.",
    v2004="presentation",
)
def presentation_stands_on_content(subject: Subject) -> Breaches:
    """What the LMS shows of its controls is said on items with content."""
    for item in subject.items:
        presentation = child(item, "presentation")
        if presentation is not None and not (attribute(item, "identifierref") or "").strip():
            yield Breach(f"The item {subject.named(item)} has a presentation and no content.", presentation)


@rule("manifest.hidden_control_twice", Severity.INFO, "Keep one of them.", v2004="hideLMSUI")
def a_control_is_hidden_once(subject: Subject) -> Breaches:
    """An item hides each control once."""
    for group in subject.called("navigationinterface"):
        seen: set[str] = set()
        for one in children(group, "hideLMSUI"):
            if text_of(one) in seen:
                yield Breach(f"{text_of(one)[:40]} is hidden twice.", one)
            seen.add(text_of(one))


@rule(
    "manifest.hidden_control_edition",
    Severity.WARNING,
    "Declare the 3rd or 4th edition, or let the control be seen.",
    v2004="hideLMSUI",
)
def controls_of_later_editions_are_hidden_in_those(subject: Subject) -> Breaches:
    """Packages of the 2nd edition hide previous, continue, exit and abandon only; the others came later."""
    for one in subject.called("hidelmsui") if subject.edition == "2004-2" else ():
        if text_of(one).lower() in _LATER_CONTROLS:
            yield Breach(f"{text_of(one)} came with the 3rd edition.", one)


@rule(
    "manifest.threshold_on_cluster",
    Severity.WARNING,
    "Move it to the items with a SCO, or declare the 4th edition.",
    v2004="completionThreshold",
)
def thresholds_of_early_editions_stand_on_content(subject: Subject) -> Breaches:
    """Before the 4th edition a completion threshold stands on an item that refers to a resource."""
    for one in _thresholds(subject) if not subject.fourth else ():
        parent = one.getparent()
        if parent is not None and not (attribute(parent, "identifierref") or "").strip():
            yield Breach("The completion threshold stands on something without content.", one)


def _thresholds(subject: Subject) -> list[Element]:
    return list(subject.called("completionthreshold"))


@rule(
    "manifest.threshold_edition",
    Severity.WARNING,
    "Write a number between the tags for the 2nd and 3rd edition, attributes for the 4th.",
    v2004="completionThreshold",
)
def thresholds_are_written_as_their_edition_wants(subject: Subject) -> Breaches:
    """A completion threshold is text in the 2nd and 3rd edition, and attributes in the 4th."""
    for one in _thresholds(subject):
        if subject.fourth and text_of(one):
            yield Breach("The completion threshold stands between the tags.", one)
        elif not subject.fourth and one.attrib:
            yield Breach("The completion threshold has attributes, which came with the 4th edition.", one)


@rule(
    "manifest.threshold_unused",
    Severity.INFO,
    'Add completedByMeasure="true", or remove minProgressMeasure.',
    v2004="completionThreshold",
)
def a_threshold_is_used(subject: Subject) -> Breaches:
    """A smallest progress measure is given together with completedByMeasure."""
    for one in _thresholds(subject):
        used = (attribute(one, "completedByMeasure") or "").strip().lower() in {"true", "1"}
        if attribute(one, "minProgressMeasure") is not None and not used:
            yield Breach("minProgressMeasure has no effect without completedByMeasure.", one)


def _data(subject: Subject) -> list[Element]:
    return [found for item in subject.items if (found := child(item, "data")) is not None]


@rule(
    "manifest.data_edition",
    Severity.WARNING,
    "Declare the 4th edition; only its systems share data between SCOs.",
    v2004="data",
)
def shared_data_is_of_the_fourth_edition(subject: Subject) -> Breaches:
    """Shared data is used in packages of the 4th edition only."""
    if subject.fourth:
        return
    for one in _data(subject):
        yield Breach("Shared data came with the 4th edition.", one)
    for one in subject.organizations:
        if attribute(one, "sharedDataGlobalToSystem") is not None:
            yield Breach("sharedDataGlobalToSystem came with the 4th edition.", one)


@rule(
    "manifest.data_map_twice",
    Severity.WARNING,
    "Keep one map for each store.",
    v2004="map",
)
def a_store_is_mapped_once(subject: Subject) -> Breaches:
    """An item maps each store of shared data once."""
    for data in _data(subject):
        seen: set[str] = set()
        for one in children(data, "map"):
            target = uri(attribute(one, "targetID"))
            if target and target in seen:
                yield Breach(f'The store "{target[:80]}" is mapped twice.', one)
            seen.add(target)


@rule("manifest.data_without_map", Severity.WARNING, "Add a map with a targetID, or remove the element.", v2004="data")
def shared_data_maps_something(subject: Subject) -> Breaches:
    """An item with shared data maps at least one store."""
    for data in _data(subject):
        if child(data, "map") is None:
            yield Breach("The shared data has no map.", data)


@rule(
    "manifest.time_limit_action_unbound",
    Severity.INFO,
    "Add attemptAbsoluteDurationLimit to its sequencing, or remove the action.",
    v2004="timeLimitAction",
)
def a_time_limit_action_has_a_limit(subject: Subject) -> Breaches:
    """An activity that says what happens after its time says how long that is."""
    for activity in subject.activities:
        action = child(activity.element, "timeLimitAction")
        if text_of(action) and activity.sequencing.limit_conditions.attempt_absolute_duration_seconds is None:
            yield Breach(f"The item {subject.named(activity.element)} has a time limit action and no limit.", action)


RULES = (
    what_a_sco_reads_stands_on_its_item,
    presentation_stands_on_content,
    a_control_is_hidden_once,
    controls_of_later_editions_are_hidden_in_those,
    thresholds_of_early_editions_stand_on_content,
    thresholds_are_written_as_their_edition_wants,
    a_threshold_is_used,
    shared_data_is_of_the_fourth_edition,
    a_store_is_mapped_once,
    shared_data_maps_something,
    a_time_limit_action_has_a_limit,
)
