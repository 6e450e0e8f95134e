"""
What sequencing remembers between requests, as one value that goes into the database as JSON.

Every field has a default and unknown fields are ignored, so a row written by an older or newer version still loads.
"""

import msgspec

VERSION = 2
"""1: no seed, no times. A state without a version is of the first kind; every one loads."""


class ObjectiveStatus(msgspec.Struct, omit_defaults=True):
    """Progress on one objective, local or global; None is unknown. [SN TM 1.1]"""

    satisfied: bool | None = None
    measure: float | None = None
    completed: bool | None = None
    progress: float | None = None
    raw: float | None = None
    min: float | None = None
    max: float | None = None


class ActivityTracking(msgspec.Struct, omit_defaults=True):
    """
    Progress of one activity in its newest attempt. [SN TM 1.2]

    `objectives` are by identifier, "" for a primary objective without one. `of_attempt` is the attempt of the parent
    this information belongs to. `children` are the available children when they were selected or put in an order of
    their own. `began` and `first_began` are when this and the first attempt began, in seconds since 1970, None when
    nobody kept the time. `seconds` was spent in this attempt, `earlier_seconds` in those before it.
    `browsed`: SCORM 1.2 content said that it was only looked at.
    """

    attempts: int = 0
    active: bool = False
    suspended: bool = False
    completed: bool | None = None
    progress: float | None = None
    objectives: dict[str, ObjectiveStatus] = {}
    of_attempt: int = 0
    completion_set: bool = False
    success_set: bool = False
    children: tuple[str, ...] | None = None
    began: float | None = None
    first_began: float | None = None
    seconds: float = 0.0
    earlier_seconds: float = 0.0
    browsed: bool = False

    def copied(self) -> "ActivityTracking":
        """Return an independent copy."""
        objectives = {name: msgspec.structs.replace(held) for name, held in self.objectives.items()}
        return msgspec.structs.replace(self, objectives=objectives)


class SequencingState(msgspec.Struct, omit_defaults=True):
    """
    A whole sequencing state: tracking of what was touched, where the learner is, and the global objectives.

    A state is a value to its callers: `navigate` answers with a new one, which shares with the old one what did not
    change. `seed` is what selections and random orders were drawn with.
    """

    version: int = 0
    current: str | None = None
    suspended: str | None = None
    activities: dict[str, ActivityTracking] = {}
    global_objectives: dict[str, ObjectiveStatus] = {}
    seed: str = ""

    def copied(self) -> "SequencingState":
        """Return an independent copy."""
        return msgspec.structs.replace(
            self,
            activities={name: held.copied() for name, held in self.activities.items()},
            global_objectives={name: msgspec.structs.replace(one) for name, one in self.global_objectives.items()},
        )
