"""
SCORM 1.2: no sequencing to obey but prerequisites. Everything else can be chosen, Continue and Previous go over what can
be played, in order, and pass over what may not be entered yet.
"""

from collections.abc import Sequence

from courseway.standards.manifests.structure import ItemKind
from courseway.standards.sequencing.prerequisites import Prerequisites
from courseway.standards.sequencing.run import Run
from courseway.standards.sequencing.scorm12_status import Standings
from courseway.standards.sequencing.tree import Activity
from courseway.standards.sequencing.values import (
    Refused,
    Request,
    RequestKind,
    Step,
    TocEntry,
    ValidRequests,
    toc_entry,
)
from courseway.standards.sequencing.words import explain, shorten

_STAYING = {RequestKind.EXIT, RequestKind.ABANDON}
MOST_REASONS = 100
_LEAVING = {
    RequestKind.EXIT,
    RequestKind.EXIT_ALL,
    RequestKind.ABANDON,
    RequestKind.ABANDON_ALL,
    RequestKind.SUSPEND_ALL,
}


def find_next(run: Run, request: Request) -> tuple[Activity | None, Refused | None]:
    """Return the activity a request leads to, or why it leads nowhere; (None, None) when it leads out."""
    leaves, current = run.tree.leaves, run.current
    if request.kind in _LEAVING:
        return None, None if current else Refused.NOT_STARTED
    open_leaves = _Open(run)
    if request.kind in (RequestKind.START, RequestKind.RESUME_ALL):
        if run.suspended is not None:
            return run.suspended, None
        entered = [one for one in leaves if open_leaves.may_enter(one)]
        unfinished = (one for one in entered if run.tracking(one).completed is not True)
        first = next(unfinished, entered[0] if entered else None)
        return first, None if first else Refused.NOTHING_DELIVERED
    if request.kind in (RequestKind.CHOICE, RequestKind.JUMP):
        return open_leaves.chosen(run.tree.find(request.target))
    if request.kind is RequestKind.RETRY:
        return current, None if current else Refused.RETRY_NOT_RUNNING
    if current is None:
        return None, Refused.NOT_STARTED
    return open_leaves.neighbour(current, forward=request.kind is RequestKind.CONTINUE)


class _Open:
    """Where the learner may go: what has no prerequisites, or whose prerequisites are met."""

    def __init__(self, run: Run, standings: Standings | None = None) -> None:
        self._run = run
        asked = run.tree.asks_prerequisites
        self._prerequisites = Prerequisites(run, standings or Standings(run)) if asked else None

    def may_enter(self, leaf: Activity) -> bool:
        """Say whether a leaf may be entered now; where the learner is already she may stay."""
        return self._prerequisites is None or leaf is self._run.current or self._prerequisites.are_met(leaf)

    def chosen(self, target: Activity | None) -> tuple[Activity | None, Refused | None]:
        """Return what choosing an activity leads to: itself, or the first below it that may be entered."""
        if target is None:
            return None, Refused.TARGET_UNKNOWN
        below = _leaves_below(self._run, target)
        for leaf in below:
            if self.may_enter(leaf):
                return leaf, None
            self._note(leaf)
        return None, Refused.PREREQUISITES if below else Refused.CHOICE_LEADS_NOWHERE

    def neighbour(self, current: Activity, *, forward: bool) -> tuple[Activity | None, Refused | None]:
        """Return the next, or the previous, leaf that may be entered."""
        leaves = self._run.tree.leaves
        place = leaves.index(current) if current in leaves else -1
        following = leaves[place + 1 :] if forward else leaves[: max(place, 0)][::-1]
        for leaf in following:
            if self.may_enter(leaf):
                return leaf, None
            self._note(leaf)
        if following:
            return None, Refused.PREREQUISITES
        return None, Refused.BEYOND_END if forward else Refused.BEFORE_START

    def _note(self, leaf: Activity) -> None:
        if self._run.tracing:
            self._run.note("1.2", f'"{leaf.identifier}" is passed over: its prerequisites are not met', leaf)


