"""The cycle collector rests for a while and is then as it was."""

from __future__ import annotations

import gc

import pytest

from data.ingest.garbage_collection import collector_paused


def test_the_collector_rests_inside_and_works_again_afterwards() -> None:
    with collector_paused():
        assert not gc.isenabled()
    assert gc.isenabled()


def test_a_failure_inside_wakes_it_too() -> None:
    with pytest.raises(ZeroDivisionError), collector_paused():
        _ = 1 / 0
    assert gc.isenabled()


def test_one_that_was_off_stays_off() -> None:
    gc.disable()
    try:
        with collector_paused():
            pass
        assert not gc.isenabled()
    finally:
        gc.enable()
