"""
The activity tree: an organization as activities that know their parent, children and place. Nothing here changes.

What sequencing asks again and again of an activity is worked out once, when the tree is planted.
"""

from collections.abc import Iterator, Sequence

import msgspec

from courseway.standards.manifests.prerequisites import Prerequisite, PrerequisiteError, parse_prerequisites
from courseway.standards.manifests.sequencing import (
    LimitConditions,
    Objective,
    RollupConsiderations,
    RuleAction,
    Sequencing,
    SequencingRule,
    Timing,
)
from courseway.standards.manifests.structure import CompletionThreshold, Item, ItemKind, Organization, Standard
from courseway.standards.sequencing.values import Refused

_DEFAULT = Sequencing()
_IMPLIED_PRIMARY = (Objective(primary=True),)
_NO_THRESHOLD = CompletionThreshold()
_NO_LIMITS = LimitConditions()
_ALWAYS = RollupConsiderations()
_WITHOUT_PROGRESS_ROLLUP = ("2004-2", "2004-3")


class Activity:
    """
    One activity; `item` is None for the root.

    `position` counts in the order of the course, parents first; everything below it stands before `end`. `place` is
    among the parent's children. `arranges`: its children are selected or put in a random order. `is_plain`: its status
    is what it holds itself, without global objectives or thresholds. `always_counts`: no rule keeps it out of its
    parent's rollup.
    """

    __slots__ = (
        "always_counts",
        "arranges",
        "children",
        "completes_by_measure",
        "control",
        "depth",
        "end",
        "identifier",
        "is_deliverable",
        "is_leaf",
        "is_plain",
        "is_tracked",
        "item",
        "limited",
        "objectives",
        "parent",
        "place",
        "position",
        "pre_conditions",
        "prerequisite",
        "primary",
        "sequencing",
        "threshold",
        "title",
    )

    def __init__(
        self,
        identifier: str,
        title: str,
        item: Item | None,
        parent: "Activity | None",
        sequencing: Sequencing,
        threshold: CompletionThreshold | None,
    ) -> None:
        self.identifier = identifier
        self.title = title
        self.item = item
        self.parent = parent
        self.place = self.position = self.end = 0
        self.depth: int = parent.depth + 1 if parent is not None else 0
        self.children: tuple[Activity, ...] = ()
        self.is_leaf = True
        self.is_deliverable = False
        self.sequencing = sequencing
        self.control = sequencing.control_mode
        self.threshold = threshold or _NO_THRESHOLD
        self.completes_by_measure = self.threshold.completed_by_measure
        self.objectives = sequencing.objectives or _IMPLIED_PRIMARY
        self.primary = next((one for one in self.objectives if one.primary), _IMPLIED_PRIMARY[0])
        # [SN 3.13.1]
        self.is_tracked = sequencing.delivery_controls.tracked
        self.is_plain = False
        self.limited = sequencing.limit_conditions != _NO_LIMITS
        self.pre_conditions = _by_action(sequencing.pre_condition_rules)
        self.prerequisite: Prerequisite | None = None
        drawn = sequencing.randomization
        rolls, considered = sequencing.rollup_rules, sequencing.rollup_considerations
        self.always_counts = (
            rolls.rollup_objective_satisfied
            and rolls.rollup_progress_completion
            and considered
            == msgspec.structs.replace(
                _ALWAYS, measure_satisfaction_if_active=considered.measure_satisfaction_if_active
            )
        )
        self.arranges = (drawn.selection_timing is not Timing.NEVER and drawn.select_count is not None) or (
            drawn.randomization_timing is not Timing.NEVER and drawn.reorder_children
        )

    def path(self) -> list["Activity"]:
        """Return the way from the root to this activity, both included."""
        found = [self]
        while found[-1].parent is not None:
            found.append(found[-1].parent)
        return found[::-1]

    def is_within(self, other: "Activity") -> bool:
        """Say whether this is `other` or below it."""
        return other.position <= self.position < other.end


def _by_action(rules: Sequence[SequencingRule]) -> dict[RuleAction, tuple[SequencingRule, ...]]:
    return {action: tuple(one for one in rules if one.action is action) for action in {one.action for one in rules}}


