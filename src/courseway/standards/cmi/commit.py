"""
The server's side of a commit: the elements a browser says were set are applied to the stored state by the same rules.

What the rules refuse could not have come from the player, or came from a table of another version; it is left out and
reported, the rest is kept. Not here: numbering and storing commits.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from courseway.standards.cmi.diagnostics import LONGEST
from courseway.standards.cmi.elements import Fault, Model
from courseway.standards.cmi.model import DataModel
from courseway.standards.cmi.scorm12 import SCORM_12
from courseway.standards.cmi.scorm2004 import SCORM_2004

_MODELS = {model.name: model for model in (SCORM_12, SCORM_2004)}


@dataclass(frozen=True)
class Rejected:
    """One element of a commit that was not applied: the standard's error code, and why in words."""

    element: str
    value: str
    code: str
    reason: str


@dataclass(frozen=True)
class Applied:
    """The state after a commit, and what of the commit was refused."""

    state: dict[str, str]
    rejected: tuple[Rejected, ...]


def model_of(standard: str) -> Model:
    """Return the data model of a standard, "scorm12" or "scorm2004"; KeyError for any other."""
    return _MODELS[standard]


def apply_commit(
    standard: str, state: Mapping[str, str], changes: Mapping[str, str] | Iterable[tuple[str, str]]
) -> Applied:
    """
    Apply the elements a commit sets, in their order, to a flat state.

    `state` is what `initial_values` gave or an earlier commit left; it is not changed. A commit holds the last of
    several values of an element at the place of the first, so rules about values in between are not applied again.
    """
    data = DataModel(model_of(standard), state)
    rejected = []
    for element, value in changes.items() if isinstance(changes, Mapping) else changes:
        written = data.write(element, value, squashed=True)
        if written.fault is not Fault.NONE:
            rejected.append(Rejected(element, value, data.model.codes[written.fault], written.detail[:LONGEST]))
    return Applied(data.values, tuple(rejected))
