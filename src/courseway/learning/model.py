"""
The values of the learning room: registrations, launches, what a learner has reached, and what is refused.

Reading and writing them is the store's; playing the protocol is the service's. Nothing here does IO.
"""

from datetime import datetime
from enum import Enum
from typing import Any
from uuid import UUID

import msgspec

from courseway.errors import Kind, Refusal


class Mode(str, Enum):
    """How a launch treats what happens in it."""

    NORMAL = "normal"
    PREVIEW = "preview"
    REVIEW = "review"


class Completion(str, Enum):
    """The words of SCORM 2004 for completion, used for both standards."""

    COMPLETED = "completed"
    INCOMPLETE = "incomplete"
    NOT_ATTEMPTED = "not attempted"
    UNKNOWN = "unknown"


class Success(str, Enum):
    """The words of SCORM 2004 for success, used for both standards."""

    PASSED = "passed"
    FAILED = "failed"
    UNKNOWN = "unknown"


class LearnerIdentity(msgspec.Struct, frozen=True):
    """Who learns, in the words of whoever sent them: an id of theirs, a name to show, perhaps an e-mail address."""

    external_id: str
    name: str = ""
    email: str = ""


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


class PlayerSettings(msgspec.Struct, frozen=True, omit_defaults=True):
    """What of the player's own furniture a launch shows."""

    show_toc: bool = True
    show_nav: bool = True
    show_progress_bar: bool = True
    toc_open: bool = True


class Registration(msgspec.Struct, frozen=True):
    """One learner's way through one course; `instance` counts up when the same learner starts over."""

    id: UUID
    tenant_id: UUID
    course_id: UUID
    version_id: UUID
    learner: LearnerIdentity
    instance: int
    summary: Summary
    created_at: datetime
    updated_at: datetime
    dispatch_id: UUID | None = None
    first_launched_at: datetime | None = None
    last_launched_at: datetime | None = None
    completed_at: datetime | None = None
    created: bool = False
    """True only in the answer of the call that made it."""


class LinkOptions(msgspec.Struct, frozen=True):
    """What a launch link carries besides whose launch it is."""

    mode: Mode = Mode.NORMAL
    frame_ancestors: tuple[str, ...] = ()
    exit_url: str | None = None
    settings: PlayerSettings = PlayerSettings()
    ttl_seconds: int = 900


class LinkExpired(Refusal):
    """This launch link has expired. Go back to where you found it and start again."""

    kind, code, title = Kind.UNAUTHENTICATED, "learning.link_expired", "The launch link has expired"


class LinkInvalid(Refusal):
    """This launch link is not valid. Go back to where you found it and start again."""

    kind, code, title = Kind.UNAUTHENTICATED, "learning.link_invalid", "The launch link is not valid"


class SessionInvalid(Refusal):
    """This session token is not valid; start the course again."""

    kind, code, title = Kind.UNAUTHENTICATED, "learning.session_invalid", "The session is not valid"


class OpenElsewhere(Refusal):
    """This course is open in another window. Continue here, or go back to the other one."""

    kind, code, title = Kind.CONFLICT, "learning.open_elsewhere", "Open in another window"


class Superseded(Refusal):
    """This course was continued in another window; this one no longer saves."""

    kind, code, title = Kind.CONFLICT, "learning.superseded", "Continued elsewhere"


class Gap(Refusal):
    """Commits are missing before this one; send them again from `expected` on."""

    kind, code, title = Kind.CONFLICT, "learning.gap", "Commits are missing"


class LaunchEnded(Refusal):
    """This launch has ended; start the course again to go on."""

    kind, code, title = Kind.GONE, "learning.ended", "The launch has ended"


class NotPlayable(Refusal):
    """This course has no version that can be played."""

    kind, code, title = Kind.CONFLICT, "learning.not_playable", "The course cannot be played"


class RegistrationNotFound(Refusal):
    """There is no such registration, or it is not yours."""

    kind, code, title = Kind.NOT_FOUND, "learning.registration_not_found", "Registration not found"


class RegistrationQuery(msgspec.Struct, frozen=True):
    """What a list of registrations is narrowed to; empty means everything."""

    search: str = ""
    course_id: UUID | None = None
    dispatch_id: UUID | None = None
    learner: str = ""
    completion: Completion | None = None
    success: Success | None = None


class LaunchRecord(msgspec.Struct, frozen=True):
    """One launch in the history of a registration."""

    id: UUID
    registration_id: UUID | None
    mode: Mode
    started_at: datetime
    last_seen_at: datetime
    ended_at: datetime | None
    ended_why: str
    commits: int
    details: dict[str, Any] = {}
