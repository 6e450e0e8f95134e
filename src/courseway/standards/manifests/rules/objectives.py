"""
Rules about objectives and their maps to global ones. [SCORM 2004 CAM 5.1 (objectives)]

Here: identifiers, who may read and write what, measures without effect. Not here: conditions that ask objectives.
"""

from collections.abc import Iterator

from courseway.standards.issues import Severity
from courseway.standards.manifests.rules.rule import Breach, Breaches, rule
from courseway.standards.manifests.rules.subject import Activity, Subject
from courseway.standards.manifests.sequencing import Objective, ObjectiveMap
from courseway.standards.manifests.values import uri
from courseway.standards.manifests.xml import Element, attribute, child, children, text_of

_WHAT = (
    "satisfied_status",
    "normalized_measure",
    "raw_score",
    "min_score",
    "max_score",
    "completion_status",
    "progress_measure",
)


def _groups(subject: Subject) -> Iterator[Element]:
    """Yield the basic objectives of every definition."""
    for one in subject.called("objectives"):
        if "adlseq" not in str(one.tag).lower():
            yield one


def _declared(group: Element) -> Iterator[Element]:
    yield from children(group, "primaryObjective", "objective")


@rule(
    "sequencing.several_primary_objectives",
    Severity.WARNING,
    "Make all but one of them an <imsss:objective>.",
    v2004="objectives",
)
def an_activity_has_one_primary_objective(subject: Subject) -> Breaches:
    """An activity has one primary objective."""
    for group in _groups(subject):
        for one in list(children(group, "primaryObjective"))[1:]:
            yield Breach("This is a second primary objective; it is not used.", one)


@rule(
    "sequencing.primary_without_identifier",
    Severity.WARNING,
    "Give the primary objective an objectiveID.",
    v2004="objectives",
)
def a_mapped_primary_objective_has_an_identifier(subject: Subject) -> Breaches:
    """A primary objective that is mapped to a global objective has an objectiveID."""
    for group in _groups(subject):
        primary = child(group, "primaryObjective")
        if primary is not None and child(primary, "mapInfo") is not None and not uri(attribute(primary, "objectiveID")):
            yield Breach("The primary objective has maps and no objectiveID.", primary)


@rule(
    "sequencing.measure_unused",
    Severity.INFO,
    'Add satisfiedByMeasure="true", or remove minNormalizedMeasure.',
    v2004="objectives",
)
def a_smallest_measure_is_used(subject: Subject) -> Breaches:
    """A smallest measure is given together with satisfiedByMeasure."""
    for group in _groups(subject):
        for one in _declared(group):
            by_measure = (attribute(one, "satisfiedByMeasure") or "").strip().lower() in {"true", "1"}
            if text_of(child(one, "minNormalizedMeasure")) and not by_measure:
                yield Breach("minNormalizedMeasure has no effect without satisfiedByMeasure.", one)


@rule(
    "sequencing.measure_missing",
    Severity.INFO,
    "Add minNormalizedMeasure; without it only the full measure satisfies.",
    v2004="objectives",
)
def satisfaction_by_measure_says_the_measure(subject: Subject) -> Breaches:
    """An objective that is satisfied by its measure says from which one on."""
    for group in _groups(subject):
        for one in _declared(group):
            by_measure = (attribute(one, "satisfiedByMeasure") or "").strip().lower() in {"true", "1"}
            if by_measure and not text_of(child(one, "minNormalizedMeasure")):
                yield Breach("The objective is satisfied by measure and says not by which; 1 was used.", one)


@rule(
    "sequencing.map_twice",
    Severity.WARNING,
    "Keep one map for each global objective.",
    v2004="mapInfo",
)
def an_objective_maps_a_target_once(subject: Subject) -> Breaches:
    """An objective has one map to a global objective, not several."""
    for one in subject.called("primaryobjective", "objective"):
        seen: set[str] = set()
        for info in children(one, "mapInfo"):
            target = uri(attribute(info, "targetObjectiveID"))
            if target and target in seen:
                yield Breach(f'The global objective "{target[:80]}" is mapped twice; the last map counts.', info)
            seen.add(target)


def _names(what: str) -> str:
    return "".join(word.capitalize() for word in what.split("_"))


def _active(one: ObjectiveMap) -> bool:
    return any(getattr(one, f"{verb}_{what}") for verb in ("read", "write") for what in _WHAT[:2])


def _maps(activity: Activity, verb: str, what: str) -> Iterator[tuple[Objective, ObjectiveMap]]:
    """Yield the maps of an activity that read or write one thing; extended ones only where the manifest has them."""
    basic = what in _WHAT[:2]
    if not basic and not activity.extended_maps:
        return
    for objective in activity.sequencing.objectives:
        for one in objective.maps:
            if getattr(one, f"{verb}_{what}") and (
                basic or (objective.identifier, one.target) in activity.extended_maps
            ):
                yield objective, one


