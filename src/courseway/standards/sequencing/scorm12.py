"""SCORM 1.2: no sequencing to obey. Everything can be chosen, Continue and Previous go over what can be played, in order."""

from courseway.standards.manifests.structure import ItemKind
from courseway.standards.sequencing import tracking
from courseway.standards.sequencing.run import Run
from courseway.standards.sequencing.state import ObjectiveStatus
from courseway.standards.sequencing.tree import Activity, is_deliverable
from courseway.standards.sequencing.values import (
    EndedActivity,
    Refused,
    Request,
    RequestKind,
    Standing,
    Step,
    TocEntry,
    ValidRequests,
)

_LEAVING = {
    RequestKind.EXIT,
    RequestKind.EXIT_ALL,
    RequestKind.ABANDON,
    RequestKind.ABANDON_ALL,
    RequestKind.SUSPEND_ALL,
}


def record(run: Run, activity: Activity, ended: EndedActivity) -> None:
    """Take over what the content reported."""
    tracking.record(run, activity, ended)


def find_next(run: Run, request: Request) -> tuple[Activity | None, Refused | None]:
    """Return the activity a request leads to, or why it leads nowhere; (None, None) when it leads out."""
    leaves, current = run.tree.leaves, run.current
    if request.kind in _LEAVING:
        return None, None if current else Refused.NOT_STARTED
    if request.kind in (RequestKind.START, RequestKind.RESUME_ALL):
        if run.suspended is not None:
            return run.suspended, None
        unfinished = (one for one in leaves if run.tracking(one).completed is not True)
        first = next(unfinished, leaves[0] if leaves else None)
        return first, None if first else Refused.NOTHING_DELIVERED
    if request.kind in (RequestKind.CHOICE, RequestKind.JUMP):
        return _chosen(run, request.target)
    if request.kind is RequestKind.RETRY:
        return current, None if current else Refused.RETRY_NOT_RUNNING
    if current is None:
        return None, Refused.NOT_STARTED
    return _neighbour(leaves.index(current), list(leaves), forward=request.kind is RequestKind.CONTINUE)


def leave(run: Run, request: Request) -> None:
    """Let go of the current activity; what only had to be seen is complete now."""
    current = run.current
    if current is None:
        return
    held = run.written(current)
    held.active = False
    suspending = request.kind is RequestKind.SUSPEND_ALL
    run.suspended = current if suspending else None
    held.suspended = held.suspended or suspending
    if current.item is not None and current.item.kind is ItemKind.ASSET:
        held.completed = True
    run.current = None


def deliver(run: Run, activity: Activity) -> bool:
    """Make an activity the current one; say whether it was suspended."""
    held = run.written(activity)
    resumed, held.suspended = held.suspended, False
    held.attempts, held.active = held.attempts + (not resumed), True
    root = run.written(run.tree.root)
    root.attempts = max(root.attempts, 1)
    run.current, run.suspended = activity, None
    return resumed


class Outlook:
    """What may be asked for now, and what the contents show."""

    def __init__(self, run: Run) -> None:
        self.run = run
        leaves, current = list(run.tree.leaves), run.current
        here = current is not None
        place = leaves.index(current) if current in leaves else -1
        choices = {one.identifier: _chosen(run, one.identifier)[0] is not None for one in run.tree.activities}
        self.valid = ValidRequests(
            continue_=here and place + 1 < len(leaves),
            previous=here and place > 0,
            exit=here,
            exit_all=here,
            abandon=here,
            abandon_all=here,
            suspend_all=here,
            choice=choices,
            jump={one.identifier: True for one in leaves},
        )
        self.contents = self._table_of_contents()

    def _table_of_contents(self) -> dict[str, TocEntry]:
        """Return every item with its status; clusters show what is below them."""
        found: dict[str, TocEntry] = {}
        for one in self.run.tree.activities:
            if one.item is not None:
                found[one.identifier] = TocEntry(
                    status_of(self.run, one), self.valid.choice.get(one.identifier, False), one.item.visible
                )
        return found

    def reasons(self) -> list[Step]:
        return []


def contents_line(run: Run, activity: Activity) -> TocEntry:
    """Return one line of the table of contents."""
    enabled = _chosen(run, activity.identifier)[0] is not None
    return TocEntry(status_of(run, activity), enabled, activity.item is not None and activity.item.visible)


def status_of(run: Run, activity: Activity) -> str:
    """Put an activity's status in one word for the learner; a cluster shows what is below it."""
    reached = standing_of(run, activity)
    if reached.satisfied is not None:
        return "passed" if reached.satisfied else "failed"
    if reached.completed:
        return "completed"
    return "incomplete" if reached.attempted else "not attempted"


def standing(run: Run) -> Standing:
    """
    Read what the whole course has reached.

    Completed when every part is; failed when one part is; passed when at least one part is passed, none failed and all
    are complete. The measure is the mean of the parts that have one.
    """
    return standing_of(run, run.tree.root)


def standing_of(run: Run, top: Activity) -> Standing:
    """Read what an activity and everything below it has reached, by the rule of `standing`."""
    leaves = [one for one in run.tree.leaves if one.is_within(top)]
    held = [run.tracking(one) for one in leaves]
    primaries = [tracking.local(run, one, one.primary) for one in leaves]
    done = [one.completed for one in held]
    attempted = any(one.attempts for one in held)
    completed = None if not attempted else bool(done) and all(done)
    return Standing(
        attempted=attempted,
        completed=completed,
        satisfied=_satisfied(primaries, bool(completed)),
        measure=_mean([one.measure for one in primaries if one.measure is not None]),
        progress=sum(1 for one in done if one) / len(done) if done else None,
    )


def _satisfied(primaries: list[ObjectiveStatus], completed: bool) -> bool | None:
    known = [one.satisfied for one in primaries if one.satisfied is not None]
    if False in known:
        return False
    return True if known and completed else None


def _mean(values: list[float]) -> float | None:
    return round(sum(values) / len(values), 7) if values else None


def _chosen(run: Run, target: str | None) -> tuple[Activity | None, Refused | None]:
    activity = run.tree.find(target)
    if activity is None:
        return None, Refused.TARGET_UNKNOWN
    if is_deliverable(activity):
        return activity, None
    below = next((one for one in run.tree.leaves if one.is_within(activity)), None)
    return below, None if below else Refused.CHOICE_LEADS_NOWHERE


def _neighbour(place: int, leaves: list[Activity], *, forward: bool) -> tuple[Activity | None, Refused | None]:
    wanted = place + (1 if forward else -1)
    if 0 <= wanted < len(leaves):
        return leaves[wanted], None
    return None, Refused.BEYOND_END if forward else Refused.BEFORE_START
