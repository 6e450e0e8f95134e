"""Rolling up from parts in a given state, for tests of rollup."""

from typing import Any

from courseway.standards.manifests.sequencing import (
    ConditionName,
    DeliveryControls,
    RollupAction,
    RollupRule,
    RuleCondition,
)
from courseway.standards.sequencing.rollup import overall_rollup_process
from courseway.standards.sequencing.run import Run
from courseway.standards.sequencing.state import ActivityTracking, ObjectiveStatus, SequencingState
from tests.standards.sequencing.trees import Learner

A, C = RollupAction, ConditionName
UNTRACKED = {"delivery_controls": DeliveryControls(tracked=False)}


def held(attempts: int = 1, *, of_attempt: int = 1, completed: bool | None = None, progress: float | None = None,
         suspended: bool = False, **status: Any) -> ActivityTracking:  # fmt: skip
    """What a part has reached in an attempt."""
    return ActivityTracking(
        attempts=attempts, of_attempt=of_attempt, completed=completed, progress=progress, suspended=suspended,
        objectives={"": ObjectiveStatus(**status), "p": ObjectiveStatus(**status)},
    )  # fmt: skip


def rolled(ann: Learner, _from: str = "a", **parts: ActivityTracking) -> Run:
    """Roll up from a part, with all parts in the state given."""
    ann.state = SequencingState(activities={"root": ActivityTracking(attempts=1, active=True, objectives={}), **parts})
    run = ann.run()
    overall_rollup_process(run, ann.at(_from))
    return run


def root(run: Run) -> tuple[bool | None, bool | None]:
    """Whether the course is satisfied and completed."""
    found = run.tracking(run.tree.root)
    return found.objectives.get(run.tree.root.primary.identifier, ObjectiveStatus()).satisfied, found.completed


def measure(run: Run, name: str = "root") -> float | None:
    """The measure a cluster has now."""
    return run.tracking(run.tree.by_id[name]).objectives.get("", ObjectiveStatus()).measure


def told(action: RollupAction, name: ConditionName, **more: Any) -> RollupRule:
    """A rollup rule of one condition."""
    return RollupRule(action, (RuleCondition(name),), **more)
