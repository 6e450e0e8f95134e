"""The lists of dispatches and destinations: in both orders, by state, each row on exactly one page."""

from datetime import UTC, datetime
from uuid import UUID

import pytest
from benchmarks.console_data import Size, fill

from courseway.dispatch import Destination, DestinationQuery, Dispatch, DispatchQuery
from courseway.dispatch.store import destinations, dispatches
from courseway.kit.db import Database

NOW = datetime.now(UTC)


@pytest.fixture
def busy(database_url: str, tenant_id: UUID) -> None:
    """Twenty-four dispatches in every state."""
    fill(database_url, tenant_id, Size(courses=12, registrations=600, customers=7))


@pytest.mark.usefixtures("busy")
@pytest.mark.parametrize("by_name", [True, False])
async def test_every_dispatch_is_on_exactly_one_page_and_in_order(db: Database, tenant_id: UUID, by_name: bool) -> None:
    seen: list[Dispatch] = []
    place: tuple[str, UUID] | None = None
    while True:
        async with db.tenant(tenant_id) as tx:
            page = await dispatches.find_dispatches(tx, DispatchQuery(by_name=by_name), place, 5, NOW)
        if not page:
            break
        seen += page
        place = (page[-1].name.lower() if by_name else "", page[-1].id)
    assert len(seen) == len({one.id for one in seen}) == 24
    keys = [(one.name.lower(), one.id) if by_name else one.id for one in seen]
    assert keys == sorted(keys, reverse=not by_name)  # type: ignore[type-var]
    assert sum(one.completions for one in seen) == 360


@pytest.mark.usefixtures("busy")
async def test_a_list_by_state_agrees_with_the_word_a_dispatch_shows(db: Database, tenant_id: UUID) -> None:
    async with db.tenant(tenant_id) as tx:
        await tx.run(
            "UPDATE dispatches SET expires_at = now() - interval '1 day' WHERE tenant_id = %(tenant_id)s AND id IN "
            "(SELECT id FROM dispatches WHERE tenant_id = %(tenant_id)s ORDER BY id LIMIT 4)"
        )
        await tx.run(
            "UPDATE dispatches SET allow_new_registrations = false WHERE tenant_id = %(tenant_id)s AND registration_cap = 0"
        )
        everything = await dispatches.find_dispatches(tx, DispatchQuery(), None, 100, NOW)
        for word in ("open", "paused", "expired", "full", "closed"):
            found = await dispatches.find_dispatches(tx, DispatchQuery(standing=word), None, 100, NOW)
            assert [one.id for one in found] == [one.id for one in everything if one.state(NOW) == word], word
            assert found, word


@pytest.mark.usefixtures("busy")
async def test_destinations_are_listed_by_name(db: Database, tenant_id: UUID) -> None:
    seen: list[Destination] = []
    async with db.tenant(tenant_id) as tx:
        while page := await destinations.find_destinations(
            tx, DestinationQuery(by_name=True), (seen[-1].name.lower(), seen[-1].id) if seen else None, 3
        ):
            seen += page
    assert [one.name for one in seen] == sorted((one.name for one in seen), key=str.lower)
    assert len(seen) == 7
    assert sum(one.dispatch_count for one in seen) == 24
