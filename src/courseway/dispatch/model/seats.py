"""Who may launch a dispatch, which registration she gets, and which version she plays: pure decisions."""

import hashlib
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from courseway.dispatch.model.refusals import ClosedToNew, Disabled, Expired, LimitReached, OriginRefused
from courseway.dispatch.model.values import CourseChange, Dispatch, DispatchUser, VersionPolicy


class Seat(NamedTuple):
    """What a launch gets: a registration there is, or a new instance that may cost a seat."""

    known: DispatchUser | None
    instance: int
    counted: bool
    version_id: UUID

    @property
    def is_new(self) -> bool:
        """Tell whether a registration must be made."""
        return self.known is None


def check_open(dispatch: Dispatch, now: datetime) -> None:
    """Refuse every launch of a dispatch that is paused or over."""
    words = dispatch.options.messages
    if not dispatch.enabled:
        raise Disabled(words.disabled)
    if dispatch.expires_at is not None and dispatch.expires_at <= now:
        raise Expired(words.expired)


def check_origin(lms_origins: tuple[str, ...], origin: str) -> None:
    """Refuse a launch from a page that the destination does not name; without names every page may."""
    if lms_origins and origin not in lms_origins:
        raise OriginRefused(origin=origin)


def plan_seat(dispatch: Dispatch, newest: DispatchUser | None, *, learner_key: str, fresh: bool) -> Seat:
    """
    Decide which registration a launch gets.

    A learner is counted once for each instance, however often she launches. `fresh` is the LMS's word that she starts
    anew; it counts only when the dispatch has instances and her newest one is finished, and when no seat is left she
    goes on with the one she has. Starting over because the course changed costs no seat.
    """
    version_id = choose_version(dispatch, learner_key)
    if newest is None:
        check_new(dispatch)
        return Seat(None, 1, True, version_id)
    if newest.version_id != version_id and starts_over(dispatch.on_course_change, newest):
        return Seat(None, newest.instance + 1, False, version_id)
    wants_new = dispatch.instanced and fresh and newest.finished
    if wants_new and dispatch.allow_new_registrations and dispatch.seats_left != 0:
        return Seat(None, newest.instance + 1, True, version_id)
    return Seat(newest, newest.instance, newest.counted, newest.version_id)


def check_new(dispatch: Dispatch) -> None:
    """Refuse learners who were never here when the dispatch takes none, or has no seat left."""
    words = dispatch.options.messages
    if not dispatch.allow_new_registrations:
        raise ClosedToNew(words.closed_to_new)
    if dispatch.seats_left == 0:
        raise LimitReached(words.limit_reached, limit=dispatch.registration_cap)


def choose_version(dispatch: Dispatch, learner_key: str) -> UUID:
    """Return the version a learner plays who starts now. The same learner always falls on the same side of a canary."""
    pinned = dispatch.pinned_version_id
    if dispatch.version_policy is VersionPolicy.NEWEST or pinned is None:
        return dispatch.current_version_id
    if dispatch.version_policy is VersionPolicy.PINNED:
        return pinned
    digest = hashlib.sha256(f"{dispatch.id}\n{learner_key}".encode()).digest()
    in_canary = int.from_bytes(digest[:4], "big") % 100 < dispatch.canary_percent
    return dispatch.current_version_id if in_canary else pinned


def starts_over(policy: CourseChange, user: DispatchUser) -> bool:
    """Tell whether a learner under way starts over now that the course has changed."""
    return {
        CourseChange.NEVER: False,
        CourseChange.INCOMPLETE: not user.finished,
        CourseChange.COMPLETED: user.completion == "completed",
        CourseChange.FAILED: user.success == "failed",
        CourseChange.PASSED: user.success == "passed",
        CourseChange.ALWAYS: True,
    }[policy]
