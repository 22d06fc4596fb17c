"""Kept answers come back until they are forgotten, stale or crowded out."""

from concurrent.futures import ThreadPoolExecutor
from threading import Event

import pytest
from patience import PATIENCE_S

from data.workspace.cache import Cache


def test_an_answer_is_made_once() -> None:
    cache: Cache[int] = Cache(2)
    made = iter([1, 2])
    assert [cache.get("a", lambda: next(made)) for _ in range(3)] == [1, 1, 1]


def test_the_answer_unused_for_longest_goes_first() -> None:
    cache: Cache[str] = Cache(2)
    for key in ("a", "b", "a", "c"):
        cache.get(key, lambda key=key: key)
    assert cache.get("a", lambda: "new") == "a"
    assert cache.get("b", lambda: "new") == "new"


def test_a_stale_answer_is_made_again() -> None:
    now = [0.0]
    cache: Cache[int] = Cache(2, seconds=10, clock=lambda: now[0])
    made = iter([1, 2])
    assert cache.get("a", lambda: next(made)) == 1
    now[0] = 10.0
    assert cache.get("a", lambda: next(made)) == 2


def test_an_answer_begun_before_everything_was_forgotten_is_not_kept() -> None:
    cache: Cache[str] = Cache(2)

    def made_while_something_changes() -> str:
        cache.forget()
        return "old"

    assert cache.get("a", made_while_something_changes) == "old"
    assert cache.get("a", lambda: "new") == "new"


def test_an_answer_is_taken_out_once_and_only_while_it_is_good() -> None:
    now = [0.0]
    cache: Cache[str] = Cache(2, seconds=10, clock=lambda: now[0])
    for key in ("a", "b"):
        cache.get(key, lambda key=key: key)
    assert [cache.pop("a"), cache.pop("a")] == ["a", None]
    now[0] = 10.0
    assert cache.pop("b") is None


def test_who_asks_while_an_answer_is_made_waits_for_it() -> None:
    cache: Cache[str] = Cache(2)
    begun, may_end, made = Event(), Event(), []

    def make() -> str:
        made.append("a")
        begun.set()
        assert may_end.wait(PATIENCE_S)
        return "answer"

    with ThreadPoolExecutor(2) as threads:
        first = threads.submit(cache.get, "a", make)
        assert begun.wait(PATIENCE_S)
        second = threads.submit(cache.get, "a", make)
        may_end.set()
        assert [first.result(), second.result()] == ["answer", "answer"]
    assert made == ["a"]


def test_who_waits_for_an_answer_that_fails_makes_it() -> None:
    cache: Cache[str] = Cache(2)
    begun, may_end = Event(), Event()

    def fail() -> str:
        begun.set()
        assert may_end.wait(PATIENCE_S)
        raise ValueError("failed")

    with ThreadPoolExecutor(2) as threads:
        first = threads.submit(cache.get, "a", fail)
        assert begun.wait(PATIENCE_S)
        second = threads.submit(cache.get, "a", lambda: "answer")
        may_end.set()
        with pytest.raises(ValueError, match="failed"):
            first.result()
        assert second.result() == "answer"


def test_an_answer_may_rest_on_another_of_the_same_cache() -> None:
    cache: Cache[int] = Cache(2)
    assert cache.get("a", lambda: cache.get("b", lambda: 1) + 1) == 2
    assert cache.get("b", lambda: 0) == 1
