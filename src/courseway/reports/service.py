"""What the reports room answers: one method a question. It writes nothing."""

from datetime import date
from uuid import UUID

from courseway.errors import Invalid
from courseway.kit.clock import Clock, utc_now
from courseway.kit.db import Database, Tx
from courseway.kit.paging import Page, decode_cursor, make_page, page_limit
from courseway.kit.words import read_words
from courseway.reports.model import (
    CourseCompletion,
    CourseCompletionSort,
    DayTotals,
    DestinationCompletion,
    Hit,
    LearnerMissing,
    LearnerRow,
    LearnerSort,
    ListQuery,
    Overview,
    fill_days,
    plan_days,
    read_id,
)
from courseway.reports.store import figures, lists
from courseway.tenants import Caller, Scope

EVERYTHING = ListQuery()
KEPT_TENANTS = 2000
ATTENTION_EACH = 4
EVENTS_SHOWN = 10
HITS_EACH = 6
KINDS = {
    "courses": Scope.COURSE_READ,
    "dispatches": Scope.DISPATCH_READ,
    "destinations": Scope.DISPATCH_READ,
    "learners": Scope.ANALYTICS_READ,
}


class Service:
    """The reports room."""

    def __init__(self, *, db: Database, clock: Clock = utc_now) -> None:
        self._db = db
        self._clock = clock
        # Days that are over do not change; asking for them once a process and day is enough.
        self._past: dict[UUID, tuple[date, tuple[DayTotals, ...]]] = {}

    async def overview(self, caller: Caller) -> Overview:
        """Answer what the first page shows: thirty days, figures, what needs attention, the latest events."""
        caller.require(Scope.ANALYTICS_READ)
        async with self._db.tenant(caller.tenant_id) as tx:
            days = await self._days(tx, caller.tenant_id)
            counted = await figures.load_figures(tx)
            attention = await figures.find_attention(tx, self._clock(), ATTENTION_EACH)
            events = await figures.find_events(tx, EVENTS_SHOWN)
            previewed = counted.dispatches > 0 or await figures.has_previewed(tx)
        return Overview(
            days=days, figures=counted, attention=tuple(attention), events=tuple(events), previewed=previewed
        )

    async def _days(self, tx: Tx, tenant_id: UUID) -> tuple[DayTotals, ...]:
        today = self._clock().date()
        days = plan_days(today)
        kept = self._past.get(tenant_id)
        if kept is None or kept[0] != today:
            found = await figures.find_day_totals(tx, days[0], days[-2])
            if len(self._past) >= KEPT_TENANTS:
                self._past.clear()
            kept = (today, fill_days(days[:-1], found))
            self._past[tenant_id] = kept
        return kept[1] + fill_days(days[-1:], await figures.find_day_totals(tx, today, today))

    async def completion_by_course(self, caller: Caller, query: ListQuery = EVERYTHING) -> Page[CourseCompletion]:
        """List how far learners came with each course."""
        caller.require(Scope.ANALYTICS_READ)
        size, words = page_limit(query.limit), read_words(query.search)
        by_title = query.sort != CourseCompletionSort.NEWEST
        async with self._db.tenant(caller.tenant_id) as tx:
            rows = await lists.find_course_completion(
                tx, by_title=by_title, words=words, after=_named_place(query.cursor), limit=size + 1
            )
        return make_page(rows, size, lambda row: [row.title.lower(), row.course_id])

    async def completion_by_destination(
        self, caller: Caller, query: ListQuery = EVERYTHING
    ) -> Page[DestinationCompletion]:
        """List how far the learners of each destination came."""
        caller.require(Scope.ANALYTICS_READ)
        size, words = page_limit(query.limit), read_words(query.search)
        after = _uuid(decode_cursor(query.cursor, 1)[0]) if query.cursor else None
        async with self._db.tenant(caller.tenant_id) as tx:
            rows = await lists.find_destination_completion(tx, words=words, after=after, limit=size + 1)
        return make_page(rows, size, lambda row: [row.destination_id])

    async def list_learners(self, caller: Caller, query: ListQuery = EVERYTHING) -> Page[LearnerRow]:
        """List learners with what they began and finished."""
        caller.require(Scope.ANALYTICS_READ)
        size, words = page_limit(query.limit), read_words(query.search)
        by_name = query.sort == LearnerSort.NAME
        async with self._db.tenant(caller.tenant_id) as tx:
            rows = await lists.find_learners(
                tx, by_name=by_name, words=words, after=_named_place(query.cursor), limit=size + 1
            )
        return make_page(rows, size, lambda row: [row.name.lower(), row.id])

    async def learner(self, caller: Caller, learner_id: UUID) -> LearnerRow:
        """Read one learner; LearnerMissing."""
        caller.require(Scope.ANALYTICS_READ)
        async with self._db.tenant(caller.tenant_id) as tx:
            found = await lists.find_learner(tx, learner_id)
        if found is None:
            raise LearnerMissing
        return found

    async def search(self, caller: Caller, text: str) -> tuple[Hit, ...]:
        """Find courses, dispatches, destinations and learners by the beginnings of words, or anything by its id."""
        words = read_words(text)
        if not words:
            return ()
        hits: list[Hit] = []
        subject_id = read_id(text)
        async with self._db.tenant(caller.tenant_id) as tx:
            if subject_id is not None:
                caller.require(Scope.ANALYTICS_READ)
                return tuple(await lists.find_by_id(tx, subject_id))
            for kind, scope in KINDS.items():
                if caller.may(scope):
                    hits += await lists.find_hits(tx, kind, words, HITS_EACH)
        return tuple(hits)


def _named_place(cursor: str) -> tuple[str, UUID] | None:
    if not cursor:
        return None
    name, subject_id = decode_cursor(cursor, 2)
    return str(name), _uuid(subject_id)


def _uuid(value: object) -> UUID:
    try:
        return UUID(str(value))
    except ValueError:
        raise Invalid("cursor is not one that this list gave out; start again without it") from None
