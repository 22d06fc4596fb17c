"""The cycle collector rests for a while and is then as it was."""

import gc
from contextlib import suppress

import pytest

from data.workspace.garbage_collection import collector_paused


@pytest.mark.parametrize("error", [None, ZeroDivisionError])
@pytest.mark.parametrize("was_on", [True, False])
def test_the_collector_rests_inside_and_is_afterwards_as_it_was(
    error: type[Exception] | None, *, was_on: bool
) -> None:
    (gc.enable if was_on else gc.disable)()
    try:
        with suppress(ZeroDivisionError), collector_paused():
            assert not gc.isenabled()
            if error:
                raise error
        assert gc.isenabled() is was_on
    finally:
        gc.enable()