class ActivityTree:
    """
    All activities of one organization, by identifier and in order.

    `edition` is the course's (`CourseStructure.edition`). `readers` are the activities that read a global objective.
    """

    def __init__(self, organization: Organization, standard: Standard, edition: str = "2004-4") -> None:
        self.organization = organization
        self.standard = standard
        self.edition = edition
        self.by_id: dict[str, Activity] = {}
        self.root = self._plant(organization)
        self.activities: tuple[Activity, ...] = tuple(_in_order(self.root))
        for position, activity in enumerate(self.activities):
            activity.position = position
        for activity in reversed(self.activities):
            activity.end = activity.children[-1].end if activity.children else activity.position + 1
            self._finish(activity)
        self.leaves: tuple[Activity, ...] = tuple(one for one in self.activities if one.is_deliverable)
        """What can be delivered, in the order of the course."""
        ends = [one for one in self.activities if one.is_leaf]
        self.only_leaf: Activity | None = ends[0] if len(ends) == 1 else None
        self.clusters: tuple[Activity, ...] = tuple(one for one in self.activities if not one.is_leaf)
        self.rolls_up_progress = edition not in _WITHOUT_PROGRESS_ROLLUP
        self.readers = self._readers()
        self.arranges = any(one.arranges for one in self.activities)
        self.steered = tuple(one for one in self.activities if one.pre_conditions or one.limited)
        """The activities that have pre-condition rules or limits of their own."""
        self.asks_prerequisites = any(one.prerequisite is not None for one in self.activities)
        self.begins: Sequence[int] = range(len(self.activities))
        self.ends: Sequence[int] = tuple(one.end for one in self.activities)
        self.gates = tuple(one for one in self.clusters if _is_gate(one))
        """The clusters that may stand in the way of a choice below them."""
        self.closed_to_choice = tuple(
            Refused.CHOICE_NOT_ALLOWED if one.parent is not None and not one.parent.control.choice else None
            for one in self.activities
        )
        """By position: what the control mode of the parent forbids to choose. [SN NB.2.1 7.1]"""

    def find(self, identifier: str | None) -> Activity | None:
        """Return the activity of this identifier, None when there is none."""
        return self.by_id.get(identifier) if identifier is not None else None

    def _plant(self, organization: Organization) -> Activity:
        root = Activity(
            organization.identifier,
            organization.title,
            None,
            None,
            organization.sequencing or _DEFAULT,
            organization.completion_threshold,
        )
        pending: list[tuple[Activity, tuple[Item, ...]]] = [(root, organization.items)]
        while pending:
            parent, items = pending.pop()
            children: list[Activity] = []
            for item in items:
                sequencing = item.sequencing or _DEFAULT
                child = Activity(item.identifier, item.title, item, parent, sequencing, item.completion_threshold)
                child.place = len(children)
                self.by_id.setdefault(child.identifier, child)
                children.append(child)
                pending.append((child, item.children))
            parent.children = tuple(children)
        if self.by_id.setdefault(root.identifier, root) is not root:
            root.identifier = f"{root.identifier}:root"
            self.by_id[root.identifier] = root
        return root

    def _finish(self, activity: Activity) -> None:
        activity.is_leaf = not activity.children
        activity.is_deliverable = is_deliverable(activity)
        if self.standard is Standard.SCORM_12 and activity.item is not None:
            activity.prerequisite = _prerequisite(activity.item.prerequisites)
        if self.edition in _WITHOUT_PROGRESS_ROLLUP:
            # There a threshold is between content and LMS alone: cmi.completion_status follows it. [RTE 3rd 4.2.4]
            activity.completes_by_measure = False
        activity.is_plain = (
            activity.is_tracked
            and not activity.primary.maps
            and not activity.primary.satisfied_by_measure
            and not activity.completes_by_measure
        )

    def _readers(self) -> dict[str, list[Activity]]:
        found: dict[str, list[Activity]] = {}
        for activity in self.activities:
            for target in {mapped.target for objective in activity.objectives for mapped in objective.maps}:
                found.setdefault(target, []).append(activity)
        return found


def _prerequisite(text: str) -> Prerequisite | None:
    """Read an expression; one that cannot be read keeps nobody out, and the package report says so."""
    try:
        return parse_prerequisites(text) if text.strip() else None
    except PrerequisiteError:
        return None


def _is_gate(cluster: Activity) -> bool:
    guarded = cluster.sequencing.constrained_choice.prevent_activation
    return guarded or RuleAction.STOP_FORWARD_TRAVERSAL in cluster.pre_conditions


def _in_order(root: Activity) -> Iterator[Activity]:
    pending = [root]
    while pending:
        activity = pending.pop()
        yield activity
        pending.extend(reversed(activity.children))


def is_deliverable(activity: Activity) -> bool:
    """Say whether there is something to play behind an activity."""
    item = activity.item
    return item is not None and item.href is not None and item.kind in (ItemKind.SCO, ItemKind.ASSET)


def common_ancestor(one: Activity, other: Activity) -> Activity:
    """Return the deepest activity that holds both; it may be one of the two."""
    while not other.is_within(one):
        assert one.parent is not None
        one = one.parent
    return one
