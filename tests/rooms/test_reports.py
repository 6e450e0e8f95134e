"""Views across rooms, on a real PostgreSQL with a tenant full of work and a stranger beside it."""

from uuid import UUID

import pytest
from benchmarks.console_data import Size, fill

from courseway.errors import Forbidden, Invalid, NotFound
from courseway.kit.db import Database
from courseway.kit.paging import Page
from courseway.reports import AttentionKind, ListQuery, Service
from courseway.tenants import Caller, platform_caller
from tests.conftest import make_tenant

SIZE = Size(courses=12, registrations=240, customers=7)


@pytest.fixture
def busy(database_url: str, tenant_id: UUID) -> None:
    """Courses, dispatches, learners, results."""
    fill(database_url, tenant_id, SIZE)


@pytest.fixture
def reports(db: Database) -> Service:
    """The room."""
    return Service(db=db)


@pytest.mark.usefixtures("busy")
async def test_the_overview_counts_what_there_is(reports: Service, caller: Caller) -> None:
    overview = await reports.overview(caller)
    assert len(overview.days) == 30
    assert overview.figures.courses == 12
    assert overview.figures.dispatches == 24
    assert overview.figures.seats_used <= overview.figures.seats_sold
    assert sum(day.launches for day in overview.days) > 0
    assert not overview.is_new
    kinds = {one.kind for one in overview.attention}
    assert {AttentionKind.IMPORT_FAILED, AttentionKind.RESULT_REFUSED} <= kinds
    assert overview.events[0].subject_name


@pytest.mark.usefixtures("busy")
async def test_a_failed_import_is_told_by_what_was_found_first(reports: Service, caller: Caller, db: Database) -> None:
    report = """{"issues": [{"code": "a", "severity": "warning", "message": "Odd."},
                            {"code": "b", "severity": "error", "message": "imsmanifest.xml is missing."}]}"""
    async with db.tenant(caller.tenant_id) as tx:
        row = await tx.one(
            """
            UPDATE uploads SET report = %(report)s::jsonb WHERE tenant_id = %(tenant_id)s AND id =
              (SELECT id FROM uploads WHERE tenant_id = %(tenant_id)s AND state = 'failed' ORDER BY id DESC LIMIT 1)
            RETURNING id
            """,
            {"report": report},
        )
    overview = await reports.overview(caller)
    failed = next(one for one in overview.attention if one.kind is AttentionKind.IMPORT_FAILED)
    assert (failed.subject_id, failed.detail) == (row["id"], "imsmanifest.xml is missing.")


async def test_a_tenant_without_dispatches_is_new(reports: Service, caller: Caller) -> None:
    overview = await reports.overview(caller)
    assert overview.is_new
    assert overview.attention == ()
    assert [day.launches for day in overview.days] == [0] * 30


@pytest.mark.usefixtures("busy")
async def test_days_that_are_over_are_asked_for_once(reports: Service, caller: Caller, db: Database) -> None:
    before = await reports.overview(caller)
    async with db.tenant(caller.tenant_id) as tx:
        await tx.run("UPDATE daily_totals SET launches = launches + 100 WHERE tenant_id = %(tenant_id)s")
    after = await reports.overview(caller)
    assert after.days[:-1] == before.days[:-1]
    assert (await Service(db=db).overview(caller)).days[:-1] != before.days[:-1]


@pytest.mark.usefixtures("busy")
@pytest.mark.parametrize("sort", ["name", "newest"])
async def test_every_learner_is_on_exactly_one_page_and_in_order(reports: Service, caller: Caller, sort: str) -> None:
    names, ids, cursor = [], [], ""
    while True:
        page = await reports.list_learners(caller, ListQuery(sort=sort, cursor=cursor, limit=17))
        names += [row.name.lower() for row in page.items]
        ids += [row.id for row in page.items]
        if not page.next_cursor:
            break
        cursor = page.next_cursor
    assert len(ids) == len(set(ids)) == SIZE.learners
    assert names == sorted(names) if sort == "name" else ids == sorted(ids, reverse=True)


@pytest.mark.usefixtures("busy")
async def test_completion_adds_up_by_course_and_by_destination(reports: Service, caller: Caller) -> None:
    courses = await reports.completion_by_course(caller, ListQuery(limit=100))
    places = await reports.completion_by_destination(caller, ListQuery(limit=100))
    assert sum(row.registrations for row in courses.items) == SIZE.registrations
    assert sum(row.completions for row in courses.items) == sum(row.completions for row in places.items) == 144
    assert sum(row.learners for row in places.items) == SIZE.registrations
    assert [row.title.lower() for row in courses.items] == sorted(row.title.lower() for row in courses.items)


@pytest.mark.usefixtures("busy")
@pytest.mark.parametrize("typed", ["corr", "CORRUPTION anti", "bribery cor", "anti-bribery"])
async def test_a_name_is_found_by_the_beginnings_of_its_words(reports: Service, caller: Caller, typed: str) -> None:
    found = await reports.completion_by_course(caller, ListQuery(search=typed))
    assert [row.title for row in found.items] == ["Anti-bribery and corruption"]
    hits = await reports.search(caller, typed)
    assert {hit.kind for hit in hits} == {"course", "dispatch"}


async def test_a_renamed_course_is_found_by_its_new_name_only(
    reports: Service, caller: Caller, db: Database, database_url: str
) -> None:
    fill(database_url, caller.tenant_id, Size(courses=3, registrations=3, customers=2))
    async with db.tenant(caller.tenant_id) as tx:
        await tx.run(
            "UPDATE courses SET title = 'Zebra crossing' WHERE tenant_id = %(tenant_id)s AND title LIKE 'Working%%'"
        )
    [hit] = [hit for hit in await reports.search(caller, "zeb cro") if hit.kind == "course"]
    assert hit.name == "Zebra crossing"
    assert [hit for hit in await reports.search(caller, "working") if hit.kind == "course"] == []
    assert (await reports.search(caller, str(hit.id)))[0].name == "Zebra crossing"


@pytest.mark.usefixtures("busy")
async def test_a_stranger_finds_and_counts_nothing_of_it(reports: Service, db: Database, caller: Caller) -> None:
    stranger = platform_caller(await make_tenant(db, "Stranger"))
    assert (await reports.overview(stranger)).figures.courses == 0
    assert await reports.search(stranger, "a") == ()
    assert await reports.list_learners(stranger) == Page(())
    learner = (await reports.list_learners(caller)).items[0]
    with pytest.raises(NotFound):
        await reports.learner(stranger, learner.id)


async def test_a_caller_without_the_right_and_a_foreign_cursor_are_refused(reports: Service, caller: Caller) -> None:
    nobody = Caller(caller.tenant_id, "api_key", "k", "k", frozenset())
    with pytest.raises(Forbidden):
        await reports.overview(nobody)
    assert await reports.search(nobody, "anything") == ()
    with pytest.raises(Invalid):
        await reports.list_learners(caller, ListQuery(cursor="nonsense"))
