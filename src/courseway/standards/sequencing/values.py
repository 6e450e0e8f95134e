"""
What goes into sequencing and what comes out: requests, outcomes, codes. Tracking is in `state`, the tree in `tree`.
"""

from datetime import datetime
from enum import StrEnum
from functools import lru_cache

import msgspec


class RequestKind(StrEnum):
    """Navigation requests, from the learner, the content, or the system. [SN NB.2.1]"""

    START = "start"
    RESUME_ALL = "resumeAll"
    CONTINUE = "continue"
    PREVIOUS = "previous"
    CHOICE = "choice"
    JUMP = "jump"
    EXIT = "exit"
    EXIT_ALL = "exitAll"
    ABANDON = "abandon"
    ABANDON_ALL = "abandonAll"
    SUSPEND_ALL = "suspendAll"
    RETRY = "retry"
    RETRY_ALL = "retryAll"


class Refused(StrEnum):
    """Why a request leads nowhere: the exception codes of the book. [SN Appendix C]"""

    ALREADY_STARTED = "NB.2.1-1"
    NOT_STARTED = "NB.2.1-2"
    NOTHING_SUSPENDED = "NB.2.1-3"
    FLOW_NOT_ALLOWED = "NB.2.1-4"
    PREVIOUS_NOT_ALLOWED = "NB.2.1-5"
    NO_PREVIOUS_OF_ROOT = "NB.2.1-6"
    CHOICE_EXIT_NOT_ALLOWED = "NB.2.1-8"
    CHOICE_NOT_ALLOWED = "NB.2.1-10"
    TARGET_UNKNOWN = "NB.2.1-11"
    ALREADY_ENDED = "NB.2.1-12"
    UNDEFINED_REQUEST = "NB.2.1-13"
    NOTHING_TO_END = "TB.2.3-1"
    ENDED_BEFORE = "TB.2.3-2"
    NOTHING_TO_SUSPEND = "TB.2.3-3"
    ROOT_HAS_NO_PARENT = "TB.2.3-4"
    BEYOND_END = "SB.2.1-1"
    NO_CHILDREN = "SB.2.1-2"
    BEFORE_START = "SB.2.1-3"
    FORWARD_ONLY = "SB.2.1-4"
    NO_FLOW_IN_PARENT = "SB.2.2-1"
    ACTIVITY_NOT_ALLOWED = "SB.2.2-2"
    TRAVERSAL_STOPPED = "SB.2.4-1"
    CHOICE_FORWARD_ONLY = "SB.2.4-2"
    CHOICE_BEFORE_ROOT = "SB.2.4-3"
    START_RUNNING = "SB.2.5-1"
    RESUME_RUNNING = "SB.2.6-1"
    RESUME_NOTHING = "SB.2.6-2"
    CONTINUE_NOT_RUNNING = "SB.2.7-1"
    CONTINUE_NO_FLOW = "SB.2.7-2"
    PREVIOUS_NOT_RUNNING = "SB.2.8-1"
    PREVIOUS_NO_FLOW = "SB.2.8-2"
    CHOICE_NO_TARGET = "SB.2.9-1"
    CHOICE_NOT_AVAILABLE = "SB.2.9-2"
    CHOICE_HIDDEN = "SB.2.9-3"
    CHOICE_PARENT_FORBIDS = "SB.2.9-4"
    CHOICE_NO_PATH = "SB.2.9-5"
    CHOICE_NOT_ACTIVATED = "SB.2.9-6"
    CHOICE_EXIT = "SB.2.9-7"
    CHOICE_CONSTRAINED = "SB.2.9-8"
    CHOICE_LEADS_NOWHERE = "SB.2.9-9"
    RETRY_NOT_RUNNING = "SB.2.10-1"
    RETRY_ACTIVE = "SB.2.10-2"
    RETRY_LEADS_NOWHERE = "SB.2.10-3"
    EXIT_NOT_RUNNING = "SB.2.11-1"
    EXIT_ACTIVE = "SB.2.11-2"
    JUMP_NO_TARGET = "SB.2.13-1"
    NOT_A_LEAF = "DB.1.1-1"
    NOTHING_DELIVERED = "DB.1.1-2"
    DELIVERY_NOT_ALLOWED = "DB.1.1-3"
    PREREQUISITES = "1.2-1"
    """Ours: SCORM 1.2 knows no codes."""


class Request(msgspec.Struct, frozen=True):
    """One navigation request; `target` is an activity for choice and jump, otherwise None."""

    kind: RequestKind
    target: str | None = None


class EndedObjective(msgspec.Struct, frozen=True):
    """
    What the content left in one entry of `cmi.objectives`; None is unknown.

    `success_set` and `completion_set` say that the content set the element, be it to "unknown", or found it known.
    """

    satisfied: bool | None = None
    measure: float | None = None
    completed: bool | None = None
    progress: float | None = None
    raw: float | None = None
    min: float | None = None
    max: float | None = None
    success_set: bool = False
    completion_set: bool = False


class EndedActivity(msgspec.Struct, frozen=True):
    """
    What the content of the current activity has reported so far, read from its run-time data.

    `completion_set` and `success_set` say that the content set the element at all, be it to "unknown":
    nothing is then made up for it. `objectives` are by identifier. `exit` is the last `cmi.exit`.
    `seconds` is the time spent in this attempt, all its sessions together.
    `browsed`: SCORM 1.2 content said that it was only looked at.
    """

    completed: bool | None = None
    progress: float | None = None
    satisfied: bool | None = None
    measure: float | None = None
    raw: float | None = None
    min: float | None = None
    max: float | None = None
    completion_set: bool = False
    success_set: bool = False
    objectives: dict[str, EndedObjective] = {}
    exit: str = ""
    seconds: float = 0.0
    browsed: bool = False


class Given(msgspec.Struct, frozen=True):
    """
    What sequencing needs of the world.

    `seed` decides selections and random orders; the first one a state is given stays with it. `now` is the time of
    the request, or None where the limits on time are not to be evaluated: the book leaves them to the LMS. [SN 3.5]
    """

    seed: str = ""
    now: datetime | None = None


class Step(msgspec.Struct, frozen=True, omit_defaults=True):
    """One step of the reasoning: the clause that was applied, what came of it in words, and the activity it is about."""

    clause: str
    words: str
    activity: str = ""


class ValidRequests(msgspec.Struct, frozen=True):
    """Which requests would be honoured now; `choice` and `jump` by activity."""

    continue_: bool = msgspec.field(default=False, name="continue")
    previous: bool = False
    exit: bool = False
    exit_all: bool = msgspec.field(default=False, name="exitAll")
    abandon: bool = False
    abandon_all: bool = msgspec.field(default=False, name="abandonAll")
    suspend_all: bool = msgspec.field(default=False, name="suspendAll")
    choice: dict[str, bool] = {}
    jump: dict[str, bool] = {}


class TocEntry(msgspec.Struct, frozen=True):
    """One line of the table of contents."""

    status: str
    enabled: bool
    visible: bool


@lru_cache(maxsize=64)
def toc_entry(status: str, enabled: bool, visible: bool) -> TocEntry:
    """Return a line of the contents; there are few different ones and thousands of activities, so each is made once."""
    return TocEntry(status, enabled, visible)


class Standing(msgspec.Struct, frozen=True):
    """What the root, and with it the whole course, has reached; None is unknown."""

    attempted: bool = False
    completed: bool | None = None
    satisfied: bool | None = None
    measure: float | None = None
    progress: float | None = None