def _leaves_below(run: Run, target: Activity) -> list[Activity]:
    if target.is_deliverable:
        return [target]
    return [one for one in run.tree.activities[target.position : target.end] if one.is_deliverable]


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
    # Who only leaves a part stands behind it still: Continue and Previous go on from there.
    run.current = current if request.kind in _STAYING else None


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
    """What may be asked for now, what the contents show, and why what is off is off."""

    def __init__(self, run: Run) -> None:
        self.run = run
        with run.silent():
            self.standings = Standings(run)
            self._open = _Open(run, self.standings)
            self.standing = self.standings.standing_of(run.tree.root)
            self.refusals = self._refusals()
            self.valid = self._valid_requests()
            self.contents = self._table_of_contents()

    def _refusals(self) -> list[Refused | None]:
        """Say, by position, why an activity cannot be chosen; a cluster can when something below it can."""
        activities = self.run.tree.activities
        found: list[Refused | None] = [Refused.CHOICE_LEADS_NOWHERE] * len(activities)
        for one in reversed(activities):
            if one.is_deliverable:
                found[one.position] = None if self._open.may_enter(one) else Refused.PREREQUISITES
            elif one.children:
                below = [found[child.position] for child in one.children]
                blocked = Refused.PREREQUISITES in below
                other = Refused.PREREQUISITES if blocked else Refused.CHOICE_LEADS_NOWHERE
                found[one.position] = None if None in below else other
        return found

    def _valid_requests(self) -> ValidRequests:
        """
        Say which requests would be honoured.

        Content that has said nothing of itself is complete when it is left: Continue counts on that. [RTE 1.2 3.4.4]
        """
        leaves, current = self.run.tree.leaves, self.run.current
        here = current is not None
        active = current is not None and self.run.tracking(current).active
        place = leaves.index(current) if current in leaves else -1
        before = any(self.refusals[one.position] is None for one in leaves[: max(place, 0)])
        return ValidRequests(
            continue_=here and self._leads_on(leaves[place + 1 :]),
            previous=here and before,
            exit=active,
            exit_all=here,
            abandon=active,
            abandon_all=here,
            suspend_all=here,
            choice={one.identifier: self.refusals[one.position] is None for one in self.run.tree.activities},
            jump={one.identifier: self.refusals[one.position] is None for one in leaves},
        )

    def _leads_on(self, following: Sequence[Activity]) -> bool:
        if any(self.refusals[one.position] is None for one in following):
            return True
        run, current = self.run, self.run.current
        if not following or current is None or run.tracking(current).completion_set:
            return False
        assumed = Run(run.tree, run.state)
        assumed.written(current).completed = True
        open_then = _Open(assumed)
        return any(open_then.may_enter(one) for one in following)

    def _table_of_contents(self) -> dict[str, TocEntry]:
        return {one.identifier: self.contents_line(one) for one in self.run.tree.activities if one.item is not None}

    def contents_line(self, activity: Activity) -> TocEntry:
        """Return one line of the table of contents; clusters show what is below them."""
        visible = activity.item is not None and activity.item.visible
        return toc_entry(self.standings.status_of(activity), self.refusals[activity.position] is None, visible)

    def reasons(self) -> list[Step]:
        """Say why Continue, Previous and parts that cannot be entered yet are off; of very many the first."""
        current, leaves = self.run.current, self.run.tree.leaves
        steps = []
        if current is not None:
            place = leaves.index(current) if current in leaves else -1
            if not self.valid.continue_:
                why = Refused.PREREQUISITES if leaves[place + 1 :] else Refused.BEYOND_END
                steps.append(Step("1.2", f"Continue is off: {explain(why)}", current.identifier))
            if not self.valid.previous:
                why = Refused.PREREQUISITES if place > 0 else Refused.BEFORE_START
                steps.append(Step("1.2", f"Previous is off: {explain(why)}", current.identifier))
        closed = [one for one in self.run.tree.leaves if self.refusals[one.position] is not None]
        return steps + [self._closed(one) for one in closed[:MOST_REASONS]]

    def _closed(self, leaf: Activity) -> Step:
        asked = [one for one in leaf.path() if one.prerequisite is not None and one.item is not None]
        said = "; ".join(f'"{one.identifier}" asks for {shorten(one.item.prerequisites)}' for one in asked if one.item)
        words = f'Choice of "{leaf.identifier}" is off: {explain(Refused.PREREQUISITES)}: {said}'
        return Step("1.2", words, leaf.identifier)
