"""
What a learner's courses share, taken into a play and given back: global objectives and shared data stores. Pure.

A course sees, and writes, only what it refers to itself. Only what changed is given back, field by field, so that two
courses open at once take nothing from each other.
"""

import msgspec

from courseway.learning.model.play import Play, Playable, Shared
from courseway.standards.sequencing.state import ObjectiveStatus

Value = bool | float | None

_UNKNOWN = ObjectiveStatus()


class SharedChange(msgspec.Struct, frozen=True):
    """What a request changed of it: of an objective only the fields that are others now, None for "unknown"."""

    objectives: dict[str, dict[str, Value]] = {}
    stores: dict[str, str] = {}

    @property
    def is_empty(self) -> bool:
        """Say whether there is nothing to write."""
        return not (self.objectives or self.stores)


def take_shared(course: Playable, play: Play, known: Shared) -> None:
    """
    Put what the learner's courses share in the place of what this registration saw last.

    What only the registration knows stays: it was kept there before courses shared it, and is given back with the next
    change. [SN 3.10.2, RTE 4.3]
    """
    play.shared, held = known, play.held
    play.heard = _news(course, play, known)
    play.seen = {one: held.sequencing.global_objectives.get(one, _UNKNOWN) for one in known.objectives}
    objectives = {name: one for name, one in known.objectives.items() if name in course.objective_targets}
    if objectives:
        merged = held.sequencing.global_objectives | objectives
        held.sequencing = msgspec.structs.replace(held.sequencing, global_objectives=merged)
    held.shared = held.shared | {name: one for name, one in known.stores.items() if name in course.store_targets}


def _news(course: Playable, play: Play, known: Shared) -> Shared:
    """Return what of the known this course refers to and its registration has otherwise."""
    before, stores = play.held.sequencing.global_objectives, play.held.shared
    return Shared(
        {
            name: one
            for name, one in known.objectives.items()
            if name in course.objective_targets and before.get(name) != one
        },
        {
            name: text
            for name, text in known.stores.items()
            if name in course.store_targets and stores.get(name) != text
        },
    )


def keep_unheard(play: Play) -> None:
    """
    Leave what another course wrote since this one last looked, where this one only says "unknown".

    Content that found a status unknown and leaves it so has withdrawn nothing: it never knew. [SN 4.2.1]
    """
    now = play.held.sequencing.global_objectives
    for name, known in play.shared.objectives.items():
        after, seen = now.get(name), play.seen.get(name, _UNKNOWN)
        if after is None:
            continue
        lost = {
            field: getattr(known, field)
            for field in ObjectiveStatus.__struct_fields__
            if getattr(after, field) is None and getattr(seen, field) is None and getattr(known, field) is not None
        }
        if lost:
            now[name] = msgspec.structs.replace(after, **lost)


def plan_shared(course: Playable, play: Play) -> SharedChange:
    """Work out what is to be written back; nothing in a preview."""
    if play.learner_id is None or not course.shares:
        return SharedChange()
    now, before = play.held.sequencing.global_objectives, play.shared
    changes = {
        name: _difference(before.objectives.get(name, _UNKNOWN), now[name])
        for name in course.objective_targets
        if name in now
    }
    stores = {name: text for name, text in play.held.shared.items() if name in course.store_targets}
    return SharedChange(
        objectives={name: one for name, one in changes.items() if one},
        stores={name: text for name, text in stores.items() if before.stores.get(name) != text},
    )


def _difference(before: ObjectiveStatus, after: ObjectiveStatus) -> dict[str, Value]:
    fields = ObjectiveStatus.__struct_fields__
    return {name: getattr(after, name) for name in fields if getattr(after, name) != getattr(before, name)}
