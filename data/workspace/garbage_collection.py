"""Pause the cycle collector during work that makes many long-lived objects and no cycles."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def collector_paused() -> Iterator[None]:
    """Let the cycle collector rest inside; arrays and geometries are freed by count as ever.

    Each few hundred new geometries set it off, and each time it walks over all that are there: a
    quarter of the CPU time of a large import. Others that end meanwhile may wake it; that costs
    time and nothing else.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()
