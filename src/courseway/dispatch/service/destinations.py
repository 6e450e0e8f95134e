"""What operators do with destinations."""

import secrets
from uuid import UUID

import msgspec

from courseway.dispatch.model.changes import (
    DestinationChanges,
    DestinationQuery,
    NewDestination,
    check_name,
    check_origins,
)
from courseway.dispatch.model.refusals import DestinationInUse, DestinationMissing
from courseway.dispatch.model.values import Destination
from courseway.dispatch.service.parts import DispatchParts
from courseway.dispatch.store import destinations as store
from courseway.errors import Invalid
from courseway.kit.db import Tx
from courseway.kit.ids import new_id, parse_id
from courseway.kit.paging import Page, decode_cursor, make_page, page_limit
from courseway.tenants import Caller, Scope, record


class Destinations(DispatchParts):
    """Make, list, change, delete and restore destinations."""

    async def create_destination(self, caller: Caller, new: NewDestination) -> Destination:
        """Make a destination with a key of its own."""
        caller.require(Scope.DISPATCH_WRITE)
        destination_id = new_id()
        values = {
            **msgspec.structs.asdict(new),
            "name": check_name(new.name),
            "lms_origins": list(check_origins(new.lms_origins)),
            "tags": list(new.tags),
        }
        async with self._db.tenant(caller.tenant_id) as tx:
            await store.insert_destination(tx, destination_id, secrets.token_bytes(32), values)
            await record(tx, caller, "destination.created", "destination", destination_id, values["name"])
            return await _expect(tx, destination_id)

    async def list_destinations(self, caller: Caller, query: DestinationQuery | None = None) -> Page[Destination]:
        """List destinations, newest first or by name."""
        caller.require(Scope.DISPATCH_READ)
        query = query or DestinationQuery()
        limit = page_limit(query.limit)
        place = cursor_place(query.cursor, named=query.by_name)
        async with self._db.tenant(caller.tenant_id) as tx:
            found = await store.find_destinations(tx, query, place, limit + 1)
        if query.by_name:
            return make_page(found, limit, lambda destination: (destination.name.lower(), destination.id))
        return make_page(found, limit, lambda destination: (destination.id,))

    async def destination(self, caller: Caller, destination_id: UUID) -> Destination:
        """Read one destination; DestinationMissing."""
        caller.require(Scope.DISPATCH_READ)
        async with self._db.tenant(caller.tenant_id) as tx:
            return await _expect(tx, destination_id)

    async def update_destination(
        self, caller: Caller, destination_id: UUID, changes: DestinationChanges
    ) -> Destination:
        """Change what is given; packages already handed out follow, except for hashing, which they learn when re-issued."""
        caller.require(Scope.DISPATCH_WRITE)
        given = msgspec.to_builtins(changes)
        if "name" in given:
            given["name"] = check_name(given["name"])
        if "lms_origins" in given:
            given["lms_origins"] = list(check_origins(tuple(given["lms_origins"])))
        async with self._db.tenant(caller.tenant_id) as tx:
            before = await _expect(tx, destination_id)
            values = {**msgspec.structs.asdict(before), **given}
            await store.update_destination(tx, destination_id, _listed(values))
            await record(tx, caller, "destination.updated", "destination", destination_id, values["name"], detail=given)
            return await _expect(tx, destination_id)

    async def delete_destination(self, caller: Caller, destination_id: UUID) -> None:
        """Put a destination into the bin; DestinationInUse while it has dispatches."""
        caller.require(Scope.DISPATCH_DELETE)
        async with self._db.tenant(caller.tenant_id) as tx:
            before = await _expect(tx, destination_id)
            if before.dispatch_count:
                raise DestinationInUse(dispatches=before.dispatch_count)
            await store.mark_destination(tx, destination_id, deleted=True)
            await record(tx, caller, "destination.deleted", "destination", destination_id, before.name)

    async def restore_destination(self, caller: Caller, destination_id: UUID) -> Destination:
        """Take a destination out of the bin."""
        caller.require(Scope.DISPATCH_WRITE)
        async with self._db.tenant(caller.tenant_id) as tx:
            before = await _expect(tx, destination_id, deleted=True)
            await store.mark_destination(tx, destination_id, deleted=False)
            await record(tx, caller, "destination.restored", "destination", destination_id, before.name)
            return await _expect(tx, destination_id)


async def _expect(tx: Tx, destination_id: UUID, *, deleted: bool = False) -> Destination:
    found = await store.find_destination(tx, destination_id, deleted=deleted)
    if found is None:
        raise DestinationMissing
    return found


def _listed(values: dict[str, object]) -> dict[str, object]:
    return {name: list(value) if isinstance(value, tuple) else value for name, value in values.items()}


def cursor_id(cursor: str) -> UUID | None:
    """Read a cursor that carries an id; None for the first page."""
    if not cursor:
        return None
    found = parse_id(str(decode_cursor(cursor, 1)[0]))
    if found is None:
        raise Invalid("cursor is not one that this list gave out; start again without it")
    return found


def cursor_place(cursor: str, *, named: bool) -> tuple[str, UUID] | None:
    """Read a cursor of a list that is ordered by name or by id; the name is empty in the latter; None for the first page."""
    if not named:
        last = cursor_id(cursor)
        return None if last is None else ("", last)
    if not cursor:
        return None
    name, text = decode_cursor(cursor, 2)
    last = parse_id(str(text))
    if last is None:
        raise Invalid("cursor is not one that this list gave out; start again without it")
    return str(name), last
