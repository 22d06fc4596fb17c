"""One small cache for answers that cost much and stay true for a while."""

import math
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable
from threading import Lock
from typing import Generic, TypeVar

T = TypeVar("T")


class Cache(Generic[T]):
    """Keep the latest answers; the one unused for longest goes first. Threads may share it.

    What an answer depends on belongs into its key: a state that changes when anything read for
    it changes makes the old answer unreachable.

    Parameters
    ----------
    size
        How many answers to keep at most.
    seconds
        How long each is good for; without a limit unless given.
    clock
        Tells seconds; never goes back.
    """

    def __init__(
        self, size: int, *, seconds: float = math.inf, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._size, self._seconds, self._clock = size, seconds, clock
        self._answers: OrderedDict[Hashable, tuple[float, T]] = OrderedDict()
        self._generation = 0
        self._lock = Lock()

    def get(self, key: Hashable, make: Callable[[], T]) -> T:
        """Return the answer of a key, making it the first time and when it is stale.

        An answer that was begun before :meth:`forget` is returned, but not kept. Two threads that
        ask for the same key at once may both make it.
        """
        with self._lock:
            begun, generation = self._clock(), self._generation
            known = self._answers.get(key)
            if known is not None and begun - known[0] < self._seconds:
                self._answers.move_to_end(key)
                return known[1]
        answer = make()
        with self._lock:
            if generation == self._generation:
                self._answers[key] = (begun, answer)
                self._answers.move_to_end(key)
                while len(self._answers) > self._size:
                    self._answers.popitem(last=False)
        return answer

    def pop(self, key: Hashable) -> T | None:
        """Return the answer of a key and forget it; None where there is none, or a stale one."""
        with self._lock:
            made, answer = self._answers.pop(key, (-math.inf, None))
            return answer if self._clock() - made < self._seconds else None

    def forget(self) -> None:
        """Drop everything, and keep nothing that is being made just now."""
        with self._lock:
            self._generation += 1
            self._answers.clear()
