"""One small cache for answers that cost much and stay true for a while."""

import math
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from threading import Lock, RLock
from typing import Generic, TypeVar

T = TypeVar("T")


class Cache(Generic[T]):
    """Keep the latest answers; the one unused for longest goes first. Threads may share it.

    What an answer depends on belongs into its key: a state that changes when anything read for
    it changes makes the old answer unreachable.

    ``size``: how many answers to keep at most.
    ``seconds``: how long each is good for; without a limit unless given.
    ``clock``: tells seconds; never goes back.
    """

    def __init__(
        self, size: int, *, seconds: float = math.inf, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._size, self._seconds, self._clock = size, seconds, clock
        self._answers: OrderedDict[Hashable, tuple[float, T]] = OrderedDict()
        self._making: dict[Hashable, tuple[RLock, list[None]]] = {}
        self._generation = 0
        self._lock = Lock()

    def get(self, key: Hashable, make: Callable[[], T]) -> T:
        """Return the answer of a key, making it the first time and when it is stale.

        An answer that was begun before :meth:`forget` is returned, but not kept. A thread that asks
        for a key while another makes its answer waits for it.
        """
        begun, generation = self._clock(), self._generation
        if (known := self._known(key, begun)) is not None:
            return known[0]
        with self._alone((generation, key)):
            if (known := self._known(key, begun)) is not None:
                return known[0]
            answer = make()
            with self._lock:
                if generation == self._generation:
                    self._answers[key] = (begun, answer)
                    self._answers.move_to_end(key)
                    while len(self._answers) > self._size:
                        self._answers.popitem(last=False)
            return answer

    def _known(self, key: Hashable, now: float) -> tuple[T] | None:
        with self._lock:
            known = self._answers.get(key)
            if known is None or now - known[0] >= self._seconds:
                return None
            self._answers.move_to_end(key)
            return (known[1],)

    @contextmanager
    def _alone(self, key: Hashable) -> Iterator[None]:
        """Let one thread after the other in; one that is inside may come in again."""
        with self._lock:
            turn, waiting = self._making.setdefault(key, (RLock(), []))
            waiting.append(None)
        try:
            with turn:
                yield
        finally:
            with self._lock:
                waiting.pop()
                if not waiting:
                    self._making.pop(key, None)

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
