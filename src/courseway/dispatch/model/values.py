"""
Destinations, dispatches, their learners and what was heard of their LMSs, as values.

What lives here: the values the room shows. What does not: what may be asked for (`changes`), who gets a seat (`seats`).
"""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

import msgspec

from courseway.learning import PlayerSettings, Summary
from courseway.standards.shells import Endpoints, Window


class VersionPolicy(StrEnum):
    """Which version a learner gets who starts."""

    NEWEST = "newest"
    PINNED = "pinned"
    CANARY = "canary"


class CourseChange(StrEnum):
    """Who starts over when the version has changed since they last played."""

    NEVER = "never"
    INCOMPLETE = "incomplete"
    COMPLETED = "completed"
    FAILED = "failed"
    PASSED = "passed"
    ALWAYS = "always"


class Messages(msgspec.Struct, frozen=True, omit_defaults=True):
    """Own words in place of ours; an empty one leaves ours."""

    welcome: str = ""
    support: str = ""
    disabled: str = ""
    expired: str = ""
    closed_to_new: str = ""
    limit_reached: str = ""


class DispatchOptions(msgspec.Struct, frozen=True, omit_defaults=True):
    """
    How the course opens and what the player shows; without player settings, the course's own.

    `organization` is the one that new learners get of a course with several, "" for the default. A version that does not
    have it plays its default.
    """

    window: Window = Window.FRAME
    player: PlayerSettings | None = None
    messages: Messages = Messages()
    organization: str = ""


class Destination(msgspec.Struct, frozen=True, kw_only=True):
    """A customer's LMS. `lms_origins`: who may show the player in a frame; empty: anybody."""

    id: UUID
    tenant_id: UUID
    name: str
    lms_origins: tuple[str, ...]
    owner_email: str
    tags: tuple[str, ...]
    notes: str
    hash_learners: bool
    dispatch_count: int = 0
    created_at: datetime
    updated_at: datetime
    deleted_at: datetime | None = None


class Dispatch(msgspec.Struct, frozen=True, kw_only=True):
    """A course on its way to a destination, with everything that limits it."""

    id: UUID
    tenant_id: UUID
    destination_id: UUID
    destination_name: str
    course_id: UUID
    course_title: str
    current_version_id: UUID
    name: str
    enabled: bool
    allow_new_registrations: bool
    registration_cap: int
    registration_count: int
    count_reset_at: datetime | None
    expires_at: datetime | None
    instanced: bool
    version_policy: VersionPolicy
    pinned_version_id: UUID | None
    previous_version_id: UUID | None
    canary_percent: int
    on_course_change: CourseChange
    options: DispatchOptions
    postback_url: str
    owner_email: str
    tags: tuple[str, ...]
    notes: str
    launches: int
    completions: int
    last_launch_at: datetime | None
    created_at: datetime
    updated_at: datetime
    deleted_at: datetime | None = None

    @property
    def seats_left(self) -> int | None:
        """Return how many new registrations are still possible; None when there is no limit."""
        return None if self.registration_cap == 0 else max(0, self.registration_cap - self.registration_count)

    def state(self, now: datetime) -> str:
        """Return one word for how the dispatch stands: deleted, paused, expired, full, closed or open."""
        if self.deleted_at is not None:
            return "deleted"
        if not self.enabled:
            return "paused"
        if self.expires_at is not None and self.expires_at <= now:
            return "expired"
        if self.seats_left == 0:
            return "full"
        return "open" if self.allow_new_registrations else "closed"


