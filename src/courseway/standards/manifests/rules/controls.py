"""
Rules about how an activity is sequenced: the collection, control modes, limits, randomization, delivery.

Here: settings without effect, and those that contradict each other or the number of children. Not here: rules of the
course (`conditions`), objectives, and what learners can reach (`reaching`).
"""

import re
from collections.abc import Iterator

from courseway.standards.issues import Severity
from courseway.standards.manifests.rules.rule import Breach, Breaches, rule
from courseway.standards.manifests.rules.subject import Activity, Subject
from courseway.standards.manifests.sequencing import Timing
from courseway.standards.manifests.xml import Element, attribute, child, children

_MOMENT = re.compile(r"\d{4,6}-\d\d-\d\d(?:T\d\d:\d\d:\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:\d\d)?")
_IGNORED_LIMITS = (
    "attemptExperiencedDurationLimit",
    "activityAbsoluteDurationLimit",
    "activityExperiencedDurationLimit",
    "beginTimeLimit",
    "endTimeLimit",
)


def _says(element: Element | None, name: str) -> bool:
    return element is not None and attribute(element, name) is not None


def _leaves(subject: Subject, part: str) -> Iterator[tuple[Activity, Element]]:
    """Yield the activities without children that have a part, and the part."""
    for activity in subject.activities:
        if not activity.children and part in activity.parts:
            yield activity, activity.parts[part]


def _definitions(subject: Subject) -> list[Element]:
    found = list(subject.called("sequencingcollection"))
    return [one for group in found for one in children(group, "sequencing")]


@rule(
    "sequencing.collection_unused",
    Severity.INFO,
    "Refer to it by IDRef, or remove it.",
    v2004="sequencingCollection",
)
def the_collection_is_used(subject: Subject) -> Breaches:
    """Every definition of the sequencing collection is referred to."""
    used = {(attribute(one, "IDRef") or "").strip() for one in subject.called("sequencing")}
    for one in _definitions(subject):
        name = (attribute(one, "ID") or "").strip()
        if name and name not in used:
            yield Breach(f'Nothing refers to the sequencing "{name[:80]}".', one)


@rule(
    "sequencing.collection_refers",
    Severity.WARNING,
    "Write the definition out.",
    v2004="sequencingCollection",
)
def the_collection_refers_to_nothing(subject: Subject) -> Breaches:
    """A definition of the sequencing collection does not refer to another."""
    for one in _definitions(subject):
        if (attribute(one, "IDRef") or "").strip():
            yield Breach("A sequencing of the collection refers to another, which is not followed.", one)


@rule(
    "sequencing.id_outside_collection",
    Severity.INFO,
    "Move the definition into the sequencingCollection if it is to be shared.",
    v2004="sequencing",
)
def shared_sequencing_stands_in_the_collection(subject: Subject) -> Breaches:
    """A sequencing that can be referred to stands in the sequencing collection."""
    shared = set(_definitions(subject))
    for one in subject.called("sequencing"):
        if one not in shared and (attribute(one, "ID") or "").strip():
            yield Breach("A sequencing outside the collection has an ID, to which nothing can refer.", one)


@rule(
    "sequencing.control_mode_on_leaf",
    Severity.INFO,
    "Remove it; these control modes are about the children of an activity.",
    v2004="controlMode",
)
def control_modes_stand_on_clusters(subject: Subject) -> Breaches:
    """Choice, flow and forwardOnly are said of activities that have children."""
    for activity, mode in _leaves(subject, "controlmode"):
        if any(_says(mode, name) for name in ("choice", "flow", "forwardOnly")):
            yield Breach(f"The control mode of {subject.named(activity.element)} has no children to control.", mode)


@rule(
    "sequencing.forward_only_without_flow",
    Severity.INFO,
    'Add flow="true", or remove forwardOnly.',
    v2004="controlMode",
)
def forward_only_goes_with_flow(subject: Subject) -> Breaches:
    """A cluster that lets learners only go forward lets them go forward."""
    for activity in subject.activities:
        mode = activity.sequencing.control_mode
        if activity.children and mode.forward_only and not mode.flow and not mode.choice:
            yield Breach("forwardOnly has no effect without flow and choice.", activity.place("controlmode"))


@rule(
    "sequencing.attempt_limit_zero",
    Severity.WARNING,
    "Allow at least one attempt, or remove the limit.",
    v2004="limitConditions",
)
def an_activity_may_be_attempted(subject: Subject) -> Breaches:
    """An attempt limit allows at least one attempt."""
    for activity in subject.activities:
        if activity.sequencing.limit_conditions.attempt_limit == 0:
            yield Breach("No attempt is allowed at all.", activity.place("limitconditions"))


@rule(
    "sequencing.limit_ignored",
    Severity.INFO,
    "Use attemptLimit or attemptAbsoluteDurationLimit; SCORM asks no system to look at the others.",
    v2004="limitConditions",
)
def limits_are_those_that_count(subject: Subject) -> Breaches:
    """Only the limits of attempts and of an attempt's absolute duration are used."""
    for one in subject.called("limitconditions"):
        for name in _IGNORED_LIMITS:
            if _says(one, name):
                yield Breach(f"{name} need not be looked at by any system.", one)