@rule(
    "sequencing.several_readers",
    Severity.WARNING,
    "Read status and measure from one global objective each.",
    v2004="mapInfo",
)
def an_objective_reads_from_one_global(subject: Subject) -> Breaches:
    """An objective reads its status from one global objective at most, and so its measure."""
    for activity in subject.distinct("objectives", "adl:objectives"):
        for what in _WHAT[:2]:
            sources: dict[str, list[str]] = {}
            for objective, one in _maps(activity, "read", what):
                sources.setdefault(objective.identifier, []).append(one.target)
            for name, targets in sources.items():
                if len(targets) > 1:
                    yield Breach(
                        f'The objective "{name[:80]}" of {subject.named(activity.element)} has '
                        f"read{_names(what)} for {len(targets)} global objectives.",
                        activity.place("objectives"),
                    )


@rule(
    "sequencing.several_writers",
    Severity.WARNING,
    "Let one objective of the activity write each thing.",
    v2004="mapInfo",
)
def a_global_is_written_by_one_objective(subject: Subject) -> Breaches:
    """Of an activity's objectives one at most writes each thing of a global objective."""
    for activity in subject.distinct("objectives", "adl:objectives"):
        for what in _WHAT:
            writers: dict[str, set[str]] = {}
            for objective, one in _maps(activity, "write", what):
                writers.setdefault(one.target, set()).add(objective.identifier)
            for target, names in writers.items():
                if len(names) > 1:
                    yield Breach(
                        f"{len(names)} objectives of {subject.named(activity.element)} have "
                        f'write{_names(what)} for the global objective "{target[:80]}".',
                        activity.place("objectives"),
                    )


@rule(
    "sequencing.map_without_effect",
    Severity.INFO,
    "Read or write something, or remove the map.",
    v2004="mapInfo",
)
def a_map_reads_or_writes(subject: Subject) -> Breaches:
    """A map to a global objective reads or writes something."""
    for activity in subject.distinct("objectives", "adl:objectives"):
        for objective in activity.sequencing.objectives:
            for one in objective.maps:
                if (
                    not _active(one)
                    and (
                        objective.identifier,
                        one.target,
                    )
                    not in activity.extended_maps
                ):
                    yield Breach(
                        f'The map of "{objective.identifier[:80]}" to "{one.target[:80]}" neither reads nor writes.',
                        activity.place("objectives"),
                    )


@rule(
    "sequencing.global_never_written",
    Severity.INFO,
    "Let an activity write it, unless another course does.",
    v2004="mapInfo",
)
def what_is_read_is_written(subject: Subject) -> Breaches:
    """A global objective that an activity reads is written by an activity of the package."""
    written = {
        one.target
        for activity in subject.distinct("objectives", "adl:objectives")
        for what in _WHAT
        for _, one in _maps(activity, "write", what)
    }
    told: set[str] = set()
    for activity in subject.distinct("objectives", "adl:objectives"):
        for what in _WHAT[:2]:
            for _, one in _maps(activity, "read", what):
                if one.target not in written and one.target not in told:
                    told.add(one.target)
                    yield Breach(
                        f'The global objective "{one.target[:80]}" is read and never written.',
                        activity.place("objectives"),
                    )


@rule(
    "sequencing.extended_objective_twice",
    Severity.WARNING,
    "Put the maps into one extended objective.",
    v2004="adlseq:objectives",
)
def an_objective_is_extended_once(subject: Subject) -> Breaches:
    """An objective is extended once."""
    for group in subject.called("objectives"):
        seen: set[str] = set()
        for one in children(group, "objective") if "adlseq" in str(group.tag).lower() else ():
            name = uri(attribute(one, "objectiveID"))
            if name and name in seen:
                yield Breach(f'The objective "{name[:80]}" is extended twice.', one)
            seen.add(name)


@rule(
    "sequencing.empty_objective_identifier",
    Severity.WARNING,
    "Give it an identifier, or remove the attribute.",
    v2004="objectives",
)
def objective_identifiers_are_not_empty(subject: Subject) -> Breaches:
    """An objectiveID is not empty."""
    for one in subject.called("primaryobjective"):
        if attribute(one, "objectiveID") is not None and not uri(attribute(one, "objectiveID")):
            yield Breach("The objectiveID is empty.", one)


RULES = (
    an_activity_has_one_primary_objective,
    a_mapped_primary_objective_has_an_identifier,
    a_smallest_measure_is_used,
    satisfaction_by_measure_says_the_measure,
    an_objective_maps_a_target_once,
    an_objective_reads_from_one_global,
    a_global_is_written_by_one_objective,
    a_map_reads_or_writes,
    what_is_read_is_written,
    an_objective_is_extended_once,
    objective_identifiers_are_not_empty,
)
