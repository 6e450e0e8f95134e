"""What a learner's courses share: read before a course moves, written where it changed, forgotten at a reset."""

import hashlib
from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from courseway.kit.db import Row, Tx
from courseway.learning.model.across import SharedChange
from courseway.learning.model.play import Playable, Shared
from courseway.learning.store.play_sql import FORGET_OBJECTIVES, FORGET_STORES, LOAD_SHARED, SAVE_SHARED
from courseway.standards.sequencing.state import ObjectiveStatus

_objectives = msgspec.json.Decoder(dict[str, ObjectiveStatus])
_stores = msgspec.json.Decoder(dict[str, str])

_OTHERS = """
    SELECT DISTINCT r.version_id, r.organization FROM registrations r
    WHERE r.tenant_id = %(tenant_id)s AND r.learner_id = %(learner_id)s AND r.id <> %(id)s AND r.deleted_at IS NULL
"""


async def load_shared(tx: Tx, course: Playable, learner_id: UUID) -> Shared:
    """Read what this course refers to; it must hold the registration's lock."""
    return shared_of(await tx.one(LOAD_SHARED, shared_params(course, learner_id)))


async def save_shared(tx: Tx, learner_id: UUID, change: SharedChange, now: datetime) -> None:
    """Write what changed, in one statement."""
    objectives, stores = _by_hash(change.objectives), _by_hash(change.stores)
    params = {
        "learner_id": learner_id, "now": now,
        "objective_hashes": list(objectives), "objective_targets": list(objectives.values()),
        "objective_changes": [msgspec.json.encode(change.objectives[one]).decode() for one in objectives.values()],
        "store_hashes": list(stores), "store_targets": list(stores.values()),
        "store_contents": [change.stores[one] for one in stores.values()],
    }  # fmt: skip
    await tx.run(SAVE_SHARED, params)


async def forget_shared(tx: Tx, learner_id: UUID, objectives: Iterable[str], stores: Iterable[str]) -> None:
    """Take away what no course of hers looks at any more."""
    for sql, hashes in ((FORGET_OBJECTIVES, _by_hash(objectives)), (FORGET_STORES, _by_hash(stores))):
        if hashes:
            await tx.run(sql, {"learner_id": learner_id, "hashes": list(hashes)})


async def find_other_courses(tx: Tx, learner_id: UUID, registration_id: UUID) -> list[tuple[UUID, str]]:
    """List the versions, with the organization, of the learner's other registrations."""
    rows = await tx.rows(_OTHERS, {"learner_id": learner_id, "id": registration_id})
    return [(row["version_id"], row["organization"]) for row in rows]


def shared_params(course: Playable, learner_id: UUID) -> dict[str, Any]:
    """Bind what a course refers to."""
    return {
        "learner_id": learner_id,
        "objective_hashes": list(_by_hash(course.objective_targets)),
        "store_hashes": list(_by_hash(course.store_targets)),
    }


def shared_of(row: Row) -> Shared:
    """Read what was found."""
    return Shared(
        objectives=_objectives.decode(row["objectives"]) if row["objectives"] else {},
        stores=_stores.decode(row["stores"]) if row["stores"] else {},
    )


def _by_hash(targets: Iterable[str]) -> dict[bytes, str]:
    """Key targets by their hash, in the order in which rows are locked."""
    return dict(sorted((hashlib.sha256(one.encode()).digest(), one) for one in targets))
