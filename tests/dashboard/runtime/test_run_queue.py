"""Runs of the script wait for each other, but for none that is long."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from dashboard.runtime.run_queue import RunQueue

FOREVER_S = 3600.0


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
    queue, begun, may_end = RunQueue(slice_s=0.01), threading.Event(), threading.Event()

    def long() -> None:
        with queue.turn():
            begun.set()
            may_end.wait()

    first = threading.Thread(target=long)
    first.start()
    begun.wait()
    with queue.turn():
        assert first.is_alive()
    may_end.set()
    first.join()


def test_the_end_of_a_long_run_does_not_end_the_turn_of_the_one_after_it() -> None:
    queue, begun, may_end = RunQueue(slice_s=0.01), threading.Event(), threading.Event()

    def long() -> None:
        with queue.turn():
            begun.set()
            may_end.wait()

    def short() -> None:
        with queue.turn():
            pass

    first = threading.Thread(target=long)
    first.start()
    begun.wait()
    with queue.turn():
        queue._over_at += FOREVER_S  # a slice that is not over while the test runs
        may_end.set()
        first.join()
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
