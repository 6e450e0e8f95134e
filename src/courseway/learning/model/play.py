"""
What is in hand while a launch is played: its counters, the state of its activities, and what the course is made of.

A `Play` is loaded, changed by the functions of `playing`, and saved; it lives for one request.
"""

from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

import msgspec

from courseway.learning.model.values import LearnerIdentity, Mode, Summary
from courseway.standards.manifests.structure import CourseStructure, Organization, Standard
from courseway.standards.sequencing.state import ObjectiveStatus, SequencingState
from courseway.standards.sequencing.tree import ActivityTree
from courseway.standards.xapi import Change


class Playable:
    """
    One organization of a version of a course, ready to be played. Never changes, so one serves every launch of it.

    `organization` is its identifier; "", and one that this version does not have, mean the version's default.
    `objective_targets` and `store_targets` are what the learner's courses share and this one refers to; what belongs to
    the registration alone is not among them. [SN 3.10.2, CAM 3.4.1.5]
    """

    def __init__(self, course_id: UUID, version_id: UUID, structure: CourseStructure, organization: str = "") -> None:
        self.course_id = course_id
        self.version_id = version_id
        self.structure = structure
        self.title = structure.title
        self.standard: str = structure.standard.value
        self.is_scorm12 = structure.standard is Standard.SCORM_12
        self.organization = structure.find_organization(organization) or structure.organization
        self.tree = ActivityTree(self.organization, structure.standard, structure.edition)
        self.single = len(self.tree.leaves) == 1
        self.language = structure.language or "und"
        self.objective_targets: frozenset[str] = frozenset()
        self.store_targets: frozenset[str] = frozenset()
        if structure.standard is Standard.SCORM_2004:
            self.objective_targets, self.store_targets = _shared_targets(self.organization)

    @property
    def shares(self) -> bool:
        """Say whether there is anything that this course may share with the learner's other courses."""
        return bool(self.objective_targets or self.store_targets)

    @property
    def shown_title(self) -> str:
        """Return the title for the learner: of several organizations, the one that is played names itself."""
        several = len(self.structure.organizations) > 1
        return (several and self.organization.title) or self.title

    @property
    def is_playable(self) -> bool:
        """Say whether this player knows the standard and there is something to play."""
        return self.structure.standard in (Standard.SCORM_12, Standard.SCORM_2004) and bool(self.tree.leaves)


def _shared_targets(organization: Organization) -> tuple[frozenset[str], frozenset[str]]:
    """Return the global objectives and the data stores that an organization shares across the system."""
    definitions = [organization.sequencing, *(one.sequencing for one in organization.walk())]
    objectives = (one for found in definitions if found is not None for one in found.objectives)
    targets = frozenset(mapped.target for one in objectives for mapped in one.maps)
    stores = frozenset(one.target for item in organization.walk() for one in item.data)
    return (
        targets if organization.objectives_global_to_system else frozenset(),
        stores if organization.shared_data_global_to_system else frozenset(),
    )


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
    of SCORM 1.2 that an earlier session left, or the newest one since. `stores` are the shared data stores that the content
    has written and that were not kept yet, by identifier; None where nobody noted them.
    """

    first: int = 0
    begun_at: datetime | None = None
    over: bool = False
    exit: str = ""
    ended_by_content: bool = False
    folded_seconds: float = 0.0
    verdict: str = ""
    stores: tuple[str, ...] | None = None


class Held(msgspec.Struct, omit_defaults=True):
    """
    What a registration remembers besides its summary.

    `floor` is what had been reached when a new attempt on the whole course began: a new attempt takes nothing away.
    `shared` are the shared data stores by identifier. [RTE 4.3] What the learner's courses share is here, and among the
    global objectives, as it was at the last start or navigation: commits look at that and ask nobody.
    `keeps_time_limits`: the course's limits on time and dates are evaluated; the books leave that to the LMS. [SN 3.5]
    """

    sequencing: SequencingState = msgspec.field(default_factory=SequencingState)
    floor: Summary | None = None
    shared: dict[str, str] = {}
    keeps_time_limits: bool = False


class Shared(msgspec.Struct):
    """What a learner's courses share: global objectives and shared data stores, by identifier. [SN 3.10.2, RTE 4.3]"""

    objectives: dict[str, ObjectiveStatus] = {}
    stores: dict[str, str] = {}

    @property
    def is_empty(self) -> bool:
        """Say whether there is nothing in it."""
        return not (self.objectives or self.stores)


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
    """A launch's own notes; a preview has its whole state here, and which organization it plays."""

    delivered: Delivered = msgspec.field(default_factory=Delivered)
    held: Held | None = None
    summary: Summary | None = None
    records: dict[str, ActivityRecord] | None = None
    organization: str = ""


@dataclass
class Launch:
    """
    The counters of one launch. `ended` and `end_reason` say whether and how it is over.

    `seed` is given when a launch is played again; otherwise it is drawn from whose launch it is.
    """

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
    organization: str = ""
    seed: str = ""


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

    `learner_id` is None in a preview: it shares nothing. `shared` is what the learner's courses shared before this request,
    `heard` what of it this one had not known,
    `seen` what this one had seen of its objectives when it last moved.
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
    learner_id: UUID | None = None
    shared: Shared = field(default_factory=Shared)
    heard: Shared = field(default_factory=Shared)
    seen: dict[str, ObjectiveStatus] = field(default_factory=dict)
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
