"""Kept answers come back until they are forgotten, stale or crowded out."""

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
