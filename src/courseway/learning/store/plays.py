"""
What playing loads and saves, in as few round trips as can be.

The row of the registration is the lock: everything that plays takes it first, then the launch's row. A preview has no
registration; there the launch's row alone is the lock.
"""

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from courseway.kit.db import Row, Tx
from courseway.learning.model.play import ActivityRecord, Delivered, Held, Launch, Play, Playable, Scratch, Shared
from courseway.learning.model.values import Completion, LearnerIdentity, Mode, Score, Success, Summary
from courseway.learning.store.across import shared_of, shared_params
from courseway.learning.store.play_sql import (
    BEAT,
    COUNT,
    DROP_OLD_PREVIEWS,
    LOAD_IDLE_PLAY,
    LOAD_LAST_LAUNCH,
    LOAD_PLAY,
    LOAD_PREVIEW,
    LOAD_RECORDS,
    LOCK_REGISTRATION,
    SAVE_COMMITS,
    SAVE_MOVE,
    SAVE_PREVIEW,
    SHORTEN_PREVIEW,
)

REPLACED = ("superseded", "lost")
"""Why a launch ended that another took the place of: it was open still, or had not been heard of for a while."""

STAYING: dict[str, Any] = {
    "user_agent": "", "address": "", "replaced": None, "replaced_why": "", "start_state": None, "reload": False,
    "seen_at": None, "request": "", "target": "", "delivered": "", "refused": "", "trace": "[]",
    "timed_out": False,
}  # fmt: skip
"""What is written of a move that is none: a launch goes on with the activity it has."""

PREVIEW_CALLS, PREVIEWS_KEPT, SHORTENED_EVERY = 2000, 20, 20
"""How many calls of a preview and how many previews of a course are kept, and after how many commits calls are counted."""

_values = msgspec.json.Decoder(dict[str, str])
_records = msgspec.json.Decoder(dict[str, ActivityRecord])
_scratches = msgspec.json.Decoder(Scratch)
_held = msgspec.json.Decoder(Held)


class _LaunchRow(msgspec.Struct):
    """A launch as PostgreSQL writes it as JSON, as far as it is needed."""

    id: UUID
    registration_id: UUID | None
    course_id: UUID
    version_id: UUID
    mode: Mode
    last_seq: int
    last_nav: int
    delivery: int
    activity_id: str
    ended_at: datetime | None
    end_reason: str
    scratch: Scratch | None
    tab_key_hash: str | None
    last_seen_at: datetime | None
    link_expires_at: datetime | None


_launch_rows = msgspec.json.Decoder(_LaunchRow)


async def load_play(tx: Tx, registration_id: UUID, launch_id: UUID, *, nav: int = 0) -> Play | None:
    """Lock and load what a commit or a navigation of a registration's launch needs; None when there is no such launch."""
    params = {"registration_id": registration_id, "launch_id": launch_id, "nav": nav}
    row = await tx.row(LOAD_PLAY, params)
    if row is None:
        # Nothing is being played, or the learner moved on while we waited for the lock.
        row = await tx.row(LOAD_IDLE_PLAY, params)
        if row is None:
            return None
        if row["activity_id"]:
            row = await tx.row(LOAD_PLAY, params) or row
    return _play(tx, launch_id, row)


async def load_preview(tx: Tx, launch_id: UUID) -> Play | None:
    """Lock and load a preview."""
    row = await tx.row(LOAD_PREVIEW, {"launch_id": launch_id})
    if row is None:
        return None
    scratch = _scratches.decode(row["scratch"]) if row["scratch"] else Scratch()
    row["organization"] = scratch.organization
    return Play(
        launch=_launch(tx, launch_id, row, superseded=False),
        learner=LearnerIdentity("preview", "Preview"),
        summary=scratch.summary or Summary(),
        held=scratch.held or Held(),
        delivered=scratch.delivered,
        records=scratch.records or {},
    )


async def lock_registration(tx: Tx, registration_id: UUID) -> Row | None:
    """Take the registration's lock and read its row."""
    return await tx.row(LOCK_REGISTRATION, {"registration_id": registration_id})


async def load_last_launch(
    tx: Tx, course: Playable, registration_id: UUID, learner_id: UUID, launch_id: UUID | None, activities: Iterable[str]
) -> tuple[Launch | None, Delivered, dict[str, ActivityRecord], Shared]:
    """
    Read, under the lock, the launch that was active last, the values of the activities that may go on, and what the
    learner's courses share.
    """
    params = {"registration_id": registration_id, "launch_id": launch_id, "activities": list(activities)}
    row = await tx.one(LOAD_LAST_LAUNCH, params | shared_params(course, learner_id))
    records, shared = _records.decode(row["records"]) if row["records"] else {}, shared_of(row)
    if row["launch"] is None:
        return None, Delivered(), records, shared
    found = _launch_rows.decode(row["launch"])
    assert tx.tenant_id is not None
    launch = Launch(
        id=found.id, tenant_id=tx.tenant_id, registration_id=found.registration_id, course_id=found.course_id,
        version_id=found.version_id, mode=found.mode, last_seq=found.last_seq, last_nav=found.last_nav,
        delivery=found.delivery, activity_id=found.activity_id, ended=found.ended_at is not None,
        end_reason=found.end_reason, tab_key_hash=bytes.fromhex((found.tab_key_hash or "").removeprefix("\\x")),
        last_seen_at=found.last_seen_at, link_expires_at=found.link_expires_at,
    )  # fmt: skip
    return launch, (found.scratch or Scratch()).delivered, records, shared


