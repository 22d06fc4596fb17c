"""How often one address may try something within a while."""

from __future__ import annotations

from collections import OrderedDict, deque
from math import ceil
from threading import Lock
from time import monotonic
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

_MOST_KEYS = 10_000


class RateLimit:
    """Count what was tried, and say how long to wait.

    Parameters
    ----------
    most
        Tries allowed within any span.
    within_s
        The span, in seconds.
    clock
        Gives seconds that only grow.
    """

    def __init__(
        self, *, most: int, within_s: float, clock: Callable[[], float] = monotonic
    ) -> None:
        self._most, self._within_s, self._clock = most, within_s, clock
        self._tried: OrderedDict[str, deque[float]] = OrderedDict()
        self._lock = Lock()

    def wait_s(self, key: str) -> int:
        """Return the seconds until one more try is allowed, 0 where it is now."""
        with self._lock:
            tried = self._fresh(key)
            if len(tried) < self._most:
                return 0
            return max(1, ceil(tried[0] + self._within_s - self._clock()))

    def count(self, key: str) -> None:
        """Take note of a try."""
        with self._lock:
            tried = self._fresh(key)
            tried.append(self._clock())
            self._tried[key] = tried
            self._tried.move_to_end(key)
            while len(self._tried) > _MOST_KEYS:
                self._tried.popitem(last=False)

    def _fresh(self, key: str) -> deque[float]:
        tried = self._tried.get(key, deque(maxlen=self._most))
        while tried and tried[0] <= self._clock() - self._within_s:
            tried.popleft()
        return tried
