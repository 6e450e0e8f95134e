"""
The values an activity is launched with: what the course, the learner and the last session say, as one flat map. Pure.

Not here: which activity is launched and in which attempt (sequencing, learning).
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from courseway.standards.cmi.commit import model_of
from courseway.standards.cmi.elements import Access
from courseway.standards.cmi.model import DataModel
from courseway.standards.manifests.structure import DataMap, Item

_INDEX = re.compile(r"\.[0-9]+(?=\.)")
_SESSION_ONLY = frozenset(("cmi.core.exit", "cmi.core.session_time", "cmi.exit", "cmi.session_time", "adl.nav.request"))


@dataclass(frozen=True)
class Learner:
    """Who learns, as the content may know it."""

    id: str
    name: str


@dataclass(frozen=True)
class LaunchObjective:
    """An objective of the activity as sequencing knows it at launch; None or "" is not known, and nothing is set."""

    id: str
    success_status: str = ""
    completion_status: str = ""
    progress_measure: float | None = None
    scaled: float | None = None
    raw: float | None = None
    min: float | None = None
    max: float | None = None


def entry_of(stored: Mapping[str, str], *, suspended: bool) -> str:
    """
    Say how the content is entered: "ab-initio", "resume" or "". [RTE 1.2 3.4.4, RTE 4.2.7]

    `stored` is what the attempt holds (empty for a new attempt), `suspended` whether its last session asked to be
    resumed. An attempt that goes on without having been suspended is neither.
    """
    if not stored:
        return "ab-initio"
    return "resume" if suspended else ""


def initial_values(
    standard: str,
    item: Item,
    learner: Learner,
    stored: Mapping[str, str],
    *,
    entry: str,
    mode: str = "normal",
    credit: bool = True,
    objectives: Sequence[LaunchObjective] = (),
    shared: Mapping[str, str] | None = None,
) -> dict[str, str]:
    """
    Build the flat map an activity is delivered with; it is also the state its commits are applied to.

    `stored`: the attempt's values so far, empty for a new attempt. `mode`: "normal", "browse" or "review"; anything but
    normal is without credit. `shared`: the shared stores by their identifier (SCORM 2004 4th edition).
    """
    values = {name: value for name, value in stored.items() if name not in _SESSION_ONLY}
    credited = "credit" if credit and mode == "normal" else "no-credit"
    if standard == "scorm12":
        values |= _values_12(item, learner)
        values |= {"cmi.core.entry": entry, "cmi.core.lesson_mode": mode, "cmi.core.credit": credited}
    else:
        values |= _values_2004(item, learner)
        values |= {"cmi.entry": entry, "cmi.mode": mode, "cmi.credit": credited}
        _set_objectives(values, objectives)
        values = {name: value for name, value in values.items() if not name.startswith("adl.data.")}
        values |= _shared_values(item.data, shared or {})
    return DataModel(model_of(standard), values).values


def delivered_values(standard: str, values: Mapping[str, str]) -> dict[str, str]:
    """Return what of a launch's values the browser needs: everything but what content can never read."""
    elements = model_of(standard).elements
    hidden = {name for name, element in elements.items() if element.access is Access.WRITE}
    return {name: value for name, value in values.items() if _INDEX.sub(".n", name) not in hidden}


def _values_12(item: Item, learner: Learner) -> dict[str, str]:
    values = {
        "cmi.core.student_id": learner.id[:255],
        "cmi.core.student_name": learner.name[:255],
        "cmi.launch_data": item.launch_data[:4096],
        "cmi.student_data.max_time_allowed": item.max_time_allowed,
        "cmi.student_data.time_limit_action": item.time_limit_action,
    }
    if item.mastery_score is not None:
        values["cmi.student_data.mastery_score"] = f"{item.mastery_score:g}"
    return values


def _values_2004(item: Item, learner: Learner) -> dict[str, str]:
    values = {"cmi.learner_id": learner.id[:4000], "cmi.learner_name": learner.name[:250]}
    if item.launch_data:
        values["cmi.launch_data"] = item.launch_data[:4000]
    if item.max_time_allowed:
        values["cmi.max_time_allowed"] = item.max_time_allowed
    if item.time_limit_action:
        values["cmi.time_limit_action"] = item.time_limit_action
    threshold = item.completion_threshold
    if threshold is not None and threshold.completed_by_measure:
        values["cmi.completion_threshold"] = str(threshold.min_progress_measure)
    for objective in item.sequencing.objectives if item.sequencing is not None else ():
        if objective.primary and objective.satisfied_by_measure:
            values["cmi.scaled_passing_score"] = str(objective.min_normalized_measure)
    return values


def _set_objectives(values: dict[str, str], objectives: Sequence[LaunchObjective]) -> None:
    """Bring the entries of `cmi.objectives` to what sequencing knows, by identifier; new ones come last. [RTE 4.2.17]"""
    count = int(values.get("cmi.objectives._count", "0"))
    places = {values.get(f"cmi.objectives.{number}.id", ""): number for number in range(count)}
    for objective in objectives:
        if not objective.id:
            continue
        prefix = f"cmi.objectives.{places.setdefault(objective.id, len(places))}."
        values[prefix + "id"] = objective.id
        words = {"success_status": objective.success_status, "completion_status": objective.completion_status}
        numbers = {
            "progress_measure": objective.progress_measure,
            "score.scaled": objective.scaled,
            "score.raw": objective.raw,
            "score.min": objective.min,
            "score.max": objective.max,
        }
        values |= {prefix + name: word for name, word in words.items() if word}
        values |= {prefix + name: f"{number:.7g}" for name, number in numbers.items() if number is not None}


def _shared_values(maps: Sequence[DataMap], shared: Mapping[str, str]) -> dict[str, str]:
    values = {}
    for number, shared_map in enumerate(maps):
        prefix = f"adl.data.{number}."
        values[prefix + "id"] = shared_map.target
        values[prefix + "_access"] = ("r" if shared_map.read_shared_data else "") + (
            "w" if shared_map.write_shared_data else ""
        )
        if shared_map.target in shared:
            values[prefix + "store"] = shared[shared_map.target]
    return values


def shared_stores(values: Mapping[str, str]) -> dict[str, str]:
    """Return the shared stores of a state by their identifier, where the activity may write them. [RTE 4.3]"""
    count = int(values.get("adl.data._count", "0"))
    stores = {}
    for number in range(count):
        prefix = f"adl.data.{number}."
        if prefix + "store" in values and "w" in values.get(prefix + "_access", "rw"):
            stores[values[prefix + "id"]] = values[prefix + "store"]
    return stores
