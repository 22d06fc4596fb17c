"""Script runs one after the other; threads of one interpreter at once only delay each other.

Runs that share the interpreter's lock all end late; in order of arrival the first ends as early as
it would alone, and the last not later than beside the others. A long run keeps nobody: once its
slice is over, the next begins beside it. Measured by `benchmarks/pages/many_users.py`.
"""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

SLICE_S: Final = 0.2
"""A usual run takes .1 s alone; what takes longer waits for a disk or computes."""


class RunQueue:
    """Lets one thread after the other begin a run.

    ``slice_s``: so long a run keeps the next one waiting at most, in seconds.
    """

    def __init__(self, *, slice_s: float = SLICE_S) -> None:
        self._slice_s = slice_s
        self._entry = threading.Lock()
        self._ended = threading.Event()
        self._ended.set()
        self._over_at = 0.0
        self._inside = threading.local()

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Wait until the run before has ended or has had its slice, then run.

        A turn inside a turn of the same thread is part of it.
        """
        if getattr(self._inside, "runs", False):
            yield
            return
        ended = self._begin()
        self._inside.runs = True
        try:
            yield
        finally:
            self._inside.runs = False
            ended.set()

    def _begin(self) -> threading.Event:
        """Wait for the run before, and return what is to be set at this one's end."""
        with self._entry:
            self._ended.wait(max(0.0, self._over_at - time.monotonic()))
            self._ended = threading.Event()
            self._over_at = time.monotonic() + self._slice_s
            return self._ended


script_runs: Final = RunQueue()
"""The runs of this process."""
