"""
From one activity to the next: what the content left behind goes to sequencing, and what sequencing says is taken over. Pure.
"""

import hashlib
from datetime import datetime
from uuid import UUID

from courseway.learning.model.play import Delivered, Launch, Play, Playable
from courseway.learning.model.playing import end_content, take_standing, tear_off
from courseway.learning.model.standing import ended_activity
from courseway.standards import cmi
from courseway.standards.sequencing import overall
from courseway.standards.sequencing.overall import Entry, Outcome
from courseway.standards.sequencing.values import EndedActivity, Given, Request, RequestKind

_ABANDONING = (RequestKind.ABANDON, RequestKind.ABANDON_ALL)


def move_play(course: Playable, play: Play, request: Request, now: datetime, *, timed_out: bool = False) -> Outcome:
    """End the content, ask sequencing, and take over what it says; `timed_out`: the attempt's time is over."""
    end_content(course, play, now, suspending=request.kind is RequestKind.SUSPEND_ALL, timed_out=timed_out)
    ended = None
    if request.kind not in _ABANDONING:
        ended = _ended(course, play)
        _keep_shared(play)
    outcome = _ask(course, play, request, ended, now)
    take_outcome(course, play, outcome)
    if outcome.delivered is None and outcome.refused is None:
        play.launch.activity_id = ""
    return outcome


def open_play(course: Playable, play: Play, launch: Launch, now: datetime) -> tuple[Outcome, bool]:
    """
    Close what an earlier window left open, then resume or start, in `launch` from here on.

    Says also whether this is the same window with the same activity again.
    """
    torn, last = play.launch.activity_id, play.launch
    ended: EndedActivity | None = None
    if play.record is not None and play.held.sequencing.current == torn:
        tear_off(course, play, last.last_seen_at or now)
        _keep_shared(play)
        ended = _ended(course, play)
        if course.single and play.delivered.ended_by_content and not play.record.suspended:
            # It left for good and nobody asked for more: the attempt is over.
            take_outcome(course, play, _ask(course, play, Request(RequestKind.EXIT_ALL), ended, now))
    outcome = _ask(course, play, None, ended, now)
    take_outcome(course, play, outcome)
    again = launch is last and bool(torn) and outcome.delivered == torn and outcome.entry is Entry.RESUME
    if launch is not last:
        play.launch, play.delivered = launch, Delivered()
    return outcome, again


def take_outcome(course: Playable, play: Play, outcome: Outcome) -> None:
    """
    Keep the new sequencing state.

    When it begins a new attempt on the whole course, what had been reached is kept as a floor, and shared data of this
    course alone is emptied.
    """
    root = course.tree.root.identifier
    old, new = play.held.sequencing.activities.get(root), outcome.state.activities.get(root)
    if old is not None and new is not None and 0 < old.attempts < new.attempts:
        play.held.floor = play.summary
        if not course.tree.organization.shared_data_global_to_system:
            play.held.shared = {}
    play.held.sequencing = outcome.state
    take_standing(course, play, outcome.standing)


def draw_seed(identity: UUID) -> str:
    """Return what the selections and random orders of a registration, or of a preview, are drawn with; it tells no id."""
    return hashlib.sha256(b"courseway.seed" + identity.bytes).hexdigest()[:16]


def _ask(course: Playable, play: Play, request: Request | None, ended: EndedActivity | None, now: datetime) -> Outcome:
    """
    Ask sequencing to carry out a request, or, without one, to open a session.

    The one place where sequencing is called to move: whatever it has to be given of the world is given here.
    """
    launch = play.launch
    seed = launch.seed or draw_seed(launch.registration_id or launch.id)
    given = Given(seed, now if play.held.keeps_time_limits else None)
    if request is None:
        return overall.open_session(course.tree, play.held.sequencing, ended, given)
    return overall.navigate(course.tree, play.held.sequencing, request, ended, given)


def _ended(course: Playable, play: Play) -> EndedActivity | None:
    record = play.record
    if record is None:
        return None
    return ended_activity(cmi.summarize(course.standard, record.cmi), play.delivered.exit)


def _keep_shared(play: Play) -> None:
    """Keep the shared data stores that the content has written; what it only found may be older than what is kept."""
    if play.record is None:
        return
    stores, written = cmi.shared_stores(play.record.cmi), play.delivered.stores
    if written is not None:
        stores = {name: stores[name] for name in written if name in stores}
    play.held.shared = play.held.shared | stores
    play.delivered.stores = ()
