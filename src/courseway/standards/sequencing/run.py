"""
One evaluation in progress: the tree, a state that may be written, and the trace of what was decided and why.

The processes of the book are functions over a `Run`; nothing outside this package sees one.
"""

from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager

import msgspec

from courseway.standards.sequencing import selection
from courseway.standards.sequencing.state import VERSION, ActivityTracking, ObjectiveStatus, SequencingState
from courseway.standards.sequencing.tree import Activity, ActivityTree
from courseway.standards.sequencing.values import Given, Step

UNTOUCHED = ActivityTracking()
UNKNOWN = ObjectiveStatus()
MOST_STEPS, LAST_STEPS, MOST_OF_LAST = 2_000, 200, 400
MOST_CHARACTERS = 200_000
"""What a trace holds at the most: it is kept for every navigation, and a course may have any number of rules of any length."""
_NOTHING = Given()


class Run:
    """
    The working place of one request.

    `state` is its own: what it writes is copied first, the rest is shared with the state it was given. `now` is in
    seconds since 1970, None where limits on time are not evaluated. `tracing` is off while it only looks ahead.
    """

    def __init__(self, tree: ActivityTree, state: SequencingState, given: Given = _NOTHING) -> None:
        self.tree = tree
        self.state = SequencingState(
            version=VERSION,
            current=state.current,
            suspended=state.suspended,
            activities=dict(state.activities),
            global_objectives=dict(state.global_objectives),
            seed=state.seed or (given.seed if tree.arranges else ""),
        )
        self.now = given.now.timestamp() if given.now is not None else None
        self.tracing = True
        self._first: list[Step] = []
        self._last: deque[Step] = deque(maxlen=LAST_STEPS)
        self._written = self._left_out = 0
        self.touched_globals: set[str] = set()
        # By activity and objective: what its content has just set back to "unknown".
        self.withdrawn: dict[tuple[str, str], frozenset[str]] = {}
        self.arranged: dict[str, tuple[Activity, ...]] = {}
        self._places: dict[str, tuple[tuple[Activity, ...], dict[Activity, int]]] = {}
        self._own: set[str] = set()
        self._own_globals: set[str] = set()

    def note(self, clause: str, words: str, activity: Activity | None = None) -> None:
        """Add one step to the trace; callers on hot paths ask `tracing` before they put words together."""
        if self.tracing:
            self.keep(Step(clause, words, activity.identifier if activity is not None else ""))

    def keep(self, step: Step) -> None:
        """Add a step; of very many the first are kept and the last, in which the outcome is decided."""
        if not self.tracing:
            return
        self._written += len(step.words) + len(step.activity)
        if self._written <= MOST_CHARACTERS and len(self._first) < MOST_STEPS:
            self._first.append(step)
        else:
            self._left_out += 1
            self._last.append(Step(step.clause, step.words[:MOST_OF_LAST], step.activity[:MOST_OF_LAST]))

    @property
    def trace(self) -> tuple[Step, ...]:
        """Return what was decided, in its order."""
        gap = self._left_out - len(self._last)
        words = "1 more decision is not kept here" if gap == 1 else f"{gap:,} more decisions are not kept here"
        left_out = [Step("OP.1", words)] if gap > 0 else []
        return (*self._first, *left_out, *self._last)

    @contextmanager
    def silent(self) -> Iterator[None]:
        """Look ahead without leaving a trace, nor a new order of children."""
        tracing, arranged = self.tracing, self.arranged
        self.tracing, self.arranged = False, dict(arranged)
        try:
            yield
        finally:
            self.tracing, self.arranged = tracing, arranged

    def tracking(self, activity: Activity) -> ActivityTracking:
        """Return what is known of an activity, for reading only."""
        return self.state.activities.get(activity.identifier, UNTOUCHED)

    def written(self, activity: Activity) -> ActivityTracking:
        """Return what is known of an activity, for writing."""
        name = activity.identifier
        found = self.state.activities.get(name)
        if name not in self._own:
            self._own.add(name)
            found = self.state.activities[name] = found.copied() if found else ActivityTracking(objectives={})
        assert found is not None
        return found

    def renew(self, activity: Activity, held: ActivityTracking) -> None:
        """Put a new attempt's tracking in the place of the old."""
        self._own.add(activity.identifier)
        self.state.activities[activity.identifier] = held

    def objective(self, activity: Activity) -> ObjectiveStatus:
        """Return what an activity holds on its primary objective, for writing."""
        return self.written(activity).objectives.setdefault(activity.primary.identifier, ObjectiveStatus())

    def global_objective(self, target: str) -> ObjectiveStatus:
        """Return a global objective, for writing."""
        if target not in self._own_globals:
            self._own_globals.add(target)
            found = self.state.global_objectives.get(target, UNKNOWN)
            self.state.global_objectives[target] = msgspec.structs.replace(found)
        return self.state.global_objectives[target]

    def forget_globals(self) -> None:
        """Empty the global objectives."""
        if self.state.global_objectives:
            self.note("4.2.1", "a new attempt on the course empties the global objectives that are its alone")
        self.state.global_objectives.clear()
        self._own_globals.clear()

    def available_children(self, activity: Activity) -> tuple[Activity, ...]:
        """Return the children that take part, in their order. [SN SR]"""
        if not activity.arranges:
            return activity.children
        found = self.arranged.get(activity.identifier)
        if found is None:
            held = self.tracking(activity)
            if held.children is not None:
                here = {child.identifier: child for child in activity.children}
                found = tuple(here[name] for name in held.children if name in here)
            elif held.attempts:
                # Begun before anything was drawn: the attempt goes on with all of them.
                found = activity.children
            else:
                found = selection.available_children(activity, self.state.seed, 1)
            self.arranged[activity.identifier] = found
        return found

    def place_of(self, activity: Activity) -> int | None:
        """Return the place of an activity among the available children of its parent, None when it is not one of them."""
        parent = activity.parent
        if parent is None:
            return 0
        children = self.available_children(parent)
        if children is parent.children:
            return activity.place
        known = self._places.get(parent.identifier)
        if known is None or known[0] is not children:
            known = self._places[parent.identifier] = (children, {one: place for place, one in enumerate(children)})
        return known[1].get(activity)

    def arrange_anew(self, activity: Activity) -> None:
        """Select and order the children of a cluster that is about to be attempted again. [SN SR.1, SR.2]"""
        held = self.tracking(activity)
        if not activity.arranges or held.active or held.suspended or held.attempts == 0:
            return
        self.arranged[activity.identifier] = selection.available_children(activity, self.state.seed, held.attempts + 1)

    @property
    def current(self) -> Activity | None:
        """Return the current activity."""
        return self.tree.find(self.state.current)

    @current.setter
    def current(self, activity: Activity | None) -> None:
        self.state.current = activity.identifier if activity else None

    @property
    def suspended(self) -> Activity | None:
        """Return the activity to resume."""
        return self.tree.find(self.state.suspended)

    @suspended.setter
    def suspended(self, activity: Activity | None) -> None:
        self.state.suspended = activity.identifier if activity else None
