"""When Python looks for garbage: not while many objects are made that stay."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

_AFTER: Final = (50_000, 20, 100)
"""So many new objects, and so many searches among younger ones, set a search off."""


@contextmanager
def no_collection() -> Iterator[None]:
    """Look for no cycles of garbage during a block that makes next to none: imports, a large file.

    Each few hundred new objects set the search off, and each time it may walk over all that are
    there. What is in no cycle is freed by count as ever. This holds in every thread of the process;
    where collection was switched off before, it stays so. Another block that ends meanwhile may
    switch it on, which costs time and nothing else.
    """
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


def collect_rarely() -> None:
    """Look for cycles of garbage after 50,000 new objects in this process, not after 700.

    Queries and tables are many objects in few cycles. Looking for them took a tenth of a command.
    """
    gc.set_threshold(*_AFTER)
