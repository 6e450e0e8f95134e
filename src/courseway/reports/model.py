"""The values of reports, and the pure parts of making them. Nothing here does IO."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

import msgspec

from courseway.errors import NotFound

DAYS_SHOWN = 30


class LearnerMissing(NotFound):
    """There is no such learner, or she is not yours."""

    code, title = "reports.learner_not_found", "No such learner"


class DayTotals(msgspec.Struct, frozen=True):
    """What happened on one day (UTC)."""

    day: date
    registrations: int = 0
    launches: int = 0
    completions: int = 0


class Figures(msgspec.Struct, frozen=True, kw_only=True):
    """What a tenant has, counted. Seats are those of dispatches with a limit; sizes in bytes."""

    courses: int = 0
    dispatches: int = 0
    seats_used: int = 0
    seats_sold: int = 0
    unlimited_dispatches: int = 0
    versions: int = 0
    stored_bytes: int = 0


class AttentionKind(StrEnum):
    """Why something needs attention."""

    IMPORT_FAILED = "import_failed"
    NEAR_CAP = "near_cap"
    EXPIRING = "expiring"
    RESULT_REFUSED = "result_refused"


class Attention(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that needs a person. `detail` is said as it is; `at` is when it happened or will."""

    kind: AttentionKind
    subject_id: UUID
    name: str
    detail: str = ""
    at: datetime | None = None


class Event(msgspec.Struct, frozen=True, kw_only=True):
    """Something that happened lately: a fact by its name, and what it happened to."""

    at: datetime
    name: str
    subject_id: UUID | None
    subject_kind: str = ""
    subject_name: str = ""
    detail: str = ""


class Overview(msgspec.Struct, frozen=True, kw_only=True):
    """What a tenant's first page shows."""

    days: tuple[DayTotals, ...]
    figures: Figures
    attention: tuple[Attention, ...]
    events: tuple[Event, ...]
    previewed: bool = False

    @property
    def is_new(self) -> bool:
        """Tell whether this tenant has not sent out anything yet."""
        return self.figures.dispatches == 0


class Hit(msgspec.Struct, frozen=True):
    """Something that was searched for and found; `kind` is course, dispatch, destination or learner."""

    kind: str
    id: UUID
    name: str
    aside: str = ""


class CourseCompletionSort(StrEnum):
    """Orders of the completion report by course."""

    TITLE = "title"
    NEWEST = "newest"


class LearnerSort(StrEnum):
    """Orders of the list of learners."""

    NEWEST = "newest"
    NAME = "name"


class ListQuery(msgspec.Struct, frozen=True, kw_only=True):
    """What part of a list is asked for."""

    search: str = ""
    sort: str = ""
    cursor: str = ""
    limit: int | None = None


class CourseCompletion(msgspec.Struct, frozen=True, kw_only=True):
    """How far learners came with one course."""

    course_id: UUID
    title: str
    standard: str
    edition: str
    registrations: int
    launches: int
    completions: int
    last_launch_at: datetime | None


class DestinationCompletion(msgspec.Struct, frozen=True, kw_only=True):
    """How far learners of one destination came. Seats sold are those of dispatches with a limit."""

    destination_id: UUID
    name: str
    dispatches: int
    seats_used: int
    seats_sold: int
    learners: int
    launches: int
    completions: int
    last_launch_at: datetime | None


class LearnerRow(msgspec.Struct, frozen=True, kw_only=True):
    """A learner as the list shows her."""

    id: UUID
    external_id: str
    own_id: str
    name: str
    email: str
    created_at: datetime
    registrations: int
    completed: int
    last_activity_at: datetime | None

    @property
    def shown_id(self) -> str:
        """Return the id as its sender knows it."""
        return self.own_id or self.external_id


def plan_days(today: date, days: int = DAYS_SHOWN) -> tuple[date, ...]:
    """List the days a chart shows, oldest first, today last."""
    return tuple(today - timedelta(days=back) for back in range(days - 1, -1, -1))


def fill_days(days: Sequence[date], found: Mapping[date, DayTotals]) -> tuple[DayTotals, ...]:
    """Put totals in the order of the days; a day without any is a day of zeros."""
    return tuple(found.get(day) or DayTotals(day) for day in days)


def read_id(text: str) -> UUID | None:
    """Read an id that was pasted into a search; None when the text is not one."""
    try:
        return UUID(text.strip())
    except ValueError:
        return None


def name_event(name: str, payload: Mapping[str, Any]) -> str:
    """Return what a fact's payload says of it in a few words; empty when it says nothing."""
    for key in ("detail", "reason", "title", "file_name"):
        if isinstance(payload.get(key), str):
            return str(payload[key])
    return ""
