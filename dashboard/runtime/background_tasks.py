"""One long piece of work at a time, which goes on while people click elsewhere.

Streamlit stops a page's script at the next click; what takes minutes must not stand in one.
"""

from __future__ import annotations

from concurrent.futures import Future
from dataclasses import dataclass, field
from threading import Lock, Thread
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    Progress = Callable[[str, int, int], None]


class StoppedError(Exception):
    """Raised inside work that somebody has stopped; nothing of it is kept."""


@dataclass
class Task:
    """Work that was begun.

    Parameters
    ----------
    name
        What it is, for the page.
    stage, done, total
        How far it is; ``total`` is 0 while unknown.
    stopping
        Whether somebody has asked for it to stop; it does so at its next step.
    """

    name: str
    stage: str = ""
    done: int = 0
    total: int = 0
    stopping: bool = False
    outcome: Future[object] = field(default_factory=Future)

    def tell(self, stage: str, done: int, total: int) -> None:
        """Take note of progress.

        Raises
        ------
        StoppedError
            Where the work is to stop.
        """
        if self.stopping:
            raise StoppedError
        self.stage, self.done, self.total = stage, done, total

    def stop(self) -> None:
        """Ask the work to stop at its next step."""
        self.stopping = True

    @property
    def finished(self) -> bool:
        """Whether it came to its end, good or bad."""
        return self.outcome.done()


class Bench:
    """Where one task at a time is worked on."""

    def __init__(self) -> None:
        self._task: Task | None = None
        self._lock = Lock()

    @property
    def task(self) -> Task | None:
        """What is being worked on, or was finished and not yet taken."""
        return self._task

    def start(self, name: str, work: Callable[[Progress], object]) -> Task:
        """Begin work, unless some is going on; return whichever it is."""
        with self._lock:
            if self._task is not None and not self._task.finished:
                return self._task
            self._task = task = Task(name)
        Thread(target=_work, args=(task, work), name=name, daemon=True).start()
        return task

    def take(self) -> Task | None:
        """Return the finished task and forget it; None where none is."""
        with self._lock:
            if self._task is None or not self._task.finished:
                return None
            task, self._task = self._task, None
            return task


def _work(task: Task, work: Callable[[Progress], object]) -> None:
    try:
        task.outcome.set_result(work(task.tell))
    except BaseException as error:  # noqa: BLE001 -- whoever takes the task raises it again
        task.outcome.set_exception(error)


bench = Bench()
