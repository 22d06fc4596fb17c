"""Long work goes on beside the pages, one piece at a time."""

from __future__ import annotations

from threading import Event
from typing import TYPE_CHECKING

import pytest

from dashboard.runtime.background_tasks import Bench, StoppedError

if TYPE_CHECKING:
    from collections.abc import Callable

WAIT_S = 5


def test_a_second_piece_of_work_waits_until_the_first_was_done() -> None:
    bench, go = Bench(), Event()
    first = bench.start("one", lambda _tell: go.wait(WAIT_S))
    assert bench.start("two", lambda _tell: None) is first
    assert bench.take() is None
    go.set()
    assert first.outcome.result(WAIT_S) is True
    assert bench.take() is first
    assert bench.task is None


def test_progress_is_seen_from_outside() -> None:
    bench, told, go = Bench(), Event(), Event()

    def work(tell: Callable[[str, int, int], None]) -> None:
        tell("read", 3, 7)
        told.set()
        go.wait(WAIT_S)

    task = bench.start("one", work)
    assert told.wait(WAIT_S)
    assert (task.stage, task.done, task.total, task.finished) == ("read", 3, 7, False)
    go.set()


def test_a_failure_is_raised_where_the_work_is_taken() -> None:
    def fail(_tell: Callable[[str, int, int], None]) -> None:
        raise ValueError("broken")

    task = Bench().start("one", fail)
    with pytest.raises(ValueError, match="broken"):
        task.outcome.result(WAIT_S)


def test_stopped_work_ends_at_its_next_step_and_gives_nothing() -> None:
    bench, begun, go, told = Bench(), Event(), Event(), []

    def work(tell: Callable[[str, int, int], None]) -> str:
        for step in range(3):
            tell("fit", step, 3)
            told.append(step)
            begun.set()
            go.wait(WAIT_S)
        return "done"

    task = bench.start("one", work)
    assert begun.wait(WAIT_S)
    task.stop()
    go.set()
    with pytest.raises(StoppedError):
        task.outcome.result(WAIT_S)
    assert told == [0]
    assert bench.take() is task
