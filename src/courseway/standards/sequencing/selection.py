"""
Selecting children and putting them in a random order. [SN SR.1, SR.2]

Nothing is drawn from the world: the same seed, activity and attempt give the same children in the same order. What the
book leaves open is done as authors mean it: "on each new attempt" selects anew as well. [SN 3.11, SR.1 5]
"""

from collections.abc import Sequence
from hashlib import blake2b

from courseway.standards.manifests.sequencing import Timing
from courseway.standards.sequencing.tree import Activity


def available_children(activity: Activity, seed: str, attempt: int) -> tuple[Activity, ...]:
    """Return the children that take part in an attempt (the first is 1), in their order. [SN SR.1, SR.2]"""
    return randomize_children_process(activity, select_children_process(activity, seed, attempt), seed, attempt)


def select_children_process(activity: Activity, seed: str, attempt: int) -> tuple[Activity, ...]:
    """Select as many children as the activity says; they keep the order of the course. [SN SR.1]"""
    drawn = activity.sequencing.randomization
    if drawn.selection_timing is Timing.NEVER or drawn.select_count is None:
        return activity.children
    draw = 1 if drawn.selection_timing is Timing.ONCE else attempt
    shuffled = _shuffled(activity.children, f"select:{seed}:{activity.identifier}:{draw}")
    chosen = set(shuffled[: max(0, drawn.select_count)])
    return tuple(one for one in activity.children if one in chosen)


def randomize_children_process(
    activity: Activity, children: tuple[Activity, ...], seed: str, attempt: int
) -> tuple[Activity, ...]:
    """Put the children in a random order when the activity says so. [SN SR.2]"""
    drawn = activity.sequencing.randomization
    if drawn.randomization_timing is Timing.NEVER or not drawn.reorder_children:
        return children
    draw = 1 if drawn.randomization_timing is Timing.ONCE else attempt
    return tuple(_shuffled(children, f"order:{seed}:{activity.identifier}:{draw}"))


def _shuffled(children: Sequence[Activity], salt: str) -> list[Activity]:
    def lot(child: Activity) -> bytes:
        return blake2b(f"{salt}:{child.identifier}".encode("utf-8", "surrogatepass"), digest_size=16).digest()

    return sorted(children, key=lot)
