"""
What is in hand while a launch is played: its counters, the state of its activities, and what the course is made of.

A `Play` is loaded, changed by the functions of `playing`, and saved; it lives for one request.
"""

from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

import msgspec

from courseway.learning.model.values import LearnerIdentity, Mode, Summary
from courseway.standards.manifests.structure import CourseStructure, Standard
from courseway.standards.sequencing.state import SequencingState
from courseway.standards.sequencing.tree import ActivityTree
from courseway.standards.xapi import Change


class Playable:
    """A version of a course, ready to be played. Never changes, so one serves every launch of the version."""

    def __init__(self, course_id: UUID, version_id: UUID, structure: CourseStructure) -> None:
        self.course_id = course_id
        self.version_id = version_id
        self.structure = structure
        self.title = structure.title
        self.standard: str = structure.standard.value
        self.is_scorm12 = structure.standard is Standard.SCORM_12
        self.tree = ActivityTree(structure.organization, structure.standard)
        self.single = len(self.tree.leaves) == 1
        self.language = structure.language or "und"

    @property
    def is_playable(self) -> bool:
        """Say whether this player knows the standard and there is something to play."""
        return self.structure.standard in (Standard.SCORM_12, Standard.SCORM_2004) and bool(self.tree.leaves)


class ActivityRecord(msgspec.Struct):
    """The run-time values of one activity in its newest attempt; `total_time_seconds` includes the open session."""

    cmi: dict[str, str] = {}
    attempt: int = 1
    total_time_seconds: float = 0.0
    suspended: bool = False


class Delivered(msgspec.Struct, omit_defaults=True):
    """
    How the present delivery stands.

    `first` is the delivery this stay on the activity began with: a reload delivers it again under a new number.
    `folded_seconds` is how much of an earlier page's session is in the total already. `over`: the session
    is closed, `ended_by_content` by the content itself, and `exit` is how it left. `verdict` is the "passed" or "failed"
    of SCORM 1.2 that an earlier session left, or the newest one since.
    """

    first: int = 0
    begun_at: datetime | None = None
    over: bool = False
    exit: str = ""
    ended_by_content: bool = False
    folded_seconds: float = 0.0
    verdict: str = ""


class Held(msgspec.Struct, omit_defaults=True):
    """
    What a registration remembers besides its summary.

    `floor` is what had been reached when a new attempt on the whole course began: a new attempt takes nothing away.
    `shared` are the shared data stores by identifier. [RTE 4.3]
    """

    sequencing: SequencingState = msgspec.field(default_factory=SequencingState)
    floor: Summary | None = None
    shared: dict[str, str] = {}


class Beginning(msgspec.Struct, omit_defaults=True):
    """
    What a launch began from, written once at its start so that the launch can be played again.

    `records` are the values of the activities that might go on; `activity` is what an earlier window left open, last
    heard of at `seen_at`.
    """

    summary: Summary = Summary()
    held: Held = msgspec.field(default_factory=Held)
    delivered: Delivered = msgspec.field(default_factory=Delivered)
    records: dict[str, ActivityRecord] = {}
    activity: str = ""
    seen_at: datetime | None = None


class Scratch(msgspec.Struct, omit_defaults=True):
    """A launch's own notes; a preview has its whole state here."""

    delivered: Delivered = msgspec.field(default_factory=Delivered)
    held: Held | None = None
    summary: Summary | None = None
    records: dict[str, ActivityRecord] | None = None


@dataclass
class Launch:
    """The counters of one launch. `ended` and `end_reason` say whether and how it is over."""

    id: UUID
    tenant_id: UUID
    registration_id: UUID | None
    course_id: UUID
    version_id: UUID
    mode: Mode
    last_seq: int = 0
    last_nav: int = 0
    delivery: int = 0
    activity_id: str = ""
    ended: bool = False
    end_reason: str = ""
    nav_answer: bytes | None = None
    tab_key_hash: bytes = b""
    superseded: bool = False
    last_seen_at: datetime | None = None
    link_expires_at: datetime | None = None
    fresh: bool = False


@dataclass
class Entered:
    """One commit as it was taken: for the call log."""

    seq: int
    delivery: int
    activity_id: str
    kind: str
    changes: dict[str, str]
    calls: bytes
    rejected: list[dict[str, str]]


@dataclass
class News:
    """What a change of one activity, or of the whole course (""), is worth telling."""

    activity_id: str
    change: Change


@dataclass
class Play:
    """
    One request's working set. `records` holds what was loaded; `touched` what has to be saved; `recalled` names the
    activity whose values of an earlier delivery were loaded for this one.
    """

    launch: Launch
    learner: LearnerIdentity
    summary: Summary
    held: Held
    delivered: Delivered
    records: dict[str, ActivityRecord] = field(default_factory=dict)
    touched: set[str] = field(default_factory=set)
    entered: list[Entered] = field(default_factory=list)
    news: list[News] = field(default_factory=list)
    finished_now: bool = False
    recalled: str = ""

    @property
    def record(self) -> ActivityRecord | None:
        """Return the values of the activity being played."""
        return self.records.get(self.launch.activity_id) if self.launch.activity_id else None

    def beginning(self) -> Beginning:
        """Return what a launch begins from, as it is now."""
        last = self.launch
        return Beginning(
            self.summary, self.held, self.delivered, self.records, activity=last.activity_id, seen_at=last.last_seen_at
        )
