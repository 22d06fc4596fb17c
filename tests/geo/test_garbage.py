"""Python looks for no garbage during a block, and as before behind it."""

import gc
from collections.abc import Iterator

import pytest

from geo.garbage import no_collection


@pytest.fixture(autouse=True)
def _as_before() -> Iterator[None]:
    yield
    gc.enable()


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