async def load_records(tx: Tx, registration_id: UUID, activities: Iterable[str]) -> dict[str, ActivityRecord]:
    """Read the values of some activities."""
    rows = await tx.rows(LOAD_RECORDS, {"registration_id": registration_id, "activities": list(activities)})
    return {
        row["activity_id"]: ActivityRecord(
            _values.decode(row["cmi"]), row["attempt"], row["total_time_seconds"], row["suspended"]
        )
        for row in rows
    }


async def save_commits(tx: Tx, play: Play, now: datetime) -> None:
    """Write everything a commit changed in one statement."""
    launch, record = play.launch, play.record
    params = _summary_params(play, now) | _log_params(play)
    params |= {
        "launch_id": launch.id,
        "registration_id": launch.registration_id,
        "activity_id": launch.activity_id,
        "last_seq": launch.last_seq,
        "end_reason": launch.end_reason,
        "scratch": msgspec.json.encode(Scratch(delivered=play.delivered)).decode(),
        "cmi": msgspec.json.encode(record.cmi if record else {}).decode(),
        "activity_seconds": record.total_time_seconds if record else 0.0,
        "suspended": record.suspended if record else False,
    }
    await tx.run(SAVE_COMMITS, params)


async def save_move(tx: Tx, play: Play, now: datetime, move: dict[str, Any]) -> None:
    """Write a start or a navigation, with everything it changed, in one statement."""
    touched = {name: play.records[name] for name in sorted(play.touched) if name in play.records}
    params = _summary_params(play, now) | _log_params(play) | _launch_params(play, now, move)
    params |= {
        "registration_id": play.launch.registration_id,
        "held": msgspec.json.encode(play.held).decode(),
        "active_launch_id": None if play.launch.ended else play.launch.id,
        "new_launch": play.launch.fresh,
        "recalled": play.recalled,
        "heard": None if play.heard.is_empty else msgspec.json.encode(play.heard).decode(),
        "scratch": msgspec.json.encode(Scratch(delivered=play.delivered)).decode(),
        "state_activities": list(touched),
        "state_attempts": [one.attempt for one in touched.values()],
        "state_cmi": [msgspec.json.encode(one.cmi).decode() for one in touched.values()],
        "state_seconds": [one.total_time_seconds for one in touched.values()],
        "state_suspended": [one.suspended for one in touched.values()],
    }
    await tx.run(SAVE_MOVE, params)


async def save_preview(tx: Tx, play: Play, now: datetime, move: dict[str, Any]) -> None:
    """Write a preview's whole state into its launch, and what happened into its log."""
    scratch = Scratch(play.delivered, play.held, play.summary, play.records, play.launch.organization)
    params = _log_params(play) | _launch_params(play, now, move)
    await tx.run(SAVE_PREVIEW, params | {"scratch": msgspec.json.encode(scratch).decode()})
    if any(one.seq % SHORTENED_EVERY == 0 for one in play.entered):
        await tx.run(SHORTEN_PREVIEW, {"launch_id": play.launch.id, "most": PREVIEW_CALLS})


async def drop_old_previews(tx: Tx, course_id: UUID, launch_id: UUID) -> None:
    """Forget what happened in the previews of a course but the newest, and in this one, which begins."""
    await tx.run(DROP_OLD_PREVIEWS, {"course_id": course_id, "launch_id": launch_id, "kept": PREVIEWS_KEPT - 1})


async def beat(tx: Tx, launch_id: UUID, now: datetime) -> Row | None:
    """Note that a window is still there; None when there is no such launch."""
    return await tx.row(BEAT, {"launch_id": launch_id, "now": now})


async def count(
    tx: Tx, course_id: UUID, registration_id: UUID, now: datetime, *, registrations: int = 0, launches: int = 0,
    completions: int = 0, facts: Iterable[str] = (), payload: Any = None,
) -> None:  # fmt: skip
    """Add to the totals of a course and of the day, and leave facts for those above."""
    params = {
        "course_id": course_id, "subject_id": registration_id, "now": now, "registrations": registrations,
        "launches": launches, "completions": completions, "facts": list(facts),
        "payload": msgspec.json.encode(payload or {}).decode(),
    }  # fmt: skip
    await tx.run(COUNT, params)


