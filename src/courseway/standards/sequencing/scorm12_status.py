"""SCORM 1.2: what the parts of a course have reached, and with them the clusters they are in. Nothing is changed here."""

from dataclasses import dataclass

from courseway.standards.manifests.prerequisites import LessonStatus
from courseway.standards.sequencing import tracking
from courseway.standards.sequencing.run import Run
from courseway.standards.sequencing.tree import Activity
from courseway.standards.sequencing.values import Standing


@dataclass(slots=True)
class _Tally:
    """What was counted below an activity, itself included."""

    leaves: int = 0
    attempted: bool = False
    completed: int = 0
    passed: int = 0
    failed: int = 0
    measures: int = 0
    total: float = 0.0

    def add(self, other: "_Tally") -> None:
        self.leaves += other.leaves
        self.attempted = self.attempted or other.attempted
        self.completed += other.completed
        self.passed += other.passed
        self.failed += other.failed
        self.measures += other.measures
        self.total += other.total


_NOTHING = _Tally(leaves=1)


class Standings:
    """
    What every activity has reached, counted once from the leaves up.

    A cluster is completed when every part is; failed when one part is; passed when at least one part is passed, none
    failed and all are complete. Its measure is the mean of the parts that have one.
    """

    def __init__(self, run: Run) -> None:
        self._run = run
        tallies: list[_Tally] = [_NOTHING] * len(run.tree.activities)
        for one in reversed(run.tree.activities):
            if one.is_leaf or one.is_deliverable:
                tallies[one.position] = self._tally(one)
            if not one.is_leaf:
                own = tallies[one.position] if one.is_deliverable else _Tally()
                tallies[one.position] = own
                for child in one.children:
                    own.add(tallies[child.position])
        self._tallies = tallies

    def _tally(self, leaf: Activity) -> _Tally:
        if not leaf.is_deliverable:
            return _Tally()
        held = self._run.state.activities.get(leaf.identifier)
        if held is None:
            return _Tally(leaves=1) if leaf.children else _NOTHING
        primary = tracking.local(self._run, leaf, leaf.primary)
        return _Tally(
            leaves=1,
            attempted=held.attempts > 0,
            completed=int(held.completed is True),
            passed=int(primary.satisfied is True),
            failed=int(primary.satisfied is False),
            measures=int(primary.measure is not None),
            total=primary.measure or 0.0,
        )

    def standing_of(self, activity: Activity) -> Standing:
        """Read what an activity and everything below it has reached."""
        tally = self._tallies[activity.position]
        done = tally.completed == tally.leaves
        satisfied = None
        if tally.failed:
            satisfied = False
        elif tally.passed and tally.attempted and done:
            satisfied = True
        return Standing(
            attempted=tally.attempted,
            completed=done if tally.attempted else None,
            satisfied=satisfied,
            measure=round(tally.total / tally.measures, 7) if tally.measures else None,
            progress=tally.completed / tally.leaves if tally.leaves else None,
        )

    def status_of(self, activity: Activity) -> str:
        """Put an activity's status in one word for the learner; a cluster shows what is below it."""
        if self._tallies[activity.position] is _NOTHING:
            return "not attempted"
        reached = self.standing_of(activity)
        if reached.satisfied is not None:
            return "passed" if reached.satisfied else "failed"
        if reached.completed:
            return "completed"
        return "incomplete" if reached.attempted else "not attempted"

    def lesson_status(self, activity: Activity) -> LessonStatus:
        """Return an activity's status in the words of prerequisites, of content that was browsed that as well."""
        if self._run.tracking(activity).browsed:
            return LessonStatus.BROWSED
        return LessonStatus(self.status_of(activity))
