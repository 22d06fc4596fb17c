"""One long piece of work at a time, which goes on while people click elsewhere.

Streamlit stops a page's script at the next click; what takes minutes must not stand in one.
"""

import math
import time
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, field
from threading import Event, Lock, Thread

earlier_scores = Event()
"""Set while another process makes scores of earlier months."""
Progress = Callable[[str, int, int], None]
"""Told of a stage, what is done of it and its total."""


class StoppedError(Exception):
    """Raised inside work that somebody has stopped; nothing of it is kept."""


@dataclass
class Task:
    """Work that its owner began; ``total`` is 0 while unknown.

    What is ``stopping`` ends at its next step; ``ended_at`` is by the clock that never goes back;
    ``askers`` wait for it.
    """

    owner: str
    stage: str = ""
    done: int = 0
    total: int = 0
    stopping: bool = False
    ended_at: float = math.inf
    askers: set[str] = field(default_factory=set)
    outcome: Future[object] = field(default_factory=Future)

    def tell(self, stage: str, done: int, total: int) -> None:
        """Take note of progress.

        Raises `StoppedError` where the work is to stop.
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


class TaskRunner:
    """Where one task at a time is worked on; how each ended is kept for its owner."""

    def __init__(self) -> None:
        self._last: dict[str, Task] = {}
        self._newest: Task | None = None
        self._lock = Lock()

    @property
    def running(self) -> Task | None:
        """What is being worked on; None where nothing is."""
        task = self._newest
        return None if task is None or task.finished else task

    def start(self, owner: str, work: Callable[[Progress], object]) -> Task | None:
        """Begin somebody's work and return it; None, and nothing begun, while other work runs."""
        with self._lock:
            if self.running is not None:
                return None
            self._newest = self._last[owner] = task = Task(owner)
        Thread(target=_work, args=(task, work), name=f"task of {owner}", daemon=True).start()
        return task

    def pop_finished(self, owner: str) -> Task | None:
        """Return somebody's last task once it is finished, and forget it; None where none is."""
        with self._lock:
            task = self._last.get(owner)
            if task is None or not task.finished:
                return None
            return self._last.pop(owner)


_UNSEEN_S = 60.0
_ANSWERS: dict[str, Task] = {}
_ANSWERS_LOCK = Lock()


def begin_once(key: str, work: Callable[[Progress], object], *, asker: str) -> Task:
    """Begin work unless the same goes on or has ended unseen, and return it.

    What has ended is returned once, only shortly after, and only to an ``asker`` who waited for it:
    for anybody else it may be older than the question. Asked for again, it is begun anew.
    """
    with _ANSWERS_LOCK:
        for old in [key for key, task in _ANSWERS.items()
                    if time.monotonic() - task.ended_at > _UNSEEN_S]:  # fmt: skip
            del _ANSWERS[old]
        task = _ANSWERS.pop(key, None)
        if task is None or (task.finished and asker not in task.askers):
            task = Task(key)
            Thread(target=_work, args=(task, work), name="answer beside pages", daemon=True).start()
        task.askers.add(asker)
        if not task.finished:
            _ANSWERS[key] = task
        return task


def forget_answer(task: Task) -> None:
    """Forget work that ended and was seen: the next question is another one."""
    with _ANSWERS_LOCK:
        if _ANSWERS.get(task.owner) is task:
            del _ANSWERS[task.owner]


def _work(task: Task, work: Callable[[Progress], object]) -> None:
    try:
        result = work(task.tell)
    except BaseException as error:  # noqa: BLE001 -- whoever takes the task raises it again
        task.ended_at = time.monotonic()
        task.outcome.set_exception(error)
    else:
        task.ended_at = time.monotonic()
        task.outcome.set_result(result)
