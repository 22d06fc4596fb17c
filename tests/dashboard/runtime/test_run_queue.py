"""Runs of the script wait for each other, but for none that is long."""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import pytest

from dashboard.runtime.run_queue import RunQueue

FOREVER_S = 3600.0


@contextmanager
def run_until(queue: RunQueue) -> Iterator[tuple[threading.Thread, threading.Event]]:
    """Have a run that lasts until the event is set, at the latest at the end of the block."""
    begun, may_end = threading.Event(), threading.Event()

    def run() -> None:
        with queue.turn():
            begun.set()
            may_end.wait()

    (thread := threading.Thread(target=run)).start()
    begun.wait()
    try:
        yield thread, may_end
    finally:
        may_end.set()
        thread.join()


def test_short_runs_are_never_beside_each_other() -> None:
    queue, inside, most = RunQueue(slice_s=FOREVER_S), set[int](), list[int]()

    def run(number: int) -> None:
        with queue.turn():
            inside.add(number)
            threading.Event().wait(0.001)  # lets every other thread go on that could
            most.append(len(inside))
            inside.remove(number)

    with ThreadPoolExecutor(8) as people:
        list(people.map(run, range(40)))
    assert most == [1] * 40


def test_the_next_begins_beside_a_run_whose_slice_is_over() -> None:
    queue = RunQueue(slice_s=0.01)
    with run_until(queue) as (run, _), queue.turn():
        assert run.is_alive()


def test_the_end_of_a_long_run_does_not_end_the_turn_of_the_one_after_it() -> None:
    queue = RunQueue(slice_s=0.01)

    def short() -> None:
        with queue.turn():
            pass

    with run_until(queue) as (run, may_end), queue.turn():
        queue._over_at += FOREVER_S  # a slice that is not over while the test runs
        may_end.set()
        run.join()
        third = threading.Thread(target=short)
        third.start()
        third.join(0.05)
        assert third.is_alive()
    third.join()


def test_a_run_that_fails_gives_its_turn_on() -> None:
    queue = RunQueue(slice_s=FOREVER_S)
    with pytest.raises(ZeroDivisionError), queue.turn():
        raise ZeroDivisionError
    with queue.turn():
        pass


def test_a_part_drawn_within_its_page_waits_for_nobody() -> None:
    queue = RunQueue(slice_s=FOREVER_S)
    with queue.turn(), queue.turn():
        pass
    with queue.turn():
        pass
