"""
One evaluation in progress: the tree, a state that may be written, and the trace of what was decided and why.

The processes of the book are functions over a `Run`; nothing outside this package sees one.
"""

from courseway.standards.sequencing.state import ActivityTracking, ObjectiveStatus, SequencingState
from courseway.standards.sequencing.tree import Activity, ActivityTree
from courseway.standards.sequencing.values import Step

_UNTOUCHED = ActivityTracking()


class Run:
    """The working place of one request; `state` is its own copy."""

    def __init__(self, tree: ActivityTree, state: SequencingState) -> None:
        self.tree = tree
        self.state = state.copied()
        self.trace: list[Step] = []
        self.touched_globals: set[str] = set()

    def note(self, clause: str, words: str) -> None:
        """Add one step to the trace."""
        self.trace.append(Step(clause, words))

    def tracking(self, activity: Activity) -> ActivityTracking:
        """Return what is known of an activity, for reading only."""
        return self.state.activities.get(activity.identifier, _UNTOUCHED)

    def written(self, activity: Activity) -> ActivityTracking:
        """Return what is known of an activity, for writing."""
        found = self.state.activities.get(activity.identifier)
        if found is None:
            found = self.state.activities[activity.identifier] = ActivityTracking(objectives={})
        return found

    def global_objective(self, target: str) -> ObjectiveStatus:
        """Return a global objective, for writing."""
        return self.state.global_objectives.setdefault(target, ObjectiveStatus())

    def available_children(self, activity: Activity) -> tuple[Activity, ...]:
        """Return the children that take part, in their order. [SN SR]"""
        chosen = self.tracking(activity).children
        if chosen is None:
            return activity.children
        return tuple(self.tree.by_id[one] for one in chosen if one in self.tree.by_id)

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
