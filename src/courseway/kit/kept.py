"""Keeping things that never change in the process: the least recently used go first, by count or by weight."""

from collections import OrderedDict
from typing import Generic, TypeVar

K = TypeVar("K")
V = TypeVar("V")


class Kept(Generic[K, V]):
    """A bounded map. `room` is the greatest total weight; a value weighs 1 unless said otherwise."""

    def __init__(self, room: int) -> None:
        self._room = room
        self._used = 0
        self._values: OrderedDict[K, tuple[V, int]] = OrderedDict()

    def get(self, key: K) -> V | None:
        """Return a kept value, which makes it the most recently used."""
        found = self._values.get(key)
        if found is None:
            return None
        self._values.move_to_end(key)
        return found[0]

    def put(self, key: K, value: V, weight: int = 1) -> None:
        """Keep a value; what has not been used for longest makes room. Too heavy ones are not kept."""
        self.drop(key)
        if weight > self._room:
            return
        self._values[key] = (value, weight)
        self._used += weight
        while self._used > self._room:
            _, (_, freed) = self._values.popitem(last=False)
            self._used -= freed

    def drop(self, key: K) -> None:
        """Forget a value."""
        gone = self._values.pop(key, None)
        if gone is not None:
            self._used -= gone[1]
