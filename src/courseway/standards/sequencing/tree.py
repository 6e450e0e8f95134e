"""
The activity tree: an organization as activities that know their parent, children and place. Nothing here changes.
"""

from collections.abc import Iterator, Sequence

from courseway.standards.manifests.sequencing import ControlMode, Objective, Sequencing
from courseway.standards.manifests.structure import CompletionThreshold, Item, ItemKind, Organization, Standard

_DEFAULT = Sequencing()
_FREE = Sequencing(control_mode=ControlMode(flow=True))
_IMPLIED_PRIMARY = (Objective(primary=True),)
_NO_THRESHOLD = CompletionThreshold()


class Activity:
    """One activity; `item` is None for the root. `position` counts in the order of the course, parents first."""

    __slots__ = (
        "children",
        "identifier",
        "item",
        "objectives",
        "parent",
        "position",
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
        self.sequencing = sequencing
        self.threshold = threshold or _NO_THRESHOLD
        self.children: tuple[Activity, ...] = ()
        self.position = 0
        self.objectives = sequencing.objectives or _IMPLIED_PRIMARY
        self.primary = next((one for one in self.objectives if one.primary), _IMPLIED_PRIMARY[0])

    @property
    def is_leaf(self) -> bool:
        """Say whether this can be delivered."""
        return not self.children

    @property
    def is_tracked(self) -> bool:
        """Say whether progress is kept for this activity. [SN 3.13.1]"""
        return self.sequencing.delivery_controls.tracked

    def path(self) -> list["Activity"]:
        """Return the way from the root to this activity, both included."""
        found = [self]
        while found[-1].parent is not None:
            found.append(found[-1].parent)
        return found[::-1]

    def is_within(self, other: "Activity") -> bool:
        """Say whether this is `other` or below it."""
        one: Activity | None = self
        while one is not None:
            if one is other:
                return True
            one = one.parent
        return False


class ActivityTree:
    """All activities of one organization, by identifier and in order."""

    def __init__(self, organization: Organization, standard: Standard) -> None:
        self.organization = organization
        self.standard = standard
        self._default = _FREE if standard is Standard.SCORM_12 else _DEFAULT
        self.by_id: dict[str, Activity] = {}
        self.root = self._plant(organization)
        self.activities = tuple(self._number())
        self.readers = self._readers()

    def find(self, identifier: str | None) -> Activity | None:
        """Return the activity of this identifier, None when there is none."""
        return self.by_id.get(identifier) if identifier is not None else None

    @property
    def leaves(self) -> Sequence[Activity]:
        """Return what can be delivered, in the order of the course."""
        return [one for one in self.activities if is_deliverable(one)]

    def _plant(self, organization: Organization) -> Activity:
        root = Activity(
            organization.identifier,
            organization.title,
            None,
            None,
            organization.sequencing or self._default,
            organization.completion_threshold,
        )
        pending: list[tuple[Activity, tuple[Item, ...]]] = [(root, organization.items)]
        while pending:
            parent, items = pending.pop()
            children = []
            for item in items:
                sequencing = item.sequencing or self._default
                child = Activity(item.identifier, item.title, item, parent, sequencing, item.completion_threshold)
                self.by_id.setdefault(child.identifier, child)
                children.append(child)
                pending.append((child, item.children))
            parent.children = tuple(children)
        if self.by_id.setdefault(root.identifier, root) is not root:
            root.identifier = f"{root.identifier}:root"
            self.by_id[root.identifier] = root
        return root

    def _number(self) -> Iterator[Activity]:
        pending, position = [self.root], 0
        while pending:
            activity = pending.pop()
            activity.position = position
            position += 1
            yield activity
            pending.extend(reversed(activity.children))

    def _readers(self) -> dict[str, list[Activity]]:
        found: dict[str, list[Activity]] = {}
        for activity in self.activities:
            for objective in activity.objectives:
                for mapped in objective.maps:
                    found.setdefault(mapped.target, []).append(activity)
        return found


def is_deliverable(activity: Activity) -> bool:
    """Say whether there is something to play behind an activity."""
    item = activity.item
    return item is not None and item.href is not None and item.kind in (ItemKind.SCO, ItemKind.ASSET)


def common_ancestor(one: Activity, other: Activity) -> Activity:
    """Return the deepest activity that holds both; it may be one of the two."""
    found = one.path()[0]
    for left, right in zip(one.path(), other.path(), strict=False):
        if left is not right:
            break
        found = left
    return found
