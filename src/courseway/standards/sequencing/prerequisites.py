"""
Whether the prerequisites of an activity are met. SCORM 1.2 only. [SCORM 1.2 CAM 2.3 (prerequisites)]

An identifier that the course does not have stands in nobody's way, nor does an expression nobody can read: the package
report names both.
"""

from courseway.standards.manifests.prerequisites import (
    AtLeast,
    Every,
    LessonStatus,
    Not,
    Prerequisite,
    Reached,
    Some,
    StatusIs,
)
from courseway.standards.sequencing.run import Run
from courseway.standards.sequencing.scorm12_status import Standings
from courseway.standards.sequencing.tree import Activity


class Prerequisites:
    """The prerequisites of a course against what its parts have reached; each activity is judged once."""

    def __init__(self, run: Run, standings: Standings) -> None:
        self._tree = run.tree
        self._standings = standings
        self._met: dict[int, bool] = {}

    def are_met(self, activity: Activity) -> bool:
        """Say whether an activity, and everything it is part of, may be entered."""
        one: Activity | None = activity
        while one is not None:
            if one.prerequisite is not None and not self._judge(one, one.prerequisite):
                return False
            one = one.parent
        return True

    def _judge(self, activity: Activity, asked: Prerequisite) -> bool:
        found = self._met.get(activity.position)
        if found is None:
            found = self._met[activity.position] = self._holds(asked)
        return found

    def _holds(self, asked: Prerequisite) -> bool:
        match asked:
            case Reached(name):
                return self._status(name) in (None, LessonStatus.PASSED, LessonStatus.COMPLETED)
            case StatusIs(name, status, negated):
                found = self._status(name)
                return found is None or (found is status) is not negated
            case Not(inner):
                return not self._holds(inner)
            case Every(parts):
                return all(self._holds(part) for part in parts)
            case Some(parts):
                return any(self._holds(part) for part in parts)
            case AtLeast(count, parts):
                return sum(self._holds(part) for part in parts) >= count

    def _status(self, name: str) -> LessonStatus | None:
        activity = self._tree.find(name)
        return self._standings.lesson_status(activity) if activity is not None else None
