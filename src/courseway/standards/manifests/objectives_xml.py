"""
Reading the objectives of an activity: `imsss:objectives` and, beside it, `adlseq:objectives`. [SCORM 2004 CAM 5.1]

Here: objectives and their maps to global ones. Not here: the rest of sequencing (`sequencing_xml`).
"""

import msgspec

from courseway.standards.manifests.sequencing import Objective, ObjectiveMap
from courseway.standards.manifests.values import Values, parse_number, uri
from courseway.standards.manifests.xml import Element, attribute, child, children, text_of

_CLAUSE = "SCORM 2004 CAM 5.1"
_EXTENDED = ("raw_score", "min_score", "max_score", "completion_status", "progress_measure")


def read_objectives(basic: Element | None, extended: Element | None, values: Values) -> tuple[Objective, ...]:
    """
    Read an activity's objectives, the primary one first; empty when none is declared.

    The extended maps of `adlseq` join the objective of the same identifier.
    """
    objectives = _basic(basic, values) if basic is not None else []
    for element in children(extended, "objective") if extended is not None else ():
        identifier = uri(attribute(element, "objectiveID"))
        at = next((index for index, one in enumerate(objectives) if one.identifier == identifier), None)
        if at is None:
            values.findings.warn(
                "sequencing.unknown_objective",
                f'The extended objective "{identifier}" has no objective to extend and was left out.',
                values.document.where(element),
                _CLAUSE,
                advice="Declare the objective in <imsss:objectives> too.",
            )
        else:
            objectives[at] = _extend(objectives[at], element, values)
    return tuple(objectives)


def _basic(group: Element, values: Values) -> list[Objective]:
    primary = child(group, "primaryObjective")
    found = [_objective(primary, True, values)] if primary is not None else []
    for element in children(group, "objective"):
        found.append(_objective(element, False, values))
    if primary is None:
        values.findings.warn(
            "sequencing.missing_primary_objective",
            "The objectives lack a primary one; an unnamed one was added.",
            values.document.where(group),
            _CLAUSE,
            "Add an empty <imsss:primaryObjective/>.",
        )
        found.insert(0, Objective(primary=True))
    return _told_apart(found, group, values)


def _told_apart(found: list[Objective], group: Element, values: Values) -> list[Objective]:
    kept: dict[str, Objective] = {}
    for objective in found:
        if objective.identifier in kept or (not objective.identifier and not objective.primary):
            values.findings.warn(
                "sequencing.objective_identifier",
                f'The objective "{objective.identifier}" has no identifier of its own and was left out.',
                values.document.where(group),
                _CLAUSE,
                advice="Give every objective an objectiveID of its own.",
            )
        else:
            kept[objective.identifier] = objective
    return list(kept.values())


def _objective(element: Element, primary: bool, values: Values) -> Objective:
    maps: dict[str, ObjectiveMap] = {}
    for one in children(element, "mapInfo"):
        target = uri(attribute(one, "targetObjectiveID"))
        if target:
            maps[target] = _map(one, target, values)
    return Objective(
        identifier=uri(attribute(element, "objectiveID")),
        primary=primary,
        satisfied_by_measure=values.boolean(element, "satisfiedByMeasure", False),
        min_normalized_measure=_measure(child(element, "minNormalizedMeasure"), values),
        maps=tuple(maps.values()),
    )


def _measure(element: Element | None, values: Values) -> float:
    text = text_of(element)
    if element is None or not text:
        return 1.0
    measure = parse_number(text)
    if measure is None or not -1.0 <= measure <= 1.0:
        values.findings.warn(
            "manifest.invalid_value",
            f'minNormalizedMeasure is "{text[:60]}" but must be a number from -1 to 1; 1 was used.',
            values.document.where(element),
            f"{_CLAUSE} (minNormalizedMeasure)",
            advice="Write a number from -1 to 1.",
        )
        return 1.0
    return measure


def _map(element: Element, target: str, values: Values) -> ObjectiveMap:
    return ObjectiveMap(
        target=target,
        read_satisfied_status=values.boolean(element, "readSatisfiedStatus", True),
        read_normalized_measure=values.boolean(element, "readNormalizedMeasure", True),
        write_satisfied_status=values.boolean(element, "writeSatisfiedStatus", False),
        write_normalized_measure=values.boolean(element, "writeNormalizedMeasure", False),
    )


def _extend(objective: Objective, element: Element, values: Values) -> Objective:
    maps = {one.target: one for one in objective.maps}
    for info in children(element, "mapInfo"):
        target = uri(attribute(info, "targetObjectiveID"))
        if not target:
            continue
        known = maps.get(target)
        if known is None:
            known = ObjectiveMap(target=target, read_satisfied_status=False, read_normalized_measure=False)
        changes = {f"read_{name}": values.boolean(info, _xml_name("read", name), True) for name in _EXTENDED}
        changes |= {f"write_{name}": values.boolean(info, _xml_name("write", name), False) for name in _EXTENDED}
        maps[target] = msgspec.structs.replace(known, **changes)
    return msgspec.structs.replace(objective, maps=tuple(maps.values()))


def _xml_name(verb: str, name: str) -> str:
    return verb + "".join(word.capitalize() for word in name.split("_"))
