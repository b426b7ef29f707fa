"""An LRU cache in memory, limited by weight."""

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable


def _count(_: object) -> int:
    return 1


class Kept[V]:
    """A thread-safe LRU cache, limited by the total weight of its values.

    weigh  returns the constant weight of a value; 1 by default
    """

    def __init__(self, most: int, weigh: Callable[[V], int] = _count) -> None:
        self.most = most
        self.weight = 0
        self._weigh = weigh
        self._values: OrderedDict[Hashable, V] = OrderedDict()
        self._lock = threading.Lock()

    def __contains__(self, key: Hashable) -> bool:
        with self._lock:
            return key in self._values

    def __len__(self) -> int:
        return len(self._values)

    def find(self, key: Hashable) -> V | None:
        with self._lock:
            if key in self._values:
                self._values.move_to_end(key)
            return self._values.get(key)

    def keep(self, key: Hashable, value: V) -> None:
        """Add a value, unless the key exists."""
        with self._lock:
            if key in self._values:
                return
            self._values[key] = value
            self.weight += self._weigh(value)
            while self.weight > self.most:
                self.weight -= self._weigh(self._values.popitem(last=False)[1])

    def find_or_make(self, key: Hashable, make: Callable[[], V]) -> V:
        """Return the cached value, or make and cache it; two threads may make it concurrently."""
        found = self.find(key)
        if found is None:
            found = make()
            self.keep(key, found)
        return found

    def clear(self) -> None:
        with self._lock:
            self._values.clear()
            self.weight = 0
