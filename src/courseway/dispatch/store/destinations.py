"""Destinations in their table; rows become model values here."""

from collections.abc import Mapping
from typing import Any, LiteralString
from uuid import UUID

import msgspec

from courseway.dispatch.model.changes import DestinationQuery
from courseway.dispatch.model.keys import DestinationKey
from courseway.dispatch.model.values import Destination
from courseway.kit.db import Tx


async def insert_destination(tx: Tx, id: UUID, secret: bytes, values: Mapping[str, Any]) -> None:
    """Insert a destination with its master key."""
    await tx.run(
        """
        INSERT INTO destinations (id, tenant_id, name, lms_origins, owner_email, tags, notes, hash_learners, learner_hash_key)
        VALUES (%(id)s, %(tenant_id)s, %(name)s, %(lms_origins)s, %(owner_email)s, %(tags)s, %(notes)s, %(hash_learners)s, %(secret)s)
        """,
        {**values, "id": id, "secret": secret},
    )


async def find_destination(tx: Tx, id: UUID, *, deleted: bool = False) -> Destination | None:
    """Read a destination; with `deleted`, only one that lies in the bin."""
    row = await tx.row(
        """
        SELECT g.*, (SELECT count(*) FROM dispatches d WHERE d.tenant_id = %(tenant_id)s AND d.destination_id = g.id
                     AND d.deleted_at IS NULL) AS dispatch_count
        FROM destinations g
        WHERE g.tenant_id = %(tenant_id)s AND g.id = %(id)s AND (g.deleted_at IS NOT NULL) = %(deleted)s
        """,
        {"id": id, "deleted": deleted},
    )
    return None if row is None else msgspec.convert(row, Destination)


SELECT_DESTINATIONS: LiteralString = """
        SELECT g.*, (SELECT count(*) FROM dispatches d WHERE d.tenant_id = %(tenant_id)s AND d.destination_id = g.id
                     AND d.deleted_at IS NULL) AS dispatch_count
        FROM destinations g
        WHERE g.tenant_id = %(tenant_id)s"""
FILTERS: Mapping[str, LiteralString] = {
    "before": " AND g.id < %(before)s",
    "after_name": " AND (lower(g.name), g.id) > (%(after_name)s, %(after_id)s)",
    "search": " AND position(lower(%(search)s) IN lower(g.name)) > 0",
    "tag": " AND %(tag)s = ANY(g.tags)",
}


async def find_destinations(
    tx: Tx, query: DestinationQuery, place: tuple[str, UUID] | None, limit: int
) -> list[Destination]:
    """List destinations in the order asked for; `place` is the name and the id of the last one already seen."""
    name, last = place or ("", None)
    wanted = {
        "before": None if query.by_name else last,
        "after_name": last is not None and query.by_name and name,
        "search": query.search,
        "tag": query.tag,
    }
    sql = SELECT_DESTINATIONS + (" AND g.deleted_at IS NOT NULL" if query.deleted else " AND g.deleted_at IS NULL")
    for one, condition in FILTERS.items():
        if wanted[one]:
            sql += condition
    order: LiteralString = " ORDER BY lower(g.name), g.id" if query.by_name else " ORDER BY g.id DESC"
    rows = await tx.rows(sql + order + " LIMIT %(limit)s", {**wanted, "after_id": last, "limit": limit})
    return msgspec.convert(rows, list[Destination])


async def update_destination(tx: Tx, id: UUID, values: Mapping[str, Any]) -> None:
    """Write every changeable column of a destination."""
    await tx.run(
        """
        UPDATE destinations SET name = %(name)s, lms_origins = %(lms_origins)s, owner_email = %(owner_email)s,
               tags = %(tags)s, notes = %(notes)s, hash_learners = %(hash_learners)s, updated_at = now()
        WHERE tenant_id = %(tenant_id)s AND id = %(id)s
        """,
        {**values, "id": id},
    )


async def mark_destination(tx: Tx, id: UUID, *, deleted: bool) -> None:
    """Put a destination into the bin, or take it out."""
    await tx.run(
        """
        UPDATE destinations SET deleted_at = CASE WHEN %(deleted)s THEN now() END, updated_at = now()
        WHERE tenant_id = %(tenant_id)s AND id = %(id)s
        """,
        {"id": id, "deleted": deleted},
    )


async def load_destination_key(tx: Tx, id: UUID) -> DestinationKey | None:
    """Read a destination's master key."""
    row = await tx.row(
        "SELECT learner_hash_key FROM destinations WHERE tenant_id = %(tenant_id)s AND id = %(id)s", {"id": id}
    )
    return None if row is None else DestinationKey(bytes(row["learner_hash_key"]))