class DispatchUser(msgspec.Struct, frozen=True, kw_only=True):
    """
    One instance of a learner under a dispatch: how far she is here, and what her LMS took and when.

    `lms_revision` is the newest revision the LMS accepted, None when it has accepted nothing yet.
    """

    id: UUID
    dispatch_id: UUID
    learner_key: str
    name: str
    instance: int
    registration_id: UUID
    version_id: UUID
    counted: bool
    created_at: datetime
    last_launch_at: datetime | None
    completion: str
    success: str
    score_scaled: float | None
    score_raw: float | None
    total_time_seconds: float
    revision: int
    completed_at: datetime | None = None
    lms_revision: int | None
    lms_taken_at: datetime | None
    lms_error: str

    @property
    def finished(self) -> bool:
        """Tell whether this instance has come to an end."""
        return self.completion == "completed" or self.success in {"passed", "failed"}

    @property
    def lms_behind(self) -> bool:
        """Tell whether the customer's LMS lacks a completion we know of, or refused the newest result."""
        if (self.lms_revision or 0) >= self.revision:
            return False
        lacks = self.completed_at is not None and (self.lms_taken_at is None or self.lms_taken_at < self.completed_at)
        return lacks or self.lms_error != ""


class Usage(msgspec.Struct, frozen=True, kw_only=True):
    """How much of a dispatch is used, since the count was last reset and by day."""

    registration_cap: int
    registration_count: int
    count_reset_at: datetime | None
    seats_left: int | None
    launches: int
    completions: int
    learners: int
    last_launch_at: datetime | None
    days: tuple["UsageDay", ...] = ()


class UsageDay(msgspec.Struct, frozen=True, kw_only=True):
    """One day of a dispatch."""

    day: str
    registrations: int
    launches: int
    completions: int


class ReceiptEntry(msgspec.Struct, frozen=True, kw_only=True):
    """What a customer's LMS answered to one write, as stored."""

    id: UUID
    registration_id: UUID
    revision: int
    ok: bool
    error: str
    diagnostic: str
    values: dict[str, Any]
    at: datetime


class SelfTest(msgspec.Struct, frozen=True, kw_only=True):
    """What a self-test page found; `code` is what people quote."""

    id: UUID
    dispatch_id: UUID
    code: str
    results: dict[str, Any]
    user_agent: str
    at: datetime


class LearnerSent(msgspec.Struct, frozen=True):
    """A learner as the shell sends her."""

    id: str = ""
    name: str = ""


class LmsSent(msgspec.Struct, frozen=True):
    """What the shell read from the LMS at its start."""

    mode: str = ""
    values: dict[str, str] = {}
    marker: dict[str, Any] | None = None


class LaunchRequest(msgspec.Struct, frozen=True):
    """What a shell asks for when the learner presses Start."""

    key: str
    learner: LearnerSent = LearnerSent()
    fresh: bool = False
    lms: LmsSent = LmsSent()
    shell: dict[str, str] = {}
    nonce: str = ""
    shell_origin: str = ""


class Launched(msgspec.Struct, frozen=True, kw_only=True):
    """What a shell gets: where the player is, how far the learner was, and a token for its receipts."""

    player_url: str
    token: str
    registration_id: UUID
    revision: int
    summary: Summary
    mode: str
    endpoints: Endpoints


class ReachedState(msgspec.Struct, frozen=True, kw_only=True):
    """How far a launch is, for a shell that cannot hear its player."""

    revision: int
    summary: Summary
    ended: bool


class ReceiptSent(msgspec.Struct, frozen=True):
    """What the LMS answered to one write, as the shell sends it."""

    revision: int
    ok: bool
    error: str = ""
    diagnostic: str = ""
    values: dict[str, str] = {}


class ReceiptsSent(msgspec.Struct, frozen=True):
    """Receipts of one launch: several at once, or a single one in the body itself."""

    token: str
    receipts: tuple[ReceiptSent, ...] = ()
    revision: int | None = None
    ok: bool = False
    error: str = ""
    diagnostic: str = ""
    values: dict[str, str] = {}

    def all(self) -> tuple[ReceiptSent, ...]:
        """Return every receipt in the order written."""
        if self.revision is None:
            return self.receipts
        return (*self.receipts, ReceiptSent(self.revision, self.ok, self.error, self.diagnostic, self.values))


class SelfTestSent(msgspec.Struct, frozen=True):
    """What a self-test page found, as it sends it."""

    dispatch_id: UUID
    key: str
    results: dict[str, Any] = {}
