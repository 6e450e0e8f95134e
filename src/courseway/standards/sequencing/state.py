"""
What sequencing remembers between requests, as one value that goes into the database as JSON.

Every field has a default and unknown fields are ignored, so a row written by an older or newer version still loads.
"""

import msgspec

VERSION = 1


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
    this information belongs to. `children` are the available children when a selection was made, in their order.
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


class SequencingState(msgspec.Struct, omit_defaults=True):
    """
    A whole sequencing state: tracking of what was touched, where the learner is, and the global objectives.

    A state is a value to its callers: `navigate` answers with a new one.
    """

    version: int = VERSION
    current: str | None = None
    suspended: str | None = None
    activities: dict[str, ActivityTracking] = {}
    global_objectives: dict[str, ObjectiveStatus] = {}

    def copied(self) -> "SequencingState":
        """Return an independent copy."""
        return msgspec.convert(msgspec.to_builtins(self), SequencingState)
