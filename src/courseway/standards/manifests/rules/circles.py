"""Finding circles among things that lead to others. No rule lives here."""

from collections.abc import Mapping, Sequence


def circles(leads: Mapping[str, Sequence[str]]) -> list[str]:
    """Return one member of each circle met, in the order of the names; empty when every way ends."""
    open_, done, found = set[str](), set[str](), dict[str, None]()
    for start in leads:
        pending = [(start, iter(leads[start]))] if start not in done else []
        open_.update(name for name, _ in pending)
        while pending:
            name, targets = pending[-1]
            target = next(targets, None)
            if target is None:
                pending.pop()
                open_.discard(name)
                done.add(name)
            elif target in open_:
                found[target] = None
            elif target in leads and target not in done:
                open_.add(target)
                pending.append((target, iter(leads[target])))
    return list(found)