def summary_of(row: Row) -> Summary:
    """Read a summary from the columns of a registration."""
    return Summary(
        completion=Completion(row["completion"]),
        success=Success(row["success"]),
        score=Score(row["score_scaled"], row["score_raw"], row["score_min"], row["score_max"]),
        total_time_seconds=row["total_time_seconds"],
        progress=row["progress"],
        location=row["location"],
        revision=row["revision"],
    )


def held_of(row: Row) -> Held:
    """Read what a registration remembers besides its summary."""
    return _held.decode(row["held"])


def _play(tx: Tx, launch_id: UUID, row: Row) -> Play:
    launch = _launch(tx, launch_id, row, superseded=_is_superseded(row, launch_id))
    records = {}
    if row["cmi"] is not None:
        records[launch.activity_id] = ActivityRecord(
            _values.decode(row["cmi"]), row["attempt"], row["activity_seconds"], row["suspended"]
        )
    scratch = _scratches.decode(row["scratch"]) if row["scratch"] else Scratch()
    return Play(
        launch=launch,
        learner=LearnerIdentity(row["external_id"], row["name"], row["email"], row["own_id"]),
        summary=summary_of(row),
        held=held_of(row),
        delivered=scratch.delivered,
        records=records,
        learner_id=row["learner_id"],
    )


def _is_superseded(row: Row, launch_id: UUID) -> bool:
    if row["ended_at"] is not None:
        return row["end_reason"] in REPLACED
    return bool(row["active_launch_id"] != launch_id)


def _launch(tx: Tx, launch_id: UUID, row: Row, *, superseded: bool) -> Launch:
    assert tx.tenant_id is not None
    return Launch(
        id=launch_id, tenant_id=tx.tenant_id, registration_id=row["registration_id"], course_id=row["course_id"],
        version_id=row["version_id"], mode=Mode(row["mode"]), last_seq=row["last_seq"], last_nav=row["last_nav"],
        delivery=row["delivery"], activity_id=row["activity_id"], ended=row["ended_at"] is not None,
        end_reason=row["end_reason"], nav_answer=row["nav_answer"].encode() if row["nav_answer"] else None,
        tab_key_hash=row["tab_key_hash"] or b"", superseded=superseded, last_seen_at=row["last_seen_at"],
        link_expires_at=row["link_expires_at"], organization=row["organization"],
    )  # fmt: skip


def _summary_params(play: Play, now: datetime) -> dict[str, Any]:
    summary = play.summary
    return {
        "completion": summary.completion.value, "success": summary.success.value, "score_scaled": summary.score.scaled,
        "score_raw": summary.score.raw, "score_min": summary.score.min, "score_max": summary.score.max,
        "progress": summary.progress, "location": summary.location, "total_time_seconds": summary.total_time_seconds,
        "revision": summary.revision, "finished_now": play.finished_now, "now": now,
    }  # fmt: skip


def _log_params(play: Play) -> dict[str, Any]:
    entered = play.entered
    return {
        "seqs": [one.seq for one in entered],
        "deliveries": [one.delivery for one in entered],
        "activities": [one.activity_id for one in entered],
        "kinds": [one.kind for one in entered],
        "changes": [msgspec.json.encode(one.changes).decode() for one in entered],
        "calls": [one.calls.decode() for one in entered],
        "rejected": [msgspec.json.encode(one.rejected).decode() for one in entered],
        "change_orders": [_order_of(one.changes) for one in entered],
    }


def _order_of(changes: dict[str, str]) -> str | None:
    """Say in which order elements were set, as places among them as jsonb keeps them; None when that is the same."""
    if len(changes) < 2:
        return None
    # jsonb orders names by their length in bytes, then by their bytes, which is the order of their characters too.
    size: Callable[[str], int] = len if all(map(str.isascii, changes)) else _size_bytes
    kept = {name: place for place, name in enumerate(sorted(sorted(changes), key=size))}
    order = [kept[name] for name in changes]
    return None if order == sorted(order) else "{" + ",".join(map(str, order)) + "}"


def _size_bytes(name: str) -> int:
    return len(name.encode("utf-8", "surrogatepass"))


def in_order(changes: dict[str, str], order: list[int] | None) -> dict[str, str]:
    """Put elements as jsonb gave them into the order in which they were set."""
    if order is None:
        return changes
    names = list(changes)
    return {names[place]: changes[names[place]] for place in order if place < len(names)}


def _launch_params(play: Play, now: datetime, move: dict[str, Any]) -> dict[str, Any]:
    launch = play.launch
    return {
        "launch_id": launch.id, "course_id": launch.course_id, "version_id": launch.version_id, "mode": launch.mode.value,
        "tab_key_hash": launch.tab_key_hash, "link_expires_at": launch.link_expires_at or now,
        "ended_at": now if launch.ended else None, "end_reason": launch.end_reason, "last_seq": launch.last_seq,
        "last_nav": launch.last_nav, "nav_answer": launch.nav_answer.decode() if launch.nav_answer else None,
        "delivery": launch.delivery, "activity_id": launch.activity_id, "now": now, **move,
    }  # fmt: skip
