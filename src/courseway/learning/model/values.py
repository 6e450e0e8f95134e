"""Registrations, launches, what a learner has reached, and what is refused: the room's values. Nothing here acts."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

import msgspec

from courseway.errors import Invalid, Kind, Refusal
from courseway.standards.sequencing.values import Step


class Mode(StrEnum):
    """How a launch treats what happens in it: kept, thrown away (preview), or only looked at (review)."""

    NORMAL = "normal"
    PREVIEW = "preview"
    REVIEW = "review"


class Completion(StrEnum):
    """The words of SCORM 2004 for completion, used for both standards."""

    COMPLETED = "completed"
    INCOMPLETE = "incomplete"
    NOT_ATTEMPTED = "not attempted"
    UNKNOWN = "unknown"


class Success(StrEnum):
    """The words of SCORM 2004 for success, used for both standards."""

    PASSED = "passed"
    FAILED = "failed"
    UNKNOWN = "unknown"


class LearnerIdentity(msgspec.Struct, frozen=True):
    """
    Who learns: an id that is hers alone in the tenant, a name to show, perhaps an e-mail address.

    `own_id` is the id in the words of whoever sent her, where `external_id` had to be made longer to be hers alone:
    two customers' LMSs may both have a learner 17. Courses and people see `shown_id`.
    """

    external_id: str
    name: str = ""
    email: str = ""
    own_id: str = ""

    @property
    def shown_id(self) -> str:
        """Return the id as its sender knows it."""
        return self.own_id or self.external_id


class Score(msgspec.Struct, frozen=True):
    """A score as reported; what was never reported is None."""

    scaled: float | None = None
    raw: float | None = None
    min: float | None = None
    max: float | None = None


class Summary(msgspec.Struct, frozen=True):
    """What a registration has reached as a whole. `revision` grows with every change of it."""

    completion: Completion = Completion.NOT_ATTEMPTED
    success: Success = Success.UNKNOWN
    score: Score = Score()
    total_time_seconds: float = 0.0
    progress: float | None = None
    location: str = ""
    revision: int = 0


class PlayerSettings(msgspec.Struct, frozen=True):
    """
    What of the player's own furniture a launch shows, and whether the course's limits on time and dates are kept.

    SCORM leaves all limits but the one on attempts to the LMS, and old courses have dates long past. [SN 3.5]
    """

    show_toc: bool = True
    show_nav: bool = True
    show_progress_bar: bool = True
    toc_open: bool = True
    keep_time_limits: bool = False


class Registration(msgspec.Struct, frozen=True, kw_only=True):
    """
    One learner's way through one course; `instance` counts up when the same learner starts over.

    `organization` is the one of the course's organizations that is played, "" for the default; it never changes.
    `created` is True, and `note` says what was done otherwise than asked, only in the answer of the call that made it.
    `lms_*` say what a customer's LMS took.
    """

    id: UUID
    tenant_id: UUID
    course_id: UUID
    version_id: UUID
    learner_id: UUID
    learner: LearnerIdentity
    instance: int
    summary: Summary
    created_at: datetime
    dispatch_id: UUID | None = None
    course_title: str = ""
    launch_count: int = 0
    first_launched_at: datetime | None = None
    last_activity_at: datetime | None = None
    completed_at: datetime | None = None
    lms_revision: int | None = None
    lms_taken_at: datetime | None = None
    lms_error: str = ""
    organization: str = ""
    created: bool = False
    note: str = ""


class LinkOptions(msgspec.Struct, frozen=True):
    """
    What a launch link carries besides whose launch it is.

    `frame_ancestors` are origins that may frame the player besides its own; ("*",) lets anybody. `settings` of None are
    the course's own. `ttl_seconds` of None is the platform's.
    """

    mode: Mode = Mode.NORMAL
    frame_ancestors: tuple[str, ...] = ()
    exit_url: str | None = None
    settings: PlayerSettings | None = None
    ttl_seconds: int | None = None


class LinkExpired(Refusal):
    """This launch link has expired. Go back to where you found it and start again."""

    kind, code, title = Kind.UNAUTHENTICATED, "learning.link_expired", "The launch link has expired"


class LinkInvalid(Refusal):
    """This launch link is not valid. Go back to where you found it and start again."""

    kind, code, title = Kind.UNAUTHENTICATED, "learning.link_invalid", "The launch link is not valid"


class SessionInvalid(Refusal):
    """This session has expired or is not valid; start the course again."""

    kind, code, title = Kind.UNAUTHENTICATED, "learning.session_invalid", "The session is not valid"


class OpenElsewhere(Refusal):
    """This course is open in another window. Continue here, or go back to the other one."""

    kind, code, title = Kind.CONFLICT, "learning.open_elsewhere", "Open in another window"


class Superseded(Refusal):
    """This course was continued in another window; this one no longer saves."""

    kind, code, title = Kind.CONFLICT, "learning.superseded", "Continued elsewhere"


class Gap(Refusal):
    """Something is missing before this; send it again from `expected` on."""

    kind, code, title = Kind.CONFLICT, "learning.gap", "Something is missing"


class LaunchEnded(Refusal):
    """This launch has ended; start the course again to go on."""

    kind, code, title = Kind.GONE, "learning.ended", "The launch has ended"


class NotPlayable(Refusal):
    """This course cannot be played here."""

    kind, code, title = Kind.CONFLICT, "learning.not_playable", "The course cannot be played"


class OrganizationUnknown(Invalid):
    """This course has no such organization."""

    code, title = "learning.organization_unknown", "No such organization"


class RegistrationNotFound(Refusal):
    """There is no such registration, or it is not yours."""

    kind, code, title = Kind.NOT_FOUND, "learning.registration_not_found", "Registration not found"


class RegistrationQuery(msgspec.Struct, frozen=True, kw_only=True):
    """What a list of registrations is narrowed to; empty means everything. `search` looks at the learner's name and id."""

    search: str = ""
    course_id: UUID | None = None
    dispatch_id: UUID | None = None
    learner: str = ""
    completion: Completion | None = None
    success: Success | None = None
    limit: int | None = None
    cursor: str = ""


