"""Long work goes on beside the pages, one piece at a time."""

from collections.abc import Callable
from threading import Event

import pytest
from patience import PATIENCE_S

from dashboard.runtime.background_tasks import StoppedError, TaskRunner


def test_a_second_piece_of_work_is_refused_while_the_first_goes_on() -> None:
    runner, go = TaskRunner(), Event()
    first = runner.start("ann", lambda _tell: go.wait(PATIENCE_S))
    assert first is not None
    assert runner.start("bob", lambda _tell: None) is None
    assert runner.pop_finished("ann") is None
    go.set()
    assert first.outcome.result(PATIENCE_S) is True
    assert runner.running is None


def test_each_gets_the_outcome_of_what_they_began_once_though_others_began_more() -> None:
    runner = TaskRunner()
    for owner in ("ann", "bob"):
        task = runner.start(owner, lambda _tell, owner=owner: owner)
        assert task is not None
        task.outcome.result(PATIENCE_S)
    assert runner.pop_finished("carl") is None
    for owner in ("ann", "bob"):
        taken = runner.pop_finished(owner)
        assert taken is not None
        assert taken.outcome.result() == owner
        assert runner.pop_finished(owner) is None


def test_progress_is_seen_from_outside() -> None:
    runner, told, go = TaskRunner(), Event(), Event()

    def work(tell: Callable[[str, int, int], None]) -> None:
        tell("read", 3, 7)
        told.set()
        go.wait(PATIENCE_S)

    task = runner.start("one", work)
    assert task is not None
    assert told.wait(PATIENCE_S)
    assert (task.stage, task.done, task.total, task.finished) == ("read", 3, 7, False)
    go.set()


def test_a_failure_is_raised_where_the_work_is_taken() -> None:
    def fail(_tell: Callable[[str, int, int], None]) -> None:
        raise ValueError("broken")

    task = TaskRunner().start("one", fail)
    assert task is not None
    with pytest.raises(ValueError, match="broken"):
        task.outcome.result(PATIENCE_S)


def test_stopped_work_ends_at_its_next_step_and_gives_nothing() -> None:
    runner, begun, go, told = TaskRunner(), Event(), Event(), []

    def work(tell: Callable[[str, int, int], None]) -> str:
        for step in range(3):
            tell("fit", step, 3)
            told.append(step)
            begun.set()
            go.wait(PATIENCE_S)
        return "done"

    task = runner.start("one", work)
    assert task is not None
    assert begun.wait(PATIENCE_S)
    task.stop()
    go.set()
    with pytest.raises(StoppedError):
        task.outcome.result(PATIENCE_S)
    assert told == [0]
    assert runner.pop_finished("one") is task
