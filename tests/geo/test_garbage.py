"""Python looks for garbage rarely; during a block not at all, and as before behind it."""

import gc
from collections.abc import Iterator

import pytest

from geo.garbage import collect_rarely, no_collection


@pytest.fixture(autouse=True)
def _as_before() -> Iterator[None]:
    usual = gc.get_threshold()
    yield
    gc.enable()
    gc.set_threshold(*usual)


def test_nothing_is_collected_within_a_block_and_within_one_inside_it() -> None:
    with no_collection():
        with no_collection():
            assert not gc.isenabled()
        assert not gc.isenabled()
    assert gc.isenabled()


def test_collection_that_was_switched_off_before_stays_so() -> None:
    gc.disable()
    with no_collection():
        pass
    assert not gc.isenabled()


def test_a_block_that_fails_leaves_collection_as_it_was() -> None:
    with pytest.raises(ZeroDivisionError), no_collection():
        _ = 1 / 0
    assert gc.isenabled()


def test_thousands_of_new_objects_set_off_no_search_where_it_is_rare() -> None:
    gc.set_threshold(700, 10, 10)
    collect_rarely()
    gc.collect()
    before = gc.get_stats()[0]["collections"]
    kept = [[] for _ in range(40_000)]
    assert gc.get_stats()[0]["collections"] == before
    assert len(kept) == 40_000