class LaunchRecord(msgspec.Struct, frozen=True, kw_only=True):
    """One launch in the history of a registration."""

    id: UUID
    registration_id: UUID | None
    mode: Mode
    created_at: datetime
    started_at: datetime | None
    last_seen_at: datetime | None
    ended_at: datetime | None
    end_reason: str
    commits: int
    navigations: int
    user_agent: str
    address: str


class LaunchDetail(msgspec.Struct, frozen=True, kw_only=True):
    """One launch with what it was a launch of; `activities` are titles by identifier. `exportable`: it can be played again."""

    launch: LaunchRecord
    course_id: UUID
    course_title: str
    standard: str
    edition: str
    exportable: bool
    activities: dict[str, str]


class NotExportable(Refusal):
    """This launch began before launches kept what is needed to play them again. Newer ones can be exported."""

    kind, code, title = Kind.CONFLICT, "learning.not_exportable", "The launch cannot be exported"


class CallQuery(msgspec.Struct, frozen=True, kw_only=True):
    """
    What a call log is narrowed to; empty means everything.

    `element` is a part of the element's name, `method` the call's name without LMS. `failed` keeps what answered with
    an error or was refused by the server.
    """

    element: str = ""
    method: str = ""
    failed: bool = False
    errors_first: bool = False
    offset: int = 0
    limit: int = 100


class LoggedCall(msgspec.Struct, frozen=True, kw_only=True):
    """
    One line of a call log: a call of the content, or (`refused`) a value that the server did not take of a commit.

    `call` is [milliseconds since delivery, method, element, value, result, error]; `delivered_at` is when the activity
    was delivered, as far as it is known.
    """

    seq: int
    delivery: int
    activity_id: str
    received_at: datetime
    delivered_at: datetime | None
    refused: bool
    call: list[Any]


class CallView(msgspec.Struct, frozen=True, kw_only=True):
    """One commit of a launch with the calls it carries: [milliseconds since delivery, method, element, value, result, error]."""

    seq: int
    received_at: datetime
    delivery: int
    activity_id: str
    kind: str
    changes: dict[str, str]
    calls: list[list[Any]]
    rejected: list[dict[str, Any]]


class NavigationRecord(msgspec.Struct, frozen=True, kw_only=True):
    """One navigation of a launch and why it went as it did; number 0 is the start, below 0 the window was reloaded."""

    nav: int
    at: datetime
    request: str
    target: str
    delivered: str
    refused: str
    trace: list[Step]
    commits_before: int | None = None
    timed_out: bool = False
    delivery: int | None = None


class ActivityView(msgspec.Struct, frozen=True, kw_only=True):
    """One activity of a registration as people look at it."""

    id: str
    title: str
    kind: str
    depth: int
    status: str
    attempts: int = 0
    suspended: bool = False
    completion: Completion = Completion.NOT_ATTEMPTED
    success: Success = Success.UNKNOWN
    score: Score = Score()
    progress: float | None = None
    total_time_seconds: float = 0.0
    location: str = ""
    objectives: list[dict[str, Any]] = []
    interactions: list[dict[str, Any]] = []
    values: dict[str, str] = {}


class RegistrationDetail(msgspec.Struct, frozen=True, kw_only=True):
    """
    A registration with its activity tree, in the order of the course, parents first.

    `organization_title` names what is played where the course has several organizations; otherwise it is "".
    """

    registration: Registration
    standard: str
    edition: str
    organization_title: str = ""
    activities: list[ActivityView]