@rule(
    "sequencing.limit_moment",
    Severity.WARNING,
    "Write a date and time like 2026-01-31T08:00:00.",
    v2004="limitConditions",
)
def limits_in_time_are_moments(subject: Subject) -> Breaches:
    """The begin and the end of the time an activity is open are dates with times."""
    for one in subject.called("limitconditions"):
        for name in ("beginTimeLimit", "endTimeLimit"):
            text = (attribute(one, name) or "").strip()
            if text and _MOMENT.fullmatch(text) is None:
                yield Breach(f'{name} is "{text[:40]}".', one)


@rule(
    "sequencing.select_count",
    Severity.WARNING,
    "Select at least one child and no more than there are.",
    v2004="randomizationControls",
)
def as_many_children_are_selected_as_there_are(subject: Subject) -> Breaches:
    """The number of children to select is at least one and at most that of the children."""
    for activity in subject.activities:
        count = activity.sequencing.randomization.select_count
        if count is not None and activity.children and not 1 <= count <= len(activity.children):
            yield Breach(
                f"{count} of {len(activity.children)} children are to be selected.",
                activity.place("randomizationcontrols"),
            )


@rule(
    "sequencing.selection_incomplete",
    Severity.INFO,
    "Give both selectionTiming and selectCount, or neither.",
    v2004="randomizationControls",
)
def selection_says_when_and_how_many(subject: Subject) -> Breaches:
    """A selection of children says when it happens and how many are selected."""
    for activity in subject.activities:
        one = activity.sequencing.randomization
        if (one.selection_timing is Timing.NEVER) != (one.select_count is None):
            missing = "selectionTiming" if one.selection_timing is Timing.NEVER else "selectCount"
            yield Breach(f"Without {missing} no children are selected.", activity.place("randomizationcontrols"))


@rule(
    "sequencing.reordering_incomplete",
    Severity.INFO,
    "Give both randomizationTiming and reorderChildren, or neither.",
    v2004="randomizationControls",
)
def reordering_says_when_and_that(subject: Subject) -> Breaches:
    """A random order of children says when it is made and that it is made."""
    for activity in subject.activities:
        one = activity.sequencing.randomization
        if (one.randomization_timing is Timing.NEVER) == one.reorder_children:
            missing = "reorderChildren" if not one.reorder_children else "randomizationTiming"
            yield Breach(f"Without {missing} the children keep their order.", activity.place("randomizationcontrols"))


@rule(
    "sequencing.randomization_on_leaf",
    Severity.INFO,
    "Remove it, or move it to the cluster.",
    v2004="randomizationControls",
)
def randomization_stands_on_clusters(subject: Subject) -> Breaches:
    """Selection and random order are said of activities that have children."""
    for activity, element in _leaves(subject, "randomizationcontrols"):
        yield Breach(f"{subject.named(activity.element)} has no children to select or reorder.", element)


@rule(
    "sequencing.set_by_content_on_cluster",
    Severity.INFO,
    "Remove it, or move it to the items that have content.",
    v2004="deliveryControls",
)
def content_sets_what_it_has(subject: Subject) -> Breaches:
    """Only an activity with content leaves its completion or satisfaction to the content."""
    for activity in subject.activities:
        one = activity.sequencing.delivery_controls
        if activity.children and (one.completion_set_by_content or one.objective_set_by_content):
            yield Breach("A cluster has no content that could set its status.", activity.place("deliverycontrols"))


@rule(
    "sequencing.choice_constraint_on_leaf",
    Severity.INFO,
    "Remove it, or move it to the cluster.",
    v2004="constrainedChoiceConsiderations",
)
def choice_constraints_stand_on_clusters(subject: Subject) -> Breaches:
    """Constraints of choice are said of activities that have children."""
    for activity, element in _leaves(subject, "constrainedchoiceconsiderations"):
        one = activity.sequencing.constrained_choice
        if one.constrain_choice or one.prevent_activation:
            yield Breach(f"{subject.named(activity.element)} has no children to constrain the choice of.", element)


@rule(
    "sequencing.extension_edition",
    Severity.WARNING,
    "Declare the 4th edition; only its systems read these maps.",
    v2004="adlseq:objectives",
)
def extended_objectives_are_of_the_fourth_edition(subject: Subject) -> Breaches:
    """Extended objective maps are used in packages of the 4th edition only."""
    for one in subject.called("objectives") if not subject.fourth else ():
        if "adlseq" in str(one.tag).lower():
            yield Breach("Extended objectives came with the 4th edition.", one)


@rule(
    "sequencing.empty_definition",
    Severity.INFO,
    "Remove it; the defaults hold without it.",
    v2004="sequencing",
)
def a_definition_defines_something(subject: Subject) -> Breaches:
    """A sequencing element holds a definition or refers to one."""
    for activity in subject.activities:
        one = child(activity.element, "sequencing")
        if one is not None and not len(one) and not (attribute(one, "IDRef") or "").strip():
            yield Breach("The sequencing defines nothing.", one)


RULES = (
    the_collection_is_used,
    the_collection_refers_to_nothing,
    shared_sequencing_stands_in_the_collection,
    control_modes_stand_on_clusters,
    forward_only_goes_with_flow,
    an_activity_may_be_attempted,
    limits_are_those_that_count,
    limits_in_time_are_moments,
    as_many_children_are_selected_as_there_are,
    selection_says_when_and_how_many,
    reordering_says_when_and_that,
    randomization_stands_on_clusters,
    content_sets_what_it_has,
    choice_constraints_stand_on_clusters,
    extended_objectives_are_of_the_fourth_edition,
    a_definition_defines_something,
)
